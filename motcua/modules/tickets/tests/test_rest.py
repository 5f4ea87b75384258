"""Queue numbers for programs: waiting, taking, following; and the clerk's counter, closed to others."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.kind import State
from motcua.modules.tickets.models import Counter, Reminder, Ticket
from motcua.modules.tickets.queries.links import token_of
from motcua.modules.tickets.tests.conftest import Hall, Measure, take
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.usefixtures("monday")
API = "/api/v1"
POINT = f"{API}/service-points/24778-hanh-chinh-cong"


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert actor.id is not None
    client.force_login(Account.objects.get(pk=actor.id))
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(path, body, content_type="application/json")


def test_where_and_how_long(hall: Hall, client: Client, measure: Measure) -> None:
    measure(10)
    for _ in range(4):
        take(hall.civil)
    codes = [row["code"] for row in client.get(f"{API}/service-points", {"words": "mot"}).json()]
    assert codes == [hall.code]
    page = client.get(POINT).json()
    civil, land = page["lines"]
    assert (page["is_open"], civil["letter"], civil["waiting"], civil["fields"]) == (True, "A", 4, ["ho-tich"])
    assert civil["wait"]["expected"]["low"] == 20
    assert land["wait"]["reason"] == "no_data"
    assert civil["times"][0].startswith("2026-")
    assert client.get(f"{API}/service-points/none").status_code == 404


def test_take_follow_cancel(hall: Hall, client: Client) -> None:
    made = post(client, f"{POINT}/tickets", line="A")
    assert made.status_code == 201
    ticket = made.json()
    assert (ticket["number"], ticket["state"], ticket["wait"]["ahead"]) == ("A001", "waiting", 0)
    mine = f"{API}/tickets/{ticket['token']}"
    calling.open_counter(hall.first.pk, actor=hall.nga)
    calling.call_next(actor=hall.nga)
    assert (client.get(mine).json()["state"], client.get(mine).json()["counter"]) == ("called", 1)
    assert [call["number"] for call in client.get(POINT).json()["calls"]] == ["A001"]
    refused = post(client, f"{mine}/cancel")
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    other = post(client, f"{POINT}/tickets", line="A", at=(MONDAY + timedelta(days=1)).isoformat()).json()
    assert other["at"] is not None
    assert post(client, f"{API}/tickets/{other['token']}/reminder", address="0905 123 456").status_code == 204
    assert post(client, f"{API}/tickets/{other['token']}/reminder", address="x").status_code == 422
    assert Reminder.objects.count() == 1
    assert post(client, f"{API}/tickets/{other['token']}/cancel").json()["state"] == "cancelled"
    for wrong in ("1", "1:x", ticket["token"][:-1]):
        assert client.get(f"{API}/tickets/{wrong}").status_code == 404


@pytest.mark.parametrize("body", [{}, {"line": "Z"}, {"line": "AB"}, {"line": "A", "at": "2026-01-01T00:00:00Z"}])
def test_what_cannot_be_taken_leaves_nothing(hall: Hall, client: Client, body: dict[str, str]) -> None:
    assert post(client, f"{POINT}/tickets", **body).status_code in (404, 409, 422)
    assert not Ticket.objects.exists()


def test_one_address_takes_only_so_many(hall: Hall, limits: None) -> None:
    codes = [post(Client(), f"{POINT}/tickets", line="A").status_code for _ in range(31)]
    assert codes == [201] * 30 + [429]


def test_a_clerk_calls(hall: Hall) -> None:
    client = signed_in(hall.nga)
    first, second = take(hall.civil), take(hall.civil)
    assert client.get(f"{API}/counter").json()["code"] == "no_counter"
    (one, _two) = client.get(f"{API}/counters").json()
    assert post(client, f"{API}/counters/{one['id']}/open").json()["waiting"] == 2
    assert post(client, f"{API}/counter/call").json()["current"]["number"] == first.label
    at = f"{API}/counter/tickets"
    assert post(client, f"{at}/{first.pk}/skip").json()["skipped"][0]["number"] == "A001"
    assert post(client, f"{at}/{first.pk}/recall").json()["current"]["calls"] == 2
    assert post(client, f"{at}/{first.pk}/serve").json()["current"]["state"] == "serving"
    assert post(client, f"{at}/{first.pk}/finish").json()["done_today"] == 1
    post(client, f"{API}/counter/call")
    assert post(client, f"{at}/{second.pk}/transfer", line="B").json()["current"] is None
    assert client.get(f"{API}/tickets/{token_of(second.pk)}").json()["line"] == "B"
    assert post(client, f"{at}/{second.pk}/skip").status_code == 409
    assert post(client, f"{at}/{second.pk}/eat").status_code == 422
    assert post(client, f"{API}/counter/leave").status_code == 204
    assert not Counter.objects.filter(officer__isnull=False).exists()


def test_the_counter_is_closed_to_others(hall: Hall, client: Client) -> None:
    calling.open_counter(hall.first.pk, actor=hall.nga)
    ticket = take(hall.civil)
    calling.call_next(actor=hall.nga)
    paths = [
        *(f"counter/tickets/{ticket.pk}/{doing}" for doing in ("skip", "recall", "serve", "finish")),
        f"counters/{hall.second.pk}/open",
        "counter/call",
    ]
    for path in paths:
        assert post(client, f"{API}/{path}").status_code == 401
        assert post(signed_in(hall.minh), f"{API}/{path}").status_code == 403
        assert post(signed_in(hall.dung), f"{API}/{path}").status_code in (404, 409)
    assert post(signed_in(hall.dung), f"{API}/counter/tickets/{ticket.pk}/transfer", line="B").status_code == 409
    ticket.refresh_from_db()
    assert ticket.state == State.CALLED
    assert Counter.objects.filter(officer__isnull=False).count() == 1
