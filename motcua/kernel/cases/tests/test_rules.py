import pytest
from django.test import Client

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.events.models import Event
from motcua.kernel.identity.models import Account
from motcua.testing.city import City

pytestmark = pytest.mark.django_db

PAGES = ("/desk/quan-tri/loai-viec/", "/desk/quan-tri/chuyen-viec/", "/desk/quan-tri/thoi-han/")


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def test_it_works(city: City) -> None:
    client = signed_in("quan")
    for address in PAGES:
        assert client.get(address).status_code == 200
        assert client.get(f"{address}them/").status_code == 200


@pytest.mark.parametrize("address", [*PAGES, *(f"{page}them/" for page in PAGES)])
def test_only_who_administers_the_whole_city_may(city: City, address: str) -> None:
    assert signed_in("minh").get(address).status_code in (403, 404)
    assert Client().get(address).status_code == 302


def test_save_routing_rule(city: City) -> None:
    client = signed_in("quan")
    values = {"kind": "incident", "position": 5, "categories": "waste", "areas": "24778", "hours": "",
              "target": "lights", "reason": "Thử"}  # fmt: skip
    client.post("/desk/quan-tri/chuyen-viec/them/", values)
    rule = RoutingRule.objects.get(position=5)
    assert (rule.categories, rule.areas, rule.target) == (["waste"], ["24778"], "lights")
    assert Event.objects.filter(name="routing.changed").count() == 1
    trial = client.get("/desk/quan-tri/chuyen-viec/?category=waste&area=24778").content.decode()
    assert "Đội chiếu sáng" in trial


def test_rules_are_shown_and_chosen_in_words(city: City) -> None:
    client = signed_in("quan")
    for address in ("", "them/"):
        page = client.get(f"/desk/quan-tri/chuyen-viec/{address}").content.decode()
        assert f"{city.office_one.short_name} của phường, xã nơi xảy ra" in page
        assert ">office:kinh-te" not in page


def test_a_wrong_rule_is_refused_and_changes_nothing(city: City) -> None:
    client = signed_in("quan")
    values = {"kind": "incident", "position": 10, "categories": "nothing-like-it", "target": "nowhere", "reason": "Thử"}
    answer = client.post("/desk/quan-tri/chuyen-viec/them/", values)
    assert answer.status_code == 422
    assert answer.content.decode().count("data-err") == 2  # the category and the target
    assert RoutingRule.objects.filter(position=10).count() == 1
    assert not Event.objects.exists()


def test_a_term_that_cannot_be_read_is_refused(city: City) -> None:
    client = signed_in("quan")
    rule = ClockRule.objects.get(clock="result")
    values = {"kind": "incident", "position": rule.position, "clock": "result", "duration": "ba ngày",
              "after": "opened", "start_rule": "same_instant"}  # fmt: skip
    answer = client.post(f"/desk/quan-tri/thoi-han/{rule.id}/", values)
    assert answer.status_code == 422
    assert "3 ngày làm việc" in answer.content.decode()
    assert ClockRule.objects.get(pk=rule.id).duration == "3 ngày làm việc"


def test_the_code_of_a_category_stays(city: City) -> None:
    client = signed_in("quan")
    category = Category.objects.get(code="waste")
    values = {"kind": "incident", "code": "other", "name": "Rác", "icon": "trash", "urgency": "khan", "position": 2,
              "valid_from": "2020-01-01", "is_public": "on"}  # fmt: skip
    answer = client.post(f"/desk/quan-tri/loai-viec/{category.id}/", values)
    assert answer.status_code == 302, answer.content.decode()
    category.refresh_from_db()
    assert (category.code, category.name, category.urgency) == ("waste", "Rác", "khan")
