"""What can happen to areas. Declarations only."""

from datetime import date

EVER = date(1900, 1, 1)
"""``valid_from`` of an area that was there before our records begin."""
