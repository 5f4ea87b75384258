"""What happened to a report, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import get_language, gettext

from motcua.kernel.cases.kind import FileRole
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import kind_of, sentence, timeline
from motcua.kernel.identity.kind import ROLE_NAMES, SYSTEM, Role
from motcua.lib import moment
from motcua.lib.codes import redact
from motcua.lib.worktime import moment_words
from motcua.modules.incidents.models import Addition

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
    actor: str = ""  # who did it; for officials alone


def timeline_rows(
    case: Case,
    audience: Audience,
    files: Sequence[CaseFile],
    *,
    own_words: bool = False,
    party_id: int | None = None,
    masked: bool = False,
) -> list[TimelineRow]:
    """Newest first. What people added later stands with the event that it came with: whole to whoever wrote it, or to
    officials with ``own_words``; masked to everybody else. ``masked``: the reader is of the case but did not write it,
    so numbers and addresses in what officials wrote to the reporter are struck out."""
    words = {}
    for addition in Addition.objects.filter(case_id=case.id):
        is_theirs = own_words or (party_id is not None and addition.party_id == party_id)
        words[addition.event_id] = addition.text if is_theirs else addition.public_text
    by_event: dict[int, list[CaseFile]] = {}
    for file in files:
        if file.event_id is not None and file.role == FileRole.MORE:
            by_event.setdefault(file.event_id, []).append(file)
    result = ""
    rows = []
    for event in reversed(timeline(case.id, audience)):
        result = event.data.get("result", result)
        if event.name in ("incident.published", "incident.answered"):
            words[event.id] = result
        row = _timeline_row(event, words, by_event)
        if masked and event.audience == Audience.PARTY:
            row = replace(row, sentence=redact(row.sentence), text=redact(row.text))
        rows.append(replace(row, actor=_actor(event)) if audience is Audience.OFFICIALS else row)
    rows.reverse()
    return _only_the_newest_goes_on(rows, is_open=case.closed_at is None)


def _only_the_newest_goes_on(rows: list[TimelineRow], *, is_open: bool) -> list[TimelineRow]:
    """What was being done, or waited for, at an earlier time is over."""
    going_on = [number for number, row in enumerate(rows) if row.tone in ("now", "paused")]
    over = going_on[1:] if is_open else going_on
    return [replace(row, tone="done") if number in over else row for number, row in enumerate(rows)]


def _timeline_row(event: Event, words: dict[int, str], files: dict[int, list[CaseFile]]) -> TimelineRow:
    kind = kind_of(event.name)
    return TimelineRow(
        event_id=event.id,
        at=event.at,
        sentence=sentence(event.name, _told(event.data)),
        icon=kind.icon if kind else "point",
        tone=kind.tone if kind else "done",
        name=event.name,
        text=words.get(event.id, ""),
        files=files.get(event.id, []),
    )


def _actor(event: Event) -> str:
    return gettext("Hệ thống") if event.actor == SYSTEM.key else event.actor_name


def _told(data: dict[str, Any]) -> dict[str, Any]:
    """Moments, which an event keeps in ISO 8601, and roles and promises in the words of the reader."""
    if "clock" in data:
        data = {**data, "clock": gettext(data["clock"])}  # kept as its label, which is one of our sentences
    if data.get("role") in set(Role):
        data = {**data, "role": str(ROLE_NAMES[Role(data["role"])]).lower()}
    if "due" not in data:
        return data
    due = timezone.localtime(datetime.fromisoformat(data["due"]))
    this_year = timezone.localtime(moment.now()).year
    return {**data, "due": moment_words(due, "en" if get_language() == "en" else "vi", this_year=this_year)}
