"""What an administrator types for categories, routing and clocks. Shapes only."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.cases.queries.rules import categories, office_names, target_words
from motcua.kernel.identity.kind import Role
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import StartRule

URGENCIES = [
    ("khan_cap", _("Khẩn cấp")),
    ("khan", _("Khẩn")),
    ("binh_thuong", _("Bình thường")),
    ("phuc_tap", _("Phức tạp")),
]
ROLE_NAMES = {
    Role.OPERATOR: _("Trực tổng đài"),
    Role.LEADER: _("Lãnh đạo"),
    Role.SPECIALIST: _("Chuyên viên"),
    Role.CLERK: _("Văn thư"),
    Role.SECRETARY: _("Thư ký, chánh văn phòng"),
    Role.ADMINISTRATOR: _("Quản trị"),
    Role.PRIVACY: _("Bảo vệ dữ liệu cá nhân"),
}


def _kinds() -> list[tuple[str, Any]]:
    return [(name, kind.label) for name, kind in KINDS.items()]


def _some_of(label: Any, help_text: Any, choices: list[tuple[str, str]]) -> forms.MultipleChoiceField:
    """Some of many, all of them in sight; none means all."""
    boxes = forms.CheckboxSelectMultiple(attrs={"class": "o-many"})
    return forms.MultipleChoiceField(label=label, help_text=help_text, choices=choices, required=False, widget=boxes)


class UnitField(forms.CharField):
    """One unit among hundreds, by its name or code, typed with or without tones; gives its id.

    The page that shows it holds ``<datalist id="units">`` with the names, so that a browser completes what is typed.
    """

    def __init__(self, **kwargs: Any) -> None:
        attributes = {"list": "units", "autocomplete": "off"}
        super().__init__(max_length=300, widget=forms.TextInput(attrs=attributes), **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        found = _units_like(text)
        if len(found) == 1:
            return found[0].id
        if not text:
            return None
        if not found:
            raise forms.ValidationError(_("Không có đơn vị nào tên như vậy. Gõ vài chữ trong tên rồi chọn."))
        names = "; ".join(unit.short_name for unit in found[:3])
        raise forms.ValidationError(
            _("Có %(count)d đơn vị khớp, như: %(names)s. Gõ thêm cho rõ."), params={"count": len(found), "names": names}
        )


def _units_like(text: str) -> list[org.UnitRow]:
    """Units in force of exactly this name or code, else those with all of these words in their name."""
    words = fold(text).split()
    if not words:
        return []
    named = [(unit, {fold(unit.name), fold(unit.short_name), fold(unit.code)}) for unit in org.tree().in_force]
    exact = [unit for unit, names in named if fold(text).strip() in names]
    return exact or [
        unit
        for unit, _names in named
        if all(any(part.startswith(word) for part in fold(unit.name).split()) for word in words)
    ]


class CategoryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Category
        fields = ("kind", "code", "name", "name_en", "parent", "icon", "urgency", "is_public", "position", "guidance",
                  "guidance_en", "keywords", "valid_from", "valid_to")  # fmt: skip
        labels = {
            "kind": _("Nghiệp vụ"), "code": _("Mã"), "name": _("Tên"), "name_en": _("Tên tiếng Anh"),
            "parent": _("Nằm trong"), "icon": _("Biểu tượng"), "urgency": _("Mức độ thường có"),
            "is_public": _("Mọi người được xem"), "position": _("Thứ tự"), "guidance": _("Hướng dẫn"),
            "guidance_en": _("Hướng dẫn tiếng Anh"), "keywords": _("Từ khóa"), "valid_from": _("Dùng từ ngày"),
            "valid_to": _("Dùng đến hết ngày"),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=_("Nghiệp vụ"), choices=_kinds())
        self.fields["urgency"] = forms.ChoiceField(label=_("Mức độ thường có"), choices=URGENCIES)
        self.fields["parent"].empty_label = _("Không nằm trong nhóm nào")  # type: ignore[attr-defined]
        for name in ("guidance", "guidance_en", "keywords"):
            self.fields[name].widget.attrs["rows"] = 3
        self.fields["parent"].queryset = Category.objects.filter(parent__isnull=True)  # type: ignore[attr-defined]
        for name in ("parent", "valid_to"):
            self.fields[name].required = False
        for name in ("valid_from", "valid_to"):
            self.fields[name].widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        if self.instance.pk:
            self.fields["code"].disabled = self.fields["kind"].disabled = True


class _RuleForm:
    """What routing and clock rules share: which cases they are for."""

    def add_common(self, form: forms.Form) -> None:
        form.fields["kind"] = forms.ChoiceField(label=_("Nghiệp vụ"), choices=_kinds())
        form.fields["position"].label = _("Thứ tự")
        form.fields["position"].help_text = _("Số nhỏ được xét trước; quy tắc đầu tiên khớp thì dùng.")
        form.fields["categories"] = _some_of(_("Loại việc"), _("Không chọn loại nào: mọi loại."), _category_names())
        form.fields["areas"] = _some_of(
            _("Địa bàn"), _("Không chọn nơi nào: mọi nơi."), _area_names("province", "commune")
        )


class RoutingRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RoutingRule
        fields = ("kind", "position", "categories", "areas", "hours", "target", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _RuleForm().add_common(self)  # type: ignore[arg-type]
        self.fields["hours"] = forms.ChoiceField(
            label=_("Khung giờ"),
            required=False,
            choices=[("", _("Mọi lúc")), ("working", _("Trong giờ làm việc")), ("off", _("Ngoài giờ làm việc"))],
        )
        self.fields["target"] = forms.ChoiceField(label=_("Chuyển đến"), choices=_targets())
        self.fields["reason"].label = _("Vì sao")
        self.order_fields(self.Meta.fields)


class ClockRuleForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ClockRule
        fields = ("kind", "position", "clock", "categories", "areas", "urgencies", "duration", "after", "remind_before",
                  "escalate_to", "start_rule", "basis")  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _RuleForm().add_common(self)  # type: ignore[arg-type]
        clocks = [(name, label) for kind in KINDS.values() for name, label in kind.clock_labels.items()]
        self.fields["clock"] = forms.ChoiceField(label=_("Lời hẹn"), choices=clocks)
        self.fields["after"] = forms.ChoiceField(
            label=_("Bắt đầu"),
            choices=[("opened", _("Khi nhận việc")), *((n, _("Khi xong: ") + str(w)) for n, w in clocks)],
        )
        self.fields["urgencies"] = forms.MultipleChoiceField(
            label=_("Mức độ"), required=False, choices=URGENCIES, widget=forms.CheckboxSelectMultiple
        )
        self.fields["duration"].label = _("Thời hạn")
        self.fields["duration"].help_text = _(
            "Như “3 ngày làm việc”, “8 giờ làm việc”. Để trống: không có lời hẹn này."
        )
        self.fields["remind_before"].label = _("Nhắc trước")
        self.fields["escalate_to"] = forms.ChoiceField(
            label=_("Trễ thì báo"),
            required=False,
            choices=[("", _("Không báo")), *((r.value, n) for r, n in ROLE_NAMES.items())],
        )
        self.fields["start_rule"] = forms.ChoiceField(
            label=_("Cách bắt đầu tính"),
            choices=[
                (StartRule.SAME_INSTANT.value, _("Ngay lúc đó")),
                (StartRule.NEXT_SESSION.value, _("Từ buổi làm việc kế tiếp")),
                (StartRule.NEXT_WORKING_DAY.value, _("Từ ngày làm việc kế tiếp")),
                (StartRule.SAME_DAY.value, _("Tính cả ngày nhận, đến hết giờ làm việc")),
            ],
        )
        self.fields["basis"].label = _("Căn cứ")
        self.order_fields(self.Meta.fields)


class TryForm(forms.Form):
    """The dry run on the routing page."""

    category = forms.ChoiceField(
        label=_("Loại việc"), required=False, choices=lambda: [("", _("Chưa rõ loại")), *_category_names()]
    )
    area = forms.ChoiceField(
        label=_("Phường, xã"),
        required=False,
        choices=lambda: [("", _("Chưa rõ nơi")), *((area.code, area.full_name) for area in org.served().values())],
    )


def _category_names() -> list[tuple[str, str]]:
    return [(category.code, category.label) for kind in KINDS for category in categories(kind)]


def _area_names(*levels: str) -> list[tuple[str, str]]:
    """Those in force, level by level."""
    found = [area for level in levels for area in places.areas().in_force(level)]
    return [
        (area.code, area.full_name)
        for area in sorted(found, key=lambda area: (levels.index(area.level), fold(area.full_name)))
    ]


def _targets() -> list[tuple[Any, list[tuple[str, str]]]]:
    """Where a rule can lead: by the place of the case, or to one unit."""
    by_place = [("commune", target_words("commune"))]
    by_place += sorted(((f"office:{name}", target_words(f"office:{name}")) for name in office_names()), key=_words)
    units = sorted(((unit.code, unit.name) for unit in org.tree().in_force), key=_words)
    return [(_("Theo nơi xảy ra"), by_place), (_("Một đơn vị"), units)]


def _words(choice: tuple[str, str]) -> str:
    return fold(choice[1])
