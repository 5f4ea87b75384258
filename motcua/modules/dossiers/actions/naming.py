"""Keeping the marks by which names are found in step with the cards."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef

from motcua.kernel.cases.queries.people import parties
from motcua.kernel.identity.queries import contact_addresses, organisation_of_case
from motcua.modules.dossiers.models import Dossier, NameIndex
from motcua.modules.dossiers.queries.names import marks_of

AT_ONCE = 1_000


@transaction.atomic
def mark_names() -> int:
    """For dossiers that were filed before there were marks; marks of people who were forgotten go with their cards."""
    forgotten = NameIndex.objects.filter(case__person__erased_at__isnull=False).exclude(marks=[])
    gone = forgotten.update(marks=[])
    marked = Exists(NameIndex.objects.filter(pk=OuterRef("pk")))
    missing = Dossier.objects.filter(~marked).order_by("pk").values_list("pk", "organisation_id")[:AT_ONCE]
    rows = []
    for case_id, organisation_id in missing:
        people = [party.person_id for party in parties(case_id) if party.person_id is not None]
        names = [card.name for card, _language in contact_addresses(people).values()]
        if organisation_id is not None:
            names.append(organisation_of_case(organisation_id).name)
        rows.append(NameIndex(case_id=case_id, marks=sorted(marks_of(names))))
    NameIndex.objects.bulk_create(rows, ignore_conflicts=True)
    return gone + len(rows)
