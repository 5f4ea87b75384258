"""What an administrator types to design a form."""

import json
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.forms.kind import GROUPS, NUMBERS, Kind
from motcua.kernel.forms.kind.shapes import BUILT_IN, kind_of

KIND_NAMES = {
    Kind.TEXT: gettext_lazy("Một dòng chữ"),
    Kind.TEXT_LONG: gettext_lazy("Nhiều dòng chữ"),
    Kind.INTEGER: gettext_lazy("Số nguyên"),
    Kind.NUMBER: gettext_lazy("Số có phần lẻ"),
    Kind.MONEY: gettext_lazy("Số tiền"),
    Kind.DATE: gettext_lazy("Ngày"),
    Kind.CHOICE: gettext_lazy("Chọn một"),
    Kind.CHOICES: gettext_lazy("Chọn nhiều"),
    Kind.YES_NO: gettext_lazy("Có hoặc không"),
    Kind.DECLARATION: gettext_lazy("Lời cam đoan"),
    Kind.PHONE: gettext_lazy("Số điện thoại"),
    Kind.EMAIL: gettext_lazy("Thư điện tử"),
    Kind.NATIONAL_ID: gettext_lazy("Số định danh cá nhân"),
    Kind.TAX_CODE: gettext_lazy("Mã số thuế"),
    Kind.PLATE: gettext_lazy("Biển số xe"),
    Kind.SIGNATURE: gettext_lazy("Ký tên"),
    Kind.FILE: gettext_lazy("Tệp, giấy tờ"),
    Kind.ADDRESS: gettext_lazy("Địa chỉ"),
    Kind.PERSON: gettext_lazy("Một người"),
    Kind.ORGANISATION: gettext_lazy("Một tổ chức"),
    Kind.GROUP: gettext_lazy("Nhóm ô"),
    Kind.REPEAT: gettext_lazy("Nhóm lặp"),
}
_SHAPES: dict[Kind, tuple[str, str]] = {
    Kind.TEXT: ("string", ""), Kind.INTEGER: ("integer", ""), Kind.NUMBER: ("number", ""),
    Kind.MONEY: ("integer", "money"), Kind.CHOICE: ("string", ""), Kind.CHOICES: ("array", ""),
    Kind.YES_NO: ("boolean", ""), Kind.DECLARATION: ("boolean", "declaration"), Kind.FILE: ("array", "file"),
    Kind.ADDRESS: ("object", "address"), Kind.PERSON: ("object", "person"),
    Kind.ORGANISATION: ("object", "organisation"), Kind.GROUP: ("object", ""), Kind.REPEAT: ("array", ""),
}  # fmt: skip
_LIMITED = (Kind.TEXT, Kind.TEXT_LONG)
_COUNTED = (Kind.FILE, Kind.REPEAT, Kind.CHOICES)
_CHOSEN = (Kind.CHOICE, Kind.CHOICES)
_COMPUTED = (Kind.TEXT, Kind.INTEGER, Kind.NUMBER, Kind.MONEY, Kind.DATE)
_PREFILLED = frozenset(Kind) - {Kind.DECLARATION, Kind.SIGNATURE, Kind.REPEAT, Kind.FILE}
_KEY = r"^[a-z][a-z0-9_]{0,39}$"
_GROUPED = re.compile(r"-?\d{1,3}(?:[., ]\d{3})+")


def field_shape(kind: Kind) -> dict[str, Any]:
    """A new field of this kind, before anything was said about it."""
    written, shape = _SHAPES.get(kind, ("string", kind.value))
    body: dict[str, Any] = {"type": written, **({"format": shape} if shape else {})}
    if kind is Kind.DECLARATION:
        body["const"] = True
    inner = {"type": "string", "title": "Ô thứ nhất", "title_en": "First field"}
    if kind is Kind.GROUP:
        body["properties"] = {"first": inner}
    if kind is Kind.REPEAT:
        body["items"] = {"type": "object", "properties": {"first": inner}}
    return body


class WholeField(forms.IntegerField):
    """``8.000`` is eight thousand, as people write it; Django would read eight."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:
        text = str(value).strip()
        return super().to_python(re.sub("[., ]", "", text) if _GROUPED.fullmatch(text) else value)


class JsonLogicField(forms.CharField):
    """A rule as JSON; empty for none. Whether it can be read is found when the form is."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "code"})

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        return _read_json(text)


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:  # of a number that is too long without a place
        words = _("Không phải JSON ở dòng %(line)d, chữ thứ %(column)d. Xem lại dấu phẩy, ngoặc, nháy quanh đó.")
        place = {"line": getattr(error, "lineno", 1), "column": getattr(error, "colno", 1)}
        raise forms.ValidationError(words % place) from error


def _text(label: Any, hint: Any = "", *, required: bool = False, longest: int = 500, **attrs: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=longest,
        widget=forms.TextInput(attrs=attrs) if attrs else None,
    )


def _whole(label: Any) -> forms.IntegerField:
    return WholeField(label=label, required=False, min_value=0)


class WordsForm(forms.Form):
    """Title and description of a form or of a step."""

    title = _text(gettext_lazy("Tên"), required=True)
    title_en = _text(gettext_lazy("Tên bằng tiếng Anh"), lang="en")
    description = _text(gettext_lazy("Lời dẫn"), longest=2000)
    description_en = _text(gettext_lazy("Lời dẫn bằng tiếng Anh"), longest=2000, lang="en")
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("title", "title_en", "description", "description_en")}


class NewForm(forms.Form):
    key = forms.RegexField(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        label=gettext_lazy("Tên để gọi"),
        help_text=gettext_lazy("Chữ thường không dấu, số, dấu -. Ví dụ: khai-sinh"),
        max_length=60,
        error_messages={"invalid": gettext_lazy("Viết như khai-sinh: chữ thường không dấu, số, dấu -.")},
    )
    title = _text(gettext_lazy("Tên biểu mẫu"), required=True)


class ImportForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("Tệp biểu mẫu (.json)"))
    is_published = forms.BooleanField(label=gettext_lazy("Công bố ngay"), required=False)

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        if upload.size > 2 * 2**20:
            raise forms.ValidationError(_("Tệp lớn hơn 2 MB, không phải tệp biểu mẫu."))
        try:
            return str(upload.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("Tệp không phải chữ UTF-8.")) from error


class JsonForm(forms.Form):
    body = forms.CharField(
        label=gettext_lazy("Biểu mẫu dạng JSON"),
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false", "class": "code"}),
        max_length=500_000,
        strip=False,
    )
    note = _text(gettext_lazy("Sửa gì, vì sao"), longest=200)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_body(self) -> Any:
        return _read_json(self.cleaned_data["body"])


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("Loại ô"), choices=[(kind.value, name) for kind, name in KIND_NAMES.items()]
    )


class FieldForm(forms.Form):
    """One field: what can be said of its kind. ``body`` is its JSON; what the form does not know of it stays."""

    key = forms.RegexField(
        _KEY,
        label=gettext_lazy("Tên trong dữ liệu"),
        help_text=gettext_lazy("Chữ thường không dấu, số và _. Ví dụ: child_name"),
        error_messages={"invalid": gettext_lazy("Viết như child_name: chữ thường không dấu, số và _.")},
    )
    title = _text(gettext_lazy("Lời hỏi"), required=True)
    title_en = _text(gettext_lazy("Lời hỏi bằng tiếng Anh"), lang="en")
    description = _text(gettext_lazy("Lời chỉ dẫn"), longest=2000)
    description_en = _text(gettext_lazy("Lời chỉ dẫn bằng tiếng Anh"), longest=2000, lang="en")
    is_required = forms.BooleanField(label=gettext_lazy("Bắt buộc trả lời khi được hỏi"), required=False)
    show = JsonLogicField(
        label=gettext_lazy("Chỉ hỏi khi"),
        help_text=gettext_lazy('JSON-Logic, ví dụ {"==": [{"var": "married"}, true]}. Để trống: luôn hỏi.'),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self, *args: Any, kind: Kind, body: Mapping[str, Any], steps: list[tuple[str, str]], **more: Any
    ) -> None:
        self.kind, self.body = kind, body
        if not args and "data" not in more:
            more["initial"] = {**_typed(kind, body), **more.get("initial", {})}
        super().__init__(*args, **more)
        if steps:
            self.fields["step"] = forms.ChoiceField(label=_("Hỏi ở bước"), choices=steps)
        if "$ref" not in body:
            self._own_fields()
        if kind in _PREFILLED:
            self.fields["prefill"] = _text(
                _("Điền sẵn từ"),
                _("Ví dụ: person.name, registry.population.born_on. Để trống: không điền sẵn."),
                longest=120,
            )
            self.fields["is_locked"] = forms.BooleanField(
                label=_("Người khai không sửa được giá trị điền sẵn"), required=False
            )

    def _own_fields(self) -> None:  # noqa: C901  one branch for each group of kinds
        kind = self.kind
        if kind in _CHOSEN:
            self.fields["options"] = forms.CharField(
                label=_("Các lựa chọn"), help_text=_("Mỗi dòng một lựa chọn: mã | lời | lời tiếng Anh"),
                widget=forms.Textarea(attrs={"rows": 5}),
            )  # fmt: skip
        if kind in NUMBERS:
            number = forms.FloatField if kind is Kind.NUMBER else WholeField
            self.fields["minimum"] = number(label=_("Nhỏ nhất"), required=False)
            self.fields["maximum"] = number(label=_("Lớn nhất"), required=False)
            self.fields["unit"] = _text(_("Đơn vị"), longest=40)
            self.fields["unit_en"] = _text(_("Đơn vị bằng tiếng Anh"), longest=40, lang="en")
        if kind is Kind.DATE:
            hint = _("Ví dụ: 2020-01-31, today, today-18y, today+30d")
            self.fields["first_day"] = _text(_("Sớm nhất"), hint, longest=12)
            self.fields["last_day"] = _text(_("Muộn nhất"), hint, longest=12)
        if kind in _LIMITED:
            self.fields["longest"] = _whole(_("Dài nhất, ký tự"))
        if kind is Kind.TEXT:
            self.fields["pattern"] = _text(_("Phải khớp biểu thức chính quy"), longest=200)
            self.fields["pattern_hint"] = _text(_("Nói bằng lời phải viết thế nào"))
            self.fields["pattern_hint_en"] = _text(_("Lời đó bằng tiếng Anh"), lang="en")
        if kind in _COUNTED:
            self.fields["fewest"] = _whole(_("Ít nhất, mục"))
            self.fields["most"] = _whole(_("Nhiều nhất, mục"))
        if kind is Kind.REPEAT:
            self.fields["item_title"] = _text(_("Gọi mỗi mục là"), longest=100)
            self.fields["item_title_en"] = _text(_("Tên đó bằng tiếng Anh"), longest=100, lang="en")
        if kind is Kind.FILE:
            accepted = [("document", _("Ảnh và văn bản")), ("photo", _("Chỉ ảnh"))]
            self.fields["accept"] = forms.ChoiceField(label=_("Nhận"), choices=accepted)
        if kind in (Kind.PERSON, Kind.ORGANISATION):
            parts = [(key, part["title"]) for key, part in BUILT_IN[kind.value].properties.items()]
            for name, label in (("parts", _("Hỏi những gì")), ("required_parts", _("Trong đó bắt buộc"))):
                self.fields[name] = forms.MultipleChoiceField(
                    label=label, choices=parts, widget=forms.CheckboxSelectMultiple, required=name == "parts"
                )
        if kind is Kind.SIGNATURE:
            self.fields["same_as"] = _text(_("Phải giống ô"), _("Ví dụ: requester.name"), longest=120)
        if kind in _COMPUTED:
            self.fields["value"] = JsonLogicField(
                label=_("Tự tính bằng"),
                help_text=_('JSON-Logic, ví dụ {"*": [{"var": "copies"}, 8000]}. Để trống: người khai điền.'),
            )
        if kind not in (*GROUPS, Kind.REPEAT, Kind.FILE, Kind.ADDRESS, Kind.DECLARATION, Kind.SIGNATURE, Kind.CHOICES):
            self.fields["default"] = _text(_("Có sẵn"), _("Giá trị đứng sẵn trong ô."), longest=200)

    def clean_options(self) -> list[tuple[str, str, str]]:
        rows = [
            [part.strip() for part in line.split("|")]
            for line in self.cleaned_data["options"].splitlines()
            if line.strip()
        ]
        if any(len(row) > 3 or not row[0] for row in rows):
            raise forms.ValidationError(_("Mỗi dòng viết như: nam | Nam | Male"))
        return [(row[0], row[1] if len(row) > 1 else row[0], row[2] if len(row) > 2 else "") for row in rows]

    @property
    def as_json(self) -> dict[str, Any]:
        """The field's JSON with what was typed; the rest stays as it was."""
        data = self.cleaned_data
        body = dict(self.body)
        for name, key in _PLAIN.items():
            if name in self.fields:
                _put(body, key, data.get(name))
        if "options" in self.fields:
            holder = body.setdefault("items", {"type": "string"}) if self.kind is Kind.CHOICES else body
            values, labels, english = zip(*data["options"], strict=True)
            holder |= {"enum": list(values), "x-labels": list(labels)}
            _put(holder, "x-labels-en", list(english) if all(english) else None)
        if "parts" in self.fields:
            body["x-fields"] = data["parts"]
            body["required"] = [part for part in data["required_parts"] if part in data["parts"]]
        if "prefill" in self.fields:
            _put(body, "x-prefill-lock", None if data["is_locked"] or not data["prefill"] else "no")
        if "default" in self.fields:
            _put(body, "default", _default(self.kind, data["default"]))
        return body


_PLAIN = {
    "title": "title", "title_en": "title_en", "description": "description", "description_en": "description_en",
    "show": "x-show", "value": "x-value", "minimum": "minimum", "maximum": "maximum", "unit": "x-unit",
    "unit_en": "x-unit-en", "first_day": "x-min", "last_day": "x-max", "longest": "maxLength", "pattern": "pattern",
    "pattern_hint": "x-pattern-hint", "pattern_hint_en": "x-pattern-hint-en", "fewest": "minItems", "most": "maxItems",
    "item_title": "x-item-title", "item_title_en": "x-item-title-en", "accept": "x-accept", "same_as": "x-same-as",
    "prefill": "x-prefill",
}  # fmt: skip


def _put(body: dict[str, Any], name: str, value: Any) -> None:
    if value in ("", None):
        body.pop(name, None)
    else:
        body[name] = value


def _default(kind: Kind, text: str) -> Any:
    if text and kind is Kind.YES_NO:
        return text.lower() in ("true", "yes", "có")
    if text and kind in NUMBERS:
        try:
            return float(text) if kind is Kind.NUMBER else int(text)
        except ValueError:
            return text  # the check of the form says what is wrong with it
    return text


def _typed(kind: Kind, body: Mapping[str, Any]) -> dict[str, Any]:
    """A field's JSON as it stands in the inputs."""
    found = {name: body.get(key, "") for name, key in _PLAIN.items()}
    for name in ("show", "value"):
        found[name] = json.dumps(found[name], ensure_ascii=False) if found[name] not in ("", None) else ""
    holder = body.get("items", {}) if kind is Kind.CHOICES else body
    english = holder.get("x-labels-en", [""] * len(holder.get("enum", [])))
    rows = zip(holder.get("enum", []), holder.get("x-labels", []), english, strict=False)
    found["options"] = "\n".join(" | ".join(part for part in row if part) for row in rows)
    if kind.value in BUILT_IN:
        parts = BUILT_IN[kind.value]
        found["parts"] = body.get("x-fields", list(parts.usual))
        found["required_parts"] = body.get("required", list(parts.required))
    found["accept"] = body.get("x-accept", "document")
    found["is_locked"] = body.get("x-prefill-lock", "yes") == "yes"
    default = body.get("default", "")
    found["default"] = {True: "true", False: "false"}.get(default, default) if isinstance(default, bool) else default
    return found


def kind_in(body: Mapping[str, Any], definitions: Mapping[str, Any]) -> Kind:
    """Of a field's JSON, also when it only names a definition."""
    reference = str(body.get("$ref", "")).removeprefix("#/$defs/")
    if reference:
        body = definitions.get(reference, {"type": "object", "format": reference})
    return kind_of(body) or Kind.TEXT
