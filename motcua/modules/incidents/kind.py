"""Reports of problems (phản ánh, kiến nghị): states and moves of NĐ 20/2008 and of the cities' 1022 practice."""

from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.kind import CaseKind, Move, State
from motcua.kernel.events.kind import Audience, EventKind
from motcua.kernel.figures.kind import FigurePlan
from motcua.kernel.identity.kind import Permission, Reach, Role

OFFICE = frozenset({Role.OPERATOR, Role.LEADER, Role.SPECIALIST, Role.CLERK, Role.SECRETARY})
TRIAGE = frozenset({Role.OPERATOR, Role.LEADER, Role.CLERK, Role.SECRETARY})
READERS = frozenset(Role) - {Role.PRIVACY}
WORKERS = frozenset({Role.LEADER, Role.SPECIALIST})
LEADERS = frozenset({Role.LEADER})

REOPEN_DAYS = 10  # where the city says nothing else
LONGEST_TEXT = 5_000
CONTACT_KEPT_DAYS = 365  # after closing; then the contact card is emptied

OPEN = frozenset({"submitted", "dispatched", "accepted", "in_progress", "info_requested", "resolved"})
WORKABLE = frozenset({"accepted", "in_progress"})
UNRECEIVED = frozenset({"submitted", "dispatched"})
REACHED = frozenset({"dispatched", "accepted", "in_progress"})

STATES = (
    State("submitted", _("Mới gửi"), _("Mới gửi"), "info", "send"),
    State("dispatched", _("Chờ tiếp nhận"), _("Đã chuyển đơn vị xử lý"), "info", "inbox"),
    State("info_requested", _("Chờ người gửi bổ sung"), _("Cần bạn bổ sung"), "paused", "file-alert"),
    State("accepted", _("Đã tiếp nhận"), _("Đã tiếp nhận"), "info", "inbox"),
    State("in_progress", _("Đang xử lý"), _("Đang xử lý"), "info", "tool"),
    State("resolved", _("Chờ duyệt kết quả"), _("Đã xử lý, chờ kiểm tra"), "warn", "clipboard-check"),
    State("published", _("Đã công khai kết quả"), _("Đã xử lý xong"), "ok", "circle-check", is_open=False),
    State("answered", _("Đã trả lời, không công khai"), _("Đã trả lời"), "ok", "circle-check", is_open=False),
    State("closed", _("Đã đóng"), _("Đã đóng"), "neutral", "lock", is_open=False),
    State("rejected", _("Không thuộc phạm vi"), _("Không thuộc phạm vi"), "bad", "ban", is_open=False),
    State("merged", _("Trùng với việc khác"), _("Trùng với việc khác"), "neutral", "copy", is_open=False),
)

MOVES = (
    Move("accept", "accepted", _("Tiếp nhận"), frozenset({"submitted", "dispatched"}), "accepted", OFFICE,
         icon="inbox", key="t", rank=10, in_bulk=True),
    Move("take", "taken", _("Nhận xử lý"), REACHED | {"submitted"}, "in_progress", WORKERS | {Role.CLERK},
         icon="hand-grab", key="x", rank=12),
    Move("assign", "assigned", _("Giao người xử lý"), REACHED, None, TRIAGE,
         icon="user-plus", key="a", rank=14, in_bulk=True),
    Move("resolve", "resolved", _("Ghi kết quả"), WORKABLE, "resolved", WORKERS | {Role.CLERK},
         icon="clipboard-check", key="s", rank=15),
    Move("approve", "published", _("Duyệt và công khai"), frozenset({"resolved"}), "published", LEADERS,
         icon="world-check", key="d", rank=5),
    Move("revise", "revised", _("Yêu cầu làm lại"), frozenset({"resolved"}), "in_progress", LEADERS,
         icon="arrow-back-up", key="r", rank=20),
    Move("visit", "visited", _("Ghi kiểm tra tại chỗ"), WORKABLE, "in_progress", WORKERS | {Role.CLERK},
         icon="map-pin-check", key="h", rank=16),
    Move("reply", "replied", _("Trả lời bước đầu"), WORKABLE, None, WORKERS | {Role.CLERK},
         icon="message-reply", key="y", rank=18),
    Move("dispatch", "dispatched", _("Chuyển đơn vị"), REACHED | {"submitted"}, "dispatched", TRIAGE,
         icon="arrow-forward-up", key="c", rank=30, in_bulk=True),
    Move("return", "returned", _("Trả lại, sai thẩm quyền"), frozenset({"dispatched", "accepted"}), "submitted", OFFICE,
         icon="arrow-back-up", key="r", rank=32),
    Move("request_info", "info_requested", _("Hỏi thêm người gửi"), REACHED | {"submitted"}, "info_requested", OFFICE,
         icon="message-question", key="b", rank=34),
    Move("provide_info", "info_provided", _("Bổ sung thông tin"), frozenset({"info_requested"}), None, TRIAGE,
         party=True, reporters_only=True, icon="message-plus", rank=36),
    Move("extend", "extended", _("Xin lỗi và hẹn lại"), WORKABLE, None, WORKERS | {Role.CLERK},
         icon="calendar-time", key="l", rank=40),
    Move("classify", "classified", _("Sửa loại việc"), OPEN - {"resolved"}, None, OFFICE,
         icon="tag", key="o", rank=44),
    Move("merge", "merged", _("Gộp vào việc khác"), OPEN - {"resolved"}, "merged", TRIAGE,
         icon="copy", rank=46),
    Move("note", "noted", _("Ghi chú nội bộ"), OPEN | {"published", "answered"}, None, OFFICE,
         icon="note", key="i", rank=60),
    Move("flag", "flagged", _("Gắn cờ"), OPEN, None, OFFICE, icon="flag", key="f", rank=62, in_bulk=True),
    Move("hide", "hidden", _("Ẩn khỏi trang công khai"), frozenset(s.name for s in STATES), None, TRIAGE,
         icon="eye-off", rank=70),
    Move("show", "shown", _("Đưa lên trang công khai"), frozenset(s.name for s in STATES) - {"submitted", "rejected"},
         None, TRIAGE, icon="eye", rank=71),
    Move("reject", "rejected", _("Từ chối, nêu lý do"),
         frozenset({"submitted", "dispatched", "accepted", "info_requested"}), "rejected", TRIAGE,
         icon="ban", rank=90, is_destructive=True),
    Move("close", "closed", _("Đóng hồ sơ"), frozenset({"published", "answered", "rejected"}), "closed", TRIAGE,
         icon="lock", rank=80),
    Move("reopen", "reopened", _("Mở lại"), frozenset({"published", "answered", "rejected", "closed"}), "dispatched",
         TRIAGE, party=True, reporters_only=True, icon="refresh", rank=50),
    Move("add_info", "info_added", _("Thêm thông tin"), OPEN, None, OFFICE, party=True, on_desk=False,
         icon="message-plus"),
    Move("rate", "rated", _("Đánh giá"), frozenset({"published", "answered", "closed"}), None, frozenset(), Reach.PARTY,
         party=True, on_desk=False, icon="star"),
)  # fmt: skip

PUBLIC, PARTY, OFFICIALS = Audience

EVENTS = (
    EventKind("incident.submitted", _("Người dân gửi phản ánh"), PUBLIC, "send"),
    EventKind("incident.routed", _("Chuyển đến {unit}"), PUBLIC, "arrow-forward-up"),
    EventKind("incident.accepted", _("{unit} tiếp nhận"), PUBLIC, "inbox"),
    EventKind("incident.taken", _("Cán bộ {unit} nhận xử lý"), PUBLIC, "tool", "now"),
    EventKind("incident.assigned", _("Giao {officer} xử lý"), OFFICIALS, "user-plus"),
    EventKind("incident.visited", _("Kiểm tra tại chỗ: {note}"), PUBLIC, "map-pin-check"),
    EventKind("incident.replied", _("Trả lời bước đầu: {text}"), PUBLIC, "message-reply"),
    EventKind("incident.resolved", _("Ghi kết quả, chờ duyệt"), PUBLIC, "clipboard-check"),
    EventKind("incident.published", _("Xử lý xong, công bố kết quả"), PUBLIC, "circle-check"),
    EventKind("incident.answered", _("Đã trả lời người gửi"), PARTY, "circle-check"),
    EventKind("incident.revised", _("Yêu cầu làm lại: {reason}"), OFFICIALS, "arrow-back-up"),
    EventKind("incident.dispatched", _("Chuyển đến {unit}"), PUBLIC, "arrow-forward-up"),
    EventKind("incident.returned", _("{unit} trả lại: {reason}"), PUBLIC, "arrow-back-up"),
    EventKind(
        "incident.info_requested", _("Đề nghị người gửi bổ sung: {question}"), PARTY, "message-question", "paused"
    ),
    EventKind("incident.info_provided", _("Người gửi đã bổ sung"), PUBLIC, "message-plus"),
    EventKind("incident.info_added", _("Có thêm thông tin"), PUBLIC, "message-plus"),
    EventKind(
        "incident.extended", _("Xin lỗi vì chậm. Lý do: {reason}. Hẹn mới: {due}"), PUBLIC, "calendar-time", "late"
    ),
    EventKind("incident.classified", _("Xếp vào loại {category}"), PUBLIC, "tag"),
    EventKind("incident.merged", _("Gộp vào phản ánh {into}"), PUBLIC, "copy"),
    EventKind("incident.absorbed", _("Gộp thêm phản ánh {code}"), PUBLIC, "copy"),
    EventKind("incident.joined", _("Thêm một người cũng gặp việc này"), PUBLIC, "users"),
    EventKind("incident.still_there", _("Có người báo sự cố vẫn còn"), PUBLIC, "eye"),
    EventKind("incident.noted", _("Ghi chú: {note}"), OFFICIALS, "note"),
    EventKind("incident.flagged", _("Gắn cờ: {flag}"), OFFICIALS, "flag"),
    EventKind("incident.hidden", _("Ẩn khỏi trang công khai: {reason}"), OFFICIALS, "eye-off"),
    EventKind("incident.shown", _("Đưa lên trang công khai"), OFFICIALS, "eye"),
    EventKind("incident.rejected", _("Không xử lý được. Lý do: {reason}"), PARTY, "ban", "late"),
    EventKind("incident.closed", _("Đã đóng hồ sơ"), PUBLIC, "lock"),
    EventKind("incident.reopened", _("Mở lại: {reason}"), PUBLIC, "refresh", "now"),
    EventKind("incident.rated", _("Người dân đánh giá {score}/5"), PUBLIC, "star"),
    EventKind("incident.forgotten", _("Đã xóa điều riêng của người gửi theo thời hạn lưu giữ"), OFFICIALS, "eraser"),
)

PERMISSIONS = (
    Permission("incident.read", READERS, Reach.UNIT, party=True, label=_("Xem phản ánh, cả khi chưa công khai")),
    Permission("incident.submit", public=True, reach=Reach.ALL, label=_("Gửi phản ánh")),
    Permission("incident.take_in", TRIAGE, Reach.UNIT, label=_("Tiếp nhận phản ánh qua điện thoại, tại quầy")),
    Permission("incident.read_public", public=True, reach=Reach.ALL, label=_("Xem phản ánh đã công khai")),
    Permission("incident.join", public=True, reach=Reach.ALL, label=_("Báo mình cũng gặp việc này")),
    Permission("incident.report_still_there", public=True, reach=Reach.ALL, label=_("Báo vẫn còn")),
)

INCIDENT = CaseKind(
    name="incident",
    label=_("Phản ánh"),
    code_template="PA-{yymmdd}-{number:04d}",
    icon="map-pin-exclamation",
    states=STATES,
    moves=MOVES,
    events=EVENTS,
    permissions=PERMISSIONS,
    desk_url=lambda case_id: f"/desk/phan-anh/{case_id}/",
    public_url=lambda code: f"/phan-anh/{code}/",
    clock_labels={
        "accept": _("Tiếp nhận"),
        "on_site": _("Có mặt tại chỗ"),
        "answer": _("Trả lời bước đầu"),
        "result": _("Có kết quả"),
    },
)

FIGURES = FigurePlan(
    kind="incident",
    opened=frozenset({"incident.submitted"}),
    closed=frozenset({"incident.published", "incident.answered"}),
    rejected=frozenset({"incident.rejected", "incident.merged"}),
    reopened=frozenset({"incident.reopened"}),
    rated=frozenset({"incident.rated"}),
)
