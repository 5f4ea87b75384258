"""The pack's calendars and units."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.events.actions import record as record_event
from motcua.kernel.org.actions.calendars import record_change
from motcua.kernel.org.actions.units import lock_tree
from motcua.kernel.org.actions.units import record_change as record_change_of_unit
from motcua.kernel.org.actions.versions import grow_version
from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear, Unit, UnitSuccession
from motcua.kernel.org.queries import as_work_calendar, local_today
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, day, email, flag, text, word
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.kernel.places.queries import area_ids
from motcua.lib import moment
from motcua.lib.codes import AGENCY_CODE
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import WorkCalendar

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

agency_code = text(35, pattern=AGENCY_CODE.pattern, hint=gettext_lazy("như H36.12.03"))
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CODE = text(60, pattern=r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*", hint=gettext_lazy("bằng chữ, số và gạch nối, như 24781-vp"))
Sessions = dict[str, list[list[str]]]


def sessions(cell: str) -> Sessions:
    """``mon-fri 07:00-11:30 13:30-17:00; sat 07:00-11:30`` as the table keeps it."""
    found: Sessions = {}
    for part in cell.split(";"):
        days, *hours = part.split()
        for weekday in _weekdays(days):
            if str(weekday) in found:
                raise ValueError(_("“{day}” có hai lần").format(day=WEEKDAYS[weekday]))
            found[str(weekday)] = [_hours(session) for session in hours]
            if not hours:
                raise ValueError(_("“{days}” không có giờ; viết như mon-fri 07:00-11:30 13:30-17:00").format(days=days))
    try:
        as_work_calendar(found, days_off={}, makeup_days=(), zone="UTC")
    except ValueError as error:
        raise ValueError(_("các buổi không hợp lệ: {error}").format(error=error)) from error
    return found


def _weekdays(days: str) -> Iterator[int]:
    for part in days.split(","):
        first, _dash, last = part.partition("-")
        if first not in WEEKDAYS or (last and last not in WEEKDAYS):
            raise ValueError(_("không có ngày “{days}”; viết như mon-fri hoặc sat,sun").format(days=part))
        begin, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        if end < begin:
            raise ValueError(_("“{days}” chạy ngược; viết từ thứ Hai (mon) đến Chủ nhật (sun)").format(days=part))
        yield from range(begin, end + 1)


def _hours(session: str) -> list[str]:
    match = re.fullmatch(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d|24:00)", session)
    if match is None:
        raise ValueError(_("không đọc được buổi “{session}”; viết như 07:00-11:30").format(session=session))
    return [match[1], match[2]]


def zone(cell: str) -> str:
    try:
        return ZoneInfo(cell).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(_("không có múi giờ “{zone}”; viết như Asia/Ho_Chi_Minh").format(zone=cell)) from None


CALENDARS = Table(
    "calendars.csv",
    ("code",),
    (
        Column("code", text(40), required=True),
        Column("name", text(120), required=True),
        Column("sessions", sessions, required=True, empty={}),
        Column("zone", zone, required=True),
    ),
)
DAYS = Table(
    "calendar_days.csv",
    ("calendar", "date"),
    (
        Column("calendar", text(40), required=True),
        Column("date", day, required=True, empty=None),
        Column("kind", word(*CalendarDay.Kind.values), required=True),
        Column("name", text(120), required=True),
        Column("legal_basis", text(200)),
        Column("confirmed", flag, required=True, empty=False),
    ),
    optional=True,
)
UNITS = Table(
    "units.csv",
    ("code",),
    (
        Column("code", CODE, required=True),
        Column("name", text(160), required=True),
        Column("short_name", text(80), required=True),
        Column("kind", word(*Unit.Kind.values), required=True),
        Column("parent_code", CODE),
        Column("area_code", text(12), required=True),
        Column("calendar", text(40), required=True),
        Column("phone", text(30)),
        Column("email", email),
        Column("agency_code", agency_code),
        Column("valid_from", day, required=True, empty=None),
        Column("valid_to", day, empty=None),
        Column("legal_basis", text(200)),
        Column("name_en", text(200), optional=True),
    ),
)
SUCCESSIONS = Table(
    "unit_successions.csv",
    ("old_code", "new_code"),
    (
        Column("old_code", text(60), required=True),
        Column("new_code", text(60), required=True),
        Column("on", day, required=True),
        Column("legal_basis", text(200)),
    ),
    optional=True,
)


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read(pack: Pack) -> None:
    pack.read_table(CALENDARS)
    calendars = pack.keys(CALENDARS.file)
    days = pack.read_table(DAYS)
    for record in days:
        record.check_reference("calendar", calendars, CALENDARS.file)
    _check_years(days)
    for code, calendar in calendars.items():
        _check_calendar(calendar, [record for record in days if record["calendar"] == code])
    units = pack.read_table(UNITS)
    codes = pack.keys(UNITS.file)
    areas = {**pack.keys("areas_old.csv"), **pack.keys("areas.csv")}
    for record in units:
        record.check_dates()
        record.check_reference("parent_code", codes, UNITS.file)
        record.check_reference("area_code", areas, "areas.csv")
        record.check_reference("calendar", calendars, CALENDARS.file)
        parent = codes.get(record["parent_code"])
        if parent and parent["valid_to"] and (record["valid_to"] is None or record["valid_to"] > parent["valid_to"]):
            record.problem(
                _("“{parent}” kết thúc ngày {day}, trước đơn vị này").format(
                    parent=parent["code"], day=parent["valid_to"]
                ),
                "parent_code",
            )
    for record in pack.read_table(SUCCESSIONS):
        for column in ("old_code", "new_code"):
            record.check_reference(column, codes, UNITS.file)
        if record["old_code"] == record["new_code"]:
            record.problem(_("một đơn vị không tự kế tục mình"), "new_code")
    _check_tree(units, codes)
    _check_communes(units, areas)
    default = pack.setting("pack", "calendar")
    if default is not None and default not in calendars:
        pack.setting_problem("pack", "calendar", _("calendars.csv không có “{code}”").format(code=default))


def _check_years(days: Sequence[Record]) -> None:
    first: dict[tuple[str, int], Record] = {}
    for record in days:
        if record["date"] is None:
            continue
        same = first.setdefault((record["calendar"], record["date"].year), record)
        if same["confirmed"] != record["confirmed"]:
            record.problem(
                _("cả năm {year} phải cùng yes hoặc cùng no, như dòng {line}").format(
                    year=record["date"].year, line=same.line
                ),
                "confirmed",
            )


def _check_calendar(calendar: Record, days: Sequence[Record]) -> None:
    if calendar.bad & {"sessions", "zone"}:
        return
    try:
        work_calendar(calendar, days)
    except ValueError as error:
        calendar.problem(str(error))


def work_calendar(calendar: Record, days: Sequence[Record]) -> WorkCalendar:
    """Counting by a pack's files alone, without a database."""
    return as_work_calendar(
        calendar["sessions"],
        days_off={record["date"]: record["name"] for record in days if record["kind"] == CalendarDay.Kind.OFF},
        makeup_days=[record["date"] for record in days if record["kind"] == CalendarDay.Kind.WORK],
        zone=calendar["zone"],
    )


def _check_tree(units: Sequence[Record], codes: Mapping[str, Record]) -> None:
    roots = [record for record in units if not record["parent_code"] and "parent_code" not in record.bad]
    for record in roots[1:]:
        record.problem(
            _("“{first}” (dòng {line}) đã là gốc; ghi mã cấp trên của “{code}”").format(
                first=roots[0]["code"], line=roots[0].line, code=record["code"]
            ),
            "parent_code",
        )
    settled: set[str] = set()
    for record in units:
        walked: dict[str, None] = {}
        at: Record | None = record
        while at is not None and at["code"] not in settled and at["code"] not in walked:
            walked[at["code"]] = None
            at = codes.get(at["parent_code"])
        if at is not None and at["code"] in walked:
            circle = [*list(walked)[list(walked).index(at["code"]) :], at["code"]]
            at.problem(
                _("cây đơn vị đi vòng: {circle}; sửa cấp trên của một đơn vị trong đó").format(
                    circle=" → ".join(circle)
                ),
                "parent_code",
            )
        settled.update(walked)


def _check_communes(units: Sequence[Record], areas: Mapping[str, Record]) -> None:
    first: dict[str, Record] = {}
    for record in units:
        if record["kind"] != Unit.Kind.COMMUNE or record["area_code"] not in areas:
            continue
        if areas[record["area_code"]]["level"] != "commune":
            record.problem(_("“{code}” không phải xã, phường").format(code=record["area_code"]), "area_code")
        same = first.setdefault(record["area_code"], record)
        if same is not record:
            record.problem(
                _("“{code}” đã có đơn vị cấp xã “{unit}” (dòng {line})").format(
                    code=record["area_code"], unit=same["code"], line=same.line
                ),
                "area_code",
            )


# ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    lock_tree()
    told = [*_apply_calendars(pack, actor), *_apply_units(pack, actor), *_apply_successions(pack)]
    if told:
        grow_version()
    return told


def _apply_successions(pack: Pack) -> list[Change]:
    columns = ("on", "legal_basis")
    wanted = {
        (record["old_code"], record["new_code"]): {name: record[name] for name in columns}
        for record in pack.tables[SUCCESSIONS.file]
    }
    rows = {(row.old.code, row.new.code): row for row in UnitSuccession.objects.select_related("old", "new")}
    found = {key: {name: getattr(row, name) for name in columns} for key, row in rows.items()}
    difference = compare(pack, "unit_successions", wanted, found, lambda key: f"{key[0]} → {key[1]}")
    ids = dict(Unit.objects.values_list("code", "id"))
    UnitSuccession.objects.bulk_create(
        UnitSuccession(old_id=ids[key[0]], new_id=ids[key[1]], **wanted[key]) for key in difference.added
    )
    for key in difference.changed:
        UnitSuccession.objects.filter(pk=rows[key].pk).update(**wanted[key])
    UnitSuccession.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).delete()
    return difference.changes("removed")


def _apply_calendars(pack: Pack, actor: "Actor") -> list[Change]:
    columns = ("name", "sessions", "zone")
    wanted = {code: {name: record[name] for name in columns} for code, record in pack.keys(CALENDARS.file).items()}
    rows = {calendar.code: calendar for calendar in Calendar.objects.select_for_update()}
    found = {code: {name: getattr(row, name) for name in columns} for code, row in rows.items() if code in wanted}
    difference = compare(pack, "calendars", wanted, found)
    told = difference.changes()
    for code in difference.added:
        rows[code] = Calendar.objects.create(code=code, **wanted[code])
    by_calendar: dict[str, list[Record]] = defaultdict(list)
    for record in pack.tables[DAYS.file]:
        by_calendar[record["calendar"]].append(record)
    for code, values in wanted.items():
        calendar = rows[code]
        years, day_changes = _apply_days(calendar, by_calendar[code])
        told += [*day_changes, *_apply_years(calendar, by_calendar[code], years)]
        if code not in difference.added and (code in difference.changed or day_changes):
            for name, value in values.items():
                setattr(calendar, name, value)
            calendar.version += 1
            calendar.save()
            record_change(calendar, actor=actor, change={"pack": pack.folder.resolve().name})
    return told


def _apply_days(calendar: Calendar, records: Sequence[Record]) -> tuple[set[int], list[Change]]:
    """The pack speaks for the years of which it has any day, for all of each. Returns the years that changed."""
    columns = ("kind", "name", "legal_basis")
    wanted = {record["date"]: {name: record[name] for name in columns} for record in records}
    years = {on.year for on in wanted}
    rows = {row.date: row for row in CalendarDay.objects.filter(calendar=calendar) if row.date.year in years}
    told: list[Change] = []
    fresh: list[CalendarDay] = []
    for on in sorted({*wanted, *rows}):
        row, values = rows.get(on), wanted.get(on)
        if values is None and row is not None:
            row.delete()
            told.append(Change("calendar_days", "removed", f"{calendar.code} {on}"))
        elif row is None and values is not None:
            fresh.append(CalendarDay(calendar=calendar, date=on, **values))
            told.append(Change("calendar_days", "added", f"{calendar.code} {on}"))
        elif row is not None and values is not None:
            details = {
                name: (getattr(row, name), value) for name, value in values.items() if getattr(row, name) != value
            }
            if details:
                CalendarDay.objects.filter(pk=row.pk).update(**values)
                told.append(Change("calendar_days", "changed", f"{calendar.code} {on}", details))
    CalendarDay.objects.bulk_create(fresh)
    return {date.fromisoformat(change.key[-10:]).year for change in told}, told


def _apply_years(calendar: Calendar, records: Sequence[Record], changed: set[int]) -> Iterator[Change]:
    """A year that the pack calls confirmed is so; one that it does not is so no longer when its days changed."""
    is_confirmed = {record["date"].year: record["confirmed"] for record in records}
    rows = {row.year: row for row in CalendarYear.objects.filter(calendar=calendar)}
    for year, confirmed in sorted(is_confirmed.items()):
        row = rows.get(year) or CalendarYear(calendar=calendar, year=year)
        before = row.confirmed_at is not None
        after = confirmed or (before and year not in changed)
        if row.pk and before == after:
            continue
        row.confirmed_at, row.confirmed_by = (moment.now(), "pack") if after else (None, "")
        row.save()
        kind = "changed" if year in rows else "added"
        yield Change("calendar_years", kind, f"{calendar.code} {year}", {"confirmed": (before, after)})


PLAIN = (
    *("name", "short_name", "name_en", "kind", "phone", "email", "agency_code"),
    *("valid_from", "valid_to", "legal_basis"),
)


def _apply_units(pack: Pack, actor: "Actor") -> list[Change]:
    records = pack.keys(UNITS.file)
    areas = area_ids([record["area_code"] for record in records.values()])
    calendars = dict(Calendar.objects.values_list("code", "id"))
    area_codes = {pk: code for code, pk in areas.items()}
    calendar_codes = {pk: code for code, pk in calendars.items()}
    wanted = {
        code: {name: record[name] for name in (*PLAIN, "parent_code", "area_code", "calendar")}
        for code, record in records.items()
    }
    rows = {unit.code: unit for unit in Unit.objects.select_for_update()}
    codes = {unit.pk: unit.code for unit in rows.values()}
    found = {
        code: {name: getattr(unit, name) for name in PLAIN}
        | {
            "parent_code": codes[unit.parent_id] if unit.parent_id else "",
            "area_code": area_codes.get(unit.area_id or 0, ""),
            "calendar": calendar_codes[unit.calendar_id],
        }
        for code, unit in rows.items()
        if code in wanted or unit.valid_to is None
    }
    difference = compare(pack, "units", wanted, found)
    for generation in _generations(records):
        fresh = [code for code in generation if code not in rows]
        made = Unit.objects.bulk_create(_fill(Unit(code=code), wanted[code], rows, areas, calendars) for code in fresh)
        rows |= dict(zip(fresh, made, strict=True))
    for code in difference.changed:
        _fill(rows[code], wanted[code], rows, areas, calendars).save()
    yesterday = local_today() - timedelta(days=1)
    for code in difference.gone:
        rows[code].valid_to = max(yesterday, rows[code].valid_from)
        rows[code].save(update_fields=["valid_to"])
    _set_paths(rows)
    _record_units(rows, difference.changed, difference.gone, actor)
    return difference.changes(gone="ended")


def _generations(records: Mapping[str, Record]) -> Iterator[list[str]]:
    """Codes by their distance from the root: parents before children."""
    children: dict[str, list[str]] = defaultdict(list)
    for code, record in records.items():
        children[record["parent_code"]].append(code)
    generation = children[""]
    while generation:
        yield generation
        generation = [child for code in generation for child in children[code]]


def _fill(
    unit: Unit,
    values: Mapping[str, Any],
    rows: Mapping[str, Unit],
    areas: Mapping[str, int],
    calendars: Mapping[str, int],
) -> Unit:
    for name in PLAIN:
        setattr(unit, name, values[name])
    unit.folded = fold(f"{unit.name} {unit.short_name}")[:160]
    unit.parent = rows[values["parent_code"]] if values["parent_code"] else None
    unit.area_id = areas[values["area_code"]]
    unit.calendar_id = calendars[values["calendar"]]
    return unit


def _set_paths(rows: Mapping[str, Unit]) -> None:
    by_id = {unit.pk: unit for unit in rows.values()}
    moved = []
    for unit in rows.values():
        ids = [unit.pk]
        parent_id = unit.parent_id
        while parent_id is not None:
            ids.append(parent_id)
            parent_id = by_id[parent_id].parent_id
        path = "." + "".join(f"{pk}." for pk in reversed(ids))
        if unit.path != path:
            unit.path = path
            moved.append(unit)
    Unit.objects.bulk_update(moved, ["path"])


def _record_units(
    rows: Mapping[str, Unit],
    changed: Mapping[str, Mapping[str, tuple[Any, Any]]],
    ended: Sequence[str],
    actor: "Actor",
) -> None:
    """New units are told together, by ``pack.applied``; what happened to one that was there stands on its own."""
    for code, columns in changed.items():
        unit = rows[code]
        differences = {name: [_plain(value) for value in pair] for name, pair in columns.items()}
        record_change_of_unit(unit, actor=actor, changed=differences, has_new_calendar="calendar" in columns)
    for code in ended:
        unit = rows[code]
        record_event(
            "unit.ended",
            actor=actor,
            data={"unit_id": unit.pk, "code": code, "name": unit.name, "on": f"{unit.valid_to:%d/%m/%Y}"},
        )


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


PART = PackPart("org", (CALENDARS.file, DAYS.file, UNITS.file, SUCCESSIONS.file), read, apply, after=("places",))
