"""The counter: who stands there, which procedure, which papers, what it will come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from motcua.kernel.identity.kind import Role
from motcua.kernel.identity.queries import open_person
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.kind import Paper, PaperCase
from motcua.kernel.procedures.kind import Way as ProcedureWay
from motcua.kernel.procedures.queries.catalogue import Version, in_force, papers_for
from motcua.kernel.procedures.queries.search import Hit, search
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_id_card, read_national_id
from motcua.lib.worktime import Duration, StartRule, due_at
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.queries.fees import charges
from motcua.modules.dossiers.queries.routes import RECEPTION, Competence, competence, is_outside, result_term
from motcua.modules.dossiers.queries.visitors import known_person

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.payments.kind import Line

FOUND = 6  # procedures offered for what was typed


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
class Choice:
    """A procedure taken in here now: its papers, the promise, the money."""

    version: Version
    case: PaperCase
    papers: list[Paper]
    competent: Competence | None
    is_outside: bool
    due_at: datetime | None
    lines: list[Line] = field(default_factory=list)
    way: ProcedureWay | None = None

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines)

    @property
    def to_bring(self) -> list[Paper]:
        return [paper for paper in self.papers if not paper.registry]

    @property
    def from_registry(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.registry]

    @property
    def required(self) -> list[Paper]:
        return [paper for paper in self.to_bring if paper.required]


def choose(code: str, case_key: str, area_code: str, counter: org.UnitRow, answers: dict[str, Any]) -> Choice | None:
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
    lines = charges(body, answers, way="counter", on=org.local_today(), when="accept") if way else []
    return Choice(found, case, list(papers_for(found, case.key)), competent, outside, due, lines, way)


def counters_of(actor: Actor) -> list[org.UnitRow]:
    """Where the actor receives: their posts as a clerk, a reception first."""
    tree = org.tree()
    units = [tree.unit(held.unit_id) for held in actor.held if held.role is Role.CLERK]
    return sorted(units, key=lambda unit: not unit.code.endswith(RECEPTION))
