"""The shape of what is typed about queues."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.web.templatetags.motcua import day, when_short
from motcua.modules.tickets.kind import LETTERS
from motcua.modules.tickets.models import Counter, Line

NOW = "now"


class TakeForm(forms.Form):
    """For now, or for one of the times that are left."""

    at = forms.ChoiceField(label=_("Bạn đến lúc nào?"), error_messages={"invalid_choice": _("Chọn giờ khác.")})

    def __init__(self, *args: Any, times: Sequence[datetime], is_now: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days: dict[str, list[tuple[str, str]]] = {}
        for at in times:
            # With its day: a closed list on a phone does not show the heading that the time stands under.
            days.setdefault(day(at), []).append((at.isoformat(), when_short(at)))
        self.is_now = is_now
        now: list[Any] = [(NOW, _("Đến ngay bây giờ"))] if is_now else []
        field = self.fields["at"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  declared above
        field.choices = [*now, *days.items()]

    @property
    def slot_at(self) -> datetime | None:
        chosen = self.cleaned_data["at"]
        return None if chosen == NOW else datetime.fromisoformat(chosen)


class LineForm(forms.Form):
    letter = forms.CharField(label=_("Ký hiệu"), max_length=1, help_text=_("Chữ đứng trước số, như A trong A047."))
    name = forms.CharField(label=_("Tên hàng"), max_length=120)
    name_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=120, required=False)
    fields_of = forms.MultipleChoiceField(
        label=_("Lĩnh vực thủ tục"), required=False, widget=forms.CheckboxSelectMultiple
    )
    most_a_day = forms.IntegerField(label=_("Nhiều nhất bao nhiêu số mỗi ngày"), min_value=1, max_value=999)
    slot_places = forms.IntegerField(
        label=_("Số người đặt giờ mỗi nửa giờ"), min_value=0, max_value=50, help_text=_("0 là không cho đặt giờ.")
    )
    is_open = forms.BooleanField(label=_("Đang mở lấy số"), required=False)

    def __init__(self, data: Any = None, *, line: Line | None, names: Sequence[tuple[str, str]]) -> None:
        initial: dict[str, Any] = {"most_a_day": 200, "slot_places": 2, "is_open": True}
        if line is not None:
            columns = ("letter", "name", "name_en", "most_a_day", "slot_places", "is_open")
            initial = {name: getattr(line, name) for name in columns} | {"fields_of": line.fields}
        super().__init__(data, initial=initial)
        field = self.fields["fields_of"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = list(names)
        if line is not None:
            self.fields["letter"].disabled = True

    def clean_letter(self) -> str:
        letter = str(self.cleaned_data["letter"]).upper()
        if letter not in LETTERS:
            raise forms.ValidationError(_("Một chữ từ A đến Z."))
        return letter


class CounterForm(forms.Form):
    number = forms.IntegerField(label=_("Số quầy"), min_value=1, max_value=99)
    letters = forms.MultipleChoiceField(
        label=_("Gọi những hàng nào"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Không chọn hàng nào là gọi tất cả."),
    )
    is_active = forms.BooleanField(label=_("Quầy đang dùng"), required=False)
    is_freed = forms.BooleanField(
        label=_("Cho quầy trống"), required=False, help_text=_("Khi người ngồi quầy đã về mà quên bấm nghỉ quầy.")
    )

    def __init__(self, data: Any = None, *, counter: Counter | None, lines: Sequence[Line]) -> None:
        initial: dict[str, Any] = {"is_active": True}
        if counter is not None:
            initial = {
                "number": counter.number,
                "letters": list(counter.letters),
                "is_active": counter.is_active,
            }
        super().__init__(data, initial=initial)
        field = self.fields["letters"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(line.letter, f"{line.letter} · {line.title}") for line in lines]
        if counter is not None:
            self.fields["number"].disabled = True
        if counter is None or counter.officer_id is None:
            del self.fields["is_freed"]

    def clean_letters(self) -> str:
        return "".join(sorted(self.cleaned_data["letters"]))
