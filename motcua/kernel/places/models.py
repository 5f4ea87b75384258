"""Areas: the country's units of place, dated. Codes per QĐ 19/2025/QĐ-TTg: province 2 digits, commune 5."""

from django.db import models


class Area(models.Model):
    class Level(models.TextChoices):
        COUNTRY = "country"
        PROVINCE = "province"
        DISTRICT = "district"  # until 2025-06-30
        COMMUNE = "commune"

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    full_name = models.CharField(max_length=160)
    folded = models.CharField(max_length=160)
    level = models.CharField(max_length=10, choices=Level.choices)
    type = models.CharField(max_length=20)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    lat = models.FloatField()
    lon = models.FloatField()
    polygon = models.JSONField(null=True)  # GeoJSON MultiPolygon, WGS-84
    is_approximate = models.BooleanField(default=False)  # a cell computed from centres, not an official boundary
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)  # last day, inclusive
    legal_basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["code", "valid_from"], name="area_code_from"),
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="area_dates",
            ),
        )
        indexes = (models.Index(fields=["level"], name="area_now", condition=models.Q(valid_to__isnull=True)),)

    def __str__(self) -> str:
        return self.full_name


class Succession(models.Model):
    """Which old area became which new one (n:m since 2025-07-01)."""

    class Kind(models.TextChoices):
        WHOLE = "whole"
        PART = "part"

    old = models.ForeignKey(Area, models.CASCADE, related_name="successions")
    new = models.ForeignKey(Area, models.CASCADE, related_name="predecessions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    on = models.DateField()
    legal_basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["old", "new"], name="succession_once"),)

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Landmark(models.Model):
    """A street or a place that people name when they say where. Its point is approximate: where one looks, not where
    something is."""

    class Kind(models.TextChoices):
        STREET = "street"
        PLACE = "place"

    area = models.ForeignKey(Area, models.PROTECT, related_name="landmarks")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    aliases = models.JSONField(default=list)  # what else people call it
    lat = models.FloatField()
    lon = models.FloatField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["area", "name", "kind"], name="landmark_once"),)

    def __str__(self) -> str:
        return self.name


class AreaVersion(models.Model):
    """One row; its number grows with every change of areas, so that each process knows when to rebuild its index."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
