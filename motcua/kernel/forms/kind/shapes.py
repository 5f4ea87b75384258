"""Which kinds of fields there are, what JSON may say of each, and the parts of a person and an organisation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from motcua.kernel.forms.kind.fields import Kind

_FORMATS = {
    ("string", ""): Kind.TEXT,
    ("string", "text-long"): Kind.TEXT_LONG,
    ("string", "date"): Kind.DATE,
    ("string", "phone"): Kind.PHONE,
    ("string", "email"): Kind.EMAIL,
    ("string", "national-id"): Kind.NATIONAL_ID,
    ("string", "tax-code"): Kind.TAX_CODE,
    ("string", "plate"): Kind.PLATE,
    ("string", "signature"): Kind.SIGNATURE,
    ("integer", ""): Kind.INTEGER,
    ("integer", "money"): Kind.MONEY,
    ("number", ""): Kind.NUMBER,
    ("boolean", ""): Kind.YES_NO,
    ("boolean", "declaration"): Kind.DECLARATION,
    ("object", ""): Kind.GROUP,
    ("object", "address"): Kind.ADDRESS,
    ("object", "person"): Kind.PERSON,
    ("object", "organisation"): Kind.ORGANISATION,
    ("array", "file"): Kind.FILE,
}


def kind_of(body: Mapping[str, Any]) -> Kind | None:
    written, shape = body.get("type"), body.get("format", "")
    if not isinstance(written, str) or not isinstance(shape, str):
        return None
    if written == "string" and not shape and "enum" in body:
        return Kind.CHOICE
    if written == "array" and not shape:
        items = body.get("items")
        if not isinstance(items, dict):
            return None
        return Kind.CHOICES if items.get("type") == "string" else Kind.REPEAT
    return _FORMATS.get((written, shape))


_ALWAYS = {
    "type", "format", "title", "title_en", "description", "description_en", "default", "$comment", "x-show",
    "x-prefill", "x-prefill-lock",
}  # fmt: skip
_TEXT = {"minLength", "maxLength", "pattern", "x-pattern-hint", "x-pattern-hint-en", "x-value"}
_LIST = {"minItems", "maxItems", "uniqueItems"}
_NUMBER = {"minimum", "maximum", "x-unit", "x-unit-en", "x-value"}
_OWN: dict[Kind, set[str]] = {
    Kind.TEXT: _TEXT,
    Kind.TEXT_LONG: _TEXT,
    Kind.NUMBER: _NUMBER,
    Kind.INTEGER: _NUMBER,
    Kind.MONEY: _NUMBER,
    Kind.DATE: {"x-min", "x-max", "x-value"},
    Kind.CHOICE: {"enum", "x-labels", "x-labels-en", "x-view", "x-value"},
    Kind.CHOICES: {"items", "x-view", *_LIST},
    Kind.YES_NO: {"x-value"},
    Kind.DECLARATION: {"const"},
    Kind.SIGNATURE: {"x-same-as", "maxLength"},
    Kind.FILE: {"items", "x-accept", *_LIST},
    Kind.GROUP: {"properties", "required"},
    Kind.REPEAT: {"items", "x-item-title", "x-item-title-en", *_LIST},
    Kind.PERSON: {"x-fields", "required"},
    Kind.ORGANISATION: {"x-fields", "required"},
}
KEYWORDS: dict[Kind, frozenset[str]] = {kind: frozenset(_ALWAYS | _OWN.get(kind, set())) for kind in Kind}


@dataclass(frozen=True)
class Parts:
    """``usual`` are asked for, and ``required``, unless the form says otherwise."""

    properties: Mapping[str, Mapping[str, Any]]
    usual: tuple[str, ...]
    required: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(self.properties)


def _part(title: str, title_en: str, kind: str = "string", form: str = "", **more: Any) -> dict[str, Any]:
    return {"type": kind, **({"format": form} if form else {}), "title": title, "title_en": title_en, **more}


_PHONE = _part("Số điện thoại", "Telephone number", form="phone")
_EMAIL = _part("Thư điện tử", "Email address", form="email")
_SEX = {"enum": ["nam", "nu"], "x-labels": ["Nam", "Nữ"], "x-labels-en": ["Male", "Female"]}

BUILT_IN: dict[str, Parts] = {
    "person": Parts(
        {
            "name": _part("Họ, chữ đệm, tên", "Full name", maxLength=120),
            "national_id": _part("Số định danh cá nhân", "Personal identification number", form="national-id"),
            "born_on": _part("Ngày sinh", "Date of birth", form="date") | {"x-max": "today"},
            "sex": _part("Giới tính", "Sex") | _SEX,
            "ethnicity": _part("Dân tộc", "Ethnicity", maxLength=60),
            "nationality": _part("Quốc tịch", "Nationality", maxLength=60, default="Việt Nam"),
            "phone": _PHONE,
            "email": _EMAIL,
            "address": _part("Nơi cư trú", "Place of residence", "object", "address"),
        },
        usual=("name", "national_id", "born_on"),
        required=("name",),
    ),
    "organisation": Parts(
        {
            "name": _part("Tên tổ chức, doanh nghiệp", "Name of the organisation", maxLength=200),
            "tax_code": _part("Mã số thuế", "Tax code", form="tax-code"),
            "representative": _part("Người đại diện theo pháp luật", "Legal representative", maxLength=120),
            "representative_id": _part(
                "Số định danh của người đại diện", "Personal identification number of the representative",
                form="national-id",
            ),
            "position": _part("Chức danh của người đại diện", "Position of the representative", maxLength=100),
            "phone": _PHONE,
            "email": _EMAIL,
            "address": _part("Địa chỉ trụ sở", "Head office address", "object", "address"),
        },
        usual=("name", "tax_code", "representative"),
        required=("name", "tax_code"),
    ),
    "address": Parts({}, (), ()),
}  # fmt: skip
