"""Forms by key and version, and answers on their way."""

from django.db import models


class FormVersion(models.Model):
    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"  # the one that is asked now; a trigger keeps its text as it is
        REPLACED = "replaced"  # kept for whoever was asked by it

    key = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    title = models.CharField(max_length=500)
    body = models.TextField()  # the JSON as text: PostgreSQL's own would lose the order of the fields
    note = models.CharField(max_length=200, blank=True)  # why it was changed
    revision = models.PositiveIntegerField(default=1)  # of a draft: grows with every change
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=160)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["key", "number"], name="formversion_once"),
            models.UniqueConstraint(fields=["key"], name="formversion_draft", condition=models.Q(state="draft")),
            models.UniqueConstraint(fields=["key"], name="formversion_now", condition=models.Q(state="published")),
        )

    def __str__(self) -> str:
        return f"{self.key} {self.number}"


class Draft(models.Model):
    """Answers that were begun and not sent yet; opened by the account that they belong to or by a secret link."""

    version = models.ForeignKey(FormVersion, models.PROTECT, related_name="drafts")
    subject = models.CharField(max_length=120)  # what they are for, in the words of whoever uses forms
    account = models.ForeignKey("identity.Account", models.CASCADE, null=True, related_name="+")
    answers_sealed = models.BinaryField(default=b"")
    known_sealed = models.BinaryField(default=b"")  # values filled in from elsewhere, with their sources
    step = models.PositiveSmallIntegerField(default=0)  # the one to go on with
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["account", "-saved_at"], name="draft_own", condition=models.Q(account__isnull=False)),
            models.Index(fields=["expires_at"], name="draft_expires"),
        )

    def __str__(self) -> str:
        return f"draft {self.pk}"
