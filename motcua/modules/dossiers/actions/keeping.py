"""Papers out of and into the person's own store: those that a dossier takes from it, results that are put into it."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

from motcua.kernel.files.queries import files_by_id
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import national_id_of, organisation_of_case
from motcua.kernel.org.queries import local_today
from motcua.kernel.store.actions import NewEntry, put_entry, use_entry
from motcua.kernel.store.kind import Signature, Validity
from motcua.kernel.store.queries import not_found, own_entry
from motcua.lib.vietnamese import fold
from motcua.modules.dossiers.kind import Way
from motcua.modules.dossiers.queries.behalf import Behalf, usable_of
from motcua.modules.dossiers.queries.reading import results

if TYPE_CHECKING:
    from collections.abc import Iterable

    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.modules.dossiers.queries.reading import Whole

_TERM = re.compile(r"(\d{1,4}) (ngay|thang|nam)")


def take_from_store(case: Case, entry_ids: Iterable[int], *, behalf: Behalf, actor: Actor) -> None:
    """The dossier uses papers of whoever it is for. Refused("not_found") for somebody else's, "not_usable" for those
    that do not count any more."""
    theirs = {row.id for row in usable_of(behalf)} if behalf.is_other else None
    for entry_id in dict.fromkeys(entry_ids):
        if theirs is None:
            own_entry(entry_id, actor=actor)
        elif entry_id not in theirs:
            raise not_found()
        use_entry(entry_id, actor=actor, case_id=case.id, case_code=case.code)


def keep_results(found: Whole) -> None:
    """Each result document becomes the applicant's to keep and to use again. A refusal is no paper to show."""
    case, body = found.case, found.version.body
    organisation_id = found.dossier.organisation_id
    tax_code = organisation_of_case(organisation_id).tax_code if organisation_id is not None else ""
    if case.person_id is None and not tax_code:
        return
    declared = {result.code: result for result in body.results}
    given = [one for one in results(case.id) if not one.is_refusal]
    files = files_by_id([number for one in given if (number := one.signed_file_id or one.file_id)])
    # At a counter an official has seen the card; what somebody typed at home names nobody.
    seen = national_id_of(case.person_id) if case.person_id and found.dossier.way == Way.COUNTER else ""
    for result in given:
        file = files.get(result.signed_file_id or result.file_id or 0)
        if file is None:
            continue
        kind = declared.get(result.code)
        validity, valid_to = _validity(kind.valid if kind else "forever")
        entry = put_entry(
            NewEntry(
                code=result.code,
                name=result.name,
                name_en=kind.name_en if kind else "",
                number=result.number,
                issued_on=local_today(),
                person_id=None if tax_code else case.person_id,
                national_id=seen,
                tax_code=tax_code,
                issuer_unit_id=found.dossier.competent_unit_id,
                validity=validity,
                valid_to=valid_to,
                file_id=file.pk,
                sha256=bytes(file.sha256),
                signature=Signature.VALID if result.signed_file_id else Signature.NONE,
                procedure_code=found.version.code,
                case_id=case.id,
                case_code=case.code,
            ),
            actor=SYSTEM,  # whoever gives the result out need not be of the unit that issued it
        )
        result.store_entry_id = entry.pk
        result.save(update_fields=["store_entry_id"])


def _validity(text: str) -> tuple[Validity, date | None]:
    """From how a procedure says it: forever, once, or a length of time from today. What cannot be read counts once."""
    if text in (Validity.FOREVER, Validity.ONCE):
        return Validity(text), None
    term = _TERM.fullmatch(fold(text))
    if term is None:
        return Validity.ONCE, None
    number, unit, today = int(term[1]), term[2], local_today()
    if unit == "ngay":
        return Validity.UNTIL, today + timedelta(days=number)
    year, month = divmod(today.year * 12 + today.month - 1 + number * (12 if unit == "nam" else 1), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return Validity.UNTIL, date(year, month + 1, min(today.day, last))
