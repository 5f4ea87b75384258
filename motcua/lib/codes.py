"""Codes that people read out, and tokens that nobody may guess."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_ZONE: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_DATES: Final = {"yymmdd": "%y%m%d", "yyyymmdd": "%Y%m%d", "yyyy": "%Y", "yy": "%y"}
_GAP: Final = re.compile(r"\{(\w+)(?::0(\d{1,2})d)?\}")
_SEPARATORS: Final = r"[\s.\-\u2010-\u2015]*"

DOSSIER_CODE: Final = re.compile(r"[A-Z0-9.]{3,35}-(\d{6}|\d{8})-\d{4,10}")
"""Every form of mã hồ sơ in use (facts §1.3): old, by QĐ 20/2020, of ministries. It carries no meaning for us."""

AGENCY_CODE: Final = re.compile(r"^(?:[A-Z]\d{2}(\.\d{2,})*|\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2})$")
"""Mã định danh cơ quan: QĐ 20/2020/QĐ-TTg, or the older form of QCVN 102:2016. At most 35 characters."""

PROCEDURE_CODE: Final = re.compile(r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?")
"""Mã thủ tục hành chính: national, or the form of one province."""


@dataclass(frozen=True, slots=True)
class ReadCode:
    code: str
    """As we write it."""
    number: int
    day: date | None


@dataclass(frozen=True, slots=True)
class _Template:
    text: str
    date_format: str
    width: int
    written: re.Pattern[str]


@lru_cache(maxsize=256)
def _template(text: str) -> _Template:
    """Check a template such as ``PA-{yymmdd}-{number:04d}``. Raises ``ValueError`` that names what it lacks."""
    date_format, width, numbers, place = "", 1, 0, 0
    pattern = []
    for gap in _GAP.finditer(text):
        pattern.append(_literal(text[place : gap.start()]))
        place = gap.end()
        if gap[1] == "number":
            numbers, width = numbers + 1, int(gap[2] or 1)
            pattern.append(rf"(?P<number>\d{{{width},18}})" if numbers == 1 else "")
        elif gap[1] in _DATES and not date_format and not gap[2]:
            date_format = _DATES[gap[1]]
            digits = {"yymmdd": 6, "yyyymmdd": 8, "yyyy": 4, "yy": 2}[gap[1]]
            pattern.append(rf"(?P<day>\d{{{digits}}})")
        else:
            raise ValueError(f"Mẫu mã “{text}” có phần {gap[0]} không hiểu được.")
    rest = text[place:]
    if numbers != 1 or "{" in _GAP.sub("", text) or "}" in _GAP.sub("", text):
        raise ValueError(f"Mẫu mã “{text}” phải có đúng một phần {{number}}, như “PA-{{yymmdd}}-{{number:04d}}”.")
    return _Template(
        _GAP.sub(r"{\1}", text),
        date_format,
        width,
        re.compile("".join((*pattern, _literal(rest))), re.IGNORECASE | re.ASCII),
    )


def _literal(text: str) -> str:
    """Matches ``text`` however its parts were parted: ``PA-``, ``pa ``, ``PA–``."""
    return _SEPARATORS.join(re.escape(part) for part in re.split(_SEPARATORS.replace("*", "+"), text))


def render_code(template: str, *, number: int, at: datetime) -> str:
    """The code of thing ``number`` that came at ``at``, by Vietnam's date: ``PA-261120-0412``."""
    checked = _template(template)
    return _written(checked, number, at.astimezone(_ZONE).date())


def _written(template: _Template, number: int, day: date) -> str:
    told = f"{day:{template.date_format}}" if template.date_format else ""
    values = dict.fromkeys(_DATES, told) | {"number": f"{number:0{template.width}d}"}
    return _GAP.sub(lambda gap: values[gap[1]], template.text)


def read_code(template: str, text: str) -> ReadCode | None:
    """What a person typed or read out (``pa 261120 0412``), when it can be a code of ``template``; else None."""
    checked = _template(template)
    found = checked.written.fullmatch(text.strip())
    if found is None:
        return None
    day: date | None = None
    if checked.date_format:
        try:
            day = datetime.strptime(found["day"], checked.date_format).date()  # noqa: DTZ007  # a date has no zone
        except ValueError:
            return None
    number = int(found["number"])
    return ReadCode(_written(checked, number, day or date.min), number, day)


_CLEAR: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without 0 O, 1 I L, and U, which reads like V


def human_code(length: int = 8) -> str:
    """A random code to read out or copy from paper: ``K7MN-3QPX``; 8 letters are 39 bits, so limit the attempts."""
    letters = "".join(secrets.choice(_CLEAR) for _ in range(length))
    return "-".join(letters[place : place + 4] for place in range(0, length, 4))


def read_human_code(text: str) -> str | None:
    """``human_code`` as it was written, from ``k7mn 3qpx``; None when a letter is in it that codes never have."""
    letters = re.sub(r"[\s\-\u2010-\u2015]", "", text).upper()
    if not letters or not set(letters) <= set(_CLEAR):
        return None
    return "-".join(letters[place : place + 4] for place in range(0, len(letters), 4))


def row_number(text: str) -> int | None:
    """The key of a row as it stands in an address or a form; None for anything else, and for more than a key holds."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def private_token() -> str:
    """For a private link: 256 bits, safe in a URL."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored of a token, so that who reads the table cannot open the links."""
    return hashlib.sha256(token.encode()).hexdigest()
