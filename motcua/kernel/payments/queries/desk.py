"""What clerks see of money: what waits for them, each thing to its end, and what is near a payment nobody knows."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.reading import may_on
from motcua.kernel.identity.actions import note_access
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import may, require, unit_ids_within
from motcua.kernel.org.queries import tree
from motcua.kernel.payments.kind import OPEN_REFUNDS, OWED, BankAccount, Line, Means, Payer, RefundState
from motcua.kernel.payments.models import BankFile, Obligation, Payment, Receipt, Refund
from motcua.kernel.payments.queries.obligations import (
    get_obligation,
    money_path,
    not_found,
    opened,
    pay_token,
    payer_of,
    within,
)
from motcua.kernel.statements.queries import prepared
from motcua.lib.errors import Refused
from motcua.lib.transfers import references_in
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

PAGE = 50
NEAR = 8  # suggestions


def open_payments(actor: Actor) -> QuerySet[Payment]:
    """Money that somebody has to do something about, the oldest first."""
    return Payment.objects.filter(within(actor), surplus__gt=F("returned")).select_related("obligation__case")


def count_open(actor: Actor, most: int = 1000) -> int:
    """As many as ``open_payments`` has. Every page of the desk asks: the ORM takes ten times as long to write it."""
    if not actor.is_officer:
        return 0
    units = unit_ids_within(actor, "payment.read")
    with prepared() as cursor:
        cursor.execute(
            """SELECT count(*) FROM (SELECT 1 FROM payments_payment WHERE surplus > returned
               AND (%s OR unit_id = ANY(%s)) LIMIT %s) AS few""",
            [units is None, units or [], most],
        )
        return int(cursor.fetchone()[0])


def owed(actor: Actor) -> QuerySet[Obligation]:
    return Obligation.objects.filter(within(actor), state__in=OWED).select_related("case")


def all_obligations(actor: Actor, words: str = "") -> QuerySet[Obligation]:
    """Newest first. ``words``: a reference, or a case's code."""
    rows = Obligation.objects.filter(within(actor)).select_related("case")
    if words.strip():
        code = words.strip().upper()
        rows = rows.filter(Q(reference__in=[code, *references_in(words)]) | Q(case__code=code))
    return rows


def open_refunds(actor: Actor) -> QuerySet[Refund]:
    units = within(actor)
    rows = Refund.objects.filter(state__in=OPEN_REFUNDS).select_related("payment__obligation__case")
    return rows.filter(payment__in=Payment.objects.filter(units)) if units else rows


def receipts(actor: Actor) -> QuerySet[Receipt]:
    units = within(actor)
    rows = Receipt.objects.select_related("series", "obligation__case")
    return rows.filter(obligation__in=Obligation.objects.filter(units)) if units else rows


def bank_files(actor: Actor) -> QuerySet[BankFile]:
    return BankFile.objects.filter(within(actor, "payment.reconcile"))


# ── One obligation ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ObligationPage:
    obligation: Obligation
    lines: list[Line]
    payer: Payer
    payments: list[Payment]
    refunds: list[Refund]
    receipts: list[Receipt]
    pay_token: str
    case_url: str  # empty: not theirs to open
    may_collect: bool
    may_cancel: bool


def _note(actor: Actor, case: "Case | None", said: str) -> None:
    """For whose case it is: they read it among those who looked at their data."""
    note_access(
        actor,
        "payment.read",
        person_id=case.person_id if case else None,
        case_id=case.pk if case else None,
        reason=said,
    )


def obligation_page(obligation_id: int, *, actor: Actor) -> ObligationPage:
    obligation = get_obligation(obligation_id, actor=actor)
    case = obligation.case
    path = tree().path(obligation.unit_id)
    _note(actor, case, obligation.reference)
    return ObligationPage(
        obligation,
        [Line.from_json(line) for line in obligation.lines],
        payer_of(obligation.payer_sealed),
        list(obligation.payments.order_by("id")),
        list(Refund.objects.filter(payment__obligation=obligation).order_by("id")),
        list(obligation.receipts.select_related("series").order_by("id")),
        pay_token(obligation.pk),
        KINDS[case.kind].desk_url(case.id) if may_on(actor, f"{case.kind}.read", case) else "",
        may_collect=obligation.state in OWED and may(actor, "payment.collect", unit_path=path),
        may_cancel=obligation.cancelled_at is None and may(actor, "payment.match", unit_path=path),
    )


# ── One payment ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class RefundRow:
    refund: Refund
    to: BankAccount
    needs_bank: bool  # before it can be paid out
    may_approve: bool
    may_refuse: bool
    may_pay: bool


@dataclass(frozen=True)
class PaymentPage:
    payment: Payment
    purpose: str
    payer: dict[str, str]
    refunds: list[RefundRow]
    near: list[Obligation] = field(default_factory=list)
    refundable: int = 0
    may_match: bool = False
    may_refund: bool = False


def payment_page(payment_id: int, *, actor: Actor) -> PaymentPage:
    """With name and account of whoever sent it: that they were read is noted."""
    payment = Payment.objects.select_related("obligation__case").filter(pk=payment_id).first()
    if payment is None:
        raise not_found()
    path = money_path(payment.unit_id)
    require(actor, "payment.read", unit_path=path)
    said = payment.bank_number or (payment.obligation.reference if payment.obligation else "")
    _note(actor, payment.obligation.case if payment.obligation else None, said)
    purpose = str(opened(payment.purpose_sealed).get("purpose", ""))
    refunds = list(payment.refunds.order_by("id"))
    left = payment.surplus - payment.returned - sum(row.amount for row in refunds if row.state in OPEN_REFUNDS)
    is_free = payment.surplus == payment.amount and not payment.returned and left == payment.amount
    may_match = is_free and may(actor, "payment.match", unit_path=path)
    return PaymentPage(
        payment,
        purpose,
        opened(payment.payer_sealed),
        [_refund_row(row, actor, path) for row in refunds],
        near=_near(payment, purpose, actor) if may_match else [],
        refundable=left,
        may_match=may_match,
        may_refund=left > 0 and may(actor, "payment.refund", unit_path=path),
    )


def _refund_row(refund: Refund, actor: Actor, path: str) -> RefundRow:
    may_decide = may(actor, "payment.approve_refund", unit_path=path)
    to = BankAccount(**opened(refund.to_sealed))
    return RefundRow(
        refund,
        to,
        needs_bank=refund.means == Means.BANK and not to.has_bank,
        may_approve=refund.state == RefundState.ASKED and may_decide and refund.asked_by != actor.key,
        may_refuse=refund.state in OPEN_REFUNDS and may_decide,
        may_pay=refund.state == RefundState.APPROVED and may(actor, "payment.refund", unit_path=path),
    )


def _near(payment: Payment, purpose: str, actor: Actor) -> list[Obligation]:
    """What it may have been meant for: what its purpose names, then what owes just as much."""
    rows = owed(actor)
    named = rows.filter(Q(reference__in=references_in(purpose)) | Q(case__code__in=_codes(purpose)))
    same = rows.filter(amount=payment.amount, paid_amount=0).order_by("-id")
    found = {row.pk: row for row in (*named[:NEAR], *same[:NEAR])}
    return list(found.values())[:NEAR]


def _codes(purpose: str) -> list[str]:
    """Codes of cases as people type them into a purpose, hyphens left out or blanks instead."""
    words = fold(purpose).upper().replace("-", " ").split()
    return ["-".join(words[place : place + 3]) for place in range(len(words) - 2)]


def find_obligation(words: str, *, actor: Actor) -> Obligation:
    """By its reference, or the code of its case when that owes one thing only."""
    found = list(all_obligations(actor, words).filter(state__in=OWED)[:2])
    if len(found) != 1:
        words_ = (
            _("Không tìm thấy khoản chờ nộp nào mang mã này.")
            if not found
            else _("Việc này có nhiều khoản chờ nộp. Ghi mã nộp tiền.")
        )
        raise Refused("invalid", words_, fields={"reference": words_})
    return found[0]


def get_receipt(receipt_id: int, *, actor: Actor) -> Receipt:
    """With name, address and number of whoever paid: that they were read is noted."""
    found = Receipt.objects.select_related("series", "obligation__case", "replaces").filter(pk=receipt_id).first()
    if found is None:
        raise not_found()
    require(actor, "payment.read", unit_path=tree().path(found.obligation.unit_id))
    _note(actor, found.obligation.case, found.shown_number)
    return found


def get_bank_file(file_id: int, *, actor: Actor) -> BankFile:
    found = bank_files(actor).filter(pk=file_id).first()
    if found is None:
        raise not_found()
    return found
