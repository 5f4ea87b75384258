"""How every form is drawn: the markup of the UX language, without a word of it in the forms themselves.

``{{ form }}`` gives the summary of errors and all fields; ``{{ form.name.as_field_group }}`` gives one field.
"""

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import CheckboxInput, CheckboxSelectMultiple, HiddenInput, RadioSelect

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
