"""Keys to sign with, whom to believe, and what is to be signed."""

from django.db import models
from django.db.models import Q

from motcua.kernel.signing.kind import OPEN_STATES, KeyKind, Look, SignatureRole, TaskState


class SigningKey(models.Model):
    """An agency's seal, or an officer's own key. What opens it is sealed."""

    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in KeyKind])
    unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")
    officer = models.ForeignKey("identity.Account", models.PROTECT, null=True, related_name="+")
    label = models.CharField(max_length=120)
    certificate = models.BinaryField()  # DER
    chain = models.BinaryField(default=b"")  # PEM of its issuers, nearest first
    signer = models.CharField(max_length=200)  # as the certificate calls them
    organisation = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=200)
    serial = models.CharField(max_length=64)
    algorithm = models.CharField(max_length=40)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    # JSON. software: file (PKCS#12, base64), password · pkcs11: token, pin, key · remote: service, user, credential
    secret_sealed = models.BinaryField()
    picture = models.BinaryField(default=b"")  # PNG of the signature (blue) or the seal (red)
    picture_width = models.FloatField(default=36.0)  # mm: a seal is shown in its real size
    picture_height = models.FloatField(default=36.0)
    is_test = models.BooleanField(default=False)  # made by ourselves for trying out
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(unit__isnull=True, officer__isnull=False) | Q(unit__isnull=False, officer__isnull=True),
                name="signingkey_one_owner",
            ),
            models.UniqueConstraint(
                fields=["serial", "issuer", "kind"], condition=Q(removed_at__isnull=True), name="signingkey_once"
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def role(self) -> SignatureRole:
        return SignatureRole.PERSON if self.officer_id else SignatureRole.AGENCY


class TrustRoot(models.Model):
    """A certificate that is believed, and whatever it vouches for."""

    certificate = models.BinaryField()  # DER
    sha256 = models.BinaryField(unique=True)
    name = models.CharField(max_length=200)
    valid_to = models.DateTimeField()
    is_test = models.BooleanField(default=False)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @property
    def fingerprint(self) -> str:
        """To compare by eye: "bb55 ec05 …"."""
        return bytes(self.sha256).hex(" ", 2)


class SigningTask(models.Model):
    """One signature on one document: asked for, confirmed, made."""

    State = TaskState

    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="tasks")
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")  # null: the result of ``after``
    after = models.ForeignKey("self", models.PROTECT, null=True, related_name="followers")
    result = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    role = models.CharField(max_length=8, choices=[(role.value, role.value) for role in SignatureRole])
    look = models.CharField(max_length=8, choices=[(look.value, look.value) for look in Look])
    place = models.JSONField(default=dict)  # page, x, y, width, height in mm; {} for what is usual
    lines = models.JSONField(default=list)  # words above name and time
    title = models.CharField(max_length=300)
    reason = models.CharField(max_length=300, blank=True)
    about = models.CharField(max_length=60, blank=True)  # whose it is: "dossier:12", "receipt:7"
    state = models.CharField(max_length=10, choices=[(s.value, s.value) for s in TaskState], default=TaskState.ASKED)
    asked_by = models.CharField(max_length=40)
    asked_by_id = models.BigIntegerField(null=True)  # the account, of an officer
    asked_by_name = models.CharField(max_length=160, blank=True)
    asked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=40, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=300, blank=True)  # why not
    # Of what is under way
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)  # the worker's next turn; null: none
    expires_at = models.DateTimeField(null=True)  # of the approval on the telephone
    batch = models.UUIDField(null=True)  # those that the trust service is asked to sign with one approval
    transaction = models.CharField(max_length=120, blank=True)  # at the trust service
    signature = models.BinaryField(default=b"")  # came in; not yet in the document
    # The document with its hole: loose, so that it is swept away by itself; not a key, for the sweeper asks nobody
    prepared_id = models.BigIntegerField(null=True)
    prepared = models.JSONField(default=dict)
    level = models.CharField(max_length=6, blank=True)  # B-B | B-T | B-LT, once it is done

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(file__isnull=False) | Q(after__isnull=False), name="task_has_document"),
            # The same signature is not asked for twice at once.
            models.UniqueConstraint(
                fields=["file", "key"],
                condition=Q(state__in=[state.value for state in OPEN_STATES], file__isnull=False),
                name="task_once",
            ),
        )
        indexes = (
            models.Index(fields=["retry_at"], name="task_due", condition=Q(retry_at__isnull=False)),
            models.Index(fields=["key", "-id"], name="task_open", condition=Q(ended_at__isnull=True)),
            models.Index(fields=["asked_by_id", "-id"], name="task_asker"),
            models.Index(fields=["about"], name="task_about"),
        )

    def __str__(self) -> str:
        return self.title
