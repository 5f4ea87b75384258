"""Dossiers (hồ sơ thủ tục hành chính): states and moves of facts §1.5 and the forms that each of them issues.

The national portal knows ten states (``PORTAL_STATES``); ours are finer. Money, delivery and the state of the
exchange with the portal stand beside the business state, never in it. Late is computed from clocks.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.kind import CaseKind, Move, State
from motcua.kernel.events.kind import Audience, EventKind
from motcua.kernel.figures.kind import FigurePlan
from motcua.kernel.identity.kind import Permission, Reach, Role

KIND = "dossier"
OFFICE = frozenset({Role.LEADER, Role.SPECIALIST, Role.CLERK, Role.SECRETARY})  # not the hotline, not administrators
COUNTER = frozenset({Role.CLERK})
WORKERS = frozenset({Role.LEADER, Role.SPECIALIST, Role.CLERK})
LEADERS = frozenset({Role.LEADER})

# What officials do on the person's behalf, across the counter.
FOR_THE_PERSON = frozenset({"supply", "settle", "withdraw"})
MOST_SUPPLEMENTS = 2  # NĐ 63/2010 Điều 20.4
LONGEST_NOTE = 2_000


class Way(TextChoices):
    """How it was filed; HinhThuc of the national portal is not this."""

    ONLINE = "online", _("Trực tuyến")
    COUNTER = "counter", _("Tại quầy")
    POST = "post", _("Bưu chính")


class Delivery(TextChoices):
    """How the person wants the result."""

    ONLINE = "online", _("Nhận bản điện tử")
    COUNTER = "counter", _("Nhận tại quầy")
    POST = "post", _("Nhận qua bưu chính")


class PaperSource(TextChoices):
    """Where a paper of the dossier came from."""

    UPLOAD = "upload", _("Tệp người nộp gửi")
    COUNTER = "counter", _("Bản giấy nộp tại quầy")
    STORE = "store", _("Kho giấy tờ của người nộp")
    REGISTRY = "registry", _("Cơ sở dữ liệu, không phải nộp")
    LATER = "later", _("Chưa có")


class Slip(TextChoices):
    """A printed form, whichever number a legal act gives it; its name here is what it is called where none does.
    Always in Vietnamese: it is a legal paper."""

    RECEIPT = "receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả"
    SUPPLEMENT = "supplement", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ"
    REFUSAL = "refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ"
    APOLOGY = "apology", "Văn bản xin lỗi và hẹn lại ngày trả kết quả"
    STOP = "stop", "Thông báo dừng giải quyết hồ sơ"
    CONTROL = "control", "Phiếu kiểm soát quá trình giải quyết hồ sơ"
    REGISTER = "register", "Sổ theo dõi hồ sơ"


class Deciding(TextChoices):
    """What a leader decides for many at once."""

    APPROVE = "approve", _("Duyệt, ký số")
    ISSUE = "issue", _("Đóng dấu, phát hành")
    EXTEND = "extend", _("Đồng ý xin lỗi, hẹn lại")
    SIGN = "sign", _("Ký số văn bản")


class DecisionState(TextChoices):
    WAITING = "waiting", _("Đang làm")
    DONE = "done", _("Xong")
    FAILED = "failed", _("Chưa làm được")


class Does(TextChoices):
    """What a leg of the route is for."""

    RECEIVE = "receive", _("Tiếp nhận")
    PROCESS = "process", _("Thẩm tra, xử lý")
    CONSULT = "consult", _("Lấy ý kiến")
    APPROVE = "approve", _("Phê duyệt")
    SIGN = "sign", _("Ký số, đóng dấu, phát hành")
    RETURN = "return_result", _("Trả kết quả")


# The state in which a dossier is while a leg of that kind runs.
STATE_OF_LEG = {
    Does.RECEIVE: "accepted",
    Does.PROCESS: "processing",
    Does.CONSULT: "processing",
    Does.APPROVE: "approving",
    Does.SIGN: "issuing",
    Does.RETURN: "result_ready",
}

# facts §1.5: TrangThaiHoSo of the national portal.
PORTAL_STATES = {
    "submitted": 1,
    "accepted": 2,
    "refused": 3,
    "transferred": 2,
    "processing": 4,
    "approving": 4,
    "issuing": 4,
    "supplement_requested": 5,
    "payment_requested": 6,
    "withdrawn": 7,
    "stopped": 8,
    "suspended": 8,
    "result_ready": 9,
    "returned": 10,
}

RUNNING = frozenset({"accepted", "processing", "approving", "issuing"})
PAUSED = frozenset({"supplement_requested", "payment_requested", "suspended"})
OPEN = frozenset({"submitted", "transferred", "result_ready"}) | RUNNING | PAUSED

STATES = (
    State("submitted", _("Chờ tiếp nhận"), _("Đã gửi, chờ tiếp nhận"), "info", "send"),
    State("transferred", _("Chờ cơ quan thẩm quyền nhận"), _("Đang chuyển đến cơ quan giải quyết"), "info", "truck"),
    State("supplement_requested", _("Chờ bổ sung"), _("Cần bạn bổ sung"), "paused", "file-alert"),
    State("payment_requested", _("Chờ nộp tiền"), _("Cần bạn nộp phí, lệ phí"), "paused", "cash"),
    State("suspended", _("Tạm dừng"), _("Tạm dừng theo quy định"), "paused", "player-pause"),
    State("accepted", _("Đã tiếp nhận"), _("Đã tiếp nhận"), "info", "inbox"),
    State("processing", _("Đang xử lý"), _("Đang xử lý"), "info", "tool"),
    State("approving", _("Chờ phê duyệt"), _("Đang chờ lãnh đạo ký"), "warn", "clipboard-check"),
    State("issuing", _("Chờ phát hành"), _("Đang đóng dấu, phát hành"), "info", "certificate"),
    State("result_ready", _("Chờ trả kết quả"), _("Đã có kết quả"), "ok", "gift"),
    State("returned", _("Đã trả kết quả"), _("Đã trả kết quả"), "ok", "circle-check", is_open=False),
    State("refused", _("Từ chối tiếp nhận"), _("Không tiếp nhận được"), "bad", "ban", is_open=False),
    State("withdrawn", _("Người nộp rút hồ sơ"), _("Bạn đã rút hồ sơ"), "neutral", "arrow-back", is_open=False),
    State("stopped", _("Dừng giải quyết"), _("Đã dừng giải quyết"), "bad", "player-stop", is_open=False),
)

MOVES = (
    Move("accept", "accepted", _("Tiếp nhận"), frozenset({"submitted", "transferred"}), "accepted", COUNTER,
         icon="inbox", key="t", rank=5, in_bulk=True),
    Move("request_supplement", "supplement_requested", _("Yêu cầu bổ sung"),
         frozenset({"submitted", "transferred", "accepted", "processing"}), "supplement_requested", WORKERS,
         icon="file-alert", key="b", rank=30),
    Move("supply", "supplied", _("Nhận bổ sung"), frozenset({"supplement_requested"}), None, WORKERS,
         party=True, involved=True, icon="file-plus", key="b", rank=6),
    Move("refuse", "refused", _("Từ chối tiếp nhận"), frozenset({"submitted", "transferred"}), "refused", COUNTER,
         icon="ban", rank=90, is_destructive=True),
    Move("hand_over", "handed_over", _("Chuyển bộ phận xử lý"), frozenset({"accepted"}), "processing", COUNTER,
         icon="arrow-forward-up", key="c", rank=6, in_bulk=True),
    Move("take", "taken", _("Nhận xử lý"), RUNNING, None, WORKERS, icon="hand-grab", key="x", rank=12),
    Move("assign", "assigned", _("Giao người xử lý"), RUNNING, None,
         frozenset({Role.LEADER, Role.CLERK, Role.SECRETARY}), icon="user-plus", key="a", rank=14, in_bulk=True),
    Move("consult", "consulted", _("Lấy ý kiến đơn vị khác"), frozenset({"processing"}), None, WORKERS,
         icon="messages", key="y", rank=24),
    Move("propose", "proposed", _("Trình kết quả"), frozenset({"processing"}), None, WORKERS,
         icon="clipboard-check", key="s", rank=8),
    Move("pass_on", "passed_on", _("Xong bước này, chuyển bước sau"), frozenset({"processing"}), None, WORKERS,
         icon="player-track-next", key="p", rank=10),
    Move("revise", "revised", _("Trả lại bước trước"), frozenset({"processing", "approving", "issuing"}), None, WORKERS,
         icon="arrow-back-up", key="r", rank=40),
    Move("approve", "approved", _("Duyệt, ký số"), frozenset({"approving"}), None, LEADERS,
         icon="signature", key="d", rank=4, in_bulk=True),
    Move("issue", "issued", _("Đóng dấu, phát hành"), frozenset({"issuing"}), None,
         frozenset({Role.CLERK, Role.SECRETARY, Role.LEADER}), icon="certificate", key="h", rank=4, in_bulk=True),
    Move("return_result", "returned", _("Trả kết quả"), frozenset({"result_ready"}), "returned", COUNTER,
         icon="gift", key="g", rank=4),
    Move("request_payment", "payment_requested", _("Yêu cầu nộp tiền"), frozenset({"accepted", "processing"}),
         "payment_requested", WORKERS, icon="cash", rank=32),
    Move("refuse_claim", "claim_refused", _("Không miễn, giảm phí"), OPEN, None, WORKERS, icon="coin", rank=34),
    Move("settle", "settled", _("Xác nhận đã nộp tiền"), frozenset({"payment_requested"}), None, WORKERS,
         involved=True, icon="receipt", rank=6),
    Move("suspend", "suspended", _("Tạm dừng, nêu căn cứ"), frozenset({"processing"}), "suspended", WORKERS,
         icon="player-pause", rank=60),
    Move("resume", "resumed", _("Giải quyết tiếp"), frozenset({"suspended"}), None, WORKERS,
         icon="player-play", rank=6),
    Move("ask_extension", "extension_asked", _("Trình xin lỗi, hẹn lại"), RUNNING, None,
         frozenset({Role.SPECIALIST, Role.CLERK}), icon="calendar-question", key="l", rank=42, in_bulk=True),
    Move("extend", "extended", _("Xin lỗi và hẹn lại"), RUNNING, None, LEADERS,
         icon="calendar-time", key="l", rank=42, in_bulk=True),
    Move("decline_extension", "extension_declined", _("Không đồng ý hẹn lại"), RUNNING, None, LEADERS,
         icon="calendar-x", rank=44),
    Move("withdraw", "withdrawn", _("Rút hồ sơ"), OPEN - {"result_ready"}, "withdrawn", COUNTER,
         party=True, reporters_only=True, involved=True, icon="arrow-back", rank=80, is_destructive=True),
    Move("stop", "stopped", _("Dừng giải quyết"), RUNNING | PAUSED, "stopped", WORKERS,
         icon="player-stop", rank=85, is_destructive=True),
    Move("note", "noted", _("Ghi chú nội bộ"), OPEN, None, OFFICE, involved=True, icon="note", key="i", rank=60),
)  # fmt: skip

PUBLIC, PARTY, OFFICIALS = Audience

EVENTS = (
    EventKind("dossier.submitted", _("Nộp hồ sơ ({way})"), PARTY, "send", labels={"way": dict(Way.choices)}),
    EventKind("dossier.accepted", _("{unit} tiếp nhận, hẹn trả {due}"), PARTY, "inbox"),
    EventKind("dossier.transferred", _("{unit} nhận hộ, chuyển đến {to}"), PARTY, "truck"),
    EventKind("dossier.supplement_requested", _("Đề nghị bổ sung: {what}"), PARTY, "file-alert", "paused"),
    EventKind("dossier.supplied", _("Đã bổ sung giấy tờ"), PARTY, "file-plus"),
    EventKind("dossier.refused", _("Không tiếp nhận được. Lý do: {reason}"), PARTY, "ban", "late"),
    EventKind("dossier.handed_over", _("Chuyển đến {to}: {leg}"), PARTY, "arrow-forward-up"),
    EventKind("dossier.passed_on", _("{unit} xong bước {done}, chuyển đến {to}"), PARTY, "player-track-next"),
    EventKind("dossier.taken", _("Cán bộ {unit} nhận xử lý"), PARTY, "tool", "now"),
    EventKind("dossier.assigned", _("Giao {officer} xử lý"), OFFICIALS, "user-plus"),
    EventKind("dossier.consulted", _("Lấy ý kiến {unit}"), PARTY, "messages"),
    EventKind("dossier.answered", _("{unit} đã trả lời ý kiến"), PARTY, "message-check"),
    EventKind("dossier.proposed", _("Trình lãnh đạo kết quả"), PARTY, "clipboard-check"),
    EventKind("dossier.revised", _("Trả lại bước {leg}: {reason}"), OFFICIALS, "arrow-back-up"),
    EventKind("dossier.approved", _("Lãnh đạo {unit} đã duyệt"), PARTY, "signature"),
    EventKind("dossier.issued", _("Phát hành kết quả"), PARTY, "certificate"),
    EventKind("dossier.ready", _("Đã có kết quả, chờ trả tại {unit}"), PARTY, "gift"),
    EventKind(
        "dossier.returned",
        _("Đã trả kết quả ({delivery})"),
        PARTY,
        "circle-check",
        labels={"delivery": dict(Delivery.choices)},
    ),
    EventKind("dossier.payment_requested", _("Đề nghị nộp {amount}"), PARTY, "cash", "paused"),
    EventKind("dossier.claim_refused", _("Không miễn, giảm: {what}. Lý do: {reason}"), PARTY, "coin"),
    EventKind("dossier.settled", _("Đã nộp đủ tiền, giải quyết tiếp"), PARTY, "receipt"),
    EventKind("dossier.suspended", _("Tạm dừng. Căn cứ: {reason}"), PARTY, "player-pause", "paused"),
    EventKind("dossier.resumed", _("Giải quyết tiếp"), PARTY, "player-play"),
    EventKind(
        "dossier.extended", _("Xin lỗi vì chậm. Lý do: {reason}. Hẹn mới: {due}"), PARTY, "calendar-time", "late"
    ),
    EventKind(
        "dossier.extension_asked",
        _("Trình lãnh đạo xin lỗi, hẹn lại đến {due}: {reason}"),
        OFFICIALS,
        "calendar-question",
    ),
    EventKind("dossier.extension_declined", _("Không đồng ý hẹn lại: {reason}"), OFFICIALS, "calendar-x"),
    EventKind("dossier.withdrawn", _("Rút hồ sơ. Lý do: {reason}"), PARTY, "arrow-back"),
    EventKind("dossier.stopped", _("Dừng giải quyết. Lý do: {reason}"), PARTY, "player-stop", "late"),
    EventKind("dossier.noted", _("Ghi chú: {note}"), OFFICIALS, "note"),
    EventKind("dossier.looked_up", _("Tra cứu “{paper}”. {found}"), OFFICIALS, "database-search"),
    EventKind("dossier.printed", _("In {form}"), OFFICIALS, "printer"),
)

# What is noted in the log of who looked at personal data.
ACCESS_WORDS = {
    "dossier.open": (_("{who} đã mở hồ sơ của bạn"), _("Mở xem hồ sơ")),
    "dossier.print": (_("{who} đã in giấy tờ trong hồ sơ của bạn"), _("In giấy tờ trong hồ sơ")),
    "dossier.register": (_("{who} đã in sổ theo dõi có hồ sơ của bạn"), _("In sổ theo dõi hồ sơ")),
}

PERMISSIONS = (
    Permission("dossier.read", OFFICE, Reach.UNIT, party=True, involved=True, label=_("Xem hồ sơ")),
    Permission("dossier.file", public=True, reach=Reach.ALL, label=_("Nộp hồ sơ")),
    Permission("dossier.look_up", WORKERS, Reach.UNIT, label=_("Tra cứu dữ liệu thay cho giấy tờ")),
    Permission("dossier.decide", LEADERS, Reach.UNIT, label=_("Duyệt, ký hồ sơ chờ mình")),
    Permission("dossier.take_in", COUNTER, Reach.UNIT, label=_("Tiếp nhận hồ sơ tại quầy")),
)

DOSSIER = CaseKind(
    name=KIND,
    label=_("Hồ sơ"),
    code_template="000.00.00.H00-{yymmdd}-{number:04d}",
    icon="folder",
    states=STATES,
    moves=MOVES,
    events=EVENTS,
    permissions=PERMISSIONS,
    desk_url=lambda case_id: f"/desk/ho-so/{case_id}/",
    public_url=lambda code: f"/ho-so/{code}/",
    clock_labels={
        "receive": _("Trả lời tiếp nhận"),
        "hand_over": _("Chuyển bộ phận xử lý"),
        "leg": _("Bước xử lý"),
        "result": _("Có kết quả"),
        "supplement": _("Người nộp bổ sung"),
        "return": _("Trả kết quả"),
    },
    own_clocks=frozenset({"receive", "hand_over", "leg", "result", "supplement", "return"}),
    shows_initials=True,
)

CONSULTATION_KIND = "consultation"

# An opinion that one unit asks of another: a case of its own, so that it has its own clock and lateness its owner.
CONSULTATION = CaseKind(
    name=CONSULTATION_KIND,
    label=_("Xin ý kiến"),
    code_template="YK-{yymmdd}-{number:04d}",
    icon="messages",
    states=(
        State("asked", _("Chờ ý kiến"), _("Chờ ý kiến"), "info", "messages"),
        State("answered", _("Đã có ý kiến"), _("Đã có ý kiến"), "ok", "message-check", is_open=False),
        State("dropped", _("Không cần nữa"), _("Không cần nữa"), "neutral", "x", is_open=False),
    ),
    moves=(
        Move("take", "taken", _("Nhận xử lý"), frozenset({"asked"}), None, WORKERS, icon="hand-grab", key="x", rank=12),
        Move("assign", "assigned", _("Giao người xử lý"), frozenset({"asked"}), None,
             frozenset({Role.LEADER, Role.CLERK, Role.SECRETARY}), icon="user-plus", key="a", rank=14, in_bulk=True),
        Move("answer", "answered", _("Trả lời ý kiến"), frozenset({"asked"}), "answered", WORKERS,
             icon="message-check", key="s", rank=5),
    ),
    events=(
        EventKind("consultation.asked", _("Xin ý kiến: {question}"), OFFICIALS, "messages"),
        EventKind("consultation.taken", _("Cán bộ {unit} nhận xử lý"), OFFICIALS, "tool", "now"),
        EventKind("consultation.assigned", _("Giao {officer} xử lý"), OFFICIALS, "user-plus"),
        EventKind("consultation.answered", _("Ý kiến: {answer}"), OFFICIALS, "message-check"),
        EventKind("consultation.dropped", _("Hồ sơ kết thúc, không cần ý kiến nữa"), OFFICIALS, "x"),
    ),
    permissions=(Permission("consultation.read", OFFICE, Reach.UNIT, involved=True, label=_("Xem việc xin ý kiến")),),
    desk_url=lambda case_id: f"/desk/xin-y-kien/{case_id}/",
    public_url=lambda code: "/desk/",  # never public
    clock_labels={"result": _("Trả lời ý kiến")},
    own_clocks=frozenset({"result"}),
)  # fmt: skip

FIGURES = FigurePlan(
    kind=KIND,
    opened=frozenset({"dossier.accepted"}),
    closed=frozenset({"dossier.ready"}),
    rejected=frozenset({"dossier.refused", "dossier.withdrawn", "dossier.stopped"}),
    reopened=frozenset(),
    rated=frozenset(),
)
