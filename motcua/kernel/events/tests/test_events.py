"""The chain, the readers and their order."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.events import actions
from motcua.kernel.events.actions import next_events, read_news, read_on, record, run_due_job, run_due_jobs
from motcua.kernel.events.kind import JOBS, Job, Reader, register_events
from motcua.kernel.events.models import Cursor, Event, JobState
from motcua.kernel.events.queries import verify
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib import moment
from motcua.testing.patience import until

NAME = "reader.retried"  # any declared event will do


def tell(case_id: int | None, word: str) -> Event:
    return record(NAME, case_id=case_id, actor=SYSTEM, data={"reader": word, "Số": 1.5, "danh sách": ["ă", None]})


@pytest.mark.django_db
def test_it_works() -> None:
    first, second, other = tell(1, "a"), tell(1, "b"), tell(2, "c")
    assert bytes(second.previous_hash) == first.hash
    assert bytes(other.previous_hash) == b""
    assert list(verify()) == []


@pytest.mark.django_db
def test_an_undeclared_event_cannot_be_recorded() -> None:
    with pytest.raises(KeyError), transaction.atomic():
        record("nothing.declared", actor=SYSTEM)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_declaring_an_event_twice_differently_fails_at_start() -> None:
    from motcua.kernel.events.kind import EVENTS, EventKind

    with pytest.raises(ValueError, match="twice"):
        register_events([EventKind(NAME, "something else")])
    assert EVENTS[NAME].sentence != "something else"


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["UPDATE events_event SET data = '{}'", "DELETE FROM events_event"])
def test_the_database_refuses_to_change_an_event(change: str) -> None:
    tell(1, "a")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    assert list(verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("tables", ["events_event", "events_event, events_cursor CASCADE"])
def test_the_database_refuses_to_empty_the_events(tables: str) -> None:
    tell(1, "a")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event ENABLE TRIGGER events_never_emptied")  # as it is outside of tests
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            cursor.execute(f"TRUNCATE {tables}")
    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('UPDATE events_event SET data = \'{"reader": "x"}\' WHERE id = %s', "changed"),
        ("UPDATE events_event SET actor_name = 'ai đó' WHERE id = %s", "changed"),
        ("UPDATE events_event SET at = at + interval '1 second' WHERE id = %s", "changed"),
        ("DELETE FROM events_event WHERE id = %s", "missing"),
    ],
)
def test_verify_names_the_first_link_that_somebody_forced(change: str, reason: str) -> None:
    tell(1, "a")
    middle, last = tell(1, "b"), tell(1, "c")
    tell(2, "d")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER events_append_only")
        cursor.execute(change, [middle.id])
        cursor.execute("ALTER TABLE events_event ENABLE TRIGGER events_append_only")
    (broken,) = verify()
    assert broken.case_id == 1
    assert broken.event_id == (middle.id if reason == "changed" else last.id)
    assert reason in broken.reason


@pytest.mark.django_db
def test_a_failing_reader_keeps_its_place_and_stops_nobody() -> None:
    read: list[str] = []

    def good(events: Sequence[Event]) -> None:
        read.extend(event.data["reader"] for event in events)

    def bad(events: Sequence[Event]) -> None:
        raise ValueError("hỏng")

    tell(1, "a")
    tell(1, "b")
    assert read_on(Reader("test-bad", bad)) == 0
    assert read_on(Reader("test-good", good)) == 2
    assert read == ["a", "b"]
    cursor = Cursor.objects.get(reader="test-bad")
    assert (cursor.event_id, cursor.failures) == (0, 1)
    assert "hỏng" in cursor.error
    assert cursor.retry_at is not None
    # Before its time it is left alone; afterwards it goes on where it stood.
    assert read_on(Reader("test-bad", good)) == 0
    Cursor.objects.filter(reader="test-bad").update(retry_at=None)
    assert read_on(Reader("test-bad", good)) == 2


@pytest.mark.django_db
def test_a_reader_that_goes_on_failing_waits_longer_each_time() -> None:
    def bad(events: Sequence[Event]) -> None:
        raise ValueError("hỏng")

    tell(1, "a")
    waits, now = [], datetime(2026, 11, 16, 8, tzinfo=UTC)
    for _time in range(12):
        with moment.at(now):
            assert read_on(Reader("test-bad", bad)) == 0
        cursor = Cursor.objects.get(reader="test-bad")
        assert cursor.retry_at is not None
        waits.append((cursor.retry_at - now).total_seconds())
        now = cursor.retry_at
    assert waits[:5] == [2, 4, 8, 16, 32]
    assert waits[-1] == 900


@pytest.mark.django_db
def test_who_waits_for_work_asks_little(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    read: list[str] = []
    ran: list[str] = []

    def follower(name: str) -> Reader:
        return Reader(name, lambda events: read.extend(f"{name}:{event.id}" for event in events))

    def job(name: str) -> Job:
        def run() -> int:
            ran.append(name)
            return 1

        return Job(name, run, every=60)

    monkeypatch.setattr(actions, "READERS", {name: follower(name) for name in ("test-one", "test-two")})
    told = tell(1, "a")
    assert read_news() == 2
    assert read == [f"test-one:{told.id}", f"test-two:{told.id}"]
    Cursor.objects.filter(reader="test-one").update(xid=0, event_id=0, retry_at=moment.now() + timedelta(hours=1))
    with django_assert_num_queries(1):
        assert read_news() == 0  # one has read everything, the other is to wait
    monkeypatch.setattr(actions, "JOBS", {name: job(name) for name in ("test-a", "test-b")})
    assert run_due_jobs() == 2
    with django_assert_num_queries(1):
        assert run_due_jobs() == 0
    assert ran == ["test-a", "test-b"]


@pytest.mark.django_db
def test_what_a_reader_wrote_goes_when_it_fails() -> None:
    tell(1, "a")

    def half(events: Sequence[Event]) -> None:
        Cursor.objects.create(reader="written-half-way")
        raise ValueError

    read_on(Reader("test-half", half))
    assert not Cursor.objects.filter(reader="written-half-way").exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_is_not_passed_by_while_an_earlier_transaction_still_runs() -> None:
    """The slow writer took its number first and commits last: readers wait for it rather than skip it."""
    slow_wrote, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                tell(1, "slow")
                slow_wrote.set()
                may_commit.wait(10)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert slow_wrote.wait(10)
    tell(2, "quick")
    assert next_events(0, 0, 10) == []
    may_commit.set()
    writer.join()
    seen = until(lambda events: len(events) == 2, lambda: next_events(0, 0, 10))
    assert {event.data["reader"] for event in seen} == {"slow", "quick"}
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE events_event")


@pytest.mark.django_db
def test_a_job_runs_in_its_turn_and_a_failure_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []

    def run() -> int:
        ran.append(1)
        return len(ran)

    job = Job("test-job", run, every=3600)
    monkeypatch.setitem(JOBS, job.name, job)
    assert run_due_job(job)
    assert not run_due_job(job)
    assert ran == [1]

    def broken() -> int:
        raise ValueError("hỏng")

    JobState.objects.filter(job=job.name).update(next_at="2020-01-01T00:00Z")
    assert run_due_job(Job("test-job", broken, every=3600))
    state = JobState.objects.get(job=job.name)
    assert state.failures == 1
    assert "hỏng" in state.error
