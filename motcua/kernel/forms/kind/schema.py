"""The answers of a form as pure JSON Schema 2020-12: what programs are told, and what ``check`` validates with."""

from typing import Any

from motcua.kernel.forms.kind.fields import GROUPS, Field, Kind, Words

DIALECT = "https://json-schema.org/draft/2020-12/schema"
LONGEST_TEXT, LONGEST_LONG_TEXT = 500, 5000
MOST_MONEY = 10**15
PATTERNS = {
    Kind.PHONE: r"^\+[0-9]{9,15}$",
    Kind.NATIONAL_ID: r"^[0-9]{12}$",
    Kind.TAX_CODE: r"^([0-9]{10}(-[0-9]{3})?|[0-9]{12})$",
    Kind.PLATE: r"^[0-9]{2}[A-ZĐ]{1,2}[0-9]?-[0-9]{4,5}$",
}
AREA_PATTERN = r"^[0-9]{2,5}$"
FILE_PATTERN = r"^[A-Za-z0-9_-]{1,43}$"


def schema_of(title: Words, fields: tuple[Field, ...]) -> dict[str, Any]:
    return {"$schema": DIALECT, **_words("title", title), **_object(fields)}


def _object(fields: tuple[Field, ...]) -> dict[str, Any]:
    required = [one.key for one in fields if one.is_required and one.show is None and one.value is None]
    return {
        "type": "object",
        "properties": {one.key: _value(one) for one in fields},
        **({"required": required} if required else {}),
        "additionalProperties": False,
    }


def _words(name: str, words: Words) -> dict[str, str]:
    return {name: words.vi} if words else {}


def _value(one: Field) -> dict[str, Any]:
    shape = {**_words("title", one.title), **_words("description", one.description), **_shape(one)}
    if one.default is not None:
        shape["default"] = one.default
    if one.value is not None:
        shape["readOnly"] = True
    return shape


def _shape(one: Field) -> dict[str, Any]:  # noqa: C901  one branch for each kind
    match one.kind:
        case kind if kind in GROUPS:
            return _object(one.children)
        case Kind.REPEAT:
            return {"type": "array", "items": _object(one.children), **_limits(one)}
        case Kind.ADDRESS:
            return ADDRESS
        case Kind.CHOICE:
            return {"type": "string", "enum": [option.value for option in one.options]}
        case Kind.CHOICES:
            values = [option.value for option in one.options]
            return {"type": "array", "items": {"enum": values}, "uniqueItems": True, **_limits(one)}
        case Kind.FILE:
            items = {"type": "string", "pattern": FILE_PATTERN}
            return {"type": "array", "items": items, "uniqueItems": True, **_limits(one)}
        case Kind.DECLARATION:
            return {"type": "boolean", "const": True}
        case Kind.YES_NO:
            return {"type": "boolean"}
        case Kind.INTEGER | Kind.MONEY | Kind.NUMBER:
            return _number(one)
        case Kind.DATE:
            return {"type": "string", "format": "date"}
        case Kind.EMAIL:
            return {"type": "string", "format": "email", "maxLength": 254}
        case kind if kind in PATTERNS:
            return {"type": "string", "pattern": PATTERNS[kind]}
    text: dict[str, Any] = {"type": "string", "maxLength": one.longest}
    if one.shortest:
        text["minLength"] = one.shortest
    if one.pattern:
        text["pattern"] = f"^(?:{one.pattern})$"
    return text


ADDRESS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "line": {"type": "string", "maxLength": 200, "description": "Số nhà, đường, thôn, tổ dân phố"},
        "area": {"type": "string", "pattern": AREA_PATTERN, "description": "Mã phường, xã đang có hiệu lực"},
        "former": {"type": "string", "pattern": AREA_PATTERN, "description": "Mã phường, xã cũ mà người khai đã ghi"},
        "elsewhere": {"type": "string", "maxLength": 200, "description": "Nơi ở ngoài tỉnh, thành phố này, bằng lời"},
    },
    "additionalProperties": False,
}


def _limits(one: Field) -> dict[str, int]:
    limits = {"minItems": one.fewest_items, "maxItems": one.most_items}
    return {name: limit for name, limit in limits.items() if limit}


def _number(one: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "number" if one.kind is Kind.NUMBER else "integer"}
    if one.least is not None:
        shape["minimum"] = one.least
    if one.most is not None:
        shape["maximum"] = one.most
    return shape
