"""Messages between machines that share a secret: HMAC-SHA256 over the time and the raw body.

``X-Timestamp: 1763269200`` and ``X-Signature: hex(HMAC(secret, "1763269200." + body))``. A message that is older than
the window is refused, so that one that was written down cannot be sent again tomorrow; within the window its content
must make no difference when it comes twice.
"""

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from motcua.lib.vietnamese import clean

TIMESTAMP: Final = "X-Timestamp"
SIGNATURE: Final = "X-Signature"
_UNIX: Final = re.compile(r"[0-9]{10}(?:[0-9]{3})?")  # seconds, or milliseconds


def signature(secret: str, timestamp: str, body: bytes) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def problem_of(secret: str, timestamp: str, given: str, body: bytes, *, now: datetime, window: int) -> str:
    """Why the message is not to be believed, in English for the log; empty when it is. ``window`` in seconds."""
    if not secret:
        return "no secret is set up"
    expected = signature(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), given.strip().removeprefix("sha256=").lower().encode()):
        return "the signature is wrong"
    if not _UNIX.fullmatch(timestamp):
        return "the time is no Unix time"
    sent = datetime.fromtimestamp(int(timestamp[:10]), UTC)
    if abs((now - sent).total_seconds()) > window:
        return "the message is too old, or its clock is wrong"
    return ""


def content_of(body: bytes) -> Any:
    """What the JSON of a message says, its texts without what cannot be stored: whoever pays writes the purpose, and
    half of a letter in it must not hold up everybody's money. Raises ValueError."""
    try:
        return _storable(json.loads(body))
    except RecursionError:
        raise ValueError("nested too deep") from None


def _storable(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: _storable(part) for name, part in told.items()}
    if isinstance(told, list):
        return [_storable(part) for part in told]
    return clean(told) if isinstance(told, str) else told
