import pytest
from django.test import Client

from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import JOBS, READERS, Reader
from motcua.kernel.events.models import Cursor, JobState
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


def test_a_failing_reader_is_shown_with_its_reason_and_can_be_tried_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    from motcua.kernel.events.actions import record
    from motcua.kernel.identity.kind import SYSTEM

    def broken(events: object) -> None:
        raise ValueError("không ghi được")

    reader = Reader("test-broken", broken)
    monkeypatch.setitem(READERS, reader.name, reader)
    record("reader.retried", actor=SYSTEM, data={"reader": "x"})
    assert read_on(reader) == 0
    client = Client()
    client.force_login(Account.objects.get(login="quan"))
    page = client.get("/desk/quan-tri/he-thong/").content.decode()
    assert "không ghi được" in page
    client.post("/desk/quan-tri/he-thong/test-broken/thu-lai/")
    assert Cursor.objects.get(reader="test-broken").retry_at is None


def test_only_who_watches_the_system_may(city: City) -> None:
    client = Client()
    client.force_login(Account.objects.get(login="minh"))
    assert client.get("/desk/quan-tri/he-thong/").status_code in (403, 404)


def test_the_page_says_in_words_what_runs(city: City) -> None:
    client = Client()
    client.force_login(Account.objects.get(login="quan"))
    for known in (READERS, JOBS):
        assert [name for name, one in known.items() if not one.title] == []
    for job in JOBS:
        JobState.objects.create(job=job, next_at=moment.now(), did=3)
    page = client.get("/desk/quan-tri/he-thong/").content.decode()
    for name in (*READERS, *JOBS):
        assert f"<b>{name}</b>" not in page, name
