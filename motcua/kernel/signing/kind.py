"""Keys, tasks and what happens to them. Declarations only."""

from datetime import timedelta
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind, register_events
from motcua.kernel.identity.kind import ADMINISTRATORS, Permission, Reach, Role, register_permissions


class KeyKind(StrEnum):
    SOFTWARE = "software"  # a PKCS#12 file
    TOKEN = "pkcs11"  # in a device at the server  # noqa: S105
    REMOTE = "remote"  # at a trust service; its owner approves on the telephone


class SignatureRole(StrEnum):
    PERSON = "person"
    AGENCY = "agency"


class Look(StrEnum):
    """How it is seen (NĐ 30/2020, Phụ lục I, mục II, 7 and 8)."""

    PERSON = "person"  # at the signatory's place: the picture of the signature, or name and time
    AGENCY = "agency"  # the seal, over the left third of the person's signature
    CORNER = "corner"  # first page, upper right, text of 10 points: copies and attachments
    HIDDEN = "hidden"


class TaskState(StrEnum):
    ASKED = "asked"  # waits for whoever shall sign
    QUEUED = "queued"  # confirmed; the worker signs
    APPROVING = "approving"  # at the trust service; its owner approves on the telephone
    DONE = "done"
    REFUSED = "refused"  # by whoever should have signed
    EXPIRED = "expired"  # nobody approved in time
    FAILED = "failed"  # tried in vain; may be tried again
    CANCELLED = "cancelled"  # taken back by whoever asked


OPEN_STATES = (TaskState.ASKED, TaskState.QUEUED, TaskState.APPROVING)
AGAIN_STATES = (TaskState.EXPIRED, TaskState.FAILED)

STATE_NAMES: dict[str, Promise] = {
    TaskState.ASKED: _("Chờ ký"),
    TaskState.QUEUED: _("Đang ký"),
    TaskState.APPROVING: _("Chờ duyệt trên điện thoại"),
    TaskState.DONE: _("Đã ký"),
    TaskState.REFUSED: _("Không ký"),
    TaskState.EXPIRED: _("Hết giờ duyệt"),
    TaskState.FAILED: _("Chưa ký được"),
    TaskState.CANCELLED: _("Đã rút lại"),
}
KIND_NAMES: dict[str, Promise] = {
    KeyKind.SOFTWARE: _("Tệp khoá"),
    KeyKind.TOKEN: _("Thiết bị (PKCS#11)"),
    KeyKind.REMOTE: _("Ký số từ xa"),
}

WARN_BEFORE = timedelta(days=30)  # the end of a certificate
MOST_AT_ONCE = 200  # tasks in one confirmation
PICTURE_BYTES = 300_000  # of the picture of a signature or a seal

# Whoever may sign: leaders for the units that their post reaches, clerks keep the seal (NĐ 30/2020, Đ32).
SIGNATORIES = frozenset({Role.LEADER, Role.CLERK})

register_permissions(
    [
        Permission("signing.sign", SIGNATORIES, Reach.UNIT, label=_("Ký số văn bản")),
        Permission("signing.manage", ADMINISTRATORS, Reach.UNIT, label=_("Quản lý khoá ký số")),
    ]
)

register_events(
    [
        EventKind("signing.key_added", _("Thêm khoá ký số {label} của {owner}"), icon="key"),
        EventKind("signing.key_removed", _("Gỡ khoá ký số {label} của {owner}"), icon="key-off"),
        EventKind("signing.root_added", _("Tin chứng thư gốc {name}"), icon="certificate"),
        EventKind("signing.root_removed", _("Thôi tin chứng thư gốc {name}"), icon="certificate-off"),
        EventKind("signing.asked", _("Trình ký: {title}"), icon="writing"),
        EventKind("signing.confirmed", _("Đồng ý ký: {title}"), icon="signature"),
        EventKind("signing.done", _("{signer} đã ký: {title}"), icon="signature"),
        EventKind("signing.refused", _("Không ký {title}: {reason}"), icon="writing-off"),
        EventKind("signing.expired", _("Hết giờ duyệt chữ ký: {title}"), icon="clock-x"),
        EventKind("signing.failed", _("Chưa ký được {title}: {reason}"), icon="alert-triangle"),
        EventKind("signing.retried", _("Ký lại: {title}"), icon="refresh"),
        EventKind("signing.cancelled", _("Rút lại trình ký: {title}"), icon="arrow-back-up"),
    ]
)
