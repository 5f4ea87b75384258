"""Records of our own registries, who looked at what and why, what people agreed to and what they ask for."""

from django.db import models

from motcua.kernel.registries.kind import RequestKind


class RegistryRecord(models.Model):
    """One record of a local registry: its values are sealed, its keys are blind indexes."""

    registry = models.CharField(max_length=20)
    name_index = models.BinaryField()  # of the key that names it
    values_sealed = models.BinaryField()  # JSON
    is_pack = models.BooleanField(default=False)  # invented, of a demonstration
    updated_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["registry", "name_index"], name="registry_record_once"),)
        indexes = (models.Index(fields=["registry", "-id"], name="registry_record_newest"),)

    def __str__(self) -> str:
        return f"{self.registry} {self.pk}"


class RecordKey(models.Model):
    """A key by which a record is found. Several records may share one: a person has several cars."""

    record = models.ForeignKey(RegistryRecord, models.CASCADE, related_name="keys")
    index = models.BinaryField()  # of registry, name of the key, and value

    class Meta:
        constraints = (models.UniqueConstraint(fields=["index", "record"], name="registry_key_once"),)

    def __str__(self) -> str:
        return f"key of {self.record_id}"


class LookUp(models.Model):
    """Somebody asked a registry. Written whatever becomes of their transaction; never changed."""

    class Outcome(models.TextChoices):
        FOUND = "found"
        NONE = "none"
        OUTAGE = "outage"
        NOT_THEIRS = "not_theirs"  # there is a record, of somebody else: it was not shown

    at = models.DateTimeField()
    registry = models.CharField(max_length=20)
    source = models.CharField(max_length=30)
    actor = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=160, blank=True)  # officials and services only
    purpose = models.CharField(max_length=30)
    reason = models.CharField(max_length=200, blank=True)
    consent_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)  # the card that the asker named
    case_id = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    request_id = models.CharField(max_length=36)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["person_id", "-id"], name="look_up_person"),
            models.Index(fields=["registry", "at"], name="look_up_registry"),
            models.Index(fields=["actor", "-id"], name="look_up_actor"),
            models.Index(fields=["case_id"], name="look_up_case", condition=models.Q(case_id__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.registry}: {self.outcome}"


class LookUpSubject(models.Model):
    """Whom a look-up was about: blind indexes of national ids. So people see it who had no account then."""

    look_up = models.ForeignKey(LookUp, models.CASCADE, related_name="subjects")
    index = models.BinaryField()

    class Meta:
        indexes = (models.Index(fields=["index", "-look_up"], name="look_up_subject"),)

    def __str__(self) -> str:
        return f"subject of {self.look_up_id}"


class SourceState(models.Model):
    """How a source of a registry fares: since when it answers, or since when it does not and what it said last."""

    registry = models.CharField(max_length=20)
    source = models.CharField(max_length=30)
    is_up = models.BooleanField()
    since = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)
    error_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["registry", "source"], name="source_state_once"),)

    def __str__(self) -> str:
        return f"{self.registry} {self.source}: {'up' if self.is_up else 'down'}"


class Consent(models.Model):
    """A person agreed that a registry is asked for one purpose. ``words`` are exactly what they agreed to."""

    person_id = models.BigIntegerField()
    purpose = models.CharField(max_length=30)
    registry = models.CharField(max_length=20)
    words = models.TextField()
    language = models.CharField(max_length=5)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["person_id", "purpose", "registry"],
                name="consent_once",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose} {self.registry}"


class DataRequest(models.Model):
    """A person uses a right over data about them: seen by officials with the days by which it is due."""

    class State(models.TextChoices):
        OPEN = "open"
        RECEIVED = "received"  # answered that it came in, with what will be done
        DONE = "done"
        REFUSED = "refused"

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RequestKind])
    text_sealed = models.BinaryField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    answer_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    answer_sealed = models.BinaryField(default=b"")
    officer_id = models.BigIntegerField(null=True)
    officer_name = models.CharField(max_length=160, blank=True)

    class Meta:
        indexes = (
            models.Index(fields=["person_id", "-id"], name="datarequest_person"),
            models.Index(fields=["due_at"], name="datarequest_due", condition=models.Q(closed_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id}: {self.state}"
