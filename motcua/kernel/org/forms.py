"""The shape of what administrators type about units and calendars."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.org.models import CalendarDay, Unit
from motcua.kernel.places.queries import area_by_code
from motcua.lib.codes import AGENCY_CODE

WEEKDAYS = (
    gettext_lazy("Thứ Hai"),
    gettext_lazy("Thứ Ba"),
    gettext_lazy("Thứ Tư"),
    gettext_lazy("Thứ Năm"),
    gettext_lazy("Thứ Sáu"),
    gettext_lazy("Thứ Bảy"),
    gettext_lazy("Chủ nhật"),
)
WEEKDAYS_SHORT = (
    gettext_lazy("T2"),
    gettext_lazy("T3"),
    gettext_lazy("T4"),
    gettext_lazy("T5"),
    gettext_lazy("T6"),
    gettext_lazy("T7"),
    gettext_lazy("CN"),
)
UNIT_KINDS: dict[str, Any] = {
    Unit.Kind.PROVINCE: gettext_lazy("Ủy ban nhân dân tỉnh, thành phố"),
    Unit.Kind.DEPARTMENT: gettext_lazy("Sở, ban, ngành"),
    Unit.Kind.DISTRICT: gettext_lazy("Ủy ban nhân dân huyện, quận (đến 30/6/2025)"),
    Unit.Kind.COMMUNE: gettext_lazy("Ủy ban nhân dân xã, phường"),
    Unit.Kind.OFFICE: gettext_lazy("Văn phòng, phòng trong một đơn vị"),
    Unit.Kind.CENTRE: gettext_lazy("Trung tâm, đội"),
}
DAY_KINDS: dict[str, Any] = {
    CalendarDay.Kind.OFF: gettext_lazy("Ngày nghỉ"),
    CalendarDay.Kind.WORK: gettext_lazy("Ngày làm bù"),
}
_SESSION = re.compile(r"((?:[01]?\d|2[0-3]):[0-5]\d)\s*[-–]\s*((?:[01]?\d|2[0-3]):[0-5]\d|24:00)")


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class UnitForm(forms.Form):
    """``parents`` and ``calendars`` are what may be chosen. No parents: its place is not the reader's to change."""

    code = forms.RegexField(
        r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$",
        label=gettext_lazy("Mã"),
        max_length=60,
        help_text=gettext_lazy(
            "Chữ, số và gạch nối. Đơn vị trong một phường: mã phường, gạch nối, tên ngắn, như 24781-van-phong."
        ),
        error_messages={"invalid": gettext_lazy("Chỉ dùng chữ không dấu, số và gạch nối.")},
    )
    name = forms.CharField(label=gettext_lazy("Tên đầy đủ"), max_length=160)
    short_name = forms.CharField(label=gettext_lazy("Tên ngắn"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("Tên tiếng Anh"), max_length=200, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Loại đơn vị"), choices=list(UNIT_KINDS.items()))
    parent_id = forms.TypedChoiceField(label=gettext_lazy("Thuộc đơn vị"), coerce=int, required=False, empty_value=None)
    area = forms.CharField(
        label=gettext_lazy("Mã địa bàn"),
        max_length=12,
        required=False,
        help_text=gettext_lazy("Mã tỉnh hoặc mã xã, phường nơi đơn vị phụ trách."),
    )
    calendar_id = forms.TypedChoiceField(label=gettext_lazy("Lịch làm việc"), coerce=int)
    phone = forms.CharField(label=gettext_lazy("Điện thoại"), max_length=30, required=False)
    email = forms.EmailField(label=gettext_lazy("Thư điện tử"), required=False)
    agency_code = forms.RegexField(
        AGENCY_CODE,
        label=gettext_lazy("Mã định danh cơ quan"),
        max_length=35,
        required=False,
        help_text=gettext_lazy("Như H36.12.03 (Quyết định 20/2020/QĐ-TTg). Để trống: dùng mã của đơn vị cấp trên."),
        error_messages={"invalid": gettext_lazy("Chữ H, G… và số, cách nhau bằng dấu chấm, như H36.12.03.")},
    )
    valid_from = forms.DateField(label=gettext_lazy("Hoạt động từ ngày"), widget=DateInput)
    legal_basis = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200, required=False)

    def __init__(
        self,
        *arguments: Any,
        parents: Sequence[tuple[int, str]],
        calendars: Sequence[tuple[int, str]],
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        if parents:
            self._choices("parent_id", parents)
            self.fields["parent_id"].required = True
        else:
            del self.fields["parent_id"]
        self._choices("calendar_id", calendars)

    def _choices(self, name: str, choices: Sequence[tuple[Any, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """``area`` becomes ``area_id``."""
        cleaned = super().clean() or {}
        code = cleaned.pop("area", "")
        area = area_by_code(code) if code else None
        if code and area is None:
            self.add_error("area", _("Không có địa bàn mang mã này."))
        elif cleaned.get("kind") == Unit.Kind.COMMUNE and (area is None or area.level != "commune"):
            self.add_error("area", _("Ghi mã của xã, phường đó."))
        return {**cleaned, "area_id": area.id if area else None}


class EndUnitForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Ngày hoạt động cuối cùng"), widget=DateInput)
    legal_basis = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200, required=False)


class CalendarForm(forms.Form):
    """One field a weekday, ``day_0`` Monday to ``day_6`` Sunday; ``sessions`` in what is cleaned."""

    name = forms.CharField(label=gettext_lazy("Tên lịch"), max_length=120)
    zone = forms.CharField(label=gettext_lazy("Múi giờ"), max_length=40, initial="Asia/Ho_Chi_Minh")

    def __init__(
        self, *arguments: Any, sessions: Mapping[str, Sequence[Sequence[str]]] | None = None, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        for number, weekday in enumerate(WEEKDAYS):
            hours = (sessions or {}).get(str(number), ())
            self.fields[f"day_{number}"] = forms.CharField(
                label=weekday,
                max_length=120,
                required=False,
                initial=", ".join(f"{begin}–{end}" for begin, end in hours),
                help_text=_("Như 07:00–11:30, 13:30–17:00. Ngày nghỉ thì để trống.") if number == 0 else "",
            )

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"]
        try:
            return ZoneInfo(zone).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise forms.ValidationError(_("Không có múi giờ này; viết như Asia/Ho_Chi_Minh.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        sessions: dict[str, list[list[str]]] = {}
        for number in range(7):
            written = cleaned.pop(f"day_{number}", "").strip()
            if not written:
                continue
            matches = [_SESSION.fullmatch(part.strip()) for part in re.split(r"[,;]", written)]
            if not all(matches):
                self.add_error(f"day_{number}", _("Viết như 07:00–11:30, 13:30–17:00."))
                continue
            sessions[str(number)] = [[_padded(match[1]), _padded(match[2])] for match in matches if match]
        return {**cleaned, "sessions": sessions}


def _padded(clock: str) -> str:
    return clock.zfill(5)


class NewCalendarForm(CalendarForm):
    code = forms.SlugField(
        label=gettext_lazy("Mã"),
        max_length=40,
        error_messages={"invalid": gettext_lazy("Chỉ dùng chữ không dấu, số, gạch nối và gạch dưới.")},
    )
    field_order = ("code", "name")


class CalendarDayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Ngày"), widget=DateInput)
    kind = forms.ChoiceField(label=gettext_lazy("Là"), choices=list(DAY_KINDS.items()), initial=CalendarDay.Kind.OFF)
    name = forms.CharField(label=gettext_lazy("Tên ngày"), max_length=120)
    legal_basis = forms.CharField(label=gettext_lazy("Căn cứ"), max_length=200, required=False)


class YearForm(forms.Form):
    year = forms.IntegerField(min_value=2000, max_value=2199)
