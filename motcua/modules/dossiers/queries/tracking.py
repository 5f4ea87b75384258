"""What the person sees of their dossier: where it is, with whom, since when, by when, and what is asked of them."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS, REPORTERS, FileRole, PartyRole, State
from motcua.kernel.cases.queries.clocks import ClockView, clock_views, promise_views
from motcua.kernel.cases.queries.people import link_holder, own_cases_of, own_parties, parties, party_token
from motcua.kernel.cases.queries.reading import case_files, cases_of, may_on, not_found
from motcua.kernel.cases.queries.timeline import TimelineRow, timeline_of
from motcua.kernel.events.kind import Audience
from motcua.kernel.files.queries import files_by_id
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import OWED
from motcua.kernel.payments.queries.obligations import obligations, pay_url
from motcua.kernel.procedures.queries.page import said
from motcua.kernel.ratings.queries.links import may_be_rated, rate_path
from motcua.kernel.web.kind import Pill
from motcua.lib.codes import read_human_code
from motcua.modules.dossiers.kind import KIND, STATES
from motcua.modules.dossiers.models import Supplement
from motcua.modules.dossiers.queries.desk import (
    PaperLine,
    ResultLine,
    RouteLine,
    declared_names,
    name_said,
    route_lines,
)
from motcua.modules.dossiers.queries.rating import ANSWERED
from motcua.modules.dossiers.queries.reading import asked_papers, legs, papers, results, supplements, whole
from motcua.modules.dossiers.queries.standing import (
    ActsFor,
    MoneyLine,
    acts_for,
    delivery_state,
    money_lines,
    money_state,
)

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, Party
    from motcua.kernel.files.models import File
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.payments.models import Obligation
    from motcua.kernel.procedures.kind import Paper
    from motcua.kernel.procedures.kind import Result as ResultKind
    from motcua.modules.dossiers.models import DossierPaper

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # as lib.codes.human_code writes them
GIVEN = frozenset({"returned", "result_ready"})


@dataclass(frozen=True, slots=True)
class TrackingPage:
    case: Case
    subject: str
    state: State
    promise: ClockView | None
    answer_by: datetime | None
    is_answer_late: bool  # whether it is accepted should have been said by then
    unit: str
    officer: str
    reason: str
    apology: str
    supplement: Supplement | None
    supplement_papers: Sequence[Paper]
    owed: list[tuple[Obligation, str]]
    results: list[ResultLine]
    result_note: str
    route: list[RouteLine]
    rows: list[TimelineRow]
    papers: list[PaperLine]
    attached: list[File]  # files in the answers of the form
    secret: str  # "" for who sees it as another representative of an organisation
    may_withdraw: bool
    is_late: bool
    promised_at: datetime | None  # on the receipt, before pauses and apologies
    delivery: str
    rate_url: str  # "" while there is nothing to rate, or once it was rated
    delivery_state: Pill  # beside the state of the business …
    money_state: Pill  # … and of the money
    money: list[MoneyLine]
    acts: ActsFor
    is_filer: bool  # filed it for the applicant
    is_own: bool  # of the signed-in person: their account shows who looked, and keeps the results

    @property
    def shows_clock(self) -> bool:
        """A promise that was given up is neither kept nor broken."""
        return _shows_clock(self.state)

    @property
    def asks(self) -> list[Any]:
        """What waits for the person."""
        return [*([self.supplement] if self.supplement else []), *self.owed]


def _shows_clock(state: State) -> bool:
    return state.is_open or state.name in GIVEN


def secret_of(party: Party, key: str = "") -> str:
    """Eight letters of 39 bits that open the page together with the code: derived, so nothing is stored. Replaced
    together with the private link."""
    link = f"{party.pk}.{party.link_number}" if party.link_number else str(party.pk)
    digest = hmac.digest((key or settings.SECRET_KEY).encode(), f"motcua.dossier.{link}".encode(), hashlib.sha256)
    number = int.from_bytes(digest[:8], "big")
    letters = []
    for _turn in range(8):
        number, place = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[place])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"


def token_for(code: str, secret: str) -> str | None:
    """The private link of whoever typed both rightly; None for anything else, without saying which was wrong."""
    typed = read_human_code(secret)
    case = cases_of(KIND).filter(code=code.strip().upper()).first()
    if case is None or typed is None:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    for party in parties(case.id):
        if any(constant_time_compare(typed, secret_of(party, key)) for key in keys):
            return party_token(party)
    return None


def tracking_page(code: str, *, actor: Actor) -> TrackingPage:
    """For the people of the dossier alone. Officials have the desk; to everybody else it does not exist."""
    case = cases_of(KIND).filter(code=code.upper()).first()
    if case is None:
        raise not_found()
    mine = own_parties(case.id, actor)
    if not mine:
        raise not_found()
    found = whole(case)
    clocks = clock_views(case)
    answer = next((one for one in clocks if one.name == "receive"), None)
    asked = next((one for one in supplements(case.id) if one.supplied_at is None), None)
    kept, documents = papers(case.id), results(case.id) if case.state in GIVEN else []
    sent = {use.file_id: use.file for use in case_files(case.id) if use.role == FileRole.PAPER}
    declared = declared_names(found.version.body)
    files = files_by_id([number for one in documents for number in (one.file_id, one.signed_file_id) if number])
    wanted = {item.get("paper") for item in asked.items} if asked else set()
    listed = [paper for paper in asked_papers(found) if not paper.by_form and not paper.registry]
    rows = obligations([case.id]).get(case.id, [])
    payer_id = _payer_id(mine[0], actor)
    unit = org.tree().unit(case.unit_id).name
    return TrackingPage(
        case=case,
        subject=said(found.version.body, "name"),
        state=KINDS[KIND].state(case.state),
        promise=next((one for one in clocks if one.name == "result"), None),
        answer_by=answer.due_at if answer else None,
        is_answer_late=answer is not None and answer.state == "late",
        unit=unit,
        officer=case.officer.name if case.officer else "",
        reason=found.dossier.reason if case.closed_at or case.state == "suspended" else "",
        apology=_apology(found.dossier.extended_at),
        supplement=asked,
        supplement_papers=[paper for paper in listed if paper.code in wanted] or (listed if asked else []),
        owed=[(row, pay_url(row.id, payer_id)) for row in rows if row.state in OWED],
        results=[
            ResultLine(
                one,
                files.get(one.signed_file_id or one.file_id or 0),
                one.signed_file_id is not None,
                name_said(declared, one),
            )
            for one in documents
        ],
        # Why it was not granted; what officials wrote to their leader when it was, is theirs.
        result_note=found.dossier.result_note if any(one.is_refusal for one in documents) else "",
        route=route_lines(found, legs(case.id)),
        rows=timeline_of(case, Audience.PARTY),
        papers=_paper_lines(kept, sent, declared),
        attached=[file for number, file in sent.items() if number not in {one.file_id for one in kept}],
        secret=secret_of(holder) if (holder := link_holder(case.id, actor)) else "",
        is_late=any(one.name == "result" and one.state == "late" for one in clocks),
        promised_at=found.dossier.promised_at,
        delivery=found.dossier.get_delivery_display(),
        rate_url=_rate_url(case, mine[0].role, actor),
        delivery_state=delivery_state(case, found.dossier),
        money_state=money_state(case, rows),
        money=money_lines(rows, payer_id, is_english=language_now() == "en"),
        acts=acts_for(found),
        is_filer=mine[0].role == PartyRole.FILER,
        is_own=actor.person_id is not None and actor.person_id == case.person_id,
        may_withdraw=may_on(actor, "dossier.withdraw", case) and case.state in KINDS[KIND].move("withdraw").from_states,
    )


def _paper_lines(
    kept: Sequence[DossierPaper], sent: Mapping[int, File], declared: Mapping[str, Paper | ResultKind]
) -> list[PaperLine]:
    """Pages of one paper are told apart by their numbers."""
    codes = [one.code for one in kept]
    lines = []
    for place, one in enumerate(kept):
        name = name_said(declared, one)
        if codes.count(one.code) > 1:
            name = f"{name} ({codes[: place + 1].count(one.code)})"
        lines.append(PaperLine(one, sent.get(one.file_id or 0), name=name))
    return lines


def _payer_id(party: Party, actor: Actor) -> int | None:
    """Whose links to pay are shown: of whoever holds the private link, else of whoever is signed in."""
    is_by_link = any(link.party_id == party.id for link in actor.all_links)
    return party.person_id if is_by_link else actor.person_id


def _rate_url(case: Case, role: str, actor: Actor) -> str:
    if case.state not in ANSWERED or case.closed_at is None or role not in REPORTERS or actor.is_officer:
        return ""
    return rate_path(KIND, case.id) if may_be_rated(KIND, case.id, case.closed_at) else ""


def _apology(extended_at: datetime | None) -> str:
    return _("Chúng tôi xin lỗi vì đã phải hẹn lại.") if extended_at is not None else ""


@dataclass(frozen=True, slots=True)
class OwnRow:
    code: str
    subject: str
    url: str
    state: State
    clock: ClockView | None

    @property
    def shows_clock(self) -> bool:
        return _shows_clock(self.state)


def own_dossiers(actor: Actor) -> list[OwnRow]:
    """Those of the actor, by account and by the links held on this device, the newest first."""
    cases = own_cases_of(KIND, actor)
    states = {state.name: state for state in STATES}
    clocks = promise_views(cases)
    return [
        OwnRow(case.code, case.subject_said, KINDS[KIND].public_url(case.code), states[case.state], clocks.get(case.id))
        for case in cases
    ]
