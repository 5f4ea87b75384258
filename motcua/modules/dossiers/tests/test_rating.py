"""A dossier is rated after its result, by whoever filed it, by the link in the message and on its page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.events.actions import read_everything
from motcua.kernel.identity.actions import create_person
from motcua.kernel.identity.models import Person
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.models import Message, Notice
from motcua.kernel.ratings.models import Rating
from motcua.kernel.ratings.queries.links import rate_path, rate_url
from motcua.lib import moment
from motcua.modules.dossiers.actions.filing import Applicant
from motcua.modules.dossiers.actions.reception import refuse_dossier
from motcua.modules.dossiers.actions.results import approve_dossier, return_result_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, take_dossier
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.queries.rating import sample, service
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
AN = Applicant(name="Nguyễn Thị An", phone="0905123456", email="an@example.vn", national_id="068195000001")
ON_THE_PHONE = replace(AN, email="")
LONGEST_CODE = "000.00.12.H36-261116-0001"
LATER = MONDAY + timedelta(hours=5)


@pytest.fixture
def give_back(city: City, one_stop: OneStop, processing: Any) -> Callable[[Applicant], Case]:
    return lambda applicant: _given_back(processing(MONDAY, applicant=applicant, delivery="counter"), city, one_stop)


@pytest.fixture
def returned(give_back: Callable[[Applicant], Case]) -> Case:
    return give_back(AN)


def _given_back(case: Case, city: City, one_stop: OneStop) -> Case:
    with moment.at(LATER):
        take_dossier(case.id, actor=one_stop.oanh)
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", "Giấy khai sinh", "1/2026")])
        approve_dossier(case.id, actor=city.minh)
        assert service(str(case.id)) is None  # there is a result, the person does not have it yet
        return_result_dossier(case.id, actor=one_stop.nga, to="Căn cước")
    case.refresh_from_db()
    return case


def client_of(case: Case) -> Client:
    client = Client()
    client.get(f"/p/{party_token(Party.objects.filter(case=case).earliest('pk'))}/")
    return client


def test_what_a_rating_keeps(returned: Case, city: City, one_stop: OneStop) -> None:
    found = service(str(returned.id))
    assert found is not None
    assert (found.unit_id, found.officer_id) == (city.ward_one.pk, one_stop.oanh.id)
    assert (found.point_id, found.procedure, found.case_id) == (one_stop.reception_one.pk, "1.000001", returned.id)
    assert service("999999") is None
    assert service("x") is None


def test_the_message_of_the_result_has_the_link(returned: Case) -> None:
    with moment.at(LATER):
        read_everything()
    body = sealer().open(Message.objects.get(event="dossier.returned", channel="email").content_sealed)
    assert rate_url(KIND, returned.id) in body
    earlier = Message.objects.filter(event="dossier.accepted")
    assert not any("/danh-gia/" in sealer().open(one.content_sealed) for one in earlier)


@pytest.mark.parametrize(("language", "asks"), [("vi", "Ban thay the nao? http"), ("en", "How was it? http")])
def test_who_has_only_a_telephone_gets_the_link_in_one_message(
    give_back: Callable[[Applicant], Case], settings: Settings, language: str, asks: str
) -> None:
    """Also with the long codes and addresses of the country: whoever rates needs no other page before."""
    settings.PUBLIC_URL = "https://dichvucong.lamdong.gov.vn"
    case = give_back(ON_THE_PHONE)
    Case.objects.filter(pk=case.id).update(code=LONGEST_CODE)
    Person.objects.update(language=language)
    with moment.at(LATER):
        read_everything()
        message = Message.objects.get(event="dossier.returned")
        text = sealer().open(message.content_sealed)
        assert (message.channel, message.parts) == ("sms", 1)
        assert len(text) + len("123456789") - len(str(case.id)) <= 160  # the number of a case grows
        assert asks in text
        address = text.split()[-1]
        assert address == rate_url(KIND, case.id)
        assert Client().post(address.removeprefix(settings.PUBLIC_URL), {"face": "3"}).status_code == 302
    assert Rating.objects.get().procedure == "1.000001"


@pytest.mark.parametrize(("wants", "is_told"), [("none", False), ("result", True)])
def test_it_keeps_to_what_people_want(give_back: Callable[[Applicant], Case], wants: str, is_told: bool) -> None:
    case = give_back(ON_THE_PHONE)
    Party.objects.filter(case=case).update(wants=wants)
    with moment.at(LATER):
        read_everything()
    assert Message.objects.filter(event="dossier.returned").exists() is is_told


def test_followers_get_no_link_by_sms(give_back: Callable[[Applicant], Case]) -> None:
    case = give_back(ON_THE_PHONE)
    person = create_person("Lê Văn Theo", "0905 999 888")
    Party.objects.create(case=case, role="follower", person=person, created_at=MONDAY)
    with moment.at(LATER):
        read_everything()
    told = Message.objects.filter(event="dossier.returned")
    assert [one.recipient for one in told] == [f"party:{Party.objects.filter(case=case).earliest('pk').pk}"]


def test_the_page_offers_it_until_it_was_used(returned: Case) -> None:
    path = rate_path(KIND, returned.id)
    with moment.at(LATER):
        client = client_of(returned)
        page = client.get(f"/ho-so/{returned.code}/").content.decode()
        assert f'href="{path}?muc=3"' in page
        assert client.post(path, {"face": "2"}).status_code == 302
        assert path not in client.get(f"/ho-so/{returned.code}/").content.decode()
    assert Rating.objects.get().procedure == "1.000001"


def test_whoever_only_follows_does_not_rate(returned: Case) -> None:
    follower = Party.objects.create(case=returned, role="follower", created_at=MONDAY)
    client = Client()
    with moment.at(LATER):
        client.get(f"/p/{party_token(follower)}/")
        page = client.get(f"/ho-so/{returned.code}/")
    assert page.status_code == 200
    assert rate_path(KIND, returned.id) not in page.content.decode()


def test_a_refusal_is_rated_as_well(one_stop: OneStop, filed: Any) -> None:
    case = filed(MONDAY, applicant=AN).case
    assert service(str(case.id)) is None
    with moment.at(LATER):
        refuse_dossier(case.id, actor=one_stop.nga, reason="Không thuộc thẩm quyền")
        read_everything()
    assert service(str(case.id)) is not None
    bodies = [sealer().open(one.content_sealed) for one in Message.objects.filter(event="dossier.refused")]
    assert any(rate_url(KIND, case.id) in body for body in bodies)


def test_a_wish_to_be_called_reaches_the_unit(returned: Case, one_stop: OneStop) -> None:
    path = rate_path(KIND, returned.id)
    with moment.at(LATER):
        client = Client()
        client.post(path, {"face": "1"})
        assert "Gọi lại cho tôi" in client.get(path).content.decode()
        client.post(f"{path}goi-lai/")
        assert "Gọi lại cho tôi" not in client.get(path).content.decode()
        read_everything()
    told = Notice.objects.filter(account_id=one_stop.nga.id or 0, text__contains="gọi lại").get()
    assert returned.code in told.text
    assert "Không hài lòng" not in told.text


def test_who_a_survey_may_ask(returned: Case, city: City) -> None:
    day, units = MONDAY.date(), [city.ward_one.pk]
    assert sample(day, day, units, ["1.000001"], 5) == sample(day, day, units, [], 5) == [returned.id]
    assert sample(day, day, units, ["1.000002"], 5) == []
    assert sample(day, day, [city.ward_two.pk], [], 5) == []
    assert sample(day + timedelta(days=1), day + timedelta(days=1), units, [], 5) == []
