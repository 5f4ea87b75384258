"""Names, telephone numbers and addresses of people: one spelling for look-up, and how they look when hidden."""

import re
import unicodedata

_HIDDEN = "•••"
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def normal_phone(text: str) -> str:
    """``+84905123456`` for ``0905 123 456``, ``84905.123.456``, ``(+84) 905123456``; empty when it is no number.

    Numbers of other countries must be written with their ``+`` or ``00``.
    """
    written = unicodedata.normalize("NFKC", text).strip()
    digits = re.sub(r"\D", "", written)
    if re.search(r"[^\d\s().+\-]", written) or not digits:
        return ""
    if written.lstrip("( ").startswith("+") or digits.startswith("00"):
        digits = digits.removeprefix("00")
    elif digits.startswith("0"):
        digits = "84" + digits[1:]
    elif not digits.startswith("84"):
        return ""
    digits = "84" + digits[3:] if digits.startswith("840") else digits
    return f"+{digits}" if 9 <= len(digits) <= 15 else ""


def normal_email(text: str) -> str:
    """Lower case, composed; empty when it is no address."""
    email = unicodedata.normalize("NFKC", text).strip().casefold()
    return email if _EMAIL.fullmatch(email) and len(email) <= 254 else ""


def shown_phone(phone: str) -> str:
    """In groups of 4-3-3, as it is written here: ``0905 123 456``."""
    digits = "0" + phone[3:] if phone.startswith("+84") else phone
    return f"{digits[:4]} {digits[4:7]} {digits[7:]}" if re.fullmatch(r"0\d{9}", digits) else digits


def masked_name(name: str) -> str:
    """``Nguyễn Văn An`` → ``N. V. A.``"""
    return " ".join(f"{word[0]}." for word in unicodedata.normalize("NFC", name).split())


def masked_phone(phone: str) -> str:
    """``0905 123 456`` → ``••• 456``"""
    return f"{_HIDDEN} {phone[-3:]}" if len(phone) > 6 else (_HIDDEN if phone else "")


def masked_email(email: str) -> str:
    """``an.nguyen@example.vn`` → ``a•••@example.vn``"""
    local, at, domain = email.partition("@")
    return f"{local[:1]}{_HIDDEN}@{domain}" if at else (_HIDDEN if email else "")


def masked_national_id(number: str) -> str:
    """``068085000123`` → ``068••••0123``"""
    return f"{number[:3]}••••{number[-4:]}" if len(number) >= 9 else (_HIDDEN if number else "")
