"""Short messages: what fits into how many parts (3GPP TS 23.038), and Vietnamese without tones to save half of them."""

import unicodedata
from dataclasses import dataclass

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM7_TWICE = frozenset("\f^{}\\[~]|€")  # each takes an escape as well
_PLAIN = str.maketrans(
    {"đ": "d", "Đ": "D", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "•": "-", "\xa0": " "}
)


@dataclass(frozen=True, slots=True)
class Size:
    encoding: str  # gsm7 | ucs2
    units: int  # septets or UTF-16 units
    parts: int


def measure(text: str) -> Size:
    """One part holds 160 or 70; each part of a longer message gives up some for the joint: 153 or 67. Where the joint
    falls into a pair that must stay together is left to the network; it adds a part at most."""
    if all(char in _GSM7 or char in _GSM7_TWICE for char in text):
        units = sum(2 if char in _GSM7_TWICE else 1 for char in text)
        return Size("gsm7", units, 1 if units <= 160 else -(-units // 153))
    units = len(text.encode("utf-16-le")) // 2
    return Size("ucs2", units, 1 if units <= 70 else -(-units // 67))


def toneless(text: str) -> str:
    """``Đã nhận phản ánh`` → ``Da nhan phan anh``."""
    apart = unicodedata.normalize("NFD", text.translate(_PLAIN))
    return "".join(char for char in apart if not unicodedata.combining(char))
