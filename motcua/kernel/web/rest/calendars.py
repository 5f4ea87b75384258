"""Calendars of work for programs: hours, days off, make-up days, and whether somebody has confirmed the year."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema
from pydantic import Field

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import actions, queries
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Words

if TYPE_CHECKING:
    from motcua.kernel.org.models import Calendar

router = Router(tags=["calendars"])
Year = Annotated[int, Field(ge=2000, le=2199)]


class CalendarOut(Schema):
    """``sessions``: pairs of times of day, by weekday, "0" Monday to "6" Sunday."""

    code: str
    name: str
    zone: str
    sessions: dict[str, list[list[str]]]
    units: int  # in force, that count by it
    confirmed_years: list[int]

    @classmethod
    def of(cls, calendar: "Calendar") -> "CalendarOut":
        return cls(
            code=calendar.code,
            name=calendar.name,
            zone=calendar.zone,
            sessions=calendar.sessions,
            units=queries.count_units(calendar.pk),
            confirmed_years=sorted(queries.confirmed_years(calendar.pk)),
        )


class CalendarDayOut(Schema):
    day: date
    kind: str  # off | work: a make-up day
    name: str
    legal_basis: str


class YearOut(Schema):
    """Unconfirmed: nobody has compared the days with the official notice since they last changed."""

    calendar: str  # code
    year: int
    confirmed_at: datetime | None
    confirmed_by: str
    days: list[CalendarDayOut]


@router.get("/calendars", response=list[CalendarOut])
@requires("calendar.manage")
def calendars(request: Request) -> list[CalendarOut]:
    """By which promises are counted."""
    return [CalendarOut.of(calendar) for calendar in queries.list_calendars()]


@router.get("/calendars/{code}/years/{year}", response=YearOut)
@requires("calendar.manage")
def calendar_year(request: Request, code: Code, year: Year) -> YearOut:
    """Days off and make-up days of a year."""
    return _year(_calendar_id(code), code, year)


def _calendar_id(code: str) -> int:
    found = next((calendar.pk for calendar in queries.list_calendars() if calendar.code == code), None)
    if found is None:
        raise Refused("not_found", _("Không có lịch làm việc này."))
    return found


def _year(calendar_id: int, code: str, year: int) -> YearOut:
    row = queries.calendar_year(calendar_id, year)
    return YearOut(
        calendar=code,
        year=year,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        days=[
            CalendarDayOut(day=day.date, kind=day.kind, name=day.name, legal_basis=day.legal_basis) for day in row.days
        ],
    )


class CalendarDayIn(Schema):
    kind: Literal["off", "work"]
    name: Words = Field(min_length=1, max_length=120)
    legal_basis: Words = Field("", max_length=200)


@router.put("/calendars/{code}/days/{day}", response=YearOut)
@requires("calendar.manage")
def set_calendar_day(request: Request, code: Code, day: Day, body: CalendarDayIn) -> YearOut:
    """A day off or a make-up day. What runs is counted again, and the year has to be confirmed again."""
    calendar_id = _calendar_id(code)
    actions.set_calendar_day(calendar_id, day, actor=request.actor, **body.model_dump())
    return _year(calendar_id, code, day.year)


@router.delete("/calendars/{code}/days/{day}", response=YearOut)
@requires("calendar.manage")
def remove_calendar_day(request: Request, code: Code, day: Day) -> YearOut:
    """An ordinary day again."""
    calendar_id = _calendar_id(code)
    actions.remove_calendar_day(calendar_id, day, actor=request.actor)
    return _year(calendar_id, code, day.year)


@router.post("/calendars/{code}/years/{year}/propose", response=YearOut)
@requires("calendar.manage")
def propose_year(request: Request, code: Code, year: Year) -> YearOut:
    """Adds the days that the law gives; those already there stay, and the year stays unconfirmed."""
    calendar_id = _calendar_id(code)
    actions.seed_year(calendar_id, year, actor=request.actor)
    return _year(calendar_id, code, year)


@router.post("/calendars/{code}/years/{year}/confirm", response=YearOut)
@requires("calendar.manage")
def confirm_year(request: Request, code: Code, year: Year) -> YearOut:
    """You have compared the days with the official notice."""
    calendar_id = _calendar_id(code)
    actions.confirm_year(calendar_id, year, actor=request.actor)
    return _year(calendar_id, code, year)
