"""Units of government as a dated tree, and the calendars by which their promises are counted."""

from django.db import models


class Calendar(models.Model):
    """Work sessions. ``sessions`` maps weekday ("0" Monday … "6" Sunday) to ``[["07:00", "11:30"], …]``."""

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    sessions = models.JSONField()
    zone = models.CharField(max_length=40, default="Asia/Ho_Chi_Minh")
    version = models.BigIntegerField(default=1)  # grows with every change of sessions or days

    def __str__(self) -> str:
        return self.name


class CalendarDay(models.Model):
    class Kind(models.TextChoices):
        OFF = "off"  # nghỉ
        WORK = "work"  # làm bù

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="days")
    date = models.DateField()
    kind = models.CharField(max_length=4, choices=Kind.choices)
    name = models.CharField(max_length=120)
    legal_basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["calendar", "date"], name="calendar_day_once"),)

    def __str__(self) -> str:
        return f"{self.date} {self.kind}"


class CalendarYear(models.Model):
    """A year whose days an administrator has compared with the official notice; one that is not confirmed warns."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="years")
    year = models.PositiveSmallIntegerField()
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["calendar", "year"], name="calendar_year_once"),)

    def __str__(self) -> str:
        return f"{self.calendar_id} {self.year}"


class Unit(models.Model):
    class Kind(models.TextChoices):
        PROVINCE = "province"
        DEPARTMENT = "department"
        DISTRICT = "district"  # until 2025-06-30
        COMMUNE = "commune"
        OFFICE = "office"  # an office inside a commune or department
        CENTRE = "centre"

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    folded = models.CharField(max_length=160)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    path = models.CharField(max_length=120, db_index=True)  # ".1.17.203." ids from the root to itself
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, related_name="units")
    calendar = models.ForeignKey(Calendar, models.PROTECT, related_name="units")
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    # Mã định danh cơ quan (QĐ 20/2020/QĐ-TTg), such as H36.12.03; empty: that of the unit above.
    agency_code = models.CharField(max_length=35, blank=True, default="", db_default="")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    legal_basis = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class UnitSuccession(models.Model):
    """Whose work went to whom when a unit ended (n:m); of several heirs the first that is in force takes it."""

    old = models.ForeignKey(Unit, models.CASCADE, related_name="successions")
    new = models.ForeignKey(Unit, models.CASCADE, related_name="predecessions")
    on = models.DateField()
    legal_basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["old", "new"], name="unit_succession_once"),)

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class OrgVersion(models.Model):
    """One row; grows with every change of units or calendars, so that each process knows when to reload its tree."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
