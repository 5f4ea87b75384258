"""What people fill in. A form knows the shape of what is typed; whether it can be done is the action's to say."""

import re
import secrets
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.queries.rules import leaf_categories, rules
from motcua.kernel.packs.queries import city_setting, emergency_words
from motcua.lib.errors import Refused
from motcua.modules.incidents.kind import LONGEST_TEXT

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Category
    from motcua.kernel.files.models import File

MOST_PHOTOS = 5
SHORTEST_TEXT = 10  # letters, when there is no photo that says more
OTHER = "other"  # of the suggestions, none: look into the list
RADIOS_AT_MOST = 6
SCORES = (
    (1, _("Rất không hài lòng")),
    (2, _("Không hài lòng")),
    (3, _("Tạm được")),
    (4, _("Hài lòng")),
    (5, _("Rất hài lòng")),
)
_KEY = re.compile(r"[\w-]{16,60}")


MASKED_FOR_OTHERS = _("Mọi người đọc được. Tên và số điện thoại của bạn được che; đừng ghi tên người khác.")


class Words(forms.CharField):
    """Text as people paste it: what cannot be printed is dropped rather than complained about."""

    def to_python(self, value: Any) -> str:
        text = "".join(
            char
            for char in str(value or "")
            if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn")
        )
        return str(super().to_python(text))


class Number(forms.DecimalField):
    """Typed with a comma or a point."""

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]  # the stubs derive it from whole numbers
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class CategorySelect(forms.Select):
    """The list of all categories, and, where the page offers suggestions, radios of the same name before it."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        values = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        return next((value for value in values if value and value != OTHER), "")


def named(category: "Category") -> str:
    return category.name_en if get_language() == "en" and category.name_en else category.name


def examples_of(category: "Category") -> str:
    options = category.options
    return str((options.get("examples_en") if get_language() == "en" else "") or options.get("examples", ""))


def category_choices() -> list[tuple[Any, Any]]:
    """Every category that a report can have, under its group; first the way out for those who do not know."""
    held = rules().categories
    groups: dict[int | None, list[tuple[str, str]]] = {}
    for category in leaf_categories("incident"):
        groups.setdefault(category.parent_id, []).append((category.code, named(category)))
    chosen: list[tuple[Any, Any]] = [("", _("Chưa rõ, để chúng tôi xem"))]
    for parent_id, members in groups.items():
        if parent_id is None:
            chosen.extend(members)
        else:
            chosen.append((named(held[parent_id]), members))
    return chosen


class Form(forms.Form):
    """Takes over what an action refused, next to what was typed."""

    name_of_form = ""  # under which the page of a report shows it
    photos: "Sequence[File]" = ()  # that came with it and are kept while it is corrected
    FIELD_OF: dict[str, str] = {}  # the action's name of a field → ours, where they differ

    def refuse(self, refused: Refused) -> None:
        told = False
        for name, message in refused.fields.items():
            field = self.FIELD_OF.get(name, name)
            self.add_error(field if field in self.fields else None, message)
            told = True
        if not told:
            self.add_error(None, refused.message)


class ContactFields(Form):
    """How to reach somebody who wants to hear. Nothing of it is asked of those who do not."""

    name = Words(
        label=_("Họ và tên"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = Words(
        label=_("Số điện thoại"),
        help_text=_("Để nhận tin khi có người xử lý và khi xong."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = Words(
        label=_("Thư điện tử"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "off"}),
    )

    def contact(self) -> dict[str, str]:
        return {name: self.cleaned_data.get(name, "") for name in ("name", "phone", "email")}


def _example() -> str:
    address = city_setting("examples", "address")
    if address:
        return gettext("Ví dụ: trước số %(address)s.") % {"address": address}
    return gettext("Ghi số nhà, tên đường, phường hoặc xã.")


class IncidentFields(ContactFields):
    """What a report is made of, whoever writes it down: a person, or an official at the telephone."""

    FIELD_OF = {"place": "address", "lat": "address", "lon": "address", "file_ids": "shots"}

    text = Words(
        label=_("Chuyện gì đang xảy ra?"),
        help_text=_("Ví dụ: đèn tắt mấy đêm rồi, hố sâu bao nhiêu, có nguy hiểm cho xe máy không."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Viết ít nhất 10 chữ cái để cán bộ hiểu việc cần làm, hoặc chụp một tấm ảnh.")},
    )
    category = forms.ChoiceField(label=_("Loại sự cố"), required=False, choices=category_choices, widget=CategorySelect)
    address = Words(
        label=_("Địa chỉ, hoặc chỗ đó gần đâu"),
        help_text=lazy(_example, str)(),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    is_danger = forms.BooleanField(
        label=_("Đang nguy hiểm cho người"),
        help_text=format_lazy("{} {}", _("Chúng tôi xem trước và hẹn sớm hơn."), lazy(emergency_words, str)()),
        required=False,
    )
    hides_name = forms.BooleanField(
        label=_("Không hiện tên tôi trên trang công khai"),
        help_text=_("Chỉ cán bộ xử lý thấy tên và số điện thoại. Mỗi lần xem đều được ghi lại."),
        required=False,
        initial=True,
    )

    def incident(self) -> dict[str, Any]:
        """Everything under the names that a new report has."""
        data = self.cleaned_data
        return {
            **self.contact(),
            "text": data["text"],
            "category": data["category"],
            "address": data["address"],
            "lat": data["lat"],
            "lon": data["lon"],
            "is_danger": data["is_danger"],
            "hides_name": data["hides_name"],
            "language": "en" if get_language() == "en" else "vi",
        }


class ReportForm(IncidentFields):
    """The report of the portal. ``key`` makes the same form sent twice one report; ``file`` are photos sent ahead."""

    key = forms.CharField(required=False, widget=forms.HiddenInput(attrs={"autocomplete": "off"}))
    category_by = forms.CharField(required=False, widget=forms.HiddenInput)  # "person" once they chose for themselves
    shots = forms.Field(
        label=_("Ảnh"), required=False
    )  # stands for the photos, so that what is wrong with them has a place

    def __init__(self, *args: Any, photo_count: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photo_count = photo_count
        # A photo can stand for words; without one they are needed, and so the label does not call them optional.
        self.fields["text"].required = not photo_count
        if not self.is_bound:
            self.initial["key"] = secrets.token_urlsafe(18)

    def clean_key(self) -> str:
        key = str(self.cleaned_data["key"])
        return f"form:{key}" if _KEY.fullmatch(key) else ""

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"])
        if not self.photo_count and len(text.strip()) < SHORTEST_TEXT:
            raise forms.ValidationError(self.fields["text"].error_messages["required"])
        return text

    def incident(self) -> dict[str, Any]:
        return {**super().incident(), "key": self.cleaned_data["key"], "channel": "web"}


class AttributesForm(Form):
    """The questions of a category, as Open311 defines them. Empty without a category, and for one that asks nothing."""

    def __init__(
        self, category: "Category | None", data: QueryDict | None = None, *, so_far: QueryDict | None = None
    ) -> None:
        """``so_far``: shown without being judged, while somebody is still writing."""
        super().__init__(data, prefix="q")
        asked: Iterable[Mapping[str, Any]] = category.attributes if category else ()
        for question in sorted(asked, key=lambda one: one.get("order", 0)):
            self.fields[question["code"]] = _question(question)
        for name, field in self.fields.items() if so_far is not None else ():
            self.initial[name] = field.widget.value_from_datadict(so_far, {}, self.add_prefix(name))

    def answers(self) -> dict[str, str | list[str]]:
        """``{code: value | [values]}`` of those that were answered."""
        found: dict[str, str | list[str]] = {}
        for code, value in self.cleaned_data.items():
            if value in (None, "", []):
                continue
            if isinstance(value, list):
                found[code] = value
            elif isinstance(value, Decimal):
                found[code] = f"{value.normalize():f}"
            else:
                found[code] = value if isinstance(value, str) else value.isoformat()
        return found


def _question(question: Mapping[str, Any]) -> forms.Field:
    is_english = get_language() == "en"
    label = (question.get("question_en") if is_english else "") or question["question"]
    common: dict[str, Any] = {"label": label, "required": bool(question.get("required"))}
    options = [
        (value["key"], (value.get("name_en") if is_english else "") or value["name"])
        for value in question.get("values") or ()
    ]
    match question["datatype"]:
        case "number":
            shown = forms.TextInput(attrs={"inputmode": "decimal"})
            return Number(**common, max_digits=12, decimal_places=3, widget=shown)
        case "datetime":
            picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
            return forms.DateTimeField(**common, widget=picker)
        case "text":
            return Words(**common, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
        case "singlevaluelist" if len(options) <= RADIOS_AT_MOST:
            return forms.ChoiceField(**common, choices=options, widget=forms.RadioSelect)
        case "singlevaluelist":
            return forms.ChoiceField(**common, choices=[("", "—"), *options])
        case "multivaluelist":
            return forms.MultipleChoiceField(**common, choices=options, widget=forms.CheckboxSelectMultiple)
    return Words(**common, max_length=200)


# ── On the page of a report ─────────────────────────────────────────────────────────────────────────────────────────


class JoinForm(ContactFields):
    """“Tôi cũng gặp việc này”. The words come from the report's form when that is where they joined."""

    name_of_form = "join"
    text = Words(required=False, max_length=LONGEST_TEXT, widget=forms.HiddenInput)


class AddForm(Form):
    name_of_form = "add"
    FIELD_OF = {"file_ids": "text"}

    text = Words(
        label=_("Bạn muốn thêm điều gì?"),
        help_text=MASKED_FOR_OTHERS,
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class RateForm(Form):
    name_of_form = "rate"

    score = forms.TypedChoiceField(
        label=_("Mức hài lòng"),
        coerce=int,
        choices=SCORES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn một mức rồi gửi.")},
    )
    words = Words(
        label=_("Lời nhắn cho cơ quan"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(Form):
    name_of_form = "reopen"

    reason = Words(
        label=_("Chỗ nào chưa được?"),
        help_text=format_lazy("{} {}", _("Ví dụ: mới vá một nửa, hôm nay lại hỏng."), MASKED_FOR_OTHERS),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Ghi điều chưa được, để chúng tôi làm lại cho đúng.")},
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class WantsForm(Form):
    name_of_form = "wants"

    wants = forms.ChoiceField(
        label=_("Báo cho tôi"),
        choices=[
            ("all", _("Mỗi khi có thay đổi")),
            ("result", _("Chỉ khi có kết quả")),
            ("none", _("Không báo")),
        ],
        widget=forms.RadioSelect,
    )
