"""Questions, ratings without their raters, surveys.

What proves that somebody may rate is a signed link that is never stored; that it was used is kept in ``Spent``, under
a keyed index, apart from the ratings. Ratings have random keys and know the week alone, so that neither order nor
time leads from one to the other.
"""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from motcua.kernel.ratings.kind import FIRST_VALUE, SCALE, Part, Shape


class Question(models.Model):
    """A wording with its days. Other words are another row; what was answered keeps the words it was asked in."""

    code = models.CharField(max_length=40)
    part = models.CharField(max_length=8, choices=Part.choices)
    shape = models.CharField(max_length=5, choices=Shape.choices)
    position = models.PositiveSmallIntegerField()
    factor = models.CharField(max_length=120, blank=True)  # heading under which surveys ask it
    factor_en = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300, blank=True)
    answers = ArrayField(models.CharField(max_length=80), default=list)  # from the lowest value up; none: the scale's
    answers_en = ArrayField(models.CharField(max_length=80), default=list)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # the last day

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "valid_from"], name="ratingquestion_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="ratingquestion_days_in_order"
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def title(self) -> str:
        """In the reader's language."""
        return (self.text_en if _is_english() else "") or self.text

    @property
    def heading(self) -> str:
        return (self.factor_en if _is_english() else "") or self.factor

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Value and words, from the lowest up; none for a tick."""
        if self.shape not in FIRST_VALUE:
            return []
        words = (self.answers_en if _is_english() else []) or self.answers or [str(one) for one in SCALE]
        return list(enumerate(words, FIRST_VALUE[self.shape]))


def _is_english() -> bool:
    return (get_language() or "").startswith("en")


class Survey(models.Model):
    """Asks people whose dossiers ended in a time, of some units and procedures. No units or procedures: all."""

    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    units = ArrayField(models.BigIntegerField())  # with all below them
    procedures = ArrayField(models.CharField(max_length=40), default=list)
    ended_from = models.DateField()
    ended_to = models.DateField()
    closes_on = models.DateField()  # the last day to answer
    target = models.PositiveIntegerField()  # answers
    apart_days = models.PositiveSmallIntegerField()  # nobody is invited to any survey twice within so many
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(ended_to__gte=F("ended_from")), name="survey_days_in_order"),)

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """In the reader's language."""
        return (self.title_en if _is_english() else "") or self.title


class Invitation(models.Model):
    """Who was asked to answer a survey, never whether they did. Forgotten some time after the survey."""

    survey = models.ForeignKey(Survey, models.CASCADE, related_name="invitations")
    kind = models.CharField(max_length=16)  # of what was done, as registered
    key = models.CharField(max_length=40)
    party_id = models.BigIntegerField()  # who is told
    person_id = models.BigIntegerField()
    invited_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["survey", "kind", "key"], name="invitation_once"),)
        indexes = (models.Index(fields=["person_id", "invited_at"], name="invitation_person"),)

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class Rating(models.Model):
    """``face`` is None in a survey. ``week`` is its Monday."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=16)
    survey = models.ForeignKey(Survey, models.PROTECT, null=True, related_name="ratings")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    point = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey("identity.Account", models.PROTECT, null=True, related_name="+")
    procedure = models.CharField(max_length=40, blank=True)
    week = models.DateField()
    face = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True)  # contacts struck out
    is_hidden = models.BooleanField(default=False)  # its words, because they said too much of somebody

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(face__in=(1, 2, 3), survey=None) | Q(face=None, survey__isnull=False), name="rating_face"
            ),
        )
        indexes = (models.Index(fields=["unit", "week"], condition=Q(survey=None), name="rating_unit_week"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.face}"


class Answer(models.Model):
    rating = models.ForeignKey(Rating, models.CASCADE, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["rating", "question"], name="answer_once"),)

    def __str__(self) -> str:
        return str(self.value)


class Spent(models.Model):
    """A link that was used: its keyed index. It leads to no rating, and without the key of the house to no dossier."""

    index = models.BinaryField(primary_key=True)

    def __str__(self) -> str:
        return bytes(self.index).hex()
