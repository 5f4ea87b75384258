"""What the JSON API reads beside what the pages read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from motcua.kernel.cases.queries.reading import may_on, newest, not_found
from motcua.modules.incidents.queries.public import PublicFilter, PublicRow, filtered, public_cases, public_rows

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


def list_incidents(wanted: PublicFilter, limit: int) -> tuple[list[tuple[Case, PublicRow]], str]:
    """Published reports, newest first, and the key of the next page. Four statements, one or two more for words."""
    cases = list(newest(filtered(wanted).defer("words"), wanted.words, limit + 1)[: limit + 1])
    more, cases = len(cases) > limit, cases[:limit]
    return list(zip(cases, public_rows(cases), strict=True)), str(cases[-1].id) if more else ""


def case_by_code(code: str, *, actor: Actor) -> Case:
    """Published, or readable for ``actor``; else Refused("not_found")."""
    case = public_cases().model.objects.filter(kind="incident", code=code.upper()).first()
    if case is None or (case.published_at is None and not may_on(actor, "incident.read", case)):
        raise not_found()
    return case
