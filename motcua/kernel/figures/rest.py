"""The board and its numbers, for programs. Everybody may read them."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.rest import ClockOut
from motcua.kernel.figures.queries import board as queries
from motcua.kernel.identity.views import Request, public
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day

router = Router(tags=["figures"])
LONGEST = timedelta(days=400)
Period = Literal["hom-nay", "7-ngay", "30-ngay", "90-ngay", "365-ngay"]


class TallyOut(Schema):
    """Of a period. ``rate`` is the share finished on time, 0–1; hours run by the clock on the wall."""

    opened: int
    closed: int
    on_time: int
    late: int
    rejected: int
    reopened: int
    rated: int
    rate: float | None
    median_hours: float | None
    rating: float | None


class OpenOut(Schema):
    """At this moment."""

    open: int
    late: int
    soon: int
    paused: int
    oldest_due: datetime | None


class BoardRowOut(Schema):
    unit: str  # code
    name: str
    is_ranked: bool  # enough was finished for the rate to mean something
    done: TallyOut
    now: OpenOut
    trend: list[float | None]  # share on time of each of the last weeks, oldest first


class BoardOut(Schema):
    period: str
    since: date
    until: date
    at: datetime
    done: TallyOut
    before: TallyOut  # the same length of time before
    now: OpenOut
    rows: list[BoardRowOut]


def _unit_id(code: str | None) -> int | None:
    if not code:
        return None
    unit = org.tree().by_code(code)
    if unit is None:
        raise Refused("not_found", _("Không có đơn vị này."))
    return unit.id


@router.get("/board", response=BoardOut)
@public
def board(request: Request, period: Period = "30-ngay", kind: Code | None = None, unit: Code | None = None) -> BoardOut:
    """Who keeps what was promised: the whole city, or what lies below ``unit``."""
    if kind and kind not in KINDS:
        raise Refused("not_found", _("Không có địa bàn, đơn vị hoặc loại hồ sơ này."))
    shown = queries.board(period, kind or "", _unit_id(unit))
    return BoardOut(
        period=shown.period,
        since=shown.since,
        until=shown.until,
        at=shown.at,
        done=TallyOut.model_validate(shown.done, from_attributes=True),
        before=TallyOut.model_validate(shown.before, from_attributes=True),
        now=OpenOut.model_validate(shown.now, from_attributes=True),
        rows=[
            BoardRowOut(
                unit=row.unit.code,
                name=row.unit.said,
                is_ranked=row.is_ranked,
                done=TallyOut.model_validate(row.done, from_attributes=True),
                now=OpenOut.model_validate(row.now, from_attributes=True),
                trend=list(row.trend),
            )
            for row in shown.rows
        ],
    )


class LateOut(Schema):
    code: str
    subject: str
    url: str
    unit: str
    clock: ClockOut
    reason: str
    new_due: datetime | None
    escalated_at: datetime | None


@router.get("/late", response=list[LateOut])
@public
def late(request: Request, unit: Code | None = None) -> list[Any]:
    """Published cases whose promise is broken now, the longest first; at most 200."""
    return queries.late_cases(unit_id=_unit_id(unit), limit=200)


class FigureOut(Schema):
    day: date
    unit_code: str
    unit: str
    kind: str
    opened: int
    closed: int
    on_time: int
    late: int
    rejected: int
    reopened: int
    rated: int
    rating_sum: int


class FiguresOut(Schema):
    since: date
    until: date
    items: list[FigureOut]


@router.get("/figures", response=FiguresOut)
@public
def figures(request: Request, since: Day | None = None, until: Day | None = None) -> FiguresOut:
    """Open data by day, unit and kind: the latest 90 days, or the days asked for, at most 400."""
    last = until or timezone.localtime(moment.now()).date()
    first = max(since or last - timedelta(days=89), last - LONGEST)
    return FiguresOut(since=first, until=last, items=[FigureOut(**row) for row in queries.figure_rows(first, last)])  # type: ignore[arg-type]
