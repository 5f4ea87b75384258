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

    event_id = models.BigIntegerField(null=True)  # idempotency: one message per event, recipient and channel
    case_id = models.BigIntegerField(null=True)
    recipient = models.CharField(max_length=40)  # "party:7", "officer:12", "person:3"
    channel = models.CharField(max_length=8)
    address_sealed = models.BinaryField()
    subject = models.CharField(max_length=200, blank=True)
    body_sealed = models.BinaryField()  # holds private links
    state = models.CharField(max_length=20, choices=State.choices, default=State.CREATED)
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    provider = models.CharField(max_length=30, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["event_id", "recipient", "channel"], name="message_once"),
        )
        indexes = (
            models.Index(
                fields=["retry_at", "id"],
                name="message_to_send",
                condition=models.Q(state__in=["created", "temporary_failure", "technical_failure"]),
            ),
            models.Index(fields=["provider", "reference"], name="message_receipt"),
            models.Index(fields=["case_id"], name="message_case"),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"


class Notice(models.Model):
    """A notice inside the desk or a person's page (channel "web")."""

    account_id = models.BigIntegerField()
    case_id = models.BigIntegerField(null=True)
    event_id = models.BigIntegerField()
    text = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["account_id", "event_id"], name="notice_once"),)
        indexes = (
            models.Index(fields=["account_id", "-id"], name="notice_unread", condition=models.Q(read_at__isnull=True)),
        )

    def __str__(self) -> str:
        return self.text
