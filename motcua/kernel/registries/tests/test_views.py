"""The pages of registries, consents and rights over HTTP, for every role."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access, Account
from motcua.kernel.messages.actions import plan_messages
from motcua.kernel.messages.models import Message
from motcua.kernel.registries.actions import give_consent, look_up, make_request
from motcua.kernel.registries.kind import RequestKind
from motcua.kernel.registries.models import Consent, DataRequest, LookUp, RegistryRecord
from motcua.kernel.registries.ports import register_source
from motcua.kernel.registries.tests.conftest import AN_ID, BINH_ID
from motcua.kernel.registries.tests.fakes import FakeSource
from motcua.lib import moment
from motcua.testing.city import MONDAY, City, add_officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("records")]
ANONYMOUS = "anonymous"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def guard(city: City) -> Actor:
    """Answers for the province's data."""
    return add_officer("bao", "Ngô Thị Bảo", city.province, "privacy")


OFFICIALS = ("clerk", "officer", "administrator", "operator", "privacy", "privacy below")
MANAGERS = {ANONYMOUS: 302, "administrator": 200}
WORKERS = {ANONYMOUS: 302, "clerk": 200, "officer": 200}
PEOPLE = {ANONYMOUS: 302, "owner": 200, "other": 200, **dict.fromkeys(OFFICIALS, 404)}
TABLE: dict[str, tuple[str, str, dict[str, int]]] = {
    # name: (method, what its address names, {role: status}); what is not named is 403
    "my_data": ("get", "", PEOPLE),
    "consents": ("get", "", PEOPLE),
    "datarequest_ask": ("get", "", PEOPLE),
    "consent_withdraw": ("post", "consent", {ANONYMOUS: 401, "owner": 302, "other": 404}),
    "datarequests": ("get", "", {ANONYMOUS: 302, "privacy": 200}),
    "datarequest": ("get", "request", {ANONYMOUS: 302, "privacy": 200}),
    "registries": ("get", "", WORKERS),
    "registry_look_up": ("get", "population", WORKERS),
    "registries_manage": ("get", "", MANAGERS),
    "registry_sources": ("get", "", MANAGERS),
    "registry_log": ("get", "", MANAGERS),
    "registry": ("get", "population", MANAGERS),
    "registry_record_add": ("get", "population", MANAGERS),
    "registry_record": ("get", "record", MANAGERS),
    "registry_record_remove": ("post", "record", {ANONYMOUS: 401, "administrator": 302}),
    "registry_source_check": ("post", "population", {ANONYMOUS: 401, "administrator": 200}),
}


@pytest.mark.parametrize("role", [ANONYMOUS, "owner", "other", *OFFICIALS])
@pytest.mark.parametrize("name", TABLE)
def test_every_address_for_every_role(city: City, an: Actor, binh: Actor, clerk: Actor, name: str, role: str) -> None:
    names: dict[str, list[int | str]] = {
        "": [],
        "population": ["population"],
        "record": [RegistryRecord.objects.filter(registry="population").earliest("pk").pk],
        "consent": [give_consent("prefill", "population", actor=an)],
        "request": [make_request(RequestKind.VIEW, "Điều riêng tư", actor=an)],
    }
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure", reason="Việc riêng của An")
    below = add_officer("chau", "Ngô Châu", city.ward_one, "privacy")
    actors = {
        "owner": an, "other": binh, "clerk": clerk, "officer": city.tam, "administrator": city.quan,
        "operator": city.lan, "privacy": guard(city), "privacy below": below,
    }  # fmt: skip
    client = Client() if role == ANONYMOUS else signed_in(actors[role])
    method, what, allowed = TABLE[name]
    response = getattr(client, method)(reverse(name, args=names[what]))
    refused = 401 if name == "consent_withdraw" else 403  # officials are asked to come as a person
    assert response.status_code == allowed.get(role, refused)
    text = response.content.decode()
    if role in (ANONYMOUS, "other", "clerk", "officer"):
        for secret in (AN_ID, "Mẫu An", "Điều riêng tư", "Việc riêng của An"):
            assert secret not in text
    assert Consent.objects.filter(withdrawn_at__isnull=False).exists() == (
        name == "consent_withdraw" and role == "owner"
    )
    assert RegistryRecord.objects.filter(registry="population").count() == 2 - (
        name == "registry_record_remove" and role == "administrator"
    )


@pytest.mark.parametrize(
    ("name", "role"),
    [("registry", "administrator"), ("registry_log", "administrator"), ("access_log", "administrator"),
     ("notices", "administrator"), ("account_accesses", "owner")],
)  # fmt: skip
def test_a_number_that_nobody_counts_to_asks_for_the_first_page(city: City, an: Actor, name: str, role: str) -> None:
    """Python reads no number of more than 4300 digits, PostgreSQL no NUL."""
    client = signed_in(an if role == "owner" else city.quan)
    url = reverse(name, args=["population"] if name == "registry" else [])
    assert client.get(url, {"before": "9" * 5000, "ai": "\0"}).status_code == 200


def test_looking_something_up_at_the_desk(clerk: Actor, an: Actor) -> None:
    client = signed_in(clerk)
    address = reverse("registry_look_up", args=["population"])
    assert client.post(address, {"national_id": "123", "purpose": "procedure", "reason": "HS-1"}).status_code == 422
    assert client.post(address, {"national_id": AN_ID, "purpose": "procedure", "reason": ""}).status_code == 422
    assert client.post(address, {"national_id": AN_ID, "purpose": "prefill", "reason": "x"}).status_code == 422
    assert not LookUp.objects.exists()
    page = client.post(address, {"national_id": AN_ID, "purpose": "procedure", "reason": "HS-1"}).content.decode()
    assert "Số 1 đường Thử, Phường Một" in page
    seen = signed_in(an).get(reverse("my_data")).content.decode()
    assert "Phạm Thị Hoa đã xem dữ liệu “Dân cư”" in seen
    assert "HS-1" in seen
    source = FakeSource("population")
    source.error = "down"
    register_source(source)
    page = client.post(address, {"national_id": AN_ID, "purpose": "procedure", "reason": "HS-1"}).content.decode()
    assert "Hệ thống dữ liệu không trả lời" in page


def test_a_file_with_mistakes_is_told_line_by_line(city: City) -> None:
    client = signed_in(city.quan)
    address, before = reverse("registry", args=["vehicles"]), RegistryRecord.objects.count()
    text = "plate,owner_name\n49A11111,A\n,B\n49A22222,\n"
    wrong = client.post(address, {"file": SimpleUploadedFile("a.csv", text.encode())})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "Dòng 3: plate: không được để trống" in page
    assert "Dòng 4: owner_name: không được để trống" in page
    assert RegistryRecord.objects.count() == before
    good = text.replace("\n,B", "\n49A33333,B").replace("49A22222,", "49A22222,C")
    assert client.post(address, {"file": SimpleUploadedFile("a.csv", good.encode())}).status_code == 302
    assert RegistryRecord.objects.count() == before + 3
    assert client.post(address, {}).status_code == 422


def test_a_record_by_hand_at_the_desk(city: City) -> None:
    client = signed_in(city.quan)
    add = reverse("registry_record_add", args=["vehicles"])
    assert client.post(add, {"plate": "49A", "owner_name": "A"}).status_code == 422
    assert client.post(add, {"plate": "49A-777.77", "owner_name": "A"}).status_code == 302
    number = RegistryRecord.objects.latest("pk").pk
    address = reverse("registry_record", args=[number])
    assert "49A77777" in client.get(address).content.decode()
    assert client.post(address, {"plate": "49A-777.77", "owner_name": "B"}).status_code == 302
    assert LookUp.objects.filter(actor=city.quan.key).count() == 2, "each opening is noted"


def test_the_page_of_sources(city: City, clerk: Actor) -> None:
    source = FakeSource("population")
    source.error = "HTTP 503"
    register_source(source)
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
    client = signed_in(city.quan)
    page = client.get(reverse("registry_sources")).content.decode()
    assert "HTTP 503" in page
    assert "Không trả lời" in page
    checked = client.post(reverse("registry_source_check", args=["land"])).content.decode()
    assert "Trả lời tốt" in checked
    assert client.post(reverse("registry_source_check", args=["nothing"])).status_code == 404


def test_consents_are_not_ticked_and_can_be_withdrawn(an: Actor) -> None:
    client = signed_in(an)
    page = client.get(reverse("consents")).content.decode()
    assert "checked" not in page
    client.post(reverse("consents"), {"dong-y": ["prefill:population", "procedure:land", "prefill:nothing"]})
    consent = Consent.objects.get()
    assert (consent.purpose, consent.registry, consent.person_id) == ("prefill", "population", an.person_id)
    assert consent.words in client.get(reverse("my_data")).content.decode().replace("&quot;", '"')
    client.post(reverse("consent_withdraw", args=[consent.pk]))
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None
    assert list(Event.objects.filter(name__startswith="consent.").order_by("id").values_list("name", flat=True)) == [
        "consent.given", "consent.withdrawn",
    ]  # fmt: skip


def test_a_request_from_asking_to_the_answer(city: City, an: Actor) -> None:
    client, desk = signed_in(an), signed_in(guard(city))
    with moment.at(MONDAY):
        assert client.post(reverse("datarequest_ask"), {"kind": "correct", "text": " "}).status_code == 422
        client.post(reverse("datarequest_ask"), {"kind": "correct", "text": "Sai năm sinh của tôi"})
        row = DataRequest.objects.get()
        assert row.answer_due_at - MONDAY == timedelta(days=2), "two working days"
        assert (row.due_at.date() - MONDAY.date()).days == 10
        address = reverse("datarequest", args=[row.pk])
        assert "N. T. M. A." in desk.get(reverse("datarequests")).content.decode()
        assert "Nguyễn" not in desk.get(reverse("datarequests")).content.decode()
        assert "Sai năm sinh của tôi" in desk.get(address).content.decode()
        assert Access.objects.filter(action="person.reveal", person_id=an.person_id or 0).exists()
        desk.post(address, {"receive": "1"})
        assert desk.post(address, {"extend": "1"}).status_code == 422
        desk.post(address, {"extend": "1", "answer": "Phải hỏi cơ quan khác"})
        assert desk.post(address, {"extend": "1", "answer": "Lần nữa"}).status_code == 422
        assert desk.post(address, {"close": "1"}).status_code == 422
        desk.post(address, {"close": "1", "answer": "Đã sửa"})
        assert desk.post(address, {"close": "1", "answer": "Lần nữa"}).status_code == 422
    row.refresh_from_db()
    assert (row.state, row.officer_name) == ("done", "Ngô Thị Bảo")
    assert (row.due_at.date() - MONDAY.date()).days == 20
    assert "Đã sửa" in client.get(reverse("my_data")).content.decode()
    with moment.at(MONDAY):
        plan_messages(list(Event.objects.filter(name__startswith="datarequest.")))
    assert Message.objects.count() == 3
    stored = repr(list(DataRequest.objects.values())) + repr(list(Event.objects.values()))
    assert "Sai năm sinh" not in stored
    assert "Đã sửa" not in stored


def test_a_late_request_is_seen_as_late(city: City, an: Actor) -> None:
    with moment.at(MONDAY):
        make_request(RequestKind.DELETE, "Xóa", actor=an)
    with moment.at(MONDAY + timedelta(days=3)):
        assert "Trễ" in signed_in(guard(city)).get(reverse("datarequests")).content.decode()


def test_the_download_has_look_ups_and_consents(an: Actor, clerk: Actor) -> None:
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
    give_consent("prefill", "land", actor=an)
    data: Any = signed_in(an).get(reverse("account_download")).json()
    assert len(data["look_ups"]) == len(data["consents"]) == 1
    assert data["identity"]["national_id"] == AN_ID
    assert BINH_ID not in repr(data)


def test_no_personal_number_comes_into_sessions_or_logs(
    clerk: Actor, an: Actor, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(clerk)
    client.post(
        reverse("registry_look_up", args=["population"]), {"national_id": AN_ID, "purpose": "procedure", "reason": "x"}
    )
    assert AN_ID not in caplog.text
    assert AN_ID not in repr(dict(client.session))
