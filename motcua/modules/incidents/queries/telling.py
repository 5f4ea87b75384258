"""Which events of a report are told, and to whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.queries.telling import VARIABLES, recipients
from motcua.kernel.messages.kind import MessagePlan, Recipient

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

TITLES = {
    "incident.submitted": _("Đã nhận phản ánh"),
    "incident.accepted": _("Đã tiếp nhận"),
    "incident.assigned": _("Giao người xử lý"),
    "incident.dispatched": _("Chuyển đơn vị"),
    "incident.returned": _("Trả lại"),
    "incident.replied": _("Trả lời bước đầu"),
    "incident.info_requested": _("Cần bổ sung"),
    "incident.info_provided": _("Người gửi đã bổ sung"),
    "incident.rejected": _("Không xử lý được"),
    "incident.extended": _("Xin lỗi và hẹn lại"),
    "incident.resolved": _("Chờ duyệt kết quả"),
    "incident.revised": _("Yêu cầu làm lại"),
    "incident.published": _("Đã xử lý xong"),
    "incident.answered": _("Đã trả lời"),
    "incident.reopened": _("Mở lại"),
    "incident.merged": _("Gộp vào việc khác"),
    "incident.closed": _("Đã đóng"),
}
RESULTS = frozenset({"incident.published", "incident.answered", "incident.rejected"})


def everybody(event: Event) -> Iterable[Recipient]:
    # A report that was returned concerns those who now have it; the others read it in the timeline.
    return recipients(event)


PLANS = [MessagePlan(name, title, everybody, VARIABLES, is_result=name in RESULTS) for name, title in TITLES.items()]
