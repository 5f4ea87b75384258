"""A person's or organisation's papers, where they were used again, and the links by which their owner shows them."""

from datetime import date

from django.db import models

from motcua.kernel.store.kind import Signature, State, Validity


class StoreEntry(models.Model):
    """One paper (facts §9.5). Its name says the type only; number and fields are sealed."""

    person = models.ForeignKey("identity.Person", models.PROTECT, null=True, related_name="+")
    owner_index = models.BinaryField(null=True)  # of the owner's proved national id: survives a change of accounts
    tax_code = models.CharField(max_length=14, blank=True)  # of an organisation that owns it
    code = models.CharField(max_length=60)  # of the type of paper or result: GT.chung-sinh, KQ.khai-sinh
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    number_sealed = models.BinaryField(default=b"")
    values_sealed = models.BinaryField(default=b"")  # JSON, for filling in forms: store.<code>.<field>
    issuer = models.CharField(max_length=200)  # as it was called then …
    issuer_unit = models.ForeignKey("org.Unit", models.PROTECT, null=True, related_name="+")  # … and which unit it was
    issued_on = models.DateField()
    validity = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Validity])
    valid_to = models.DateField(null=True)
    scope = models.CharField(max_length=12, default="nation")  # nation | province | commune
    file = models.ForeignKey("files.File", models.PROTECT, null=True, related_name="+")
    sha256 = models.BinaryField(null=True)
    signature = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in Signature])
    procedure_code = models.CharField(max_length=40, blank=True)
    case_id = models.BigIntegerField(null=True)  # from which it came
    case_code = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in State], default=State.VALID)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")
    reason = models.CharField(max_length=300, blank=True)  # of the revocation
    created_at = models.DateTimeField()
    put_by = models.CharField(max_length=40)

    class Meta:
        indexes = (
            models.Index(fields=["person", "code"], name="store_person"),
            models.Index(fields=["owner_index", "code"], name="store_owner"),
            models.Index(fields=["tax_code", "code"], name="store_tax_code"),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(person__isnull=False) | models.Q(owner_index__isnull=False) | ~models.Q(tax_code=""),
                name="store_has_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(validity="until", valid_to__isnull=False)
                | (~models.Q(validity="until") & models.Q(valid_to__isnull=True)),
                name="store_validity",
            ),
            # Handed over twice by a worker that was interrupted: one paper.
            models.UniqueConstraint(
                fields=["case_id", "code", "file"],
                name="store_once",
                condition=models.Q(case_id__isnull=False),
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.pk}"

    def state_on(self, day: date, *, uses: int = 0) -> str:
        """valid | expired | used | revoked | replaced."""
        if self.state != State.VALID:
            return self.state
        if self.valid_to is not None and self.valid_to < day:
            return "expired"
        return "used" if self.validity == Validity.ONCE and uses else "valid"


class StoreUse(models.Model):
    """A later case took the paper from the store instead of asking for it."""

    entry = models.ForeignKey(StoreEntry, models.CASCADE, related_name="uses")
    case_id = models.BigIntegerField()
    case_code = models.CharField(max_length=60, blank=True)
    used_at = models.DateTimeField()
    used_by = models.CharField(max_length=40)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["entry", "case_id"], name="store_use_once"),)
        indexes = (models.Index(fields=["case_id"], name="store_use_case"),)

    def __str__(self) -> str:
        return f"{self.entry_id} in {self.case_id}"


class StoreShare(models.Model):
    """A link by which the owner shows papers to somebody: it ends by itself, and at once when they say so."""

    person = models.ForeignKey("identity.Person", models.PROTECT, related_name="+")
    entries = models.ManyToManyField(StoreEntry, related_name="shares")
    digest = models.CharField(max_length=64, unique=True)  # of the token; the token itself is kept nowhere
    purpose_sealed = models.BinaryField(default=b"")  # for whom, what for: the owner's own words
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=["person", "-id"], name="store_share_person"),)

    def __str__(self) -> str:
        return f"share {self.pk}"


class StoreOpening(models.Model):
    """Somebody opened a share, and said who they are."""

    share = models.ForeignKey(StoreShare, models.CASCADE, related_name="openings")
    at = models.DateTimeField()
    who_sealed = models.BinaryField()
    is_official = models.BooleanField(default=False)  # signed in here, so that the name is known and not only said

    def __str__(self) -> str:
        return f"opening of {self.share_id}"
