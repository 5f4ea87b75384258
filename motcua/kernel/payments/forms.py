"""The shape of what clerks type about money."""

import secrets
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.payments.kind import Means
from motcua.lib.money import parse_money
from motcua.lib.vietnamese import clean


class MoneyField(forms.CharField):
    """``150.000``, ``150k``: whole đồng."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=30, **options)
        self.widget.attrs["inputmode"] = "numeric"

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_money(text)
        except ValueError:
            raise forms.ValidationError(_("Viết số tiền bằng đồng, ví dụ 150.000.")) from None


def _text(label: Any, longest: int, *, required: bool = True, words: Any = None, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        error_messages={"required": words} if words else None,
        **options,
    )


class CashForm(forms.Form):
    amount = MoneyField(label=_("Số tiền thu"), error_messages={"required": _("Nhập số tiền thu.")})
    means = forms.ChoiceField(
        label=_("Bằng"),
        choices=[(Means.CASH.value, Means.CASH.label), (Means.CARD.value, Means.CARD.label)],
        widget=forms.RadioSelect,
        initial=Means.CASH.value,
    )
    slip = _text(_("Số trên hóa đơn thẻ"), 60, required=False)
    nonce = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"nonce": secrets.token_hex(8), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)


class ReasonForm(forms.Form):
    reason = _text(_("Lý do"), 300, words=_("Ghi lý do."))


class MatchForm(forms.Form):
    reference = _text(
        _("Mã nộp tiền hoặc mã việc"), 60, words=_("Nhập mã nộp tiền."), help_text=_("Ví dụ MC7K2Q9XHT4P")
    )


class RefundForm(forms.Form):
    amount = MoneyField(label=_("Số tiền hoàn"), error_messages={"required": _("Nhập số tiền hoàn.")})
    reason = _text(_("Lý do hoàn"), 300, words=_("Ghi lý do hoàn tiền."))
    means = forms.ChoiceField(
        label=_("Hoàn bằng"),
        choices=[(Means.BANK.value, Means.BANK.label), (Means.CASH.value, Means.CASH.label)],
        widget=forms.RadioSelect,
        initial=Means.BANK.value,
    )
    bank = _text(_("Ngân hàng nhận"), 80, required=False, help_text=_("Tiền mặt thì để trống cả ba ô này."))
    account = _text(_("Số tài khoản nhận"), 30, required=False)
    name = _text(_("Tên người nhận"), 160, required=False)


class PaidOutForm(forms.Form):
    bank = _text(_("Ngân hàng nhận"), 80, required=False, help_text=_("Chưa ai ghi ngân hàng nào. Hỏi người nhận."))
    bank_id = _text(
        _("Mã giao dịch của ngân hàng"), 100, required=False, help_text=_("Trên lệnh chi. Tiền mặt thì để trống.")
    )

    def __init__(self, *args: Any, needs_bank: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not needs_bank:
            del self.fields["bank"]


class ReceiptForm(forms.Form):
    name = _text(_("Tên người nộp"), 200, words=_("Ghi tên người nộp."))
    address = _text(_("Địa chỉ"), 300, required=False)
    identifier = _text(_("Mã số thuế hoặc số định danh"), 20, required=False)
    reason = _text(_("Vì sao thay biên lai"), 300, words=_("Ghi vì sao thay biên lai."))


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class BankFileForm(forms.Form):
    """``sources`` and ``accounts`` are what may be chosen."""

    source = forms.ChoiceField(label=_("Nơi gửi tệp"))
    account = forms.ChoiceField(label=_("Tài khoản"))
    day = forms.DateField(label=_("Ngày"), widget=DateInput, error_messages={"required": _("Chọn ngày.")})
    file = forms.FileField(
        label=_("Tệp CSV"),
        help_text=_("Cần các cột: mã giao dịch, thời gian, số tiền; nên có nội dung."),
        error_messages={"required": _("Chọn tệp.")},
    )

    def __init__(self, *args: Any, sources: list[Any], accounts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("source", sources), ("account", accounts)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101
            field.choices = choices


class NoteForm(forms.Form):
    note = _text(_("Đã xử lý các chỗ lệch thế nào"), 300, required=False)


class FindForm(forms.Form):
    q = _text(_("Mã nộp tiền hoặc mã việc"), 60, required=False)

    def clean_q(self) -> str:
        return clean(self.cleaned_data["q"]).strip()
