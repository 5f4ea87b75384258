"""The shape of what is typed on the pages of texts and of notices."""

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.messages.kind import AUDIENCE_LABELS, CHANNEL_LABELS, EMAIL, LANGUAGE_LABELS, PLANS

BY_EMAIL, BY_SMS, BY_BOTH, NEVER = "email", "sms", "both", "none"
CHANNELS_OF = {BY_EMAIL: ["email"], BY_SMS: ["sms"], BY_BOTH: ["email", "sms"], NEVER: list[str]()}


class TemplateForm(forms.Form):
    subject = forms.CharField(label=_("Tiêu đề thư"), error_messages={"required": _("Nhập tiêu đề thư.")})
    body = forms.CharField(
        label=_("Lời của tin"),
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": _("Nhập lời của tin.")},
    )
    is_active = forms.BooleanField(label=_("Gửi tin này"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: object, channel: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if channel != EMAIL:
            del self.fields["subject"]


class TemplateChoiceForm(forms.Form):
    """Which text to open; it need not exist yet."""

    event = forms.ChoiceField(label=_("Khi"))
    audience = forms.ChoiceField(label=_("Gửi cho"), choices=AUDIENCE_LABELS)
    channel = forms.ChoiceField(label=_("Bằng"), choices=CHANNEL_LABELS)
    language = forms.ChoiceField(label=_("Ngôn ngữ"), choices=LANGUAGE_LABELS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        events = self.fields["event"]
        assert isinstance(events, forms.ChoiceField)  # noqa: S101
        events.choices = [(plan.event, plan.title) for plan in PLANS.values() if plan.variables]


class PreferenceForm(forms.Form):
    """Notices on the page are always there; this is about what comes to one's pocket."""

    by = forms.ChoiceField(
        label=_("Ngoài thông báo trên trang, gửi cho tôi"),
        choices=[
            (BY_BOTH, _("Thư điện tử; không có thì tin nhắn")),
            (BY_EMAIL, _("Chỉ thư điện tử")),
            (BY_SMS, _("Chỉ tin nhắn")),
            (NEVER, _("Không gửi gì thêm")),
        ],
        widget=forms.RadioSelect,
    )
