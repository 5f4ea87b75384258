"""Which questions are asked on a day."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.org.queries import local_today
from motcua.kernel.ratings.kind import Part, Shape
from motcua.kernel.ratings.models import Question


def _in_force(on: date) -> QuerySet[Question]:
    return Question.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


def asked(*parts: Part) -> list[Question]:
    """Today, in order."""
    return list(_in_force(local_today()).filter(part__in=parts).order_by("position", "code"))


def every_question() -> list[Question]:
    """Those in force and those to come, by part and place; what ended is history."""
    today = local_today()
    rows = Question.objects.filter(Q(valid_to=None) | Q(valid_to__gte=today))
    order = {part: place for place, part in enumerate(Part.values)}
    return sorted(rows, key=lambda row: (order[row.part], row.position, row.code, row.valid_from))


def newest(code: str) -> Question | None:
    """The last wording, perhaps of tomorrow."""
    return Question.objects.filter(code=code).order_by("-valid_from").first()


_ANSWERS = {Shape.GRADE: (3, 3), Shape.FACT: (2, 6)}


def answers_problem(shape: str, answers: Sequence[str], answers_en: Sequence[str]) -> str:
    """What is wrong with the answers that somebody wrote for a question of this shape, in words; "" when nothing."""
    least, most = _ANSWERS.get(Shape(shape), (0, 0))
    if not least <= len(answers) <= most:
        if not most:
            return _("Câu hỏi kiểu này không có câu trả lời riêng; để trống.")
        return _("Ghi từ %(least)d đến %(most)d câu trả lời, từ mức thấp lên cao.") % {"least": least, "most": most}
    if answers_en and len(answers_en) != len(answers):
        return _("Câu trả lời tiếng Anh phải đủ như tiếng Việt, hoặc để trống hết.")
    return ""
