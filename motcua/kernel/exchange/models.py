"""What outside systems are to be told, case by case and in order; and what they told us.

A lane is one case at one partner; the parcels on it are told one after the other. Bodies are personal data: they are
sealed, and emptied when the partner has taken them.
"""

from django.db import models
from django.db.models import Q

from motcua.kernel.exchange.kind import LaneState, ParcelKind, ParcelState


class Lane(models.Model):
    partner = models.CharField(max_length=30)
    case = models.ForeignKey("cases.Case", models.PROTECT, related_name="lanes")
    state = models.CharField(max_length=8, choices=LaneState.choices, default=LaneState.CURRENT)
    their_code = models.CharField(max_length=60, blank=True)  # of the dossier over there
    is_known = models.BooleanField(default=False)  # the partner has taken the dossier at least once
    round = models.PositiveSmallIntegerField(default=1)  # grows when everything is told anew
    attempts = models.PositiveIntegerField(default=0)  # of the parcel that is next
    retry_at = models.DateTimeField(null=True)  # next attempt; null: nothing waits, or a person must look
    behind_since = models.DateTimeField(null=True)  # since when the oldest parcel waits
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)  # why the last attempt failed

    class Meta:
        constraints = (models.UniqueConstraint(fields=["partner", "case"], name="lane_once"),)
        indexes = (
            models.Index(fields=["partner", "retry_at", "id"], name="lane_due", condition=Q(retry_at__isnull=False)),
            models.Index(
                fields=["partner", "state", "behind_since", "id"], name="lane_behind", condition=~Q(state="current")
            ),
            models.Index(fields=["partner", "-id"], name="lane_partner"),
            models.Index(fields=["their_code"], name="lane_their_code", condition=~Q(their_code="")),
        )

    def __str__(self) -> str:
        return f"case {self.case_id} at {self.partner}"


class Parcel(models.Model):
    lane = models.ForeignKey(Lane, models.CASCADE, related_name="parcels")
    round = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=ParcelKind.choices)
    key = models.CharField(max_length=40)  # what it is about: told once in a round
    digest = models.BinaryField()  # keyed: of what it says
    body_sealed = models.BinaryField(default=b"")
    state = models.CharField(max_length=8, choices=ParcelState.choices, default=ParcelState.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    reference = models.CharField(max_length=120, blank=True)  # what the partner calls it
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["lane", "round", "key"], name="parcel_once"),)
        indexes = (models.Index(fields=["lane", "id"], name="parcel_waiting", condition=Q(state="waiting")),)

    def __str__(self) -> str:
        return f"{self.kind} on lane {self.lane_id}"


class PartnerState(models.Model):
    """How one partner fares."""

    name = models.CharField(max_length=30, primary_key=True)
    reached_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    error = models.CharField(max_length=300, blank=True)
    filled_to = models.BigIntegerField(null=True)  # while open cases are put in line: the last one that was

    def __str__(self) -> str:
        return self.name


class Foreign(models.Model):
    """A dossier of another system, as far as one needs to follow it. No names, no contacts; whose it is as an index."""

    source = models.CharField(max_length=80)  # the system that tells of it, in words for people
    code = models.CharField(max_length=60)
    state = models.PositiveSmallIntegerField()
    said_at = models.DateTimeField()  # what was true then; an older word never overwrites a newer one
    procedure = models.CharField(max_length=40, blank=True)
    procedure_name = models.CharField(max_length=300, blank=True)
    agency = models.CharField(max_length=200, blank=True)
    accepted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    applicant_index = models.BinaryField(null=True)
    secret_index = models.BinaryField(null=True)  # of what opens it together with the code; else the applicant's number
    received_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["code", "source"], name="foreign_once"),)
        indexes = (
            models.Index(
                fields=["applicant_index", "-said_at"],
                name="foreign_applicant",
                condition=Q(applicant_index__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} of {self.source}"


class Source(models.Model):
    """A system that tells of its dossiers, and how many we have of it."""

    name = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveBigIntegerField(default=0)
    received_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Unread(models.Model):
    """A row that came in and could not be read: kept whole and sealed, with the reason, for
    EXCHANGE_UNREAD_KEPT_DAYS days."""

    source = models.CharField(max_length=80)
    service = models.CharField(max_length=40)
    line = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    digest = models.BinaryField()  # the same row again is the same problem
    text_sealed = models.BinaryField()
    came_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "digest"], name="unread_once"),)

    def __str__(self) -> str:
        return f"line {self.line} of {self.source}"
