"""The papers that people keep here: results and accepted papers, with their validity. Declarations only."""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind, register_events
from motcua.kernel.identity.kind import Permission, Reach, Role, register_permissions


class Validity(StrEnum):
    FOREVER = "forever"
    UNTIL = "until"  # has a last day
    ONCE = "once"  # of no use after one dossier took it


class State(StrEnum):
    """What is stored. Expired and used up are computed: nobody has to be awake at midnight."""

    VALID = "valid"
    REVOKED = "revoked"
    REPLACED = "replaced"


class Signature(StrEnum):
    NONE = "none"  # a scan: as good as the official's eyes who accepted it
    VALID = "valid"
    BROKEN = "broken"
    UNKNOWN = "unknown"  # signed by somebody whose certificate could not be checked


STATE_WORDS: dict[str, tuple[str | Promise, str, str]] = {
    "valid": (_("Còn hiệu lực"), "ok", "circle-check"),
    "expired": (_("Hết hạn"), "warn", "calendar-off"),
    "used": (_("Đã dùng"), "neutral", "checks"),
    "revoked": (_("Đã thu hồi"), "bad", "ban"),
    "replaced": (_("Đã thay bằng bản mới"), "neutral", "replace"),
}
SIGNATURE_WORDS: dict[str, tuple[str | Promise, str, str]] = {
    Signature.NONE: (_("Bản chụp, cán bộ đã kiểm tra"), "neutral", "file"),
    Signature.VALID: (_("Chữ ký số hợp lệ"), "ok", "shield-check"),
    Signature.BROKEN: (_("Chữ ký số không còn đúng"), "bad", "alert-circle"),
    Signature.UNKNOWN: (_("Chưa kiểm tra được chữ ký số"), "warn", "alert-triangle"),
}

WORKERS = frozenset({Role.CLERK, Role.SPECIALIST, Role.LEADER})

register_permissions(
    [
        # Writing: for the unit that issued it. Reading: through a case in which it is used; see queries.
        Permission("store.issue", WORKERS, Reach.UNIT, label=_("Thêm, thay, thu hồi giấy tờ trong kho")),
        Permission("store.read", WORKERS, Reach.ALL),
    ]
)

register_events(
    [
        EventKind("store.put", _("Thêm giấy tờ vào kho: {name}"), icon="folder-plus"),
        EventKind("store.replaced", _("Thay giấy tờ trong kho bằng bản mới: {name}"), icon="replace"),
        EventKind("store.revoked", _("Thu hồi giấy tờ trong kho: {name}. Lý do: {reason}"), icon="ban"),
        EventKind("store.used", _("Dùng lại giấy tờ trong kho: {name}"), icon="recycle"),
        EventKind("store.shared", _("Chia sẻ {count} giấy tờ bằng liên kết, đến {until}"), icon="share"),
        EventKind("store.share_opened", _("Có người mở giấy tờ được chia sẻ"), icon="eye"),
        EventKind("store.share_ended", _("Thôi chia sẻ giấy tờ"), icon="share-off"),
    ]
)
