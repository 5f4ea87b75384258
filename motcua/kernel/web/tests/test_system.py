import pytest
from django.test import Client

from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import READERS, Reader
from motcua.kernel.events.models import Cursor
from motcua.kernel.identity.models import Account
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
