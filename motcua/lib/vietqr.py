"""VietQR: the code of a bank transfer (NAPAS, on EMVCo's merchant-presented codes), built and strictly read.

A code is a row of data objects: two digits of tag, two of length in characters, the value. Some values are rows again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from motcua.lib.sms import toneless

NAPAS: Final = "A000000727"
TO_ACCOUNT, TO_CARD, TO_MERCHANT = "QRIBFTTA", "QRIBFTTC", "QRPUSH"
STATIC, DYNAMIC = "11", "12"
DONG: Final = "704"
LONGEST_PURPOSE: Final = 25  # characters that every bank keeps
LONGEST_ACCOUNT: Final = 19
LONGEST: Final = 512

_ROWS: Final = frozenset(f"{tag:02d}" for tag in (*range(26, 52), 62, 64, *range(80, 100)))
_PRINTABLE: Final = re.compile(r"[ -~]*")
_AMOUNT: Final = re.compile(r"\d{1,12}(?:\.\d{0,2})?")
_BIN: Final = re.compile(r"\d{6}")
_ACCOUNT: Final = re.compile(rf"[0-9A-Za-z]{{1,{LONGEST_ACCOUNT}}}")


class QRError(ValueError):
    """The text is no code that may be trusted; says where."""


def crc(text: str) -> str:
    """CRC-16/CCITT-FALSE (0x1021, from 0xFFFF, not reflected) as four upper-case hex digits."""
    value = 0xFFFF
    for byte in text.encode("ascii"):
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1) ^ 0x1021 if value & 0x8000 else value << 1
            value &= 0xFFFF
    return f"{value:04X}"


@dataclass(frozen=True, slots=True)
class Transfer:
    """A transfer to an account (or card) at the bank ``bin``. Without an amount whoever pays types it."""

    bin: str
    account: str
    amount: int | None = None  # đồng
    purpose: str = ""
    bill: str = ""
    reference: str = ""
    terminal: str = ""
    service: str = TO_ACCOUNT
    merchant: str = ""
    city: str = ""
    category: str = ""  # MCC
    is_dynamic: bool = True  # made for one payment

    def text(self) -> str:
        """What the picture holds. Raises QRError for what banks would not read."""
        if not _BIN.fullmatch(self.bin) or not _ACCOUNT.fullmatch(self.account):
            raise QRError("a bank has six digits, an account 1 to 19 letters and digits")
        if self.amount is not None and not 0 < self.amount < 10**13:
            raise QRError("an amount has 1 to 13 digits")
        to = _object("00", self.bin) + _object("01", self.account)
        account = _object("00", NAPAS) + _object("01", to) + _object("02", self.service)
        more = "".join(
            _object(tag, value)
            for tag, value in (
                ("01", self.bill),
                ("05", self.reference),
                ("07", self.terminal),
                ("08", plain_purpose(self.purpose)),
            )
        )
        parts = (
            ("00", "01"),
            ("01", DYNAMIC if self.is_dynamic else STATIC),
            ("38", account),
            ("52", self.category),
            ("53", DONG),
            ("54", "" if self.amount is None else str(self.amount)),
            ("58", "VN"),
            ("59", toneless(self.merchant)[:25]),
            ("60", toneless(self.city)[:15]),
            ("62", more),
        )
        body = "".join(_object(tag, value) for tag, value in parts) + "6304"
        return body + crc(body)


def plain_purpose(text: str, longest: int = LONGEST_PURPOSE) -> str:
    """Without tones and odd characters, and short enough that no bank cuts it."""
    kept = re.sub(r"[^A-Za-z0-9 .,_/:-]+", " ", toneless(text))
    return " ".join(kept.split())[:longest].rstrip()


def _object(tag: str, value: str) -> str:
    if not value:
        return ""
    if len(value) > 99 or not _PRINTABLE.fullmatch(value):
        raise QRError(f"{tag}: longer than 99 characters, or not plain ASCII")
    return f"{tag}{len(value):02d}{value}"


# ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Code:
    """Any EMVCo code: values by tag, those that are rows by ``tag/tag``, at any depth that its scheme has."""

    values: Mapping[str, str]

    @property
    def is_dynamic(self) -> bool:
        return self.values.get("01") == DYNAMIC

    @property
    def amount(self) -> Decimal | None:
        return Decimal(self.values["54"]) if "54" in self.values else None

    def transfer(self) -> Transfer:
        """The VietQR transfer in it. Raises QRError when it is another scheme's code, or not as NAPAS lays it out."""
        found = {tag.removeprefix("38/"): value for tag, value in self.values.items() if tag.startswith("38/")}
        if found.get("00") != NAPAS:
            raise QRError("38/00: not a VietQR code")
        if set(found) != {"00", "01", "01/00", "01/01", "02"}:
            raise QRError(f"38: holds {', '.join(sorted(found))}; VietQR has 00, 01 (with 00 and 01) and 02")
        if found["02"] not in (TO_ACCOUNT, TO_CARD, TO_MERCHANT):
            raise QRError(f"38/02: no service {found['02']}")
        if not _BIN.fullmatch(found["01/00"]) or not _ACCOUNT.fullmatch(found["01/01"]):
            raise QRError("38/01: no bank, or no account")
        if self.values.get("53") != DONG:
            raise QRError("53: not in đồng")
        if self.amount is not None and self.amount % 1:
            raise QRError("54: not whole đồng")
        return Transfer(
            bin=found["01/00"],
            account=found["01/01"],
            amount=None if self.amount is None else int(self.amount),
            purpose=self.values.get("62/08", ""),
            bill=self.values.get("62/01", ""),
            reference=self.values.get("62/05", ""),
            terminal=self.values.get("62/07", ""),
            service=found["02"],
            merchant=self.values.get("59", ""),
            city=self.values.get("60", ""),
            category=self.values.get("52", ""),
            is_dynamic=self.is_dynamic,
        )


def parse(text: str) -> Code:
    """Raises QRError: not plain ASCII, a length that does not fit, a tag twice, a wrong sum, an odd frame or amount."""
    if len(text) > LONGEST or not _PRINTABLE.fullmatch(text):
        raise QRError("too long, or not plain ASCII")
    values = _row(text, "")
    tags = [tag for tag in values if "/" not in tag]
    if not tags or tags[0] != "00" or values["00"] != "01":
        raise QRError("00: does not begin as an EMVCo code")
    if tags[-1] != "63" or text[-8:-4] != "6304":
        raise QRError("63: does not end with its check sum")
    if crc(text[:-4]) != text[-4:]:
        raise QRError("63: the check sum is wrong")
    if values.get("01", STATIC) not in (STATIC, DYNAMIC):
        raise QRError("01: neither static nor dynamic")
    if "54" in values and not (_AMOUNT.fullmatch(values["54"]) and Decimal(values["54"]) > 0):
        raise QRError("54: no amount")
    return Code(values)


def _row(text: str, path: str) -> dict[str, str]:
    values: dict[str, str] = {}
    at = 0
    while at < len(text):
        tag, length = text[at : at + 2], text[at + 2 : at + 4]
        name = f"{path}{tag}"
        if not (len(tag) == len(length) == 2 and tag.isdigit() and length.isdigit()) or length == "00":
            raise QRError(f"{name}: no tag and length at character {at}")
        value = text[at + 4 : at + 4 + int(length)]
        if len(value) != int(length):
            raise QRError(f"{name}: ends before its {int(length)} characters")
        if name in values:
            raise QRError(f"{name}: stands twice")
        values[name] = value
        # Inside a scheme's template only VietQR's account is a row again; what others put there is their own.
        if (not path and tag in _ROWS) or (name == "38/01" and values.get("38/00") == NAPAS):
            values |= _row(value, f"{name}/")
        at += 4 + int(length)
    return values
