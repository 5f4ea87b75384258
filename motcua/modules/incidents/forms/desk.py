"""What an official types for each move. Shapes only; whether it can be done is the action's to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.forms.moves import Files, MoveForm, photos_field, text_field
from motcua.kernel.cases.forms.rules import UnitField
from motcua.kernel.cases.kind import CHANNELS
from motcua.kernel.cases.queries.rules import leaf_categories
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.vietnamese import fold
from motcua.modules.incidents.forms.portal import ReportForm

URGENCIES = [
    ("", _("Theo loại việc")),
    ("khan_cap", _("Khẩn cấp")),
    ("khan", _("Khẩn")),
    ("binh_thuong", _("Bình thường")),
    ("phuc_tap", _("Phức tạp")),
]


EVERYBODY_READS = _("Mọi người đọc được: đừng ghi tên hay số điện thoại của ai.")


def public_text_field(label: Any, hint: Any, rows: int = 4) -> forms.CharField:
    """Words that stand on the page of the report."""
    return text_field(label, format_lazy("{} {}", hint, EVERYBODY_READS), rows)


class ModerationForm(MoveForm):
    """With what strangers will see, while nobody has chosen that yet."""

    public_text = text_field(
        _("Nội dung cho mọi người xem"), _("Số điện thoại, email đã được che. Bỏ tên người nếu có."), required=False
    )
    public_files = forms.MultipleChoiceField(
        label=_("Ảnh cho mọi người xem"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        photos: Sequence[tuple[int, str]] = (),
        public_text: str = "",
        is_chosen: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if is_chosen:
            del self.fields["public_text"], self.fields["public_files"]
            return
        self.fields["public_text"].initial = public_text
        if photos:
            self.fields["public_files"].choices = [(str(number), name) for number, name in photos]  # type: ignore[attr-defined]
            self.fields["public_files"].initial = [str(number) for number, _name in photos]
        else:
            del self.fields["public_files"]

    def clean(self) -> dict[str, Any]:
        """What was not asked was not chosen: a press without the form empties nothing."""
        values = super().clean() or self.cleaned_data
        if "public_text" not in self.data:
            values.pop("public_text", None)
            values.pop("public_files", None)
        return values


class NoteForm(MoveForm):
    note = text_field(_("Ghi chú"), _("Chỉ cán bộ thấy."))


class VisitForm(MoveForm):
    note = public_text_field(_("Điều thấy tại chỗ"), _("Ghi vào biên bản kiểm tra tại chỗ."), rows=5)
    photos = photos_field(_("Ảnh tại chỗ"))


class ReplyForm(MoveForm):
    text = public_text_field(_("Trả lời cho người gửi"), _("Sẽ làm gì, khi nào."))


class ResolveForm(MoveForm):
    result = public_text_field(
        _("Kết quả"), _("Đã làm gì, ở đâu, xong lúc nào. Lãnh đạo xem trước khi công khai."), rows=5
    )
    photos = photos_field(_("Ảnh sau khi xử lý"))
    caption = forms.CharField(
        label=_("Mô tả ảnh"), required=False, max_length=300, help_text=_("Một câu, cho người không xem được ảnh.")
    )
    documents = Files(label=_("Văn bản kèm theo"), required=False, help_text=_("PDF, Word hoặc Excel."))


class ReturnForm(MoveForm):
    reason = public_text_field(_("Lý do"), _("Vì sao không thuộc đơn vị bạn, nên chuyển đến đâu."))


class HideForm(MoveForm):
    reason = text_field(_("Lý do"), _("Chỉ cán bộ thấy."))


class ReopenForm(MoveForm):
    reason = public_text_field(_("Lý do"), _("Chỗ nào chưa xong, cần làm lại điều gì."))


class ReviseForm(MoveForm):
    reason = text_field(_("Cần làm lại điều gì"), _("Chỉ cán bộ thấy."))


class RejectForm(MoveForm):
    reason = public_text_field(_("Lý do"), _("Nói với người gửi vì sao và nên làm gì tiếp."))


class QuestionForm(MoveForm):
    question = text_field(_("Hỏi người gửi"), _("Hỏi một lần cho đủ. Đồng hồ dừng đến khi có trả lời."))


class InfoForm(MoveForm):
    text = text_field(_("Thông tin thêm"), EVERYBODY_READS, required=False)
    photos = photos_field(_("Ảnh"))


class ExtendForm(MoveForm):
    reason = public_text_field(_("Lý do chậm"), _("Đứng sau lời xin lỗi."))
    due_at = forms.DateTimeField(
        label=_("Hẹn mới"),
        help_text=_("Chỉ hẹn lại một lần."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar, _version = org.unit_calendar(self.case.unit_id)
        start = max(self.case.due_at or moment.now(), moment.now())
        later = calendar.add(start, calendar.day_minutes)
        self.fields["due_at"].initial = timezone.localtime(later).replace(second=0, microsecond=0)
        earliest = timezone.localtime(moment.now() + timedelta(minutes=1))
        self.fields["due_at"].widget.attrs["min"] = earliest.strftime("%Y-%m-%dT%H:%M")


class ClassifyForm(MoveForm):
    category = forms.ChoiceField(label=_("Loại việc"))
    urgency = forms.ChoiceField(label=_("Mức độ"), required=False, choices=URGENCIES)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leaves = leaf_categories("incident")
        self.fields["category"].choices = [("", _("Chọn loại việc")), *((leaf.code, leaf.label) for leaf in leaves)]  # type: ignore[attr-defined]
        self.fields["category"].initial = next((leaf.code for leaf in leaves if leaf.id == self.case.category_id), "")


class DispatchForm(MoveForm):
    unit_id = UnitField(label=_("Chuyển đến đơn vị"), help_text=_("Gõ vài chữ trong tên, không dấu cũng được."))
    note = text_field(_("Lời nhắn cho đơn vị nhận"), required=False, rows=2)


class AssignForm(ModerationForm):
    officer_id = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Lời nhắn"), required=False, max_length=300)
    field_order = ("version", "officer_id", "note")


class MergeForm(MoveForm):
    into_code = forms.CharField(
        label=_("Mã phản ánh giữ lại"), max_length=40, help_text=_("Mọi người của việc này sẽ theo dõi việc đó.")
    )


def _communes_like(text: str) -> list[places.AreaRow]:
    """Of exactly this name or code, else with all of these words in their name, with or without tones."""
    wanted = fold(text).strip()
    if not wanted:
        return []
    named = [(area, fold(area.full_name)) for area in org.served().values()]
    exact = [area for area, name in named if wanted in (name, fold(area.name), area.code)]
    return exact or [
        area
        for area, name in named
        if all(any(part.startswith(word) for part in name.split()) for word in wanted.split())
    ]


HEARD_BY = ("phone", "counter", "zalo", "facebook", "email", "press")


class TakeInForm(ReportForm):
    """A report that an official writes down for somebody: at the telephone, at a counter, from another channel."""

    FIELD_OF = {**ReportForm.FIELD_OF, "place": "address"}

    channel = forms.ChoiceField(label=_("Đến qua"), widget=forms.RadioSelect, initial="phone")
    area = forms.CharField(
        label=_("Phường, xã"), required=False, max_length=120, help_text=_("Gõ vài chữ, không dấu cũng được."),
        widget=forms.TextInput(attrs={"list": "communes", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [(name, CHANNELS[name]) for name in HEARD_BY]  # type: ignore[attr-defined]
        self.fields["text"].label = _("Người dân nói gì?")
        self.fields["text"].help_text = _("Ghi bằng lời của họ: việc gì, từ bao giờ, có nguy hiểm không.")
        self.fields["text"].widget.attrs |= {"rows": 3, "autofocus": True}
        self.fields["hides_name"].label = _("Không hiện tên người gửi trên trang công khai")
        self.fields["phone"].help_text = ""
        for name in ("name", "phone", "email", "address"):
            self.fields[name].widget.attrs["autocomplete"] = "off"  # it is not the official's own

    def clean_area(self) -> places.AreaRow | None:
        text = str(self.cleaned_data["area"]).strip()
        found = _communes_like(text)
        if len(found) == 1:
            return found[0]
        if not text:
            return None
        if not found:
            raise forms.ValidationError(_("Trong địa bàn không có phường, xã nào tên như vậy."))
        names = "; ".join(area.full_name for area in found[:4])
        raise forms.ValidationError(_("Có vài nơi khớp: %(names)s. Gõ thêm cho rõ."), params={"names": names})

    def incident(self) -> dict[str, Any]:
        area = self.cleaned_data["area"]
        return {
            **super().incident(),
            "channel": self.cleaned_data["channel"],
            "area_code": area.code if area else "",
        }
