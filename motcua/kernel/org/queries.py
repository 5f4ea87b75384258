"""Reading units and calendars. They are few and read on every request, so they are kept in memory."""

import calendar as gregorian
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear, OrgVersion, Unit, UnitSuccession
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.versioned import Versioned
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import WorkCalendar

MOST_FOUND = 100
_TURNS_APART = 10_000_000  # more than there are days on which something changes


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
    agency_code: str
    is_in_force: bool
    name_en: str = ""

    @property
    def said(self) -> str:
        """Its name in the reader's language, where it has one."""
        return self.said_in(get_language())

    def said_in(self, language: str | None) -> str:
        return (self.name_en if language == "en" else "") or self.name


class Tree:
    """All units, ended ones too, which closed cases still name. Finding by code or area means one in force."""

    def __init__(self, rows: Iterable[UnitRow], heirs: Mapping[int, Sequence[int]] = MappingProxyType({})) -> None:
        self._rows = sorted(rows, key=lambda row: (row.path.count("."), row.id))
        self._by_id = {row.id: row for row in self._rows}
        self._under: dict[str, list[int]] = {}
        in_force = [row for row in self._rows if row.is_in_force]
        self._by_code = {row.code: row for row in in_force}
        self._by_commune = {row.area_id: row for row in in_force if row.kind == Unit.Kind.COMMUNE and row.area_id}
        self._heirs = heirs
        self._ever_by_code = {row.code: row for row in self._rows}
        self._former = {
            row.area_id: row
            for row in self._rows
            if row.kind == Unit.Kind.COMMUNE and row.area_id and row.area_id not in self._by_commune
        }
        for area_id, row in self._former.items():  # a former commune's area leads to whoever took its work over
            heir = self.heir(row.id)
            if heir is not None:
                self._by_commune[area_id] = heir
        children: dict[int | None, list[UnitRow]] = {}
        for row in in_force:
            children.setdefault(row.parent_id, []).append(row)
        self._children: Mapping[int | None, list[UnitRow]] = MappingProxyType(children)

    def unit(self, unit_id: int) -> UnitRow:
        """In force or ended. Raises KeyError for an id that never was."""
        return self._by_id[unit_id]

    def find(self, unit_id: int | None) -> UnitRow | None:
        return self._by_id.get(unit_id or 0)

    def by_code(self, code: str) -> UnitRow | None:
        return self._by_code.get(code)

    def path(self, unit_id: int) -> str:
        return self._by_id[unit_id].path

    def agency_code(self, unit_id: int) -> str:
        """Mã định danh cơ quan (QĐ 20/2020/QĐ-TTg) of the unit or the nearest above it; "" where nobody has one."""
        above = (self.unit(unit_id), *self.ancestors(unit_id))
        return next((unit.agency_code for unit in above if unit.agency_code), "")

    def ids_under(self, path: str) -> list[int]:
        """The unit of that path and everything below it, ended units included: their cases still need somebody."""
        if path not in self._under:  # every page of the desk asks several times
            self._under[path] = [row.id for row in self._rows if row.path.startswith(path)]
        return list(self._under[path])

    def ids_by_calendar(self, calendar_id: int) -> list[int]:
        """Units that count by this calendar, ended ones too."""
        return [row.id for row in self._rows if row.calendar_id == calendar_id]

    def ancestors(self, unit_id: int) -> list[UnitRow]:
        """From the parent up to the root."""
        ids = [int(part) for part in self._by_id[unit_id].path.strip(".").split(".")]
        return [self._by_id[part] for part in reversed(ids[:-1])]

    def heir(self, unit_id: int) -> UnitRow | None:
        """The unit in force that does its work today: itself, or whoever took it over, also over several steps."""
        seen: set[int] = set()
        waiting = [unit_id]
        while waiting:
            number = waiting.pop(0)
            if number in seen:
                continue
            seen.add(number)
            if self._by_id[number].is_in_force:
                return self._by_id[number]
            waiting.extend(self._heirs.get(number, ()))
        return None

    @property
    def inherited(self) -> dict[int, UnitRow]:
        """Ended units whose work somebody took over, with who does it today."""
        found = {number: self.heir(number) for number in self._heirs if not self._by_id[number].is_in_force}
        return {number: row for number, row in found.items() if row is not None}

    def district_unit(self, area_id: int, suffix: str = "") -> UnitRow | None:
        """The district above the commune of an area, or its office; where it has ended, whoever does its work. None
        where there never was one."""
        commune = self._former.get(area_id) or self._by_commune.get(area_id)
        above = self.ancestors(commune.id) if commune is not None else []
        district = next((row for row in above if row.kind == Unit.Kind.DISTRICT), None)
        if district is None:
            return None
        office = self._ever_by_code.get(f"{district.code}-{suffix}") if suffix else None
        return self.heir((office or district).id)

    def children(self, unit_id: int | None) -> list[UnitRow]:
        return self._children.get(unit_id, [])

    def commune_unit(self, area_id: int) -> UnitRow | None:
        """The commune's own unit for an area; None where the city has none."""
        return self._by_commune.get(area_id)

    @property
    def area_ids(self) -> set[int]:
        """The areas for which a unit in force answers, by itself or as an heir."""
        return {row.area_id for row in self._by_code.values() if row.area_id} | self._by_commune.keys()

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
    heirs: dict[int, list[int]] = {}
    for old, new in UnitSuccession.objects.order_by("id").values_list("old_id", "new_id"):
        heirs.setdefault(old, []).append(new)
    rows = (
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
            agency_code=unit.agency_code,
            is_in_force=unit.valid_from <= today and (unit.valid_to is None or today <= unit.valid_to),
            name_en=unit.name_en,
        )
        for unit in Unit.objects.all()
    )
    return Tree(rows, heirs)


@dataclass(frozen=True, slots=True)
class _Calendars:
    by_id: Mapping[int, tuple[WorkCalendar, int]]
    names: Mapping[int, str]
    confirmed: frozenset[tuple[int, int]]  # calendar, year


def _load_calendars() -> _Calendars:
    days: dict[int, dict[str, dict[date, str]]] = {}
    for day in CalendarDay.objects.all():
        days.setdefault(day.calendar_id, {}).setdefault(day.kind, {})[day.date] = day.name
    calendars = list(Calendar.objects.order_by("code"))
    confirmed = CalendarYear.objects.filter(confirmed_at__isnull=False).values_list("calendar_id", "year")
    return _Calendars(
        by_id={
            calendar.id: (
                as_work_calendar(
                    calendar.sessions,
                    days_off=days.get(calendar.id, {}).get(CalendarDay.Kind.OFF, {}),
                    makeup_days=days.get(calendar.id, {}).get(CalendarDay.Kind.WORK, {}),
                    zone=calendar.zone,
                ),
                calendar.version,
            )
            for calendar in calendars
        },
        names={calendar.id: calendar.name for calendar in calendars},
        confirmed=frozenset(confirmed),
    )


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


@lru_cache(maxsize=1)
def _turns(version: int) -> tuple[date, ...]:
    """The days on which others come into force; on the days between, nothing changes by itself."""
    dates = Unit.objects.values_list("valid_from", "valid_to")
    ends = {last + timedelta(days=1) for _first, last in dates if last is not None}
    return tuple(sorted(ends | {first for first, _last in dates}))


def _state() -> int:
    """Grows with each change of the table, and on each day on which others come into force."""
    version = _version()
    return version * _TURNS_APART + bisect_right(_turns(version), local_today())


_tree = Versioned(_state, _load_tree)
_calendars = Versioned(_version, _load_calendars)


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _turns.cache_clear()
    _tree.forget()
    _calendars.forget()


def tree() -> Tree:
    return _tree.get()


def served() -> Mapping[int, places.AreaRow]:
    """The communes in force that this installation serves, by id, in the alphabet of their names: a unit in force
    answers for them or for a place around them, as the root's unit does for its whole province. Areas of other
    provinces may be known as well, for addresses. Where no unit says of which place it is, all that are known."""
    return _served(tree(), places.areas())


@lru_cache(maxsize=1)  # both are made anew when anything of them changes
def _served(held: Tree, areas: places.Areas) -> Mapping[int, places.AreaRow]:
    # By code: a place of which another version came into force is the same place to its unit.
    codes = {row.code for area_id in held.area_ids if (row := areas.find(area_id)) is not None}
    return {row.id: row for row in areas.communes if not codes or not codes.isdisjoint(areas.codes_above(row.id))}


def served_commune_at(lat: float, lon: float) -> places.AreaRow | None:
    """The served commune that holds the point; None wherever this installation does not answer."""
    found = places.commune_at(lat, lon)
    return found if found is not None and found.id in served() else None


def work_calendar(calendar_id: int) -> WorkCalendar:
    return _calendars.get().by_id[calendar_id][0]


def unit_calendar(unit_id: int) -> tuple[WorkCalendar, int]:
    """The calendar by which a unit's promises are counted, and its version."""
    return _calendars.get().by_id[tree().unit(unit_id).calendar_id]


def unconfirmed_years(today: date | None = None) -> list[tuple[str, int]]:
    """(calendar's name, year) of years in which promises made now fall due and whose days nobody has confirmed.

    The coming year counts from November on: by then the official notice is out, and clocks reach into it.
    """
    today = today or local_today()
    years = [today.year] if today.month < 11 else [today.year, today.year + 1]
    held = _calendars.get()
    # A hotline that is open on all seven days knows no holidays either; there is nothing to confirm.
    used = {row.calendar_id for row in tree().in_force if not _is_always_open(held.by_id[row.calendar_id][0])}
    return [
        (name, year)
        for calendar_id, name in held.names.items()
        if calendar_id in used
        for year in years
        if (calendar_id, year) not in held.confirmed
    ]


def _is_always_open(calendar: WorkCalendar) -> bool:
    return all(calendar.sessions[weekday] for weekday in range(7))


def confirmed_years(calendar_id: int) -> frozenset[int]:
    return frozenset(year for calendar, year in _calendars.get().confirmed if calendar == calendar_id)


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


# ── For administration: straight from the tables, so that one's own change shows at once ───────────────────────────


def list_units(*, under: int | None = None, words: str = "", ids: Iterable[int] | None = None) -> list[Unit]:
    """Units below ``under`` (the root when None), or all those whose name or code has ``words``; ended ones last.

    ``ids`` limits the search to these; None means everywhere.
    """
    units = Unit.objects.select_related("calendar", "area", "parent").order_by(
        F("valid_to").desc(nulls_first=True), "id"
    )
    if words:
        found = units.filter(Q(folded__contains=fold(words)) | Q(code__istartswith=words.strip()))
        return list((found if ids is None else found.filter(pk__in=list(ids)))[:MOST_FOUND])
    return list(units.filter(parent_id=under))


def get_unit(unit_id: int) -> Unit:
    unit = Unit.objects.select_related("calendar", "area", "parent").filter(pk=unit_id).first()
    if unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    return unit


def get_calendar(calendar_id: int) -> Calendar:
    calendar = Calendar.objects.filter(pk=calendar_id).first()
    if calendar is None:
        raise Refused("not_found", _("Không có lịch làm việc này."))
    return calendar


def count_units(calendar_id: int) -> int:
    """Units in force that count by this calendar."""
    return sum(row.calendar_id == calendar_id for row in tree().in_force)


@dataclass(frozen=True, slots=True)
class DayCell:
    """A day of a year page. ``kind``: work | rest (weekly) | off (a holiday) | makeup."""

    date: date
    kind: str
    name: str


def year_cells(calendar: Calendar, year: YearRow) -> list[list[list[DayCell | None]]]:
    """Twelve months of weeks of seven days, Monday first; None where another month's days stand."""
    special = {day.date: day for day in year.days}
    usual = {int(weekday) for weekday, sessions in calendar.sessions.items() if sessions}

    def cell(on: date) -> DayCell:
        if on in special:
            day = special[on]
            return DayCell(on, "off" if day.kind == CalendarDay.Kind.OFF else "makeup", day.name)
        return DayCell(on, "work" if on.weekday() in usual else "rest", "")

    return [
        [
            [cell(on) if on.month == month else None for on in week]
            for week in gregorian.Calendar().monthdatescalendar(year.year, month)
        ]
        for month in range(1, 13)
    ]
