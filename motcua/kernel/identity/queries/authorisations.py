"""Who may act for whom, in which procedures, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import PROVED, Actor, Level
from motcua.kernel.identity.models import Access, Authorisation, Person
from motcua.kernel.identity.ports import procedure_names
from motcua.kernel.identity.queries.actors import in_force
from motcua.kernel.identity.queries.persons import OwnCard, opened, opened_whole
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.org.queries import local_today
from motcua.lib import contacts
from motcua.lib.errors import Refused


@dataclass(frozen=True, slots=True)
class AuthorisationRow:
    """``state``: given | accepted | declined | revoked | expired (its days are over; never stored). ``role`` says what
    the reader is in it: giver | receiver. ``other`` is the other side, as the reader may know it."""

    id: int
    giver_id: int
    receiver_id: int | None
    procedures: tuple[str, ...]
    names: tuple[str, ...]  # of the procedures, where known
    note: str
    valid_from: date
    valid_to: date
    state: str
    role: str
    other: str
    giver_level: Level
    receiver_level: Level | None
    given_at: datetime
    answered_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str

    @property
    def is_open(self) -> bool:
        """Can still be revoked."""
        return self.state in ("given", "accepted")


def _state(row: Authorisation, today: date) -> str:
    is_open = row.state in (Authorisation.State.GIVEN, Authorisation.State.ACCEPTED)
    return "expired" if is_open and row.valid_to < today else row.state


def _shown_target(row: Authorisation) -> str:
    address = sealer().open(row.to_sealed)
    match row.to_kind:
        case "sms":
            return contacts.shown_phone(address)
        case "national_id":
            return contacts.masked_national_id(address)
    return address


def as_row(row: Authorisation, *, role: str, language: str = "vi") -> AuthorisationRow:
    if role == "receiver":
        card = opened(row.giver)
        other = card.name or card.phone or card.email
    else:
        name = opened(row.receiver).name if row.receiver else ""
        target = _shown_target(row)
        other = f"{name} ({target})" if name else target
    names = procedure_names.call(row.procedures, language) if procedure_names.is_connected else {}
    return AuthorisationRow(
        id=row.pk,
        giver_id=row.giver_id,
        receiver_id=row.receiver_id,
        procedures=tuple(row.procedures),
        names=tuple(names.get(code, code) for code in row.procedures),
        note=sealer().open(row.note_sealed),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=_state(row, local_today()),
        role=role,
        other=other,
        giver_level=Level(row.giver_level),
        receiver_level=Level(row.receiver_level) if row.receiver_level else None,
        given_at=row.given_at,
        answered_at=row.answered_at,
        revoked_at=row.revoked_at,
        revoked_by=row.revoked_by,
    )


def meant_for(person: Person) -> Q:
    """Authorisations offered to a number, an address or a national id that this person has proved to be theirs."""
    mine = Q(pk__in=[])
    if person.phone_index:
        mine |= Q(to_kind="sms", to_index=bytes(person.phone_index))
    if person.email_index:
        mine |= Q(to_kind="email", to_index=bytes(person.email_index))
    if person.national_id_index and person.level in PROVED:
        mine |= Q(to_kind="national_id", to_index=bytes(person.national_id_index))
    return mine


def _own_person(actor: Actor) -> Person | None:
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return None
    return Person.objects.filter(pk=actor.person_id).first()


def own_authorisations(actor: Actor, *, language: str = "vi") -> list[AuthorisationRow]:
    """Given by the signed-in person, received, and offered to them; the newest first."""
    person = _own_person(actor)
    if person is None:
        return []
    offered = Q(state=Authorisation.State.GIVEN, receiver__isnull=True) & meant_for(person)
    rows = (
        Authorisation.objects.filter(Q(giver=person) | Q(receiver=person) | offered)
        .select_related("giver", "receiver")
        .order_by("-pk")
    )
    return [as_row(row, role="giver" if row.giver_id == person.pk else "receiver", language=language) for row in rows]


def get_authorisation(authorisation_id: int, *, actor: Actor, language: str = "vi") -> AuthorisationRow:
    """One of one's own, as giver or receiver. Refused("not_found") for everybody else."""
    row, role = own_row(authorisation_id, actor=actor)
    return as_row(row, role=role, language=language)


def own_row(authorisation_id: int, *, actor: Actor, lock: bool = False) -> tuple[Authorisation, str]:
    person = _own_person(actor)
    rows = Authorisation.objects.select_related("giver", "receiver")
    if lock:
        rows = rows.select_for_update(of=("self",))
    row = rows.filter(pk=authorisation_id).first()
    if row is not None and person is not None:
        if row.giver_id == person.pk:
            return row, "giver"
        is_offer = row.receiver_id is None and row.state == Authorisation.State.GIVEN
        if row.receiver_id == person.pk or (
            is_offer and Authorisation.objects.filter(meant_for(person), pk=row.pk).exists()
        ):
            return row, "receiver"
    raise Refused("not_found", _("Không tìm thấy ủy quyền này, hoặc bạn không được xem."))


def authorisations_in_force() -> QuerySet[Authorisation]:
    """Accepted, not revoked, and today lies within their days."""
    return Authorisation.objects.filter(in_force(local_today()), state=Authorisation.State.ACCEPTED)


def authorised(actor: Actor, person_id: int, procedure_code: str) -> AuthorisationRow | None:
    """The authorisation by which the signed-in person may act today for the holder of the card ``person_id`` in this
    procedure; None when there is none."""
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return None
    return authorisation_between(person_id, actor.person_id, procedure_code)


def authorisation_between(giver_id: int, receiver_id: int, procedure_code: str) -> AuthorisationRow | None:
    """As ``authorised``, for an official who has the receiver before them. Authorises nobody to look."""
    rows = authorisations_in_force().filter(
        giver_id=giver_id, receiver_id=receiver_id, procedures__contains=[procedure_code]
    )
    row = rows.select_related("giver", "receiver").order_by("-valid_to", "-pk").first()
    return None if row is None else as_row(row, role="receiver")


def authorisation_of_case(authorisation_id: int) -> AuthorisationRow | None:
    """As it stands now, for whoever may read the case that was filed under it."""
    row = Authorisation.objects.select_related("giver", "receiver").filter(pk=authorisation_id).first()
    return None if row is None else as_row(row, role="receiver")


def authorised_givers(actor: Actor, procedure_code: str) -> list[AuthorisationRow]:
    """Everybody for whom the signed-in person may act today in this procedure: the choice "I file for …"."""
    if actor.kind != "person" or actor.id is None or actor.person_id is None:
        return []
    rows = authorisations_in_force().filter(receiver_id=actor.person_id, procedures__contains=[procedure_code])
    return [as_row(row, role="receiver") for row in rows.select_related("giver", "receiver").order_by("-pk")]


def card_of_giver(actor: Actor, person_id: int, procedure_code: str) -> OwnCard:
    """The card of somebody who authorised the signed-in person, to fill in a form with. They see that it was used."""
    found = authorised(actor, person_id, procedure_code)
    if found is None:
        raise Refused("not_found", _("Bạn chưa được người này ủy quyền làm thủ tục này."))
    Access.objects.note(
        actor=actor.key,
        actor_name="",
        action="person.act",
        person_id=person_id,
        reason=f"{procedure_code} #{found.id}",
    )
    return opened_whole(Person.objects.get(pk=person_id))


def sides(authorisation_id: int) -> tuple[Authorisation, Sequence[Person]] | None:
    """For telling both. Authorises nobody."""
    row = Authorisation.objects.select_related("giver", "receiver").filter(pk=authorisation_id).first()
    return None if row is None else (row, [person for person in (row.giver, row.receiver) if person is not None])
