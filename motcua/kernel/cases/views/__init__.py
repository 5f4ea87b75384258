"""The inbox, and the administration of categories, routing and clocks."""
