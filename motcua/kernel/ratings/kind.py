"""How people found what was done for them: faces, questions, permissions, events, and what can be rated.

A module says what can be rated by ``register_rateable``; this package knows no module. A rating is kept apart from
who gave it (NĐ 224/2026 Điều 10.3.b): it has the unit, the officer and the procedure, the week, and no key to the
person, the dossier or the number in the queue.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import Audience, EventKind
from motcua.kernel.identity.kind import Permission, Reach, Role

RATE_WITHIN: Final = timedelta(days=60)  # after the result
LONGEST_WORDS: Final = 1_000
DESK: Final = "desk"  # kind of what was rated on a tablet
DEVICE: Final = "rating"  # what that tablet is for
SURVEY: Final = "survey"


class Face(IntegerChoices):
    """The three levels that one-stop shops in the country ask for."""

    UNHAPPY = 1, _("Không hài lòng")
    HAPPY = 2, _("Hài lòng")
    VERY_HAPPY = 3, _("Rất hài lòng")


FACES: Final = (
    (Face.VERY_HAPPY, "mood-happy"),
    (Face.HAPPY, "mood-smile"),
    (Face.UNHAPPY, "mood-sad"),
)


class Part(TextChoices):
    """Where a question is asked."""

    QUICK = "quick", _("Đánh giá nhanh")
    CRITERIA = "criteria", _("Chín tiêu chí")
    SURVEY = "survey", _("Khảo sát hài lòng")


class Shape(TextChoices):
    """How a question is answered; ``VALUES`` says by which numbers."""

    GOOD = "good", _("Lý do hài lòng")
    BAD = "bad", _("Lý do chưa hài lòng")
    GRADE = "grade", _("Ba mức, 0 đến 2 điểm")
    SCALE = "scale", _("Năm mức hài lòng")
    FACT = "fact", _("Điều đã xảy ra")


SHAPES_OF: Final[Mapping[str, tuple[Shape, ...]]] = {
    Part.QUICK: (Shape.GOOD, Shape.BAD),
    Part.CRITERIA: (Shape.GRADE,),
    Part.SURVEY: (Shape.SCALE, Shape.FACT),
}
TICK: Final = 1
FIRST_VALUE: Final[Mapping[str, int]] = {Shape.GRADE: 0, Shape.SCALE: 1, Shape.FACT: 0}
CONTENT_FROM: Final = 4  # of five: "satisfied" and "very satisfied" make the index
SCALE: Final = (
    _("Rất không hài lòng"),
    _("Không hài lòng"),
    _("Bình thường"),
    _("Hài lòng"),
    _("Rất hài lòng"),
)


@dataclass(frozen=True, slots=True)
class Service:
    """What was done for somebody, as far as a rating keeps it, and what the page says of it."""

    title: str
    unit_id: int
    ended_at: datetime
    officer_id: int | None = None
    point_id: int | None = None  # the reception where the person was
    procedure: str = ""  # its code
    case_id: int | None = None  # which can be called back about; no rating keeps it


@dataclass(frozen=True, slots=True)
class Rateable:
    """``service`` says what stands behind a key, None while there is nothing to rate. ``sample`` gives keys of cases
    that ended in a time (its days, both included), of these units and procedures (none: all), at random."""

    kind: str
    label: str | Promise
    question: str | Promise
    service: Callable[[str], Service | None]
    sample: Callable[[date, date, Sequence[int], Sequence[str], int], list[int]] | None = None


RATEABLES: dict[str, Rateable] = {}


def register_rateable(rateable: Rateable) -> None:
    """Called from the ``apps.py`` of whoever serves people."""
    if RATEABLES.setdefault(rateable.kind, rateable) != rateable:
        raise ValueError(f"what can be rated as {rateable.kind} is declared twice")


def label_of(kind: str) -> str:
    return str(_("Máy đánh giá tại quầy")) if kind == DESK else str(RATEABLES[kind].label)


@dataclass(frozen=True, slots=True)
class Given:
    """A rating as it was filled in. ``values`` maps the number of a question to the value; ticks are ``TICK``."""

    face: int | None = None
    values: Mapping[int, int] = field(default_factory=dict)
    words: str = ""


LEADING = frozenset({Role.LEADER, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
PERMISSIONS = (
    Permission("rating.read", LEADING, Reach.UNIT, label=_("Xem kết quả đánh giá của người dân")),
    Permission("rating.export", LEADING, Reach.UNIT, label=_("Tải kết quả đánh giá")),
    Permission("rating.hide", LEADING, Reach.UNIT, label=_("Ẩn lời đánh giá có thông tin cá nhân")),
    Permission("ratingquestion.manage", ADMINISTRATORS, Reach.TOP, label=_("Sửa câu hỏi đánh giá")),
    Permission("survey.manage", ADMINISTRATORS, Reach.UNIT, label=_("Mở khảo sát hài lòng")),
)
EVENTS = (
    # Of no case, without the face: that somebody rated is no secret, who and how is.
    EventKind("rating.given", _("Một người đánh giá {unit}"), icon="mood-smile"),
    EventKind("rating.call_wished", _("Người dân muốn được gọi lại"), Audience.OFFICIALS, "phone-call"),
    EventKind("rating.hidden", _("Ẩn một lời đánh giá của {unit}"), icon="eye-off"),
    EventKind("ratingquestion.changed", _("Sửa câu hỏi đánh giá {question}, từ {since}"), icon="edit"),
    EventKind("ratingquestion.ended", _("Thôi hỏi câu {question}, từ {since}"), icon="ban"),
    EventKind("survey.opened", _("Mở khảo sát {survey}"), icon="clipboard-list"),
    EventKind("survey.invited", _("Mời một người trả lời khảo sát {survey}"), icon="mail"),
    EventKind("survey.closed", _("Kết thúc khảo sát {survey}"), icon="clipboard-check"),
)
