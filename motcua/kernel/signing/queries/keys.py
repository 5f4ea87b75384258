"""Who may sign with what."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import list_officers, sealer, unit_ids_within
from motcua.kernel.org.queries import tree
from motcua.kernel.signing.kind import SIGNATORIES, WARN_BEFORE
from motcua.kernel.signing.models import SigningKey
from motcua.lib import moment


@dataclass(frozen=True, slots=True)
class KeyRow:
    key: SigningKey
    owner: str
    validity: str  # early | good | ending | ended
    days_left: int


def own_bodies(actor: Actor) -> list[int]:
    """Units whose seal this actor keeps: their own, or the one that their office acts for. Not those below: the
    province's leader does not sign for a ward."""
    units = tree()
    paths = {path for held in actor.held if held.role in SIGNATORIES for path in (held.unit_path, held.reach)}
    numbers = sorted(int(path.strip(".").rpartition(".")[2]) for path in paths)  # a path ends with the unit's own
    return [number for number in numbers if units.unit(number).is_in_force]


def _usable(actor: Actor) -> QuerySet[SigningKey]:
    keys = SigningKey.objects.filter(removed_at__isnull=True)
    if actor.kind == SYSTEM.kind:
        return keys.filter(unit__isnull=False)
    if not actor.is_officer or actor.id is None:
        return keys.none()
    return keys.filter(Q(officer_id=actor.id) | Q(unit_id__in=own_bodies(actor)))


def may_sign_with(key: SigningKey, actor: Actor) -> bool:
    if key.removed_at is not None:
        return False
    if key.officer_id is not None:
        return actor.is_officer and actor.id == key.officer_id
    return actor.kind == SYSTEM.kind or (actor.is_officer and key.unit_id in own_bodies(actor))


def keys_for(actor: Actor, unit_id: int | None = None) -> list[SigningKey]:
    """Keys that ``actor`` may sign with now: their own, then seals (of one unit, when it is named)."""
    now = moment.now()
    keys = _usable(actor).filter(valid_from__lte=now, valid_to__gt=now)
    if unit_id is not None:
        keys = keys.filter(Q(unit_id=unit_id) | Q(unit__isnull=True))
    return list(keys.order_by("unit_id", "label", "pk").defer("secret_sealed"))


def usable_keys(actor: Actor) -> QuerySet[SigningKey, int]:
    """Their numbers, for another query to look among."""
    return _usable(actor).values_list("pk", flat=True)


def keys_to_ask(unit_id: int) -> list[SigningKey]:
    """Keys that somebody may be asked to sign with for this unit: of those who lead it, then its seal."""
    now = moment.now()
    leaders = [row.id for row in list_officers([unit_id]) if SIGNATORIES & set(row.roles)]
    keys = SigningKey.objects.filter(removed_at__isnull=True, valid_from__lte=now, valid_to__gt=now)
    return list(
        keys.filter(Q(unit_id=unit_id) | Q(officer_id__in=leaders)).order_by("unit_id", "pk").defer("secret_sealed")
    )


def owner_name(key: SigningKey) -> str:
    if key.unit_id is not None:
        return tree().unit(key.unit_id).name
    assert key.officer is not None  # noqa: S101  a constraint says so
    return key.officer.name


def secret_of(key: SigningKey) -> dict[str, str]:
    secret: dict[str, str] = json.loads(sealer().open(key.secret_sealed))
    return secret


def _managed(actor: Actor) -> QuerySet[SigningKey]:
    keys = SigningKey.objects.filter(removed_at__isnull=True)
    unit_ids = unit_ids_within(actor, "signing.manage")
    if unit_ids is None:
        return keys
    officers = [row.id for row in list_officers(unit_ids)] if unit_ids else []
    return keys.filter(Q(unit_id__in=unit_ids) | Q(officer_id__in=officers))


def managed_keys(actor: Actor) -> list[KeyRow]:
    """Those that end first come first."""
    now = moment.now()
    keys = _managed(actor).select_related("officer").defer("secret_sealed").order_by("valid_to", "pk")
    return [KeyRow(key, owner_name(key), _validity(key, now), (key.valid_to - now).days) for key in keys]


def _validity(key: SigningKey, now: datetime) -> str:
    if now < key.valid_from:
        return "early"
    if now >= key.valid_to:
        return "ended"
    return "ending" if key.valid_to - now < WARN_BEFORE else "good"


def count_ending(actor: Actor) -> int:
    """Keys that end within a month, or have ended: for the side bar."""
    return _managed(actor).filter(valid_to__lt=moment.now() + WARN_BEFORE).count()
