"""Reading units and calendars. They are few and read on every request, so they are kept in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType

from django.db.models import Q
from django.utils import timezone

from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear, OrgVersion, Unit
from motcua.lib import moment
from motcua.lib.versioned import Versioned
from motcua.lib.worktime import WorkCalendar

_DAYS_APART = 10_000_000  # more than any date's ordinal, so that version and day make one number


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as everything that only reads sees it. ``path`` holds the ids from the root to itself: ``.1.17.203.``"""

    id: int
    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None
    path: str
    area_id: int | None
    calendar_id: int
    phone: str
    email: str
    is_in_force: bool


class Tree:
    """All units, ended ones too, which closed cases still name. Finding by code or area means one in force."""

    def __init__(self, rows: Iterable[UnitRow]) -> None:
        self._rows = sorted(rows, key=lambda row: (row.path.count("."), row.id))
        self._by_id = {row.id: row for row in self._rows}
        in_force = [row for row in self._rows if row.is_in_force]
        self._by_code = {row.code: row for row in in_force}
        self._by_commune = {row.area_id: row for row in in_force if row.kind == Unit.Kind.COMMUNE and row.area_id}
        children: dict[int | None, list[UnitRow]] = {}
        for row in in_force:
            children.setdefault(row.parent_id, []).append(row)
        self._children: Mapping[int | None, list[UnitRow]] = MappingProxyType(children)

    def unit(self, unit_id: int) -> UnitRow:
        """In force or ended. Raises KeyError for an id that never was."""
        return self._by_id[unit_id]

    def by_code(self, code: str) -> UnitRow | None:
        return self._by_code.get(code)

    def path(self, unit_id: int) -> str:
        return self._by_id[unit_id].path

    def ids_under(self, path: str) -> list[int]:
        """The unit of that path and everything below it, ended units included: their cases still need somebody."""
        return [row.id for row in self._rows if row.path.startswith(path)]

    def ancestors(self, unit_id: int) -> list[UnitRow]:
        """From the parent up to the root."""
        ids = [int(part) for part in self._by_id[unit_id].path.strip(".").split(".")]
        return [self._by_id[part] for part in reversed(ids[:-1])]

    def children(self, unit_id: int | None) -> list[UnitRow]:
        return self._children.get(unit_id, [])

    def commune_unit(self, area_id: int) -> UnitRow | None:
        """The commune's own unit for an area; None where the city has none."""
        return self._by_commune.get(area_id)

    @cached_property
    def in_force(self) -> tuple[UnitRow, ...]:
        """Units in force, each after its parent, siblings in the order they were entered."""

        def walk(parent_id: int | None) -> Iterable[UnitRow]:
            for row in self.children(parent_id):
                yield row
                yield from walk(row.id)

        # A unit whose parent ended before it would be lost on the walk: it stands at the end.
        walked = {row.id: row for row in walk(None)}
        return (*walked.values(), *(row for row in self._rows if row.is_in_force and row.id not in walked))


def unit_ids(codes: Iterable[str]) -> dict[str, int]:
    """Code → id, straight from the table: for loaders, within their transaction."""
    return dict(Unit.objects.filter(code__in=set(codes)).values_list("code", "id"))


def local_today() -> date:
    """The date on the country's clock."""
    return timezone.localtime(moment.now()).date()


def _version() -> int:
    return OrgVersion.objects.values_list("number", flat=True).first() or 0


def _load_tree() -> Tree:
    today = local_today()
    return Tree(
        UnitRow(
            id=unit.id,
            code=unit.code,
            name=unit.name,
            short_name=unit.short_name,
            kind=unit.kind,
            parent_id=unit.parent_id,
            path=unit.path,
            area_id=unit.area_id,
            calendar_id=unit.calendar_id,
            phone=unit.phone,
            email=unit.email,
            is_in_force=unit.valid_from <= today and (unit.valid_to is None or today <= unit.valid_to),
        )
        for unit in Unit.objects.all()
    )


def _load_calendars() -> dict[int, tuple[WorkCalendar, int]]:
    days: dict[int, dict[str, dict[date, str]]] = {}
    for day in CalendarDay.objects.all():
        days.setdefault(day.calendar_id, {}).setdefault(day.kind, {})[day.date] = day.name
    return {
        calendar.id: (
            as_work_calendar(
                calendar.sessions,
                days_off=days.get(calendar.id, {}).get(CalendarDay.Kind.OFF, {}),
                makeup_days=days.get(calendar.id, {}).get(CalendarDay.Kind.WORK, {}),
                zone=calendar.zone,
            ),
            calendar.version,
        )
        for calendar in Calendar.objects.all()
    }


def as_work_calendar(
    sessions: Mapping[str, Iterable[Iterable[str]]],
    *,
    days_off: Mapping[date, str],
    makeup_days: Iterable[date],
    zone: str,
) -> WorkCalendar:
    """From what the table or a pack's file holds. A make-up day takes the hours of the first working weekday.

    Raises ValueError, in words for a person, when they contradict one another.
    """
    week = {int(weekday): [(begin, end) for begin, end in pairs] for weekday, pairs in sessions.items()}
    usual = min((weekday for weekday, pairs in week.items() if pairs), default=0)
    return WorkCalendar(week, days_off, dict.fromkeys(makeup_days, usual), zone)


_tree = Versioned(lambda: _version() * _DAYS_APART + local_today().toordinal(), _load_tree)
_calendars = Versioned(_version, _load_calendars)


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _tree.forget()
    _calendars.forget()


def tree() -> Tree:
    return _tree.get()


def work_calendar(calendar_id: int) -> WorkCalendar:
    return _calendars.get()[calendar_id][0]


def unit_calendar(unit_id: int) -> tuple[WorkCalendar, int]:
    """The calendar by which a unit's promises are counted, and its version."""
    return _calendars.get()[tree().unit(unit_id).calendar_id]


def unconfirmed_years(today: date | None = None) -> list[tuple[str, int]]:
    """(calendar's name, year) of years in which promises made now fall due and whose days nobody has confirmed.

    The coming year counts from November on: by then the official notice is out, and clocks reach into it.
    """
    today = today or local_today()
    years = [today.year] if today.month < 11 else [today.year, today.year + 1]
    confirmed = set(
        CalendarYear.objects.filter(year__in=years, confirmed_at__isnull=False).values_list("calendar_id", "year")
    )
    used = Calendar.objects.filter(pk__in=Unit.objects.filter(valid_to__isnull=True).values("calendar_id"))
    return [
        (calendar.name, year)
        for calendar in used.order_by("code")
        for year in years
        if (calendar.id, year) not in confirmed
    ]


def confirmed_years(calendar_id: int) -> frozenset[int]:
    years = CalendarYear.objects.filter(calendar_id=calendar_id, confirmed_at__isnull=False)
    return frozenset(years.values_list("year", flat=True))


@dataclass(frozen=True, slots=True)
class YearRow:
    year: int
    days: list[CalendarDay]
    confirmed_at: datetime | None
    confirmed_by: str


def calendar_year(calendar_id: int, year: int) -> YearRow:
    """The days off and make-up days of a year, as the table has them now."""
    state = CalendarYear.objects.filter(calendar_id=calendar_id, year=year).first()
    return YearRow(
        year=year,
        days=list(CalendarDay.objects.filter(calendar_id=calendar_id, date__year=year).order_by("date")),
        confirmed_at=state.confirmed_at if state else None,
        confirmed_by=state.confirmed_by if state else "",
    )


def list_calendars() -> list[Calendar]:
    return list(Calendar.objects.order_by("code"))


def list_units(*, with_ended: bool = False) -> list[Unit]:
    """For administration: straight from the table, so that one's own change shows at once."""
    units = Unit.objects.select_related("calendar", "area").order_by("path")
    return list(units if with_ended else units.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=local_today())))
