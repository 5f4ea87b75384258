"""How a platform is asked and how its answers read: a file of configuration, no code (docs/registries.md)."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motcua.kernel.registries.kind import REGISTRIES, FieldType, RegistryKind
from motcua.lib.dotted import part_at
from motcua.lib.errors import ConnectorError

_CONDITION = re.compile(r"\s*([\w.-]+)\s*(==|!=)\s*(.*?)\s*")
_GAP = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Condition:
    """``status == 404``, ``code != OK``; ``status`` is that of HTTP."""

    path: str
    is_equal: bool
    value: str

    @staticmethod
    def read(text: str) -> "Condition":
        found = _CONDITION.fullmatch(text)
        if found is None:
            raise ValueError(f"“{text}” is no condition such as “status == 404”")
        return Condition(found[1], found[2] == "==", found[3])

    def holds(self, status: int, data: Any) -> bool:
        value = str(status) if self.path == "status" else _text(part_at(data, self.path))
        return (value == self.value) is self.is_equal


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@dataclass(frozen=True, slots=True)
class Mapped:
    """Where one of our fields stands in a record: a path, and how its text becomes ours."""

    path: str = ""
    date: str = ""
    values: Mapping[str, str] | None = None
    area: str = ""
    line: str = ""

    @staticmethod
    def read(value: Any) -> "Mapped":
        if isinstance(value, str):
            return Mapped(value)
        if isinstance(value, dict) and set(value) <= {"at", "date", "values", "area", "line"}:
            return Mapped(
                str(value.get("at", "")),
                str(value.get("date", "")),
                value.get("values"),
                str(value.get("area", "")),
                str(value.get("line", "")),
            )
        raise ValueError("a field is a path, or {at, date, values} or {area, line}")

    def text(self, record: Any) -> str:
        found = part_at(record, self.path)
        if isinstance(found, list):
            return "|".join(_text(part) for part in found)
        text = _text(found).strip()
        if text and self.date:
            text = datetime.strptime(text, self.date).date().isoformat()  # noqa: DTZ007  # a date has no zone
        return self.values.get(text, text) if self.values is not None else text


@dataclass(frozen=True, slots=True)
class Question:
    """How one registry is asked at a platform."""

    kind: RegistryKind
    path: str
    method: str
    ask: Mapping[str, Any]
    record: str
    ok: Condition | None
    none: Condition | None
    updated: str
    fields: Mapping[str, Mapped]

    @staticmethod
    def read(name: str, part: Any) -> "Question":
        known = {"path", "method", "ask", "record", "ok", "none", "updated", "fields"}
        kind = REGISTRIES.get(name)
        if kind is None or not isinstance(part, dict):
            raise ValueError(f"[{name}] is no registry; they are {', '.join(REGISTRIES)}")
        if unknown := sorted(set(part) - known):
            raise ValueError(f"[{name}] does not know “{unknown[0]}”")
        fields = part.get("fields", {})
        names = {field.name for field in kind.fields}
        if not fields or set(fields) - names:
            raise ValueError(f"[{name}.fields] must name fields of {sorted(names)}")
        method = str(part.get("method", "POST")).upper()
        if method not in ("GET", "POST") or not part.get("path"):
            raise ValueError(f"[{name}] needs a path, and GET or POST")
        return Question(
            kind,
            str(part["path"]),
            method,
            dict(part.get("ask", {})),
            str(part.get("record", "")),
            Condition.read(part["ok"]) if "ok" in part else None,
            Condition.read(part["none"]) if "none" in part else None,
            str(part.get("updated", "")),
            {key: Mapped.read(value) for key, value in fields.items()},
        )

    def asked(self, key: Mapping[str, str], request_id: str, purpose: str) -> dict[str, Any]:
        """The parameters with their gaps filled; what an absent key would fill is left out."""
        given = {**key, "request_id": request_id, "purpose": purpose}
        filled = {name: _filled(value, given) for name, value in self.ask.items()}
        return {name: value for name, value in filled.items() if value is not None}

    def values(self, record: Any, key: Mapping[str, str]) -> dict[str, Any]:
        """Our values of what the platform says. Raises ConnectorError, naming fields and never what stands in them."""
        if not isinstance(record, Mapping):
            raise ConnectorError(f"{self.kind.name}: the record is no object")
        values: dict[str, Any] = {}
        for field in self.kind.fields:
            mapped = self.fields.get(field.name)
            if mapped is None:
                continue
            if field.type == FieldType.ADDRESS:
                address = {
                    "area": _text(part_at(record, mapped.area)),
                    "line": _text(part_at(record, mapped.line or mapped.path)),
                }
                if any(address.values()):
                    values[field.name] = address
                continue
            try:
                if text := mapped.text(record):
                    values[field.name] = field.read(text)
            except ValueError as error:
                raise ConnectorError(f"{self.kind.name}.{field.name} is not of the right shape") from error
            if field.is_required and field.name not in values:
                raise ConnectorError(f"{self.kind.name}.{field.name} is missing")
        self._require_key(values, key)
        return values

    def _require_key(self, values: Mapping[str, Any], key: Mapping[str, str]) -> None:
        """An answer about somebody else must never be taken for the one that was asked for."""
        for name, asked in key.items():
            told = [values[field.name] for field in self.kind.fields if field.key == name and field.name in values]
            parts = [part for value in told for part in (value if isinstance(value, list) else [value])]
            if parts and asked.casefold() not in [str(part).casefold() for part in parts]:
                raise ConnectorError(f"{self.kind.name}: the answer is about another {name}")


def _filled(template: Any, values: Mapping[str, str]) -> Any:
    if isinstance(template, dict):
        return {name: _filled(part, values) for name, part in template.items()}
    if not isinstance(template, str):
        return template
    if any(gap not in values for gap in _GAP.findall(template)):
        return None
    return _GAP.sub(lambda gap: values[gap[1]], template)


def read_map(text: str) -> dict[str, Question]:
    """Registry → how it is asked. Raises ValueError that names what is wrong."""
    try:
        parts = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(str(error)) from error
    return {name: Question.read(name, part) for name, part in parts.items()}
