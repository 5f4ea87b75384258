"""One action on many cases, each by itself: what one of them refuses leaves the others done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import BULK, KINDS, Bulk, Move
from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.reading import may_on
from motcua.kernel.identity.kind import Actor
from motcua.lib.errors import Refused

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Undone:
    case: Case
    code: str
    words: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """Cases that an action is asked for. ``asked`` are all that the actor may read; of them ``cases`` can be done."""

    move: Move
    asked: list[Case]
    cases: list[Case]
    left_out: list[Undone]
    actions: Mapping[str, Bulk]  # by kind

    @property
    def needs(self) -> str:
        return next(iter(self.actions.values())).needs

    @property
    def form(self) -> type[forms.Form] | None:
        return next((action.form for action in self.actions.values() if action.form is not None), None)


def choose(move_name: str, case_ids: Sequence[int], *, actor: Actor) -> Chosen:
    """Refused("invalid") for too many cases or none that the actor may read; Refused("not_found") for an action that
    the inbox does not offer for all of them."""
    if len(case_ids) > MOST_AT_ONCE:
        raise Refused("invalid", _("Chọn tối đa %(most)d việc mỗi lần.") % {"most": MOST_AT_ONCE})
    asked = [
        case
        for case in Case.objects.filter(pk__in=case_ids).order_by("next_due_at", "id")
        if may_on(actor, f"{case.kind}.read", case)
    ]
    if not asked:
        raise Refused("invalid", _("Chưa chọn việc nào. Quay lại danh sách và đánh dấu việc cần làm."))
    kinds = {case.kind for case in asked}
    actions = {kind: action for kind in kinds if (action := BULK.get((kind, move_name))) is not None}
    if len(actions) < len(kinds):
        raise Refused("not_found", _("Không làm được việc này cho nhiều hồ sơ một lần."))
    hindered = {case.id: why for case in asked if (why := _hindrance(actions[case.kind], case))}
    return Chosen(
        move=KINDS[asked[0].kind].move(move_name),
        asked=asked,
        cases=[case for case in asked if case.id not in hindered],
        left_out=[Undone(case, "hindered", hindered[case.id]) for case in asked if case.id in hindered],
        actions=actions,
    )


def _hindrance(action: Bulk, case: Case) -> str:
    return action.hindrance(case) if action.hindrance is not None else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    done: list[Case]
    refused: list[Undone]


def run_bulk(chosen: Chosen, values: Mapping[int, Any], *, actor: Actor) -> Outcome:
    """``values``: what the action needs, by the case's number; a case for which something needed is "" is left alone.
    Each case is its own transaction."""
    done, refused = [], list(chosen.left_out)
    for case in chosen.cases:
        if chosen.needs and not values[case.id]:
            continue  # of several units, nobody was chosen for this one
        try:
            chosen.actions[case.kind].run(case.id, actor, values[case.id])
            done.append(case)
        except Refused as refusal:
            refused.append(Undone(case, refusal.code, refusal.message))
    return Outcome(done, refused)
