"""Reading events: timelines, their sentences, and the proof that nobody changed them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from motcua.kernel.events.kind import EVENTS, READERS, Audience, EventKind
from motcua.kernel.events.models import Cursor, Event, JobState
from motcua.lib.chain import canonical, hash_of


class _Gaps(dict[str, Any]):
    """``{leg}`` is what the event calls ``leg_en`` for readers of English, where it has both."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        if get_language() == "en":
            self.update({name[:-3]: words for name, words in data.items() if name.endswith("_en") and words})

    def __missing__(self, key: str) -> str:
        return "…"


def sentence(name: str, data: Mapping[str, Any]) -> str:
    """The event in plain words, in the language in force."""
    kind = EVENTS.get(name)
    if kind is None:
        return name
    named = {key: words.get(data[key], data[key]) for key, words in kind.labels.items() if key in data}
    return str(kind.sentence).format_map(_Gaps({**data, **named}))


def kind_of(name: str) -> EventKind | None:
    return EVENTS.get(name)


def timeline(case_id: int, audience: Audience) -> list[Event]:
    """Newest first."""
    return list(Event.objects.filter(case_id=case_id, audience__lte=int(audience)).order_by("-id"))


def told(
    case_ids: Iterable[int] | QuerySet[Any, Any],
    audience: Audience,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    first: int = 0,
    limit: int = 1000,
) -> list[Event]:
    """Events of several cases (their ids, or a query of them) as they happened, oldest first."""
    rows = Event.objects.filter(case_id__in=case_ids, audience__lte=int(audience))
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lte=until)
    return list(rows.order_by("at", "id")[first : first + limit])


def histories(case_ids: Iterable[int], names: Iterable[str] | None = None) -> dict[int, list[Event]]:
    """All that happened to each of several cases (or what bears one of these names), oldest first."""
    found: dict[int, list[Event]] = {}
    rows = Event.objects.filter(case_id__in=list(case_ids))
    if names is not None:
        rows = rows.filter(name__in=list(names))
    for event in rows.order_by("id"):
        found.setdefault(event.case_id or 0, []).append(event)
    return found


@dataclass(frozen=True, slots=True)
class ReaderState:
    name: str
    behind: int
    behind_since: datetime | None
    failures: int
    error: str
    retry_at: datetime | None
    moved_at: datetime | None


def reader_states() -> list[ReaderState]:
    """How each reader fares; ``behind`` is counted up to 10,000."""
    cursors = {cursor.reader: cursor for cursor in Cursor.objects.all()}
    states = []
    for name in READERS:
        cursor = cursors.get(name) or Cursor(reader=name)
        with connection.cursor() as db:
            db.execute(
                """SELECT count(*), min(at) FROM (SELECT at FROM events_event
                   WHERE (xid, id) > (%s::text::xid8, %s) ORDER BY xid, id LIMIT 10000) AS ahead""",
                [str(cursor.xid), cursor.event_id],
            )
            behind, since = db.fetchone()
        states.append(ReaderState(name, behind, since, cursor.failures, cursor.error, cursor.retry_at, cursor.moved_at))
    return states


@dataclass(frozen=True, slots=True)
class Broken:
    case_id: int | None
    event_id: int
    reason: str


def verify(case_id: int | None = None) -> Iterator[Broken]:
    """Walk the chains (all, or one case's) and yield the first broken link of each."""
    rows = Event.objects.order_by("case_id", "id")
    if case_id is not None:
        rows = rows.filter(case_id=case_id)
    chain: int | None = -1
    previous, is_broken = b"", False
    for event in rows.iterator(chunk_size=5000):
        if event.case_id != chain:
            chain, previous, is_broken = event.case_id, b"", False
        if is_broken:
            continue
        expected = hash_of(
            bytes(event.previous_hash), event.case_id, event.at, event.name, event.actor, event.actor_name,
            canonical(event.data), event.audience,
        )  # fmt: skip
        if bytes(event.previous_hash) != previous:
            is_broken = True
            yield Broken(event.case_id, event.id, "the link before it is missing or was replaced")
        elif bytes(event.hash) != expected:
            is_broken = True
            yield Broken(event.case_id, event.id, "its content was changed")
        previous = bytes(event.hash)


def job_states() -> list[JobState]:
    """The worker's jobs, as they last ran."""
    return list(JobState.objects.order_by("job"))
