"""Calendars of work for programs: hours, days off, make-up days, and whether somebody has confirmed the year."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from motcua.kernel.cases.rest import cleaned
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import actions, queries
from motcua.kernel.org.forms import CalendarForm, NewCalendarForm
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Words

if TYPE_CHECKING:
    from motcua.kernel.org.models import Calendar

router = Router(tags=["calendars"])
Year = Annotated[int, Field(ge=2000, le=2199)]
Weekday = Literal["0", "1", "2", "3", "4", "5", "6"]
Begin = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
End = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
Sessions = dict[Weekday, Annotated[list[tuple[Begin, End]], Field(max_length=6)]]


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


class CalendarIn(Schema):
    """``sessions`` as they are shown; a weekday that is not named has none."""

    name: Words = ""
    zone: Words = "Asia/Ho_Chi_Minh"
    sessions: Sessions = Field(default_factory=dict)


class NewCalendarIn(CalendarIn):
    code: Code
    name: Words
    sessions: Sessions


def _typed(given: dict[str, Any]) -> dict[str, Any]:
    """By the names of the page's form, which has one field for each weekday."""
    sessions = given.pop("sessions")
    written = {f"day_{day}": ", ".join(f"{begin}–{end}" for begin, end in pairs) for day, pairs in sessions.items()}
    return given | written


@router.post("/calendars", response={201: CalendarOut})
@requires("calendar.manage")
def add_calendar(request: Request, body: NewCalendarIn) -> Status[CalendarOut]:
    """Another calendar, without days off yet. Units count by it once they are given it."""
    form = NewCalendarForm(_typed(body.model_dump()))
    return Status(201, CalendarOut.of(actions.add_calendar(actor=request.actor, **cleaned(form))))


@router.patch("/calendars/{code}", response=CalendarOut)
@requires("calendar.manage")
def change_calendar(request: Request, code: Code, body: CalendarIn) -> CalendarOut:
    """What is left out stays; ``sessions`` are the whole week. What runs is counted again. Its code never changes."""
    known = queries.get_calendar(_calendar_id(code))
    given = {"name": known.name, "zone": known.zone, "sessions": known.sessions}
    form = CalendarForm(_typed(given | body.model_dump(exclude_unset=True)))
    return CalendarOut.of(actions.change_calendar(known.pk, actor=request.actor, **cleaned(form)))


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
