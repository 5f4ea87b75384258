"""Many decisions of a leader with one confirmation: written down at once, carried out one by one, each by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.identity.queries import may_somewhere, officer_actor
from motcua.kernel.signing.actions import hold_tasks, release_tasks, retry_task, sign_task
from motcua.kernel.signing.kind import AGAIN_STATES
from motcua.kernel.signing.queries import get_task
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.apologising import extend_dossier
from motcua.modules.dossiers.actions.results import approve_dossier, issue_dossier
from motcua.modules.dossiers.kind import Deciding, DecisionState
from motcua.modules.dossiers.models import Decision, Result
from motcua.modules.dossiers.queries.deciding import batch_of

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

log = logging.getLogger(__name__)
MOST_AT_ONCE = 200
KEPT_FOR = timedelta(days=90)
TURN = 2.0  # seconds of the worker, or of the request that confirmed

DOES: dict[str, Callable[..., object]] = {
    Deciding.APPROVE: approve_dossier,
    Deciding.ISSUE: issue_dossier,
    Deciding.EXTEND: extend_dossier,
}


@dataclass(frozen=True, slots=True)
class NewDecision:
    """``subject_id``: the case, or the signing task; ``version``: of the case as the leader saw it."""

    does: Deciding
    subject_id: int
    version: int | None = None


def decide(batch: UUID, chosen: Sequence[NewDecision], *, actor: Actor) -> None:
    """Write down what was confirmed. The same ``batch`` again adds nothing. What this actor may not decide says so when
    its turn comes; what they may not know of is left out."""
    if actor.id is None or not actor.is_officer or not may_somewhere(actor, "dossier.decide"):
        raise Refused("not_allowed", _("Chỉ lãnh đạo duyệt được."))
    if len(chosen) > MOST_AT_ONCE:
        raise Refused("too_many", _("Duyệt nhiều nhất %(most)d việc một lần.") % {"most": MOST_AT_ONCE})
    rows = [row for new in chosen if (row := _row(batch, new, actor, actor.id)) is not None]
    if not rows:
        raise Refused("invalid", _("Chọn ít nhất một việc để duyệt."))
    Decision.objects.bulk_create(rows, ignore_conflicts=True)


def _row(batch: UUID, new: NewDecision, actor: Actor, officer_id: int) -> Decision | None:
    try:
        if new.does == Deciding.SIGN:
            code, title = "", get_task(new.subject_id, actor=actor).title
        else:
            case = get_case(new.subject_id, actor=actor.by_post)
            code, title = case.code, case.subject
    except Refused:
        return None
    return Decision(
        batch=batch, officer_id=officer_id, does=new.does, subject_id=new.subject_id, version=new.version, code=code,
        title=title, decided_at=moment.now(),
    )  # fmt: skip


def carry_out(batch: UUID | None = None, *, seconds: float = TURN) -> int:
    """Those of one batch, or all that wait, oldest first, until the turn is over. Returns how many were decided."""
    until, deciders = monotonic() + seconds, list[int]()
    while monotonic() < until and (officer_id := _next(batch)) is not None:
        deciders.append(officer_id)
    for officer_id in set(deciders):
        if not Decision.objects.filter(officer_id=officer_id, state=DecisionState.WAITING).exists():
            release_tasks(f"officer:{officer_id}")
    return len(deciders)


def _next(batch: UUID | None) -> int | None:
    """One decision and what it changes, in one transaction; whose it was. Who else looks for work passes it over."""
    with transaction.atomic():
        rows = Decision.objects.select_for_update(skip_locked=True, of=("self",)).filter(state=DecisionState.WAITING)
        row = (rows if batch is None else rows.filter(batch=batch)).order_by("id").first()
        if row is None:
            return None
        row.state, row.words, row.ended_at = DecisionState.DONE, "", moment.now()
        try:
            with transaction.atomic():
                _do(row)
        except Refused as refused:
            row.state, row.words = DecisionState.FAILED, refused.message[:500]
        except Exception:  # a bug in one must not hold up the others
            log.exception("decision %d", row.pk)
            row.state = DecisionState.FAILED
            row.words = _("Có lỗi ngoài dự kiến, đã được ghi lại. Thử lại, hoặc mở hồ sơ để xem.")
        row.save(update_fields=["state", "words", "ended_at"])
    return row.officer_id


def _do(row: Decision) -> None:
    actor = officer_actor(row.officer_id)  # their rights as they are now
    if row.does == Deciding.SIGN:
        again = get_task(row.subject_id, actor=actor).state in AGAIN_STATES
        (retry_task if again else sign_task)(row.subject_id, actor=actor)
    else:
        # Tried again it takes the case as it is now, but signs no document that the leader did not see.
        others = Result.objects.filter(case_id=row.subject_id, created_at__gt=row.decided_at)
        if row.does != Deciding.EXTEND and others.exists():
            raise Refused("stale", _exchanged_words())
        DOES[row.does](row.subject_id, actor=actor, version=row.version)
    hold_tasks(actor.key)  # until the last of them: then their telephone asks once


def _exchanged_words() -> str:
    return _("Văn bản đã được thay sau khi bạn duyệt. Mở hồ sơ xem lại rồi duyệt.")


def forget_decisions() -> int:
    """What was decided stays in the events of the cases; this only said how far it was."""
    return Decision.objects.filter(ended_at__lt=moment.now() - KEPT_FOR).delete()[0]


@transaction.atomic
def decide_again(batch: UUID, *, actor: Actor) -> int:
    """What failed in a batch of one's own, once more, as the cases are now: also where the signature failed afterwards.
    Not where the page that was confirmed showed another document. Returns how many."""
    failed = [row.decision.pk for row in batch_of(batch, actor=actor).rows if row.state == DecisionState.FAILED]
    unseen = Result.objects.filter(case_id=OuterRef("subject_id"), version__gte=OuterRef("version"))
    rows = Decision.objects.filter(pk__in=failed, officer_id=actor.id)
    exchanged = rows.filter(Exists(unseen), does__in=(Deciding.APPROVE, Deciding.ISSUE))
    exchanged.update(words=_exchanged_words())
    return rows.exclude(pk__in=list(exchanged.values_list("pk", flat=True))).update(
        state=DecisionState.WAITING, version=None, words="", ended_at=None
    )
