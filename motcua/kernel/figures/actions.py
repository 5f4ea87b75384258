"""Folding events into day figures."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.utils import timezone

from motcua.kernel.events.actions import record, start_over
from motcua.kernel.figures.kind import HOUR_EDGES, PLANS, FigurePlan
from motcua.kernel.figures.models import DayFigure, ProcedureFigure
from motcua.kernel.identity.kind import SYSTEM, Actor

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

READER = "figures"
COUNTS = ("opened", "closed", "on_time", "late", "rejected", "reopened", "rated", "rating_sum")

Key = tuple[date, str, int, int, int, str]


def fold(events: Sequence[Event]) -> None:
    """Reader ``figures``: add a batch of events to the figures of their days, in one statement each."""
    sums: dict[Key, dict[str, Any]] = {}
    filed: Counter[tuple[date, str, str]] = Counter()
    for event in events:
        plan = PLANS.get(event.name.partition(".")[0])
        counted = _counts(event, plan) if plan else None
        if plan and event.name in plan.opened and (code := event.data.get("procedure")):
            filed[timezone.localtime(event.at).date(), str(code), str(event.data.get("channel", ""))] += 1
        if counted:
            row = sums.setdefault(_key(event), {"hours": [0] * (len(HOUR_EDGES) + 1), **dict.fromkeys(COUNTS, 0)})
            for name, number in counted.items():
                if name == "bucket":
                    row["hours"][number] += 1
                else:
                    row[name] += number
    if sums:
        _add(sums)
    if filed:
        _add_filed(filed)


def _key(event: Event) -> Key:
    data = event.data
    return (
        timezone.localtime(event.at).date(),
        event.name.partition(".")[0],
        int(data["unit_id"]),
        int(data.get("category_id") or 0),
        int(data.get("area_id") or 0),
        str(data.get("channel", "")),
    )


def _counts(event: Event, plan: FigurePlan) -> dict[str, int] | None:
    data = event.data
    if event.name in plan.opened:
        return {"opened": 1}
    if event.name in plan.closed:
        hours = (event.at - datetime.fromisoformat(data["opened_at"])).total_seconds() / 3600
        return {
            "closed": 1,
            "on_time" if data["on_time"] else "late": 1,
            "bucket": bisect_left(HOUR_EDGES, hours),
        }
    if event.name in plan.rejected:
        return {"rejected": 1}
    if event.name in plan.reopened:
        return {"reopened": 1}
    if event.name in plan.rated:
        before = data.get("before")
        if before is not None:
            return {"rating_sum": int(data["score"]) - int(before)}
        return {"rated": 1, "rating_sum": int(data["score"])}
    return None


def _add(sums: dict[Key, dict[str, Any]]) -> None:
    columns = ["day", "kind", "unit_id", "category_id", "area_id", "channel", *COUNTS, "hours"]
    marks = ", ".join(["(" + ", ".join(["%s"] * (len(columns) - 1)) + ", %s::int[])"] * len(sums))
    added = ", ".join(f"{name} = f.{name} + excluded.{name}" for name in COUNTS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO figures_dayfigure AS f ({", ".join(columns)}) VALUES {marks}
                ON CONFLICT (day, kind, unit_id, category_id, area_id, channel) DO UPDATE SET {added},
                hours = ARRAY(SELECT a + b FROM unnest(f.hours, excluded.hours) WITH ORDINALITY t(a, b, n) ORDER BY n)
            """,  # noqa: S608  our own names
            # Sorted, so that two workers would take the rows in one order.
            [
                value
                for key in sorted(sums)
                for value in (*key, *(sums[key][name] for name in COUNTS), sums[key]["hours"])
            ],
        )


def _add_filed(filed: Mapping[tuple[date, str, str], int]) -> None:
    marks = ", ".join(["(%s, %s, %s, %s)"] * len(filed))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""INSERT INTO figures_procedurefigure AS f (day, procedure, channel, opened) VALUES {marks}
                ON CONFLICT (day, procedure, channel) DO UPDATE SET opened = f.opened + excluded.opened
            """,  # noqa: S608  our own names
            [value for key in sorted(filed) for value in (*key, filed[key])],
        )


@transaction.atomic
def rebuild_figures(*, actor: Actor = SYSTEM) -> None:
    """Throw the figures away and let the reader fold every event again: the same numbers come out."""
    start_over(READER)
    DayFigure.objects.all().delete()
    ProcedureFigure.objects.all().delete()
    record("figures.rebuilt", actor=actor)
