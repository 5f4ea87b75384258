"""The shape of a rating, of the answers to a survey, and of what administrators type about them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.forms import DateInput
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.kind import LONGEST_WORDS, TICK, Face, Given, Part, Shape
from motcua.kernel.ratings.models import Question


class _Answers(forms.Form):
    """One field for each question that is answered by a choice."""

    def ask(self, questions: Sequence[Question], *, required: bool = False) -> None:
        for question in questions:
            self.fields[f"q{question.pk}"] = forms.TypedChoiceField(
                label=question.title,
                choices=question.choices,
                coerce=int,
                empty_value=None,
                required=required,
                widget=forms.RadioSelect,
            )

    def chosen(self) -> dict[int, int]:
        return {
            int(name[1:]): value
            for name, value in self.cleaned_data.items()
            if name[0] == "q" and name[1:].isdecimal() and value is not None
        }


class RateForm(_Answers):
    face = forms.TypedChoiceField(
        label=_("Bạn thấy thế nào?"),
        choices=Face.choices,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Chọn một trong ba mức."), "invalid_choice": _("Chọn một trong ba mức.")},
    )
    good = forms.TypedMultipleChoiceField(
        label=_("Điều gì làm bạn hài lòng?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    bad = forms.TypedMultipleChoiceField(
        label=_("Điều gì làm bạn chưa hài lòng?"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    words = forms.CharField(
        label=_("Bạn muốn nói thêm gì?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Đừng ghi tên, số điện thoại hay mã hồ sơ: lời này được đọc mà không biết của ai."),
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, shape in (("good", Shape.GOOD), ("bad", Shape.BAD)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  declared above
            field.choices = [(row.pk, row.title) for row in questions if row.shape == shape]
        self.criteria = [row for row in questions if row.part == Part.CRITERIA]
        self.ask(self.criteria)

    @property
    def asked_criteria(self) -> list[forms.BoundField]:
        return [self[f"q{question.pk}"] for question in self.criteria]

    @property
    def given(self) -> Given:
        ticks = dict.fromkeys((*self.cleaned_data["good"], *self.cleaned_data["bad"]), TICK)
        return Given(self.cleaned_data["face"], {**ticks, **self.chosen()}, self.cleaned_data["words"])


class SurveyForm(_Answers):
    words = forms.CharField(
        label=_("Bạn muốn góp ý gì thêm?"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Đừng ghi tên, số điện thoại hay mã hồ sơ."),
    )

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.ask(questions)

    @property
    def parts(self) -> list[tuple[str, list[tuple[Question, forms.BoundField]]]]:
        """Questions under their headings, in order."""
        found: dict[str, list[tuple[Question, forms.BoundField]]] = {}
        for question in self.questions:
            found.setdefault(question.heading, []).append((question, self[f"q{question.pk}"]))
        return list(found.items())

    @property
    def given(self) -> Given:
        return Given(None, self.chosen(), self.cleaned_data["words"])


class _Lines(forms.CharField):
    """One on each line."""

    widget = forms.Textarea({"rows": 4})

    def to_python(self, value: Any) -> Any:
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        if any(len(line) > 80 for line in value):
            raise forms.ValidationError(_("Mỗi dòng nhiều nhất 80 chữ."))


class QuestionForm(forms.Form):
    code = forms.SlugField(label=_("Mã"), max_length=40, help_text=_("Chữ thường không dấu, như thai-do."))
    part = forms.ChoiceField(label=_("Hỏi ở đâu"), choices=Part.choices)
    shape = forms.ChoiceField(label=_("Cách trả lời"), choices=Shape.choices)
    position = forms.IntegerField(label=_("Thứ tự"), min_value=1, max_value=999, initial=1)
    factor = forms.CharField(label=_("Nhóm câu hỏi"), max_length=120, required=False)
    factor_en = forms.CharField(label=_("Nhóm câu hỏi, tiếng Anh"), max_length=120, required=False)
    text = forms.CharField(label=_("Lời hỏi"), max_length=300)
    text_en = forms.CharField(label=_("Lời hỏi, tiếng Anh"), max_length=300, required=False)
    answers = _Lines(
        label=_("Câu trả lời"), required=False, help_text=_("Mỗi dòng một câu, từ mức thấp lên cao. Năm mức: để trống.")
    )
    answers_en = _Lines(label=_("Câu trả lời, tiếng Anh"), required=False)

    def __init__(self, data: Any = None, *, question: Question | None) -> None:
        columns = [name for name in self.base_fields if question is not None]
        super().__init__(data, initial={name: getattr(question, name) for name in columns})
        if question is not None:
            self.fields["code"].disabled = True

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).lower()


class SurveyOpenForm(forms.Form):
    title = forms.CharField(label=_("Tên khảo sát"), max_length=160)
    title_en = forms.CharField(label=_("Tên tiếng Anh"), max_length=160, required=False)
    units = forms.TypedMultipleChoiceField(
        label=_("Đơn vị"),
        coerce=int,
        help_text=_("Gồm cả các đơn vị trực thuộc."),
        widget=forms.SelectMultiple({"size": 8}),
    )
    procedures = _Lines(
        label=_("Thủ tục"), required=False, help_text=_("Mã thủ tục, mỗi dòng một mã. Để trống là mọi thủ tục.")
    )
    ended_from = forms.DateField(label=_("Hồ sơ xong từ ngày"), widget=DateInput)
    ended_to = forms.DateField(label=_("Đến hết ngày"), widget=DateInput)
    closes_on = forms.DateField(label=_("Trả lời đến hết ngày"), widget=DateInput)
    target = forms.IntegerField(label=_("Cần bao nhiêu người trả lời"), min_value=5, max_value=100_000, initial=200)
    apart_days = forms.IntegerField(
        label=_("Không mời một người hai lần trong bao nhiêu ngày"), min_value=1, max_value=730, initial=180
    )

    def __init__(self, data: Any = None, *, units: Sequence[org.UnitRow]) -> None:
        today = org.local_today()
        initial = {
            "ended_from": today - timedelta(days=90), "ended_to": today, "closes_on": today + timedelta(days=30),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        field = self.fields["units"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101  declared above
        field.choices = [(unit.id, unit.name) for unit in units]
