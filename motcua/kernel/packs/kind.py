"""What a pack is made of: a city's configuration as plain files (docs/packs.md). Declarations only.

Packages declare which files are theirs with ``register_pack_part`` and bring their own tables to what the files say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.events.kind import EventKind

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.packs.queries import Pack

FORMAT = 1
SETTINGS = "pack.toml"

EVENTS = (EventKind("pack.applied", gettext_lazy("Nạp gói cấu hình {pack}"), icon="package"),)

# ── pack.toml ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Setting:
    part: str
    name: str
    kind: type
    required: bool = False


# Every key that may stand there; a guard asks that each is read somewhere.
CITY_SETTINGS = (
    Setting("pack", "name", str, required=True),
    Setting("pack", "format", int, required=True),
    Setting("pack", "province", str, required=True),
    Setting("pack", "languages", list, required=True),
    Setting("pack", "valid_from", date, required=True),
    Setting("pack", "calendar", str, required=True),
    Setting("owner", "name", str),
    Setting("owner", "name_en", str),
    Setting("map", "lat", float, required=True),
    Setting("map", "lon", float, required=True),
    Setting("map", "zoom", float, required=True),
    Setting("contact", "hotline", str),
    Setting("contact", "hotline_phone", str),
    Setting("contact", "hotline_hours", str),
    Setting("contact", "email", str),
    Setting("emergency", "ambulance", str),
    Setting("emergency", "fire", str),
    Setting("emergency", "police", str),
    Setting("examples", "address", str),
    Setting("examples", "old_place", str),
    Setting("messages", "email_sender_name", str),
    Setting("messages", "email_sender", str),
    Setting("messages", "sms_sender", str),
    Setting("reports", "reopen_days", int),
    Setting("legal", "basis", list),
)

# ── What a file is made of ──────────────────────────────────────────────────────────────────────────────────────────

Parse = Callable[[str], Any]
"""A cell's text to its value. Raises ValueError that says, in words, what is wrong and what to write."""


def text(longest: int = 0, *, pattern: str = "", hint: str | Promise = "") -> Parse:
    """``\\n`` in the cell means a new line. ``hint`` says what fits ``pattern``."""
    fits = re.compile(pattern) if pattern else None

    def parse(cell: str) -> str:
        value = cell.replace("\\n", "\n")
        if longest and len(value) > longest:
            raise ValueError(
                _("dài {length} ký tự, nhiều nhất là {longest}").format(length=len(value), longest=longest)
            )
        if fits and not fits.fullmatch(value):
            raise ValueError(_("“{value}” không đúng dạng; viết {hint}").format(value=value[:60], hint=hint))
        return value

    return parse


def word(*words: str) -> Parse:
    def parse(cell: str) -> str:
        if cell not in words:
            raise ValueError(
                _("không có “{value}”; viết một trong: {words}").format(value=cell[:60], words=", ".join(words))
            )
        return cell

    return parse


def flag(cell: str) -> bool:
    return bool(word("yes", "no")(cell) == "yes")


def day(cell: str) -> date:
    try:
        if len(cell) != 10:
            raise ValueError
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError(_("không có ngày “{value}”; viết như 2026-11-24").format(value=cell[:60])) from None


def whole(least: int, most: int) -> Parse:
    def parse(cell: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", cell) or not least <= int(cell) <= most:
            raise ValueError(
                _("“{value}” phải là số nguyên từ {least} đến {most}").format(value=cell[:60], least=least, most=most)
            )
        return int(cell)

    return parse


def number(least: float, most: float) -> Parse:
    def parse(cell: str) -> float:
        if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,12})?", cell) or not least <= float(cell) <= most:
            raise ValueError(
                _("“{value}” phải là số từ {least:g} đến {most:g}, dấu thập phân là dấu chấm").format(
                    value=cell[:60], least=least, most=most
                )
            )
        return float(cell)

    return parse


def items(cell: str) -> tuple[str, ...]:
    """Parts between ``|``."""
    parts = tuple(part.strip() for part in cell.split("|"))
    if not all(parts):
        raise ValueError(_("có phần trống giữa hai dấu “|”; bỏ bớt một dấu"))
    return parts


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise ValueError(_("“{value}” không phải địa chỉ thư; viết như ten@example.vn").format(value=cell)) from None
    return cell


@dataclass(frozen=True, slots=True)
class Column:
    """``empty`` is the value of an empty cell; a required cell may not be empty. ``optional``: the column may be
    absent, as in packs that were written before it was there."""

    name: str
    parse: Parse
    required: bool = False
    empty: Any = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A CSV file. ``key`` names the columns that together identify a record."""

    file: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    optional: bool = False  # the file may be absent


@dataclass(frozen=True, slots=True)
class Problem:
    file: str
    line: int  # the first line is 1
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


# ── What the parts of the house do with it ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Change:
    """One record of a table that the pack makes different. ``details`` maps a column to (before, after)."""

    table: str
    kind: str  # added | changed | ended | removed
    key: str
    details: Mapping[str, tuple[Any, Any]] = field(default_factory=dict)

    def __str__(self) -> str:
        mark = {"added": "+", "changed": "~", "ended": "-", "removed": "-"}[self.kind]
        line = f"{mark} {self.table} {self.key}"
        if self.kind == "ended":
            line += " " + _("(kết thúc)")
        if self.details:
            line += ": " + "; ".join(
                f"{column} {_short(before)} → {_short(after)}" for column, (before, after) in self.details.items()
            )
        return line


def _short(value: Any) -> str:
    shown = "–" if value in (None, "") else str(value).replace("\n", "\\n")
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


@dataclass(frozen=True, slots=True)
class PackPart:
    """What one package takes from a pack.

    ``read`` reads its files into the pack and checks them against what earlier parts read; it asks no database.
    ``apply`` brings the tables to what was read, in the caller's transaction, and says what it changed; the second
    time it changes nothing. A folder is a file that ends with "/".
    """

    name: str
    files: tuple[str, ...]
    read: "Callable[[Pack], None]"
    apply: "Callable[[Pack, Actor], Sequence[Change]]"
    after: tuple[str, ...] = ()


PARTS: dict[str, PackPart] = {}


def register_pack_part(part: PackPart) -> None:
    PARTS[part.name] = part


def parts_in_order() -> list[PackPart]:
    """Every part after those that it leans on."""
    ordered: dict[str, PackPart] = {}

    def place(part: PackPart) -> None:
        for name in part.after:
            if name not in ordered:
                place(PARTS[name])
        ordered[part.name] = part

    for part in PARTS.values():
        place(part)
    return list(ordered.values())
