"""Accounts (who may sign in), posts (what officials may do where) and persons (contact cards, encrypted at rest)."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models

from motcua.kernel.identity.kind import Role


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(login=username)


class Account(AbstractBaseUser):
    """Somebody who can sign in. Officials have posts; people have a person card."""

    class Kind(models.TextChoices):
        OFFICER = "officer"
        PERSON = "person"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    login = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=160)  # an official's name; for people a neutral word, their name is in Person
    folded = models.CharField(max_length=160, blank=True)
    email = models.EmailField(blank=True)  # officials only: a work address
    phone = models.CharField(max_length=20, blank=True)  # officials only: a work number
    language = models.CharField(max_length=5, default="vi")
    is_active = models.BooleanField(default=True)
    person = models.OneToOneField("Person", models.SET_NULL, null=True, related_name="account")
    created_at = models.DateTimeField()

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"

    objects = AccountManager()

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A role held by an officer at a unit between dates."""

    officer = models.ForeignKey(Account, models.CASCADE, related_name="posts")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="posts")
    role = models.CharField(max_length=16, choices=[(role.value, role.value) for role in Role])
    title = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["officer", "unit", "role"], name="post_once"),)

    def __str__(self) -> str:
        return f"{self.officer_id} {self.role} {self.unit_id}"


class Person(models.Model):
    """A contact card. ``*_sealed`` are encrypted; ``*_index`` are keyed blind indexes for exact look-up."""

    name_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    phone_index = models.BinaryField(null=True)
    email_sealed = models.BinaryField(default=b"")
    email_index = models.BinaryField(null=True)
    national_id_sealed = models.BinaryField(default=b"")
    national_id_index = models.BinaryField(null=True)
    language = models.CharField(max_length=5, default="vi")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # retention ran out: the card is empty, the cases stay

    class Meta:
        indexes = (
            models.Index(fields=["phone_index"], name="person_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["email_index"], name="person_email", condition=models.Q(email_index__isnull=False)),
        )

    def __str__(self) -> str:
        return f"person {self.pk}"


class Access(models.Model):
    """Somebody looked at personal data, or a secret door was tried. Written outside the transaction; never changed."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=40)  # person.reveal, file.original, login.failed, …
    person = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="accesses")
    case_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = (models.Index(fields=["person", "at"], name="access_person"),)

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.action}"


class ServiceKey(models.Model):
    """A key for a machine (Open311 client, partner system). Only its SHA-256 is kept."""

    name = models.CharField(max_length=120, unique=True)
    digest = models.BinaryField(unique=True)
    grants = models.JSONField(default=list)  # permission names
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
