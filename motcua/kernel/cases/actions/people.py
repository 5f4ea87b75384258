"""The people of a case: joining, following, and their files."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.identity.actions.persons import create_person_from
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
) -> Party:
    """Somebody else whom the case concerns; ``person`` are the sealed values of a new card."""
    if person is not None:
        person_id = create_person_from(person).id
    if person_id is not None:
        existing = Party.objects.filter(case_id=case_id, person_id=person_id).first()
        if existing is not None:
            return existing
    return Party.objects.create(
        case_id=case_id, person_id=person_id, role=role, wants=wants, language=language, created_at=moment.now()
    )


def take_files(
    case: Case,
    files: Sequence[tuple[int, str]],
    *,
    event_id: int | None,
    party_id: int | None = None,
    caption: str = "",
    is_public: bool = False,
) -> None:
    """Put files (id, role) on a locked case."""
    CaseFile.objects.bulk_create(
        CaseFile(
            case_id=case.id,
            file_id=file_id,
            role=role,
            event_id=event_id,
            party_id=party_id,
            caption=caption,
            is_public=is_public,
            created_at=moment.now(),
        )
        for file_id, role in files
    )


@transaction.atomic
def change_wants(party_id: int, wants: str) -> None:
    """Which notices this person wants: all | result | none."""
    Party.objects.filter(pk=party_id).update(wants=wants)
