"""What people fill in around the form itself: who they are, where it is settled, how they want the result."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.org import queries as org
from motcua.lib import contacts
from motcua.modules.dossiers.kind import Delivery


class ContactForm(forms.Form):
    """Asked of everybody who files; a signed-in person's card has the names already."""

    area = forms.ChoiceField(label=_("Phường, xã giải quyết"), help_text=_("Thường là nơi bạn cư trú."))
    name = forms.CharField(label=_("Họ và tên người nộp"), max_length=120)
    national_id = forms.CharField(
        label=_("Số định danh cá nhân"), max_length=15, help_text=_("12 số trên thẻ căn cước.")
    )
    phone = forms.CharField(label=_("Số điện thoại"), max_length=20, help_text=_("Để báo tin và hỏi khi cần."))
    email = forms.CharField(label=_("Thư điện tử"), max_length=200, required=False)
    delivery = forms.ChoiceField(
        label=_("Nhận kết quả"), choices=Delivery.choices, widget=forms.RadioSelect, initial=Delivery.ONLINE
    )
    delivery_to = forms.CharField(
        label=_("Địa chỉ nhận qua bưu chính"), max_length=300, required=False, help_text=_("Khi bạn chọn bưu chính.")
    )

    wants = forms.ChoiceField(
        label=_("Tin nào gửi cho bạn, người nộp thay"),
        choices=[("all", _("Mọi thay đổi")), ("result", _("Chỉ kết quả")), ("none", _("Không gửi"))],
        widget=forms.RadioSelect,
        initial="all",
        help_text=_("Người ủy quyền luôn nhận tin theo cách họ đã chọn."),
    )

    def __init__(
        self, *args: Any, needs_area: bool, is_known: bool, is_for_another: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_for_another:
            del self.fields["wants"]
        if needs_area:
            self.fields["area"].choices = [  # type: ignore[attr-defined]
                ("", _("Chọn phường, xã")),
                *((area.code, area.full_name) for area in org.served().values()),
            ]
        else:
            del self.fields["area"]
        if is_known:
            for name in ("name", "national_id", "phone", "email"):
                del self.fields[name]
        autocomplete = {"name": "name", "phone": "tel", "email": "email", "delivery_to": "street-address"}
        for name, value in autocomplete.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = value
        if "national_id" in self.fields:
            self.fields["national_id"].widget.attrs["inputmode"] = "numeric"
        if phone := self.initial.get("phone"):
            self.initial["phone"] = contacts.shown_phone(str(phone))

    def clean_national_id(self) -> str:
        digits = "".join(char for char in str(self.cleaned_data["national_id"]) if char.isdigit())
        if len(digits) != 12:
            raise forms.ValidationError(_("Số định danh cá nhân có 12 số. Kiểm tra lại trên thẻ căn cước."))
        return digits

    def clean_phone(self) -> str:
        number = contacts.normal_phone(str(self.cleaned_data["phone"]))
        if not number:
            raise forms.ValidationError(_("Nhập số điện thoại như 0905 123 456."))
        return number

    def clean_email(self) -> str:
        text = str(self.cleaned_data["email"]).strip()
        if text and not contacts.normal_email(text):
            raise forms.ValidationError(_("Nhập địa chỉ thư như ten@example.vn."))
        return text

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("delivery") == Delivery.POST and not data.get("delivery_to"):
            self.add_error("delivery_to", _("Ghi địa chỉ để bưu chính giao kết quả."))
        return data


class LookUpForm(forms.Form):
    """Tracking with the code and the secret from the receipt."""

    code = forms.CharField(label=_("Mã hồ sơ"), max_length=60)
    secret = forms.CharField(
        label=_("Mã tra cứu"),
        max_length=20,
        help_text=_(
            "8 chữ và số, in dưới mã hồ sơ trên giấy tiếp nhận. Hồ sơ của bộ, ngành không có mã này: số định danh của"
            " chủ hồ sơ."
        ),
    )
