"""What the worker and the packages below call: each loads by id and calls one action or query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motcua.kernel.cases.actions.sweeping import hand_to_heirs, reckon_open_clocks, remind_and_escalate
from motcua.kernel.cases.kind import KINDS, FileRole, Sight
from motcua.kernel.cases.models import CaseFile
from motcua.kernel.cases.queries.people import own_parties, sight_of
from motcua.kernel.cases.queries.reading import may_on
from motcua.kernel.files.kind import Concern, Variant
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.org import queries as org

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def sweep_clocks() -> int:
    return remind_and_escalate()


def hand_over_cases() -> int:
    return hand_to_heirs()


def may_see_file(file_id: int, actor: Actor, variant: Variant) -> bool:
    """A file of a case: everybody sees the clean forms of a public one; the people of the case and its officials see
    those of all; originals are for officials alone, and for the party that sent them. The papers of a dossier are
    everybody's whose dossier it is, whichever of them sent them."""
    for use in CaseFile.objects.select_related("case").filter(file_id=file_id):
        if use.is_public and use.case.published_at is not None and variant is not Variant.ORIGINAL:
            return True
        if use.case.kind not in KINDS:
            continue
        is_official = actor.is_officer or actor.kind == "system"
        if is_official and may_on(actor.by_post, f"{use.case.kind}.read", use.case):
            return True
        if not may_on(actor, f"{use.case.kind}.read", use.case):
            continue
        mine = {one.id: one for one in own_parties(use.case_id, actor)}
        is_theirs = bool(mine) if use.role == FileRole.PAPER else use.party_id in mine
        reads_shown = any(sight_of(use.case, one) > Sight.VEILED for one in mine.values())
        if is_theirs or (reads_shown and use.is_public and variant is not Variant.ORIGINAL):
            return True
    return False


def whom_file_concerns(file_id: int) -> Concern | None:
    """Who sent a file to which case. What officials add is of the case alone; nobody's card belongs to it."""
    use = CaseFile.objects.select_related("party").filter(file_id=file_id).order_by("id").first()
    return Concern(use.party.person_id if use.party else None, use.case_id) if use else None


def follow_calendars(events: Sequence[Event]) -> None:
    """Reader ``clocks``: a changed calendar, or another calendar for a unit, moves what is due by it."""
    for event in events:
        calendar_id = event.data.get("calendar_id")
        if not isinstance(calendar_id, int):
            continue
        org.forget()
        if event.name == "calendar.changed":
            reckon_open_clocks(calendar_id, org.tree().ids_by_calendar(calendar_id), actor=SYSTEM)
        elif event.name == "unit.changed":
            reckon_open_clocks(calendar_id, [event.data["unit_id"]], actor=SYSTEM)
