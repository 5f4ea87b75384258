"""How every form is drawn: the markup of the UX language, without a word of it in the forms themselves.

``{{ form }}`` gives the summary of errors and all fields; ``{{ form.name.as_field_group }}`` gives one field.
"""

from typing import Any

from django.forms import (
    BooleanField,
    BoundField,
    CharField,
    ChoiceField,
    DateField,
    FileField,
    Form,
    RegexField,
    Widget,
)
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, HiddenInput, RadioSelect, Textarea
from django.utils.translation import gettext_lazy as _

PLAIN = (CheckboxInput, CheckboxSelectMultiple, RadioSelect, HiddenInput)


class Field(BoundField):
    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        drawn = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if not isinstance(drawn, PLAIN):
            own = f"{drawn.attrs.get('class', '')} {built.get('class', '')}".strip()
            built["class"] = f"{own} mc-in".strip()
        return built

    @property
    def is_check(self) -> bool:
        """One box to tick: its label stands beside it, not above."""
        return isinstance(self.field.widget, CheckboxInput)


class Renderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = Field


class SampleForm(Form):
    """Every kind of field, for the style page."""

    phone = CharField(label=_("Số điện thoại"), help_text=_("Để nhận tin khi có kết quả."), required=False)
    identity = RegexField(
        r"^\d{12}$", label=_("Số định danh"), error_messages={"invalid": _("Nhập đủ 12 chữ số, bạn đã nhập 11.")}
    )
    born_on = DateField(label=_("Ngày sinh"), help_text=_("Ví dụ 20/11/1990"))
    kind = ChoiceField(
        label=_("Loại sự cố"), choices=[("road", _("Hư hỏng mặt đường")), ("light", _("Đèn đường"))], widget=RadioSelect
    )
    ward = ChoiceField(label=_("Phường, xã"), choices=[("1", "Phường Một"), ("2", "Phường Hai")])
    told = CharField(label=_("Mô tả ngắn"), widget=Textarea(attrs={"rows": 3}), required=False)
    photo = FileField(label=_("Ảnh"), required=False)
    is_hidden_name = BooleanField(
        label=_("Không hiện tên tôi trên trang công khai"), help_text=_("Chỉ cán bộ xử lý thấy tên."), required=False
    )
