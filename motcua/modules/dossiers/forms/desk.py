"""What an official types for each move of a dossier. Shapes only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.forms.moves import Files, MoveForm, text_field
from motcua.kernel.cases.forms.rules import UnitField
from motcua.kernel.org import queries as org
from motcua.kernel.payments.forms import MoneyField
from motcua.kernel.payments.kind import Line
from motcua.lib import moment
from motcua.lib.money import money
from motcua.lib.worktime import Duration
from motcua.modules.dossiers.kind import Delivery

SUPPLEMENT_LINES = 4
Choices = Sequence[tuple[str, Any]]


class ReasonForm(MoveForm):
    reason = text_field(_("Lý do"), _("Người nộp đọc câu này."))


class BasisForm(MoveForm):
    reason = text_field(_("Lý do"), _("Người nộp đọc câu này. Nói rõ vì sao và nên làm gì tiếp."))
    basis = forms.CharField(label=_("Căn cứ"), required=False, max_length=300)


class ClaimForm(MoveForm):
    claim_id = forms.TypedChoiceField(label=_("Đề nghị miễn, giảm"), coerce=int, empty_value=None)
    reason = text_field(_("Lý do"), _("Người nộp đọc câu này. Khoản được miễn, giảm sẽ phải nộp."))

    def __init__(self, *args: Any, claims: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim_id"].choices = list(claims)  # type: ignore[attr-defined]


class NoteForm(MoveForm):
    note = text_field(_("Ghi chú"), _("Chỉ cán bộ thấy."))


class PassOnForm(MoveForm):
    note = text_field(_("Ý kiến xử lý"), _("Ghi vào phiếu kiểm soát."), rows=3, required=False)


class ReviseForm(MoveForm):
    reason = text_field(_("Cần làm lại điều gì"))


class AssignForm(MoveForm):
    officer_id = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=_("Lời nhắn"), required=False, max_length=300)


class SupplementForm(MoveForm):
    """Everything that is missing, in one go."""

    reason = text_field(_("Vì sao cần bổ sung"), _("Người nộp đọc câu này."), rows=2)
    basis = forms.CharField(label=_("Căn cứ"), required=False, max_length=300)

    def __init__(self, *args: Any, papers: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, SUPPLEMENT_LINES + 1):
            self.fields[f"paper_{number}"] = forms.ChoiceField(
                label=_("Giấy tờ %(number)d") % {"number": number},
                required=False,
                choices=[("", _("Nội dung tờ khai hoặc điều khác")), *papers],
            )
            self.fields[f"what_{number}"] = forms.CharField(
                label=_("Thiếu hoặc sai điều gì"), required=number == 1, max_length=500
            )
            self.fields[f"how_{number}"] = forms.CharField(label=_("Cách làm cho đúng"), required=False, max_length=500)
        self.order_fields(
            ["reason"]
            + [f"{name}_{number}" for number in range(1, SUPPLEMENT_LINES + 1) for name in ("paper", "what", "how")]
        )


def supplement_values(data: dict[str, Any]) -> dict[str, Any]:
    items = [
        {name: data.pop(f"{name}_{number}", "") for name in ("paper", "what", "how")}
        for number in range(1, SUPPLEMENT_LINES + 1)
    ]
    return {**data, "items": items}


class SupplyForm(MoveForm):
    """The clerk takes what the person brought to the counter."""

    counter_papers = forms.MultipleChoiceField(
        label=_("Giấy tờ người nộp mang đến"), required=False, widget=forms.CheckboxSelectMultiple
    )
    note = text_field(_("Đã bổ sung gì"), rows=2, required=False)

    def __init__(self, *args: Any, papers: Choices = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if papers:
            self.fields["counter_papers"].choices = list(papers)  # type: ignore[attr-defined]
        else:
            del self.fields["counter_papers"]


class ConsultForm(MoveForm):
    unit_id = UnitField(label=_("Hỏi đơn vị"), help_text=_("Gõ vài chữ trong tên, không dấu cũng được."))
    question = text_field(_("Điều cần hỏi"), _("Đơn vị được hỏi xem được hồ sơ này."))
    time = forms.CharField(label=_("Trả lời trong"), initial="2 ngày làm việc", max_length=40)


class AnswerForm(MoveForm):
    is_agreed = forms.TypedChoiceField(
        label=_("Ý kiến"),
        choices=[("yes", _("Đồng ý")), ("no", _("Không đồng ý"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    answer = text_field(_("Nội dung trả lời"))


class ProposeForm(MoveForm):
    code = forms.ChoiceField(label=_("Kết quả"))
    number = forms.CharField(label=_("Số, ký hiệu"), required=False, max_length=60)
    documents = Files(label=_("Văn bản kết quả"), required=False, help_text=_("PDF để ký số được."))
    delivery = forms.ChoiceField(
        label=_("Người nộp nhận kết quả"),
        required=False,
        choices=[(way.value, way.label) for way in (Delivery.ONLINE, Delivery.COUNTER)],
        help_text=_("Người nộp đã chọn bản điện tử. Chỉ đổi khi đã thống nhất với họ."),
    )
    is_refusal = forms.BooleanField(label=_("Trả lời không giải quyết được"), required=False)
    note = text_field(_("Tờ trình, hoặc lý do không giải quyết được"), rows=3, required=False)

    def __init__(self, *args: Any, results: Choices = (), delivery: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = list(results)  # type: ignore[attr-defined]
        if delivery != Delivery.ONLINE:
            del self.fields["delivery"]


class ExtendForm(MoveForm):
    """What was asked for stands in it."""

    reason = text_field(_("Lý do chậm"), _("Người nộp đọc câu này, cùng lời xin lỗi."))
    until = forms.DateTimeField(
        label=_("Hẹn mới"),
        help_text=_("Chỉ hẹn lại một lần, trước hạn ít nhất một ngày."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )

    def __init__(self, *args: Any, asked_reason: str = "", asked_until: datetime | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        calendar, _version = org.unit_calendar(self.case.unit_id)
        start = max(self.case.due_at or moment.now(), moment.now())
        later = asked_until or calendar.add(start, calendar.day_minutes)
        self.fields["reason"].initial = asked_reason
        self.fields["until"].initial = timezone.localtime(later).replace(second=0, microsecond=0)
        earliest = timezone.localtime(moment.now() + timedelta(minutes=1))
        self.fields["until"].widget.attrs["min"] = earliest.strftime("%Y-%m-%dT%H:%M")


class ApologyForm(forms.Form):
    """One reason for several dossiers."""

    reason = text_field(_("Lý do chậm"), _("Người nộp từng hồ sơ đọc câu này, cùng lời xin lỗi."))
    longer = forms.CharField(
        label=_("Hẹn thêm"),
        initial="2 ngày làm việc",
        max_length=40,
        help_text=_("Tính từ ngày đã hẹn của từng hồ sơ. Chỉ hẹn lại một lần, trước hạn ít nhất một ngày."),
    )

    def clean_longer(self) -> str:
        text = str(self.cleaned_data["longer"])
        try:
            Duration.parse(text)
        except ValueError as error:
            raise forms.ValidationError(_("Ghi thêm bao lâu, như “2 ngày làm việc”.")) from error
        return text


class ReturnForm(MoveForm):
    delivery = forms.ChoiceField(label=_("Trả bằng cách"), choices=Delivery.choices)
    to = forms.CharField(
        label=_("Người nhận xuất trình"),
        required=False,
        max_length=160,
        help_text=_("Như: Căn cước của người nộp. Không ghi số."),
    )

    def __init__(self, *args: Any, delivery: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["delivery"].initial = delivery


class PaymentForm(MoveForm):
    """What the procedure asks for now, reckoned, and what an official finds besides."""

    lines = forms.TypedMultipleChoiceField(
        label=_("Theo thủ tục"), required=False, widget=forms.CheckboxSelectMultiple, empty_value=[]
    )
    name = forms.CharField(label=_("Khoản phải nộp"), max_length=160, required=False)
    kind = forms.ChoiceField(
        label=_("Loại"),
        choices=[("phi", _("Phí")), ("le_phi", _("Lệ phí")), ("thue", _("Thuế")), ("phat", _("Tiền phạt"))],
    )
    amount = MoneyField(label=_("Số tiền (đồng)"), required=False)

    def __init__(self, *args: Any, lines: Sequence[Line] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not lines:
            del self.fields["lines"]
            self.fields["name"].required = self.fields["amount"].required = True
            return
        by_code = {line.code: line for line in lines}
        field: Any = self.fields["lines"]
        field.choices = [
            (line.code, f"{line.said}: {money(line.amount, get_language())}. {' '.join(line.explained)}")
            for line in lines
        ]
        field.coerce = by_code.__getitem__
        field.initial = list(by_code)
        self.fields["name"].label = _("Khoản khác")
        self.fields["name"].help_text = _("Khi phải nộp thêm, hoặc số tính sẵn ở trên chưa đúng.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if bool(data.get("name")) != bool(data.get("amount")) and not self.errors:
            self.add_error("amount" if data.get("name") else "name", _("Ghi cả tên khoản và số tiền."))
        return data
