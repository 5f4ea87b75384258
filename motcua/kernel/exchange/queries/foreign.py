"""Dossiers of other systems: for those whose they are, and what could not be read of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from motcua.kernel.exchange.kind import NATIONAL_STATES, WATCH, NationalState
from motcua.kernel.exchange.models import Foreign, Source, Unread
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.queries.persons import proved_national_id
from motcua.kernel.identity.queries.sealed import sealer
from motcua.lib.identifiers import read_national_id

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MOST_OWN = 100
MOST_UNREAD = 50


@dataclass(frozen=True, slots=True)
class ForeignRow:
    code: str
    procedure: str
    procedure_name: str
    agency: str
    source: str
    state: NationalState
    said_at: datetime
    accepted_at: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    returned_at: datetime | None


def _row(found: Foreign) -> ForeignRow:
    return ForeignRow(
        found.code,
        found.procedure,
        found.procedure_name,
        found.agency,
        found.source,
        NATIONAL_STATES[found.state],
        found.said_at,
        found.accepted_at,
        found.due_at,
        found.finished_at,
        found.returned_at,
    )


def own_foreign(actor: Actor) -> list[ForeignRow]:
    """Those of a signed-in person, by the national id that they have proved; nothing by one that they merely typed."""
    index = sealer().index(proved_national_id(actor))
    if index is None:
        return []
    rows = Foreign.objects.filter(applicant_index=index).order_by("-said_at", "-pk")
    return [_row(found) for found in rows[:MOST_OWN]]


def secret_index(secret: str) -> bytes | None:
    """Of a secret however it was typed."""
    plain = "".join(letter for letter in secret.upper() if letter.isalnum())
    return sealer().index(f"exchange.secret {plain}") if plain else None


def foreign_by(code: str, secret: str) -> ForeignRow | None:
    """By its code and the secret of its receipt; where its system gives none, by the national id of whose it is. Which
    of the two was wrong is not said."""
    person = read_national_id(secret)
    opened = Q(secret_index=secret_index(secret) or b"-")
    if person is not None:
        opened |= Q(secret_index__isnull=True, applicant_index=sealer().index(person.number))
    found = Foreign.objects.filter(opened, code=code.strip().upper()).order_by("-said_at", "-pk").first()
    return _row(found) if found is not None else None


def own_foreign_data(actor: Actor) -> list[Mapping[str, Any]]:
    """For the download of one's own data."""
    return [
        {
            "code": row.code,
            "procedure": row.procedure,
            "procedure_name": row.procedure_name,
            "agency": row.agency,
            "source": row.source,
            "state": str(row.state.label),
            "said_at": row.said_at,
        }
        for row in own_foreign(actor)
    ]


# ── For those who watch ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ForeignPage:
    sources: Sequence[Source]
    unread: int
    rows: Sequence[Unread]  # the newest, without what they say


def foreign_page(actor: Actor) -> ForeignPage:
    require(actor, WATCH)
    return ForeignPage(
        list(Source.objects.order_by("name")),
        Unread.objects.count(),
        list(Unread.objects.defer("text_sealed", "digest").order_by("-pk")[:MOST_UNREAD]),
    )
