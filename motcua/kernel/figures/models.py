"""Counts by day, folded from events by a reader. Dashboards read only these and the open set."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DayFigure(models.Model):
    """What happened on one local day, per unit × kind × category × area × channel. In the keys zero is "none"."""

    day = models.DateField()
    kind = models.CharField(max_length=32)
    unit_id = models.BigIntegerField()
    category_id = models.BigIntegerField(default=0)
    area_id = models.BigIntegerField(default=0)
    channel = models.CharField(max_length=16)
    opened = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    on_time = models.IntegerField(default=0)
    late = models.IntegerField(default=0)
    rejected = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    rated = models.IntegerField(default=0)
    rating_sum = models.IntegerField(default=0)
    hours = ArrayField(
        models.IntegerField(), default=list
    )  # histogram of hours from opening to closing; edges in kind.py

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["day", "kind", "unit_id", "category_id", "area_id", "channel"], name="figure_once"
            ),
        )
        indexes = (models.Index(fields=["unit_id", "day"], name="figure_unit"),)

    def __str__(self) -> str:
        return f"{self.day} {self.unit_id}"


class ProcedureFigure(models.Model):
    """What was opened on one local day under one procedure, by channel: from the same events as ``DayFigure``."""

    day = models.DateField()
    procedure = models.CharField(max_length=40)  # code
    channel = models.CharField(max_length=16)
    opened = models.IntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["day", "procedure", "channel"], name="procedure_figure_once"),)

    def __str__(self) -> str:
        return f"{self.day} {self.procedure}"
