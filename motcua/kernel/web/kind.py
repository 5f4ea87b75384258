"""What modules put into the common pages: tiles and panels of the portal, links of the desk, ways to find a thing by
words or code. Declarations only; a module registers its own from its ``apps.py``."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from django.utils.functional import Promise

if TYPE_CHECKING:
    import re

    from django.http import HttpRequest

    from motcua.kernel.cases.queries.live import Standing
    from motcua.kernel.identity.kind import Actor

Text = str | Promise


class Clock(Protocol):
    """What a clock badge shows: ``state`` on | soon | late | paused | done, ``words`` in the reader's language."""

    @property
    def state(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def due_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Pill:
    """A status in words; ``tone`` is info | ok | warn | bad | paused | neutral."""

    words: Text
    tone: str = "neutral"
    icon: str = ""


@dataclass(frozen=True, slots=True)
class PortalTile:
    """A big task on the portal's home page; it exists only when what it leads to exists."""

    name: str
    title: Text
    hint: Text
    icon: str
    url_name: str
    rank: int = 50  # the smallest comes first; the first one is drawn wide
    nav_title: Text = ""  # short title in the header; "" leaves it out
    bar_title: Text = ""  # shorter still, in the bottom bar of the phone; "" leaves it out


@dataclass(frozen=True, slots=True)
class DeskLink:
    """A line of the desk's side bar, shown to those who hold ``permission``."""

    name: str
    title: Text
    icon: str
    url_name: str
    permission: str
    group: Text = ""
    rank: int = 50
    key: str = ""  # letter after G
    count: Callable[["HttpRequest"], int | None] | None = None  # cheap, or nothing: every desk page asks
    is_hot: bool = False  # its count is work that waits for the reader
    in_bar: bool = False  # also in the bottom bar of the phone
    in_top: bool = False  # a button of the top bar instead of a line; its key works by itself, without G


@dataclass(frozen=True, slots=True)
class PortalPanel:
    """A block of the portal's home page. ``context`` answers None when there is nothing true to show now."""

    name: str
    template: str
    context: Callable[["HttpRequest"], dict[str, Any] | None]
    place: str = "side"  # alert (above everything) | side | main
    rank: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found by a code or by words, as the public may see it."""

    code: str
    title: str
    url: str
    line: str = ""  # one sentence: what happens next
    pill: Pill | None = None
    clock: Clock | None = None


@dataclass(frozen=True, slots=True)
class Finder:
    """How a module finds its public things. ``by_code`` gets codes as kept on a device (any number may be unknown or
    private and is then left out); ``by_words`` gets what a person typed, with or without tones. ``all_url`` is where
    all that has these words is listed, where there is such a page."""

    name: str
    title: Text
    by_code: Callable[[Sequence[str], "HttpRequest"], Sequence[Found]]
    by_words: Callable[[str, "HttpRequest"], Sequence[Found]]
    rank: int = 50
    all_url: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class DataNote:
    """A line of the privacy page: what is kept, what for, who sees it, for how long. Said by whoever keeps it."""

    name: str
    what: Text
    purpose: Text
    seen_by: Text
    kept: Text
    rank: int = 50


@dataclass(frozen=True, slots=True)
class Happening:
    """An event with where its case stands now. ``xid`` and ``id`` are its place in commit order; ``data`` decides who
    is told, and is told to nobody."""

    xid: int
    id: int
    name: str
    audience: int
    case_id: int | None
    case: "Standing | None"
    data: Mapping[str, Any]


Told = dict[str, object]
StreamFilter = Callable[[Happening], Told | None]
"""What a listener is told of a happening; None: nothing."""


@dataclass(frozen=True, slots=True)
class Stream:
    """An event stream besides those of cases: its address below ``/live/``, and what whoever opens it is told.
    ``opens`` raises Refused for whom it is not."""

    name: str
    pattern: str
    opens: "Callable[[re.Match[str], Actor], StreamFilter]"
    rank: int = 50


class _Ranked(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def rank(self) -> int: ...


R = TypeVar("R", bound=_Ranked)

TILES: dict[str, PortalTile] = {}
LINKS: dict[str, DeskLink] = {}
PANELS: dict[str, PortalPanel] = {}
FINDERS: dict[str, Finder] = {}
NOTES: dict[str, DataNote] = {}
STREAMS: dict[str, Stream] = {}


def _register(kept: dict[str, R], things: Iterable[R]) -> None:
    for thing in things:
        if kept.get(thing.name, thing) != thing:
            raise ValueError(f"{type(thing).__name__} {thing.name} is declared twice, differently")
        kept[thing.name] = thing
    ordered = sorted(kept.values(), key=lambda thing: (thing.rank, thing.name))
    kept.clear()
    kept.update((thing.name, thing) for thing in ordered)


def register_tiles(*tiles: PortalTile) -> None:
    _register(TILES, tiles)


def register_links(*links: DeskLink) -> None:
    _register(LINKS, links)


def register_panels(*panels: PortalPanel) -> None:
    _register(PANELS, panels)


def register_finders(*finders: Finder) -> None:
    _register(FINDERS, finders)


def register_streams(*streams: Stream) -> None:
    _register(STREAMS, streams)


def register_data_notes(*notes: DataNote) -> None:
    _register(NOTES, notes)
