"""What the case page shows to an official: everything of one report, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from motcua.kernel.cases.queries.page import ShownCase, shown_case
from motcua.kernel.cases.queries.reading import Related, get_case, not_found, related
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.cases.queries.timeline import TimelineRow
from motcua.kernel.identity.kind import Actor
from motcua.modules.incidents.models import Incident, Rating
from motcua.modules.incidents.queries.near import similar_nearby
from motcua.modules.incidents.queries.public import PublicRow
from motcua.modules.incidents.queries.sight import OFFICIAL
from motcua.modules.incidents.queries.timeline import timeline_rows
from motcua.modules.incidents.queries.understanding import Suggestion, suggest

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, Category


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    value: str


@dataclass(frozen=True, slots=True)
class DeskPage:
    shown: ShownCase
    incident: Incident
    category: Category | None
    rows: list[TimelineRow]
    answers: list[Answer]
    suggestions: list[Suggestion]  # only while it is about which category it is
    nearby: list[PublicRow]  # possible duplicates
    related: Related
    ratings: list[Rating]

    @property
    def case(self) -> Case:
        return self.shown.case


def waits_for_choice(case: Case, incident: Incident) -> bool:
    """Nobody has looked yet at what strangers will see of it."""
    category = rules().categories.get(case.category_id) if case.category_id else None
    return incident.moderated_at is None and (category is None or category.is_public)


def desk_page(case_id: int, *, actor: Actor) -> DeskPage:
    """Refused("not_found") for those outside its unit's reach."""
    actor = actor.by_post
    case = get_case(case_id, actor=actor)
    if case.kind != "incident":
        raise not_found()
    incident = Incident.objects.get(pk=case.id)
    shown = shown_case(case, actor=actor)
    category = rules().categories.get(case.category_id) if case.category_id else None
    may_classify = any(move.name == "classify" for move in shown.moves)
    return DeskPage(
        shown=shown,
        incident=incident,
        category=category,
        rows=timeline_rows(case, [file for files in shown.files.values() for file in files], OFFICIAL),
        answers=_answers(category, incident),
        suggestions=suggest(incident.text) if may_classify and category is None else [],
        nearby=[
            near.row
            for near in similar_nearby(case.lat, case.lon, category_id=case.category_id)
            if near.row.code != case.code and case.closed_at is None
        ]
        if case.lat is not None and case.lon is not None
        else [],
        related=related(case),
        ratings=list(Rating.objects.filter(case_id=case.id).order_by("-id")[:10]),
    )


def _answers(category: Category | None, incident: Incident) -> list[Answer]:
    """The person's answers to the category's own questions, in words."""
    found = []
    for attribute in category.attributes if category else []:
        given = incident.attributes.get(attribute["code"])
        if given in (None, "", []):
            continue
        names = {str(value["key"]): str(value["name"]) for value in attribute.get("values", [])}
        values = given if isinstance(given, list) else [given]
        found.append(Answer(attribute["question"], ", ".join(names.get(str(value), str(value)) for value in values)))
    return found
