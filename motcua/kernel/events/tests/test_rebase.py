"""Tables restored into another PostgreSQL, whose transaction numbers are smaller: no reader misses anything."""

from collections.abc import Sequence

import pytest
from django.core.management import call_command
from django.db import connection

from motcua.kernel.events.actions import read_on, rebase, record
from motcua.kernel.events.kind import Reader
from motcua.kernel.events.models import Cursor, Event
from motcua.kernel.events.queries import verify
from motcua.kernel.identity.kind import SYSTEM

pytestmark = pytest.mark.django_db
AHEAD = 5_000_000_000  # more than 32 bits


class Listening:
    """A reader of its own, with what it heard."""

    def __init__(self) -> None:
        self.heard: list[int] = []
        self.reader = Reader("test-listening", self._hear)

    def _hear(self, events: Sequence[Event]) -> None:
        self.heard += [event.id for event in events]

    def catch_up(self) -> None:
        while read_on(self.reader):
            pass


def happen(name: str = "x") -> int:
    return record("reader.retried", actor=SYSTEM, data={"reader": name}).id


def as_if_restored() -> None:
    """The events and cursors of a server that had counted further than this one."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE elsewhere ON COMMIT DROP AS SELECT * FROM events_event")
        cursor.execute("UPDATE elsewhere SET xid = (xid::text::bigint + %s)::text::xid8", [AHEAD])
        cursor.execute("TRUNCATE events_event")
        cursor.execute("INSERT INTO events_event SELECT * FROM elsewhere")
        cursor.execute("DROP TABLE elsewhere")
    for place in Cursor.objects.all():
        place.xid += AHEAD
        place.save()


def test_nothing_to_do_where_the_events_were_recorded() -> None:
    happen()
    assert not rebase()
    listening = Listening()
    later = happen()
    listening.catch_up()
    assert listening.heard[-1] == later


def test_without_it_new_events_would_be_missed() -> None:
    happen()
    listening = Listening()
    listening.catch_up()
    as_if_restored()
    new = happen()
    listening.catch_up()
    assert new not in listening.heard


def test_after_a_restore_readers_hear_the_rest_then_what_is_new() -> None:
    listening = Listening()
    before = [happen(), happen()]
    listening.catch_up()
    unread = happen()
    as_if_restored()
    assert rebase()
    new = happen()
    listening.catch_up()
    assert listening.heard == [*before, unread, new]
    assert not rebase()
    assert list(verify()) == []


def test_a_second_restore_goes_on_too() -> None:
    listening = Listening()
    happen()
    for _turn in range(2):
        listening.catch_up()
        as_if_restored()
        assert rebase()
        new = happen()
        listening.catch_up()
        assert listening.heard[-1] == new


def test_the_command_says_whether_it_was_needed(capsys: pytest.CaptureFixture[str]) -> None:
    happen()
    call_command("readers", "rebase")
    assert "không cần gì" in capsys.readouterr().out
    as_if_restored()
    call_command("readers", "rebase")
    assert "PostgreSQL khác" in capsys.readouterr().out
    call_command("readers")
    assert "messages" in capsys.readouterr().out
