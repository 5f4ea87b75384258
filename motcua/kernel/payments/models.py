"""Money of cases: what is owed, what arrived and was matched, what went back, receipts, and the bank's own list.

Amounts are whole đồng. Names and accounts of people are sealed; what stands in the clear cannot be traced to them.
"""

from django.db import models
from django.db.models import F, Q

from motcua.kernel.payments.kind import (
    OPEN_REFUNDS,
    Means,
    Outcome,
    Reason,
    ReceiptKind,
    ReceiptState,
    RefundState,
    State,
)


class FeeTable(models.Model):
    """A dated table of prices (``lib.fees``), as the pack has it."""

    name = models.CharField(max_length=60, unique=True)
    text = models.TextField()  # CSV

    def __str__(self) -> str:
        return self.name


class Payee(models.Model):
    """Into which account the fees of a unit, and of those below it, are paid; on whose name the receipts are."""

    unit = models.OneToOneField("org.Unit", models.PROTECT, related_name="payee")
    bank_bin = models.CharField(max_length=6)
    bank = models.CharField(max_length=80)
    account = models.CharField(max_length=19)
    account_name = models.CharField(max_length=120)
    agency = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=14)
    address = models.CharField(max_length=300, blank=True)
    receipt_form = models.CharField(max_length=20, blank=True)  # ký hiệu mẫu; empty: no electronic receipts
    receipt_symbol = models.CharField(max_length=20, blank=True)  # ký hiệu, with {yy} for the year

    class Meta:
        indexes = (models.Index(fields=["account"], name="payee_account"),)

    def __str__(self) -> str:
        return self.agency


class MoneyVersion(models.Model):
    """One row; grows with every change of tables and payees, so that processes know when to reload."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Obligation(models.Model):
    """What a case owes. ``paid_amount`` is what we hold of it: what arrived, less what went back."""

    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="obligations")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="obligations")  # the case's, when it was asked
    reference = models.CharField(max_length=16, unique=True)
    key = models.CharField(max_length=60, blank=True)  # names it within the case: asked twice, it is one
    lines = models.JSONField()  # of kind.Line
    amount = models.BigIntegerField()
    paid_amount = models.BigIntegerField(default=0)
    refunded_amount = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices)
    bank_bin = models.CharField(max_length=6, blank=True)  # the payee as it was: a code in somebody's hand stays true
    bank = models.CharField(max_length=80, blank=True)
    account = models.CharField(max_length=19, blank=True)
    account_name = models.CharField(max_length=120, blank=True)
    payer_sealed = models.BinaryField(default=b"")  # kind.Payer as JSON
    due_at = models.DateTimeField(null=True)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancel_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "key"], name="obligation_key", condition=~Q(key="")),
            models.CheckConstraint(
                condition=Q(amount__gte=0, paid_amount__gte=0, refunded_amount__gte=0), name="obligation_amounts"
            ),
        )
        indexes = (
            models.Index(fields=["unit", "-id"], name="obligation_unit"),
            models.Index(
                fields=["unit", "due_at", "id"], name="obligation_owed", condition=Q(state__in=("due", "partial"))
            ),
            models.Index(fields=["amount", "id"], name="obligation_amount", condition=Q(state__in=("due", "partial"))),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def missing(self) -> int:
        return max(0, self.amount - self.paid_amount)

    def state_now(self, *, has_open_refund: bool) -> State:
        if has_open_refund:
            return State.REFUNDING
        if self.cancelled_at is not None:
            return State.REFUNDED if self.refunded_amount and not self.paid_amount else State.CANCELLED
        if self.amount == 0:
            return State.EXEMPT
        if self.paid_amount < self.amount:
            return State.PARTIAL if self.paid_amount else State.DUE
        return State.PAID if self.paid_amount == self.amount else State.OVER


class Payment(models.Model):
    """Money that arrived. ``surplus`` is what of it we must give back or match; ``returned`` what went back already."""

    bank_id = models.CharField(max_length=140, unique=True)  # "<source>:<its number>": told twice, it is one
    means = models.CharField(max_length=10, choices=Means.choices)
    amount = models.BigIntegerField()
    account = models.CharField(max_length=34, blank=True)
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="payments")  # null: nobody's account
    purpose_sealed = models.BinaryField(default=b"")
    payer_sealed = models.BinaryField(default=b"")  # name and account of whoever sent it, as JSON
    obligation = models.ForeignKey(Obligation, models.PROTECT, null=True, related_name="payments")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    surplus = models.BigIntegerField(default=0)
    returned = models.BigIntegerField(default=0)
    at = models.DateTimeField()  # by the bank's clock
    arrived_at = models.DateTimeField()  # when we were told
    matched_at = models.DateTimeField(null=True)
    matched_by = models.CharField(max_length=40, blank=True)  # empty: by its reference
    collected_by = models.CharField(max_length=40, blank=True)  # at the counter

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0, returned__gte=0, surplus__lte=F("amount"), returned__lte=F("surplus")),
                name="payment_amounts",
            ),
        )
        indexes = (
            models.Index(fields=["unit", "-id"], name="payment_unit"),
            models.Index(fields=["account", "at"], name="payment_account_day"),
            models.Index(fields=["unit", "id"], name="payment_open", condition=Q(surplus__gt=F("returned"))),
        )

    def __str__(self) -> str:
        return self.bank_id

    @property
    def bank_number(self) -> str:
        """As the bank says it; "" for money taken at the counter, whose number is ours."""
        return "" if self.collected_by else self.bank_id.partition(":")[2]

    @property
    def is_open(self) -> bool:
        """A clerk has to do something about it."""
        return self.surplus > self.returned


class Refund(models.Model):
    """Money on its way back to whoever paid: asked for, approved by a second person, paid out."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.ASKED)
    means = models.CharField(max_length=10, choices=Means.choices, default=Means.BANK)
    to_sealed = models.BinaryField(default=b"")  # kind.BankAccount as JSON
    asked_by = models.CharField(max_length=40)
    asked_by_name = models.CharField(max_length=160, blank=True)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=40, blank=True)
    decided_by_name = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=300, blank=True)
    paid_by = models.CharField(max_length=40, blank=True)
    paid_at = models.DateTimeField(null=True)
    bank_id = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001  unique where there is one

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount"),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "refused")) | ~Q(decided_by=F("asked_by")), name="refund_two_people"
            ),
        )
        indexes = (
            models.Index(fields=["payment"], name="refund_open", condition=Q(state__in=OPEN_REFUNDS)),
            models.Index(fields=["state", "-id"], name="refund_state"),
        )

    def __str__(self) -> str:
        return f"{self.amount} {self.state}"


class ReceiptSeries(models.Model):
    """The next number of a book of receipts. Its row is locked when one is taken, so that no number is missing."""

    tax_code = models.CharField(max_length=14)
    form = models.CharField(max_length=20)
    symbol = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tax_code", "form", "symbol"], name="receipt_series"),)

    def __str__(self) -> str:
        return f"{self.form} {self.symbol}"


class Receipt(models.Model):
    """Biên lai điện tử (NĐ 123/2020, NĐ 70/2025, TT 32/2025). Never changed: replaced, or adjusted by another one."""

    series = models.ForeignKey(ReceiptSeries, models.PROTECT, related_name="receipts")
    number = models.PositiveIntegerField()
    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=12, choices=ReceiptKind.choices, default=ReceiptKind.ORIGINAL)
    state = models.CharField(max_length=10, choices=ReceiptState.choices, default=ReceiptState.VALID)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="successors")
    reason = models.CharField(max_length=300, blank=True)
    amount = models.BigIntegerField()  # of an adjustment: less than nothing
    lines = models.JSONField()
    payer_sealed = models.BinaryField(default=b"")
    agency = models.CharField(max_length=200)
    tax_code = models.CharField(max_length=14)
    address = models.CharField(max_length=300, blank=True)
    means = models.CharField(max_length=40, blank=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=40)
    issued_by_name = models.CharField(max_length=160, blank=True)
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")  # the PDF, made by the worker
    is_signed = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)  # at making it
    retry_at = models.DateTimeField(null=True)  # after a failure
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["series", "number"], name="receipt_number"),)
        indexes = (
            models.Index(fields=["obligation", "id"], name="receipt_obligation"),
            models.Index(fields=["id"], name="receipt_to_make", condition=Q(file__isnull=True)),
        )

    def __str__(self) -> str:
        return self.shown_number

    @property
    def shown_number(self) -> str:
        return f"{self.number:07d}"


class BankFile(models.Model):
    """One day of one account as the bank lists it, compared with what we were told."""

    source = models.CharField(max_length=30, default="bank")
    account = models.CharField(max_length=34)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="bank_files")
    day = models.DateField()
    name = models.CharField(max_length=120)
    digest = models.BinaryField(unique=True)  # the same file again is no new one
    rows = models.PositiveIntegerField()
    total = models.BigIntegerField()
    taken_in = models.PositiveIntegerField()  # of which nobody had told us
    differences = models.JSONField(default=list)  # [{kind, bank_id, theirs, ours, payment_id}]
    uploaded_by = models.CharField(max_length=40)
    uploaded_by_name = models.CharField(max_length=160, blank=True)
    uploaded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=160, blank=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = (models.Index(fields=["unit", "-day", "-id"], name="bankfile_unit"),)

    def __str__(self) -> str:
        return f"{self.account} {self.day}"


class Attempt(models.Model):
    """Somebody was sent to a gateway to pay. One request of the gateway pays once, however often it tells us."""

    class State(models.TextChoices):
        STARTED = "started"  # our request is on its way, or was lost
        OPEN = "open"  # the gateway waits for the person
        CONFIRMED = "confirmed"
        FAILED = "failed"

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="attempts")
    gateway = models.CharField(max_length=30)
    request_id = models.CharField(max_length=80, unique=True)
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.STARTED)
    url = models.CharField(max_length=500, blank=True)  # where the person pays
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["obligation", "gateway", "-id"], name="attempt_obligation"),)

    def __str__(self) -> str:
        return self.request_id


class SourceState(models.Model):
    """How one way by which money is told of fares."""

    name = models.CharField(max_length=30, primary_key=True)
    heard_at = models.DateTimeField(null=True)  # something true came from there
    refused_at = models.DateTimeField(null=True)  # something came that was not believed, or not understood
    refused = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name
