"""A procedure as a TOML file: reading one so that every mistake has its line, and writing one."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.procedures.kind import Body, BodyError

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-\"]+)\s*\]\]?")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*(?:\.\s*[A-Za-z0-9_-]+\s*)*=")


def read_body(text: str) -> tuple[Body | None, list[tuple[int, str]]]:
    """The procedure, or what is wrong: (line, words)."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        line = int(at[1]) if at else text.count("\n") + 1
        return None, [(line, _("không đọc được TOML; xem lại dấu bằng, nháy, ngoặc ở đây và ngay trước đó"))]
    try:
        return Body.parse(table), []
    except BodyError as error:
        lines = _Lines(text)
        return None, sorted((lines.of(mistake.path), str(mistake)) for mistake in error.mistakes)


def line_of(text: str, path: str) -> int:
    """The line of a TOML text at which the part that a mistake names begins."""
    return _Lines(text).of(path)


class _Lines:
    """Where each path of a TOML text begins. Good for files as people write them; else the line of the table."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        table, counts = "", {}  # type: str, dict[str, int]
        in_text = ""
        for number, line in enumerate(text.split("\n"), start=1):
            if in_text:
                if in_text in line:
                    in_text = ""
                continue
            if header := _HEADER.fullmatch(line.split("#", 1)[0].rstrip()):
                table = self._table(header[2], header[1] == "[[", counts)
                self.lines.setdefault(table, number)
            elif key := _KEY.match(line):
                self.lines.setdefault(f"{table}.{key[1]}" if table else key[1], number)
                for mark in ('"""', "'''"):
                    if line.count(mark) == 1:
                        in_text = mark

    @staticmethod
    def _table(name: str, is_list: bool, counts: dict[str, int]) -> str:
        """``cases.papers`` in the second case is ``cases[1].papers``."""
        path = ""
        parts = name.split(".")
        for place, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            if is_list and place == len(parts) - 1:
                counts[path] = counts.get(path, -1) + 1
            if path in counts:
                path = f"{path}[{counts[path]}]"
        return path

    def of(self, path: str) -> int:
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return 1


# ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def as_toml(body: Body) -> str:
    """What ``read_body`` reads, in the order of the documentation, without what is at its default."""
    return "\n".join(_table_lines(body.plain(), "")).strip() + "\n"


_OF_PART = {
    "code": ("code", "name"),
    "time": ("ways", "supplement_wait", "cutoff"),
    "fee": ("fees",),
    "basis": ("decision", "basis"),
    "papers": ("cases",),
}


def part_as_toml(body: Body, part: str) -> str:
    """What one of its parts says, to be compared with what was published."""
    told = body.plain()
    return "\n".join(_table_lines({key: told[key] for key in _OF_PART[part] if key in told}, "")).strip()


def _table_lines(table: Mapping[str, Any], path: str) -> Iterator[str]:
    nested = {key: value for key, value in table.items() if _is_tables(value)}
    for key, value in table.items():
        if key not in nested:
            yield f"{_key(key)} = {_value(key, value)}"
    for key, tables in nested.items():
        name = f"{path}.{key}" if path else key
        for each in tables:
            yield from ("", f"[[{name}]]", *_table_lines(each, name))


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _value(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(inner)} = {_value(inner, item)}" for inner, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value("", item) for item in value) + "]"
    if isinstance(value, (int, float)):
        return str(value)
    if key == "valid_from":
        return date.fromisoformat(value).isoformat()
    return _text(value)


def _text(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    escaped = re.sub(
        r"[\x00-\x08\x0b-\x1f\x7f]", lambda found: f"\\u{ord(found[0]):04X}", escaped
    )  # a tab and a new line may stand
    return f'"""\n{escaped}"""' if "\n" in escaped else f'"{escaped}"'
