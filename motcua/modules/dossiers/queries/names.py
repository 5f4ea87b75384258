"""Finding dossiers by people's names, which are sealed: keyed marks of every two words of a folded name.

Pairs and not single words: they tell apart the few families that most people belong to, and give away less to whoever
steals the table (docs/adr/names-are-found-by-marks-of-word-pairs.md).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.clocks import ClockView, promise_views
from motcua.kernel.cases.queries.people import cases_of_people
from motcua.kernel.cases.queries.reading import cases_of, may_on, visible
from motcua.kernel.identity.queries import find_person_ids, keyed_index, masked_person, opened, organisation_id_of
from motcua.kernel.org import queries as org
from motcua.lib import contacts
from motcua.lib.codes import DOSSIER_CODE
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_national_id, read_tax_code
from motcua.lib.vietnamese import fold
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import NameIndex

if TYPE_CHECKING:
    from motcua.kernel.cases.kind import State
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

MOST_WORDS = 8  # of one name


def marks_of(names: Iterable[str]) -> set[int]:
    return {mark for name in names for mark in _marks(name)}


def _marks(name: str) -> set[int]:
    words = _words(name)
    if len(words) == 1:
        return {_mark(words[0])}
    return {_mark(f"{first} {second}") for first, second in combinations(sorted(set(words)), 2)} or {_mark(words[0])}


def _words(name: str) -> list[str]:
    clean = "".join(letter if letter.isalnum() else " " for letter in fold(name))
    return clean.split()[:MOST_WORDS]


def _mark(text: str) -> int:
    """64 bits that are equal for equal texts and tell nothing without the key."""
    return int.from_bytes(keyed_index(f"name {text}")[:8], signed=True)


# ── Finding ─────────────────────────────────────────────────────────────────────────────────────────────────────────

MOST_FOUND = 30


@dataclass(frozen=True, slots=True)
class FoundRow:
    """``name``: plain for whoever may open the card of this very dossier, initials for other readers."""

    case: Case
    name: str
    is_plain: bool
    state: State
    unit: str
    url: str
    clock: ClockView | None


@dataclass(frozen=True, slots=True)
class Search:
    rows: list[FoundRow]
    has_more: bool


def find_dossiers(words: str, *, actor: Actor) -> Search:
    """By a name (two words of it or more, tones or not), a national id, a telephone, a tax code or the dossier's code;
    of those that the actor may read by post, the newest first. Refused("invalid") for too little.

    The caller notes whose names were shown.
    """
    actor = actor.by_post
    mine = cases_of(KIND).filter(visible(actor, "dossier.read", also_involved=True))
    found = mine.filter(_matching(words.strip())).select_related("person").order_by("-id")[: MOST_FOUND + 1]
    cases = list(found)
    clocks = promise_views(cases[:MOST_FOUND])
    return Search([_row(case, clocks.get(case.id), actor) for case in cases[:MOST_FOUND]], len(cases) > MOST_FOUND)


def _row(case: Case, clock: ClockView | None, actor: Actor) -> FoundRow:
    kind = KINDS[KIND]
    is_plain = case.person is not None and may_on(actor, "person.reveal", case)
    card = (opened(case.person) if is_plain else masked_person(case.person)) if case.person is not None else None
    return FoundRow(
        case, card.name if card else "", is_plain, kind.state(case.state), org.tree().unit(case.unit_id).short_name,
        kind.desk_url(case.id), clock,
    )  # fmt: skip


def _matching(words: str) -> Q:
    if DOSSIER_CODE.fullmatch(words.upper()):
        return Q(code=words.upper())
    number = read_national_id(words)
    phone = contacts.normal_phone(words) if number is None else ""
    if number is not None or phone:
        people = find_person_ids(national_id=number.number) if number is not None else find_person_ids(phone=phone)
        return Q(pk__in=cases_of_people(people))
    if code := read_tax_code(words):
        return Q(dossier__organisation_id=organisation_id_of(code))
    if len(_words(words)) < 2:
        text = _("Gõ ít nhất hai chữ trong họ tên, hoặc cả số định danh, số điện thoại, mã số thuế, mã hồ sơ.")
        raise Refused("invalid", text, fields={"q": text})
    return Q(pk__in=NameIndex.objects.filter(marks__contains=sorted(_marks(words))).values("case_id"))
