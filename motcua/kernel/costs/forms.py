"""The shape of what administrators state."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from motcua.kernel.costs.kind import BASES, MOST_DONG, MOST_MINUTES, SITUATIONS, STATED
from motcua.kernel.forms.forms import WholeField
from motcua.lib.money import grouped

LIMITS = {"visits": 20, "papers": 99, "minutes": MOST_MINUTES, "times": 366, "subjects": 10**8, "percent": 100}
_REQUIRED = {
    "required": gettext_lazy("Nhập số này; không mất gì thì ghi 0."),
    "invalid": gettext_lazy("Ghi số nguyên."),
}


def _whole(label: Any, *, most: int, required: bool = False, least: int = 0, hint: Any = "") -> forms.IntegerField:
    return WholeField(
        label=label, required=required, min_value=least, max_value=most, help_text=hint, error_messages=_REQUIRED
    )


class _Stated(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("Nguồn"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Văn bản, trang số liệu, hoặc “ước tính” và cách ước. Ai cũng đọc được."),
        error_messages={"required": gettext_lazy("Ghi nguồn của số liệu.")},
    )
    begins_on = forms.DateField(
        label=gettext_lazy("Dùng từ ngày"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Để trống là từ hôm nay."),
        error_messages={"invalid": gettext_lazy("Ngày không đúng.")},
    )
    number = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, without what was left empty."""
        about = {"source", "begins_on", "number"}
        return {name: value for name, value in self.cleaned_data.items() if name not in about and value is not None}


class YearForm(_Stated):
    year = _whole(gettext_lazy("Năm"), most=2999, least=2000, required=True)
    basis = forms.ChoiceField(label=gettext_lazy("Tính theo"), choices=list(BASES.items()))
    amount = _whole(gettext_lazy("Số tiền (đồng)"), most=MOST_DONG, least=1, required=True)
    begins_on = None  # type: ignore[assignment]  # a year's figure holds for that year
    field_order = ("year", "basis", "amount", "source", "number")

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("basis", "amount")}


class ActivityForm(_Stated):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for situation, words in SITUATIONS.items():
            self.fields[f"{situation}_minutes"] = _whole(
                _("{situation}: số phút").format(situation=words), most=MOST_MINUTES, required=True
            )
            self.fields[f"{situation}_expense"] = _whole(
                _("{situation}: chi phí (đồng)").format(situation=words), most=MOST_DONG, required=True
            )
        self.order_fields([name for name in self.fields if name not in ("source", "begins_on", "number")])


class ProcedureForm(_Stated):
    """What is left empty is computed from the procedure itself."""

    def __init__(self, *args: Any, has_online: bool, computed: Mapping[str, int | None], **kwargs: Any) -> None:
        """``computed`` is what is reckoned without a statement, shown beside the field."""
        super().__init__(*args, **kwargs)
        for name, words in STATED.items():
            if has_online or not name.startswith("online_"):
                most = LIMITS.get(name.rpartition("_")[2], MOST_DONG)
                found = computed.get(name)
                hint = "" if found is None else _("Để trống thì tính {n}.").format(n=grouped(found, get_language()))
                self.fields[name] = _whole(words, most=most, least=int(name == "times"), hint=hint)
        self.order_fields([name for name in self.fields if name not in ("source", "begins_on", "number")])

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        has_share = "online_percent" not in self.fields or given.get("online_percent") is not None
        if given.get("subjects") is not None and not has_share:
            self.add_error("online_percent", _("Có số đối tượng thì ghi cả phần nộp trực tuyến; không có thì ghi 0."))
        if given.get("subjects") is None:
            for name in ("times", "online_percent"):
                if given.get(name) is not None:
                    self.add_error("subjects", _("Ghi số đối tượng, hoặc để trống cả số lần và phần trực tuyến."))
                    break
        return given
