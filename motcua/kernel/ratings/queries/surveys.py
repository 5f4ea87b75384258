"""Surveys: how far they are, and what they found once they are over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import may, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.kind import CONTENT_FROM, Shape
from motcua.kernel.ratings.models import Answer, Invitation, Question, Rating, Survey
from motcua.kernel.ratings.queries.results import Said, least, said, without_the_few
from motcua.lib.errors import Refused
from motcua.lib.shares import wilson

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

LATELY = timedelta(days=7)  # who was invited so recently may still answer


@dataclass(frozen=True, slots=True)
class Progress:
    survey: Survey
    invited: int
    answered: int

    @property
    def share(self) -> float:
        return min(1.0, self.answered / self.survey.target)

    @property
    def percent(self) -> float:
        return 100 * self.share


@dataclass(frozen=True, slots=True)
class Index:
    """Answers of 4 and 5 among all (SIPAS)."""

    name: str
    content: int
    n: int

    @property
    def share(self) -> float:
        return self.content / self.n

    @property
    def low(self) -> float:
        return wilson(self.content, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.content, self.n)[1]


@dataclass(frozen=True, slots=True)
class Fact:
    """How many gave each answer to one question."""

    name: str
    n: int
    answers: list[tuple[str, int, float]]


@dataclass(frozen=True, slots=True)
class Findings:
    answered: int
    whole: Index | None
    factors: list[Index]
    questions: list[Index]
    facts: list[Fact]
    units: list[Index]
    words: list[Said]


def managed_surveys(actor: Actor) -> list[Progress]:
    """The newest first. Three queries."""
    ids = unit_ids_within(actor, "survey.manage")
    rows = [row for row in Survey.objects.order_by("-id") if ids is None or set(row.units) <= set(ids)]
    invited = _count(Invitation, rows)
    answered = _count(Rating, rows)
    return [Progress(row, invited.get(row.pk, 0), answered.get(row.pk, 0)) for row in rows]


def _count(model: type[Invitation | Rating], surveys: Sequence[Survey]) -> dict[int, int]:
    found = model.objects.filter(survey__in=surveys).values_list("survey_id").annotate(count=Count("pk"))
    return {number: count for number, count in found if number is not None}


def managed_survey(survey_id: int, *, actor: Actor) -> Progress:
    found = next((row for row in managed_surveys(actor) if row.survey.pk == survey_id), None)
    if found is None:
        raise Refused("not_found", _("Không có khảo sát này, hoặc khảo sát không thuộc phạm vi của bạn."))
    return found


def findings(survey: Survey) -> Findings | None:
    """None while it runs, or when too few answered: who looks twice must not see what came in between."""
    answered = Rating.objects.filter(survey=survey).count()
    if survey.closed_at is None or answered < least():
        return None
    rows = list(
        Answer.objects.filter(rating__survey=survey)
        .values_list("question_id", "value", "rating__unit_id")
        .annotate(count=Count("id"))
    )
    questions = {row.pk: row for row in Question.objects.filter(pk__in={number for number, _v, _u, _c in rows})}
    by_factor: dict[str, list[int]] = {}
    by_question: dict[int, list[int]] = {}
    by_fact: dict[int, dict[int, int]] = {}
    by_unit: dict[int, list[int]] = {}
    for number, value, unit_id, count in rows:
        question = questions[number]
        if question.shape == Shape.FACT:
            values = by_fact.setdefault(number, {})
            values[value] = values.get(value, 0) + count
            continue
        content = count if value >= CONTENT_FROM else 0
        for sums in (
            by_factor.setdefault(question.heading, [0, 0]),
            by_question.setdefault(number, [0, 0]),
            by_unit.setdefault(unit_id, [0, 0]),
        ):
            sums[0] += content
            sums[1] += count
    order = sorted(questions.values(), key=lambda row: (row.position, row.code))
    headings = list(dict.fromkeys(row.heading for row in order if row.heading in by_factor))
    whole = [sum(sums[place] for sums in by_factor.values()) for place in (0, 1)]
    return Findings(
        answered,
        Index("", *whole) if whole[1] else None,
        [Index(heading, *by_factor[heading]) for heading in headings if by_factor[heading][1] >= least()],
        [Index(row.title, *by_question[row.pk]) for row in order if by_question.get(row.pk, (0, 0))[1] >= least()],
        [_fact(row, by_fact[row.pk]) for row in order if sum(by_fact.get(row.pk, {}).values()) >= least()],
        _units(survey, by_unit),
        said(Rating.objects.filter(survey=survey)),
    )


def _fact(question: Question, values: dict[int, int]) -> Fact:
    n = sum(values.values())
    answers = [(words, values.get(value, 0), values.get(value, 0) / n) for value, words in question.choices]
    return Fact(question.title, n, answers)


def _units(survey: Survey, sums: dict[int, list[int]]) -> list[Index]:
    """Units with enough people who answered, the surest first."""
    people = dict(Rating.objects.filter(survey=survey).values_list("unit_id").annotate(count=Count("id")))
    shown = without_the_few(sum(people.values()), people, least())
    found = [Index(org.tree().unit(number).name, *sums[number]) for number in shown if sums.get(number, [0, 0])[1]]
    return sorted(found, key=lambda one: (-one.low, one.name))


def may_hide(survey: Survey, actor: Actor) -> bool:
    """Words in it that name somebody."""
    return all(may(actor, "rating.hide", unit_path=org.tree().path(number)) for number in survey.units)


def reach_of(survey: Survey) -> list[int]:
    """The survey's units with all below them."""
    tree = org.tree()
    return [number for unit_id in survey.units for number in tree.ids_under(tree.path(unit_id))]


def units_to_ask(actor: Actor) -> list[org.UnitRow]:
    """Those whose people the actor may ask, each below the one it belongs to."""
    ids = unit_ids_within(actor, "survey.manage")
    return [unit for unit in org.tree().in_force if ids is None or unit.id in ids]
