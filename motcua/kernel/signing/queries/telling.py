"""What a verification says, in words: for the public page, for dossiers, for the command line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.signing.queries.verifying import TRUST_WORDS
from motcua.lib.pdfsign.findings import Signature, Verification


@dataclass(frozen=True, slots=True)
class Told:
    """``tone``: ok | warn | bad | info, as notes have it. ``facts``: pairs of name and value."""

    tone: str
    icon: str
    title: str
    text: str
    facts: Sequence[tuple[str, str]] = ()


def verdict(found: Verification) -> Told:
    """The document in one sentence."""
    match found.verdict:
        case "good":
            return Told(
                "ok", "circle-check", _("Chữ ký hợp lệ"),
                _("Văn bản còn nguyên như lúc ký, và người ký được nơi chúng tôi tin cậy xác nhận."),
            )  # fmt: skip
        case "test":
            return Told(
                "warn", "flask", _("Chữ ký thử nghiệm"),
                _("Văn bản còn nguyên như lúc ký, nhưng khoá ký chỉ để chạy thử: không có giá trị pháp lý."),
            )  # fmt: skip
        case "broken":
            return Told(
                "bad", "alert-circle", _("Văn bản đã bị thay đổi sau khi ký"),
                _("Đừng dùng tệp này. Hãy xin lại bản gốc ở cơ quan đã ký."),
            )  # fmt: skip
        case "doubtful":
            return Told(
                "warn", "alert-triangle", _("Chưa xác nhận được người ký"),
                _("Có chữ ký mà chúng tôi không xác nhận được. Xem lý do ở từng chữ ký bên dưới."),
            )  # fmt: skip
    return Told(
        "info", "file-unknown", _("Tệp này không có chữ ký số"), _("Bản in ra rồi quét lại không còn chữ ký số.")
    )


def one_by_one(found: Verification) -> list[Told]:
    """Each signature, oldest first."""
    return [_signature(one) for one in found.signatures]


def _signature(one: Signature) -> Told:
    if one.kind == "unknown":
        text = _("Chữ ký này theo cách mà hệ thống không đọc được, nên không được tính.")
        return Told("warn", "help-circle", _("Chữ ký không đọc được"), text)
    if not one.is_intact:
        tone, icon, text = "bad", "alert-circle", _("Nội dung đã khác lúc ký.")
    elif one.changes == "forbidden":
        tone, icon, text = "bad", "alert-circle", _("Sau chữ ký này, văn bản đã bị thêm hoặc sửa nội dung.")
    elif one.changes == "filled":
        tone, icon, text = "warn", "alert-triangle", _("Sau chữ ký này, có ô trong văn bản được điền thêm hoặc sửa.")
    elif not one.is_trusted:
        tone, icon, text = "warn", "alert-triangle", str(TRUST_WORDS[one.trust])
        if one.trust == "expired" and one.was_valid_when_claimed:
            text += " " + _("Theo giờ máy của người ký thì lúc ký còn hạn.")
    elif one.is_test:
        tone, icon, text = "warn", "flask", _("Khoá này chỉ để chạy thử, không có giá trị pháp lý.")
    elif one.kind == "timestamp":
        tone, icon, text = "info", "clock", _("Dấu thời gian: cho biết văn bản có lúc nào, không phải chữ ký của ai.")
    else:
        tone, icon, text = "ok", "circle-check", str(TRUST_WORDS["trusted"])
    return Told(tone, icon, one.signer, text, _facts(one))


def _facts(one: Signature) -> list[tuple[str, str]]:
    changes = {
        "none": _("Không có gì thêm"),
        "allowed": _("Chỉ thêm chữ ký khác hoặc dấu thời gian"),
        "filled": _("Có ô được điền thêm hoặc sửa"),
        "forbidden": _("Nội dung bị thêm hoặc sửa"),
    }
    facts = [
        (_("Đơn vị"), one.organisation),
        (_("Nơi cấp chứng thư"), one.issuer),
        (_("Hiệu lực chứng thư"), _span(one.valid_from, one.valid_to)),
        (_("Ký lúc"), _moment(one.claimed_at) + f" ({_('theo máy của người ký')})" if one.claimed_at else ""),
        (_("Dấu thời gian"), f"{_moment(one.stamped_at)}, {one.stamped_by}" if one.stamped_at else ""),
        (_("Lý do ký"), one.reason),
        (_("Từ khi ký"), changes[one.changes] if one.is_intact else ""),
        (_("Kiểu chữ ký"), f"PAdES {one.level}" if one.level else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%H:%M:%S %d/%m/%Y}" if at else ""


def _span(since: datetime | None, until: datetime | None) -> str:
    if since is None or until is None:
        return ""
    return f"{timezone.localtime(since):%d/%m/%Y} – {timezone.localtime(until):%d/%m/%Y}"
