"""A dossier that is being written: the draft of its answers, its papers, and what it will come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from motcua.kernel.files.queries import files_by_token
from motcua.kernel.forms.queries.answers import Checked, check
from motcua.kernel.forms.queries.drafts import Draft, get_draft, own_drafts
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.org.queries import local_today, unit_calendar
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.kind import Paper, PaperCase
from motcua.kernel.procedures.queries.catalogue import Version, choose_case, version
from motcua.kernel.store.queries import own_entries
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.worktime import Duration, StartRule, due_at
from motcua.modules.dossiers.models import Sheet
from motcua.modules.dossiers.queries.fees import charges
from motcua.modules.dossiers.queries.reading import opened
from motcua.modules.dossiers.queries.routes import competence, result_term

if TYPE_CHECKING:
    from motcua.kernel.files.models import File
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.org.queries import UnitRow
    from motcua.kernel.payments.kind import Line
    from motcua.kernel.store.queries import EntryRow

SUBJECT = "procedure:"


@dataclass(frozen=True, slots=True)
class PaperSlot:
    """A paper of the chosen case. ``is_asked`` is false where the form itself or a registry supplies it.

    ``entries``: what the person's own store has for it; ``entry``: the one that is used instead of files.
    """

    paper: Paper
    files: list[File]
    entries: list[EntryRow] = field(default_factory=list)
    entry: EntryRow | None = None

    @property
    def is_asked(self) -> bool:
        return not (self.paper.by_form or self.paper.registry)

    @property
    def is_missing(self) -> bool:
        return self.is_asked and self.paper.required and not self.files and self.entry is None


@dataclass(frozen=True, slots=True)
class Written:
    """All of it. ``values``: area, delivery, delivery_to, name, phone, email, national_id, papers {code: [token]},
    store {code: number of the entry, or 0 for none}."""

    draft: Draft
    version: Version
    values: dict[str, Any]
    checked: Checked
    case: PaperCase
    slots: list[PaperSlot] = field(default_factory=list)

    @property
    def token(self) -> str:
        return self.draft.token

    @property
    def missing(self) -> list[PaperSlot]:
        return [slot for slot in self.slots if slot.is_missing]

    @property
    def asked(self) -> list[PaperSlot]:
        return [slot for slot in self.slots if slot.is_asked]

    @property
    def to_send(self) -> list[PaperSlot]:
        """Those that neither the form, nor a registry, nor the person's store supplies."""
        return [slot for slot in self.asked if slot.entry is None]

    @property
    def needs_area(self) -> bool:
        return self.version.body.level == "commune"


def get_written(token: str, code: str, *, actor: Actor) -> Written:
    """Refused("not_found") for a wrong or expired link, or one of another procedure."""
    draft = get_draft(token, actor=actor)
    sheet = Sheet.objects.filter(pk=draft.id).first()
    if sheet is None or draft.subject != f"{SUBJECT}{code}":
        raise Refused("not_found", "")
    found = version(sheet.version_id)
    checked = check(draft.version.form, draft.answers, language=language_now(), today=local_today())
    case = choose_case(found, checked.values)
    values = opened(sheet.values_sealed)
    kept = values.get("papers", {})
    files = files_by_token([token for tokens in kept.values() for token in tokens])
    stored = _stored(case, actor)
    slots = [
        _slot(paper, [files[token] for token in kept.get(paper.code, ()) if token in files], stored, values)
        for paper in case.papers
    ]
    return Written(draft, found, values, checked, case, slots)


def _stored(case: PaperCase, actor: Actor) -> list[EntryRow]:
    """What the signed-in person may use today of the papers that this case asks for."""
    codes = {code for paper in case.papers for code in (paper.code, paper.from_result) if code}
    if actor.kind != "person" or not codes:
        return []
    return [row for row in own_entries(actor, codes=codes) if row.is_usable and row.has_file]


def _slot(paper: Paper, files: list[File], stored: list[EntryRow], values: dict[str, Any]) -> PaperSlot:
    """Nobody is asked for what lies in their store: it is used, unless they said otherwise or sent something else."""
    if paper.by_form or paper.registry:
        return PaperSlot(paper, files)
    entries = [row for row in stored if row.code in (paper.code, paper.from_result)]
    chosen = values.get("store", {}).get(paper.code)
    if chosen is None:
        entry = entries[0] if entries and not files else None
    else:
        entry = next((row for row in entries if row.id == chosen), None)
    return PaperSlot(paper, files, entries, entry)


def own_sheets(code: str, *, actor: Actor) -> list[Draft]:
    """What the signed-in person has begun for this procedure, the last used first."""
    return [draft for draft in own_drafts(actor) if draft.subject == f"{SUBJECT}{code}"]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What it will come to, if it is accepted now: said before it is sent."""

    unit: UnitRow
    due_at: datetime
    lines: list[Line]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)


def outlook(written: Written, way: str) -> Outlook | None:
    """None as long as the place is not known."""
    body = written.version.body
    area = places.area_by_code(written.values.get("area", "")) if written.needs_area else None
    try:
        unit = competence(body, area.id if area else None).unit
    except Refused:
        return None
    offered = body.way(way)
    if offered is None:
        return None
    term = result_term(body, offered, unit.id, moment.now())
    calendar, _version = unit_calendar(unit.id)
    due = due_at(calendar, moment.now(), Duration.parse(term.duration), StartRule(term.start_rule))
    lines = charges(body, written.checked.values, way=way, on=local_today())
    return Outlook(unit, due, lines)
