"""Queue numbers of a reception counter: states, permissions, events. Declarations only."""

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind
from motcua.kernel.identity.kind import Permission, Reach, Role

NEAR: Final = 3  # so many people before somebody who wants to be told that their turn is near …
NEAR_SLOT: Final = timedelta(minutes=15)  # … or so long before their booked time
KIOSK, SCREEN, COUNTER = "kiosk", "screen", "counter"  # what devices are for
RECEPTION: Final = "hanh-chinh-cong"  # how the code of a unit ends that has a reception counter
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class State(TextChoices):
    WAITING = "waiting", _("Đang chờ")
    CALLED = "called", _("Đang gọi")
    SERVING = "serving", _("Đang làm")
    DONE = "done", _("Đã xong")
    SKIPPED = "skipped", _("Gọi chưa thấy")
    TRANSFERRED = "transferred", _("Đã chuyển")  # another ticket of the same number waits in another line
    CANCELLED = "cancelled", _("Đã bỏ")
    NO_SHOW = "no_show", _("Không đến")


AT_A_COUNTER: Final = (State.CALLED, State.SERVING)
OPEN: Final = (State.WAITING, State.CALLED, State.SERVING, State.SKIPPED)


class Source(TextChoices):
    PHONE = "phone", _("Trên điện thoại")
    KIOSK = "kiosk", _("Tại máy lấy số")
    DESK = "desk", _("Chuyển từ quầy khác")


PERMISSIONS = (
    Permission("ticket.call", frozenset({Role.CLERK}), Reach.UNIT, label=_("Gọi số ở quầy")),
    Permission(
        "ticket.manage",
        frozenset({Role.ADMINISTRATOR, Role.LEADER}),
        Reach.UNIT,
        label=_("Sửa quầy và hàng chờ của nơi tiếp nhận"),
    ),
)

EVENTS = (
    EventKind("ticket.taken", _("Lấy số {number} ({line}) tại {point}"), icon="ticket"),
    EventKind("ticket.cancelled", _("Bỏ số {number} tại {point}"), icon="ticket-off"),
    EventKind("ticket.called", _("Mời số {number} đến quầy {counter} tại {point}"), icon="speakerphone"),
    EventKind("ticket.recalled", _("Mời lại số {number} đến quầy {counter} tại {point}"), icon="speakerphone"),
    EventKind("ticket.skipped", _("Gọi số {number} chưa thấy, tạm bỏ qua, tại {point}"), icon="player-skip-forward"),
    EventKind("ticket.served", _("Bắt đầu làm số {number} ở quầy {counter} tại {point}"), icon="user-check"),
    EventKind("ticket.done", _("Xong số {number} ở quầy {counter} tại {point}"), icon="circle-check"),
    EventKind("ticket.transferred", _("Chuyển số {number} sang {line} tại {point}"), icon="arrows-exchange"),
    EventKind("ticket.near", _("Sắp đến số {number} tại {point}, còn {ahead} người"), icon="bell-ringing"),
    EventKind("ticket.reminder_asked", _("Muốn được báo khi gần đến số {number} tại {point}"), icon="bell"),
    EventKind("ticket.reminder_dropped", _("Thôi báo về số {number} tại {point}"), icon="bell-off"),
    EventKind("ticket.missed", _("{count} số hết ngày không được làm tại {point}"), icon="user-x"),
    EventKind("counter.opened", _("Mở quầy {counter} tại {point}"), icon="door-enter"),
    EventKind("counter.left", _("Nghỉ quầy {counter} tại {point}"), icon="door-exit"),
    EventKind("counter.changed", _("Sửa quầy {counter} tại {point}"), icon="settings"),
    EventKind("ticketline.changed", _("Sửa hàng chờ {line} tại {point}"), icon="settings"),
    EventKind("servicepoint.opened", _("Mở lấy số tại {point}"), icon="ticket"),
    EventKind("servicepoint.paused", _("Tạm ngừng lấy số tại {point}"), icon="ticket-off"),
)
