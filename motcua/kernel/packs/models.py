"""What the installed pack says about the city as a whole."""

from django.db import models


class City(models.Model):
    """One row: the settings of ``pack.toml``, by part and name. ``number`` grows when they change."""

    pack = models.CharField(max_length=80)
    settings = models.JSONField(default=dict)
    keys = models.JSONField(
        default=dict
    )  # table → what the pack brought, so that what people entered is not taken away
    number = models.BigIntegerField(default=1)
    applied_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.pack
