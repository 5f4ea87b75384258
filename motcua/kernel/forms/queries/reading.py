"""From what was typed to the one spelling that is kept. What cannot be read says how to write it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Field, Kind
from motcua.kernel.places import queries as places
from motcua.lib import contacts
from motcua.lib.identifiers import read_national_id, read_tax_code
from motcua.lib.money import parse_money

_GROUPED = re.compile(r"[+-]?\d{1,3}([. ]\d{3})+")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
_DECIMAL = re.compile(r"[+-]?\d{1,15}([.,]\d{1,9})?")
_DAY = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2})[\s/.\-]+(\d{4})|(\d{2})(\d{2})(\d{4})")
_PLATE = re.compile(r"(\d{2})([A-ZĐ]{1,2}|[A-Z]\d)-?(\d{4,5})")
_CODE = re.compile(r"\d{2,5}")
EARLIEST, LATEST = date(1800, 1, 1), date(2200, 1, 1)


class Unreadable(ValueError):  # noqa: N818  it is said to the person, nothing broke
    """``part`` is the part of the field at which it went wrong, such as ``area`` of an address."""

    def __init__(self, words: str, part: str = "") -> None:
        super().__init__(words)
        self.part = part


def is_empty(value: Any) -> bool:
    """Nothing was given: no text, no file, no part of it. False and 0 are answers."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return all(is_empty(part) for part in value.values())
    if isinstance(value, list):
        return all(is_empty(part) for part in value)
    return value is None


def read_value(one: Field, given: Any, language: str) -> Any:
    """Raises ``Unreadable`` with words for the person. ``given`` is not empty."""
    reader: Callable[[Field, Any], Any] = _READERS.get(one.kind, _text)
    return reader(one, given)


def plain(text: str) -> str:
    """One Unicode form, no control characters, single spaces."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(char if char.isprintable() else " " for char in composed).split())


def _string(given: Any) -> str:
    if not isinstance(given, str):
        raise Unreadable(_("Viết bằng chữ."))
    return given[:40_000]


def _text(one: Field, given: Any) -> str:
    return plain(_string(given))


def _long_text(one: Field, given: Any) -> str:
    lines = unicodedata.normalize("NFC", _string(given)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(char if char.isprintable() else " " for char in line).rstrip() for line in lines).strip()


def _integer(one: Field, given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, (int, str, float)):
        raise Unreadable(_("Viết một số."))
    if isinstance(given, float):
        if not given.is_integer():
            raise Unreadable(_("Viết số nguyên, không có phần lẻ."))
        return int(given)
    text = str(given).strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"[. ]", "", text)
    if not _WHOLE.fullmatch(text):
        raise Unreadable(_("Viết bằng chữ số, ví dụ %(example)s.") % {"example": max(2, int(one.least or 0))})
    return int(text)


def _number(one: Field, given: Any) -> float | int:
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return given
    text = _string(given).strip()
    if not _DECIMAL.fullmatch(text):
        raise Unreadable(_("Viết bằng chữ số, ví dụ 12,5."))
    number = float(text.replace(",", "."))
    return int(number) if number.is_integer() else number


def _money(one: Field, given: Any) -> int:
    if isinstance(given, (int, float)):
        return _integer(one, given)
    try:
        return parse_money(_string(given))
    except ValueError:
        raise Unreadable(_("Viết số tiền bằng đồng, ví dụ 150.000.")) from None


def read_day(text: str) -> date | None:
    """From ``20/11/1990``, ``20-11-1990``, ``20111990``, ``1990-11-20``; None when it is no date in writing.

    Raises ValueError for a day that does not exist."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups() if part is not None)
    return date(year, month, day)


def _date(one: Field, given: Any) -> str:
    text = _string(given)
    try:
        day = read_day(text)
    except ValueError:
        raise Unreadable(_("Không có ngày %(day)s. Xem lại ngày và tháng.") % {"day": text.strip()[:20]}) from None
    if day is None:
        raise Unreadable(_("Viết ngày, tháng, năm đủ 4 chữ số, ví dụ 20/11/1990."))
    if not EARLIEST <= day <= LATEST:
        raise Unreadable(_("Xem lại năm %(year)s.") % {"year": day.year})
    return day.isoformat()


def _yes_no(one: Field, given: Any) -> bool:
    if given in (True, "yes", "true", "on", "1"):
        return True
    if given in (False, "no", "false", "0"):
        return False
    raise Unreadable(_("Chọn có hoặc không."))


def _phone(one: Field, given: Any) -> str:
    number = contacts.normal_phone(_string(given))
    if not number:
        raise Unreadable(_("Viết số điện thoại, ví dụ 0905 123 456."))
    return number


def _email(one: Field, given: Any) -> str:
    address = contacts.normal_email(_string(given))
    if not address:
        raise Unreadable(_("Viết địa chỉ thư, ví dụ ten@example.vn."))
    return address


def _national_id(one: Field, given: Any) -> str:
    found = read_national_id(_string(given))
    if found is not None:
        return found.number
    typed = re.sub(r"[\s.\-]", "", given)
    if not typed.isdecimal():
        raise Unreadable(_("Số định danh chỉ có chữ số. Xem trên thẻ căn cước."))
    raise Unreadable(_("Nhập đủ 12 chữ số, bạn đã nhập %(count)d.") % {"count": len(typed)})


def _tax_code(one: Field, given: Any) -> str:
    """Of an organisation; of a person or a household business it is the personal number (facts §9.1)."""
    text = _string(given)
    person = read_national_id(text)
    code = person.number if person is not None else read_tax_code(text)
    if not code:
        raise Unreadable(_("Mã số thuế có 10 chữ số, 10-3 chữ số, hoặc là 12 số định danh."))
    return code


def _plate(one: Field, given: Any) -> str:
    text = re.sub(r"[\s.]", "", unicodedata.normalize("NFC", _string(given))).upper().replace("-", "", 1)
    found = _PLATE.fullmatch(text) if len(text) <= 10 else None
    if found is None:
        raise Unreadable(_("Viết biển số như 49A-123.45 hoặc 49B1-123.45."))
    province, series, number = found.groups()
    # 49B112345: six digits behind the letter are a series of motorbikes and five digits.
    digits = text[len(province) :].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZĐ")
    if len(series) == 1 and len(digits) == 6:
        series, number = f"{series}{digits[0]}", digits[1:]
    return f"{province}{series}-{number}"


def _choices(one: Field, given: Any) -> list[str]:
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list):
        raise Unreadable(_("Chọn trong danh sách."))
    order = {option.value: place for place, option in enumerate(one.options)}
    chosen = list(dict.fromkeys(str(value) for value in given if value))
    return sorted(chosen, key=lambda value: order.get(value, len(order)))


def _file(one: Field, given: Any) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(token, str) for token in given):
        raise Unreadable(_("Đính kèm lại tệp."))
    return list(dict.fromkeys(token for token in given if token))


# ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _address(one: Field, given: Any) -> dict[str, str]:
    """A commune in force, or words for a place outside this city; and the line within it. A former commune that became
    one new one as a whole is replaced by it and kept beside it."""
    if not isinstance(given, Mapping):
        raise Unreadable(_("Chọn phường, xã."), "area")
    parts = {name: plain(_string(given.get(name) or "")) for name in ("line", "area", "former", "elsewhere", "place")}
    found = {"line": parts["line"]}
    if parts["elsewhere"]:
        found["elsewhere"] = parts["elsewhere"]
    elif parts["area"]:
        found |= _commune(parts["area"], parts["former"])
    elif parts["place"]:
        raise Unreadable(_("Chọn phường, xã trong danh sách tìm thấy."), "area")
    else:
        raise Unreadable(_("Chọn phường, xã."), "area")
    if not found["line"]:
        del found["line"]
    return found


def _commune(code: str, former: str) -> dict[str, str]:
    if not _CODE.fullmatch(code) or (former and not _CODE.fullmatch(former)):
        raise Unreadable(_("Chọn phường, xã."), "area")
    area = places.area_by_code(code)
    if area is not None and area.level == "commune":
        return {"area": code, **({"former": former} if former and former != code else {})}
    became = [row for row, _kind in places.successors(code) if row.is_in_force]
    if len(became) == 1:
        return {"area": became[0].code, "former": code}
    if became:
        names = ", ".join(row.full_name for row in became)
        raise Unreadable(_("Nơi này nay thuộc %(names)s. Chọn một nơi.") % {"names": names}, "area")
    raise Unreadable(_("Không còn phường, xã này. Chọn lại."), "area")


_READERS: dict[Kind, Callable[[Field, Any], Any]] = {
    Kind.TEXT_LONG: _long_text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.YES_NO: _yes_no,
    Kind.DECLARATION: _yes_no,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.NATIONAL_ID: _national_id,
    Kind.TAX_CODE: _tax_code,
    Kind.PLATE: _plate,
    Kind.CHOICES: _choices,
    Kind.FILE: _file,
    Kind.ADDRESS: _address,
}
