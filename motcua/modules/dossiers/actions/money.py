"""Fees: asked for with the acceptance, or in between, when the clocks wait for them (facts §1.6.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.actions.obligations import cancel_obligation, request_payment
from motcua.kernel.payments.actions.refunds import release_lines
from motcua.kernel.payments.kind import OWED, Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib.errors import Refused
from motcua.lib.money import money
from motcua.modules.dossiers.actions.moving import begin_move, pause, resume, unit_words
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import Claim
from motcua.modules.dossiers.queries.fees import claimed, claims_of, fees_due, payer_for

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.modules.dossiers.queries.reading import Whole


def ask_for_fees(found: Whole, when: str, *, actor: Actor) -> None:
    """What the procedure asks for at this moment; nothing where nothing is to be paid. The caller holds the lock."""
    lines = fees_due(found, when)
    standing = claimed(claims_of(found.case.id))
    codes = {line.code for line in lines}
    if any(line.amount for line in lines) or codes & set(standing):
        request_payment(found.case.id, lines, actor=actor, key=when, payer=payer_for(found.case.id))
        Claim.objects.filter(case_id=found.case.id, fee_code__in=codes).update(asked_on=local_today())


def unpaid(case_id: int) -> int:
    """Đồng that are still owed."""
    return sum(row.amount - row.paid_amount for row in obligations([case_id]).get(case_id, []) if row.state in OWED)


@transaction.atomic
def request_payment_dossier(case_id: int, *, actor: Actor, lines: Sequence[Line], version: int | None = None) -> Case:
    """Ask for money before work goes on: the clocks wait until it has come."""
    found, clocks = begin_move(case_id, "request_payment", actor=actor, version=version)
    total = sum(line.amount for line in lines)
    if total <= 0:
        words = _("Ghi khoản phải nộp và số tiền.")
        raise Refused("invalid", words, fields={"amount": words})
    pause(found, clocks)
    what = ", ".join(line.name for line in lines)
    told = {"amount": money(total), "what": what, **unit_words(found.case)}
    finish(found.case, "request_payment", actor=actor, clocks=clocks, data=told)
    request_payment(found.case.id, lines, actor=actor, key=f"asked-{found.case.version}", payer=payer_for(case_id))
    codes = [line.code for line in lines]
    Claim.objects.filter(case_id=case_id, fee_code__in=codes).update(asked_on=local_today())
    return found.case


@transaction.atomic
def settle_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """It has been paid: the clocks go on where they stopped. Refused while something is owed."""
    found, clocks = begin_move(case_id, "settle", actor=actor, version=version)
    if owed := unpaid(case_id):
        raise Refused("unpaid", _("Còn phải nộp %(amount)s.") % {"amount": money(owed, get_language())})
    state = resume(found, clocks)
    finish(found.case, "settle", actor=actor, clocks=clocks, to=state, data=unit_words(found.case))
    return found.case


def settle_if_paid(case_id: int) -> bool:
    """Money arrived for a case: a dossier that waited for it goes on. For the reader of events."""
    with transaction.atomic():
        case = cases_of(KIND).select_for_update(of=("self",)).filter(pk=case_id).first()
        if case is None or case.state != "payment_requested" or unpaid(case_id):
            return False
        settle_dossier(case_id, actor=SYSTEM)
    return True


def give_back(found: Whole, *, actor: Actor, reason: str) -> None:
    """The dossier has ended without its result: fees whose rule says so, until the leg that it says, are given back."""
    positions = {leg.key: number for number, leg in enumerate(found.version.body.legs, 1)}
    codes = {
        fee.code
        for fee in found.version.body.fees
        if fee.refund_until and found.dossier.leg <= positions[fee.refund_until]
    }
    if not codes:
        return
    for row in obligations([found.case.id]).get(found.case.id, []):
        release_lines(row.id, codes, actor=SYSTEM, reason=reason)


def cancel_what_is_owed(case_id: int, *, actor: Actor, reason: str) -> None:
    """The dossier has ended without its result: nothing more is asked for."""
    for row in obligations([case_id]).get(case_id, []):
        if row.state in OWED:
            cancel_obligation(row.id, actor=SYSTEM, reason=reason)
