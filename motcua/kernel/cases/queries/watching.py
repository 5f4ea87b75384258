"""The open set as a whole: how it grew, what falls due, where it lies.

Reads only the partial indexes of open cases, and of closed ones as far back as it is asked. ``unit_ids`` None means
everywhere, whoever asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils import timezone

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.rules import rules

if TYPE_CHECKING:
    from django.db.models import QuerySet

EMERGENCY = "khan_cap"
State = Literal["on", "soon", "late", "paused"]
Units = Sequence[int] | None

_INSIDE = "AND (%(units)s::bigint[] IS NULL OR unit_id = ANY(%(units)s))"


def _ask(sql: str, parameters: dict[str, Any], unit_ids: Units) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {**parameters, "units": None if unit_ids is None else list(unit_ids)})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def course(moments: Sequence[datetime], unit_ids: Units = None) -> list[tuple[int, int]]:
    """(open, late) at each of some moments lately, by the promises as they stand now. The first one is the earliest."""
    rows = _ask(
        f"""SELECT count(c.opened_at), count(*) FILTER (WHERE c.runs AND c.due_at <= m.at)
            FROM unnest(%(moments)s::timestamptz[]) AS m(at) LEFT JOIN (
                SELECT opened_at, closed_at, due_at, next_due_at IS NOT NULL AS runs
                FROM cases_case WHERE closed_at IS NULL {_INSIDE}
                UNION ALL
                SELECT opened_at, closed_at, due_at, true FROM cases_case WHERE closed_at > %(first)s {_INSIDE}
            ) c ON c.opened_at <= m.at AND (c.closed_at IS NULL OR c.closed_at > m.at)
            GROUP BY m.at ORDER BY m.at""",  # noqa: S608  our own words
        {"moments": list(moments), "first": moments[0]},
        unit_ids,
    )
    return [(row[0], row[1]) for row in rows]


def dues_by_hour(at: datetime, hours: int, unit_ids: Units = None) -> list[int]:
    """How many open cases have their next deadline within each of the coming hours."""
    found = dict(
        _ask(
            f"""SELECT floor(extract(epoch FROM next_due_at - %(now)s) / 3600)::int, count(*)
                FROM cases_case WHERE closed_at IS NULL AND next_due_at > %(now)s AND next_due_at < %(until)s {_INSIDE}
                GROUP BY 1""",  # noqa: S608
            {"now": at, "until": at + timedelta(hours=hours)},
            unit_ids,
        )
    )
    return [found.get(hour, 0) for hour in range(hours)]


def opened_by_hour(since: datetime, until: datetime, unit_ids: Units = None) -> dict[tuple[date, int], int]:
    """Cases taken in per local day and hour. What was closed before ``since`` cannot have been opened after it."""
    rows = _ask(
        f"""SELECT (opened_at AT TIME ZONE %(zone)s)::date, extract(hour FROM opened_at AT TIME ZONE %(zone)s)::int,
                   count(*)
            FROM (SELECT opened_at FROM cases_case WHERE closed_at IS NULL {_INSIDE}
                  UNION ALL SELECT opened_at FROM cases_case WHERE closed_at >= %(since)s {_INSIDE}) AS lately
            WHERE opened_at >= %(since)s AND opened_at < %(until)s GROUP BY 1, 2""",  # noqa: S608
        {"zone": timezone.get_current_timezone_name(), "since": since, "until": until},
        unit_ids,
    )
    return {(row[0], row[1]): row[2] for row in rows}


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case as a screen that strangers may see by chance shows it: an unpublished one bears no words of its
    own, only its ``category_id``."""

    id: int
    kind: str
    code: str
    subject: str  # "" while the case is not public
    state: State
    is_emergency: bool
    category_id: int | None
    area_id: int | None
    unit_id: int
    lat: float | None
    lon: float | None
    opened_at: datetime
    due_at: datetime | None
    next_due_at: datetime | None

    @property
    def title(self) -> str:
        category = rules().categories.get(self.category_id) if self.category_id else None
        return self.subject or (category.name if category else str(KINDS[self.kind].label))

    @property
    def url(self) -> str:
        return KINDS[self.kind].desk_url(self.id)


def open_cases(at: datetime, limit: int, unit_ids: Units = None) -> list[OpenCase]:
    """Emergencies first, then by what ends first."""
    is_emergency = ExpressionWrapper(Q(urgency=EMERGENCY), output_field=BooleanField())
    rows = _open(unit_ids).order_by(is_emergency.desc(), F("next_due_at").asc(nulls_last=True), "id")
    return _seen(rows[:limit], at)


def late_cases(at: datetime, limit: int, unit_ids: Units = None) -> list[OpenCase]:
    """Those whose promise is broken, the one broken longest first."""
    rows = _open(unit_ids).filter(next_due_at__isnull=False, due_at__lte=at).order_by("due_at", "id")
    return _seen(rows[:limit], at)


def lately_changed(limit: int, unit_ids: Units = None) -> list[OpenCase]:
    """Public cases, open or not, in which something happened last."""
    rows = Case.objects.filter(published_at__isnull=False, kind__in=list(KINDS))
    if unit_ids is not None:
        rows = rows.filter(unit_id__in=unit_ids)
    return _seen(rows.order_by("-updated_at", "-id")[:limit], None)


def _open(unit_ids: Units) -> QuerySet[Case]:
    rows = Case.objects.filter(closed_at__isnull=True)
    return rows if unit_ids is None else rows.filter(unit_id__in=unit_ids)


def _seen(rows: QuerySet[Case], at: datetime | None) -> list[OpenCase]:
    columns = ("id", "kind", "code", "subject", "published_at", "urgency", "category_id", "area_id", "unit_id",
               "lat", "lon", "opened_at", "due_at", "next_due_at", "next_soon_at")  # fmt: skip
    return [
        OpenCase(
            id=row.id,
            kind=row.kind,
            code=row.code,
            subject=row.subject if row.published_at else "",
            state=_state(row.due_at, row.next_due_at, row.next_soon_at, at) if at else "on",
            is_emergency=row.urgency == EMERGENCY,
            category_id=row.category_id,
            area_id=row.area_id,
            unit_id=row.unit_id,
            lat=row.lat,
            lon=row.lon,
            opened_at=row.opened_at,
            due_at=row.due_at,
            next_due_at=row.next_due_at,
        )
        for row in rows.values_list(*columns, named=True)
    ]


def _state(due_at: datetime | None, next_due_at: datetime | None, soon_at: datetime | None, at: datetime) -> State:
    if next_due_at is None:
        return "paused"
    if due_at is not None and due_at <= at:
        return "late"
    return "soon" if soon_at is not None and soon_at <= at else "on"
