"""Who is acting."""

import hashlib
import time
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor, Held, Role, reach_of
from motcua.kernel.identity.models import Account, ServiceKey
from motcua.kernel.org.queries import local_today
from motcua.kernel.statements.queries import prepared
from motcua.lib.errors import Refused


def in_force(day: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    )


# Every page of an official asks this: through the ORM it costs ten times as much.
_OFFICER = """
    SELECT account.name, post.role, post.unit_id, unit.kind, unit.path, above.path
    FROM identity_account account
    LEFT JOIN identity_post post ON post.officer_id = account.id AND post.valid_from <= %(today)s
        AND (post.valid_to IS NULL OR post.valid_to >= %(today)s)
    LEFT JOIN org_unit unit ON unit.id = post.unit_id
    LEFT JOIN org_unit above ON above.id = unit.parent_id
    WHERE account.id = %(account)s AND account.kind = 'officer' AND account.is_active
    ORDER BY post.id
"""


def officer_actor(account_id: int) -> Actor:
    """The officer with the posts in force today. One query. Refused("not_found") when there is no such officer."""
    with prepared() as cursor:
        cursor.execute(_OFFICER, {"today": local_today(), "account": account_id})
        rows = cursor.fetchall()
    held: list[Held] = []
    name = None
    for name, role, unit_id, kind, path, parent_path in rows:  # noqa: B007  the name is the same in each row
        if role is not None:
            reach = reach_of(Role(role), unit_kind=kind, unit_path=path, parent_path=parent_path)
            held.append(Held(Role(role), unit_id, path, reach))
    if name is None:
        raise Refused("not_found", _("Không có tài khoản cán bộ này."))
    return Actor(kind="officer", id=account_id, name=name, held=tuple(held))


def person_actor(account_id: int) -> Actor:
    """Somebody from the public who has signed in. One query."""
    row = (
        Account.objects.filter(pk=account_id, kind=Account.Kind.PERSON, is_active=True)
        .values_list("person_id", flat=True)
        .first()
    )
    if row is None:
        raise Refused("not_found", _("Không có tài khoản này."))
    return Actor(kind="person", id=account_id, person_id=row)


def people_with_accounts() -> list[Actor]:
    """Everybody from the public who may sign in, the oldest account first. For a demonstration: a city has too many."""
    accounts = Account.objects.filter(kind=Account.Kind.PERSON, is_active=True).order_by("id")
    return [
        Actor(kind="person", id=number, person_id=person) for number, person in accounts.values_list("id", "person_id")
    ]


def account_actor(account: Account) -> Actor:
    """Whoever is signed in."""
    return officer_actor(account.pk) if account.kind == Account.Kind.OFFICER else person_actor(account.pk)


def key_digest(key_text: str) -> bytes:
    return hashlib.sha256(key_text.encode()).digest()


KEYS_KEPT = 5.0  # seconds for which a key that another process has revoked still opens
_keys: dict[bytes, tuple[float, Actor]] = {}


def service_actor(key_text: str) -> Actor:
    """The machine that holds this key. Raises Refused("bad_key"). The table is asked every few seconds."""
    digest = key_digest(key_text)
    until, actor = _keys.get(digest, (0.0, None))
    if actor is not None and time.monotonic() < until:
        return actor
    key = ServiceKey.objects.filter(digest=digest, revoked_at__isnull=True).first() if key_text else None
    if key is None:
        _keys.pop(digest, None)
        raise Refused("bad_key", _("Khoá truy cập không đúng hoặc đã bị thu hồi."))
    actor = Actor(kind="service", id=key.pk, name=key.name, grants=frozenset(key.grants))
    _keys[digest] = time.monotonic() + KEYS_KEPT, actor
    return actor


def forget_keys() -> None:
    """Ask the table at the next question: after a key was revoked in this process."""
    _keys.clear()


# ── The second factor ───────────────────────────────────────────────────────────────────────────────────────────────

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def lacks_factor(actor: Actor, *, besides: int | None = None) -> bool:
    """Does a role of this official demand a second factor that is not set up? ``besides`` names one not to count."""
    if not any(held.role in settings.REQUIRE_MFA_ROLES for held in actor.held):
        return False
    factors: Any = Authenticator.objects.filter(user_id=actor.id, type__in=FACTORS)
    return not factors.exclude(pk=besides).exists()


def has_factor(account_id: int) -> bool:
    factors: Any = Authenticator.objects.filter(user_id=account_id, type__in=FACTORS)
    return bool(factors.exists())


def must_add_factor(account_id: int, *, besides: int | None = None) -> bool:
    return lacks_factor(officer_actor(account_id), besides=besides)
