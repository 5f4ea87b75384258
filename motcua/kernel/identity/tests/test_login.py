"""People sign in with a code."""

import logging
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from motcua.kernel.identity import actions
from motcua.kernel.identity.actions.codes import CODES_PER_ADDRESS, CODES_PER_NETWORK, TRIES, VALID_FOR
from motcua.kernel.identity.models import Account, LoginCode, Person, Session
from motcua.kernel.identity.ports import code_sender
from motcua.kernel.identity.queries import opened, sealer
from motcua.lib import moment
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db
ADDRESS, PHONE = "An.Nguyen@Example.vn", "0905 123 456"


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, str]]:
    sent: list[tuple[str, str, str, str]] = []
    monkeypatch.setattr(
        code_sender, "_callee", lambda channel, address, code, language: sent.append((channel, address, code, language))
    )
    cache.clear()
    return sent


Outbox = list[tuple[str, str, str, str]]


def sign_in(client: Client, outbox: Outbox, address: str = ADDRESS) -> None:
    client.post(reverse("login"), {"address": address})
    response = client.post(reverse("login_code"), {"code": outbox[-1][2]})
    assert response.status_code == 302, response.content.decode()


def test_signing_in_with_an_address_makes_an_account(client: Client, outbox: Outbox) -> None:
    response = client.post(reverse("login"), {"address": ADDRESS, "next": "/theo-doi/"})
    assert response.headers["Location"] == reverse("login_code")
    [(channel, address, code, language)] = outbox
    assert (channel, address, language) == ("email", "an.nguyen@example.vn", "vi")
    assert len(code) == 6

    response = client.post(reverse("login_code"), {"code": f"{code[:3]} {code[3:]}"})
    assert response.headers["Location"] == "/theo-doi/"
    account = Account.objects.get()
    assert account.kind == "person"
    assert account.person is not None
    assert opened(account.person).email == "an.nguyen@example.vn"
    assert Session.objects.get(account=account).signed_in_at is not None


def test_signing_in_again_finds_the_same_account(client: Client, outbox: Outbox) -> None:
    sign_in(client, outbox, PHONE)
    client.post(reverse("account_logout"))
    with moment.at(moment.now() + timedelta(minutes=2)):
        sign_in(Client(), outbox, "+84 905.123.456")
    assert Account.objects.count() == 1
    assert [sent[:2] for sent in outbox] == [("sms", "+84905123456")] * 2


def test_nothing_personal_is_readable_in_the_database(client: Client, outbox: Outbox) -> None:
    client.post(reverse("login"), {"address": ADDRESS})
    in_session = Session.objects.get().get_decoded()
    sign_in(Client(), outbox, PHONE)
    rows = [*Person.objects.values(), *Account.objects.values(), *LoginCode.objects.values(), in_session]
    rows += [session.get_decoded() for session in Session.objects.all()]
    text = repr([{key: bytes(v) if isinstance(v, memoryview) else v for key, v in row.items()} for row in rows]).lower()
    for secret in ("an.nguyen", "905123456", "905 123", *(sent[2] for sent in outbox)):
        assert secret not in text


@pytest.mark.parametrize("address", ["", "an", "0905", "an@", "12", "+1 202 555 0100"])
def test_an_address_that_is_none_is_refused(client: Client, outbox: Outbox, address: str) -> None:
    response = client.post(reverse("login"), {"address": address})
    assert response.status_code == 422
    assert not outbox
    assert not LoginCode.objects.exists()


def test_a_wrong_code_counts_and_the_fifth_ends_it(client: Client, outbox: Outbox) -> None:
    client.post(reverse("login"), {"address": ADDRESS})
    right = outbox[0][2]
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for left in range(TRIES - 1, 0, -1):
        assert f"còn {left} lần" in client.post(reverse("login_code"), {"code": wrong}).content.decode()
    assert "không còn dùng được" in client.post(reverse("login_code"), {"code": wrong}).content.decode()
    assert client.post(reverse("login_code"), {"code": right}).status_code == 422
    assert not Account.objects.exists()


def test_a_code_works_once_and_for_ten_minutes(client: Client, outbox: Outbox) -> None:
    contact = actions.read_contact(ADDRESS)
    actions.send_login_code(contact, network="192.0.2.1", language="vi")
    with moment.at(moment.now() + VALID_FOR + timedelta(seconds=1)), pytest.raises(Refused):
        actions.spend_code(contact, outbox[0][2])
    actions.spend_code(contact, outbox[0][2])
    with pytest.raises(Refused):
        actions.spend_code(contact, outbox[0][2])


def test_a_new_code_ends_the_one_before(outbox: Outbox) -> None:
    contact, now = actions.read_contact(ADDRESS), moment.now()
    actions.send_login_code(contact, network="192.0.2.1", language="vi")
    with pytest.raises(Refused) as soon:
        actions.send_login_code(contact, network="192.0.2.1", language="vi")
    assert soon.value.code == "too_many"
    with moment.at(now + timedelta(seconds=61)):
        actions.send_login_code(contact, network="192.0.2.1", language="vi")
        if outbox[0][2] != outbox[1][2]:
            with pytest.raises(Refused):
                actions.spend_code(contact, outbox[0][2])
        actions.spend_code(contact, outbox[1][2])


def test_codes_to_one_address_are_few(outbox: Outbox) -> None:
    contact, now = actions.read_contact(ADDRESS), moment.now()
    for minute in range(CODES_PER_ADDRESS):
        with moment.at(now + timedelta(minutes=2 * minute)):
            actions.send_login_code(contact, network=f"192.0.2.{minute}", language="vi")
    with moment.at(now + timedelta(minutes=20)), pytest.raises(Refused) as refusal:
        actions.send_login_code(contact, network="192.0.2.99", language="vi")
    assert refusal.value.code == "too_many"
    assert len(outbox) == CODES_PER_ADDRESS
    with moment.at(now + timedelta(minutes=70)):
        actions.send_login_code(contact, network="192.0.2.99", language="vi")


@pytest.mark.parametrize("networks", [["192.0.2.7"], [f"2001:db8:0:7::{n:x}" for n in range(1, 40)]])
def test_codes_from_one_network_are_few(outbox: Outbox, networks: list[str]) -> None:
    for number in range(CODES_PER_NETWORK):
        contact = actions.read_contact(f"person{number}@example.vn")
        actions.send_login_code(contact, network=networks[number % len(networks)], language="vi")
    with pytest.raises(Refused):
        actions.send_login_code(actions.read_contact(ADDRESS), network=networks[-1], language="vi")
    actions.send_login_code(actions.read_contact(ADDRESS), network="198.51.100.1", language="vi")


def test_the_answer_is_the_same_whether_or_not_somebody_has_an_account(client: Client, outbox: Outbox) -> None:
    sign_in(client, outbox)
    with moment.at(moment.now() + timedelta(minutes=2)):
        known = Client().post(reverse("login"), {"address": ADDRESS})
        unknown = Client().post(reverse("login"), {"address": "nobody@example.vn"})
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    assert len(outbox) == 3


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_signing_in_leads_only_to_our_pages(client: Client, outbox: Outbox, target: str) -> None:
    client.post(reverse("login"), {"address": ADDRESS, "next": target})
    response = client.post(reverse("login_code"), {"code": outbox[0][2]})
    assert response.headers["Location"] == reverse("account")


def test_a_locked_account_stays_out(client: Client, outbox: Outbox) -> None:
    sign_in(client, outbox)
    Account.objects.update(is_active=False)
    assert client.get(reverse("account")).status_code == 302
    with moment.at(moment.now() + timedelta(minutes=2)):
        other = Client()
        other.post(reverse("login"), {"address": ADDRESS})
        response = other.post(reverse("login_code"), {"code": outbox[-1][2]})
    assert response.status_code == 422
    assert "đã bị khoá" in response.content.decode()


def test_resending(client: Client, outbox: Outbox) -> None:
    client.post(reverse("login"), {"address": ADDRESS})
    assert client.post(reverse("login_resend")).status_code == 429
    with moment.at(moment.now() + timedelta(seconds=61)):
        assert "Mã mới đã được gửi" in client.post(reverse("login_resend")).content.decode()
    assert len(outbox) == 2


def test_the_remembered_address_is_sealed_in_the_session(client: Client) -> None:
    client.post(reverse("login"), {"address": ADDRESS})
    sealed = client.session["login_contact"]
    assert sealer().open(sealed.encode()) == "email an.nguyen@example.vn"


def test_nothing_personal_is_written_to_the_log(
    client: Client, outbox: Outbox, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.post(reverse("login"), {"address": ADDRESS})
        client.post(reverse("login_code"), {"code": "000000"})
        client.post(reverse("login_code"), {"code": outbox[0][2]})
        Client().post(reverse("account_login"), {"login": ADDRESS, "password": "a password in the wrong place"})
    for secret in ("an.nguyen", outbox[0][2], "a password"):
        assert secret not in caplog.text.lower()


@pytest.mark.django_db(transaction=True)
def test_codes_asked_for_at_the_same_moment_are_counted(outbox: Outbox) -> None:
    """Whoever asks six times at once gets one: the address, or the network, counts before the next is sent."""
    ready, refused = threading.Barrier(6), Counter[str]()
    contacts = [*[actions.read_contact(PHONE)] * 3, *[actions.read_contact(ADDRESS)] * 3]

    def ask(contact: actions.Contact) -> None:
        ready.wait(10)
        try:
            actions.send_login_code(contact, network="203.0.113.7", language="vi")
        except Refused as said:
            refused[said.code] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=(contact,)) for contact in contacts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(channel for channel, *_rest in outbox) == ["email", "sms"]
    assert (LoginCode.objects.count(), refused) == (2, {"too_many": 4})
