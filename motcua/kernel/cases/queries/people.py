"""The private link: a number and a proof, derived, never stored, so that it can be written into any later message."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from motcua.kernel.cases.kind import KINDS, REPORTERS, PartyRole, Sight
from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.identity.kind import Actor, Link
from motcua.kernel.identity.queries import authorisations_in_force, representations_in_force
from motcua.kernel.identity.queries.proofs import is_proof, proof

PURPOSE = "motcua.party"
MOST_LINKS = 200  # of one person


def party_token(party: Party) -> str:
    """What stands in ``/p/<token>/``."""
    return _token(party.pk, party.link_number)


def first_party_token(party_id: int) -> str:
    """Of a party that was made a moment ago."""
    return _token(party_id, 0)


def get_party(party_id: int) -> Party:
    return Party.objects.get(pk=party_id)


def _token(party_id: int, link_number: int) -> str:
    link = f"{party_id}.{link_number}" if link_number else str(party_id)
    return f"{link}.{proof(PURPOSE, link)}"


def standing() -> Q:
    """Parties that still count. Whoever acts for another does so for as long as the authorisation is in force, and for
    an organisation for as long as they represent it: one that was revoked closes every door in the next request."""
    represented = representations_in_force().filter(
        person_id=OuterRef("person_id"), organisation_id=OuterRef("organisation_id")
    )
    return Q(
        Q(authorisation_id__isnull=True) | Q(authorisation_id__in=authorisations_in_force().values("pk")),
        Q(organisation_id__isnull=True) | Q(Exists(represented)),
    )


def parties_of_person(person_id: int) -> Q:
    """Parties as whom the holder of a card may act: their own, and those of organisations that they represent."""
    organisations = representations_in_force().filter(person_id=person_id).values("organisation_id")
    return Q(standing(), person_id=person_id) | Q(organisation_id__in=organisations)


def read_party_token(token: str) -> Party | None:
    """The party whose link this is; None for anything else, and for a link that was replaced."""
    link = _proved(token)
    if link is None:
        return None
    return Party.objects.select_related("case").filter(standing(), pk=link[0], link_number=link[1]).first()


def _proved(token: str) -> tuple[int, int] | None:
    """The party's number and which of its links this is."""
    link, _, proved = token.rpartition(".")
    party, _, number = link.partition(".")
    if not party.isdecimal() or not (number or "0").isdecimal() or len(link) > 22:
        return None
    return (int(party), int(number or "0")) if is_proof(PURPOSE, link, proved) else None


def links_held(tokens: Sequence[str]) -> list[Link]:
    """Private links held on a device → the cases they open, in the same order. One query, which is asked with every
    page; one more where somebody acts for another.

    The link to a report that was merged opens the report that it was merged into, too.
    """
    proved = [link for token in tokens if (link := _proved(token)) is not None]
    if not proved:
        return []
    numbers = [number for number, _link in proved]
    found = Party.objects.filter(Q(pk__in=numbers) | Q(origin__in=numbers)).order_by("pk")
    rows = list(found.values_list("pk", "case_id", "origin", "link_number", "authorisation_id", "organisation_id"))
    for_others = [number for number, *_rest, authorisation, organisation in rows if authorisation or organisation]
    if for_others:
        stand = set(Party.objects.filter(standing(), pk__in=for_others).values_list("pk", flat=True))
        rows = [row for row in rows if row[0] in stand or row[0] not in for_others]
    in_force = {(number, link) for number, _case, _origin, link, *_others in rows}
    opened: dict[int, list[Link]] = {}
    for number, case_id, origin, *_rest in rows:
        opened.setdefault(number, []).append(Link(number, case_id))
        if origin is not None:
            opened.setdefault(origin, []).append(Link(number, case_id))
    return list(dict.fromkeys(link for one in proved if one in in_force for link in opened[one[0]]))


def links_of_persons(person_ids: Sequence[int]) -> list[Link]:
    """What the holder of these contact cards reported, joined or follows, newest first. One query."""
    parties = Party.objects.filter(standing(), person_id__in=person_ids).order_by("-pk")
    return [Link(number, case_id) for number, case_id in parties.values_list("pk", "case_id")[:MOST_LINKS]]


def own_cases(actor: Actor) -> list[dict[str, Any]]:
    """The actor's own cases for the download of one's data and the list on one's page, newest first."""
    rows = Case.objects.filter(pk__in={link.case_id for link in actor.all_links}).defer("words").order_by("-pk")
    joined = Party.objects.filter(
        pk__in={link.party_id for link in actor.all_links}, role=PartyRole.JOINED, case__published_at__isnull=True
    )
    veiled = set(joined.values_list("case_id", flat=True))
    return [
        {
            "code": case.code,
            "subject": veiled_subject(case) if case.pk in veiled else case.subject_said,
            "state": str(KINDS[case.kind].state(case.state).public_label),
            "address": "" if case.pk in veiled else case.address,
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
    return list(Case.objects.filter(theirs, kind=kind).defer("words").order_by("-pk")[:limit])


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


def has_part(case_id: int, person_id: int) -> bool:
    """Whether the holder of this card is somebody of the case, now."""
    return Party.objects.filter(parties_of_person(person_id), case_id=case_id).exists()


def cases_of_people(person_ids: Sequence[int]) -> QuerySet[Any]:
    """Cases that these cards have a part in, as a subquery. The caller narrows it by ``visible``."""
    return Party.objects.filter(person_id__in=person_ids).values("case_id")


def party_of(case_id: int, actor: Actor) -> Party | None:
    """Who the actor is in this case, if anybody."""
    return next(iter(own_parties(case_id, actor)), None)


def link_holder(case_id: int, actor: Actor) -> Party | None:
    """As ``party_of``, where the private link is the actor's own: in hand, or of their card. Another representative of
    an organisation acts as the one who filed for it, but would keep that link when their own representation ends."""
    held = {link.party_id for link in actor.all_links}
    return next(
        (
            party
            for party in own_parties(case_id, actor)
            if party.id in held or (party.person_id is not None and party.person_id == actor.person_id)
        ),
        None,
    )


def sight_of(case: Case, party: Party | None) -> Sight:
    """``party``: as whom the reader has a part in the case; None for strangers, who read it once it is published.

    Whoever joined is a stranger to the one who reported: what officials have not let strangers read yet, or have
    hidden again, is not shown to them either."""
    if party is None:
        return Sight.STRANGER
    if party.role == PartyRole.JOINED:
        return Sight.VEILED if case.published_at is None else Sight.JOINED
    return Sight.MERGED if party.role == PartyRole.MERGED else Sight.REPORTER


def veiled_subject(case: Case) -> str:
    """What a case is called where its words may not be read."""
    category = rules().categories.get(case.category_id) if case.category_id else None
    return category.label if category else str(KINDS[case.kind].label)


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


def parties(case_id: int, *, still: bool = False) -> list[Party]:
    """Everybody the case concerns, with their cards; the reporter first. ``still``: without those who acted for another
    and may no longer."""
    return sorted(
        Party.objects.select_related("person").filter(standing() if still else Q(), case_id=case_id),
        key=lambda party: (party.role != PartyRole.REPORTER, party.id),
    )
