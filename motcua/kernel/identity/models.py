"""Accounts (who may sign in), posts (what officials may do where) and persons (contact cards, encrypted at rest)."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from motcua.kernel.events.actions import apart
from motcua.kernel.identity.kind import PROVED, Level, Role
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment


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

    def is_in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or self.valid_to >= day)


class Person(models.Model):
    """A contact card. ``*_sealed`` are encrypted; ``*_index`` are keyed blind indexes for exact look-up."""

    name_sealed = models.BinaryField(default=b"")
    phone_sealed = models.BinaryField(default=b"")
    phone_index = models.BinaryField(null=True)
    email_sealed = models.BinaryField(default=b"")
    email_index = models.BinaryField(null=True)
    national_id_sealed = models.BinaryField(default=b"")
    national_id_index = models.BinaryField(null=True)
    about_sealed = models.BinaryField(null=True)  # JSON: born_on, sex (nam | nu), address {area, line}
    level = models.CharField(max_length=8, db_default=Level.DECLARED.value)  # of name, national id, birth and sex
    proved_by = models.CharField(max_length=40, blank=True, db_default="")  # "officer:7", "system"
    proved_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, default="vi")
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)  # retention ran out: the card is empty, the cases stay

    class Meta:
        constraints = (
            # What somebody merely says of themselves opens nothing, and keeps nobody else from proving it.
            models.UniqueConstraint(
                fields=["national_id_index"],
                name="person_proved_once",
                condition=models.Q(level__in=[level.value for level in PROVED]),
            ),
        )
        indexes = (
            models.Index(
                fields=["national_id_index"],
                name="person_national_id",
                condition=models.Q(national_id_index__isnull=False),
            ),
            models.Index(fields=["phone_index"], name="person_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["email_index"], name="person_email", condition=models.Q(email_index__isnull=False)),
        )

    def __str__(self) -> str:
        return f"person {self.pk}"


class Organisation(models.Model):
    """A company or another body, by its tax code. Both are public knowledge."""

    tax_code = models.CharField(max_length=14, unique=True)  # 10 digits, or 10-3 of a branch
    name = models.CharField(max_length=200)
    folded = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.tax_code} {self.name}"


class Representation(models.Model):
    """A person acts for an organisation. Counts from the day on which an official, or the register, accepted it."""

    class State(models.TextChoices):
        ASKED = "asked"
        ACCEPTED = "accepted"
        REFUSED = "refused"
        ENDED = "ended"

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="representations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="representations")
    title = models.CharField(max_length=120)
    evidence = models.CharField(max_length=300)  # which paper shows it, with number and date
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "person"],
                name="representation_once",
                condition=models.Q(state__in=["asked", "accepted"]),
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} for {self.organisation_id}: {self.state}"


class Authorisation(models.Model):
    """One person lets another act for them, in some procedures and for some time. Counts once the other accepted."""

    class State(models.TextChoices):
        GIVEN = "given"
        ACCEPTED = "accepted"
        DECLINED = "declined"
        REVOKED = "revoked"

    giver = models.ForeignKey(Person, models.PROTECT, related_name="authorisations_given")
    receiver = models.ForeignKey(Person, models.PROTECT, null=True, related_name="authorisations_received")
    # For whom it is meant: who shows that this number, address or national id is theirs may accept.
    to_kind = models.CharField(max_length=12)  # sms | email | national_id
    to_sealed = models.BinaryField()
    to_index = models.BinaryField()
    procedures = models.JSONField()  # codes, at least one
    note_sealed = models.BinaryField(default=b"")
    valid_from = models.DateField()
    valid_to = models.DateField()
    giver_level = models.CharField(max_length=8)  # when it was given, when it was accepted
    receiver_level = models.CharField(max_length=8, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.GIVEN)
    given_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.CharField(max_length=8, blank=True)  # giver | receiver

    class Meta:
        indexes = (
            models.Index(fields=["giver", "-id"], name="authorisation_giver"),
            models.Index(fields=["receiver", "-id"], name="authorisation_receiver"),
            models.Index(fields=["to_index"], name="authorisation_to", condition=models.Q(state="given")),
        )
        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_to__gte=models.F("valid_from")), name="authorisation_dates"
            ),
        )

    def __str__(self) -> str:
        return f"authorisation {self.pk}: {self.state}"


class AccessManager(models.Manager["Access"]):
    def note_each(
        self, *, actor: str, actor_name: str, action: str, seen: Iterable[tuple[int, int]], reason: str = ""
    ) -> None:
        """One row for each (person, case) of a list that was shown."""
        rows = list(dict.fromkeys(seen))
        with apart() as connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_access (at, actor, actor_name, action, person_id, case_id, reason)"
                " SELECT %s, %s, %s, %s, person_id, case_id, %s"
                " FROM unnest(%s::bigint[], %s::bigint[]) AS seen(person_id, case_id)",
                [moment.now(), actor, actor_name, action, reason[:200], [row[0] for row in rows],
                 [row[1] for row in rows]],
            )  # fmt: skip

    def note(
        self,
        *,
        actor: str,
        actor_name: str,
        action: str,
        person_id: int | None = None,
        case_id: int | None = None,
        reason: str = "",
    ) -> None:
        """Write a row that stays, whatever becomes of the caller's transaction."""
        with apart() as connection, connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO identity_access (at, actor, actor_name, action, person_id, case_id, reason)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [moment.now(), actor, actor_name, action, person_id, case_id, reason[:200]],
            )


class Access(models.Model):
    """Somebody looked at personal data, or a secret door was tried. Written outside the transaction; never changed."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=40)
    actor_name = models.CharField(max_length=160, blank=True)
    action = models.CharField(max_length=40)  # person.reveal, file.original, login.failed, …
    # No constraint: the row is written on a connection of its own, which must neither miss a person that the caller has
    # not committed yet nor wait for one that the caller has locked.
    person = models.ForeignKey(Person, models.DO_NOTHING, null=True, related_name="accesses", db_constraint=False)
    case_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = AccessManager()

    class Meta:
        indexes = (
            models.Index(fields=["person", "at"], name="access_person"),
            models.Index(fields=["actor", "at"], name="access_actor"),
        )

    def __str__(self) -> str:
        return f"{self.at} {self.actor} {self.action}"


class FailedLogin(models.Model):
    """Failures in a row at one door: a login name that exists or not, or the second factor of an account."""

    door_index = models.BinaryField(primary_key=True)  # keyed: the names that people mistype are not for reading
    failures = models.PositiveSmallIntegerField()
    failed_at = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.failures} failures"


class LoginCode(models.Model):
    """A one-time code on its way to somebody. Address and sender's network address are kept as blind indexes only."""

    address_index = models.BinaryField()
    network_index = models.BinaryField()
    digest = models.BinaryField(default=b"")  # keyed; empty once used, replaced or tried too often
    tries_left = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["address_index", "created_at"], name="logincode_address"),
            models.Index(fields=["network_index", "created_at"], name="logincode_network"),
        )

    def __str__(self) -> str:
        return f"code {self.pk}"


class ServiceKey(models.Model):
    """A key for a machine (Open311 client, partner system). Only its SHA-256 is kept."""

    name = models.CharField(max_length=120, unique=True)
    digest = models.BinaryField(unique=True)
    grants = models.JSONField(default=list)  # permission names
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Device(models.Model):
    """A kiosk, a hall screen, a tablet: something that stands at a unit and shows one page there, without a user. Only
    the SHA-256 of its link is kept."""

    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)
    place = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=80)
    digest = models.BinaryField(unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["unit", "name"], condition=models.Q(revoked_at=None), name="device_name_once"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Session(AbstractBaseSession):
    """Django's session, with whose it is, so that somebody can see theirs and end them."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=80, blank=True)
    signed_in_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["account"], name="session_account", condition=models.Q(account__isnull=False)),)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        return SessionStore

    @property
    def mark(self) -> str:
        """Names the session on a page without giving its key away."""
        return hashlib.sha256(self.session_key.encode()).hexdigest()[:16]


class SessionStore(DatabaseStore):
    """Named by the setting SESSION_ENGINE."""

    _SEEN_EVERY = timedelta(minutes=15)  # a write now and then, not one with every page

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _validate_session_key(self, key: str) -> bool:
        """Of Django's letters and digits: a cookie can spell NUL as well, which is no text to PostgreSQL."""
        return bool(super()._validate_session_key(key)) and key.isalnum()  # type: ignore[misc]

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        return super().get_expiry_date(**{"modification": moment.now(), **kwargs})  # as load() asks for the time

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        account_id = data.get(SESSION_KEY)
        row.account_id = int(account_id) if account_id else None
        row.device = str(data.get("device", ""))
        row.signed_in_at = datetime.fromisoformat(data["signed_in_at"]) if "signed_in_at" in data else None
        row.seen_at = moment.now()
        return row

    def load(self) -> dict[str, Any]:
        # Every page of whoever signed in asks this: through the ORM it costs four times as much.
        with prepared() as cursor:
            cursor.execute(
                "SELECT session_data, account_id, seen_at FROM identity_session"
                " WHERE session_key = %s AND expire_date > %s",
                [self.session_key, moment.now()],
            )
            row = cursor.fetchone()
        if row is None:
            self._session_key = None
            return {}
        session_data, account_id, seen_at = row
        if account_id and moment.now() - seen_at > self._SEEN_EVERY:
            Session.objects.filter(pk=self.session_key).update(seen_at=moment.now())
        return self.decode(session_data)
