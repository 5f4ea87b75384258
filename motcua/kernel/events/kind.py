"""What can happen: every event's name, its sentence, and who may read it. Declarations only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


class Audience(IntEnum):
    """Who may read an event. Each level includes those below it."""

    PUBLIC = 0
    PARTY = 1  # the people of the case
    OFFICIALS = 2


@dataclass(frozen=True, slots=True)
class EventKind:
    """``sentence`` is plain words with {keys} from the event's data; ``icon`` names an icon of the set. ``labels``: of
    a key whose value is a name, the words for each, so that everybody reads them in their own language."""

    name: str
    sentence: str | Promise
    audience: Audience = Audience.OFFICIALS
    icon: str = "point"
    tone: str = "done"  # done | now | paused | late: how the timeline draws it
    labels: Mapping[str, Mapping[str, str | Promise]] = field(default_factory=dict, hash=False)


EVENTS: dict[str, EventKind] = {}


def register_events(kinds: Iterable[EventKind]) -> None:
    for kind in kinds:
        if kind.name in EVENTS and EVENTS[kind.name] != kind:
            raise ValueError(f"event {kind.name} is declared twice, differently")
        EVENTS[kind.name] = kind


@dataclass(frozen=True, slots=True)
class Reader:
    """Follows the events in commit order. ``handle`` runs in one transaction with the reader's cursor: at least once
    becomes exactly once for what it writes to this database; for the outside the event id is the idempotency key."""

    name: str
    handle: Callable[[Sequence[Event]], None]
    batch: int = 500
    title: str | Promise = ""  # for the system page; the name where there is none


READERS: dict[str, Reader] = {}


def register_reader(reader: Reader) -> None:
    if reader.name in READERS and READERS[reader.name] != reader:
        raise ValueError(f"reader {reader.name} is declared twice")
    READERS[reader.name] = reader


@dataclass(frozen=True, slots=True)
class Job:
    """Something the worker does by itself every ``every`` seconds. ``run`` returns how much it did."""

    name: str
    run: Callable[[], int]
    every: int
    title: str | Promise = ""


JOBS: dict[str, Job] = {}


def register_job(job: Job) -> None:
    if job.name in JOBS and JOBS[job.name] != job:
        raise ValueError(f"job {job.name} is declared twice")
    JOBS[job.name] = job
