"""The catalogue of procedures: dated, versioned data. A dossier keeps the version that it was filed under."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Field(models.Model):
    """Lĩnh vực."""

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    icon = models.CharField(max_length=60, default="folder")
    position = models.PositiveIntegerField(default=1000)  # those of the city stand before imported ones
    is_imported = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name


class LifeEvent(models.Model):
    """What happens in a person's life, and which procedures it needs."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    icon = models.CharField(max_length=60, default="point")
    summary = models.CharField(max_length=300, blank=True)
    summary_en = models.CharField(max_length=300, blank=True)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.name


class Synonym(models.Model):
    """What people say, and what procedures call it; added to what is searched for."""

    said = models.CharField(max_length=80, unique=True)
    means = models.CharField(max_length=200)

    def __str__(self) -> str:
        return f"{self.said} → {self.means}"


class Procedure(models.Model):
    class Source(models.TextChoices):
        PACK = "pack"
        OWN = "own"  # written on the pages
        NATIONAL = "national"  # imported: information only

    code = models.CharField(max_length=40, unique=True)
    source = models.CharField(max_length=10, choices=Source.choices)
    ended_on = models.DateField(null=True)  # the last day on which it can be asked for
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaces")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.code


class ProcedureVersion(models.Model):
    """The database itself refuses to change what a published one says, or to delete it."""

    class State(models.TextChoices):
        DRAFT = "draft"
        PUBLISHED = "published"
        REPLACED = "replaced"

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    body = models.JSONField()  # kind.Body.plain()
    # Out of the body, to list and search by:
    name = models.CharField(max_length=600)
    name_en = models.CharField(max_length=600, blank=True)
    folded = models.CharField(max_length=1200)
    field = models.CharField(max_length=80)
    levels = ArrayField(models.CharField(max_length=20))
    online = models.CharField(max_length=10)
    life_events = ArrayField(models.CharField(max_length=60), default=list)
    form_key = models.CharField(max_length=60, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # before valid_from: it was never in force
    lock = models.PositiveIntegerField(default=0)  # grows with every change of a draft
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["procedure", "number"], name="procedure_version_once"),
            models.UniqueConstraint(fields=["procedure"], condition=Q(state="draft"), name="procedure_one_draft"),
            models.UniqueConstraint(
                fields=["procedure"], condition=Q(state="published"), name="procedure_one_published"
            ),
        )
        indexes = (models.Index(fields=["state", "valid_from"], name="procedure_version_state"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"


class Verification(models.Model):
    """Somebody compared a part of a procedure with what was published. It holds as long as the part says the same."""

    procedure = models.ForeignKey(Procedure, models.CASCADE, related_name="verifications")
    part = models.CharField(max_length=20)
    said = models.JSONField()  # Body.part()
    source = models.CharField(max_length=400)
    verified_at = models.DateTimeField()
    verified_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.part} of {self.procedure_id}"


class ImportState(models.Model):
    """What the last import of the national list did; one row."""

    source = models.CharField(max_length=200)
    finished_at = models.DateTimeField()
    total = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    unchanged = models.PositiveIntegerField()
    kept = models.PositiveIntegerField()  # the city has its own
    parsed = models.JSONField(default=dict)  # part → [parsed, all]
    problems = models.JSONField(default=list)  # {line, code, part, text}

    def __str__(self) -> str:
        return f"{self.source} {self.total}"


class CatalogueVersion(models.Model):
    """One row; grows with every change, so that processes know when to reload."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
