"""What becomes of parcels on their way. Nothing here talks to the outside: ``tasks`` does, between these steps."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from motcua.kernel.exchange.kind import LaneState, ParcelKind, ParcelState
from motcua.kernel.exchange.models import Lane, Parcel, PartnerState
from motcua.lib import moment

if TYPE_CHECKING:
    from motcua.kernel.exchange.ports import Answer, Partner

# Longer than any partner is waited for: only a worker that died leaves a claim behind.
CLAIMED_FOR = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
_chance = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Claimed:
    """A parcel that is next on its lane, and nobody else's for five minutes."""

    parcel: Parcel
    lane: Lane
    is_repeat: bool


@transaction.atomic
def claim(partner: Partner) -> list[Claimed]:
    """The next parcels that are due at a partner: of one kind, of different cases, as many as go into one request.

    One that failed before goes alone, so that nothing it does to the partner befalls the others.
    """
    now = moment.now()
    lanes = list(
        Lane.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(partner=partner.name, retry_at__lte=now)
        .order_by("retry_at", "id")[: max(partner.batch, 1)]
    )
    if not lanes:
        return []
    lanes = lanes[:1] if lanes[0].attempts else [lane for lane in lanes if not lane.attempts]
    rows = Parcel.objects.filter(lane_id__in=[lane.pk for lane in lanes], state=ParcelState.WAITING)
    following = {parcel.lane_id: parcel for parcel in rows.order_by("lane_id", "id").distinct("lane_id")}
    first = following[lanes[0].pk].kind
    claimed = []
    for lane in lanes:
        parcel = following[lane.pk]
        if parcel.kind != first:
            continue
        claimed.append(Claimed(parcel, lane, is_repeat=parcel.attempts > 0))
        lane.attempts += 1
        lane.retry_at = now + CLAIMED_FOR
        parcel.attempts += 1
    Lane.objects.bulk_update([one.lane for one in claimed], ["attempts", "retry_at"])
    Parcel.objects.bulk_update([one.parcel for one in claimed], ["attempts"])
    return claimed


@transaction.atomic
def keep_code(lane_id: int, code: str) -> None:
    """What the dossier is called over there: known before it is told for the first time, so that it has one code."""
    Lane.objects.filter(pk=lane_id).update(their_code=code)


def _in_order(claimed: Sequence[Claimed]) -> list[Claimed]:
    """Lanes are locked by the numbers of their cases, as the reader does: nobody waits for each other in a ring."""
    return sorted(claimed, key=lambda one: one.lane.case_id)


@transaction.atomic
def note_answers(claimed: Sequence[Claimed], answers: Mapping[str, Answer]) -> None:
    """``answers`` by the letter's number; a letter that nobody answered is tried again."""
    for one in _in_order(claimed):
        lane = Lane.objects.select_for_update(of=("self",)).get(pk=one.lane.pk)
        parcel = Parcel.objects.get(pk=one.parcel.pk)
        answer = answers.get(str(parcel.pk))
        if answer is not None and answer.is_taken:
            _take(lane, parcel, answer.reference)
        elif answer is not None and answer.is_permanent and parcel.state == ParcelState.WAITING:
            parcel.state, parcel.error = ParcelState.REFUSED, answer.error[:300]
            parcel.save(update_fields=["state", "error"])
            lane.state, lane.error, lane.retry_at = LaneState.REFUSED, parcel.error, None
            lane.behind_since = parcel.created_at
            lane.save(update_fields=["state", "error", "retry_at", "behind_since"])
        else:
            _wait(lane, answer.error if answer is not None else "?")


def _take(lane: Lane, parcel: Parcel, reference: str) -> None:
    parcel.state, parcel.sent_at, parcel.error = ParcelState.SENT, moment.now(), ""
    parcel.reference, parcel.body_sealed = reference[:120], b""  # they have it; we keep what shows that it was told
    parcel.save(update_fields=["state", "sent_at", "error", "reference", "body_sealed"])
    lane.sent_at, lane.attempts, lane.error = parcel.sent_at, 0, ""
    lane.is_known = lane.is_known or parcel.kind == ParcelKind.DOSSIER
    go_on(lane)


def go_on(lane: Lane) -> None:
    """What is next on a locked lane, if anything; and save it."""
    following = lane.parcels.filter(state=ParcelState.WAITING).order_by("id").first()
    if following is None:
        lane.state, lane.retry_at, lane.behind_since = LaneState.CURRENT, None, None
    else:
        lane.state, lane.retry_at, lane.behind_since = LaneState.WAITING, moment.now(), following.created_at
    lane.save()


def _wait(lane: Lane, error: str) -> None:
    if lane.state != LaneState.WAITING:
        return  # somebody decided otherwise meanwhile
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(max(lane.attempts, 1) - 1, 10)) * _chance.uniform(0.8, 1.2)
    lane.retry_at, lane.error = moment.now() + wait, error[:300]
    lane.save(update_fields=["retry_at", "error"])


@transaction.atomic
def note_lost(claimed: Sequence[Claimed], error: str) -> None:
    """Nobody knows what became of them."""
    for one in _in_order(claimed):
        _wait(Lane.objects.select_for_update(of=("self",)).get(pk=one.lane.pk), error)


@transaction.atomic
def release(claimed: Sequence[Claimed]) -> None:
    """They were not sent after all: as if they had not been claimed."""
    for one in _in_order(claimed):
        lane = Lane.objects.select_for_update(of=("self",)).get(pk=one.lane.pk)
        Parcel.objects.filter(pk=one.parcel.pk).update(attempts=max(one.parcel.attempts - 1, 0))
        lane.attempts = max(lane.attempts - 1, 0)
        _wait(lane, lane.error)


@transaction.atomic
def note_partner(name: str, error: str = "") -> None:
    """It answered, or it did not."""
    state, _created = PartnerState.objects.select_for_update().get_or_create(name=name)
    if error:
        state.failed_at, state.error, state.failures = moment.now(), error[:300], state.failures + 1
    else:
        state.reached_at, state.error, state.failures = moment.now(), "", 0
    state.save()


@transaction.atomic
def hurry(name: str) -> int:
    """The partner is back: what waited for it need not wait any longer."""
    now = moment.now()
    waiting = Lane.objects.filter(partner=name, state=LaneState.WAITING, retry_at__gt=now, attempts__gt=0)
    locked = waiting.select_for_update(of=("self",)).order_by("case_id").values_list("pk", flat=True)
    return Lane.objects.filter(pk__in=list(locked)).update(retry_at=now)
