"""Recording events, and moving the readers over them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _

from motcua.kernel.events.kind import EVENTS, JOBS, READERS, Audience, Job, Reader
from motcua.kernel.events.models import Cursor, Event, JobState
from motcua.lib import moment
from motcua.lib.chain import canonical, hash_of
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


@contextmanager
def apart() -> Iterator[BaseDatabaseWrapper]:
    """A connection on which what is written stays, whatever becomes of the caller's transaction: for notes of who
    looked. It must neither miss nor wait for rows of that transaction, so such tables have no constraints to others."""
    own = connections[DEFAULT_DB_ALIAS]
    # What a test runner wraps around a test is not the caller's transaction: such rows must go with the test.
    is_inside = any(not getattr(block, "_from_testcase", False) for block in own.atomic_blocks)
    used = own.copy() if is_inside else own
    try:
        yield used
    finally:
        if is_inside:
            used.close()


CHAIN_WITHOUT_CASE = 0x4D43_0001  # advisory lock: events about no case form one chain of their own
LONGEST_BACK_OFF = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NewEvent:
    """One link, ready to be inserted."""

    case_id: int | None
    at: datetime
    name: str
    actor: str
    actor_name: str
    data: str  # canonical JSON
    audience: int
    previous_hash: bytes
    hash: bytes


def link(
    name: str,
    *,
    case_id: int | None,
    actor: Actor,
    data: Mapping[str, Any] | None,
    audience: Audience | None,
    at: datetime | None,
    previous_hash: bytes,
) -> NewEvent:
    """The next link of a chain, hashed over everything a reader could be misled by."""
    kind = EVENTS[name]  # an undeclared event is a bug: let it crash
    moment_at = at or moment.now()
    body = canonical(data or {})
    public_name = actor.name if actor.kind in ("officer", "service", "system") else ""
    level = int(kind.audience if audience is None else audience)
    digest = hash_of(previous_hash, case_id, moment_at, name, actor.key, public_name, body, level)
    return NewEvent(case_id, moment_at, name, actor.key, public_name, body, level, previous_hash, digest)


@transaction.atomic(savepoint=False)  # it belongs to what is done: without it nothing of that stays
def record(
    name: str,
    *,
    case_id: int | None = None,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    audience: Audience | None = None,
    at: datetime | None = None,
) -> Event:
    """Append an event in the caller's transaction. For a case the caller holds the lock on its row."""
    with connection.cursor() as cursor:
        if case_id is None:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_WITHOUT_CASE])
            cursor.execute("SELECT hash FROM events_event WHERE case_id IS NULL ORDER BY id DESC LIMIT 1")
        else:
            cursor.execute("SELECT hash FROM events_event WHERE case_id = %s ORDER BY id DESC LIMIT 1", [case_id])
        row = cursor.fetchone()
    new = link(
        name,
        case_id=case_id,
        actor=actor,
        data=data,
        audience=audience,
        at=at,
        previous_hash=bytes(row[0]) if row else b"",
    )
    return Event.objects.create(
        case_id=new.case_id,
        at=new.at,
        name=new.name,
        actor=new.actor,
        actor_name=new.actor_name,
        data=json.loads(new.data),
        audience=new.audience,
        previous_hash=new.previous_hash,
        hash=new.hash,
    )


def read_on(reader: Reader) -> int:
    """Give ``reader`` its next batch, in commit order; returns how many events it took.

    A reader that fails keeps its place, is tried again later and later, and holds up nobody else. Only one process
    moves a reader at a time (the cursor's row is locked; others skip it).
    """
    try:
        with transaction.atomic():
            return _read_batch(reader)
    except Exception as error:  # noqa: BLE001  whatever a reader does wrong must not stop the others
        _note_failure(reader, error)
        return 0


def read_news() -> int:
    """Give each reader that is behind its next batch; returns how many events. One statement when none is."""
    return sum(read_on(READERS[name]) for name in _behind())


# Events that no running transaction can still be overtaken by; our own: only a test has one.
_SETTLED = """(xid < events_commit_order(pg_snapshot_xmin(pg_current_snapshot()))
    OR xid = events_commit_order(pg_current_xact_id_if_assigned()))"""
_BEHIND = f"""
    SELECT reader FROM unnest(%s::text[]) AS known (reader) LEFT JOIN events_cursor AS place USING (reader)
    WHERE (retry_at IS NULL OR retry_at <= %s) AND EXISTS (
        SELECT FROM events_event
        WHERE (xid, id) > (coalesce(place.xid, 0)::text::xid8, coalesce(place.event_id, 0)) AND {_SETTLED})
"""  # noqa: S608  no value of anybody's


def _behind() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [list(READERS), moment.now()])
        waiting = {name for (name,) in cursor.fetchall()}
    return [name for name in READERS if name in waiting]


def _read_batch(reader: Reader) -> int:
    Cursor.objects.get_or_create(reader=reader.name)
    cursor = Cursor.objects.select_for_update(skip_locked=True).filter(reader=reader.name).first()
    if cursor is None or (cursor.retry_at and cursor.retry_at > moment.now()):
        return 0
    events = next_events(cursor.xid, cursor.event_id, reader.batch)
    if not events:
        return 0
    reader.handle(events)
    last = events[-1]
    cursor.xid, cursor.event_id = int(last.xid), last.id
    cursor.failures, cursor.error, cursor.retry_at, cursor.moved_at = 0, "", None, moment.now()
    cursor.save()
    return len(events)


def next_events(xid: int, event_id: int, limit: int) -> Sequence[Event]:
    """Events after a place in commit order, none of which can still be overtaken by a running transaction."""
    return list(
        Event.objects.raw(
            f"""SELECT * FROM events_event WHERE (xid, id) > (%s::text::xid8, %s) AND {_SETTLED}
               ORDER BY xid, id LIMIT %s""",  # noqa: S608  no value of anybody's
            [str(xid), event_id, limit],
        )
    )


_IS_FROM_ELSEWHERE = """
    SELECT EXISTS (SELECT FROM (SELECT xid FROM events_event ORDER BY xid DESC, id DESC LIMIT 1) AS newest
                   WHERE xid > events_commit_order(pg_current_xact_id()))"""
# Above the newest event even for the oldest transaction that still runs. The numbers need 64 bits, and have no sums.
_SHIFT = """
    SELECT (SELECT xid FROM events_event ORDER BY xid DESC, id DESC LIMIT 1)::text::numeric + 1
           - pg_snapshot_xmin(pg_current_snapshot())::text::numeric"""


@transaction.atomic
def rebase() -> bool:
    """After the tables were restored into another PostgreSQL: let the commit order go on where it ended.

    Readers follow the events by the numbers of transactions, and another server counts them from the beginning: what it
    records would sort before everything that was read already, and no reader would ever see it. An event that is newer
    than the present transaction can only have come from elsewhere. From then on a distance is added to each number.
    Returns whether that was needed. Events and cursors stay as they are.
    """
    with connection.cursor() as cursor:
        cursor.execute(_IS_FROM_ELSEWHERE)
        if not cursor.fetchone()[0]:
            return False
        cursor.execute("LOCK TABLE events_event IN SHARE ROW EXCLUSIVE MODE")  # nobody records meanwhile
        cursor.execute(_IS_FROM_ELSEWHERE)
        if not cursor.fetchone()[0]:
            return False  # another process was first
        cursor.execute(_SHIFT)
        shift = int(cursor.fetchone()[0])
        cursor.execute(
            f"""CREATE OR REPLACE FUNCTION events_commit_order(number xid8) RETURNS xid8
                LANGUAGE sql IMMUTABLE PARALLEL SAFE
                AS 'SELECT (number::text::numeric + {shift:d})::text::xid8'"""
        )
    return True


def _note_failure(reader: Reader, error: Exception) -> None:
    cursor, _ = Cursor.objects.get_or_create(reader=reader.name)
    cursor.failures += 1
    wait = min(timedelta(seconds=2 ** min(cursor.failures, 12)), LONGEST_BACK_OFF)
    cursor.retry_at = moment.now() + wait
    cursor.error = f"{type(error).__name__}: {error}"[:2000]
    cursor.save(update_fields=["failures", "retry_at", "error"])


def read_everything(limit: int = 1_000_000) -> int:
    """Let every reader catch up; for commands and tests. Returns how many events were read in all."""
    total = 0
    for reader in READERS.values():
        while total < limit and (taken := read_on(reader)):
            total += taken
    return total


@transaction.atomic
def retry_reader(name: str, *, actor: Actor) -> None:
    """Try a failing reader again now (operator page). Refused("not_found")."""
    if not Cursor.objects.filter(reader=name).update(retry_at=None):
        raise Refused("not_found", _("Không có bộ đọc này."))
    record("reader.retried", actor=actor, data={"reader": name})


def start_over(reader: str) -> None:
    """Let a reader begin with the first event again. Inside the transaction that throws away what it had made."""
    Cursor.objects.filter(reader=reader).update(xid=0, event_id=0, failures=0, error="", retry_at=None)


@transaction.atomic
def rewind_reader(name: str, *, actor: Actor) -> None:
    """Start a reader from the first event again: for figures and search, whose rows are replaced by the same ones."""
    start_over(name)
    record("reader.rewound", actor=actor, data={"reader": name})


def run_due_job(job: Job) -> bool:
    """Run ``job`` if it is its time and no other worker runs it. Returns whether it ran.

    The job runs outside the lock's transaction only in so far as it opens its own; its row is claimed for ``every``
    seconds before it starts, so that a worker that dies half-way delays it by one turn and no more.
    """
    now = moment.now()
    with transaction.atomic():
        JobState.objects.get_or_create(job=job.name, defaults={"next_at": now})
        state = JobState.objects.select_for_update(skip_locked=True).filter(job=job.name, next_at__lte=now).first()
        if state is None:
            return False
        state.next_at = now + timedelta(seconds=job.every)
        state.save(update_fields=["next_at"])
    try:
        did = job.run()
    except Exception as error:  # noqa: BLE001  a job that fails is shown on the operator page and tried at its next turn
        JobState.objects.filter(job=job.name).update(
            failures=models.F("failures") + 1, error=f"{type(error).__name__}: {error}"[:2000], ran_at=now
        )
    else:
        JobState.objects.filter(job=job.name).update(failures=0, error="", ran_at=now, did=did)
    return True


def run_due_jobs() -> int:
    """How many ran. One statement when none is due."""
    waiting = set(JobState.objects.filter(next_at__gt=moment.now()).values_list("job", flat=True))
    return sum(run_due_job(job) for name, job in JOBS.items() if name not in waiting)
