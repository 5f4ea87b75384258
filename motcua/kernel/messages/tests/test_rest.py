"""The outbox, texts and notices in the JSON API: who may, and that a refusal leaves everything as it was."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.models import Account, ServiceKey
from motcua.kernel.messages.actions import queue_letter
from motcua.kernel.messages.models import Message, Notice, Template
from motcua.kernel.messages.tests.fakes import lamp_plan
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
API = "/api/v1"
TEXT = f"{API}/message-templates/lamp.mended/reporter/email/vi"
OWN = {"subject": "Đèn {code}", "body": "Xem\n{link}", "version": 0}


@pytest.fixture(autouse=True)
def plan() -> Iterator[None]:
    with lamp_plan(lambda _event: []):
        yield


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def send(client: Client, method: str, path: str, body: Any = None) -> Any:
    return getattr(client, method)(path, body, content_type="application/json")


def test_messages_are_held_and_sent_again(city: City) -> None:
    quan, message = signed_in("quan"), queue_letter("an@example.vn", "x", "x", "vi")
    assert quan.post(f"{API}/outbox/{message.pk}/hold").status_code == 204
    message.refresh_from_db()
    assert message.state == "held"
    assert quan.post(f"{API}/outbox/{message.pk}/retry").status_code == 204
    message.refresh_from_db()
    assert message.state == "created"
    assert quan.post(f"{API}/outbox/{message.pk}/retry").json()["code"] == "stale"
    Message.objects.update(state="technical_failure", retry_at=None)
    assert quan.post(f"{API}/outbox/retry").json() == {"retried": 1}
    assert quan.post(f"{API}/outbox/{message.pk + 9}/hold").status_code == 404


@pytest.mark.parametrize("what", ["{id}/hold", "{id}/retry", "retry"])
def test_only_who_watches_touches_the_outbox(city: City, what: str) -> None:
    message = queue_letter("an@example.vn", "x", "x", "vi")
    kept = Message.objects.values().get()
    for client, status in ((signed_in("minh"), 403), (Client(), 401)):
        assert client.post(f"{API}/outbox/{what.format(id=message.pk)}").status_code == status
    assert Message.objects.values().get() == kept
    assert not Event.objects.filter(name__startswith="message.").exists()


def test_a_text_is_read_changed_and_taken_back(city: City) -> None:
    quan = signed_in("quan")
    listed = [row for row in quan.get(f"{API}/message-templates").json() if row["event"] == "lamp.mended"]
    first = {name: listed[0][name] for name in ("audience", "channel", "language", "is_own", "version", "variables")}
    assert list(first.values()) == ["reporter", "email", "vi", False, 0, ["code", "link"]]
    saved = send(quan, "put", TEXT, OWN).json()
    assert (saved["subject"], saved["body"], saved["is_own"], saved["version"]) == (
        "Đèn {code}",
        "Xem\n{link}",
        True,
        1,
    )
    assert quan.get(TEXT).json() == saved
    assert send(quan, "put", TEXT, OWN).json()["code"] == "stale"
    assert quan.delete(TEXT).status_code == 204
    assert not Template.objects.exists()
    assert quan.delete(TEXT).status_code == 404


def test_a_wrong_text_and_somebody_who_may_not_change_nothing(city: City) -> None:
    wrong = send(signed_in("quan"), "put", TEXT, {**OWN, "subject": "{ten}"})
    assert (wrong.status_code, set(wrong.json()["errors"])) == (422, {"subject"})
    for client, status in ((signed_in("minh"), 403), (Client(), 401)):
        assert send(client, "put", TEXT, OWN).status_code == status
        assert client.delete(TEXT).status_code == status
        assert client.get(f"{API}/message-templates").status_code == status
    assert send(signed_in("quan"), "put", TEXT.replace("lamp.", "lamps."), OWN).status_code == 404
    assert not Template.objects.exists()
    assert not Event.objects.exists()


def notice(account_id: int | None, text: str) -> Notice:
    event_id = Notice.objects.count() + 1
    return Notice.objects.create(account_id=account_id or 0, event_id=event_id, text=text, created_at=moment.now())


def test_notices_are_ones_own(city: City) -> None:
    notice(city.minh.id, "Một")
    second, hers = notice(city.minh.id, "Hai"), notice(city.hoa.id, "Ba")
    minh = signed_in("minh")
    answer = minh.get(f"{API}/notices").json()
    assert (answer["unread"], [row["text"] for row in answer["items"]], answer["next"]) == (2, ["Hai", "Một"], None)
    assert minh.post(f"{API}/notices/{second.pk}/read").json() == {"read": 1}
    assert minh.post(f"{API}/notices/{hers.pk}/read").json() == {"read": 0}
    assert minh.post(f"{API}/notices/read").json() == {"read": 1}
    assert minh.get(f"{API}/notices").json()["unread"] == 0
    assert Notice.objects.get(read_at__isnull=True) == hers
    assert Client().post(f"{API}/notices/read").status_code == 401


def test_a_machine_does_not_read_the_notices_of_the_account_with_its_number(city: City) -> None:
    text = create_service_key("M", ["desk.enter"])
    ServiceKey.objects.update(id=city.minh.id)
    kept = notice(city.minh.id, "Riêng của Minh")
    machine = Client(headers={"Authorization": f"Bearer {text}"})
    assert machine.get(f"{API}/notices").json() == {"unread": 0, "items": [], "next": None}
    assert machine.post(f"{API}/notices/read").json() == {"read": 0}
    assert machine.post(f"{API}/notices/{kept.pk}/read").json() == {"read": 0}
    assert "Riêng của Minh" not in machine.get("/desk/thong-bao/").content.decode()
    kept.refresh_from_db()
    assert kept.read_at is None
