"""Figures that compliance costs are reckoned from, each with its source. Nothing is changed: a new row follows."""

from django.db import models


class Input(models.Model):
    """``subject``: ``year:2026``, ``activity:travel`` or ``procedure:1.001193``. The database refuses every update and
    delete."""

    subject = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    values = models.JSONField()  # names of kind.py → whole numbers; of a year also ``basis``. Empty: withdrawn
    source = models.CharField(max_length=400)
    begins_on = models.DateField()
    is_from_pack = models.BooleanField(default=False)  # what people here stated counts before what a pack says
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["subject", "number"], name="cost_input_once"),)

    def __str__(self) -> str:
        return f"{self.subject} ({self.number})"
