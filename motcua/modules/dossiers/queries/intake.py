"""The counter: who stands there, which procedure, which papers, what it will come to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Kind
from motcua.kernel.forms.queries.reading import Unreadable, read_value
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.identity.kind import Role
from motcua.kernel.identity.queries import (
    AuthorisationRow,
    authorisation_between,
    get_organisation,
    is_represented_by,
    open_person,
    sealer,
)
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.kind import Fee, Paper, PaperCase
from motcua.kernel.procedures.kind import Way as ProcedureWay
from motcua.kernel.procedures.queries.catalogue import Version, in_force
from motcua.kernel.procedures.queries.search import Hit, search
from motcua.lib import contacts, moment
from motcua.lib.contacts import masked_name
from motcua.lib.errors import Refused
from motcua.lib.fees import Claimed
from motcua.lib.identifiers import read_id_card, read_national_id, read_tax_code
from motcua.lib.jsonlogic import parse
from motcua.lib.worktime import Duration, StartRule, due_at
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import CounterDraft
from motcua.modules.dossiers.queries.fees import charges, claimable, open_fees
from motcua.modules.dossiers.queries.routes import RECEPTION, Competence, competence, is_outside, result_term
from motcua.modules.dossiers.queries.visitors import known_person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from motcua.kernel.forms.kind import Field, Form
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.identity.models import Organisation
    from motcua.kernel.payments.kind import Line
    from motcua.kernel.procedures.kind import Body

FOUND = 6  # procedures offered for what was typed
IN_ONE_BOX = frozenset({Kind.CHOICE, Kind.YES_NO, Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DATE})


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the counter. ``is_new``: no card of them is known here yet."""

    name: str = ""
    national_id: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    person_id: int | None = None
    is_new: bool = True


def read_visitor(text: str, *, actor: Actor) -> Visitor | None:
    """From what a scanner typed off the identity card, the number alone, or a telephone number; None for anything else.

    The card of somebody seen here before is opened for the clerk, who has the person before them; that is noted.
    """
    card = read_id_card(text)
    number = card.national_id if card else (found.number if (found := read_national_id(text)) else "")
    phone = "" if number else contacts.normal_phone(text)
    if not number and not phone:
        return None
    known = known_person(national_id=number, phone=phone)
    if known is None:
        return Visitor(
            name=card.name if card else "",
            national_id=number,
            phone=contacts.shown_phone(phone),
            address=card.address if card else "",
        )
    held = open_person(known, actor=actor, reason=KIND, case_id=None)
    return Visitor(
        name=held.name or (card.name if card else ""),
        national_id=number or getattr(held, "national_id", ""),
        phone=held.phone,
        email=held.email,
        address=card.address if card else "",
        person_id=known,
        is_new=False,
    )


def find_procedures(words: str) -> list[Hit]:
    """Of those that can be filed here, the best first; three letters are enough."""
    if len(words.strip()) < 2:
        return []
    return [hit for hit in search(words, most=40) if hit.is_filed_here][:FOUND]


@dataclass(frozen=True, slots=True)
class Count:
    """An answer of the form that is asked for here: a fee is reckoned from it (how many pages, which kind of vehicle),
    or it decides whether a paper is needed (``for_papers``). ``text``: as it was typed."""

    field: Field
    text: str
    options: list[tuple[str, str]]
    error: str = ""
    for_papers: bool = False

    @property
    def title(self) -> str:
        return self.field.title.in_language(language_now())

    @property
    def is_open(self) -> bool:
        return not self.text or bool(self.error)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the form is asked here, in its order, and what was answered. ``form`` None: the procedure has none."""

    form: Form | None = None
    form_version_id: int | None = None
    counts: list[Count] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)

    def papers(self, case: PaperCase) -> list[Paper]:
        """Those that the answers ask for. What nobody has answered decides nothing: such a paper may be brought, and
        the clerk sees when it is needed; a registry is not asked for it."""
        undecided = {count.field.path for count in self.counts if count.is_open}
        found = []
        for paper in case.papers:
            looked_at, is_whole = _looked_at(self.form, parse(paper.when).names if paper.when else ())
            if not is_whole or looked_at & undecided:
                found += [] if paper.registry else [replace(paper, required=False)]
            elif paper.is_asked(self.answers):
                found.append(paper)
        return found


def _looked_at(form: Form | None, names: Iterable[str]) -> tuple[set[str], bool]:
    """Fields on which these names depend, also those that decide whether they are asked at all; and whether all of them
    can be asked here."""
    left, found, is_whole = list(names), set[str](), True
    while left:
        one = form.at(left.pop()) if form is not None else None
        if one is None or one.kind not in IN_ONE_BOX or "*" in one.path:
            is_whole = False
        elif one.path not in found:
            found.add(one.path)
            left += [name for held in _with_holders(form, one.path) if held.show for name in held.show.names]
    return found, is_whole


def _with_holders(form: Form | None, path: str) -> list[Field]:
    parts = path.split(".")
    above = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    return [form.by_path[one] for one in above] if form is not None else []


def ask_here(body: Body, case: PaperCase, typed: Mapping[str, str]) -> Asked:
    """What the fees of this procedure and the papers of this case look at in its form, and what was answered to it."""
    found = newest(body.form)
    if found is None:
        return Asked()
    form = found.form
    for_papers, _whole = _looked_at(form, [name for one in case.papers if one.when for name in parse(one.when).names])
    wanted = for_papers.union(path for fee in body.fees for path in fee.parsed.asked)
    counts: list[Count] = []
    answers: dict[str, Any] = {}
    language = language_now()
    for path, one in form.by_path.items():
        if path not in wanted or any(held.show and not held.show.holds(answers) for held in _with_holders(form, path)):
            continue
        text, error = typed.get(path, "").strip(), ""
        try:
            if text:
                _put(answers, path, read_value(one, text, language))
        except Unreadable as wrong:
            error = str(wrong)
        counts.append(Count(one, text, _options(one, language), error, path in for_papers))
    return Asked(form, found.id, counts, answers)


def _put(answers: dict[str, Any], path: str, value: Any) -> None:
    *groups, last = path.split(".")
    for key in groups:
        answers = answers.setdefault(key, {})
    answers[last] = value


def _options(one: Field, language: str) -> list[tuple[str, str]]:
    if one.kind is Kind.YES_NO:
        return [("yes", _("Có")), ("no", _("Không"))]
    return [(option.value, option.label.in_language(language)) for option in one.options]


@dataclass(frozen=True, slots=True)
class Choice:
    """A procedure taken in here now: its papers, the promise, the money."""

    version: Version
    case: PaperCase
    papers: list[Paper]
    competent: Competence | None
    is_outside: bool
    due_at: datetime | None
    lines: list[Line] = field(default_factory=list)
    claimable: list[tuple[Fee, Line]] = field(default_factory=list)
    way: ProcedureWay | None = None
    counts: list[Count] = field(default_factory=list)
    answers: dict[str, Any] = field(default_factory=dict)
    unknown: list[Fee] = field(default_factory=list)  # fees that cannot be reckoned yet
    form_version_id: int | None = None

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def for_papers(self) -> list[Count]:
        return [count for count in self.counts if count.for_papers]

    @property
    def for_fees(self) -> list[Count]:
        return [count for count in self.counts if not count.for_papers]

    @property
    def first_wanted(self) -> Count:
        """The first number that is missing or wrong."""
        asked = self.for_fees or self.counts
        return next((one for one in asked if one.error or not one.text), asked[0])

    def wanting_counts(self) -> Choice:
        """What the money is reckoned from is said to be missing where it is; without the others one may go on."""
        words = _("Ghi số này.")
        marked = [one if one.text or one.for_papers else replace(one, error=one.error or words) for one in self.counts]
        return replace(self, counts=marked)

    @property
    def is_charged_later(self) -> bool:
        """On its way somebody asks for money, as a tax office does."""
        return any(fee.when != "accept" for fee in self.version.body.fees)

    @property
    def to_bring(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.registry]

    @property
    def from_registry(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.registry]

    @property
    def required(self) -> list[Paper]:
        return [paper for paper in self.to_bring if paper.required]


def choose(
    code: str,
    case_key: str,
    area_code: str,
    counter: org.UnitRow,
    *,
    claims: Mapping[str, str] | None = None,
    counts: Mapping[str, str] | None = None,
) -> Choice | None:
    """``claims``: fee → exemption, as they are chosen; what shows them is looked at when it is taken in. ``counts``:
    what the fees are reckoned from and the papers depend on, as it was typed."""
    found = in_force(code)
    if found is None or not found.body.is_filed_here:
        return None
    body = found.body
    case = body.case(case_key) or body.cases[0]
    area = places.area_by_code(area_code) if area_code else None
    try:
        competent = competence(body, area.id if area else None)
    except Refused:
        competent = None
    way = body.way("counter")
    due = None
    outside = competent is not None and is_outside(counter, competent)
    if competent is not None and way is not None and not outside:
        term = result_term(body, way, competent.unit.id, moment.now())
        calendar, _version = org.unit_calendar(competent.unit.id)
        due = due_at(calendar, moment.now(), Duration.parse(term.duration), StartRule(term.start_rule))
    today = org.local_today()
    known = {fee.code: {one.code for one in fee.exempt} for fee in body.fees}
    chosen = {fee: Claimed(one, "chosen") for fee, one in (claims or {}).items() if one in known.get(fee, ())}
    asked = ask_here(body, case, counts or {})
    answers = asked.answers
    lines = charges(body, answers, way="counter", on=today, when="accept", exemptions=chosen) if way else []
    may_claim = claimable(body, answers, way="counter", on=today) if way else []
    unknown = [fee for fee in open_fees(body, answers, way="counter", on=today) if fee.when == "accept"]
    return Choice(
        found, case, asked.papers(case), competent, outside, due, lines, may_claim, way, asked.counts, answers,
        unknown, asked.form_version_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """By what right whoever stands at the counter acts for another, as far as it is known here."""

    authorisation: AuthorisationRow | None = None
    is_representative: bool = False

    @property
    def is_known(self) -> bool:
        return self.authorisation is not None or self.is_representative


def organisation_named(tax_code: str) -> Organisation | None:
    """By what was typed; None for what is no tax code, or not known yet."""
    code = read_tax_code(tax_code)
    try:
        return get_organisation(code) if code else None
    except Refused:
        return None


def standing_of(visitor_id: int | None, *, giver_id: int | None, organisation_id: int | None, code: str) -> Standing:
    if visitor_id is None:
        return Standing()
    given = authorisation_between(giver_id, visitor_id, code) if giver_id is not None and code else None
    return Standing(given, organisation_id is not None and is_represented_by(organisation_id, visitor_id))


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft of this counter: whose, masked, and what about."""

    id: int
    name: str
    subject: str
    saved_by: str
    saved_at: datetime


MOST_DRAFTS = 9  # one for each digit


def counter_drafts(unit_id: int) -> list[DraftLine]:
    """The last saved first. The caller has authorised the counter."""
    rows = CounterDraft.objects.filter(unit_id=unit_id).order_by("-saved_at")[:MOST_DRAFTS]
    return [
        DraftLine(row.pk, masked_name(_first(draft_values(row), "name")), row.subject, row.saved_by, row.saved_at)
        for row in rows
    ]


def get_counter_draft(draft_id: int, unit_id: int) -> CounterDraft:
    """Refused("not_found") for one of another counter."""
    row = CounterDraft.objects.filter(pk=draft_id, unit_id=unit_id).first()
    if row is None:
        raise Refused("not_found", _("Không còn bản nháp này, hoặc đã tiếp nhận xong."))
    return row


def draft_values(row: CounterDraft) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(sealer().open(row.values_sealed) or "{}")
    return found


def _first(values: dict[str, list[str]], name: str) -> str:
    return next(iter(values.get(name, ())), "")


def counters_of(actor: Actor) -> list[org.UnitRow]:
    """Where the actor receives: their posts as a clerk, a reception first."""
    tree = org.tree()
    units = [tree.unit(held.unit_id) for held in actor.held if held.role is Role.CLERK]
    return sorted(units, key=lambda unit: not unit.code.endswith(RECEPTION))
