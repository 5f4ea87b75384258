"""A form with one field of every kind, for tests."""

from typing import Any

from motcua.kernel.forms.kind import Form


def _labels(*values: str) -> dict[str, Any]:
    return {"enum": list(values), "x-labels": [value.title() for value in values]}


EVERYTHING: dict[str, Any] = {
    "key": "moi-thu",
    "title": "Đơn có mọi thứ",
    "title_en": "A form with everything",
    "type": "object",
    "properties": {
        "name": {"type": "string", "title": "Họ tên", "title_en": "Full name", "x-prefill": "person.name"},
        "phone": {
            "type": "string", "format": "phone", "title": "Điện thoại", "x-prefill": "person.phone",
            "x-prefill-lock": "no",
        },
        "born_on": {"type": "string", "format": "date", "title": "Ngày sinh", "x-max": "today"},
        "married": {"type": "boolean", "title": "Đã kết hôn?"},
        "spouse": {
            "type": "object", "format": "person", "title": "Vợ hoặc chồng", "x-show": {"var": "married"},
            "x-fields": ["name", "national_id", "born_on", "sex"],
        },
        "why": {"type": "string", "format": "text-long", "title": "Lý do", "maxLength": 50},
        "sex": {"type": "string", "title": "Giới tính", **_labels("nam", "nu")},
        "field": {"type": "string", "title": "Lĩnh vực", **_labels(*"abcdefgh")},
        "aids": {
            "type": "array", "items": {"type": "string", **_labels("xe", "nang")}, "title": "Hỗ trợ", "maxItems": 1,
        },
        "children": {
            "type": "array", "title": "Các con", "maxItems": 3, "x-item-title": "Con",
            "items": {
                "type": "object", "required": ["name"],
                "properties": {
                    "name": {"type": "string", "title": "Tên con"},
                    "cash": {"type": "integer", "format": "money", "title": "Trợ cấp"},
                    "extra": {"type": "string", "title": "Vì sao thêm?", "x-show": {">": [{"var": "cash"}, 100]}},
                },
            },
        },
        "total": {
            "type": "integer", "format": "money", "title": "Tổng",
            "x-value": {
                "reduce": [{"var": "children"}, {"+": [{"var": "accumulator"}, {"var": "current.cash"}]}, 0],
            },
        },
        "area_m2": {"type": "number", "title": "Diện tích", "minimum": 1, "maximum": 1000, "x-unit": "m²"},
        "email": {"type": "string", "format": "email", "title": "Thư"},
        "tax": {"type": "string", "format": "tax-code", "title": "Mã số thuế"},
        "plate": {"type": "string", "format": "plate", "title": "Biển số"},
        "plot": {
            "type": "string", "title": "Thửa", "pattern": "[0-9]{1,5}", "x-pattern-hint": "Viết số thửa, ví dụ 123.",
        },
        "home": {"type": "object", "format": "address", "title": "Nơi ở"},
        "company": {"type": "object", "format": "organisation", "title": "Doanh nghiệp"},
        "papers": {"type": "array", "format": "file", "title": "Giấy tờ", "maxItems": 2},
        "truth": {"type": "boolean", "const": True, "format": "declaration", "title": "Tôi cam đoan."},
        "signed": {"type": "string", "format": "signature", "title": "Ký tên", "x-same-as": "name"},
    },
    "required": ["name", "born_on", "married", "spouse", "truth", "signed"],
    "layout": [
        {"key": "who", "title": "Bạn là ai", "title_en": "Who you are",
         "fields": ["name", "phone", "born_on", "married", "spouse"]},
        {"key": "what", "title": "Nội dung", "title_en": "What",
         "fields": ["why", "sex", "field", "aids", "children", "total", "area_m2", "email", "tax", "plate", "plot"]},
        {"key": "where", "title": "Ở đâu", "title_en": "Where", "fields": ["home", "company", "papers"]},
        {"key": "end", "title": "Cam đoan", "title_en": "Declaration", "fields": ["truth", "signed"]},
    ],
    "rules": [
        {"if": {"and": [{"var": "area_m2"}, {"!": [{"var": "plot"}]}]}, "error": "Ghi số thửa.",
         "error_en": "Give the plot number.", "at": "area_m2"},
    ],
}  # fmt: skip
RIGHT: dict[str, Any] = {
    "name": "Trần Thị Mẫu", "born_on": "20/11/1990", "married": False, "truth": True, "signed": "trần  thị mẫu",
}  # fmt: skip


def everything() -> Form:
    return Form.parse(EVERYTHING)


def form_of(*fields: dict[str, Any], **more: Any) -> Form:
    """Fields are called a, b, c … l in their order."""
    properties = {"abcdefghijkl"[place]: {"title": "Ô", **one} for place, one in enumerate(fields)}
    return Form.parse({"title": "Đơn", "properties": properties, **more})
