"""Reading a pack. Nothing stops at the first mistake: each problem is kept, with its file and line."""

import csv
import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext as _

from motcua.kernel.packs.kind import (
    CITY_SETTINGS,
    FORMAT,
    SETTINGS,
    Change,
    Problem,
    Setting,
    Table,
    parts_in_order,
)
from motcua.kernel.packs.models import City
from motcua.lib.versioned import Versioned


class Record(dict[str, Any]):
    """One line of a table: column → value. A cell that could not be read has its column's empty value."""

    def __init__(
        self, pack: "Pack", file: str, line: int, key: Hashable, values: Mapping[str, Any], bad: set[str]
    ) -> None:
        super().__init__(values)
        self.pack, self.file, self.line, self.key, self.bad = pack, file, line, key, bad

    def problem(self, text: str, column: str = "") -> None:
        """Nothing more is said about a cell that could not be read in the first place."""
        if column not in self.bad:
            self.pack.problem(self.file, self.line, f"{column}: {text}" if column else text)

    def check_reference(self, column: str, known: Collection[Any], where: str) -> bool:
        """The cell is empty, or one of ``known``, which stand in the file ``where``."""
        value = self[column]
        if value in ("", None) or value in known:
            return True
        self.problem(_("{where} không có “{value}”; sửa mã hoặc thêm dòng đó").format(where=where, value=value), column)
        return False

    def check_dates(self) -> None:
        first, last = self["valid_from"], self["valid_to"]
        if first and last and last < first:
            self.problem(
                _("ngày kết thúc {last} trước ngày bắt đầu {first}; đổi lại").format(last=last, first=first), "valid_to"
            )


# ── A pack ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Pack:
    """The folder, what was read from it so far, and what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.tables: dict[str, list[Record]] = {}
        self.texts: dict[str, list[str]] = {}  # files of plain lines
        self.settings: dict[str, dict[str, Any]] = {}
        self.earlier: dict[str, list[str]] = {}  # table → keys that the pack brought when it was last applied …
        self.now: dict[str, list[str]] = {}  # … and those that it brings this time
        self._settings_text = ""

    def problem(self, file: str, line: int, text: str) -> None:
        self.problems.append(Problem(file, line, text))

    def keys(self, file: str, column: str = "code") -> dict[Any, Record]:
        """What a table read before has in ``column``; the first record counts where a value stands twice."""
        found: dict[Any, Record] = {}
        for record in self.tables.get(file, []):
            if column not in record.bad:
                found.setdefault(record[column], record)
        return found

    def read_text(self, file: str) -> str | None:
        """The content, checked as every file is; None when it is absent."""
        path = self.folder / file
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        if raw.startswith(b"\xef\xbb\xbf"):
            self.problem(file, 1, _("tệp bắt đầu bằng BOM; lưu lại dạng UTF-8 không BOM"))
            raw = raw[3:]
        try:
            content = raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            self.problem(file, line, _("không phải chữ UTF-8; lưu lại tệp dạng UTF-8"))
            return None
        for line, found in enumerate(content.split("\n"), start=1):
            if not unicodedata.is_normalized("NFC", found):
                self.problem(file, line, _("chữ có dấu tổ hợp rời; chuyển cả tệp sang Unicode dựng sẵn (NFC)"))
            if match := re.search(
                r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]", found.removesuffix("\r")
            ):
                self.problem(file, line, _("có ký tự điều khiển U+{code:04X}; xoá đi").format(code=ord(match[0])))
        return content

    def read_table(self, table: Table) -> list[Record]:
        """The records that can be used; those with a wrong number of cells are left out."""
        records: list[Record] = []
        self.tables[table.file] = records
        content = self.read_text(table.file)
        if content is None:
            if not table.optional and not any(problem.file == table.file for problem in self.problems):
                self.problem(table.file, 1, _("thiếu tệp này trong gói"))
            return records
        header, rows = self._cells(table.file, content)
        names = {column.name for column in table.columns}
        absent = {column.name for column in table.columns if not column.optional} - set(header)
        for name in sorted(absent):
            self.problem(table.file, 1, _("thiếu cột “{name}”").format(name=name))
        for name in header:
            if name not in names:
                self.problem(
                    table.file,
                    1,
                    _("không biết cột “{name}”; các cột là: {names}").format(
                        name=name, names=", ".join(column.name for column in table.columns)
                    ),
                )
            elif header.count(name) > 1:
                self.problem(table.file, 1, _("cột “{name}” có hai lần").format(name=name))
        if absent:
            return records
        seen: dict[Hashable, int] = {}
        for line, cells in rows:
            if len(cells) != len(header):
                self.problem(
                    table.file,
                    line,
                    _("có {cells} ô, phải là {columns}; kiểm tra dấu phẩy và dấu nháy").format(
                        cells=len(cells), columns=len(header)
                    ),
                )
                continue
            left_out = dict.fromkeys(names, "")
            record = self._record(table, line, left_out | dict(zip(header, cells, strict=True)))
            if not record.bad.intersection(table.key):
                if record.key in seen:
                    self.problem(
                        table.file,
                        line,
                        _("trùng {columns} “{key}” với dòng {first}; bỏ một dòng").format(
                            columns=" + ".join(table.key),
                            key=" + ".join(str(record[name]) for name in table.key),
                            first=seen[record.key],
                        ),
                    )
                    continue
                seen[record.key] = line
            records.append(record)
        return records

    def _cells(self, file: str, content: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
        reader = csv.reader(StringIO(content, newline=""), strict=True)
        rows: list[tuple[int, list[str]]] = []
        line = 1
        try:
            for cells in reader:
                if reader.line_num > line:
                    self.problem(file, line, _("một ô kéo dài qua nhiều dòng; viết \\n thay cho xuống dòng"))
                if cells:
                    rows.append((line, cells))
                line = reader.line_num + 1
        except csv.Error:
            self.problem(file, line, _('dấu nháy kép không khép lại; viết "" cho một dấu nháy trong ô'))
        return (rows[0][1], rows[1:]) if rows else ([], [])

    def _record(self, table: Table, line: int, cells: Mapping[str, str]) -> Record:
        values: dict[str, Any] = {}
        bad: set[str] = set()
        for column in table.columns:
            cell = cells[column.name]
            if cell != cell.strip():
                self.problem(
                    table.file, line, _("{column}: thừa dấu cách ở đầu hoặc cuối ô").format(column=column.name)
                )
                cell = cell.strip()
            values[column.name] = column.empty
            if not cell:
                if column.required:
                    bad.add(column.name)
                    self.problem(table.file, line, _("{column}: không được để trống").format(column=column.name))
                continue
            try:
                values[column.name] = column.parse(cell)
            except ValueError as error:
                bad.add(column.name)
                self.problem(table.file, line, f"{column.name}: {error}")
        return Record(self, table.file, line, tuple(values[name] for name in table.key), values, bad)

    # pack.toml

    def read_settings(self) -> None:
        content = self.read_text(SETTINGS)
        if content is None:
            self.problem(
                SETTINGS, 1, _("thiếu tệp này; thư mục {folder} không phải gói cấu hình").format(folder=self.folder)
            )
            return
        self._settings_text = content
        try:
            read = tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            at = re.search(r"at line (\d+)", str(error))
            line = int(at[1]) if at else content.count("\n") + 1
            self.problem(SETTINGS, line, _("không đọc được TOML: {error}").format(error=error))
            return
        self.settings = {name: part for name, part in read.items() if isinstance(part, dict)}
        for name in read.keys() - self.settings.keys():
            self.problem(
                SETTINGS, self.setting_line("", name), _("“{name}” phải nằm trong một mục [ ]").format(name=name)
            )
        self._check_settings()
        if self.setting("pack", "format") not in (None, FORMAT):
            self.setting_problem("pack", "format", _("chỉ đọc được định dạng {number}").format(number=FORMAT))
        if self.setting("pack", "name") not in (None, self.folder.resolve().name):
            self.setting_problem(
                "pack", "name", _("phải là tên thư mục, “{name}”").format(name=self.folder.resolve().name)
            )

    def _check_settings(self) -> None:
        """What may not stand there is named, and left out."""
        known: dict[str, dict[str, Setting]] = defaultdict(dict)
        for setting in CITY_SETTINGS:
            known[setting.part][setting.name] = setting
            if setting.required and setting.name not in self.settings.get(setting.part, {}):
                self.problem(
                    SETTINGS,
                    self.setting_line(setting.part),
                    _("[{part}] thiếu “{name}”").format(part=setting.part, name=setting.name),
                )
        for part, values in self.settings.items():
            if part not in known:
                self.problem(
                    SETTINGS,
                    self.setting_line(part),
                    _("không biết mục [{part}]; các mục là: {parts}").format(part=part, parts=", ".join(known)),
                )
                values.clear()
            for name, value in list(values.items()):
                if name not in known[part]:
                    self.setting_problem(
                        part,
                        name,
                        _("không biết khoá này; các khoá là: {names}").format(names=", ".join(known[part])),
                    )
                elif _is_a(value, known[part][name].kind):
                    continue
                else:
                    self.setting_problem(part, name, _("sai kiểu; viết như trong docs/packs.md"))
                del values[name]

    def setting(self, part: str, name: str) -> Any:
        """The value of ``part.name`` (one of ``CITY_SETTINGS``); None where it is missing or was refused."""
        return self.settings.get(part, {}).get(name)

    def setting_problem(self, part: str, name: str, text: str) -> None:
        self.problem(SETTINGS, self.setting_line(part, name), f"{part}.{name}: {text}")

    def setting_line(self, part: str, name: str = "") -> int:
        inside, at = not part, 1
        for line, content in enumerate(self._settings_text.split("\n"), start=1):
            if content.strip().startswith("["):
                inside = content.strip().startswith(f"[{part}]")
                at = line if inside else at
            if inside and name and re.match(rf"\s*{re.escape(name)}\s*=", content):
                return line
        return at


def _is_a(value: Any, kind: type) -> bool:
    if isinstance(value, list):
        return kind is list and all(isinstance(item, str) for item in value)
    return isinstance(value, (int, float) if kind is float else kind) and not isinstance(value, bool)


def read_pack(folder: Path) -> Pack:
    """Everything in the folder, read and checked; ``problems`` in the order of files and lines."""
    pack = Pack(folder)
    pack.read_settings()
    parts = parts_in_order()
    for part in parts:
        part.read(pack)
    known = {SETTINGS, *(file for part in parts for file in part.files)}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"{path.name}/" if path.is_dir() else path.name
        if name not in known and not name.startswith(".") and path.suffix != ".md":
            pack.problem(name, 1, _("không biết tệp này; các tệp là: {files}").format(files=", ".join(sorted(known))))
    order = {file: place for place, file in enumerate([SETTINGS, *(file for part in parts for file in part.files)])}
    pack.problems.sort(key=lambda problem: (order.get(problem.file, len(order)), problem.file, problem.line))
    return pack


Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Difference(Generic[Key]):
    """``changed`` maps a key to its columns' (before, after)."""

    table: str
    added: tuple[Key, ...]
    changed: Mapping[Key, Mapping[str, tuple[Any, Any]]]
    gone: tuple[Key, ...]
    as_text: Callable[[Key], str]

    def changes(self, gone: str = "removed") -> list[Change]:
        """As lines to show. ``gone`` is what became of records that the pack no longer has."""
        return [
            *(Change(self.table, "added", self.as_text(key)) for key in self.added),
            *(Change(self.table, "changed", self.as_text(key), columns) for key, columns in self.changed.items()),
            *(Change(self.table, gone, self.as_text(key)) for key in self.gone),
        ]


def compare(
    pack: Pack,
    table: str,
    wanted: Mapping[Key, Mapping[str, Any]],
    found: Mapping[Key, Mapping[str, Any]],
    as_text: Callable[[Key], str] = str,
) -> Difference[Key]:
    """What must be done to ``found`` so that it says what ``wanted`` says; columns that ``wanted`` names are compared.

    Gone is only what an earlier pack brought: what people entered through the pages is theirs, and stays.
    """
    changed = {}
    for key, values in wanted.items():
        if key in found:
            columns = {name: (found[key][name], value) for name, value in values.items() if found[key][name] != value}
            if columns:
                changed[key] = columns
    earlier = set(pack.earlier.get(table, ()))
    pack.now[table] = [as_text(key) for key in wanted]
    return Difference(
        table=table,
        added=tuple(key for key in wanted if key not in found),
        changed=changed,
        gone=tuple(key for key in found if key not in wanted and as_text(key) in earlier),
        as_text=as_text,
    )


# ── What the installed pack says about the city ─────────────────────────────────────────────────────────────────────


def plain_settings(pack: Pack) -> dict[str, dict[str, Any]]:
    """``pack.toml`` as JSON can keep it."""
    return {
        part: {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
        for part, values in pack.settings.items()
    }


_city = Versioned(
    lambda: City.objects.values_list("number", flat=True).first() or 0,
    lambda: City.objects.values_list("settings", flat=True).first() or {},
)


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _city.forget()


def city_setting(part: str, name: str, default: Any = None, *, ask: bool = True) -> Any:
    """A value of the installed pack's ``pack.toml``, such as ``city_setting("map", "lat")``.

    ``ask=False``: as this process knew it last; for where the database may be what is broken.
    """
    settings = _city.get() if ask else _city.held
    return (settings or {}).get(part, {}).get(name, default)


def hotline(*, ask: bool = True) -> str:
    """Whom to call for help, to stand after “gọi”: the number, or words where the city has none."""
    return str(city_setting("contact", "hotline", "", ask=ask) or _("chính quyền nơi bạn ở"))


def emergency_numbers(*, ask: bool = True) -> str:
    """ "115, 114, 113" for “cấp cứu, cháy nổ, tội phạm”; "" unless the city has all three."""
    numbers = (
        city_setting("emergency", "ambulance", "", ask=ask),
        city_setting("emergency", "fire", "", ask=ask),
        city_setting("emergency", "police", "", ask=ask),
    )
    return ", ".join(numbers) if all(numbers) else ""


def emergency_words(*, ask: bool = True) -> str:
    numbers = emergency_numbers(ask=ask)
    return _("Cấp cứu, cháy nổ, tội phạm: gọi %(numbers)s.") % {"numbers": numbers} if numbers else ""


def applied_at() -> datetime | None:
    """When a pack last changed something; None before there was any."""
    return City.objects.values_list("applied_at", flat=True).first()
