"""What the kernel itself puts onto the common pages. Packages of the kernel stand below the pages and cannot register
their own, so their links are written here; one whose page is not installed is left out by ``House``."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.queries.inbox import count_waiting
from motcua.kernel.exchange.queries.lanes import count_refused
from motcua.kernel.figures.queries import board as figures
from motcua.kernel.messages.queries import count_unread, parked_count
from motcua.kernel.payments.queries.desk import count_open
from motcua.kernel.procedures.queries import search as procedures
from motcua.kernel.registries.queries import count_open_requests
from motcua.kernel.signing import queries as signing
from motcua.kernel.web.kind import (
    DataNote,
    DeskLink,
    Finder,
    Found,
    PortalPanel,
    PortalTile,
    register_data_notes,
    register_finders,
    register_links,
    register_panels,
    register_tiles,
)

MOST_PROCEDURES = 6  # of a search over everything
MOST_LIFE_EVENTS = 12  # on the home page; the others stand with the procedures
PROMISE_SECONDS = 30  # that the home page may be behind the board


def kept_promises(request: HttpRequest) -> dict[str, Any] | None:
    """How the promises of the last 30 days were kept; nothing before the first one fell due."""
    board = cache.get("kept_promises")
    if board is None:
        board = figures.board("30-ngay")
        cache.set("kept_promises", board, PROMISE_SECONDS)
    return {"board": board} if board.done.closed or board.now.open else None


def life_events(request: HttpRequest) -> dict[str, Any] | None:
    """What happens in people's lives, and the procedures that it needs."""
    events = procedures.shelf().life_events
    return {"events": events[:MOST_LIFE_EVENTS]} if events else None


def find_procedures(words: str, request: HttpRequest) -> list[Found]:
    hits = procedures.search(words, most=MOST_PROCEDURES)
    return [Found(hit.code, hit.title, reverse("procedure", args=[hit.code])) for hit in hits]


def all_procedures(words: str) -> str:
    return f"{reverse('procedures')}?{urlencode({'tim': words})}"


def register() -> None:
    register_finders(
        Finder("procedures", _("Thủ tục"), lambda codes, request: [], find_procedures, rank=5, all_url=all_procedures)
    )
    register_tiles(
        PortalTile(
            "procedures",
            _("Làm thủ tục"),
            _("Tìm bằng lời của bạn: giấy tờ, thời gian, lệ phí; nộp trực tuyến"),
            "files",
            "procedures",
            rank=5,
            nav_title=_("Thủ tục"),
            bar_title=_("Thủ tục"),
        ),
        PortalTile(
            "follow",
            _("Theo dõi việc"),
            _("Bằng mã trên tin nhắn hoặc giấy hẹn, không cần tài khoản"),
            "file-search",
            "follow",
            rank=20,
            nav_title=_("Theo dõi"),
            bar_title=_("Theo dõi"),
        ),
        PortalTile(
            "board",
            _("Bảng đúng hẹn"),
            _("Cơ quan nào giữ hẹn, cơ quan nào đang trễ"),
            "clock-check",
            "board",
            rank=40,
            nav_title=_("Bảng đúng hẹn"),
        ),
        PortalTile(
            "verify_signature",
            _("Kiểm tra chữ ký số"),
            _("Tệp PDF bạn nhận được do ai ký, có bị sửa không"),
            "shield-check",
            "verify_signature",
            rank=80,
        ),
        PortalTile(
            "help",
            _("Cách hoạt động"),
            _("Phản ánh đi qua những bước nào, ai trả lời, khi nào"),
            "help-circle",
            "help",
            rank=90,
        ),
    )
    register_panels(
        PortalPanel("kept_promises", "portal/kept_promises.html", kept_promises, rank=20),
        PortalPanel("life_events", "portal/life_events.html", life_events, place="main", rank=20),
    )
    _register_desk()
    register_data_notes(
        DataNote(
            "account",
            _("Số điện thoại hoặc thư điện tử khi bạn đăng nhập"),
            _("Để gửi mã đăng nhập và gom việc của bạn vào một chỗ"),
            _("Bạn, và cán bộ xử lý việc của bạn; mỗi lần mở đều được ghi lại"),
            _("Đến khi bạn xóa tài khoản"),
            rank=70,
        ),
        DataNote(
            "identity",
            _("Số định danh, ngày sinh, nơi cư trú nếu bạn khai hoặc đã xác thực"),
            _("Để điền sẵn tờ khai và biết chắc là bạn"),
            _("Bạn, và cán bộ xử lý hồ sơ của bạn; lưu dưới dạng mã hóa"),
            _("Đến khi bạn xóa tài khoản"),
            rank=71,
        ),
        DataNote(
            "registries",
            _("Lượt tra cứu dữ liệu về bạn trong cơ sở dữ liệu nhà nước, và điều bạn đồng ý"),
            _("Để bạn biết ai đã xem, và để không ai xem ngoài việc của mình"),
            _("Bạn, tại trang “Dữ liệu về tôi”; quản trị thấy ai đã tra cứu, không thấy về ai"),
            _("Lâu dài, vì là nhật ký"),
            rank=72,
        ),
        DataNote(
            "exchange",
            _("Hồ sơ của bạn mà Nhà nước phải đồng bộ; và trạng thái hồ sơ của bạn ở hệ thống của bộ, ngành"),
            _("Để hệ thống quốc gia biết hồ sơ đến đâu, và để bạn xem mọi hồ sơ ở một chỗ"),
            _("Hệ thống quốc gia mà nơi này kết nối; của bộ, ngành chỉ giữ mã, thủ tục, cơ quan, trạng thái và ngày"),
            _("Bản chờ gửi: đến khi bên kia nhận; dòng mà bộ, ngành gửi sai mẫu: 90 ngày; trạng thái: lâu dài"),
            rank=76,
        ),
        DataNote(
            "store",
            _("Kết quả thủ tục và giấy tờ đã kiểm tra, trong kho giấy tờ của bạn; ai đã mở liên kết bạn chia sẻ"),
            _("Để bạn không phải nộp lại, và xem lại khi cần"),
            _("Bạn, cán bộ của hồ sơ dùng giấy tờ đó, và người bạn chia sẻ; mỗi lần cán bộ mở đều được ghi lại"),
            _("Theo thời hạn lưu trữ của từng loại giấy tờ; liên kết chia sẻ nhiều nhất 90 ngày"),
            rank=74,
        ),
        DataNote(
            "ratings",
            _("Đánh giá của bạn về việc giải quyết: mức hài lòng, lý do, lời bạn viết; không kèm tên hay mã hồ sơ"),
            _("Để cơ quan làm tốt hơn"),
            _("Mọi người thấy con số chung khi đã đủ người đánh giá; lãnh đạo đọc lời viết mà không biết của ai"),
            _("Lâu dài, vì không gắn với người nào; danh sách người được mời khảo sát: 90 ngày sau khảo sát"),
            rank=76,
        ),
        DataNote(
            "authorisations",
            _("Bạn ủy quyền cho ai, thủ tục nào, đến khi nào"),
            _("Để người đó làm thay bạn"),
            _("Bạn, người được ủy quyền, và cán bộ xử lý hồ sơ họ nộp thay"),
            _("Lâu dài, vì hồ sơ dựa vào đó"),
            rank=73,
        ),
        DataNote(
            "form_drafts",
            _("Câu trả lời trong tờ khai bạn đang viết dở, và tệp kèm theo"),
            _("Để bạn viết tiếp sau, cũng trên máy khác"),
            _("Chỉ bạn, khi đăng nhập hoặc có đường dẫn riêng; được mã hóa"),
            format_lazy(_("{days} ngày từ lần lưu cuối, hoặc đến khi bạn gửi hay xóa"), days=settings.DRAFTS_KEPT_DAYS),
            rank=75,
        ),
        DataNote(
            "device",
            _("Mã việc bạn theo dõi và bản nháp đang viết"),
            _("Để bạn xem lại và viết tiếp mà không cần tài khoản"),
            _("Chỉ bạn, vì chúng nằm trên máy của bạn"),
            _("Đến khi bạn xóa; bản nháp tối đa 14 ngày"),
            rank=80,
        ),
        DataNote(
            "cookies",
            _("Ngôn ngữ bạn chọn, và phiên đăng nhập nếu bạn đăng nhập"),
            _("Để trang hiện đúng ngôn ngữ và nhận ra bạn"),
            _("Chỉ hệ thống này; không có mã theo dõi của bên khác"),
            _("Ngôn ngữ: 1 năm. Phiên đăng nhập: 12 giờ"),
            rank=90,
        ),
    )


def _waiting(request: HttpRequest) -> int:
    """Work that waits for the reader; counted no further than anybody would read, and not again by the inbox itself."""
    counted: int | None = getattr(request, "waiting", None)
    if counted is not None:
        return counted
    return count_waiting(request.actor)  # type: ignore[attr-defined]  # set by ActorMiddleware


def _unread(request: HttpRequest) -> int:
    return count_unread(request.actor)  # type: ignore[attr-defined]


def _to_sign(request: HttpRequest) -> int:
    return signing.count_waiting(request.actor)  # type: ignore[attr-defined]


def _ending(request: HttpRequest) -> int:
    return signing.count_ending(request.actor)  # type: ignore[attr-defined]


def _parked(request: HttpRequest) -> int:
    return parked_count()


def _not_in_step(request: HttpRequest) -> int:
    return count_refused()


def _data_requests(request: HttpRequest) -> int:
    return count_open_requests()


def _money_waiting(request: HttpRequest) -> int:
    return count_open(request.actor)  # type: ignore[attr-defined]


def _register_desk() -> None:
    watch, manage = _("Theo dõi"), _("Quản trị")
    register_links(
        DeskLink(
            "inbox", _("Việc"), "inbox", "inbox", "desk.enter", "", 1, "v", count=_waiting, is_hot=True, in_bar=True
        ),
        DeskLink(
            "signing", _("Ký số"), "signature", "signing_queue", "signing.sign", "", 4, "k", count=_to_sign, is_hot=True
        ),
        DeskLink("notices", _("Thông báo"), "bell", "notices", "desk.enter", "", 5, "t", count=_unread, is_hot=True),
        DeskLink("registries", _("Tra cứu dữ liệu"), "database", "registries", "registry.look_up", "", 30),
        DeskLink("person_prove", _("Xác thực tại quầy"), "id", "person_prove", "person.prove", "", 31),
        DeskLink(
            "representations",
            _("Người đại diện tổ chức"),
            "building",
            "representations",
            "representation.accept",
            "",
            32,
        ),
        DeskLink(
            "datarequests",
            _("Yêu cầu về dữ liệu"),
            "mail-question",
            "datarequests",
            "privacy.answer",
            "",
            33,
            count=_data_requests,
            is_hot=True,
        ),
        DeskLink(
            "payments", _("Thu phí"), "coin", "payments", "payment.read", "", 6, count=_money_waiting, is_hot=True
        ),
        DeskLink("board", _("Bảng đúng hẹn"), "clock-check", "board", "desk.enter", watch, 60, "b", in_bar=True),
        DeskLink("wall", _("Màn hình điều hành"), "device-desktop-analytics", "wall", "wall.watch", watch, 61, "m"),
        DeskLink("ratings", _("Người dân đánh giá"), "mood-smile", "ratings", "rating.read", watch, 62),
        DeskLink("units", _("Đơn vị"), "building-community", "units", "org.manage", manage, 70),
        DeskLink("officers", _("Cán bộ"), "users", "officers", "org.manage", manage, 71),
        DeskLink("calendars", _("Lịch làm việc"), "calendar", "calendars", "calendar.manage", manage, 72),
        DeskLink("area_list", _("Địa bàn"), "map-2", "area_list", "place.manage", manage, 72),
        DeskLink("categories", _("Loại việc"), "tags", "categories", "category.manage", manage, 73),
        DeskLink("routing", _("Chuyển việc"), "route", "routing", "routing.manage", manage, 74),
        DeskLink("clock_rules", _("Thời hạn"), "hourglass", "clock_rules", "clock.manage", manage, 75),
        DeskLink("admin_procedures", _("Thủ tục"), "files", "admin_procedures", "procedure.manage", manage, 75),
        DeskLink("cost_inputs", _("Chi phí tuân thủ"), "calculator", "cost_inputs", "cost.manage", manage, 75),
        DeskLink("form_list", _("Biểu mẫu"), "forms", "form_list", "form.manage", manage, 75),
        DeskLink(
            "rating_questions",
            _("Câu hỏi đánh giá"),
            "clipboard-text",
            "rating_questions",
            "ratingquestion.manage",
            manage,
            76,
        ),
        DeskLink("surveys", _("Khảo sát hài lòng"), "clipboard-list", "surveys", "survey.manage", manage, 76),
        DeskLink("templates", _("Mẫu tin nhắn"), "message-2", "templates", "template.manage", manage, 76),
        DeskLink("devices", _("Máy tại nơi tiếp nhận"), "device-tablet", "devices", "device.manage", manage, 74),
        DeskLink("service_keys", _("Hệ thống kết nối"), "plug-connected", "service_keys", "service.manage", manage, 77),
        DeskLink(
            "signing_keys",
            _("Chữ ký số"),
            "certificate",
            "signing_keys",
            "signing.manage",
            manage,
            77,
            count=_ending,
            is_hot=True,
        ),
        DeskLink("access_log", _("Lượt xem dữ liệu cá nhân"), "eye", "access_log", "org.manage", manage, 78),
        DeskLink("outbox", _("Tin gửi đi"), "mail", "outbox", "system.watch", manage, 79, count=_parked, is_hot=True),
        DeskLink("connections", _("Đường gửi tin"), "plug", "connections", "system.watch", manage, 80),
        DeskLink(
            "exchange",
            _("Đồng bộ"),
            "cloud-upload",
            "exchange",
            "exchange.watch",
            manage,
            80,
            count=_not_in_step,
            is_hot=True,
        ),
        DeskLink("readers", _("Sức khỏe hệ thống"), "heartbeat", "readers", "system.watch", manage, 81),
    )
