"""What can happen: every event's name, its sentence, and who may read it. Declarations only."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from django.utils.functional import Promise


class Audience(IntEnum):
    """Who may read an event. Each level includes those below it."""

    PUBLIC = 0
    PARTY = 1  # the people of the case
    OFFICIALS = 2


@dataclass(frozen=True, slots=True)
class EventKind:
    """``sentence`` is plain words with {keys} from the event's data; ``icon`` names an icon of the set."""

    name: str
    sentence: str | Promise
    audience: Audience = Audience.OFFICIALS
    icon: str = "point"
    tone: str = "done"  # done | now | paused | late: how the timeline draws it


EVENTS: dict[str, EventKind] = {}


def register_events(kinds: Iterable[EventKind]) -> None:
    for kind in kinds:
        if kind.name in EVENTS and EVENTS[kind.name] != kind:
            raise ValueError(f"event {kind.name} is declared twice, differently")
        EVENTS[kind.name] = kind
