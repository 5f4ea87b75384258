"""Where a stream begins."""

import pytest
from django.db import connection

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.web.queries import newest_place

pytestmark = pytest.mark.django_db


def test_a_stream_begins_after_the_newest_event_however_many_digits_its_number_has() -> None:
    for number in (9, 100, 20):
        event = record("reader.retried", actor=SYSTEM, data={"reader": str(number)})
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_event DISABLE TRIGGER events_append_only")
            cursor.execute("UPDATE events_event SET xid = %s::text::xid8 WHERE id = %s", [str(number), event.id])
            cursor.execute("ALTER TABLE events_event ENABLE TRIGGER events_append_only")
    assert newest_place()[0] == 100
