"""What the worker does to clocks by itself: remind before, escalate after, reckon again when a calendar changed."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import touch
from motcua.kernel.cases.actions.people import involve
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Clock
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.org import queries as org
from motcua.kernel.statements.queries import prepared
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


# Not before the last action on the case: until then the clock said something else.
_MOMENTS = """
    SELECT DISTINCT greatest(at, updated_at)
    FROM cases_clock AS clock JOIN cases_case ON cases_case.id = case_id,
        LATERAL (VALUES (remind_at, reminded_at), (clock.due_at, escalated_at)) AS telling (at, told_at)
    WHERE case_id = %s AND stopped_at IS NULL AND paused_at IS NULL
        AND at IS NOT NULL AND told_at IS NULL AND greatest(at, updated_at) < %s
    ORDER BY 1
"""


def sweep_past(case_id: int, until: datetime) -> None:
    """History is made under a moved clock, and no worker lives in it: what the sweep would have done to the clocks of
    this case before ``until``, each at its moment."""
    with prepared() as cursor:
        cursor.execute(_MOMENTS, [case_id, until])
        moments = [at for (at,) in cursor.fetchall()]
    for at in moments:
        with moment.at(at):
            _sweep_case(case_id)


def hand_to_heirs() -> int:
    """Open cases of units that have ended go on with whoever took their work over; how many."""
    inherited = org.tree().inherited
    held = Q(unit_id__in=inherited) | Q(clocks__unit_id__in=inherited, clocks__stopped_at__isnull=True)
    if not inherited:
        return 0
    ids = Case.objects.filter(held, closed_at__isnull=True).values_list("id", flat=True).distinct()
    return sum(_inherit(case_id) for case_id in list(ids))


@transaction.atomic
def _inherit(case_id: int) -> int:
    """The case and its running promises, due when they were due. Nobody holds it there yet."""
    case = Case.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=case_id).first()
    tree = org.tree()
    inherited = tree.inherited
    if case is None or case.closed_at is not None:
        return 0
    clocks = list(Clock.objects.filter(case_id=case_id, stopped_at__isnull=True, unit_id__in=inherited))
    ended = [number for number in (case.unit_id, *(clock.unit_id for clock in clocks)) if number in inherited]
    if not ended:
        return 0
    before, heir = tree.unit(ended[0]), inherited[ended[0]]
    if case.unit_id in inherited:
        case.unit_id, case.officer_id = inherited[case.unit_id].id, None
    for clock in clocks:
        clock.unit_id, clock.officer_id = inherited[clock.unit_id].id, None
        clock.save(update_fields=["unit_id", "officer_id"])
    involve(case.id, case.unit_id, heir.id)
    touch(case)
    told = {"unit": heir.name, "unit_id": heir.id, "before": before.name, "before_id": before.id}
    record("case.inherited", case_id=case.id, actor=SYSTEM, data=told)
    return 1


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
