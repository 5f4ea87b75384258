"""What is told to whom, and whether it arrived (delivery states as in GOV.UK Notify's published model)."""

from django.db import models


class Template(models.Model):
    event = models.CharField(max_length=60)
    audience = models.CharField(max_length=12)  # reporter | follower | officer | unit | person
    channel = models.CharField(max_length=8)  # email | sms | web
    language = models.CharField(max_length=5)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event", "audience", "channel", "language"], name="template_once"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.channel} {self.language}"


class Message(models.Model):
    class State(models.TextChoices):
        CREATED = "created"
        SENDING = "sending"  # handed to the provider, no receipt yet
        SENT = "sent"  # the provider gives no receipts
        DELIVERED = "delivered"
        TEMPORARY_FAILURE = "temporary_failure"  # e.g. phone off; will be tried again
        PERMANENT_FAILURE = "permanent_failure"  # e.g. address does not exist
        TECHNICAL_FAILURE = "technical_failure"  # ours or the provider's fault; retried, then parked
        HELD = "held"  # stopped by a person on the outbox page

    event = models.CharField(max_length=60)  # its name; of a one-time code the plan's
    event_id = models.BigIntegerField(null=True)  # idempotency: one message per event, recipient and channel
    case_id = models.BigIntegerField(null=True)
    recipient = models.CharField(max_length=40)  # "party:7", "officer:12", "person:3"
    channel = models.CharField(max_length=8)
    language = models.CharField(max_length=5, default="vi")
    address_sealed = models.BinaryField()
    content_sealed = models.BinaryField()  # a line with the subject, then the body: holds private links and codes
    state = models.CharField(max_length=20, choices=State.choices, default=State.CREATED)
    parts = models.PositiveSmallIntegerField(default=0)  # of an SMS: what is paid for
    is_urgent = models.BooleanField(default=False)
    expires_at = models.DateTimeField(null=True)  # afterwards it is of no use to anybody
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)  # next attempt; null: none will be made (done, held or parked)
    provider = models.CharField(max_length=30, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["event_id", "recipient", "channel"], name="message_once"),)
        indexes = (
            models.Index(
                fields=["-is_urgent", "retry_at", "id"],
                name="message_to_send",
                condition=models.Q(retry_at__isnull=False),
            ),
            models.Index(fields=["state", "-id"], name="message_state"),
            models.Index(fields=["created_at"], name="message_created"),
            models.Index(fields=["provider", "reference"], name="message_receipt"),
            models.Index(fields=["case_id"], name="message_case"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    @property
    def is_parked(self) -> bool:
        """Tried in vain often enough; only a person starts it again."""
        return self.retry_at is None and self.state in (self.State.TEMPORARY_FAILURE, self.State.TECHNICAL_FAILURE)


class Preference(models.Model):
    """How a recipient wants to be told; without a row: everything, by e-mail before SMS."""

    recipient = models.CharField(max_length=40, unique=True)
    wants = models.CharField(max_length=10, default="all")  # all | result | none
    channels = models.JSONField(default=list)  # of "email" and "sms", first choice first; a missing one is never used

    def __str__(self) -> str:
        return f"{self.recipient} {self.wants}"


class Notice(models.Model):
    """A notice inside the desk or a person's page (channel "web")."""

    account_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    event_id = models.BigIntegerField()
    text = models.CharField(max_length=300)
    url = models.CharField(max_length=200, blank=True)  # where it leads, within the house
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account_id", "event_id"], name="notice_once"),)
        indexes = (
            models.Index(fields=["account_id", "-id"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
            models.Index(fields=["account_id", "-id"], name="notice_account"),
        )

    def __str__(self) -> str:
        return self.text
