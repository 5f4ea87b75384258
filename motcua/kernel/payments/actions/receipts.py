"""Biên lai: numbered without gaps, never changed, replaced or adjusted by another one."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import tree
from motcua.kernel.payments.kind import Means, Payer, ReceiptKind, ReceiptState
from motcua.kernel.payments.models import Obligation, Payment, Receipt, ReceiptSeries
from motcua.kernel.payments.queries.accounts import PayeeRow, payee_of
from motcua.kernel.payments.queries.obligations import lock_obligation, not_found, payer_of, sealed_payer
from motcua.kernel.payments.queries.words import told
from motcua.lib import moment
from motcua.lib.errors import Refused

LONGEST_WAIT = timedelta(hours=1)  # between attempts at making a paper


def issue_receipt(obligation: Obligation, *, actor: Actor) -> Receipt | None:
    """For what was paid in full; None where the agency gives no electronic receipts. The caller holds the locks."""
    payee = payee_of(obligation.unit_id)
    if payee is None or not payee.receipt_form:
        return None
    used = Payment.objects.filter(obligation=obligation).values_list("means", flat=True).distinct()
    receipt = _numbered(
        payee,
        obligation,
        actor,
        amount=obligation.amount,
        lines=[line for line in obligation.lines if line["amount"]],
        payer_sealed=bytes(obligation.payer_sealed),
        means=_means(used),
    )
    _tell("payment.receipted", receipt, actor)
    return receipt


def _means(used: Iterable[str]) -> str:
    return ", ".join(sorted(str(Means(means).label) for means in used))


@transaction.atomic
def replace_receipt(receipt_id: int, *, actor: Actor, reason: str, payer: Payer) -> Receipt:
    """A receipt with another payer (a name was wrong) instead of this one, under a number of its own."""
    old = _locked(receipt_id, actor)
    if not reason.strip() or not payer.name.strip():
        fields = {} if reason.strip() else {"reason": _("Ghi vì sao thay biên lai.")}
        fields |= {} if payer.name.strip() else {"name": _("Ghi tên người nộp.")}
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    if old.state != ReceiptState.VALID or old.kind == ReceiptKind.ADJUSTMENT:
        raise Refused("wrong_state", _("Biên lai này đã được thay hoặc điều chỉnh."))
    payee = payee_of(old.obligation.unit_id)
    if payee is None or not payee.receipt_form:
        raise Refused("wrong_state", _("Cơ quan này chưa có mẫu biên lai điện tử."))
    receipt = _numbered(
        payee,
        old.obligation,
        actor,
        amount=old.amount,
        lines=old.lines,
        payer_sealed=sealed_payer(payer),
        means=old.means,
        kind=ReceiptKind.REPLACEMENT,
        replaces=old,
        reason=reason.strip()[:300],
    )
    old.state = ReceiptState.REPLACED
    old.save(update_fields=["state"])
    _tell("payment.receipt_replaced", receipt, actor, old=old.shown_number, reason=receipt.reason)
    return receipt


def adjust_for_refund(obligation: Obligation, *, actor: Actor, reason: str) -> Receipt | None:
    """A fee that went back (or to another obligation) is taken off its receipt. The caller holds the locks, and has
    counted it.

    Money that was never on the receipt (paid twice, or too much) goes back without one.
    """
    valid = Receipt.objects.filter(obligation=obligation).exclude(kind=ReceiptKind.ADJUSTMENT)
    receipt = valid.exclude(state=ReceiptState.REPLACED).order_by("-id").first()
    payee = payee_of(obligation.unit_id)
    if receipt is None or payee is None or not payee.receipt_form:
        return None
    adjusted = sum(Receipt.objects.filter(replaces=receipt).values_list("amount", flat=True))
    less = receipt.amount + adjusted - max(0, obligation.paid_amount)
    if less <= 0:
        return None
    lines = [{**receipt.lines[0], "amount": -less, "why": [], "why_en": []}]
    adjustment = _numbered(
        payee,
        obligation,
        actor,
        amount=-less,
        lines=lines,
        payer_sealed=bytes(receipt.payer_sealed),
        means=receipt.means,
        kind=ReceiptKind.ADJUSTMENT,
        replaces=receipt,
        reason=reason,
    )
    receipt.state = ReceiptState.ADJUSTED
    receipt.save(update_fields=["state"])
    _tell("payment.receipt_adjusted", adjustment, actor, old=receipt.shown_number, reason=reason)
    return adjustment


def _numbered(
    payee: PayeeRow,
    obligation: Obligation,
    actor: Actor,
    *,
    amount: int,
    lines: list[dict[str, object]],
    payer_sealed: bytes,
    means: str,
    kind: str = ReceiptKind.ORIGINAL,
    replaces: Receipt | None = None,
    reason: str = "",
) -> Receipt:
    """With the next number of its series. The series stays locked until the transaction ends: rolled back, its number
    goes to the next receipt, so that none is missing."""
    now = moment.now()
    symbol = payee.receipt_symbol.replace("{yy}", f"{timezone.localtime(now):%y}")
    key = {"tax_code": payee.tax_code, "form": payee.receipt_form, "symbol": symbol}
    ReceiptSeries.objects.bulk_create([ReceiptSeries(**key)], ignore_conflicts=True)
    series = ReceiptSeries.objects.select_for_update().get(**key)
    series.last += 1
    series.save(update_fields=["last"])
    return Receipt.objects.create(
        series=series,
        number=series.last,
        obligation=obligation,
        kind=kind,
        replaces=replaces,
        reason=reason,
        amount=amount,
        lines=lines,
        payer_sealed=payer_sealed,
        agency=payee.agency,
        tax_code=payee.tax_code,
        address=payee.address,
        means=means,
        issued_at=now,
        issued_by=actor.key,
        issued_by_name=actor.name,
    )


def _locked(receipt_id: int, actor: Actor) -> Receipt:
    found = Receipt.objects.select_related("obligation").filter(pk=receipt_id).first()
    if found is None:
        raise not_found()
    require(actor, "payment.receipt", unit_path=tree().path(found.obligation.unit_id))
    lock_obligation(found.obligation_id, found.obligation.case_id)
    return Receipt.objects.select_for_update(of=("self",)).select_related("obligation").get(pk=receipt_id)


def _tell(event: str, receipt: Receipt, actor: Actor, **more: str) -> None:
    data = told(receipt.amount, receipt.obligation, number=receipt.shown_number, receipt=receipt.pk, **more)
    record(event, case_id=receipt.obligation.case_id, actor=actor, data=data)


def payer_on(receipt: Receipt) -> Payer:
    return payer_of(receipt.payer_sealed)


@transaction.atomic
def note_made(receipt_id: int, file_id: int, *, is_signed: bool) -> bool:
    """The worker made its paper. False when another worker was quicker."""
    made = Receipt.objects.filter(pk=receipt_id, file__isnull=True)
    return bool(made.update(file_id=file_id, is_signed=is_signed, error=""))


@transaction.atomic
def note_not_made(receipt_id: int, error: str) -> None:
    receipt = Receipt.objects.select_for_update().get(pk=receipt_id)
    receipt.attempts += 1
    receipt.error = error[:300]
    receipt.retry_at = moment.now() + min(LONGEST_WAIT, timedelta(seconds=5 * 2 ** min(receipt.attempts, 12)))
    receipt.save(update_fields=["attempts", "error", "retry_at"])
