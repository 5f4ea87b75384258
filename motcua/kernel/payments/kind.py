"""What is owed, what arrived, what went back: words, events and permissions. Declarations only."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import Audience, EventKind
from motcua.kernel.identity.kind import Permission, Role
from motcua.lib.fees import Reckoned


class State(TextChoices):
    """Of what is owed."""

    DUE = "due", _("Chờ nộp")
    PARTIAL = "partial", _("Nộp thiếu")
    PAID = "paid", _("Đã nộp đủ")
    OVER = "over", _("Nộp thừa")
    CANCELLED = "cancelled", _("Không phải nộp nữa")
    REFUNDING = "refunding", _("Đang hoàn tiền")
    REFUNDED = "refunded", _("Đã hoàn tiền")
    EXEMPT = "exempt", _("Không phải nộp")


STATE_TONES = {
    State.DUE: ("warn", "coin"),
    State.PARTIAL: ("warn", "coin"),
    State.PAID: ("ok", "circle-check"),
    State.OVER: ("warn", "coin"),
    State.CANCELLED: ("neutral", "ban"),
    State.REFUNDING: ("paused", "arrow-back-up"),
    State.REFUNDED: ("neutral", "arrow-back-up"),
    State.EXEMPT: ("ok", "circle-check"),
}
OWED = (State.DUE, State.PARTIAL)


class Outcome(TextChoices):
    """What a payment that arrived turned out to be."""

    EXACT = "exact", _("Vừa đủ")
    PARTIAL = "partial", _("Còn thiếu")
    OVER = "over", _("Thừa")
    DOUBLE = "double", _("Nộp hai lần")
    LATE = "late", _("Đến sau khi đã thôi thu")
    UNKNOWN = "unknown", _("Chưa rõ nộp cho việc gì")


class Reason(TextChoices):
    """Why a payment was not matched by itself."""

    NONE = "", ""
    NO_REFERENCE = "no_reference", _("Nội dung không có mã nộp tiền")
    SEVERAL = "several", _("Nội dung có nhiều mã nộp tiền")
    NO_OBLIGATION = "no_obligation", _("Không có khoản thu nào mang mã này")
    WRONG_ACCOUNT = "wrong_account", _("Chuyển vào tài khoản của cơ quan khác")


class Means(TextChoices):
    """How money came, or goes back."""

    BANK = "bank", _("Chuyển khoản")
    CASH = "cash", _("Tiền mặt")
    CARD = "card", _("Thẻ tại quầy")
    GATEWAY = "gateway", _("Cổng thanh toán")


class RefundState(TextChoices):
    ASKED = "asked", _("Chờ duyệt")
    APPROVED = "approved", _("Đã duyệt, chờ chi")
    REFUSED = "refused", _("Không duyệt")
    PAID = "paid", _("Đã hoàn")


OPEN_REFUNDS = (RefundState.ASKED, RefundState.APPROVED)


class ReceiptKind(TextChoices):
    ORIGINAL = "original", _("Biên lai")
    REPLACEMENT = "replacement", _("Biên lai thay thế")
    ADJUSTMENT = "adjustment", _("Biên lai điều chỉnh")


class ReceiptState(TextChoices):
    VALID = "valid", _("Còn hiệu lực")
    REPLACED = "replaced", _("Đã bị thay thế")
    ADJUSTED = "adjusted", _("Đã điều chỉnh")


class Charge(TextChoices):
    """Phí is paid for a service, lệ phí for an act of the state (Luật 97/2015/QH13)."""

    FEE = "phi", _("Phí")
    LEVY = "le_phi", _("Lệ phí")
    TAX = "thue", _("Thuế")
    FINE = "phat", _("Tiền phạt")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to be paid for, in whole đồng, with how it was reckoned, in both languages."""

    code: str
    name: str
    kind: str  # one of Charge
    amount: int
    name_en: str = ""
    why: tuple[str, ...] = ()
    why_en: tuple[str, ...] = ()

    @classmethod
    def of(cls, code: str, name: str, kind: str, reckoned: Reckoned, *, name_en: str = "") -> "Line":
        return cls(code, name, kind, reckoned.amount, name_en, reckoned.why, reckoned.why_in("en"))

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"why": list(self.why), "why_en": list(self.why_en)}

    @property
    def said(self) -> str:
        """The name, in the reader's language."""
        return self.name_en or self.name if get_language() == "en" else self.name

    @property
    def explained(self) -> tuple[str, ...]:
        """How it was reckoned, in the reader's language."""
        return self.why_en or self.why if get_language() == "en" else self.why

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Line":
        return cls(**{**body, "why": tuple(body["why"]), "why_en": tuple(body["why_en"])})


@dataclass(frozen=True, slots=True)
class Payer:
    """On whose name the receipt is written. Kept sealed."""

    name: str = ""
    address: str = ""
    identifier: str = ""  # tax code, or number of the identity card


@dataclass(frozen=True, slots=True)
class BankAccount:
    bin: str = ""
    account: str = ""
    name: str = ""
    bank: str = ""  # its name, for people

    @property
    def has_bank(self) -> bool:
        """The same number is somebody else's at another bank."""
        return bool(self.bin or self.bank)


@dataclass(frozen=True, slots=True)
class Incoming:
    """Money that arrived, as the outside tells it. ``bank_id`` is the same each time it is told of the same money."""

    bank_id: str
    amount: int
    purpose: str
    account: str  # ours, that was credited
    at: datetime
    reference: str = ""  # of the obligation, where the outside keeps it beside the purpose
    payer: str = ""
    payer_account: str = ""
    means: str = Means.BANK
    source: str = "bank"  # "<source>:<bank_id>" is unique in the house


EVENTS = (
    EventKind("payment.requested", _("Cần nộp {money}: {what}"), Audience.PARTY, "coin", "paused"),
    EventKind("payment.cancelled", _("Không phải nộp {money} nữa: {reason}"), Audience.PARTY, "coin-off"),
    EventKind("payment.received", _("Nhận {money}"), Audience.OFFICIALS, "cash"),
    EventKind("payment.partial", _("Mới nhận {money}, còn thiếu {missing}"), Audience.PARTY, "coin", "paused"),
    EventKind("payment.settled", _("Đã nộp đủ {money}"), Audience.PARTY, "circle-check"),
    EventKind("payment.over", _("Nhận thừa {money}, sẽ hoàn lại"), Audience.PARTY, "arrow-back-up"),
    EventKind("payment.late", _("Nhận {money} khi không còn phải nộp, sẽ hoàn lại"), Audience.PARTY, "arrow-back-up"),
    EventKind("payment.unknown", _("Nhận {money} chưa rõ nộp cho việc gì"), icon="help-circle"),
    EventKind("payment.matched", _("Khớp tay {money} với khoản {reference}"), icon="link"),
    EventKind("payment.moved", _("Chuyển {money} sang khoản {reference}"), icon="link"),
    EventKind("payment.refund_asked", _("Đề nghị hoàn {money}: {reason}"), icon="arrow-back-up"),
    EventKind("payment.refund_approved", _("Duyệt hoàn {money}"), icon="check"),
    EventKind("payment.refund_refused", _("Không duyệt hoàn {money}: {reason}"), icon="ban"),
    EventKind("payment.refunded", _("Đã hoàn {money}"), Audience.PARTY, "arrow-back-up"),
    EventKind("payment.receipted", _("Biên lai số {number}, {money}"), Audience.PARTY, "receipt"),
    EventKind("payment.receipt_replaced", _("Biên lai số {old} được thay bằng số {number}: {reason}"),
              Audience.PARTY, "receipt"),
    EventKind("payment.receipt_adjusted", _("Biên lai số {old} được điều chỉnh bằng số {number}: {reason}"),
              Audience.PARTY, "receipt"),
    EventKind("payment.reconciled", _("Đối soát {account} ngày {day}: {differences} chỗ lệch"), icon="list-check"),
    EventKind("payment.reconciliation_closed", _("Chốt đối soát {account} ngày {day}: {reason}"), icon="lock"),
)  # fmt: skip

_DESK = frozenset({Role.CLERK, Role.LEADER, Role.SPECIALIST})
_CLERKS = frozenset({Role.CLERK})
PERMISSIONS = (
    Permission("payment.read", _DESK, label=_("Xem khoản thu và tiền đã nhận")),
    Permission("payment.collect", _CLERKS, label=_("Thu tiền tại quầy")),
    Permission("payment.match", _CLERKS, label=_("Khớp tiền với khoản thu")),
    Permission("payment.refund", _CLERKS, label=_("Đề nghị và chi hoàn tiền")),
    Permission("payment.approve_refund", frozenset({Role.LEADER}), label=_("Duyệt hoàn tiền")),
    Permission("payment.receipt", _CLERKS, label=_("Thay biên lai")),
    Permission("payment.reconcile", frozenset({Role.CLERK, Role.LEADER}), label=_("Đối soát với ngân hàng")),
)
