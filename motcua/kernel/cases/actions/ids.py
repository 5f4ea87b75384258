"""Numbers taken from PostgreSQL's sequences in blocks, so that a case knows its number, and so its code, before it is
written: all of it then fits into one statement. A block lost with its process leaves a gap; that is all right."""

import threading
from collections import deque

from django.db import connection

BLOCK = 64

_lock = threading.Lock()
_blocks: dict[str, deque[int]] = {}


def take(table: str) -> int:
    """The next free id of ``table``."""
    with _lock:
        block = _blocks.setdefault(table, deque())
        if not block:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, BLOCK]
                )
                block.extend(row[0] for row in cursor.fetchall())
        return block.popleft()


def forget() -> None:
    """Begin with a new block. What was left of the old ones is a gap."""
    with _lock:
        _blocks.clear()
