"""A dossier that is being written: the draft of its answers, its papers, and what it will come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from motcua.kernel.files.queries import files_by_token
from motcua.kernel.forms.queries.answers import Checked, check
from motcua.kernel.forms.queries.drafts import Draft, get_draft, own_drafts
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.identity.queries import proved_national_id
from motcua.kernel.org.queries import local_today, unit_calendar
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.kind import Exemption, Fee, Paper, PaperCase
from motcua.kernel.procedures.queries.catalogue import Version, choose_case, version
from motcua.kernel.registries.queries import open_offers
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.fees import Claimed
from motcua.lib.worktime import Duration, StartRule, due_at
from motcua.modules.dossiers.kind import Way
from motcua.modules.dossiers.models import Sheet
from motcua.modules.dossiers.queries.behalf import ONESELF, Behalf, behalf_of, store_of
from motcua.modules.dossiers.queries.fees import charges, claimable
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
    """A paper that the answers ask for. ``is_asked`` is false where the form itself or a registry supplies it.

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
class ClaimSlot:
    """A fee of which the person may be exempt. ``chosen``: the exemption that they claim, shown by ``files``, by what a
    registry said, or by a paper of the store."""

    fee: Fee
    line: Line
    chosen: Exemption | None = None
    files: list[File] = field(default_factory=list)
    look_up_id: int | None = None

    @property
    def is_shown(self) -> bool:
        return self.chosen is not None and bool(self.files or self.look_up_id)

    @property
    def claimed(self) -> Claimed | None:
        return Claimed(self.chosen.code, "shown") if self.chosen is not None and self.is_shown else None

    @property
    def paper_code(self) -> str:
        return claim_paper(self.fee, self.chosen) if self.chosen is not None else ""


def claim_paper(fee: Fee, exemption: Exemption) -> str:
    """Code of the paper that shows it; where the procedure names none, one of its own."""
    return exemption.paper or f"MG.{fee.code}.{exemption.code}"[:60]


@dataclass(frozen=True, slots=True)
class Written:
    """All of it. ``values``: area, delivery, delivery_to, name, phone, email, national_id, papers {code: [token]},
    store {code: number of the entry, or 0 for none}, for (Behalf.key), wants, claims {fee: {code, files, look_up, of}}:
    the look-up counts for the card ``of`` whom the registry was asked about."""

    draft: Draft
    version: Version
    values: dict[str, Any]
    checked: Checked
    case: PaperCase
    slots: list[PaperSlot] = field(default_factory=list)
    spare: list[PaperSlot] = field(default_factory=list)  # came for other answers: kept with the draft, not sent
    claims: list[ClaimSlot] = field(default_factory=list)
    behalf: Behalf = ONESELF

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
    def listed(self) -> list[PaperSlot]:
        """What the law lists for this case, without what only applies to some."""
        return [slot for slot in self.slots if slot.paper.required]

    @property
    def to_send(self) -> list[PaperSlot]:
        """Of those the ones that neither the form, nor a registry, nor the person's store supplies."""
        return [slot for slot in self.listed if slot.is_asked and slot.entry is None]

    @property
    def needs_area(self) -> bool:
        return self.version.body.level == "commune"


def get_written(token: str, code: str, *, actor: Actor) -> Written:
    """Refused("not_found") for a wrong or expired link, or one of another procedure; "not_allowed" once the actor may
    no longer file for whom it is: what was filled in of them is theirs."""
    draft = get_draft(token, actor=actor)
    sheet = Sheet.objects.filter(pk=draft.id).first()
    if sheet is None or draft.subject != f"{SUBJECT}{code}":
        raise Refused("not_found", "")
    found = version(sheet.version_id)
    checked = check(draft.version.form, draft.answers, language=language_now(), today=local_today(), known=draft.known)
    case = choose_case(found, checked.values)
    values = opened(sheet.values_sealed)
    behalf = behalf_of(values.get("for", ""), code, actor=actor)
    kept, claims = values.get("papers", {}), values.get("claims", {})
    files = files_by_token(
        [token for tokens in (*kept.values(), *(one.get("files", ()) for one in claims.values())) for token in tokens]
    )
    asked = case.asked(checked.values)
    stored = _stored(asked, behalf, actor)
    slots = [_slot(paper, _files_of(paper, kept, files), stored, values) for paper in asked]
    listed = {paper.code: paper for each in (case, *found.body.cases) for paper in each.papers}
    spare = [
        PaperSlot(paper, sent)
        for code, paper in listed.items()
        if code not in {one.code for one in asked} and (sent := _files_of(paper, kept, files))
    ]
    charged = claimable(found.body, checked.values, way=Way.ONLINE, on=local_today())
    about = whom_about(behalf, actor)
    claim_slots = [_claim_slot(fee, line, claims.get(fee.code, {}), files, about) for fee, line in charged]
    return Written(draft, found, values, checked, case, slots, spare, claim_slots, behalf)


def _files_of(paper: Paper, kept: dict[str, list[str]], files: dict[str, File]) -> list[File]:
    return [files[token] for token in kept.get(paper.code, ()) if token in files]


def whom_about(behalf: Behalf, actor: Actor) -> int | None:
    """Of whom a registry is asked: the card of whoever authorised it, else one's own."""
    return behalf.authorisation.giver_id if behalf.authorisation is not None else actor.person_id


def _claim_slot(fee: Fee, line: Line, kept: dict[str, Any], files: dict[str, File], about: int | None) -> ClaimSlot:
    chosen = next((one for one in fee.exempt if one.code == kept.get("code")), None)
    if chosen is None:
        return ClaimSlot(fee, line)
    shown = [files[token] for token in kept.get("files", ()) if token in files]
    # A draft may be begun by nobody, and go on in other hands: what a registry said of one exempts no other.
    return ClaimSlot(fee, line, chosen, shown, kept.get("look_up") if kept.get("of") == about else None)


def _stored(asked: Sequence[Paper], behalf: Behalf, actor: Actor) -> list[EntryRow]:
    """What may be used today of the papers that are asked for."""
    codes = {code for paper in asked for code in (paper.code, paper.from_result) if code}
    return [row for row in store_of(behalf, actor, codes) if row.has_file]


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


def offers(found: Version, actor: Actor) -> list[tuple[str, str, str]]:
    """(purpose, registry, words): what the signed-in person may agree to, so that this form is filled in."""
    form = newest(found.body.form)
    if form is None or not proved_national_id(actor):
        return []
    wanted = {name.split(".")[1] for name in form.form.sources if name.startswith("registry.")}
    return [offer for offer in open_offers(actor) if offer[0] == "prefill" and offer[1] in wanted]


def own_sheets(code: str, *, actor: Actor) -> list[Draft]:
    """What the signed-in person has begun for this procedure, the last used first."""
    return [draft for draft in own_drafts(actor) if draft.subject == f"{SUBJECT}{code}"]


def may_read_draft(draft_id: int, subject: str, actor: Actor) -> bool:
    """What was filled in of somebody else is theirs, once the actor may no longer file for them."""
    sheet = Sheet.objects.filter(pk=draft_id).first()
    try:
        behalf_of(
            opened(sheet.values_sealed).get("for", "") if sheet else "", subject.removeprefix(SUBJECT), actor=actor
        )
    except Refused:
        return False
    return sheet is not None


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
    claims = {slot.fee.code: slot.claimed for slot in written.claims if slot.claimed is not None}
    lines = charges(body, written.checked.values, way=way, on=local_today(), exemptions=claims)
    return Outlook(unit, due, lines)
