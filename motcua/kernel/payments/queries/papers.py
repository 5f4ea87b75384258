"""A receipt as a paper (PDF by Typst) and as data (XML)."""

from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.utils import timezone

from motcua.kernel.payments.kind import Charge, Line, ReceiptKind
from motcua.kernel.payments.models import Receipt
from motcua.kernel.payments.queries.obligations import payer_of
from motcua.lib.money import money, money_in_words
from motcua.lib.printing import pdf

TEMPLATES = Path(__file__).resolve().parents[1] / "templates" / "payments" / "print"
TITLES = {
    ReceiptKind.ORIGINAL: "BIÊN LAI THU PHÍ, LỆ PHÍ",
    ReceiptKind.REPLACEMENT: "BIÊN LAI THU PHÍ, LỆ PHÍ",
    ReceiptKind.ADJUSTMENT: "BIÊN LAI ĐIỀU CHỈNH",
}


def receipt_pdf(receipt: Receipt) -> bytes:
    """In Vietnamese, as the law writes it; without a signature yet."""
    payer = payer_of(receipt.payer_sealed)
    at = timezone.localtime(receipt.issued_at)
    data = {
        "title": TITLES[ReceiptKind(receipt.kind)],
        "form": receipt.series.form,
        "symbol": receipt.series.symbol,
        "number": receipt.shown_number,
        "agency": receipt.agency,
        "tax_code": receipt.tax_code,
        "address": receipt.address,
        "payer": payer.name,
        "payer_address": payer.address,
        "payer_identifier": payer.identifier,
        "lines": [
            {"name": line.name, "kind": str(Charge(line.kind).label), "amount": money(line.amount)}
            for line in map(Line.from_json, receipt.lines)
        ],
        "total": money(receipt.amount),
        "words": _written(receipt.amount),
        "means": receipt.means,
        "case": receipt.obligation.case.code,
        "note": note_of(receipt),
        "day": f"Ngày {at.day:02d} tháng {at.month:02d} năm {at.year}",
        "collector": receipt.issued_by_name if receipt.issued_by.startswith("officer:") else "",
    }
    return pdf(TEMPLATES / "receipt.typ", data, fonts=settings.PRINT_FONTS)


def _written(amount: int) -> str:
    return (
        money_in_words(amount)
        if amount >= 0
        else f"Giảm {money_in_words(-amount)[0].lower()}{money_in_words(-amount)[1:]}"
    )


def note_of(receipt: Receipt) -> str:
    if receipt.replaces is None:
        return ""
    old = (
        f"{receipt.replaces.series.form}, ký hiệu {receipt.replaces.series.symbol}, số {receipt.replaces.shown_number}"
    )
    verb = "Điều chỉnh" if receipt.kind == ReceiptKind.ADJUSTMENT else "Thay thế"
    return f"{verb} biên lai mẫu {old}. Lý do: {receipt.reason}"


def receipt_xml(receipt: Receipt) -> bytes:
    """The same as data, for the agency's accounts and the tax authority; element names as in the regulations' words."""
    payer = payer_of(receipt.payer_sealed)
    root = Element("BienLai")
    about = {
        "KyHieuMau": receipt.series.form,
        "KyHieu": receipt.series.symbol,
        "So": receipt.shown_number,
        "NgayLap": timezone.localtime(receipt.issued_at).isoformat(timespec="seconds"),
        "TenCoQuanThu": receipt.agency,
        "MSTCoQuanThu": receipt.tax_code,
        "HoTenNguoiNop": payer.name,
        "DiaChiNguoiNop": payer.address,
        "MaNguoiNop": payer.identifier,
        "HinhThucThanhToan": receipt.means,
        "MaHoSo": receipt.obligation.case.code,
        "TongTien": str(receipt.amount),
        "TongTienBangChu": _written(receipt.amount),
        "GhiChu": note_of(receipt),
    }
    for name, value in about.items():
        SubElement(root, name).text = value
    listed = SubElement(root, "DSKhoanThu")
    for line in map(Line.from_json, receipt.lines):
        item = SubElement(listed, "KhoanThu")
        for name, value in (
            ("Ma", line.code),
            ("Loai", line.kind),
            ("Ten", line.name),
            ("SoTien", str(line.amount)),
        ):
            SubElement(item, name).text = value
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made
