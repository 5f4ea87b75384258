"""The shape of what is typed to ask a registry, to write one, and to use one's rights."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.registries.kind import PURPOSES, REQUEST_NAMES, Basis, FieldType, RegistryKind

FILE_MAX_BYTES = 30 * 2**20


class LookUpForm(forms.Form):
    """One field for each key. Sent by POST: numbers of people stand in no address and in no log of addresses."""

    purpose = forms.ChoiceField(label=_("Để làm gì"))
    reason = forms.CharField(
        label=_("Việc cụ thể"),
        help_text=_("Mã hồ sơ hoặc việc đang làm. Người có dữ liệu đọc được."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *arguments: Any, kind: RegistryKind, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.keys = list(kind.keys)
        for name, field in kind.keys.items():
            title = _("Số định danh") if name == "national_id" else field.title
            self.fields[name] = forms.CharField(
                label=str(title), max_length=60, required=False, widget=forms.TextInput({"autocomplete": "off"})
            )
        statutory = [purpose for purpose in PURPOSES.values() if purpose.basis is Basis.STATUTORY]
        self.fields["purpose"].choices = [  # type: ignore[attr-defined]
            (purpose.name, purpose.title) for purpose in statutory if purpose.name != "upkeep"
        ]
        self.order_fields([*self.keys, "purpose", "reason"])

    @property
    def key(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.keys if self.cleaned_data.get(name)}


class RecordForm(forms.Form):
    """A record by hand; what is wrong with a value is said by the field's own reading."""

    def __init__(
        self, *arguments: Any, kind: RegistryKind, values: dict[str, Any] | None = None, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.initial = _cells(kind, values or {})
        for field in kind.fields:
            if field.type == FieldType.ADDRESS:
                self.fields[f"{field.name}_area"] = forms.CharField(
                    label=_("Mã phường, xã"), max_length=10, required=False
                )
                self.fields[f"{field.name}_line"] = forms.CharField(
                    label=str(field.title), max_length=200, required=False
                )
            else:
                hint = _("Nhiều số thì cách nhau bằng dấu |") if field.type == FieldType.NATIONAL_IDS else ""
                self.fields[field.name] = forms.CharField(
                    label=str(field.title),
                    help_text=hint,
                    max_length=300,
                    required=field.is_required,
                    widget=forms.TextInput({"autocomplete": "off"}),
                )


def _cells(kind: RegistryKind, values: dict[str, Any]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for field in kind.fields:
        value = values.get(field.name)
        if field.type == FieldType.ADDRESS:
            address = value or {}
            cells |= {f"{field.name}_{part}": address.get(part, "") for part in ("area", "line")}
        elif value is not None:
            cells[field.name] = "|".join(value) if isinstance(value, list) else str(value)
    return cells


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("Tệp CSV"), help_text=_("Chữ UTF-8; dòng đầu là tên các cột. Sai một dòng thì không nạp dòng nào.")
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > FILE_MAX_BYTES:
            raise forms.ValidationError(_("Tệp lớn hơn 30 MB; chia ra nhiều tệp."))
        return upload


class RequestForm(forms.Form):
    kind = forms.ChoiceField(label=_("Bạn muốn"), choices=list(REQUEST_NAMES.items()), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Cụ thể"),
        help_text=_("Dữ liệu nào, sai ở đâu, đúng là gì."),
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Trả lời hoặc lý do"),
        help_text=_("Người gửi đọc được."),
        max_length=4000,
        required=False,
        widget=forms.Textarea({"rows": 5}),
    )
