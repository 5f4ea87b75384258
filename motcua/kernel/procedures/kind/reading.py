"""Reading one table of a procedure's file: every wrong key is named by its path, and nothing stops at the first one."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.lib.worktime import Duration

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Mistake:
    path: str  # cases[1].papers[0].code
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}" if self.path else self.text


class BodyError(ValueError):
    """All that is wrong with a procedure's description."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__("; ".join(map(str, mistakes)))
        self.mistakes = mistakes


class Reader:
    """One table. What cannot be read is noted, and has its empty value."""

    def __init__(self, table: Mapping[str, Any], path: str, mistakes: list[Mistake]) -> None:
        self.table, self.path, self.mistakes = table, path, mistakes
        self.known: dict[str, None] = {}

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def wrong(self, key: str, text: str) -> None:
        self.mistakes.append(Mistake(self.at(key), text))

    def take(self, key: str, *, required: bool = False) -> Any:
        self.known[key] = None
        value = self.table.get(key)
        if required and (value is None or value == "" or value == []):
            self.wrong(key, _("thiếu; phải ghi"))
        return value

    def text(
        self, key: str, longest: int, *, required: bool = False, pattern: str = "", hint: str = "", lines: bool = False
    ) -> str:
        value = self.take(key, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.wrong(key, _("phải là chữ, đặt trong dấu nháy"))
            return ""
        value = value.strip()
        if len(value) > longest:
            self.wrong(key, _("dài {length} ký tự, nhiều nhất là {longest}").format(length=len(value), longest=longest))
        if not lines and "\n" in value:
            self.wrong(key, _("phải viết trên một dòng"))
        if value and pattern and not re.fullmatch(pattern, value):
            self.wrong(key, _("“{value}” không đúng dạng; viết {hint}").format(value=value[:60], hint=hint))
            return ""
        return value

    def word(self, key: str, words: Collection[str], default: str | None = None) -> str:
        """Without a default the word must be there."""
        value = self.take(key, required=default is None)
        if value is None or value == "":
            return default or ""
        if value not in words:
            self._no_such_word(key, value, words)
            return default or ""
        return str(value)

    def _no_such_word(self, key: str, value: object, words: Collection[str]) -> None:
        self.wrong(
            key,
            _("không có “{value}”; viết một trong: {words}").format(value=str(value)[:60], words=", ".join(words)),
        )

    def texts(self, key: str, longest: int, *, least: int = 0, words: Collection[str] = ()) -> tuple[str, ...]:
        value = self.take(key, required=least > 0)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.wrong(key, _('phải là danh sách chữ, như ["a", "b"]'))
            return ()
        kept: dict[str, None] = {}
        for item in (item.strip() for item in value):
            if not item or len(item) > longest:
                self.wrong(key, _("mỗi mục dài từ 1 đến {longest} ký tự").format(longest=longest))
            elif item in kept:
                self.wrong(key, _("“{item}” có hai lần").format(item=item))
            elif words and item not in words:
                self._no_such_word(key, item, words)
            else:
                kept[item] = None
        if value and len(value) < least:
            self.wrong(key, _("có {count} mục, cần ít nhất {least}").format(count=len(value), least=least))
        return tuple(kept)

    def whole(self, key: str, least: int, most: int, default: int) -> int:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            self.wrong(key, _("phải là số nguyên từ {least} đến {most}").format(least=least, most=most))
            return default
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(key, _("viết true hoặc false"))
            return default
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A date of TOML, or the same as JSON keeps it."""
        value = self.take(key, required=required)
        if value in (None, ""):
            return None
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        try:
            return date.fromisoformat(value if len(value) == 10 else "")
        except (TypeError, ValueError):
            self.wrong(key, _("không phải ngày; viết như 2026-11-24"))
            return None

    def duration(self, key: str, *, required: bool = False) -> str:
        """Empty, or a length of time in the one spelling of ``Duration``."""
        value = self.text(key, 40, required=required)
        if not value:
            return ""
        try:
            return str(Duration.parse(value))
        except ValueError as error:
            words = str(error) if get_language() == "vi" else _("không đọc được; viết như 3 ngày làm việc")
            self.wrong(key, words)
            return ""

    def mapping(self, key: str, *, required: bool = False) -> dict[str, Any]:
        value = self.take(key, required=required)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(key, _("phải là một bảng, như {{ a = 1 }}").format())
            return {}
        return value

    def table_of(self, key: str, parse: "Callable[[Reader], T]") -> T:
        found = Reader(self.mapping(key), self.at(key), self.mistakes)
        parsed = parse(found)
        found.finish()
        return parsed

    def tables(self, key: str, parse: "Callable[[Reader], T]", *, least: int = 0) -> tuple[T, ...]:
        """``[[key]]``, one after another."""
        value = self.take(key, required=least > 0)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.wrong(key, _("phải là các bảng [[{key}]]").format(key=key))
            return ()
        parsed = []
        for number, item in enumerate(value):
            reader = Reader(item, f"{self.at(key)}[{number}]", self.mistakes)
            parsed.append(parse(reader))
            reader.finish()
        return tuple(parsed)

    def once(self, key: str, values: Collection[str]) -> None:
        """Of several tables no two may have the same name."""
        seen: set[str] = set()
        for number, value in enumerate(values):
            if value in seen:
                self.mistakes.append(
                    Mistake(f"{self.at(key)}[{number}]", _("“{value}” có hai lần").format(value=value))
                )
            seen.add(value)

    def finish(self) -> None:
        for key in self.table:
            if key not in self.known:
                self.wrong(key, _("không biết “{key}”; ở đây có: {keys}").format(key=key, keys=", ".join(self.known)))


def plain(thing: Any) -> Any:
    """As JSON keeps it: dataclasses as objects without what is at its default, dates as text, tuples as lists."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {
            field.name: plain(value)
            for field in fields(thing)
            if (value := getattr(thing, field.name)) != field.default and value not in ((), {})
        }
    if isinstance(thing, Mapping):
        return {str(key): plain(value) for key, value in thing.items()}
    if isinstance(thing, (tuple, list)):
        return [plain(item) for item in thing]
    return thing.isoformat() if isinstance(thing, date) else thing
