"""What happened to a case, in plain words; shared by the pages of every kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import kind_of, sentence, timeline
from motcua.kernel.identity.kind import ROLE_NAMES, SYSTEM, Role
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.worktime import moment_words

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile
    from motcua.kernel.events.models import Event


@dataclass(frozen=True, slots=True)
class TimelineRow:
    event_id: int
    at: datetime
    sentence: str
    icon: str
    tone: str
    name: str
    text: str  # words that came with it: what people added, or the result
    files: list[CaseFile]
    has_moved: bool  # the case, to another state
    actor: str = ""  # who did it; for officials alone


def timeline_of(case: Case, audience: Audience) -> list[TimelineRow]:
    """Newest first; officials read who did it."""
    rows = [timeline_row(event, with_actor=audience is Audience.OFFICIALS) for event in timeline(case.id, audience)]
    return only_the_newest_goes_on(rows, is_open=case.closed_at is None)


def only_the_newest_goes_on(rows: list[TimelineRow], *, is_open: bool) -> list[TimelineRow]:
    """What was being done, or waited for, is over once something else is, or the case moved on to another state."""
    goes_on, shown = is_open, []
    for row in rows:  # the newest first
        is_going_on = row.tone in ("now", "paused")
        shown.append(replace(row, tone="done") if is_going_on and not goes_on else row)
        goes_on = goes_on and not (is_going_on or row.has_moved)
    return shown


def timeline_row(
    event: Event, *, text: str = "", files: Sequence[CaseFile] = (), with_actor: bool = False
) -> TimelineRow:
    kind = kind_of(event.name)
    return TimelineRow(
        event_id=event.id,
        at=event.at,
        sentence=sentence(event.name, _told(event.data)),
        icon=kind.icon if kind else "point",
        tone=kind.tone if kind else "done",
        name=event.name,
        text=text,
        files=list(files),
        has_moved="from" in event.data and "to" in event.data,
        actor=_actor(event) if with_actor else "",
    )


def _actor(event: Event) -> str:
    return gettext("Hệ thống") if event.actor == SYSTEM.key else event.actor_name


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Moments, which an event keeps in ISO 8601, and roles, promises and units in the words of the reader."""
    if "unit" in data and (unit := org.tree().find(data.get("unit_id"))) and unit.name == data["unit"]:
        data = {**data, "unit": unit.said}  # under another name it was told by that one
    if "clock" in data:
        data = {**data, "clock": gettext(data["clock"])}  # kept as its label, which is one of our sentences
    if data.get("role") in set(Role):
        data = {**data, "role": str(ROLE_NAMES[Role(data["role"])]).lower()}
    if "due" not in data:
        return data
    due = timezone.localtime(datetime.fromisoformat(data["due"]))
    this_year = timezone.localtime(moment.now()).year
    return {**data, "due": moment_words(due, "en" if get_language() == "en" else "vi", this_year=this_year)}
