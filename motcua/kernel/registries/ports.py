"""What a source of a registry must offer. The local tables are one; a connector to a data-sharing platform another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Record:
    """``values`` as ``kind.Field.read`` gives them. ``as_of``: since when the source says so, where it tells."""

    registry: str
    values: Mapping[str, Any]
    as_of: datetime | None
    source: str


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, for the other side's own log. ``request_id`` stays the same when the question is repeated."""

    request_id: str
    purpose: str
    actor: str  # "officer:7": never a name


class Registry(Protocol):
    """A source of records. The configured source of a registry with the smallest rank is asked."""

    name: str
    label: str | Promise
    rank: int

    def serves(self, registry: str) -> bool:
        """Is it set up for this registry?"""

    def look_up(self, registry: str, key: Mapping[str, str], asking: Asking) -> Record | None:
        """The one record that has all of ``key``; None when there is none. Raises ConnectorError when the outside
        fails, and for an answer that is not what it should be. Must come back within a few seconds."""

    def check(self, registry: str) -> str:
        """Ask the outside whether it would answer, about nobody: "" when well, else what is wrong."""


SOURCES: dict[str, Registry] = {}


def register_source(source: Registry) -> None:
    if source.name in SOURCES and type(SOURCES[source.name]) is not type(source):
        raise ValueError(f"two sources are called {source.name}")
    SOURCES[source.name] = source


def source_of(registry: str) -> Registry:
    """Raises LookupError when none serves it: the local one always does."""
    serving = [source for source in SOURCES.values() if source.serves(registry)]
    if not serving:
        raise LookupError(registry)
    return min(serving, key=lambda source: source.rank)
