"""The one place that tells the time, so that history can be made, and tests run, under a moved clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moved.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Make ``now()`` answer ``moment`` (aware) inside the block."""
    if moment.tzinfo is None:
        raise ValueError("a moved clock needs an aware time")
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
