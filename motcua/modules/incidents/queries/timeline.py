"""What happened to a report, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.timeline import TimelineRow, only_the_newest_goes_on, timeline_row
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import timeline
from motcua.modules.incidents.models import Addition

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile
    from motcua.modules.incidents.queries.sight import Reading


def timeline_rows(case: Case, files: Sequence[CaseFile], reading: Reading) -> list[TimelineRow]:
    """Newest first. What people added later stands with the event that it came with."""
    words = {one.event_id: reading.addition(one) for one in Addition.objects.filter(case_id=case.id)}
    by_event: dict[int, list[CaseFile]] = {}
    for file in files:
        if file.event_id is not None and file.role == FileRole.MORE:
            by_event.setdefault(file.event_id, []).append(file)
    result = ""
    rows = []
    for event in reversed(timeline(case.id, reading.audience)):
        result = event.data.get("result", result)
        if not reading.reads(event):
            continue
        if event.name == "incident.published":
            words[event.id] = reading.told_to_all(result)
        elif event.name == "incident.answered":
            words[event.id] = reading.private_result(result)
        row = timeline_row(
            event,
            text=words.get(event.id, ""),
            files=by_event.get(event.id, ()),
            with_actor=reading.audience is Audience.OFFICIALS,
        )
        if event.audience == Audience.PARTY:
            row = replace(row, sentence=reading.told(row.sentence), text=reading.told(row.text))
        rows.append(row)
    rows.reverse()
    return only_the_newest_goes_on(rows, is_open=case.closed_at is None)
