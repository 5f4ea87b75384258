"""What the worker does to clocks by itself: remind before, escalate after, reckon again when a calendar changed."""

from django.db import transaction
from django.db.models import Q

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import touch
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Clock
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.lib import moment

BATCH = 200


def remind_and_escalate() -> int:
    """Record ``clock.reminded`` and ``clock.escalated`` for the clocks whose moment has come; how many."""
    done = 0
    while batch := _due_case_ids():
        done += sum(_sweep_case(case_id) for case_id in batch)
        if len(batch) < BATCH:
            break
    return done


def _due() -> Q:
    now = moment.now()
    return Q(remind_at__lte=now, reminded_at__isnull=True, due_at__gt=now) | Q(
        due_at__lte=now, escalated_at__isnull=True
    )


def _due_case_ids() -> list[int]:
    ticking = Clock.objects.filter(stopped_at__isnull=True, paused_at__isnull=True)
    return list(ticking.filter(_due()).order_by("case_id").values_list("case_id", flat=True).distinct()[:BATCH])


@transaction.atomic
def _sweep_case(case_id: int) -> int:
    case = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=case_id).first()
    if case is None:  # somebody is acting on it this moment: the next turn sees it
        return 0
    now, done = moment.now(), 0
    for clock in Clock.objects.filter(_due(), case_id=case_id, stopped_at__isnull=True, paused_at__isnull=True):
        label = str(KINDS[case.kind].clock_labels.get(clock.name, clock.name))
        data = {"clock": label, "name": clock.name, "due": clock.due_at, "unit_id": clock.unit_id,
                "officer_id": clock.officer_id}  # fmt: skip
        if clock.due_at <= now:
            clock.escalated_at = now
            record("clock.escalated", case_id=case_id, actor=SYSTEM, data={**data, "role": clock.escalate_to})
        else:
            clock.reminded_at = now
            record("clock.reminded", case_id=case_id, actor=SYSTEM, data=data)
        clock.save(update_fields=["reminded_at", "escalated_at"])
        done += 1
    return done


def reckon_open_clocks(calendar_id: int, unit_ids: list[int], *, actor: Actor) -> int:
    """A calendar changed: the running clocks of its units are due at other moments, and each case says so."""
    done = 0
    for case_id in Case.objects.filter(unit_id__in=unit_ids, closed_at__isnull=True).values_list("id", flat=True):
        done += _reckon_case(case_id, calendar_id, actor)
    return done


@transaction.atomic
def _reckon_case(case_id: int, calendar_id: int, actor: Actor) -> int:
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id, closed_at__isnull=True).first()
    if case is None:
        return 0
    clocks = Clocks.of(case)
    before = {clock.id: clock.due_at for clock in clocks.running}
    clocks.reckon_again()
    moved = {
        clock.name: [before[clock.id], clock.due_at]
        for clock in clocks.running
        if clock.id in before and before[clock.id] != clock.due_at
    }
    if not moved:
        return 0
    clocks.save()
    touch(case)
    record("clock.reckoned", case_id=case.id, actor=actor, data={"calendar_id": calendar_id, "moved": moved})
    return 1
