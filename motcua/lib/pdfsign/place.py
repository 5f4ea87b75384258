"""Where a signature is seen, and why a document takes none."""

from dataclasses import dataclass


class UnsignableError(ValueError):
    """``args[0]``: damaged | encrypted | pages | page | locked."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where it is seen: mm from the upper left corner. ``page``: 1 is the first, -1 the last."""

    page: int
    x: float
    y: float
    width: float
    height: float
