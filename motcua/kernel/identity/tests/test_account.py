"""A person's own account: data, contacts, who looked, download, deletion."""

import json
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from motcua.kernel.cases.kind import PartyRole
from motcua.kernel.cases.models import Case, Party
from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Access, Account, LoginCode, Person, Session
from motcua.kernel.identity.ports import code_sender
from motcua.kernel.identity.queries import (
    find_person_ids,
    masked_person,
    open_person,
    opened,
    own_person_ids,
    person_actor,
)
from motcua.kernel.identity.tasks import forget_old
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
OFFICER = Actor("officer", 7, "Lê Văn Minh")


@pytest.fixture(autouse=True)
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(code_sender, "_callee", lambda channel, address, code, language: sent.append(code))
    cache.clear()
    return sent


@pytest.fixture
def an(client: Client, codes: list[str]) -> Account:
    """Signed in with a telephone number."""
    client.post(reverse("login"), {"address": "0905 123 456"})
    client.post(reverse("login_code"), {"code": codes[-1]})
    return Account.objects.get()


def card_of(account: Account) -> tuple[str, str, str]:
    account.refresh_from_db()
    assert account.person is not None
    card = opened(account.person)
    return card.name, card.phone, card.email


def test_changing_name_and_language(client: Client, an: Account) -> None:
    client.post(reverse("account_change"), {"name": "Nguyễn Thị An", "language": "en"})
    assert card_of(an) == ("Nguyễn Thị An", "0905 123 456", "")
    assert an.language == "en"
    assert "Nguyễn" not in repr(list(Account.objects.values()))
    assert "Nguyễn Thị An" in client.get(reverse("account")).content.decode()
    assert client.post(reverse("account_change"), {"name": "An", "language": "fr"}).status_code == 422


def test_an_address_counts_once_its_code_came_back(client: Client, an: Account, codes: list[str]) -> None:
    client.post(reverse("account_add_contact"), {"address": "an@example.vn"})
    assert card_of(an)[2] == ""
    client.post(reverse("account_prove_contact"), {"code": "x"})
    assert card_of(an)[2] == ""
    client.post(reverse("account_prove_contact"), {"code": codes[-1]})
    assert card_of(an)[1:] == ("0905 123 456", "an@example.vn")
    client.post(reverse("account_remove_contact"), {"channel": "sms"})
    assert card_of(an)[1:] == ("", "an@example.vn")
    client.post(reverse("account_remove_contact"), {"channel": "email"})
    assert card_of(an)[2] == "an@example.vn", "the last way in stays"


def test_somebody_elses_number_is_not_taken_over(client: Client, an: Account, codes: list[str]) -> None:
    other = Client()
    other.post(reverse("login"), {"address": "binh@example.vn"})
    other.post(reverse("login_code"), {"code": codes[-1]})
    client.post(reverse("account_add_contact"), {"address": "binh@example.vn"})
    with moment.at(moment.now() + timedelta(minutes=2)):
        client.post(reverse("account_add_contact"), {"address": "binh@example.vn"})
        response = client.post(reverse("account_prove_contact"), {"code": codes[-1]})
    assert response.status_code == 422
    assert card_of(an)[2] == ""


def test_a_code_for_signing_in_adds_no_contact(client: Client, an: Account, codes: list[str]) -> None:
    with moment.at(moment.now() + timedelta(minutes=2)):
        client.post(reverse("account_logout"))
        client.post(reverse("login"), {"address": "0905123456"})
        client.post(reverse("login_code"), {"code": codes[-1]})
    response = client.post(reverse("account_prove_contact"), {"code": codes[-1]})
    assert response.headers["Location"] == reverse("account_add_contact")


def test_who_looked_is_told_in_plain_words(client: Client, an: Account) -> None:
    reported = actions.create_person("An", "0905123456", "")  # came with a report, before there was an account
    stranger = actions.create_person("Bình", "0905999999", "")
    open_person(reported.pk, actor=OFFICER, reason="Gọi hỏi địa chỉ", case_id=5)
    open_person(stranger.pk, actor=OFFICER, reason="Việc khác", case_id=6)
    page = client.get(reverse("account_accesses")).content.decode()
    assert "Lê Văn Minh đã xem tên và liên hệ của bạn" in page
    assert "Gọi hỏi địa chỉ" in page
    assert "Việc khác" not in page


def test_opening_a_card_is_noted_masking_is_not(an: Account) -> None:
    person = actions.create_person("Nguyễn Văn An", "0905123456", "an@example.vn")
    masked = masked_person(person)
    assert (masked.name, masked.phone, masked.email) == ("N. V. A.", "••• 456", "a•••@example.vn")
    assert not Access.objects.exists()
    assert open_person(person.pk, actor=OFFICER, reason="x", case_id=None).name == "Nguyễn Văn An"
    note = Access.objects.get()
    assert (note.actor, note.actor_name, note.action, note.person_id) == (
        "officer:7",
        "Lê Văn Minh",
        "person.reveal",
        person.pk,
    )


def test_downloading_ones_data(client: Client, an: Account) -> None:
    open_person(an.person_id or 0, actor=OFFICER, reason="Gọi hỏi", case_id=5)
    response = client.get(reverse("account_download"))
    body = json.loads(response.content)
    assert body["contact"]["phone"] == "0905 123 456"
    assert body["accesses"][0]["who"] == "Lê Văn Minh"
    assert "attachment" in response.headers["Content-Disposition"]
    assert "no-store" in response.headers["Cache-Control"]


def test_deleting_the_account_empties_the_card(client: Client, an: Account) -> None:
    person_id = an.person_id
    assert client.get(reverse("account_delete")).status_code == 200
    assert "Đã xoá tài khoản" in client.post(reverse("account_delete")).content.decode()
    assert not Account.objects.exists()
    assert not Session.objects.exists()
    person = Person.objects.get(pk=person_id or 0)
    assert person.erased_at is not None
    assert not any(getattr(person, field) for field in ("name_sealed", "phone_sealed", "phone_index", "email_index"))
    assert Event.objects.get().name == "person.deleted"
    assert client.get(reverse("account")).status_code == 302


def test_an_old_session_deletes_nothing(client: Client, an: Account) -> None:
    with moment.at(moment.now() + timedelta(hours=2)):
        assert client.get(reverse("account_delete")).status_code == 200
        assert client.get(reverse("account")).status_code == 200  # looking signs nobody out
        response = client.post(reverse("account_delete"))
    assert response.headers["Location"].startswith(reverse("login") + "?next=")
    assert Account.objects.filter(pk=an.pk).exists()
    assert not Event.objects.exists()


def test_forgetting_a_person_once(an: Account) -> None:
    person = actions.create_person("An", "0905123456", "an@example.vn", "079012345678")
    assert actions.forget_person(person.pk) is True
    assert actions.forget_person(person.pk) is False
    assert person.pk not in find_person_ids(phone="0905 123 456", email="an@example.vn")


def test_finding_a_card_in_any_spelling(an: Account) -> None:
    person = actions.create_person("An", "+84 905 123 457", "AN@Example.vn", "079012345678")
    assert find_person_ids(phone="0905.123.457") == [person.pk]
    assert find_person_ids(email="an@example.VN") == [person.pk]
    assert find_person_ids(national_id="079012345678") == [person.pk]
    assert find_person_ids(phone="0905") == []


def test_own_cards_are_those_with_a_proved_contact(an: Account) -> None:
    mine = actions.create_person("An", "0905 123 456", "somebody@example.vn")
    actions.create_person("Bình", "0905 000 000", "an@example.vn")
    assert own_person_ids(person_actor(an.pk)) == [an.person_id, mine.pk]


def test_a_card_is_not_made_from_nonsense() -> None:
    with pytest.raises(Refused) as refusal:
        actions.create_person("An", "12", "an@")
    assert set(refusal.value.fields) == {"phone", "email"}
    assert not Person.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_note_stays_when_the_transaction_does_not() -> None:
    person = actions.create_person("An", "0905123456", "")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        inside = actions.create_person("Bình", "0905999999", "")
        actions.note_access(OFFICER, "person.reveal", person_id=person.pk, reason="thử")
        actions.note_access(OFFICER, "person.reveal", person_id=inside.pk)
        transaction.set_rollback(True)
    assert Person.objects.count() == 1
    assert Access.objects.filter(reason="thử").count() == 1
    assert Access.objects.count() == 2
    actions.note_access(SYSTEM, "login.failed")
    assert Access.objects.count() == 3


def test_what_is_over_is_forgotten(client: Client, an: Account) -> None:
    rows = Session.objects.count() + LoginCode.objects.count()
    assert forget_old() == 0
    with moment.at(moment.now() + timedelta(days=31)):
        assert forget_old() == rows
    assert not Session.objects.exists()
    assert not LoginCode.objects.exists()
    assert Account.objects.filter(pk=an.pk).exists()


def test_cases_sent_with_my_number_are_mine_once_i_prove_it(client: Client, an: Account, city: City) -> None:
    def report(code: str, phone: str) -> str:
        now = moment.now()
        case = Case.objects.create(
            kind="incident", code=code, subject="Đèn đường hỏng", folded="den duong hong", state="submitted",
            unit=city.ward_one, opened_at=now, updated_at=now,
        )  # fmt: skip
        person = actions.create_person("An", phone, "")
        Party.objects.create(case=case, person=person, role=PartyRole.REPORTER, created_at=now)
        return code

    mine, other = report("PA-1", "0905 123 456"), report("PA-2", "0905 000 000")
    page = client.get(reverse("account")).content.decode()
    assert mine in page
    assert other not in page
    body = json.loads(client.get(reverse("account_download")).content)
    assert [case["code"] for case in body["cases"]] == [mine]
