"""What compliance costs are reckoned from, and what may happen to it. Declarations only."""

from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind
from motcua.kernel.identity.kind import ADMINISTRATORS, Permission, Reach

PERMISSIONS = (Permission("cost.manage", ADMINISTRATORS, Reach.TOP, label=_("Nhập số liệu tính chi phí tuân thủ")),)

EVENTS = (
    EventKind("cost.stated", _("Ghi số liệu tính chi phí: {what} (bản {number}). Nguồn: {source}"), icon="calculator"),
)


class Situation(StrEnum):
    """How a procedure is done: as it was before the platform, and now at the counter or online."""

    BEFORE = "before"
    COUNTER = "counter"
    ONLINE = "online"


SITUATIONS: Final[dict[str, Promise]] = {
    Situation.BEFORE: _("Trước khi có nền tảng"),
    Situation.COUNTER: _("Nay, nộp tại quầy"),
    Situation.ONLINE: _("Nay, nộp trực tuyến"),
}

# What somebody does, in the order of the legal form; each takes minutes and đồng in each situation.
ACTIVITIES: Final[dict[str, tuple[Promise, Promise]]] = {
    "learn": (_("Tìm hiểu quy định"), _("mỗi thủ tục")),
    "fill": (_("Điền mẫu đơn, tờ khai"), _("mỗi tờ khai")),
    "paper": (_("Chuẩn bị một giấy tờ"), _("mỗi giấy tờ phải nộp")),
    "copy": (_("Sao, chụp giấy tờ"), _("mỗi bản sao phải nộp")),
    "travel": (_("Đi lại"), _("mỗi lần đến, cả đi và về")),
    "wait": (_("Chờ và nộp tại quầy"), _("mỗi lần đến")),
    "send": (_("Nộp trực tuyến"), _("mỗi hồ sơ")),
    "receive": (_("Nhận kết quả tại nhà"), _("mỗi hồ sơ")),
}

# What an administrator may state of one procedure, where the reckoning from its own data does not hold.
STATED: Final[dict[str, Promise]] = {
    "before_visits": _("Số lần đến, trước"),
    "counter_visits": _("Số lần đến, nay tại quầy"),
    "online_visits": _("Số lần đến, nay trực tuyến"),
    "before_papers": _("Số giấy tờ phải nộp, trước"),
    "after_papers": _("Số giấy tờ phải nộp, nay"),
    "before_fee": _("Phí, lệ phí, trước (đồng)"),
    "counter_fee": _("Phí, lệ phí, nay tại quầy (đồng)"),
    "online_fee": _("Phí, lệ phí, nay trực tuyến (đồng)"),
    "before_advice": _("Thuê tư vấn, dịch vụ, trước (đồng)"),
    "after_advice": _("Thuê tư vấn, dịch vụ, nay (đồng)"),
    "before_other_minutes": _("Công việc khác như kiểm tra, họp, trước (phút)"),
    "after_other_minutes": _("Công việc khác như kiểm tra, họp, nay (phút)"),
    "times": _("Số lần mỗi đối tượng làm trong năm"),
    "subjects": _("Số đối tượng trong năm"),
    "online_percent": _("Phần nộp trực tuyến (%)"),
}
BASES: Final[dict[str, Promise]] = {
    "gdp": _("GDP bình quân đầu người, đồng một năm"),
    "income": _("Thu nhập bình quân, đồng một tháng"),
}
KINDS: Final = ("year", "activity", "procedure")
MOST_DONG: Final = 10**12
MOST_MINUTES: Final = 100_000
