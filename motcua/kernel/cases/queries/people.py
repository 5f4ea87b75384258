"""The private link: a number and a proof, derived, never stored, so that it can be written into any later message."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from motcua.kernel.cases.kind import KINDS, REPORTERS, PartyRole
from motcua.kernel.cases.models import Case, Party
from motcua.kernel.identity.kind import Actor, Link
from motcua.kernel.identity.queries import authorisations_in_force, representations_in_force

PROOF_BYTES = 15  # 120 bits
MOST_LINKS = 200  # of one person


def party_token(party_id: int) -> str:
    """What stands in ``/p/<token>/``."""
    return f"{party_id}.{_proof(party_id, settings.SECRET_KEY)}"


def standing() -> Q:
    """Parties that still count. Whoever acts for another does so for as long as the authorisation is in force, and for
    an organisation for as long as they represent it: one that was revoked closes every door in the next request."""
    represented = representations_in_force().filter(
        person_id=OuterRef("person_id"), organisation_id=OuterRef("organisation_id")
    )
    return (Q(authorisation_id__isnull=True) | Q(authorisation_id__in=authorisations_in_force().values("pk"))) & (
        Q(organisation_id__isnull=True) | Exists(represented)
    )


def parties_of_person(person_id: int) -> Q:
    """Parties as whom the holder of a card may act: their own, and those of organisations that they represent."""
    organisations = representations_in_force().filter(person_id=person_id).values("organisation_id")
    return Q(standing(), person_id=person_id) | Q(organisation_id__in=organisations)


def read_party_token(token: str) -> Party | None:
    """The party whose link this is; None for anything else."""
    number = _proved_number(token)
    if number is None:
        return None
    return Party.objects.select_related("case").filter(standing(), pk=number).first()


def _proved_number(token: str) -> int | None:
    number, _, proof = token.partition(".")
    if not number.isdecimal() or len(number) > 18 or not proof.isascii():
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return int(number) if any(constant_time_compare(proof, _proof(int(number), key)) for key in keys) else None


def links_held(tokens: Sequence[str]) -> list[Link]:
    """Private links held on a device → the cases they open, in the same order. One query.

    The link to a report that was merged opens the report that it was merged into, too.
    """
    numbers = [number for token in tokens if (number := _proved_number(token)) is not None]
    if not numbers:
        return []
    found = Party.objects.filter(Q(pk__in=numbers) | Q(origin__in=numbers), standing()).order_by("pk")
    opened: dict[int, list[Link]] = {}
    for number, case_id, origin in found.values_list("pk", "case_id", "origin"):
        opened.setdefault(number, []).append(Link(number, case_id))
        if origin is not None:
            opened.setdefault(origin, []).append(Link(number, case_id))
    return list(dict.fromkeys(link for number in numbers for link in opened.get(number, ())))


def links_of_persons(person_ids: Sequence[int]) -> list[Link]:
    """What the holder of these contact cards reported, joined or follows, newest first. One query."""
    parties = Party.objects.filter(standing(), person_id__in=person_ids).order_by("-pk")
    return [Link(number, case_id) for number, case_id in parties.values_list("pk", "case_id")[:MOST_LINKS]]


def own_cases(actor: Actor) -> list[dict[str, Any]]:
    """The actor's own cases for the download of one's data and the list on one's page, newest first."""
    rows = Case.objects.filter(pk__in={link.case_id for link in actor.all_links}).order_by("-pk")
    return [
        {
            "code": case.code,
            "subject": case.subject,
            "state": str(KINDS[case.kind].state(case.state).public_label),
            "address": case.address,
            "opened_at": case.opened_at,
            "url": KINDS[case.kind].public_url(case.code),
        }
        for case in rows
    ]


def own_cases_of(kind: str, actor: Actor, limit: int = 100) -> list[Case]:
    """The actor's own cases of a kind, by account and by the links in hand, newest first. No query for nobody."""
    theirs = Q(pk__in={link.case_id for link in actor.all_links})
    if actor.person_id is not None:
        theirs |= Q(pk__in=Party.objects.filter(parties_of_person(actor.person_id)).values("case_id"))
    elif not actor.all_links:
        return []
    return list(Case.objects.filter(theirs, kind=kind).order_by("-pk")[:limit])


def own_parties(case_id: int, actor: Actor) -> list[Party]:
    """The actor as somebody of this case: by the private links held and as the person signed in. As a reporter first,
    then in the order of the links. No query for those who are nobody."""
    held = [link.party_id for link in actor.all_links if link.case_id == case_id]
    if not held and actor.person_id is None:
        return []
    theirs = Q(standing(), pk__in=held)
    if actor.person_id is not None:
        theirs |= parties_of_person(actor.person_id)
    ranks = {number: rank for rank, number in reversed(list(enumerate(held)))}
    return sorted(
        Party.objects.filter(theirs, case_id=case_id),
        key=lambda party: (party.role not in REPORTERS, ranks.get(party.id, len(held)), party.id),
    )


def cases_of_people(person_ids: Sequence[int]) -> QuerySet[Any]:
    """Cases that these cards have a part in, as a subquery. The caller narrows it by ``visible``."""
    return Party.objects.filter(person_id__in=person_ids).values("case_id")


def party_of(case_id: int, actor: Actor) -> Party | None:
    """Who the actor is in this case, if anybody."""
    return next(iter(own_parties(case_id, actor)), None)


def cards_to_forget(kind: str, *, closed_before: datetime, limit: int) -> list[tuple[int, int]]:
    """(case, person) of contact cards that only cases closed so long ago need; those with an account are kept."""
    old = Party.objects.filter(
        case__kind=kind,
        case__closed_at__lt=closed_before,
        person__isnull=False,
        person__erased_at__isnull=True,
        person__account__isnull=True,
    ).exclude(person__parties__case__closed_at__isnull=True)
    return list(old.values_list("case_id", "person_id").distinct()[:limit])


def _proof(party_id: int, secret: str) -> str:
    digest = salted_hmac("motcua.party", str(party_id), secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:PROOF_BYTES]).decode()


def parties(case_id: int) -> list[Party]:
    """Everybody the case concerns, with their cards; the reporter first."""
    return sorted(
        Party.objects.select_related("person").filter(case_id=case_id),
        key=lambda party: (party.role != PartyRole.REPORTER, party.id),
    )
