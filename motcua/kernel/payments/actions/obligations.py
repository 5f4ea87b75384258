"""Asking for money, and no longer asking for it."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.payments.kind import OPEN_REFUNDS, Charge, Line, Payer, State
from motcua.kernel.payments.models import Obligation, Payment, Refund
from motcua.kernel.payments.queries.accounts import payee_of
from motcua.kernel.payments.queries.obligations import lock_obligation, not_found, payer_in, sealed_payer
from motcua.kernel.payments.queries.words import told
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.transfers import new_reference

MOST = 10**13  # đồng


@transaction.atomic
def request_payment(
    case_id: int,
    lines: Sequence[Line],
    *,
    actor: Actor,
    due_at: datetime | None = None,
    key: str = "",
    payer: Payer | None = None,
) -> Obligation:
    """Let a case owe ``lines``. The caller has authorised it and holds the lock on the case.

    Without a ``payer`` it is the applicant of the case, by the card as it is now.

    With a ``key`` it is asked once: again with the same lines gives the same obligation, with others Refused("stale").
    Nothing to pay is exempt at once, and nobody is told.
    """
    case = get_case(case_id, actor=SYSTEM, lock=True)
    total = sum(line.amount for line in lines)
    if not lines or any(line.amount < 0 or line.kind not in Charge for line in lines) or total > MOST:
        raise Refused("invalid", _("Khoản thu phải có ít nhất một dòng, không dòng nào âm."))
    body = [line.as_json() for line in lines]
    if key and (known := Obligation.objects.filter(case_id=case_id, key=key).first()):
        if known.lines != body or known.cancelled_at is not None:
            raise Refused("stale", _("Khoản thu này đã lập với số tiền khác. Tải lại trang."))
        return known
    payee = payee_of(case.unit_id)
    who = payer if payer is not None else payer_in(case_id)
    obligation = Obligation.objects.create(
        case_id=case_id,
        unit_id=case.unit_id,
        reference=_free_reference(),
        key=key,
        lines=body,
        amount=total,
        state=State.DUE if total else State.EXEMPT,
        bank_bin=payee.bank_bin if payee else "",
        bank=payee.bank if payee else "",
        account=payee.account if payee else "",
        account_name=payee.account_name if payee else "",
        payer_sealed=sealed_payer(who),
        due_at=due_at,
        requested_at=moment.now(),
    )
    if total:
        what = ", ".join(line.name for line in lines if line.amount)
        what_en = ", ".join(line.name_en or line.name for line in lines if line.amount)
        due = {"due": due_at.isoformat()} if due_at else {}
        data = told(total, obligation, what=what, what_en=what_en, **due)
        record("payment.requested", case_id=case_id, actor=actor, data=data)
    return obligation


def _free_reference() -> str:
    while True:
        reference = new_reference()
        if not Obligation.objects.filter(reference=reference).exists():
            return reference


@transaction.atomic
def cancel_obligation(obligation_id: int, *, actor: Actor, reason: str) -> Obligation:
    """No longer ask for it. What was paid already waits on the desk to be given back.

    The caller has authorised it. Cancelled twice is cancelled once.
    """
    case_id = Obligation.objects.filter(pk=obligation_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise not_found()
    obligation = lock_obligation(obligation_id, case_id)
    if obligation.cancelled_at is not None:
        return obligation
    if not reason.strip():
        raise Refused("invalid", _("Ghi lý do thôi thu."), fields={"reason": _("Ghi lý do thôi thu.")})
    obligation.cancelled_at, obligation.cancel_reason = moment.now(), reason.strip()[:300]
    for payment in Payment.objects.select_for_update().filter(obligation=obligation).order_by("id"):
        payment.surplus = payment.amount
        payment.save(update_fields=["surplus"])
    save_state(obligation)
    if obligation.amount:
        data = told(obligation.amount, obligation, reason=obligation.cancel_reason)
        record("payment.cancelled", case_id=case_id, actor=actor, data=data)
    return obligation


def save_state(obligation: Obligation) -> None:
    """Write a locked obligation with the state that its sums say."""
    refunds = Refund.objects.filter(payment__obligation=obligation, state__in=OPEN_REFUNDS)
    obligation.state = obligation.state_now(has_open_refund=refunds.exists())
    obligation.save()
