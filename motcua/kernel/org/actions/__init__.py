"""The only writes to units and calendars."""

from motcua.kernel.org.actions.calendars import (
    add_calendar,
    change_calendar,
    confirm_year,
    remove_calendar_day,
    seed_year,
    set_calendar_day,
)
from motcua.kernel.org.actions.units import add_unit, change_unit, end_unit

__all__ = [
    "add_calendar",
    "add_unit",
    "change_calendar",
    "change_unit",
    "confirm_year",
    "end_unit",
    "remove_calendar_day",
    "seed_year",
    "set_calendar_day",
]
