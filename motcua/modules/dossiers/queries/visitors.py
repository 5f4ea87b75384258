"""Whose card belongs to whoever stands at the counter."""

from __future__ import annotations

from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.queries import accounts_of_persons, find_person_ids, person_with_national_id
from motcua.modules.dossiers.kind import KIND, Way


def known_person(*, national_id: str = "", phone: str = "") -> int | None:
    """The card of somebody who was seen here: whose number was proved, or whom a counter took in before.

    A number or telephone that somebody typed into a form or an account of their own finds nobody: else they would be
    handed the dossiers of whoever's number they typed.
    """
    proved = person_with_national_id(national_id) if national_id else None
    if proved is not None:
        return proved
    found = find_person_ids(national_id=national_id) if national_id else find_person_ids(phone=phone)
    accounts = accounts_of_persons(found)
    met = set(
        cases_of(KIND)
        .filter(dossier__way=Way.COUNTER, person__in=[number for number in found if number not in accounts])
        .values_list("person_id", flat=True)
    )
    return next((number for number in found if number in met), None)
