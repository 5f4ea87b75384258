"""Ratings and surveys for programs: the same rules as on the pages, and the same closed doors."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.ratings.actions.surveys import open_survey
from motcua.kernel.ratings.kind import SURVEY, Face, Service
from motcua.kernel.ratings.models import Answer, Invitation, Question, Rating, Spent, Survey
from motcua.kernel.ratings.queries.links import rate_token
from motcua.kernel.ratings.tests.conftest import WORK, Rate, token
from motcua.lib import moment
from motcua.testing.city import MONDAY, City, add_officer

V, H, U = Face.VERY_HAPPY, Face.HAPPY, Face.UNHAPPY
API = "/api/v1"


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    cache.clear()
    with moment.at(MONDAY):
        yield


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def post(client: Client, path: str, **body: Any) -> Any:
    return client.post(f"{API}{path}", body, content_type="application/json")


# ── What is asked ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_questions_in_force(client: Client, questions: dict[str, Question]) -> None:
    Question.objects.filter(code="cham").update(valid_to=MONDAY.date() - timedelta(days=1))
    rows = client.get(f"{API}/rating-questions", headers={"Accept-Language": "en"}).json()
    assert [row["code"] for row in rows] == ["nhanh", "thai-do", "ro-rang", "lich-su", "them-tien"]
    assert rows[1]["choices"] == [
        {"value": 0, "text": "Bad"}, {"value": 1, "text": "Fair"}, {"value": 2, "text": "Good"},
    ]  # fmt: skip
    quick = client.get(f"{API}/rating-questions", {"part": "quick"}).json()
    assert [(row["code"], row["shape"], row["choices"]) for row in quick] == [("nhanh", "good", [])]
    assert client.get(f"{API}/rating-questions", {"part": "none"}).status_code == 422


# ── Giving a rating ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.usefixtures("services", "questions")
def test_a_rating_is_given_once(client: Client) -> None:
    path = f"/ratings/{token(7)}"
    before = client.get(f"{API}{path}").json()
    assert (before["kind"], before["title"], before["unit"]) == (WORK, "Việc thử", "24778-kinh-te")
    assert (before["is_given"], before["may_call"]) == (False, False)
    assert [row["code"] for row in before["questions"]] == ["nhanh", "cham", "thai-do"]
    given = {"face": "unhappy", "reasons": ["cham", "nhanh"], "answers": {"thai-do": 0}, "words": "Gọi 0905 123 456"}
    made = post(client, path, **given)
    assert (made.status_code, made.json()["is_given"], made.json()["questions"]) == (201, True, [])
    rating = Rating.objects.get()
    assert (rating.face, "0905" in rating.words) == (U, False)
    # A reason of the other side does not count.
    assert set(Answer.objects.values_list("question__code", "value")) == {("cham", 1), ("thai-do", 0)}
    told = Event.objects.count()
    again = post(client, path, face="very_happy")
    assert (again.status_code, again.json()["code"]) == (409, "rated")
    assert (Rating.objects.get().face, Event.objects.count()) == (U, told)
    assert client.get(f"{API}{path}").json()["is_given"]


@pytest.mark.usefixtures("services", "questions")
@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({}, "body.face"),
        ({"face": "3"}, "body.face"),
        ({"face": "happy", "reasons": ["không có"]}, "body.reasons.0"),
        ({"face": "happy", "reasons": ["none"]}, "reasons.0"),
        ({"face": "happy", "reasons": ["thai-do"]}, "reasons.0"),
        ({"face": "happy", "answers": {"thai-do": 3}}, "answers.thai-do"),
        ({"face": "happy", "answers": {"nhanh": 1}}, "answers.nhanh"),
        ({"face": "happy", "answers": {"ro-rang": 5}}, "answers.ro-rang"),
        ({"face": "happy", "words": "x" * 1001}, "body.words"),
    ],
)
def test_what_does_not_fit_is_named_and_leaves_nothing(client: Client, body: dict[str, Any], where: str) -> None:
    answer = post(client, f"/ratings/{token(7)}", **body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [where])
    assert not Rating.objects.exists()
    assert not Spent.objects.exists()
    assert not Event.objects.filter(name="rating.given").exists()


@pytest.mark.usefixtures("questions")
def test_links_that_do_not_hold(client: Client, city: City, services: dict[str, Service]) -> None:
    services["9"] = Service("Cũ", city.office_one.id, MONDAY - timedelta(days=61))
    good = token(7)
    for wrong in ("1", "x.y", good[:-1], good.replace("7", "8", 1), rate_token(SURVEY, 1), rate_token("none", 1)):
        assert client.get(f"{API}/ratings/{wrong}").status_code == 404
        assert post(client, f"/ratings/{wrong}", face="happy").status_code == 404
        assert post(client, f"/ratings/{wrong}/call").status_code == 404
    late = post(client, f"/ratings/{token(9)}", face="happy")
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    official = Client(headers={"X-CSRFToken": "x"})
    official.force_login(Account.objects.get(pk=city.hoa.id or 0))
    own = post(official, f"/ratings/{good}", face="very_happy")
    assert (own.status_code, own.json()["code"]) == (409, "own_service")
    assert not Rating.objects.exists()
    assert not Spent.objects.exists()


def test_a_wish_to_be_called(client: Client, city: City, services: dict[str, Service], questions: object) -> None:
    case = case_of(city)
    services["7"] = Service("Việc", city.office_one.id, MONDAY, case_id=case)
    path = f"/ratings/{token(7)}"
    assert post(client, f"{path}/call").status_code == 404  # not rated yet
    assert post(client, path, face="happy").json()["may_call"]
    assert post(client, f"{path}/call").json()["may_call"] is False
    assert post(client, f"{path}/call").status_code == 409
    assert Event.objects.filter(name="rating.call_wished", case_id=case).count() == 1


def case_of(city: City) -> int:
    return Case.objects.create(
        kind="incident", code="PA-1", subject="x", folded="x", state="closed", unit=city.office_one,
        opened_at=MONDAY, updated_at=MONDAY, closed_at=MONDAY,
    ).pk  # fmt: skip


# ── Results ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_results_for_everybody(client: Client, city: City, rate: Rate, django_assert_max_num_queries: Any) -> None:
    rate([V, V, V, H, U, U])
    rate([U] * 3, unit_id=city.ward_two.id)
    client.get(f"{API}/ratings")
    with django_assert_max_num_queries(6):
        found = client.get(f"{API}/ratings").json()
    assert (found["unit"], found["period"], found["counted_to"], found["least"]) == ("68", "2026", "2026-11-15", 5)
    # The few of the other ward would be the total less the line.
    assert found["total"]["n"] == 9
    assert {row["unit"]: row["tally"] for row in found["units"]} == {"24778": None, "24781": None}
    one = client.get(f"{API}/ratings", {"unit": "24778", "period": "2026-11"}).json()
    assert one["total"] is None
    rate([H, H], unit_id=city.ward_two.id)
    one = client.get(f"{API}/ratings", {"unit": "24778", "period": "2026-11"}).json()
    assert (one["total"]["n"], one["total"]["unhappy"], one["total"]["share"]) == (6, 2, 4 / 6)
    assert 0 < one["total"]["low"] < 4 / 6 < one["total"]["high"] < 1
    assert "officer" not in str(one)
    for query, status in (
        ({"unit": "none"}, 404), ({"period": "2026-13"}, 422), ({"period": "1999"}, 422), ({"period": "x"}, 422),
    ):  # fmt: skip
        assert client.get(f"{API}/ratings", query).status_code == status


def test_results_for_those_who_lead(city: City, rate: Rate, django_assert_max_num_queries: Any) -> None:
    rate([V] * 6, officer_id=city.hoa.id, unit_id=city.office_one.id)
    rate([U] * 5, officer_id=city.minh.id, unit_id=city.office_one.id)
    Rating.objects.filter(face=U).update(words="Chờ lâu quá")
    minh = signed_in(city.minh)
    minh.get(f"{API}/desk/ratings")
    with django_assert_max_num_queries(16):
        found = minh.get(f"{API}/desk/ratings", {"by": "officer"}).json()
    assert (found["unit"], found["by"], found["may_hide"]) == ("24778", "officer", True)
    assert [(row["key"], row["tally"]["n"]) for row in found["rows"]] == [(str(city.hoa.id), 6), (str(city.minh.id), 5)]
    assert {(one["face"], one["words"]) for one in found["words"]} == {("unhappy", "Chờ lâu quá")}
    by_unit = minh.get(f"{API}/desk/ratings").json()["rows"]
    assert [row["key"] for row in by_unit] == ["24778-kinh-te"]
    assert minh.get(f"{API}/desk/ratings", {"by": "person"}).status_code == 422
    hide = f"/desk/ratings/{found['words'][0]['id']}/hide"
    for actor, status in ((city.tam, 403), (city.lan, 403), (leader_of_two(city), 404)):
        assert post(signed_in(actor), hide).status_code == status
    assert not Rating.objects.filter(is_hidden=True).exists()
    assert post(minh, hide).status_code == 204
    assert len(minh.get(f"{API}/desk/ratings").json()["words"]) == 4


def leader_of_two(city: City) -> Actor:
    return add_officer("hai", "Lãnh đạo Hai", city.ward_two, "leader")


def test_others_read_no_results(client: Client, city: City, rate: Rate) -> None:
    rate([V] * 6)
    assert client.get(f"{API}/desk/ratings").status_code == 401
    assert signed_in(city.hoa).get(f"{API}/desk/ratings").status_code == 403
    two = signed_in(leader_of_two(city))
    assert two.get(f"{API}/desk/ratings").json()["unit"] == "24781"
    for code in ("24778", "68", "none"):
        assert two.get(f"{API}/desk/ratings", {"unit": code}).status_code == 404
    machine = {"Authorization": f"Bearer {create_service_key('M', ['rating.read'])}"}
    assert client.get(f"{API}/desk/ratings", headers=machine).json()["total"]["n"] == 6
    other = {"Authorization": f"Bearer {create_service_key('N', ['desk.enter'])}"}
    assert client.get(f"{API}/desk/ratings", headers=other).status_code == 403


# ── Surveys ─────────────────────────────────────────────────────────────────────────────────────────────────────────

HELD = {
    "title": "Khảo sát thử", "units": ["24778"], "ended_from": "2026-11-01", "ended_to": "2026-11-30",
    "closes_on": "2026-12-31", "target": 5,
}  # fmt: skip


def invitations(survey: int, keys: range) -> list[Invitation]:
    return [
        Invitation.objects.create(
            survey_id=survey, kind=WORK, key=str(key), party_id=key, person_id=key, invited_at=MONDAY
        )
        for key in keys
    ]


@pytest.mark.usefixtures("services", "questions")
def test_a_survey_from_opening_to_what_it_found(client: Client, city: City, django_assert_max_num_queries: Any) -> None:
    quan = signed_in(city.quan)
    made = post(quan, "/surveys", **HELD)
    assert (made.status_code, made.json()["units"], made.json()["findings"]) == (201, ["24778"], None)
    held = f"/surveys/{made.json()['id']}"
    for place, one in enumerate(invitations(made.json()["id"], range(1, 7))):
        path = f"/survey-invitations/{rate_token(SURVEY, one.pk)}"
        asked = client.get(f"{API}{path}").json()
        assert [row["code"] for row in asked["questions"]] == ["ro-rang", "lich-su", "them-tien"]
        assert (asked["questions"][0]["heading"], asked["is_answered"]) == ("Thủ tục", False)
        answers = {"ro-rang": 5 if place else 1, "lich-su": 4, "them-tien": 0}
        assert post(client, path, answers=answers, words="Tốt").json()["is_answered"]
        again = post(client, path, answers={"ro-rang": 1})
        assert (again.status_code, again.json()["code"]) == (409, "rated")
    assert Rating.objects.filter(survey__isnull=False).count() == 6
    open_ones = quan.get(f"{API}/surveys", {"state": "open"}).json()
    assert [(row["answered"], row["invited"]) for row in open_ones] == [(6, 6)]
    assert quan.get(f"{API}{held}").json()["findings"] is None  # while it runs
    closed = post(quan, f"{held}/close").json()
    assert (closed["findings"]["answered"], closed["findings"]["whole"]["share"]) == (6, 11 / 12)
    assert [one["name"] for one in closed["findings"]["factors"]] == ["Thủ tục", "Công chức"]
    assert closed["findings"]["facts"][0]["answers"][0] == {"text": "Không", "count": 6, "share": 1.0}
    assert quan.get(f"{API}/surveys", {"state": "open"}).json() == []
    with django_assert_max_num_queries(14):
        assert quan.get(f"{API}{held}").json() == closed
    late = invitations(made.json()["id"], range(9, 10))[0]
    answer = post(client, f"/survey-invitations/{rate_token(SURVEY, late.pk)}", answers={"ro-rang": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")
    assert Rating.objects.filter(survey__isnull=False).count() == 6


@pytest.mark.usefixtures("services", "questions")
def test_answers_that_do_not_fit(client: Client, city: City) -> None:
    survey = open_survey(
        actor=city.quan, title="Thử", units=[city.ward_one.pk], ended_from=date(2026, 11, 1),
        ended_to=date(2026, 11, 30), closes_on=date(2026, 12, 31), target=5, apart_days=180,
    )  # fmt: skip
    path = f"/survey-invitations/{rate_token(SURVEY, invitations(survey.pk, range(1, 2))[0].pk)}"
    for answers in ({}, {"ro-rang": 6}, {"thai-do": 1}, {"none": 1}, {"ro-rang": "x"}):
        assert post(client, path, answers=answers).status_code == 422, answers
    for wrong in ("1", rate_token(WORK, 1)):
        assert post(client, f"/survey-invitations/{wrong}", answers={"ro-rang": 1}).status_code == 404
        assert client.get(f"{API}/survey-invitations/{wrong}").status_code == 404
    assert not Rating.objects.exists()
    assert not Spent.objects.exists()


def test_surveys_are_closed_to_others(client: Client, city: City) -> None:
    for body, status in (
        ({"units": []}, 422), ({"units": ["none"]}, 422), ({"title": ""}, 422), ({"target": 1}, 422),
        ({"ended_to": "2026-10-01"}, 422), ({"closes_on": "2026-11-16"}, 422),
    ):  # fmt: skip
        assert post(signed_in(city.quan), "/surveys", **{**HELD, **body}).status_code == status, body
    assert not Survey.objects.exists()
    made = post(signed_in(city.quan), "/surveys", **HELD).json()["id"]
    for actor in (None, city.minh, city.hoa):
        other = signed_in(actor) if actor else client
        status = 403 if actor else 401
        assert post(other, "/surveys", **HELD).status_code == status
        assert post(other, f"/surveys/{made}/close").status_code == status
        assert other.get(f"{API}/surveys").status_code == other.get(f"{API}/surveys/{made}").status_code == status
    two = signed_in(administrator_of_two(city))
    assert two.get(f"{API}/surveys").json() == []
    assert two.get(f"{API}/surveys/{made}").status_code == 404
    assert post(two, f"/surveys/{made}/close").status_code == 404
    assert post(two, "/surveys", **HELD).status_code == 404
    assert Survey.objects.get().closed_at is None
    assert Event.objects.filter(name__startswith="survey.").count() == 1


def administrator_of_two(city: City) -> Actor:
    return add_officer("hai", "Quản trị Hai", city.ward_two, "administrator")
