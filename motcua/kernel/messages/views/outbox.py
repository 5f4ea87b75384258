"""What is on its way, what is stuck and why."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.actions import hold_message, retry_message, retry_parked
from motcua.kernel.messages.kind import CHANNEL_LABELS, EMAIL, SMS
from motcua.kernel.messages.ports import senders_of
from motcua.kernel.messages.queries import OutboxFilter, OutboxRow, outbox, outbox_counts
from motcua.lib.codes import row_number

GROUPS = {
    "waiting": gettext_lazy("Chờ gửi"),
    "parked": gettext_lazy("Đã dừng"),
    "failed": gettext_lazy("Không gửi được"),
    "held": gettext_lazy("Giữ lại"),
    "done": gettext_lazy("Đã gửi"),
}
# Words, tone and icon of a state.
STATES = {
    "created": (gettext_lazy("Chờ gửi"), "info", "clock"),
    "sending": (gettext_lazy("Đã giao nhà mạng"), "info", "send"),
    "sent": (gettext_lazy("Đã gửi"), "ok", "check"),
    "delivered": (gettext_lazy("Đã tới nơi"), "ok", "checks"),
    "temporary_failure": (gettext_lazy("Chưa tới, sẽ gửi lại"), "warn", "refresh"),
    "permanent_failure": (gettext_lazy("Địa chỉ không nhận"), "bad", "mail-off"),
    "technical_failure": (gettext_lazy("Lỗi đường gửi, sẽ gửi lại"), "warn", "plug-connected-x"),
    "held": (gettext_lazy("Đang giữ lại"), "paused", "player-pause"),
    "parked": (gettext_lazy("Đã dừng sau nhiều lần"), "bad", "hand-stop"),
}
RECIPIENTS = {
    "party": gettext_lazy("Người dân"),
    "person": gettext_lazy("Người dân"),
    "code": gettext_lazy("Người đăng nhập"),
    "account": gettext_lazy("Cán bộ"),
    "officer": gettext_lazy("Cán bộ"),
    "unit": gettext_lazy("Đơn vị"),
}


@requires("system.watch")
@never_cache
@require_safe
def show_outbox(request: Request) -> HttpResponse:
    wanted = _filter(request)
    page = outbox(request.actor, wanted)
    counts = outbox_counts(request.actor)
    query: dict[str, Any] = {name: value for name, value in request.GET.items() if name != "before" and value}
    older = f"?{urlencode(query | {'before': page.next_before})}" if page.next_before else ""
    context = {
        "lines": [_line(row) for row in page.rows],
        "older_url": older,
        "group": wanted.group,
        "channel": wanted.channel,
        "groups": [(group, words, counts[group]) for group, words in GROUPS.items()],
        "channels": [(channel, CHANNEL_LABELS[channel]) for channel in (EMAIL, SMS)],
        "silent": [CHANNEL_LABELS[channel] for channel in (EMAIL, SMS) if not senders_of(channel)],
        "parked": counts["parked"],
    }
    return render(request, "messages/desk/outbox.html", context)


def _filter(request: Request) -> OutboxFilter:
    """What the address says; what makes no sense is as if it were not there."""
    group, channel = request.GET.get("group", ""), request.GET.get("channel", "")
    before, case = request.GET.get("before", ""), request.GET.get("case", "")
    return OutboxFilter(
        group=group if group in GROUPS else "",
        channel=channel if channel in (EMAIL, SMS) else "",
        case_id=row_number(case),
        before=row_number(before),
    )


def _line(row: OutboxRow) -> dict[str, object]:
    words, tone, icon = STATES["parked" if row.is_parked else row.state]
    return {
        "row": row,
        "state": words,
        "tone": tone,
        "icon": icon,
        "channel": CHANNEL_LABELS[row.channel],
        "recipient": RECIPIENTS.get(row.recipient, row.recipient),
    }


@requires("system.watch")
@require_POST
def retry(request: Request, message_id: int) -> HttpResponse:
    retry_message(message_id, actor=request.actor)
    messages.success(request, _("Tin sẽ được gửi lại ngay."))
    return redirect("outbox")


@requires("system.watch")
@require_POST
def hold(request: Request, message_id: int) -> HttpResponse:
    hold_message(message_id, actor=request.actor)
    messages.success(request, _("Đã giữ tin lại."))
    return redirect("outbox")


@requires("system.watch")
@require_POST
def retry_all(request: Request) -> HttpResponse:
    number = retry_parked(actor=request.actor)
    words = ngettext("Gửi lại %(n)d tin.", "Gửi lại %(n)d tin.", number)
    messages.success(request, words % {"n": number})
    return redirect("outbox")
