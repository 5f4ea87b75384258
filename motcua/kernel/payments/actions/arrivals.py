"""Money arrives: told of by a bank or a gateway, or laid on the counter. Each is counted once, and ends somewhere."""

from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import require
from motcua.kernel.payments.actions.gateways import confirm_attempt
from motcua.kernel.payments.actions.obligations import save_state
from motcua.kernel.payments.actions.receipts import adjust_for_refund, issue_receipt
from motcua.kernel.payments.kind import OPEN_REFUNDS, OWED, Incoming, Means, Outcome, Reason
from motcua.kernel.payments.models import Obligation, Payment
from motcua.kernel.payments.queries.accounts import payee_with
from motcua.kernel.payments.queries.obligations import (
    get_obligation,
    lock_obligation,
    money_path,
    not_found,
    sealed,
)
from motcua.kernel.payments.queries.words import told
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.money import money
from motcua.lib.transfers import references_in

MOST = 10**13  # đồng


@dataclass(frozen=True, slots=True)
class TakenIn:
    payment_id: int
    obligation_id: int | None
    outcome: str
    is_new: bool  # False: we were told of it before


@transaction.atomic
def take_in(incoming: Incoming) -> TakenIn:
    """Count money that arrived, once, however often and by however many at the same time it is told.

    Refused("conflict") when the same number comes with another amount or account: one of the two tellings is wrong.
    """
    if not 0 < incoming.amount <= MOST or not incoming.bank_id.strip() or len(incoming.bank_id) > 100:
        raise Refused("invalid", _("Khoản tiền phải có số tiền lớn hơn 0 và mã giao dịch."))
    bank_id = f"{incoming.source}:{incoming.bank_id.strip()}"
    payee = payee_with(incoming.account)
    payment = Payment(
        bank_id=bank_id,
        means=incoming.means,
        amount=incoming.amount,
        account=incoming.account[:34],
        unit_id=payee.unit_id if payee else None,
        purpose_sealed=sealed({"purpose": incoming.purpose[:500]}),
        payer_sealed=sealed({"name": incoming.payer[:200], "account": incoming.payer_account[:40]}),
        outcome=Outcome.UNKNOWN,
        surplus=incoming.amount,
        at=incoming.at,
        arrived_at=moment.now(),
    )
    if known := _insert(payment):
        if (known.amount, known.account) != (payment.amount, payment.account):
            raise Refused("conflict", _("Giao dịch %(id)s đã ghi với số tiền khác.") % {"id": bank_id})
        return TakenIn(known.pk, known.obligation_id, known.outcome, is_new=False)
    if incoming.means == Means.GATEWAY:
        confirm_attempt(incoming.bank_id)
    obligation, reason = _meant(incoming)
    if obligation is None:
        payment.reason = reason
        payment.save(update_fields=["reason"])
        record("payment.unknown", actor=SYSTEM, data=told(payment.amount, payment=payment.pk, reason=reason))
    else:
        _count(payment, lock_obligation(obligation.pk, obligation.case_id), actor=SYSTEM)
    return TakenIn(payment.pk, payment.obligation_id, payment.outcome, is_new=True)


def _insert(payment: Payment) -> Payment | None:
    """The row that was there before. Whoever is told of the same money at the same time waits here for the first."""
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError:
        known = Payment.objects.filter(bank_id=payment.bank_id).first()
        if known is None:
            raise
        return known
    return None


def _meant(incoming: Incoming) -> tuple[Obligation | None, str]:
    """The obligation that the purpose names. An amount alone names nobody."""
    references = [incoming.reference] if incoming.reference else references_in(incoming.purpose)
    found = list(Obligation.objects.filter(reference__in=references)[:2])
    if len(found) > 1:
        return None, Reason.SEVERAL
    if not found:
        return None, Reason.NO_OBLIGATION if references else Reason.NO_REFERENCE
    if found[0].account and incoming.account and found[0].account != incoming.account:
        return None, Reason.WRONG_ACCOUNT
    return found[0], Reason.NONE


def _count(payment: Payment, obligation: Obligation, *, actor: Actor) -> None:
    """Let a locked obligation have a payment that belongs to nobody yet."""
    was_settled = obligation.settled_at is not None
    obligation.paid_amount += payment.amount
    if obligation.cancelled_at is not None or obligation.amount == 0:
        payment.outcome, payment.surplus = Outcome.LATE, payment.amount
    elif was_settled:
        payment.outcome, payment.surplus = Outcome.DOUBLE, payment.amount
    else:
        payment.surplus = max(0, obligation.paid_amount - obligation.amount)
        if obligation.paid_amount < obligation.amount:
            payment.outcome = Outcome.PARTIAL
        else:
            payment.outcome = Outcome.OVER if payment.surplus else Outcome.EXACT
            obligation.settled_at = moment.now()
    payment.obligation, payment.unit_id, payment.reason = obligation, obligation.unit_id, Reason.NONE
    payment.matched_at = moment.now()
    payment.save()
    save_state(obligation)
    _tell(payment, obligation, actor)
    if obligation.settled_at is not None and not was_settled:
        record("payment.settled", case_id=obligation.case_id, actor=actor, data=told(obligation.amount, obligation))
        issue_receipt(obligation, actor=actor)


def _tell(payment: Payment, obligation: Obligation, actor: Actor) -> None:
    data = told(payment.amount, obligation, payment=payment.pk, means=payment.means)
    record("payment.received", case_id=obligation.case_id, actor=actor, data=data)
    match payment.outcome:
        case Outcome.PARTIAL:
            left = obligation.missing
            missing = {"missing": money(left), "missing_en": money(left, "en"), "left": left}
            data = told(payment.amount, obligation, **missing)
            record("payment.partial", case_id=obligation.case_id, actor=actor, data=data)
        case Outcome.OVER | Outcome.DOUBLE:
            record("payment.over", case_id=obligation.case_id, actor=actor, data=told(payment.surplus, obligation))
        case Outcome.LATE:
            record("payment.late", case_id=obligation.case_id, actor=actor, data=told(payment.amount, obligation))


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def match_payment(payment_id: int, obligation_id: int, *, actor: Actor) -> Payment:
    """A clerk knows what money was meant for. Also takes money that its own obligation does not need, a double or a
    late payment for example, to another one."""
    found = Payment.objects.filter(pk=payment_id).first()
    if found is None:
        raise not_found()
    require(actor, "payment.match", unit_path=money_path(found.unit_id))
    target = get_obligation(obligation_id, actor=actor, to="payment.match")
    debts = Obligation.objects.filter(pk__in=[number for number in (target.pk, found.obligation_id) if number])
    # Cases first, the one with the smaller number before the other, then the payment: as everybody does.
    for case_id, pk in sorted(debts.values_list("case_id", "pk")):
        lock_obligation(pk, case_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    is_moved = payment.obligation_id != found.obligation_id
    if is_moved or payment.surplus != payment.amount or payment.returned or payment.obligation_id == target.pk:
        raise Refused("wrong_state", _("Khoản tiền này đã khớp rồi. Tải lại trang để xem."))
    if payment.refunds.filter(state__in=OPEN_REFUNDS).exists():
        raise Refused("wrong_state", _("Khoản tiền này đang chờ hoàn. Từ chối hoàn trước rồi mới khớp được."))
    event = "payment.matched"
    if payment.obligation_id is not None:
        event = "payment.moved"
        old = Obligation.objects.get(pk=payment.obligation_id)
        old.paid_amount -= payment.amount
        save_state(old)
        adjust_for_refund(old, actor=actor, reason=f"→ {target.reference}")
        data = told(payment.amount, target) | {"payment": payment.pk}
        record(event, case_id=old.case_id, actor=actor, data=data)
        payment.obligation = None
    obligation = lock_obligation(target.pk, target.case_id)
    if obligation.state not in OWED:
        raise Refused("wrong_state", _("Khoản thu này không còn chờ nộp."))
    payment.matched_by = actor.key
    record(event, case_id=obligation.case_id, actor=actor, data=told(payment.amount, obligation, payment=payment.pk))
    _count(payment, obligation, actor=actor)
    return payment


@transaction.atomic
def record_cash(
    obligation_id: int,
    *,
    actor: Actor,
    amount: int | None = None,
    means: str = Means.CASH,
    nonce: str = "",
    slip: str = "",
) -> Payment:
    """Money taken at the counter; by default all that is missing.

    ``nonce`` comes with the form: sent twice, the money is counted once. ``slip``: the number on the card's slip.
    """
    obligation = get_obligation(obligation_id, actor=actor, to="payment.collect", lock=True)
    bank_id = f"{means}:{obligation.reference}:{nonce or obligation.paid_amount}"[:140]
    if known := Payment.objects.filter(bank_id=bank_id).first():
        return known
    if obligation.state not in OWED:
        raise Refused("wrong_state", _("Khoản này không còn chờ nộp, không thu nữa. Tải lại trang để xem."))
    given = obligation.missing if amount is None else amount
    if not 0 < given <= obligation.missing:
        words = _("Thu từ 1 đ đến %(most)s.") % {"most": money(obligation.missing, get_language())}
        raise Refused("invalid", words, fields={"amount": words})
    if means not in (Means.CASH, Means.CARD):
        raise Refused("invalid", _("Ở quầy chỉ thu tiền mặt hoặc thẻ."))
    payment = Payment.objects.create(
        bank_id=bank_id,
        means=means,
        amount=given,
        unit_id=obligation.unit_id,
        purpose_sealed=sealed({"purpose": slip[:100]}),
        outcome=Outcome.UNKNOWN,
        surplus=given,
        at=moment.now(),
        arrived_at=moment.now(),
        matched_by=actor.key,
        collected_by=actor.key,
    )
    _count(payment, obligation, actor=actor)
    return payment
