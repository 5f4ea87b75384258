"""The shape of what administrators type about procedures."""

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.procedures.kind import PARTS

LONGEST = 300_000


class SourceForm(forms.Form):
    text = forms.CharField(
        label=_("Nội dung (TOML)"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(
            attrs={"rows": 34, "spellcheck": "false", "class": "mc-in code pr-source", "wrap": "off"}
        ),
        error_messages={"required": _("Nhập nội dung thủ tục.")},
    )
    lock = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class VerifyForm(forms.Form):
    part = forms.ChoiceField(choices=list(PARTS.items()), widget=forms.HiddenInput)
    source = forms.CharField(
        label=_("Nguồn đã đối chiếu"),
        max_length=400,
        help_text=_("Số văn bản, trang công bố, ngày xem."),
        error_messages={"required": _("Ghi nguồn đã đối chiếu: số văn bản, trang công bố.")},
    )


class EndForm(forms.Form):
    last_day = forms.DateField(
        label=_("Ngày cuối còn nhận hồ sơ"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": _("Chọn ngày cuối."), "invalid": _("Ngày không đúng.")},
    )
    replaced_by = forms.CharField(
        label=_("Mã thủ tục thay thế"),
        required=False,
        max_length=40,
        help_text=_("Để trống nếu bãi bỏ mà không có thủ tục thay thế."),
    )
