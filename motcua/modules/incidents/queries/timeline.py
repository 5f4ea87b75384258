"""What happened to a report, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.timeline import TimelineRow, only_the_newest_goes_on, timeline_row
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import kind_of, timeline
from motcua.lib.redaction import redact
from motcua.modules.incidents.models import Addition

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile


def timeline_rows(
    case: Case,
    audience: Audience,
    files: Sequence[CaseFile],
    *,
    own_words: bool = False,
    party_id: int | None = None,
    masked: bool = False,
    is_veiled: bool = False,
) -> list[TimelineRow]:
    """Newest first. What people added later stands with the event that it came with: whole to whoever wrote it, or to
    officials with ``own_words``; masked to everybody else. ``masked``: the reader is of the case but did not write it,
    so numbers and addresses in what officials wrote to the reporter are struck out. ``is_veiled``: of what others
    wrote, officials too, they read nothing, as no official has let strangers read it."""
    words = {}
    for addition in Addition.objects.filter(case_id=case.id):
        is_theirs = own_words or (party_id is not None and addition.party_id == party_id)
        others_read = "" if is_veiled else addition.public_text
        words[addition.event_id] = addition.text if is_theirs else others_read
    by_event: dict[int, list[CaseFile]] = {}
    for file in files:
        if file.event_id is not None and file.role == FileRole.MORE:
            by_event.setdefault(file.event_id, []).append(file)
    result = ""
    rows = []
    for event in reversed(timeline(case.id, audience)):
        result = event.data.get("result", result)
        if is_veiled and _tells_words(event.name):
            continue
        if event.name in ("incident.published", "incident.answered") and not is_veiled:
            words[event.id] = result
        row = timeline_row(
            event,
            text=words.get(event.id, ""),
            files=by_event.get(event.id, ()),
            with_actor=audience is Audience.OFFICIALS,
        )
        if masked and event.audience == Audience.PARTY:
            row = replace(row, sentence=redact(row.sentence), text=redact(row.text))
        rows.append(row)
    rows.reverse()
    return only_the_newest_goes_on(rows, is_open=case.closed_at is None)


@cache
def _tells_words(name: str) -> bool:
    """Whether the sentence of this event holds what somebody wrote."""
    kind = kind_of(name)
    return kind is not None and any(
        f"{{{key}}}" in str(kind.sentence) for key in ("note", "text", "reason", "question")
    )
