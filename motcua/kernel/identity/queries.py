"""Who acts and what they may do; persons, masked or opened; officers of units."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.conf import settings
from django.db.models import FilteredRelation, Q
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import PERMISSIONS, SYSTEM, Actor, Held, Reach, Role, reach_of
from motcua.kernel.identity.models import Access, Account, Person, Post, ServiceKey
from motcua.kernel.org.queries import local_today, tree
from motcua.lib import contacts
from motcua.lib.errors import Refused
from motcua.lib.sealing import Sealer


@cache
def sealer() -> Sealer:
    return Sealer(settings.FIELD_KEYS)


def in_force(day: date, prefix: str = "") -> Q:
    return Q(**{f"{prefix}valid_from__lte": day}) & (
        Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gte": day})
    )


# ── Actors ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def officer_actor(account_id: int) -> Actor:
    """The officer with the posts in force today. One query. Refused("not_found") when there is no such officer."""
    rows = (
        Account.objects.filter(pk=account_id, kind=Account.Kind.OFFICER, is_active=True)
        .annotate(held=FilteredRelation("posts", condition=in_force(local_today(), "posts__")))
        .order_by("held__id")
        .values_list(
            "name", "held__role", "held__unit_id", "held__unit__kind", "held__unit__path", "held__unit__parent__path"
        )
    )
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


def account_actor(account: Account) -> Actor:
    """Whoever is signed in."""
    return officer_actor(account.pk) if account.kind == Account.Kind.OFFICER else person_actor(account.pk)


def key_digest(key_text: str) -> bytes:
    return hashlib.sha256(key_text.encode()).digest()


def service_actor(key_text: str) -> Actor:
    """The machine that holds this key. Raises Refused("bad_key")."""
    key = ServiceKey.objects.filter(digest=key_digest(key_text), revoked_at__isnull=True).first() if key_text else None
    if key is None:
        raise Refused("bad_key", _("Khoá truy cập không đúng hoặc đã bị thu hồi."))
    return Actor(kind="service", id=key.pk, name=key.name, grants=frozenset(key.grants))


# ── What an actor may do ────────────────────────────────────────────────────────────────────────────────────────────


def may(
    actor: Actor,
    permission: str,
    *,
    unit_path: str | None = None,
    officer_id: int | None = None,
    case_id: int | None = None,
    parties: bool = False,
) -> bool:
    """May ``actor`` do this to the case of that unit, officer and number? Pure: no query.

    ``parties`` says that the caller found the signed-in person among the case's parties. A permission that reaches over
    units needs ``unit_path``; without it the answer is no. Whether there is any unit at all: ``may_somewhere``.
    """
    declared = PERMISSIONS[permission]  # an unknown name is a bug: let it crash
    if declared.public or actor.kind == SYSTEM.kind:
        return True
    if actor.kind == "service":
        return permission in actor.grants
    if declared.party and (parties or (case_id is not None and actor.party_in(case_id) is not None)):
        return True
    match declared.reach:
        case Reach.ALL:
            return any(held.role in declared.roles for held in actor.held)
        case Reach.TOP:
            return any(_is_top(reach) for reach in actor.reaches(declared.roles))
        case Reach.UNIT:
            return unit_path is not None and any(unit_path.startswith(reach) for reach in actor.reaches(declared.roles))
        case Reach.OFFICER:
            if officer_id is not None:
                return officer_id == actor.id and any(held.role in declared.roles for held in actor.held)
            return any(held.role in declared.roles and unit_path in (held.unit_path, held.reach) for held in actor.held)
    return False  # Reach.PARTY: answered above


def may_somewhere(actor: Actor, permission: str) -> bool:
    """Is there anything at all over which ``actor`` has this permission? For menus and for the doors of pages."""
    declared = PERMISSIONS[permission]
    if declared.public or actor.kind == SYSTEM.kind:
        return True
    if actor.kind == "service":
        return permission in actor.grants
    if declared.party and (actor.party_id is not None or actor.person_id is not None):
        return True
    reaches = actor.reaches(declared.roles)
    return any(_is_top(reach) for reach in reaches) if declared.reach is Reach.TOP else bool(reaches)


def _is_top(reach: str) -> bool:
    return reach.count(".") == 2  # ".1."


def require(
    actor: Actor,
    permission: str,
    *,
    unit_path: str | None = None,
    officer_id: int | None = None,
    case_id: int | None = None,
    parties: bool = False,
) -> None:
    """Raise Refused: "not_found" for those who may not even know of it, "not_allowed" for those who may read it."""
    if may(actor, permission, unit_path=unit_path, officer_id=officer_id, case_id=case_id, parties=parties):
        return
    read = f"{permission.partition('.')[0]}.read"
    knows = read in PERMISSIONS and may(
        actor, read, unit_path=unit_path, officer_id=officer_id, case_id=case_id, parties=parties
    )
    if knows or (case_id is None and unit_path is None):
        raise Refused("not_allowed", _("Bạn không có quyền làm việc này."))
    raise Refused("not_found", _("Không tìm thấy, hoặc bạn không được xem."))


def unit_ids_within(actor: Actor, permission: str) -> list[int] | None:
    """Ids of the units over which ``actor`` has ``permission``: None for everywhere, [] for nowhere.

    For ``Reach.OFFICER`` the units are those of the officer's posts; the caller narrows them to the officer.
    """
    declared = PERMISSIONS[permission]
    if declared.public or actor.kind == SYSTEM.kind:
        return None
    if actor.kind == "service":
        return None if permission in actor.grants else []
    if declared.reach in (Reach.ALL, Reach.TOP):
        return None if may(actor, permission) else []
    reaches = actor.reaches(declared.roles)
    if any(_is_top(reach) for reach in reaches):
        return None
    units = tree()
    return sorted({unit_id for reach in reaches for unit_id in units.ids_under(reach)})


# ── Persons ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PersonCard:
    name: str
    phone: str
    email: str


def masked_person(person: Person) -> PersonCard:
    """Enough to tell two people apart, too little to reach one. Notes no access."""
    card = opened(person)
    return PersonCard(
        contacts.masked_name(card.name), contacts.masked_phone(card.phone), contacts.masked_email(card.email)
    )


def opened(person: Person) -> PersonCard:
    """The plain card, for those who were let in already: the person, and the sender of messages to them."""
    return PersonCard(
        sealer().open(person.name_sealed),
        contacts.shown_phone(sealer().open(person.phone_sealed)),
        sealer().open(person.email_sealed),
    )


def open_person(person_id: int, *, actor: Actor, reason: str, case_id: int | None) -> PersonCard:
    """The plain card. Who opened it and why is noted for the person to see. The caller has authorised it."""
    person = Person.objects.filter(pk=person_id).first()
    if person is None:
        raise Refused("not_found", _("Không tìm thấy người này."))
    Access.objects.note(
        actor=actor.key,
        actor_name=actor.name,
        action="person.reveal",
        person_id=person_id,
        case_id=case_id,
        reason=reason,
    )
    return opened(person)


def contact_addresses(person_ids: Iterable[int]) -> dict[int, tuple[PersonCard, str]]:
    """Cards and languages for sending messages, by person; erased ones are left out. Not for showing to anybody."""
    people = Person.objects.filter(pk__in=list(person_ids), erased_at__isnull=True)
    return {person.pk: (opened(person), person.language) for person in people}


def find_person_ids(*, phone: str = "", email: str = "", national_id: str = "") -> list[int]:
    """Cards that hold exactly this number or address, newest first."""
    matches = Q(pk__in=[])
    if number := contacts.normal_phone(phone):
        matches |= Q(phone_index=sealer().index(number))
    if address := contacts.normal_email(email):
        matches |= Q(email_index=sealer().index(address))
    if national_id:
        matches |= Q(national_id_index=sealer().index(national_id))
    return list(Person.objects.filter(matches).order_by("-pk").values_list("pk", flat=True))


# ── Officers ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """An officer at a unit, with the roles held there today."""

    id: int
    name: str
    unit_id: int
    roles: tuple[Role, ...]
    title: str


def list_officers(unit_ids: Sequence[int] | None) -> list[OfficerRow]:
    """Active officers with a post in force at one of these units (None: at any), by unit and name. One query."""
    posts = Post.objects.filter(in_force(local_today()), officer__is_active=True)
    if unit_ids is not None:
        posts = posts.filter(unit_id__in=list(unit_ids))
    rows: dict[tuple[int, int], OfficerRow] = {}
    for officer_id, name, unit_id, role, title in posts.order_by("unit__path", "officer__folded", "pk").values_list(
        "officer_id", "officer__name", "unit_id", "role", "title"
    ):
        row = rows.get((unit_id, officer_id))
        roles = (*row.roles, Role(role)) if row else (Role(role),)
        rows[unit_id, officer_id] = OfficerRow(officer_id, name, unit_id, roles, (row.title if row else "") or title)
    return list(rows.values())
