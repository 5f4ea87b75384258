"""The hash chain of events: what exactly is hashed, so that anyone can check it without our database."""

import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


def canonical(data: Mapping[str, Any]) -> str:
    """JSON that is equal for equal data, and stays equal after a round trip through PostgreSQL's jsonb."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    # Translated strings and the like are text; anything else has no business in an event.
    if hasattr(value, "_proxy____args"):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be kept in an event")


def hash_of(
    previous: bytes, case_id: int | None, at: datetime, name: str, actor: str, actor_name: str, body: str, audience: int
) -> bytes:
    """SHA-256 over the previous hash and every column a reader could be misled by."""
    microseconds = round(at.timestamp() * 1_000_000)
    parts = (str(case_id or 0), str(microseconds), name, actor, actor_name, body, str(audience))
    return hashlib.sha256(previous + "\x1f".join(parts).encode()).digest()
