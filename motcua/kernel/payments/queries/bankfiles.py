"""A bank's list of a day as CSV. Banks name their columns differently: the names that are understood stand here."""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from motcua.kernel.payments.kind import Incoming, Means
from motcua.kernel.payments.ports import GATEWAYS
from motcua.kernel.payments.queries.gateways import references_of_requests
from motcua.lib.errors import Refused
from motcua.lib.money import parse_money
from motcua.lib.vietnamese import clean, fold

# As ``_plain`` leaves them: without tones, blanks and signs.
COLUMNS = {
    "bank_id": {"bankid", "magiaodich", "sogiaodich", "sothamchieu", "sobuttoan", "transactionid", "referencenumber",
                "reference", "ref", "id", "matracuutt", "matracuu"},
    "at": {"at", "thoigian", "ngaygiaodich", "ngaygio", "thoigiangiaodich", "thoigiangd", "ngayhieuluc", "date",
           "transactiondate", "time"},
    "amount": {"amount", "sotien", "ghico", "sotienghico", "phatsinhco", "credit", "creditamount"},
    "purpose": {"purpose", "noidung", "noidungchitiet", "diengiai", "noidungthanhtoan", "description", "remark"},
    "account": {"account", "taikhoan", "sotaikhoan", "tkthuhuong", "accountnumber"},
    "payer": {"payer", "nguoichuyen", "tennguoichuyen", "hotennguoinop", "doiung", "tendoiung"},
    "payer_account": {"payeraccount", "taikhoandoiung", "sotaikhoandoiung"},
    "state": {"state", "trangthai", "status", "trangthaigd"},
}  # fmt: skip
NEEDED = {"bank_id": _lazy("mã giao dịch"), "at": _lazy("thời gian"), "amount": _lazy("số tiền")}
DONE = {"", "1", "00", "success", "thanhcong", "dathanhtoan", "hoanthanh", "paid"}
LONGEST = 20 * 2**20  # bytes
_UNIX = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def read_bank_file(content: bytes, *, source: str, account: str) -> list[Incoming]:
    """What came in; lines of money that went out, or was not paid, are left out. Refused("invalid") names the line."""
    if len(content) > LONGEST:
        raise _wrong(_("Tệp lớn quá %(most)d MB.") % {"most": LONGEST // 2**20})
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(_("Tệp không phải chữ UTF-8. Lưu lại dạng CSV UTF-8 rồi gửi.")) from None
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        header, *lines = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except (csv.Error, ValueError):
        raise _wrong(_("Không đọc được tệp CSV này.")) from None
    places = {name: place for name, known in COLUMNS.items() for place, title in enumerate(header)
              if _plain(title) in known}  # fmt: skip
    for name, title in NEEDED.items():
        if name not in places:
            raise _wrong(_("Tệp thiếu cột “%(name)s”.") % {"name": title})
    rows = []
    for number, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: clean(cells[place]).strip() if place < len(cells) else "" for name, place in places.items()}
        if row["amount"].strip("0 .,") and _plain(row.get("state", "")) in DONE:
            rows.append(_incoming(row, number, source=source, account=account))
    if source not in GATEWAYS:
        return rows
    references = references_of_requests([row.bank_id for row in rows])
    return [_with_reference(row, references) for row in rows]


def _incoming(row: Mapping[str, str], number: int, *, source: str, account: str) -> Incoming:
    try:
        amount = parse_money(row["amount"].lstrip("+"))
    except ValueError:
        words = _("Dòng %(n)d: không đọc được số tiền “%(text)s”. Viết như 150.000.")
        raise _wrong(words % {"n": number, "text": row["amount"][:40]}) from None
    try:
        at = read_moment(row["at"])
    except ValueError:
        words = _("Dòng %(n)d: không đọc được thời gian “%(text)s”. Viết như 16/11/2026 09:00.")
        raise _wrong(words % {"n": number, "text": row["at"][:40]}) from None
    if not row["bank_id"]:
        raise _wrong(_("Dòng %(n)d: thiếu mã giao dịch.") % {"n": number})
    return Incoming(
        bank_id=row["bank_id"],
        amount=amount,
        purpose=row.get("purpose", ""),
        account=row.get("account") or account,
        at=at,
        payer=row.get("payer", ""),
        payer_account=row.get("payer_account", ""),
        means=Means.GATEWAY if source in GATEWAYS else Means.BANK,
        source=source,
    )


def _with_reference(row: Incoming, references: Mapping[str, str]) -> Incoming:
    return replace(row, reference=references.get(row.bank_id, ""))


def read_moment(text: str) -> datetime:
    """``16/11/2026 09:00:00`` on the country's clock, ISO 8601, or Unix seconds or milliseconds. Raises ValueError."""
    zone = ZoneInfo(settings.TIME_ZONE)
    if _UNIX.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if match := _DATE.fullmatch(text):
        day, month, year, hour, minute, second = (int(part) if part else 0 for part in match.groups())
        found = datetime(year, month, day, hour, minute, second, tzinfo=zone)
    else:
        found = datetime.fromisoformat(text)
    if not 1970 < found.year < 2200:  # time zones can be reckoned with on both sides of it
        raise ValueError("not of our time")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _plain(title: str) -> str:
    return re.sub("[^a-z0-9]", "", fold(title))


def _wrong(words: str) -> Refused:
    return Refused("invalid", words, fields={"file": words})
