"""Giving money back: one person asks, a second one approves, then it is paid; each step once."""

from collections.abc import Collection
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import require
from motcua.kernel.payments.actions.obligations import cancel_obligation, save_state
from motcua.kernel.payments.actions.receipts import adjust_for_refund, issue_receipt
from motcua.kernel.payments.kind import OPEN_REFUNDS, BankAccount, Means, RefundState
from motcua.kernel.payments.models import Obligation, Payment, Refund
from motcua.kernel.payments.queries.obligations import lock_obligation, money_path, not_found, opened, sealed
from motcua.kernel.payments.queries.words import told
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.money import money
from motcua.lib.vietnamese import clean


def _lock(payment_id: int, actor: Actor, permission: str) -> tuple[Payment, Obligation | None]:
    """The case and what it owes first, then the payment: in this order everybody locks them."""
    found = Payment.objects.filter(pk=payment_id).first()
    if found is None:
        raise not_found()
    require(actor, permission, unit_path=money_path(found.unit_id))
    obligation = None
    if found.obligation_id is not None:
        case_id = Obligation.objects.values_list("case_id", flat=True).get(pk=found.obligation_id)
        obligation = lock_obligation(found.obligation_id, case_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if payment.obligation_id != found.obligation_id:
        raise Refused("wrong_state", _("Khoản tiền này vừa được khớp. Tải lại trang để xem."))
    return payment, obligation


def _locked_refund(refund_id: int, actor: Actor, permission: str) -> tuple[Refund, Payment, Obligation | None]:
    payment_id = Refund.objects.filter(pk=refund_id).values_list("payment_id", flat=True).first()
    if payment_id is None:
        raise not_found()
    payment, obligation = _lock(payment_id, actor, permission)
    return Refund.objects.select_for_update().get(pk=refund_id), payment, obligation


def refundable(payment: Payment) -> int:
    """What of a payment nobody asked to give back yet."""
    asked = payment.refunds.filter(state__in=OPEN_REFUNDS).aggregate(total=Sum("amount"))["total"] or 0
    return payment.surplus - payment.returned - asked


@transaction.atomic
def ask_refund(
    payment_id: int,
    *,
    actor: Actor,
    reason: str,
    amount: int | None = None,
    to: BankAccount | None = None,
    means: str = Means.BANK,
) -> Refund:
    """Ask for what is too much of a payment (by default all of it) to go back.

    An officer says to which bank. What is asked for by itself only knows the account: the bank is named before it is
    paid out.
    """
    payment, obligation = _lock(payment_id, actor, "payment.refund")
    most = refundable(payment)
    wanted = most if amount is None else amount
    if most <= 0:
        raise Refused("wrong_state", _("Khoản tiền này không có gì để hoàn, hoặc đã đề nghị hoàn hết."))
    fields = {}
    if not 0 < wanted <= most:
        fields["amount"] = _("Hoàn từ 1 đ đến %(most)s.") % {"most": money(most, get_language())}
    if not reason.strip():
        fields["reason"] = _("Ghi lý do hoàn tiền.")
    if means == Means.BANK and not (to and to.account and to.name):
        fields["account"] = _("Ghi số tài khoản và tên người nhận.")
    if means == Means.BANK and actor.is_officer and not (to and to.has_bank):
        fields["bank"] = _("Ghi ngân hàng nhận.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    refund = Refund.objects.create(
        payment=payment,
        amount=wanted,
        reason=reason.strip()[:300],
        means=means,
        to_sealed=sealed(asdict(to)) if to else b"",
        asked_by=actor.key,
        asked_by_name=actor.name,
        asked_at=moment.now(),
    )
    _tell("payment.refund_asked", refund, obligation, actor, reason=refund.reason)
    return refund


@transaction.atomic
def release_lines(obligation_id: int, codes: Collection[str], *, actor: Actor, reason: str) -> list[Refund]:
    """These lines need not be paid any more, and what was paid of them starts on its way back: asked for at once where
    it is known where to, else it waits on the desk for a clerk to ask whoever paid. Again: nothing more happens.

    The caller has authorised it.
    """
    case_id = Obligation.objects.filter(pk=obligation_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise not_found()
    obligation = lock_obligation(obligation_id, case_id)
    left = [line for line in obligation.lines if line["code"] not in codes]
    if obligation.cancelled_at is not None or len(left) == len(obligation.lines):
        return []
    if left:
        _keep_only(obligation, left, actor, reason)
    else:
        cancel_obligation(obligation.pk, actor=actor, reason=reason)
    found = []
    for payment in Payment.objects.filter(obligation_id=obligation_id).order_by("id"):
        payer = opened(payment.payer_sealed)
        to = BankAccount(account=payer.get("account", ""), name=payer.get("name", ""))
        by_bank = payment.means == Means.BANK
        if refundable(payment) > 0 and (not by_bank or (to.account and to.name)):
            found.append(
                ask_refund(payment.pk, actor=SYSTEM, reason=reason, to=to if by_bank else None, means=payment.means)
            )
    return found


def _keep_only(obligation: Obligation, left: list[dict[str, Any]], actor: Actor, reason: str) -> None:
    released = obligation.amount - sum(line["amount"] for line in left)
    obligation.lines, obligation.amount = left, obligation.amount - released
    too_much = max(0, obligation.paid_amount - obligation.amount)
    payments = list(Payment.objects.select_for_update().filter(obligation=obligation).order_by("-id"))
    more = too_much - sum(payment.surplus - payment.returned for payment in payments)
    for payment in payments:
        taken = min(max(more, 0), payment.amount - payment.surplus)
        if taken:
            payment.surplus += taken
            payment.save(update_fields=["surplus"])
            more -= taken
    is_settled_now = obligation.settled_at is None and 0 < obligation.amount <= obligation.paid_amount
    if is_settled_now:
        obligation.settled_at = moment.now()
    save_state(obligation)
    if released:
        data = told(released, obligation, reason=reason.strip()[:300])
        record("payment.cancelled", case_id=obligation.case_id, actor=actor, data=data)
    if is_settled_now:  # what had come in part is all that is left to pay
        record("payment.settled", case_id=obligation.case_id, actor=actor, data=told(obligation.amount, obligation))
        issue_receipt(obligation, actor=actor)


@transaction.atomic
def approve_refund(refund_id: int, *, actor: Actor) -> Refund:
    """By another person than asked for it."""
    refund, _payment, obligation = _locked_refund(refund_id, actor, "payment.approve_refund")
    _check_state(refund, RefundState.ASKED)
    if refund.asked_by == actor.key:
        raise Refused("not_allowed", _("Người đề nghị hoàn không tự duyệt được. Nhờ người khác duyệt."))
    refund.state, refund.decided_at = RefundState.APPROVED, moment.now()
    refund.decided_by, refund.decided_by_name = actor.key, actor.name
    refund.save()
    _tell("payment.refund_approved", refund, obligation, actor)
    return refund


@transaction.atomic
def refuse_refund(refund_id: int, *, actor: Actor, reason: str) -> Refund:
    refund, _payment, obligation = _locked_refund(refund_id, actor, "payment.approve_refund")
    if refund.state not in OPEN_REFUNDS:
        raise _passed()
    if not reason.strip():
        raise Refused("invalid", _("Ghi lý do không duyệt."), fields={"reason": _("Ghi lý do không duyệt.")})
    refund.state, refund.decided_at, refund.refusal = RefundState.REFUSED, moment.now(), reason.strip()[:300]
    refund.decided_by, refund.decided_by_name = actor.key, actor.name
    refund.save()
    _tell("payment.refund_refused", refund, obligation, actor, reason=refund.refusal)
    return refund


@transaction.atomic
def pay_refund(refund_id: int, *, actor: Actor, bank_id: str = "", bank: str = "") -> Refund:
    """It went out: ``bank_id`` is the bank's number of our transfer. A second time is refused.

    ``bank``: the name of the receiving bank, where the refund does not know it yet; the one that was approved stays.
    """
    refund, payment, obligation = _locked_refund(refund_id, actor, "payment.refund")
    _check_state(refund, RefundState.APPROVED)
    fields = {}
    if refund.means == Means.BANK:
        to = BankAccount(**opened(refund.to_sealed))
        if not to.has_bank:
            to = replace(to, bank=clean(bank)[:80])
            refund.to_sealed = sealed(asdict(to))
        if not to.has_bank:
            fields["bank"] = _("Ghi ngân hàng nhận.")
        if not bank_id.strip():
            fields["bank_id"] = _("Ghi mã giao dịch của ngân hàng.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    refund.state, refund.paid_at, refund.paid_by = RefundState.PAID, moment.now(), actor.key
    refund.bank_id = bank_id.strip()[:120] or None
    try:
        with transaction.atomic():
            refund.save()
    except IntegrityError:
        words = _("Mã giao dịch này đã ghi cho một lần hoàn khác.")
        raise Refused("conflict", words, fields={"bank_id": words}) from None
    payment.returned += refund.amount
    payment.save(update_fields=["returned"])
    if obligation is not None:
        obligation.paid_amount -= refund.amount
        obligation.refunded_amount += refund.amount
        adjust_for_refund(obligation, actor=actor, reason=refund.reason)
    _tell("payment.refunded", refund, obligation, actor)
    return refund


def _check_state(refund: Refund, state: RefundState) -> None:
    if refund.state != state:
        raise _passed()


def _passed() -> Refused:
    return Refused("wrong_state", _("Việc hoàn tiền này đã qua bước đó. Tải lại trang để xem."))


def _tell(event: str, refund: Refund, obligation: Obligation | None, actor: Actor, **more: str) -> None:
    if obligation is not None:
        save_state(obligation)
    case_id = obligation.case_id if obligation else None
    record(event, case_id=case_id, actor=actor, data=told(refund.amount, obligation, refund=refund.pk, **more))
