"""What signatures prove, judged by the roots that this city believes."""

import threading

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.signing.queries.roots import trusted
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.pdfsign.findings import UnreadableError, Verification

MOST_AT_ONCE = 2  # in each process: each takes half a second of a core at least

PROBLEMS: dict[str, Promise] = {
    "no_pdf": gettext_lazy("Tệp này không phải là PDF. Bạn hãy chọn tệp PDF đã ký."),
    "damaged": gettext_lazy("Tệp này bị hỏng hoặc chưa tải lên hết, nên không đọc được chữ ký. Hãy xin lại bản gốc."),
    "encrypted": gettext_lazy("Tệp này có mật khẩu, nên không đọc được chữ ký. Hãy xin bản không đặt mật khẩu."),
    "bomb": gettext_lazy("Tệp này bung ra lớn bất thường, có thể được làm để gây hại. Chúng tôi không mở."),
    "too_many": gettext_lazy("Tệp này có quá nhiều trang, chữ ký hoặc lần sửa, nên chúng tôi không kiểm tra."),
    "heavy": gettext_lazy("Tệp này mất quá nhiều thời gian để đọc, nên chúng tôi đã dừng lại."),
}
TRUST_WORDS: dict[str, Promise] = {
    "trusted": gettext_lazy("Người ký được một tổ chức chúng tôi tin cậy xác nhận."),
    "unknown": gettext_lazy("Chưa biết ai xác nhận người ký: nơi cấp chứng thư không có trong danh sách tin cậy."),
    "expired": gettext_lazy("Chứng thư của người ký đã hết hạn, và không có dấu thời gian chứng minh đã ký trước đó."),
    "not_yet": gettext_lazy("Chứng thư của người ký chưa có hiệu lực."),
    "revoked": gettext_lazy("Chứng thư của người ký đã bị thu hồi."),
    "unfit": gettext_lazy("Chứng thư này không được cấp để ký văn bản."),
    "weak": gettext_lazy("Chữ ký dùng cách mã hoá đã lỗi thời, có thể bị giả."),
    "broken": gettext_lazy("Không xác nhận được người ký."),
}
_places = threading.BoundedSemaphore(MOST_AT_ONCE)


def verify(pdf: bytes) -> Verification:
    """Of our own documents, in this process (20 ms). Raises Refused("unreadable") with plain words."""
    from motcua.lib.pdfsign.verifying import verify as verify_here

    roots = trusted()
    try:
        return verify_here(pdf, roots=roots.real, test_roots=roots.test, at=moment.now())
    except UnreadableError as error:
        raise _unreadable(error) from error


def verify_distrusted(pdf: bytes) -> Verification:
    """Of a stranger's document, in a process of its own with bounds on memory and time. Nothing of it is kept."""
    from motcua.lib.pdfsign.apart import verify_apart

    roots = trusted()
    if not _places.acquire(timeout=5):
        raise Refused("busy", _("Đang có nhiều người kiểm tra cùng lúc. Bạn thử lại sau một phút."), retry_after=60)
    try:
        return verify_apart(pdf, roots=roots.real, test_roots=roots.test, at=moment.now())
    except UnreadableError as error:
        raise _unreadable(error) from error
    finally:
        _places.release()


def _unreadable(error: UnreadableError) -> Refused:
    code = str(error.args[0])
    return Refused("unreadable", str(PROBLEMS[code]), problem=code)
