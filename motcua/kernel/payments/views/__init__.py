"""Pages of money: to pay on, for clerks, and the doors by which banks tell."""
