"""The shape of what an owner says when sharing, of who opens it, and of a revocation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAYS = [(1, _("1 ngày")), (7, _("7 ngày")), (30, _("30 ngày")), (90, _("90 ngày"))]


class ShareForm(forms.Form):
    """``entries`` are pairs of id and name of one's own papers."""

    entries = forms.TypedMultipleChoiceField(
        label=_("Giấy tờ"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Chọn ít nhất một giấy tờ.")},
    )
    purpose = forms.CharField(
        label=_("Gửi cho ai, để làm gì"),
        help_text=_("Người nhận cũng đọc được. Ví dụ: Trường mầm non Thử, nhập học cho con."),
        max_length=200,
    )
    days = forms.TypedChoiceField(
        label=_("Liên kết dùng được trong"), coerce=int, choices=DAYS, initial=7, widget=forms.RadioSelect
    )

    def __init__(self, *arguments: Any, papers: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["entries"].choices = papers  # type: ignore[attr-defined]


class WhoForm(forms.Form):
    who = forms.CharField(
        label=_("Bạn là ai"),
        help_text=_("Tên và nơi làm việc của bạn. Người chia sẻ thấy tên này và giờ bạn mở."),
        max_length=160,
        widget=forms.TextInput({"autocomplete": "name"}),
    )


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("Lý do thu hồi"),
        help_text=_("Người có giấy tờ đọc được."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )
