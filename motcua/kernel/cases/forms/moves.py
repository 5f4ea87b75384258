"""What an official types for a move of any kind of case. Shapes only; whether it can be done is the action's to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Several files of one field. Each is looked at by its bytes when it is stored, not here."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        return [super(Files, self).clean(one, initial) for one in data or []]


class MoveForm(forms.Form):
    """Every move's form. ``version`` is the case as the official saw it."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["version"].initial = case.version
        first = next((field for field in self.fields.values() if not field.widget.is_hidden), None)
        if first is not None:
            first.widget.attrs["autofocus"] = True  # in the dialog and on the page alike


def text_field(label: Any, hint: Any = "", rows: int = 4, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, required=required, widget=forms.Textarea(attrs={"rows": rows}), strip=True
    )


def photos_field(label: Any) -> Files:
    return Files(label=label, required=False, widget=ManyFiles(attrs={"accept": "image/*", "multiple": True}))
