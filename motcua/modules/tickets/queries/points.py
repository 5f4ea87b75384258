"""Service points, their lines and counters, when they are open, and which times can be booked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import may, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.kernel.procedures.queries.search import shelf
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import WorkCalendar
from motcua.modules.tickets.kind import RECEPTION, State
from motcua.modules.tickets.models import Counter, Line, ServicePoint, Ticket

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

SLOT = timedelta(minutes=30)
SLOT_AHEAD = timedelta(minutes=30)  # a booked time lies at least so far ahead
BEFORE_OPENING = timedelta(minutes=30)  # numbers for now are given out from then on
MOST_ON_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class PointRow:
    """A service point as people see it. ``closes_at`` is None while closed; ``opens_at``: when it opens next."""

    id: int
    unit_id: int
    code: str
    name: str
    phone: str
    is_paused: bool
    opens_at: datetime
    closes_at: datetime | None
    waiting: int

    @property
    def is_open(self) -> bool:
        return self.closes_at is not None


def calendar_of(point: ServicePoint) -> WorkCalendar:
    return org.unit_calendar(point.unit_id)[0]


def day_of(calendar: WorkCalendar, at: datetime) -> date:
    return calendar.local(at).date()


def gives_numbers(calendar: WorkCalendar, now: datetime) -> bool:
    """For now, without a booked time: from a little before the day opens until it closes, over noon as well."""
    today = day_of(calendar, now)
    return calendar.is_working_day(today) and calendar.opening(today) - BEFORE_OPENING <= now < calendar.closing(today)


def _row(point: ServicePoint, waiting: int, now: datetime) -> PointRow:
    unit, calendar = org.tree().unit(point.unit_id), calendar_of(point)
    sessions = calendar.sessions_on(day_of(calendar, now))
    return PointRow(
        id=point.id,
        unit_id=unit.id,
        code=unit.code,
        name=unit.name,
        phone=unit.phone,
        is_paused=point.is_paused,
        opens_at=calendar.next_open(now),
        closes_at=next((end for begin, end in sessions if begin <= now < end), None),
        waiting=waiting,
    )


def _rows(points: Sequence[ServicePoint]) -> list[PointRow]:
    now = moment.now()
    waiting = dict(
        Ticket.objects.filter(point__in=points, day=org.local_today(), state=State.WAITING)
        .values_list("point_id")
        .annotate(count=Count("id"))
    )
    return [_row(point, waiting.get(point.id, 0), now) for point in points]


def list_points(words: str = "") -> list[PointRow]:
    """Those in force that have a line, by name; ``words`` with or without tones."""
    tree, wanted = org.tree(), fold(words)
    points = ServicePoint.objects.filter(lines__is_open=True).distinct()
    found = [
        point
        for point in points
        if tree.unit(point.unit_id).is_in_force and wanted in fold(tree.unit(point.unit_id).name)
    ]
    found.sort(key=lambda point: fold(tree.unit(point.unit_id).name))
    return _rows(found[:MOST_ON_A_PAGE])


def get_point(code: str) -> ServicePoint:
    """By the code of its unit. Refused "not_found" where there is none."""
    unit = org.tree().by_code(code)
    point = ServicePoint.objects.filter(unit_id=unit.id).first() if unit else None
    if point is None:
        raise Refused("not_found", _("Không có nơi tiếp nhận này."))
    return point


def point_row(point: ServicePoint) -> PointRow:
    return _rows([point])[0]


def open_lines(point: ServicePoint) -> list[Line]:
    return list(point.lines.filter(is_open=True).order_by("letter"))


def get_line(point: ServicePoint, letter: str) -> Line:
    line = point.lines.filter(letter=letter, is_open=True).first()
    if line is None:
        raise Refused("not_found", _("Không có hàng chờ này."))
    return line


def get_counter(point: ServicePoint, number: str) -> Counter:
    is_number = number.isdecimal() and len(number) < 5
    counter = point.counters.filter(number=int(number), is_active=True).first() if is_number else None
    if counter is None:
        raise Refused("not_found", _("Không có quầy này."))
    return counter


def field_names() -> Mapping[str, str]:
    """Code → name in the reader's language."""
    is_english = (get_language() or "").startswith("en")
    return {field.code: (is_english and field.name_en) or field.name for field in shelf().fields}


def slots(line: Line, now: datetime) -> list[datetime]:
    """Times that can still be booked: the rest of today, and the next working day."""
    if not line.slot_places:
        return []
    calendar = calendar_of(line.point)
    today = day_of(calendar, now)
    days = [today] if calendar.is_working_day(today) else []
    days.append(calendar.next_working_day(today + timedelta(days=1)))
    taken = dict(
        Ticket.objects.filter(line=line, day__in=days, slot_at__isnull=False)
        .exclude(state=State.CANCELLED)
        .values_list("slot_at")
        .annotate(count=Count("id"))
    )
    times = []
    for day in days:
        for begin, end in calendar.sessions_on(day):
            at = begin
            while at + SLOT <= end:
                if at >= now + SLOT_AHEAD and taken.get(at, 0) < line.slot_places:
                    times.append(at)
                at += SLOT
    return times


# ── For officials ──────────────────────────────────────────────────────────────────────────────────────────────────


def may_at(actor: "Actor", permission: str, point: ServicePoint) -> bool:
    return may(actor, permission, unit_path=org.tree().path(point.unit_id))


def managed_point(code: str, *, actor: "Actor") -> ServicePoint:
    point = get_point(code)
    if not may_at(actor, "ticket.manage", point):
        raise Refused("not_found", _("Không có nơi tiếp nhận này, hoặc nơi này không thuộc phạm vi của bạn."))
    return point


def managed_points(actor: "Actor") -> list[PointRow]:
    return _rows(_within(actor, "ticket.manage"))


def points_of(actor: "Actor") -> list[ServicePoint]:
    """Where the official may call numbers: where they hold their post; else everywhere within reach."""
    within = _within(actor, "ticket.call")
    own = {held.unit_id for held in actor.held}
    return [point for point in within if point.unit_id in own] or within


def _within(actor: "Actor", permission: str) -> list[ServicePoint]:
    ids = unit_ids_within(actor, permission)
    points = ServicePoint.objects.all() if ids is None else ServicePoint.objects.filter(unit_id__in=ids)
    tree = org.tree()
    return sorted(
        (point for point in points if tree.unit(point.unit_id).is_in_force),
        key=lambda point: fold(tree.unit(point.unit_id).name),
    )


def units_without_point(actor: "Actor") -> list[org.UnitRow]:
    """Receptions within reach that give out no numbers yet."""
    ids = unit_ids_within(actor, "ticket.manage")
    used = set(ServicePoint.objects.values_list("unit_id", flat=True))
    return [
        unit
        for unit in org.tree().in_force
        if unit.code.endswith(RECEPTION) and unit.id not in used and (ids is None or unit.id in ids)
    ]


def all_lines(point: ServicePoint) -> list[Line]:
    return list(point.lines.order_by("letter"))


def all_counters(point: ServicePoint) -> list[Counter]:
    return list(point.counters.select_related("officer").order_by("number"))
