"""Which procedures there are, and which version is in force."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.kind import Body, PaperCase
from motcua.kernel.procedures.models import CatalogueVersion, Field, Procedure, ProcedureVersion, Verification
from motcua.lib.jsonlogic import parse
from motcua.lib.versioned import Versioned

State = ProcedureVersion.State
LONGEST_SUBJECT = 200  # letters of a name that a dossier keeps


@dataclass(frozen=True, slots=True)
class Version:
    """A published version: it never changes. Whether it still is in force, ``in_force`` says."""

    id: int
    code: str
    number: int
    body: Body
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Newest:
    body: Mapping[str, Any]
    source: str
    has_ended: bool


def newest_bodies() -> dict[str, Newest]:
    """What was published last of each procedure, by code."""
    rows = (
        ProcedureVersion.objects.exclude(state=State.DRAFT)
        .order_by("procedure_id", "-number")
        .distinct("procedure_id")
        .values_list("procedure__code", "body", "procedure__source", "procedure__ended_on")
    )
    return {code: Newest(body, source, ended_on is not None) for code, body, source, ended_on in rows}


def catalogue_number() -> int:
    return CatalogueVersion.objects.values_list("number", flat=True).first() or 0


@dataclass(frozen=True, slots=True)
class _Dated:
    id: int
    valid_from: date
    valid_to: date | None


def _load() -> dict[str, tuple[_Dated, ...]]:
    """Of each procedure that has not ended: its published versions, the newest first."""
    found: dict[str, tuple[_Dated, ...]] = {}
    rows = (
        ProcedureVersion.objects.exclude(state=State.DRAFT)
        .order_by("procedure_id", "-number")
        .values_list("procedure__code", "procedure__ended_on", "id", "valid_from", "valid_to")
    )
    for code, ended_on, version_id, first, last in rows:
        ends = min(filter(None, (last, ended_on)), default=None)
        found[code] = (*found.get(code, ()), _Dated(version_id, first, ends))
    return found


_dated = Versioned(catalogue_number, _load)


def _load_english() -> dict[str, str]:
    rows = ProcedureVersion.objects.exclude(state=State.DRAFT).exclude(name_en="").order_by("id")
    return {name[:LONGEST_SUBJECT]: name_en for name, name_en in rows.values_list("name", "name_en")}


_english = Versioned(catalogue_number, _load_english)


def english_name(name: str) -> str:
    """Of a procedure, by the name that one of its versions has, as far as a dossier keeps it; "" for anything else."""
    return _english.get().get(name[:LONGEST_SUBJECT], "")


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _dated.forget()
    _english.forget()
    version.cache_clear()


@lru_cache(maxsize=500)
def version(version_id: int) -> Version:
    """A published version; kept in memory, for it never changes. Raises ``DoesNotExist``."""
    row = ProcedureVersion.objects.exclude(state=State.DRAFT).select_related("procedure").get(pk=version_id)
    return as_version(row)


def as_version(row: ProcedureVersion) -> Version:
    source = row.procedure.source
    body = Body.parse(row.body, is_imported=source == Procedure.Source.NATIONAL)
    return Version(row.pk, row.procedure.code, row.number, body, source, row.valid_from)


def in_force(code: str, *, on: date | None = None) -> Version | None:
    """The version that holds on a day (today), or None: not known, not yet, or ended."""
    day = on or local_today()
    for dated in _dated.get().get(code, ()):
        if dated.valid_from <= day and (dated.valid_to is None or day <= dated.valid_to):
            return version(dated.id)
    return None


def field_name(code: str) -> str:
    """Of a field (lĩnh vực), in Vietnamese; "" for one that nobody named."""
    return Field.objects.filter(code=code).values_list("name", flat=True).first() or ""


def choose_case(found: Version, answers: Mapping[str, Any]) -> PaperCase:
    """The first case whose condition holds; of none, the first one."""
    for case in found.body.cases:
        if not case.when or parse(case.when).holds(answers):
            return case
    return found.body.cases[0] if found.body.cases else PaperCase()


def unverified(body: Body, verifications: Iterable[Verification]) -> tuple[str, ...]:
    """Parts that are unsure, and that nobody has verified as they stand."""
    if not body.unsure:
        return ()
    verified = [(each.part, each.said) for each in verifications]
    return tuple(part for part in body.unsure if (part, body.part(part)) not in verified)


def doubts(found: Version) -> tuple[str, ...]:
    """Its parts that are being looked at again."""
    if not found.body.unsure:
        return ()
    return unverified(found.body, Verification.objects.filter(procedure__code=found.code))


@dataclass(frozen=True, slots=True)
class Became:
    """What happened to a procedure that is no longer, or not yet, in force."""

    code: str
    name: str
    name_en: str
    ended_on: date | None
    begins_on: date | None
    replaced_by: str  # code


def what_became(code: str) -> Became | None:
    """Of one that was published and cannot be asked for today; None when there never was any."""
    row = (
        ProcedureVersion.objects.exclude(state=State.DRAFT)
        .filter(procedure__code=code)
        .select_related("procedure__replaced_by")
        .order_by("-number")
        .first()
    )
    if row is None:
        return None
    next_one = row.procedure.replaced_by
    begins_on = row.valid_from if row.valid_from > local_today() else None
    ended_on = row.procedure.ended_on or row.valid_to
    return Became(code, row.name, row.name_en, ended_on, begins_on, next_one.code if next_one else "")
