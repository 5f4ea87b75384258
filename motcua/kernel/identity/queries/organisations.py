"""Organisations and who acts for them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor, Level
from motcua.kernel.identity.models import Organisation, Representation
from motcua.kernel.identity.queries.actors import in_force
from motcua.kernel.identity.queries.permissions import require
from motcua.kernel.identity.queries.persons import opened_whole
from motcua.kernel.org.queries import local_today
from motcua.lib import contacts
from motcua.lib.errors import Refused


@dataclass(frozen=True, slots=True)
class RepresentationRow:
    """``is_in_force``: accepted, and today lies within its days. ``person`` is filled in for officials only."""

    id: int
    organisation_id: int
    tax_code: str
    organisation: str
    person_id: int
    title: str
    evidence: str
    valid_from: date
    valid_to: date | None
    state: str
    is_in_force: bool
    asked_at: datetime
    reason: str
    person: str = ""
    national_id: str = ""
    level: Level = Level.DECLARED


def _as_row(found: Representation, *, with_person: bool = False) -> RepresentationRow:
    today = local_today()
    card = opened_whole(found.person) if with_person else None
    return RepresentationRow(
        id=found.pk,
        organisation_id=found.organisation_id,
        tax_code=found.organisation.tax_code,
        organisation=found.organisation.name,
        person_id=found.person_id,
        title=found.title,
        evidence=found.evidence,
        valid_from=found.valid_from,
        valid_to=found.valid_to,
        state=found.state,
        is_in_force=found.state == Representation.State.ACCEPTED
        and found.valid_from <= today
        and (found.valid_to is None or found.valid_to >= today),
        asked_at=found.asked_at,
        reason=found.reason,
        person=card.name if card else "",
        national_id=contacts.masked_national_id(card.national_id) if card else "",
        level=card.level if card else Level.DECLARED,
    )


def own_representations(actor: Actor) -> list[RepresentationRow]:
    """Organisations for which the signed-in person acts, acted or asks to act; the newest first."""
    if actor.kind != "person" or actor.person_id is None or actor.id is None:
        return []
    rows = Representation.objects.filter(person_id=actor.person_id).select_related("organisation").order_by("-pk")
    return [_as_row(row) for row in rows]


def representations_in_force() -> QuerySet[Representation]:
    """Accepted, and today lies within their days."""
    return Representation.objects.filter(in_force(local_today()), state=Representation.State.ACCEPTED)


def represents(actor: Actor, tax_code: str) -> RepresentationRow | None:
    """The representation by which the signed-in person acts for this organisation today; None when there is none."""
    if actor.kind != "person" or actor.person_id is None or actor.id is None:
        return None
    rows = representations_in_force().filter(person_id=actor.person_id, organisation__tax_code=tax_code)
    row = rows.select_related("organisation").first()
    return None if row is None else _as_row(row)


def is_represented_by(organisation_id: int, person_id: int) -> bool:
    """Today. For an official who has the person before them."""
    return representations_in_force().filter(organisation_id=organisation_id, person_id=person_id).exists()


def representatives(tax_code: str) -> list[int]:
    """Cards of those who act for an organisation today: for telling them something."""
    rows = representations_in_force().filter(organisation__tax_code=tax_code)
    return list(rows.values_list("person_id", flat=True))


def list_representations(*, actor: Actor, words: str = "", state: str = "asked") -> list[RepresentationRow]:
    """What people ask to be accepted as, and what was decided; the oldest request first."""
    require(actor, "representation.accept")
    rows = Representation.objects.select_related("organisation", "person").order_by("pk")
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(Q(organisation__tax_code__startswith=words) | Q(organisation__name__icontains=words))
    return [_as_row(row, with_person=True) for row in rows[:100]]


def organisation_id_of(tax_code: str) -> int | None:
    return Organisation.objects.values_list("pk", flat=True).filter(tax_code=tax_code).first()


def organisation_of_case(organisation_id: int) -> Organisation:
    """For whoever may read the case: name and tax code are public."""
    return Organisation.objects.get(pk=organisation_id)


def get_organisation(tax_code: str) -> Organisation:
    found = Organisation.objects.filter(tax_code=tax_code).first()
    if found is None:
        raise Refused("not_found", _("Chưa có tổ chức nào với mã số thuế này."))
    return found
