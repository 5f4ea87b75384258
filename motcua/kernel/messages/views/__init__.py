"""Pages of operators and administrators, everybody's notices, and the door for receipts."""
