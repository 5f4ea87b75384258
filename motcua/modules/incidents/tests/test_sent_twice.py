"""The same report on its way twice, as phones send on a bad line: one report, and both are told the same."""

import re
import threading
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.kernel.files.actions import store_file
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.models import Person
from motcua.modules.incidents.actions import submitting
from motcua.modules.incidents.models import Submission
from motcua.modules.incidents.rest import public as rest
from motcua.modules.incidents.tests.open311_client import GRANTS, sent
from motcua.modules.incidents.views.portal import reporting
from motcua.testing.at_once import at_once
from motcua.testing.city import LAMP_AT, City

KEY = "k" * 24
LAMP = {
    "text": "Đèn đường tắt ba đêm rồi",
    "category": "street-lighting",
    "lat": LAMP_AT[0],
    "lon": LAMP_AT[1],
    "phone": "0905 123 456",
}
Said = tuple[str, str]  # the code, and the private link that it came with
Send = Callable[..., Said]


def photo() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")


def staged() -> str:
    """Token of a photo that went ahead."""
    return store_file(photo(), actor=ANONYMOUS, source="127.0.0.1").token


def by_form(token: str = "", key: str = KEY) -> Said:
    form: dict[str, Any] = {**LAMP, "key": key, **({"file": token} if token else {})}
    client = Client(headers={"Accept": "application/json"})
    answer = client.post("/phan-anh/gui/", form)
    assert answer.status_code == 200, answer.json()
    link = re.search(r"/p/([\w.:-]+)/", client.get(answer.json()["url"]).text)
    assert link is not None
    return answer.json()["code"], link[1]


def by_json(token: str = "", key: str = KEY) -> Said:
    body = {**LAMP, "files": [token] if token else []}
    answer = Client().post("/api/v1/incidents", body, content_type="application/json", headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.json()
    return answer.json()["code"], answer.json()["token"]


def expect_one_report(answers: list[Any], photos: int) -> None:
    assert len(answers) == 2
    assert len(set(answers)) == 1, answers
    case = Case.objects.get()
    assert case.code in str(answers[0])
    assert (Party.objects.count(), Person.objects.count(), Submission.objects.count()) == (1, 1, 1)
    assert list(Event.objects.filter(case_id__isnull=False).order_by("id").values_list("name", flat=True)) == [
        "incident.submitted",
        "incident.routed",
    ]
    assert CaseFile.objects.count() == photos
    assert not list(verify(case.id))


@pytest.fixture
def both_have_looked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finds that nothing was sent before, and only then does either write: the database must tell them apart."""
    looked, real, ready = threading.local(), submitting._before, threading.Barrier(2)

    def look(key: str) -> submitting.Submitted | None:
        found = real(key)
        if not hasattr(looked, "once"):
            looked.once = True
            assert found is None
            ready.wait(30)
        return found

    monkeypatch.setattr(submitting, "_before", look)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("photos", [0, 1])
@pytest.mark.parametrize("send", [by_form, by_json])
def test_two_at_the_same_moment_make_one(city: City, both_have_looked: None, send: Send, photos: int) -> None:
    token = staged() if photos else ""
    expect_one_report(at_once(lambda: send(token), lambda: send(token)), photos)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("photos", [0, 1])
def test_two_requests_of_one_client_of_open311_make_one(city: City, both_have_looked: None, photos: int) -> None:
    key = create_service_key("App", GRANTS)

    def send() -> str:
        answer = sent(Client(), key, headers={"Idempotency-Key": "7d0b"}, media=[photo()] if photos else [])
        assert answer.status_code == 200, answer.content.decode()
        return str(answer.json())

    expect_one_report(at_once(send, send), photos)


@pytest.mark.django_db
@pytest.mark.parametrize("send", [by_form, by_json])
def test_one_that_was_taken_in_meanwhile_has_taken_the_photos(
    city: City, monkeypatch: pytest.MonkeyPatch, send: Send
) -> None:
    """The twin is wholly done between the look at the key and the look at the photos."""
    token, twin = staged(), []
    place, name = (reporting, "received_photos") if send is by_form else (rest, "file_ids")
    real = getattr(place, name)

    def overtaken(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(place, name, real)
        twin.append(send(token))
        return real(*args, **options)

    monkeypatch.setattr(place, name, overtaken)
    expect_one_report([send(token), *twin], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("send", [by_form, by_json])
def test_one_after_the_other_with_a_photo_make_one(city: City, send: Send) -> None:
    token = staged()
    expect_one_report([send(token), send(token)], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("send", [by_form, by_json])
def test_another_key_does_not_get_the_photo_of_the_first(city: City, send: Send) -> None:
    token = staged()
    code, _link = send(token)
    before = Event.objects.count()
    with pytest.raises(AssertionError, match=r"422 == 200|409 == 201"):
        send(token, key="l" * 24)
    assert [case.code for case in Case.objects.all()] == [code]
    assert Event.objects.count() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("send", [by_form, by_json])
def test_two_others_at_the_same_moment_do_not_share_a_photo(city: City, both_have_looked: None, send: Send) -> None:
    """Who comes second is refused, and leaves nothing behind."""
    token = staged()

    def tried(key: str) -> str:
        try:
            return send(token, key=key)[0]
        except AssertionError:
            return "refused"

    came = at_once(lambda: tried(KEY), lambda: tried("l" * 24))
    assert came.count("refused") == 1
    case = Case.objects.get()
    assert case.code in came
    assert (Person.objects.count(), Submission.objects.count(), CaseFile.objects.count()) == (1, 1, 1)
    assert not Event.objects.exclude(case_id=case.id).exists()
