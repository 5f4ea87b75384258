"""Bodies of parcels: sealed as JSON, and what makes two of them the same."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from motcua.kernel.exchange.kind import Attachment, Dossier, ParcelKind, Status, Step
from motcua.kernel.identity.queries.sealed import keyed_index, sealer

if TYPE_CHECKING:
    from motcua.kernel.exchange.ports import Body

_TYPES: dict[str, type] = {
    ParcelKind.FILE: Attachment,
    ParcelKind.DOSSIER: Dossier,
    ParcelKind.PROGRESS: Step,
    ParcelKind.STATUS: Status,
}
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(_TYPES[kind])


def sealed_body(kind: str, body: Body) -> bytes:
    return sealer().seal(_adapter(kind).dump_json(body).decode())


def opened_body(kind: str, sealed: bytes | memoryview) -> Body:
    body: Body = _adapter(kind).validate_json(sealer().open(sealed))
    return body


def digest(kind: str, body: Body) -> bytes:
    """Keyed, because a dossier holds little that cannot be guessed. The same state said later is the same word."""
    said = body
    if isinstance(body, Status):
        said = Status(body.state, _NO_TIME, "", body.finished_at, body.returned_at, body.results)
    return keyed_index(_adapter(kind).dump_json(said).decode())
