"""Writing the local registries: one record by hand, or a whole file of which nothing stays when one line is wrong."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.registries.kind import FieldType, RegistryKind
from motcua.kernel.registries.models import RecordKey, RegistryRecord
from motcua.kernel.registries.queries.records import get_record, key_index, keys_of, opened_values, registry_kind
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import nfc

MOST_LINES = 200_000
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """``text`` never repeats a national id: problems are shown, and may be printed."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    added: int
    changed: int
    unchanged: int


def read_values(kind: RegistryKind, cells: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """What the cells of one record say, and what is wrong with them, by column."""
    values: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for field in kind.fields:
        if field.type == FieldType.ADDRESS:
            area, line = (cells.get(f"{field.name}_{part}", "").strip() for part in ("area", "line"))
            if area or line:
                values[field.name] = {"area": area, "line": line}
            continue
        text = nfc(cells.get(field.name, "")).strip()
        if not text:
            if field.is_required:
                wrong[field.name] = _("không được để trống")
            continue
        try:
            values[field.name] = field.read(text)
        except ValueError as error:
            wrong[field.name] = str(error)
    return values, wrong


def read_file(kind: RegistryKind, text: str) -> tuple[list[Line], list[Problem]]:
    """The records of a CSV file and every mistake in it. The first line names the columns; only required ones must be
    there."""
    problems: list[Problem] = []
    lines: list[Line] = []
    reader = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    header: list[str] = []
    seen: dict[Any, int] = {}
    number = 1
    try:
        for cells in reader:
            at, number = number, reader.line_num + 1
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = [cell.strip() for cell in cells]
                problems += [Problem(at, words) for words in _header_problems(kind, header)]
                if problems:
                    break
                continue
            if len(lines) + len(problems) > MOST_LINES:
                problems.append(Problem(at, _("nhiều hơn {n} dòng; chia tệp ra").format(n=MOST_LINES)))
                break
            if len(cells) != len(header):
                words = _("có {cells} ô, phải là {columns}; kiểm tra dấu phẩy và dấu nháy")
                problems.append(Problem(at, words.format(cells=len(cells), columns=len(header))))
                continue
            values, wrong = read_values(kind, dict(zip(header, cells, strict=True)))
            problems += [Problem(at, f"{column}: {words}") for column, words in wrong.items()]
            name = values.get(kind.fields[0].name)
            if name is not None and name in seen:
                words = _("{column}: trùng với dòng {line}; bỏ một dòng")
                problems.append(Problem(at, words.format(column=kind.fields[0].name, line=seen[name])))
            seen.setdefault(name, at)
            lines.append(Line(at, values))
    except csv.Error:
        problems.append(Problem(number, _('dấu nháy kép không khép lại; viết "" cho một dấu nháy trong ô')))
    if not header:
        problems.append(Problem(1, _("tệp rỗng; dòng đầu phải là tên các cột")))
    return lines, problems


def _header_problems(kind: RegistryKind, header: list[str]) -> list[str]:
    required = [field.name for field in kind.fields if field.is_required]
    words = [_("thiếu cột “{name}”").format(name=name) for name in required if name not in header]
    words += [
        _("không biết cột “{name}”; các cột là: {names}").format(name=name[:40], names=", ".join(kind.columns))
        for name in dict.fromkeys(header)
        if name not in kind.columns
    ]
    words += [
        _("cột “{name}” có hai lần").format(name=name) for name in dict.fromkeys(header) if header.count(name) > 1
    ]
    return words


def import_file(registry: str, body: bytes, *, actor: Actor) -> Imported:
    """All of the file or nothing of it. Refused("invalid", problems=[…]) has every mistake with its line."""
    require(actor, "registry.manage")
    kind = registry_kind(registry)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise _refused([Problem(line, _("không phải chữ UTF-8; lưu lại tệp dạng UTF-8"))]) from error
    lines, problems = read_file(kind, text)
    if problems:
        raise _refused(problems)
    return _import(kind, lines, actor)


def _refused(problems: list[Problem]) -> Refused:
    words = _("Tệp có {n} chỗ sai; chưa nạp dòng nào.").format(n=len(problems))
    return Refused("invalid", words, fields={"file": words}, problems=problems[:MOST_PROBLEMS])


@transaction.atomic
def _import(kind: RegistryKind, lines: list[Line], actor: Actor) -> Imported:
    told = put_records(kind, [line.values for line in lines])
    record(
        "registry.imported",
        actor=actor,
        data={"registry": kind.name, "registry_name": str(kind.title), "added": told.added, "changed": told.changed},
    )
    return told


def put_records(kind: RegistryKind, rows: list[dict[str, Any]], *, is_pack: bool = False) -> Imported:
    """Add or replace by the key that names a record; in the caller's transaction."""
    first = kind.fields[0]
    wanted = {key_index(kind.name, first.key, str(values[first.name])): values for values in rows}
    found = {
        bytes(row.name_index): row
        for row in RegistryRecord.objects.select_for_update().filter(registry=kind.name, name_index__in=list(wanted))
    }
    seal, now = sealer(), moment.now()
    added: list[RegistryRecord] = []
    changed: list[RegistryRecord] = []
    for index, values in wanted.items():
        row = found.get(index)
        if row is not None and opened_values(row) == values:
            continue
        sealed = seal.seal(json.dumps(values, ensure_ascii=False))
        if row is None:
            row = RegistryRecord(registry=kind.name, name_index=index)
            added.append(row)
        else:
            changed.append(row)
        row.values_sealed, row.updated_at, row.is_pack = sealed, now, is_pack
    RegistryRecord.objects.bulk_create(added, batch_size=1000)
    RegistryRecord.objects.bulk_update(changed, ["values_sealed", "updated_at", "is_pack"], batch_size=1000)
    RecordKey.objects.filter(record__in=changed).delete()
    RecordKey.objects.bulk_create(
        (
            RecordKey(record=row, index=index)
            for row in (*added, *changed)
            for index in keys_of(kind, wanted[bytes(row.name_index)])
        ),
        batch_size=5000,
    )
    return Imported(len(added), len(changed), len(wanted) - len(added) - len(changed))


@transaction.atomic
def save_record(registry: str, cells: Mapping[str, str], *, actor: Actor, record_id: int | None = None) -> int:
    """One record by hand; ``record_id`` names the one to replace. Refused("invalid") names the columns."""
    require(actor, "registry.manage")
    kind = registry_kind(registry)
    values, wrong = read_values(kind, cells)
    if wrong:
        raise Refused("invalid", next(iter(wrong.values())), fields=wrong)
    first = kind.fields[0]
    index = key_index(kind.name, first.key, str(values[first.name]))
    same = RegistryRecord.objects.filter(registry=registry, name_index=index).values_list("pk", flat=True).first()
    if same is not None and same != record_id:
        words = _("Đã có bản ghi với {title} này.").format(title=str(first.title).lower())
        raise Refused("invalid", words, fields={first.name: words})
    if record_id is not None:
        old = get_record(record_id, actor=actor)
        if bytes(old.name_index) != index:  # renamed: what people find by the old key must be gone
            old.delete()
    put_records(kind, [values])
    saved = RegistryRecord.objects.values_list("pk", flat=True).get(registry=registry, name_index=index)
    record(
        "registry.saved",
        actor=actor,
        data={"registry": registry, "registry_name": str(kind.title), "record": saved},
    )
    return saved


@transaction.atomic
def remove_record(record_id: int, *, actor: Actor) -> str:
    """Returns the registry that it was in."""
    row = get_record(record_id, actor=actor)
    kind = registry_kind(row.registry)
    row.delete()
    record(
        "registry.removed",
        actor=actor,
        data={"registry": kind.name, "registry_name": str(kind.title), "record": record_id},
    )
    return kind.name
