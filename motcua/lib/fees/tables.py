"""Prices by conditions and dates, as a table that a city keeps."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Final

from motcua.lib.fees.rules import MOST, WHOLE_BP, FeeError, FromTable, Rule

_TABLE_COLUMNS: Final = ("rate_bp", "amount", "min", "max", "valid_from", "valid_to", "basis", "name", "name_en")


@dataclass(frozen=True, slots=True)
class Row:
    """Columns that are not in ``conditions`` match anything. A rate of a base, or a sum: one of the two."""

    conditions: Mapping[str, frozenset[str]]
    rate_bp: int | None
    amount: int | None
    least: int
    most: int | None
    valid_from: date
    valid_to: date | None
    basis: str
    name: str
    name_en: str

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def hides(self, other: "Row") -> bool:
        """Whether nothing that ``other`` matches gets past this row."""
        is_wider = all(
            column in other.conditions and other.conditions[column] <= words
            for column, words in self.conditions.items()
        )
        ends_later = self.valid_to is None or (other.valid_to is not None and other.valid_to <= self.valid_to)
        return is_wider and self.valid_from <= other.valid_from and ends_later


@dataclass(frozen=True, slots=True)
class Table:
    """The first row, in order, that matches and is in force on the day counts."""

    name: str
    columns: tuple[str, ...]  # the conditions
    rows: tuple[Row, ...]

    @classmethod
    def parse(cls, name: str, text: str) -> "Table":
        """From CSV with a header. In a condition several words stand between ``|``, and nothing matches anything.

        Raises FeeError whose path is the line (the header is 1) and the column.
        """
        try:
            header, *lines = csv.reader(StringIO(text, newline=""), strict=True)
        except (csv.Error, ValueError):
            raise FeeError("1", "bảng trống, hoặc dấu nháy kép không khép lại") from None
        if missing := [column for column in _TABLE_COLUMNS if column not in header]:
            raise FeeError("1", f"thiếu cột “{missing[0]}”")
        if len(set(header)) != len(header) or "" in header:
            raise FeeError("1", "tên cột trống hoặc có hai lần")
        columns = tuple(column for column in header if column not in _TABLE_COLUMNS)
        rows: dict[int, Row] = {}
        for number, cells in enumerate(lines, start=2):
            if not cells:
                continue
            if len(cells) != len(header):
                raise FeeError(str(number), f"có {len(cells)} ô, phải là {len(header)}")
            row = _row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), columns, number)
            if hiding := [above for above, other in rows.items() if other.hides(row)]:
                raise FeeError(str(number), f"không bao giờ dùng tới: dòng {hiding[0]} ở trên đã gồm cả dòng này")
            rows[number] = row
        return cls(name, columns, tuple(rows.values()))

    def find(self, words: Mapping[str, str], on: date) -> Row:
        for row in self.rows:
            if row.is_in_force(on) and all(words.get(column, "") in fits for column, fits in row.conditions.items()):
                return row
        raise FeeError(self.name, f"bảng không có mức thu cho trường hợp này vào ngày {on:%d/%m/%Y}")


def _row(cells: Mapping[str, str], columns: Sequence[str], line: int) -> Row:
    def whole(column: str, most: int = MOST) -> int | None:
        cell = cells[column]
        if not cell:
            return None
        if not (cell.isascii() and cell.isdigit()) or int(cell) > most:
            raise FeeError(f"{line}.{column}", f"“{cell[:40]}” phải là số nguyên từ 0 đến {most}")
        return int(cell)

    def day(column: str) -> date | None:
        try:
            return date.fromisoformat(cells[column]) if cells[column] else None
        except ValueError:
            raise FeeError(f"{line}.{column}", f"không có ngày “{cells[column][:40]}”; viết như 2026-11-24") from None

    rate, amount, first, last = whole("rate_bp", WHOLE_BP), whole("amount"), day("valid_from"), day("valid_to")
    if (rate is None) == (amount is None):
        raise FeeError(str(line), "ghi một trong hai: rate_bp hoặc amount")
    if first is None or (last is not None and last < first):
        raise FeeError(f"{line}.valid_from", "phải có ngày bắt đầu, không sau ngày kết thúc")
    least, most = whole("min") or 0, whole("max")
    if most is not None and most < least:
        raise FeeError(f"{line}.max", "nhỏ hơn min")
    if not cells["name"]:
        raise FeeError(f"{line}.name", "không được để trống")
    conditions = {
        column: frozenset(word.strip() for word in cells[column].split("|")) for column in columns if cells[column]
    }
    return Row(conditions, rate, amount, least, most, first, last, cells["basis"], cells["name"], cells["name_en"])


def check_table(rule: Rule, tables: Mapping[str, Table]) -> None:
    """Raises FeeError when the rule asks for a table that is not there, or leaves one of its conditions open."""
    if not isinstance(rule.price, FromTable):
        return
    table = table_of(rule.price, tables)
    named = {*rule.price.match, *rule.price.given}
    if missing := [column for column in table.columns if column not in named]:
        raise FeeError("rule.match", f"chưa nói lấy “{missing[0]}” của bảng {table.name} ở đâu")
    if unknown := sorted(named - set(table.columns)):
        raise FeeError("rule.match", f"bảng {table.name} không có cột “{unknown[0]}”")
    if not rule.price.base and any(row.rate_bp is not None for row in table.rows):
        raise FeeError("rule.base", f"bảng {table.name} tính theo phần trăm: ghi câu trả lời làm giá tính")


def table_of(price: FromTable, tables: Mapping[str, Table]) -> Table:
    if price.table not in tables:
        raise FeeError("rule.table", f"không có bảng “{price.table}”")
    return tables[price.table]
