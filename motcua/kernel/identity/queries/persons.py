"""Contact cards: masked, opened, found; and who looked at them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.identity.kind import ACCESS_WORDS, PROVED, Actor, Level
from motcua.kernel.identity.models import Access, Account, Person, Session
from motcua.kernel.identity.ports import own_data
from motcua.kernel.identity.queries.officers import list_officers
from motcua.kernel.identity.queries.permissions import unit_ids_within
from motcua.kernel.identity.queries.sealed import sealer
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused

LATELY = timedelta(hours=12)  # as long as a session


@dataclass(frozen=True, slots=True)
class PersonCard:
    name: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class OwnCard(PersonCard):
    """What the person's own page shows and forms are filled in with. ``level`` says how sure the identity is: below
    "provider" nothing may be opened by the national id."""

    national_id: str = ""
    born_on: date | None = None
    sex: str = ""  # nam | nu
    address: Mapping[str, str] = field(default_factory=dict)  # {area: commune code, line}
    level: Level = Level.DECLARED

    @property
    def is_proved(self) -> bool:
        return self.level in PROVED


def masked_person(person: Person) -> PersonCard:
    """Enough to tell two people apart, too little to reach one. Notes no access."""
    card = opened(person)
    return PersonCard(
        contacts.masked_name(card.name), contacts.masked_phone(card.phone), contacts.masked_email(card.email)
    )


def masked_name(name_sealed: bytes) -> str:
    """As ``masked_person`` gives it, for lists: only the name is unsealed."""
    return contacts.masked_name(sealer().open(name_sealed))


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


def accounts_of_persons(person_ids: Iterable[int]) -> dict[int, int]:
    """Person → the account with which they sign in, of those who have one. No query for nobody."""
    wanted = list(person_ids)
    if not wanted:
        return {}
    accounts = Account.objects.filter(person_id__in=wanted, is_active=True)
    return {person_id: number for person_id, number in accounts.values_list("person_id", "id") if person_id}


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


# ── One's own ───────────────────────────────────────────────────────────────────────────────────────────────────────


def own_card(actor: Actor) -> OwnCard:
    """A signed-in person's own card. Looking at oneself is not noted."""
    person = Person.objects.filter(pk=actor.person_id).first() if actor.person_id else None
    if actor.kind != "person" or person is None:
        raise Refused("not_found", _("Không tìm thấy thông tin của bạn."))
    return opened_whole(person)


def opened_whole(person: Person) -> OwnCard:
    """The card with what identifies its holder, for those who were let in already."""
    card = opened(person)
    about = json.loads(sealer().open(person.about_sealed or b"") or "{}")
    return OwnCard(
        card.name,
        card.phone,
        card.email,
        national_id=sealer().open(person.national_id_sealed),
        born_on=date.fromisoformat(about["born_on"]) if about.get("born_on") else None,
        sex=about.get("sex", ""),
        address=about.get("address") or {},
        level=Level(person.level),
    )


def proved_national_id(actor: Actor) -> str:
    """The national id that a signed-in person has proved to be theirs; "" for what they merely say."""
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return ""
    card = own_card(actor)
    return card.national_id if card.is_proved else ""


def proved_id_of(person_id: int) -> str:
    """The national id that the holder of a card has proved; "" else. Authorises nobody: for linking what is theirs."""
    person = Person.objects.filter(pk=person_id, level__in=PROVED).first()
    return sealer().open(person.national_id_sealed) if person is not None else ""


def national_id_of(person_id: int) -> str:
    """The number on a card, proved or as it was typed; "" for none. For asking a registry about the person of a case,
    which notes it: never for showing. The caller has authorised it."""
    person = Person.objects.filter(pk=person_id, erased_at__isnull=True).first()
    return sealer().open(person.national_id_sealed) if person is not None else ""


def address_of(person_id: int) -> Mapping[str, str]:
    """Where the holder of a card lives, as ``OwnCard.address``; for a paper that is handed to them. The caller has
    authorised it, and notes it."""
    person = Person.objects.filter(pk=person_id, erased_at__isnull=True).first()
    return opened_whole(person).address if person is not None else {}


def person_with_national_id(national_id: str) -> int | None:
    """The card of whoever has proved this national id."""
    index = sealer().index(national_id)
    if index is None:
        return None
    proved = Person.objects.filter(national_id_index=index, level__in=PROVED)
    return proved.values_list("pk", flat=True).first()


def own_person_ids(actor: Actor) -> list[int]:
    """Cards that hold a number or address which the signed-in person has proved to be theirs: their own and those that
    came with reports sent without signing in."""
    if actor.kind != "person" or actor.person_id is None:
        return []
    card = own_card(actor)
    return list(dict.fromkeys([actor.person_id, *find_person_ids(phone=card.phone, email=card.email)]))


def list_sessions(account_id: int) -> list[Session]:
    """Where this account is signed in, the last used first."""
    return list(Session.objects.filter(account_id=account_id, expire_date__gt=moment.now()).order_by("-seen_at"))


@dataclass(frozen=True, slots=True)
class AccessRow:
    id: int
    at: datetime
    words: str
    reason: str
    actor_name: str
    action: str
    action_words: str
    case_id: int | None
    person_id: int | None


def _as_row(access: Access) -> AccessRow:
    is_own = access.actor.startswith(("person:", "party:"))  # originals open for their sender, too
    who = access.actor_name or (_("Bạn, hoặc người giữ đường dẫn riêng của bạn,") if is_own else _("Một hệ thống"))
    unknown = (gettext_lazy("{who} đã dùng thông tin của bạn"), access.action)
    words, action_words = ACCESS_WORDS.get(access.action, unknown)
    return AccessRow(
        id=access.pk,
        at=access.at,
        words=str(words).format(who=who),
        reason=access.reason,
        actor_name=access.actor_name or (_("Người chưa đăng nhập") if access.actor == "anonymous" else access.actor),
        action=access.action,
        action_words=str(action_words),
        case_id=access.case_id,
        person_id=access.person_id,
    )


def own_accesses(actor: Actor, *, before: int | None = None, limit: int = 50) -> list[AccessRow]:
    """Who looked at the signed-in person's data, newest first."""
    rows = Access.objects.filter(person_id__in=own_person_ids(actor))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_as_row(row) for row in rows.order_by("-pk")[:limit]]


def looked_lately(actor: Actor, action: str, case_id: int) -> bool:
    """Whether their look at this case was noted within a session: a page that refreshes itself is no new one."""
    noted = Access.objects.filter(actor=actor.key, at__gt=moment.now() - LATELY, action=action, case_id=case_id)
    return noted.exists()


def list_accesses(
    *,
    actor: Actor,
    who: str = "",
    contact: str = "",
    since: date | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AccessRow]:
    """The log of accesses by officials within reach of an administrator (at the top: by anybody), newest first."""
    rows = Access.objects.all()
    units = unit_ids_within(actor, "org.manage")
    if units is not None:
        rows = rows.filter(actor__in=[f"officer:{officer.id}" for officer in list_officers(units)])
    if who:
        rows = rows.filter(actor_name__icontains=who)
    if contact:
        rows = rows.filter(person_id__in=find_person_ids(phone=contact, email=contact))
    if since is not None:
        rows = rows.filter(at__date__gte=since)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [_as_row(row) for row in rows.order_by("-pk")[:limit]]


def export_own_data(actor: Actor) -> dict[str, Any]:
    """Everything that we hold about the signed-in person, ready for JSON."""
    card = own_card(actor)
    account = Account.objects.get(pk=actor.id or 0)
    return {
        "account": {"created_at": account.created_at, "language": account.language},
        "contact": {"name": card.name, "phone": card.phone, "email": card.email},
        "identity": {
            "national_id": card.national_id,
            "born_on": card.born_on,
            "sex": card.sex,
            "address": dict(card.address),
            "level": card.level.value,
        },
        "sessions": [
            {"device": session.device, "signed_in_at": session.signed_in_at, "seen_at": session.seen_at}
            for session in list_sessions(account.pk)
        ],
        "accesses": [
            {"at": row.at, "who": row.actor_name, "what": row.words, "reason": row.reason}
            for row in own_accesses(actor, limit=10_000)
        ],
        **{title: list(rows(actor)) for title, rows in own_data.items()},
    }
