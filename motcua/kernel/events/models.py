"""The event table (audit, timeline and outbox in one) and the cursors of those who read it."""

from django.db import models
from django.db.models import Func


class CurrentTransaction(Func):
    function = "pg_current_xact_id"
    arity = 0


class XidField(models.Field):  # type: ignore[type-arg]
    """``xid8``: the 64-bit number of the transaction that wrote the row."""

    def db_type(self, connection: object) -> str:
        return "xid8"


class Event(models.Model):
    """One thing that happened. Never updated, never deleted (a trigger sees to it); chained by hash within its case."""

    case_id = models.BigIntegerField(null=True)  # no foreign key: events lie below cases
    at = models.DateTimeField()
    name = models.CharField(max_length=60)
    actor = models.CharField(max_length=40)  # "officer:17", "person:4", "system"
    actor_name = models.CharField(max_length=160, blank=True)  # officials and services only
    data = models.JSONField(default=dict)
    audience = models.PositiveSmallIntegerField()
    xid = XidField(db_default=CurrentTransaction())
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        indexes = (
            models.Index(fields=["case_id", "id"], name="event_case"),
            models.Index(fields=["xid", "id"], name="event_commit_order"),
        )
        constraints = (
            # Two writers can never continue the same chain from the same link.
            models.UniqueConstraint(fields=["case_id", "previous_hash"], name="event_chain", nulls_distinct=False),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Cursor(models.Model):
    """How far a reader has read, in commit order, and how it fares."""

    reader = models.CharField(max_length=60, primary_key=True)
    xid = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    retry_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.reader


class JobState(models.Model):
    """When a job of the worker runs next, and how it fared."""

    job = models.CharField(max_length=60, primary_key=True)
    next_at = models.DateTimeField()
    ran_at = models.DateTimeField(null=True)
    did = models.IntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.job
