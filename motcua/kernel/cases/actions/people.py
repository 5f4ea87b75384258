"""The people of a case, and its files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from motcua.kernel.cases.kind import REPORTERS, FileRole, PartyRole
from motcua.kernel.cases.models import Case, CaseFile, Involvement, Party
from motcua.kernel.cases.queries.people import link_holder
from motcua.kernel.cases.queries.reading import may_on, not_found
from motcua.kernel.events.actions import record
from motcua.kernel.files.actions import keep_files
from motcua.kernel.identity.actions.persons import create_person_from
from motcua.kernel.identity.kind import Actor
from motcua.lib import moment


@transaction.atomic
def add_party(
    case_id: int,
    *,
    role: str,
    person: Mapping[str, Any] | None = None,
    person_id: int | None = None,
    wants: str = "all",
    language: str = "vi",
    authorisation_id: int | None = None,
) -> Party:
    """Somebody else whom the case concerns; ``person`` are the sealed values of a new card. With an
    ``authorisation_id`` they are somebody of the case for as long as it is in force."""
    if person is not None:
        person_id = create_person_from(person).id
    if person_id is not None:
        existing = Party.objects.filter(case_id=case_id, person_id=person_id).first()
        if existing is not None:
            return existing
    return Party.objects.create(
        case_id=case_id,
        person_id=person_id,
        role=role,
        wants=wants,
        language=language,
        authorisation_id=authorisation_id,
        created_at=moment.now(),
    )


def act_for_organisation(party_id: int, organisation_id: int) -> None:
    """The party of a case that was just opened stands for an organisation: all who represent it see the case."""
    Party.objects.filter(pk=party_id).update(organisation_id=organisation_id)


def involve(case_id: int, *unit_ids: int) -> None:
    """These units have a part in the locked case and may read it from now on."""
    Involvement.objects.bulk_create(
        [Involvement(case_id=case_id, unit_id=unit_id, since=moment.now()) for unit_id in dict.fromkeys(unit_ids)],
        ignore_conflicts=True,
    )


def bring_parties(case_id: int, into_id: int) -> None:
    """The people of one locked case join another when the two are merged. Who reported it has reported this, too."""
    for party in Party.objects.filter(case_id=case_id):
        role = PartyRole.MERGED if party.role in REPORTERS else PartyRole.JOINED
        there = add_party(into_id, role=role, person_id=party.person_id, wants=party.wants, language=party.language)
        if role is PartyRole.MERGED and there.role not in REPORTERS:
            there.role = role
        there.origin_id = there.origin_id or party.origin_id or party.id
        there.save(update_fields=["role", "origin"])


def take_files(
    case: Case,
    file_ids: Sequence[int],
    role: FileRole,
    *,
    actor: Actor,
    event_id: int | None,
    party_id: int | None = None,
    caption: str = "",
) -> None:
    """Put loose files on a locked case, not public yet, and name them after it. Refused("file_gone")."""
    if not file_ids:
        return
    before = CaseFile.objects.filter(case_id=case.id).count()
    CaseFile.objects.bulk_create(
        CaseFile(
            case_id=case.id,
            file_id=file_id,
            role=role,
            event_id=event_id,
            party_id=party_id,
            caption=caption,
            created_at=moment.now(),
        )
        for file_id in file_ids
    )
    keep_files(file_ids, actor=actor, code=case.code, start=before + 1)


def replace_file(case_id: int, file_id: int, role: FileRole, *, instead_of: int | None, caption: str = "") -> None:
    """A file that we made ourselves takes the place of another on a locked case."""
    if instead_of is not None:
        CaseFile.objects.filter(case_id=case_id, role=role, file_id=instead_of).delete()
    CaseFile.objects.create(case_id=case_id, file_id=file_id, role=role, caption=caption, created_at=moment.now())


def publish_files(case_id: int, roles: Sequence[FileRole], *, only: Sequence[int] | None = None) -> None:
    """Let everybody see the files of a locked case in these roles (of them ``only`` the files named)."""
    files = CaseFile.objects.filter(case_id=case_id, role__in=roles)
    (files if only is None else files.filter(file_id__in=only)).update(is_public=True)


def withdraw_files(case_id: int, roles: Sequence[FileRole]) -> None:
    """Nobody outside sees the files of a locked case in these roles any more."""
    CaseFile.objects.filter(case_id=case_id, role__in=roles).update(is_public=False)


def drop_files(case_id: int, role: FileRole, file_ids: Sequence[int]) -> None:
    """Take files that have been replaced off a locked case, before anybody outside has seen them."""
    CaseFile.objects.filter(case_id=case_id, role=role, file_id__in=file_ids, is_public=False).delete()


def drop_unpublished_files(case_id: int, roles: Sequence[FileRole]) -> None:
    """Take files that nobody outside has seen off a locked case."""
    CaseFile.objects.filter(case_id=case_id, role__in=roles, is_public=False).delete()


@transaction.atomic
def change_wants(party_id: int, wants: str) -> None:
    """Which notices this person wants: all | result | none."""
    Party.objects.filter(pk=party_id).update(wants=wants)


@transaction.atomic
def change_link(case_id: int, party_id: int, *, actor: Actor) -> Party:
    """A new private link for somebody of the case: the one before opens nothing any more, on no device, for whoever it
    fell into the hands of. By its holder, or by an official who may see who that is. Returns the party whose link opens
    what the old one did: of reports that were merged, the first."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    party = Party.objects.filter(pk=party_id, case_id=case_id).first()
    if case is None or party is None:
        raise not_found()
    holder = link_holder(case_id, actor)
    is_own = holder is not None and holder.pk == party_id
    if not is_own and not (actor.is_officer and may_on(actor.by_post, "person.reveal", case)):
        raise not_found()
    first_id = party.origin_id or party.pk
    Party.objects.filter(Q(pk=first_id) | Q(origin=first_id)).update(link_number=F("link_number") + 1)
    record("case.link_changed", case_id=case_id, actor=actor, data={"party_id": party_id})
    return Party.objects.select_related("case").get(pk=first_id)
