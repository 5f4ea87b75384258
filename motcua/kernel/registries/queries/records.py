"""Records of the local registries, and how their keys are kept."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.registries.kind import REGISTRIES, Field, FieldType, RegistryKind
from motcua.kernel.registries.models import RegistryRecord
from motcua.kernel.registries.ports import Asking, Record
from motcua.lib import contacts
from motcua.lib.errors import Refused
from motcua.lib.money import money

PAGE = 50
LOCAL = "local"


def registry_kind(name: str) -> RegistryKind:
    """Refused("not_found") for an address that somebody made up."""
    kind = REGISTRIES.get(name)
    if kind is None:
        raise Refused("not_found", _("Không có danh bạ này."))
    return kind


def subject_index(national_id: str) -> bytes:
    return sealer().index(f"subject {national_id}") or b""


def key_index(registry: str, key: str, value: str) -> bytes:
    return sealer().index(f"{registry} {key} {value.casefold()}") or b""


def read_key(kind: RegistryKind, key: Mapping[str, str]) -> dict[str, str]:
    """In the one spelling that is looked up. Refused("invalid") names what is wrong; no key at all is refused."""
    clean: dict[str, str] = {}
    fields: dict[str, str] = {}
    for name, text in key.items():
        if not text.strip():
            continue
        field = kind.keys.get(name)
        if field is None:
            raise ValueError(f"{kind.name} has no key {name}")  # a bug of the caller
        single = (
            Field(field.name, field.title, FieldType.NATIONAL_ID) if field.type == FieldType.NATIONAL_IDS else field
        )
        try:
            clean[name] = str(single.read(text))
        except ValueError as error:
            fields[name] = str(error)
    if not clean and not fields:
        words = _("Nhập ít nhất một ô để tìm.")
        fields = {next(iter(kind.keys)): words}
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)
    return clean


def keys_of(kind: RegistryKind, values: Mapping[str, Any]) -> set[bytes]:
    """Blind indexes of all keys of a record."""
    found: set[bytes] = set()
    for field in kind.fields:
        value = values.get(field.name)
        if field.key and value:
            parts = value if isinstance(value, list) else [value]
            found.update(key_index(kind.name, field.key, str(part)) for part in parts)
    return found


def opened_values(record: RegistryRecord) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(sealer().open(record.values_sealed))
    return values


def find_records(registry: str, key: Mapping[str, str]) -> list[RegistryRecord]:
    """Those that have all of ``key`` (already in the one spelling), the newest first. Authorises nobody."""
    rows = RegistryRecord.objects.filter(registry=registry)
    for name, value in key.items():
        rows = rows.filter(keys__index=key_index(registry, name, value))
    return list(rows.order_by("-pk")[:PAGE])


class LocalTables:
    """Our own tables as a source (``ports.Registry``): always there, asked when no other source is set up."""

    name = LOCAL
    label: str | Promise = gettext_lazy("Danh bạ trong hệ thống này")
    rank = 100

    def serves(self, registry: str) -> bool:
        return registry in REGISTRIES

    def look_up(self, registry: str, key: Mapping[str, str], asking: Asking) -> Record | None:
        found = find_records(registry, key)
        if not found:
            return None
        return Record(registry, opened_values(found[0]), found[0].updated_at, self.name)

    def check(self, registry: str) -> str:
        return ""


# ── How values are read by people ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Shown:
    field: Field
    words: str


def shown_values(kind: RegistryKind, values: Mapping[str, Any]) -> list[Shown]:
    """Those that say something, in the order of the declaration."""
    return [Shown(field, words) for field in kind.fields if (words := words_of(field, values.get(field.name)))]


def words_of(field: Field, value: Any) -> str:
    if value in (None, "", [], {}):
        return ""
    match field.type:
        case FieldType.SEX:
            return _("Nam") if value == "nam" else _("Nữ")
        case FieldType.DATE:
            return "/".join(reversed(str(value).split("-")))
        case FieldType.MONEY:
            return money(int(value), get_language())
        case FieldType.NATIONAL_IDS:
            return ", ".join(value)
        case FieldType.ADDRESS:
            return _address_words(value)
    return str(value)


def _address_words(value: Mapping[str, str]) -> str:
    from motcua.kernel.places.queries import area_by_code

    area = area_by_code(value.get("area", "")) if value.get("area") else None
    return ", ".join(
        part for part in (value.get("line", ""), area.full_name if area else value.get("area", "")) if part
    )


# ── For those who manage them ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RecordLine:
    """Enough to know a record again, not enough to read it."""

    id: int
    words: str
    updated_at: datetime


def count_records(*, actor: Actor) -> dict[str, int]:
    require(actor, "registry.manage")
    counted = RegistryRecord.objects.values_list("registry").annotate(n=Count("pk"))
    return dict.fromkeys(REGISTRIES, 0) | dict(counted)


def list_records(registry: str, *, actor: Actor, before: int | None = None) -> list[RecordLine]:
    """Masked, the newest first: whoever opens one looks it up, and that is noted."""
    require(actor, "registry.manage")
    kind = registry_kind(registry)
    rows = RegistryRecord.objects.filter(registry=registry).order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [RecordLine(row.pk, masked(kind, opened_values(row)), row.updated_at) for row in rows[: PAGE + 1]]


def masked(kind: RegistryKind, values: Mapping[str, Any]) -> str:
    first = str(values.get(kind.fields[0].name, ""))
    key = contacts.masked_national_id(first) if len(first) >= 9 else f"•••{first[-3:]}"
    name = next(
        (str(values[field.name]) for field in kind.fields if field.name in _NAMES and values.get(field.name)), ""
    )
    return f"{key} {contacts.masked_name(name)}".strip()


_NAMES = ("name", "head_name", "owner_names", "owner_name")


def get_record(record_id: int, *, actor: Actor) -> RegistryRecord:
    require(actor, "registry.manage")
    row = RegistryRecord.objects.filter(pk=record_id).first()
    if row is None:
        raise Refused("not_found", _("Không tìm thấy bản ghi này."))
    return row


def national_ids_of(kind: RegistryKind, values: Mapping[str, Any], key: Mapping[str, str]) -> Iterable[str]:
    """Whom a look-up with this key was about: the owners of what was found, and the national id that was asked for."""
    asked = {key["national_id"]} if "national_id" in key else set()
    return kind.owners(values) | asked
