"""Working time: when offices work, what a promise means, when it is due, why, and how a clock says it."""

from motcua.lib.worktime.calendar import Moment, Session, WorkCalendar
from motcua.lib.worktime.due import Due, StartRule, Step, begin_at, due, due_at, elapsed, shifted
from motcua.lib.worktime.duration import Duration, Language, Unit
from motcua.lib.worktime.words import (
    ClockState,
    clock_state,
    clock_words,
    day_words,
    duration_words,
    moment_words,
    soon_minutes,
    weekday_words,
)

__all__ = [
    "ClockState",
    "Due",
    "Duration",
    "Language",
    "Moment",
    "Session",
    "StartRule",
    "Step",
    "Unit",
    "WorkCalendar",
    "begin_at",
    "clock_state",
    "clock_words",
    "day_words",
    "due",
    "due_at",
    "duration_words",
    "elapsed",
    "moment_words",
    "shifted",
    "soon_minutes",
    "weekday_words",
]
