"""What the clerk types at the counter. Everything stands on one page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.kernel.org import queries as org
from motcua.lib import contacts
from motcua.lib.identifiers import read_national_id, read_tax_code
from motcua.modules.dossiers.kind import Delivery


def commune_choices() -> list[tuple[str, str]]:
    return [(area.code, area.full_name) for area in org.served().values()]


class IntakeForm(forms.Form):
    """``person_id`` and ``code`` are what was found; ``key`` makes two presses one dossier."""

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    code = forms.CharField(max_length=60, widget=forms.HiddenInput, required=False)
    card = forms.CharField(
        label=_("Quét thẻ căn cước, hoặc gõ số"),
        required=False,
        max_length=400,
        help_text=_("Gõ số điện thoại cũng được."),
    )
    name = forms.CharField(label=_("Họ và tên"), required=False, max_length=120)
    national_id = forms.CharField(label=_("Số định danh"), required=False, max_length=20)
    phone = forms.CharField(label=_("Điện thoại"), required=False, max_length=20)
    email = forms.CharField(label=_("Thư điện tử"), required=False, max_length=200)
    address = forms.CharField(label=_("Địa chỉ"), required=False, max_length=300)
    behalf = forms.ChoiceField(
        choices=[("", ""), ("person", ""), ("organisation", "")], required=False, widget=forms.HiddenInput
    )
    giver_card = forms.CharField(label=_("Số định danh của người ủy quyền"), required=False, max_length=400)
    giver_name = forms.CharField(label=_("Họ và tên người ủy quyền"), required=False, max_length=120)
    giver_id = forms.CharField(label=_("Số định danh"), required=False, max_length=20)
    giver_address = forms.CharField(label=_("Địa chỉ"), required=False, max_length=300)
    giver_phone = forms.CharField(label=_("Điện thoại"), required=False, max_length=20)
    tax_code = forms.CharField(label=_("Mã số thuế của tổ chức"), required=False, max_length=20)
    organisation = forms.CharField(label=_("Tên tổ chức"), required=False, max_length=200)
    by_paper = forms.BooleanField(label=_("Đã nhận văn bản ủy quyền, giấy giới thiệu bằng giấy"), required=False)
    q = forms.CharField(label=_("Thủ tục"), required=False, max_length=120, help_text=_("Gõ vài chữ, không dấu."))
    case = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    area = forms.ChoiceField(label=_("Nơi giải quyết"), required=False)
    delivery = forms.ChoiceField(
        label=_("Nhận kết quả"), choices=Delivery.choices, initial=Delivery.COUNTER, required=False
    )
    copies = forms.IntegerField(label=_("Số bộ"), initial=1, min_value=1, max_value=99, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = commune_choices()  # type: ignore[attr-defined]
        self.fields["area"].widget.attrs |= {  # another place, another promise
            "hx-post": reverse("dossier_take_in"),
            "hx-trigger": "change",
            "hx-vals": '{"do": "place"}',
            "hx-target": "#intake",
            "hx-swap": "outerHTML",
        }
        for name in ("card", "q", "name", "national_id", "phone", "email", "address", "giver_card", "giver_name",
                     "giver_id", "giver_phone", "giver_address", "tax_code", "organisation"):  # fmt: skip
            self.fields[name].widget.attrs["autocomplete"] = "off"  # it is not the clerk's own

    def clean_national_id(self) -> str:
        return self._number("national_id")

    def clean_giver_id(self) -> str:
        return self._number("giver_id")

    def _number(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        found = read_national_id(text) if text else None
        if text and found is None:
            raise forms.ValidationError(_("Số định danh có 12 số."))
        return found.number if found else ""

    def clean_phone(self) -> str:
        return self._phone("phone")

    def clean_giver_phone(self) -> str:
        return self._phone("giver_phone")

    def _phone(self, name: str) -> str:
        text = str(self.cleaned_data[name]).strip()
        if text and not contacts.normal_phone(text):
            raise forms.ValidationError(_("Nhập số điện thoại như 0905 123 456."))
        return contacts.normal_phone(text) if text else ""

    def clean_tax_code(self) -> str:
        text = str(self.cleaned_data["tax_code"]).strip()
        if text and not read_tax_code(text):
            raise forms.ValidationError(_("Mã số thuế có 10 số, hoặc 10-3 số của chi nhánh."))
        return read_tax_code(text)

    def check_taking_in(self, missing: Sequence[str], *, is_known_to_act: bool = False) -> None:
        """What must be there before it is taken in. ``missing``: names of papers that did not come. Whoever acts for
        another is known here to do so, or has brought a paper that says it."""
        behalf = self.cleaned_data.get("behalf")
        if behalf == "person" and not self.cleaned_data.get("giver_name"):
            self.add_error("giver_name", _("Ghi họ tên người ủy quyền."))
        if behalf == "organisation" and not self.cleaned_data.get("tax_code"):
            self.add_error("tax_code", _("Ghi mã số thuế của tổ chức."))
        if behalf and not is_known_to_act and not self.cleaned_data.get("by_paper"):
            words = _("Chưa thấy ủy quyền hay tư cách đại diện trực tuyến. Nhận bản giấy rồi đánh dấu ở đây.")
            self.add_error("by_paper", words)
        if not self.cleaned_data.get("name"):
            self.add_error("name", _("Ghi họ tên người nộp."))
        if not self.cleaned_data.get("code"):
            self.add_error("q", _("Chọn thủ tục."))
        if missing:
            words = _("Còn thiếu: %(names)s. Đánh dấu giấy đã có, hoặc nhận và yêu cầu bổ sung.")
            self.add_error(None, words % {"names": "; ".join(missing)})
