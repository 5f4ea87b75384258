"""A rating is given once, keeps nobody's name, and is not given by officials."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.kernel.ratings.actions.giving import give_rating, give_rating_at_desk, hide_words, wish_call
from motcua.kernel.ratings.kind import RATE_WITHIN, Face, Given, Service
from motcua.kernel.ratings.models import Answer, Question, Rating, Spent
from motcua.kernel.ratings.queries.links import is_spent, rate_path
from motcua.kernel.ratings.tests.conftest import FRIDAY_BEFORE, WORK, token
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.usefixtures("services")
Questions = dict[str, Question]


def nothing_was_kept() -> bool:
    return not (
        Rating.objects.exists() or Spent.objects.exists() or Event.objects.filter(name__startswith="rating.").exists()
    )


def test_it_works(city: City, questions: Questions) -> None:
    values = {questions["cham"].pk: 1, questions["thai-do"].pk: 0}
    with moment.at(MONDAY):
        give_rating(token(1), Given(Face.UNHAPPY, values, "Chờ lâu, gọi 0905 123 456 không ai nghe"), actor=ANONYMOUS)
    rating = Rating.objects.get()
    assert (rating.unit_id, rating.officer_id, rating.procedure) == (city.office_one.pk, city.hoa.id, "1.000001")
    assert (rating.face, rating.week) == (Face.UNHAPPY, MONDAY.date())
    assert rating.words == "Chờ lâu, gọi ••• không ai nghe"
    assert dict(Answer.objects.values_list("question_id", "value")) == values


def test_twice_is_refused(questions: Questions) -> None:
    with moment.at(MONDAY):
        give_rating(token(1), Given(Face.HAPPY), actor=ANONYMOUS)
        with pytest.raises(Refused, match="đã được đánh giá") as refused:
            give_rating(token(1), Given(Face.UNHAPPY), actor=ANONYMOUS)
        give_rating(token(2), Given(Face.HAPPY), actor=ANONYMOUS)
    assert refused.value.code == "rated"
    assert list(Rating.objects.values_list("face", flat=True)) == [Face.HAPPY, Face.HAPPY]
    assert Event.objects.filter(name="rating.given").count() == 2


@pytest.mark.django_db(transaction=True)
def test_twice_at_the_same_moment_is_once(questions: Questions) -> None:
    def give(_turn: int) -> str:
        try:
            with moment.at(MONDAY):
                give_rating(token(1), Given(Face.HAPPY), actor=ANONYMOUS)
        except Refused as refused:
            return refused.code
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(6) as pool:
        outcomes = sorted(pool.map(give, range(6)))
    assert outcomes == ["given", *["rated"] * 5]
    assert Rating.objects.count() == 1


def test_nothing_leads_from_a_rating_to_who_gave_it(questions: Questions) -> None:
    """No column holds the key, a person or a moment; what says that it was given does not say by whom or how."""
    with moment.at(MONDAY):
        give_rating(token(987654), Given(Face.UNHAPPY), actor=Actor("person", id=7, party_id=8, case_id=987654))
    rating, spent, event = Rating.objects.values().get(), Spent.objects.get(), Event.objects.get(name="rating.given")
    assert {type(value).__name__ for value in rating.values()} <= {"UUID", "str", "int", "date", "bool", "NoneType"}
    assert set(rating) == {
        "id", "kind", "survey_id", "unit_id", "point_id", "officer_id", "procedure", "week", "face", "words",
        "is_hidden",
    }  # fmt: skip
    assert 987654 not in rating.values()
    assert rating["week"].weekday() == 0
    assert (event.actor, event.case_id, set(event.data)) == ("anonymous", None, {"unit"})
    assert len(bytes(spent.index)) == 16
    assert [field.name for field in Spent._meta.fields] == ["index"]


@pytest.mark.parametrize("wrong", ["1", "work.1", "work.1.x", "é", ""])
def test_only_our_links_rate(questions: Questions, wrong: str) -> None:
    with pytest.raises(Refused) as refused:
        give_rating(wrong, Given(Face.HAPPY), actor=ANONYMOUS)
    assert refused.value.code == "not_found"
    assert nothing_was_kept()


def test_a_link_of_one_thing_rates_no_other(questions: Questions) -> None:
    proof = token(1).rpartition(".")[2]
    with pytest.raises(Refused):
        give_rating(f"work.2.{proof}", Given(Face.HAPPY), actor=ANONYMOUS)
    assert nothing_was_kept()


def test_officials_do_not_rate(city: City, questions: Questions) -> None:
    for official in (city.hoa, city.minh, city.tam):
        with moment.at(MONDAY), pytest.raises(Refused) as refused:
            give_rating(token(1), Given(Face.VERY_HAPPY), actor=official)
        assert refused.value.code == "own_service"
        with pytest.raises(Refused):
            give_rating_at_desk(city.ward_one.pk, Given(Face.VERY_HAPPY), actor=official)
    assert nothing_was_kept()


def test_too_late(questions: Questions) -> None:
    with moment.at(FRIDAY_BEFORE + RATE_WITHIN + timedelta(minutes=1)), pytest.raises(Refused) as refused:
        give_rating(token(1), Given(Face.HAPPY), actor=ANONYMOUS)
    assert refused.value.code == "too_late"
    assert nothing_was_kept()


@pytest.mark.parametrize("face", [None, 0, 4])
def test_a_face_is_chosen(questions: Questions, face: int | None) -> None:
    with moment.at(MONDAY), pytest.raises(Refused) as refused:
        give_rating(token(1), Given(face), actor=ANONYMOUS)
    assert refused.value.fields.keys() == {"face"}
    assert nothing_was_kept()  # the link is still good


def test_reasons_belong_to_their_side(questions: Questions) -> None:
    both = {questions["nhanh"].pk: 1, questions["cham"].pk: 1, questions["thai-do"].pk: 9, questions["ro-rang"].pk: 5}
    with moment.at(MONDAY):
        give_rating(token(1), Given(Face.HAPPY, both), actor=ANONYMOUS)
    assert [answer.question for answer in Answer.objects.all()] == [questions["nhanh"]]


def test_on_a_tablet(city: City, questions: Questions) -> None:
    with moment.at(MONDAY):
        give_rating_at_desk(city.ward_one.pk, Given(Face.VERY_HAPPY), actor=ANONYMOUS, officer_id=city.hoa.id)
    rating = Rating.objects.get()
    assert (rating.kind, rating.unit_id, rating.point_id) == ("desk", city.ward_one.pk, city.ward_one.pk)
    assert rating.officer_id == city.hoa.id


def test_words_are_hidden_by_those_who_lead(city: City, questions: Questions) -> None:
    with moment.at(MONDAY):
        give_rating(token(1), Given(Face.HAPPY, {}, "Chị Hoa ở nhà số 7 rất tốt"), actor=ANONYMOUS)
    rating = Rating.objects.get()
    for stranger in (city.hoa, city.tam, city.lan):
        with pytest.raises(Refused):
            hide_words(rating.pk, actor=stranger)
    assert not Rating.objects.filter(is_hidden=True).exists()
    hide_words(rating.pk, actor=city.minh)
    hide_words(rating.pk, actor=city.minh)
    assert Rating.objects.filter(is_hidden=True).count() == 1
    assert Event.objects.filter(name="rating.hidden").count() == 1


@pytest.fixture
def of_a_case(city: City, services: dict[str, Service]) -> Case:
    case = Case.objects.create(
        kind="incident", code="PA-1", subject="x", folded="x", state="submitted", unit=city.office_one,
        opened_at=MONDAY, updated_at=MONDAY,
    )  # fmt: skip
    services["5"] = Service("Việc", city.office_one.pk, FRIDAY_BEFORE, case_id=case.id)
    return case


def test_a_call_back_says_nothing_of_the_rating(city: City, questions: Questions, of_a_case: Case) -> None:
    with moment.at(MONDAY):
        with pytest.raises(Refused):
            wish_call(token(5), actor=ANONYMOUS)  # not rated yet
        assert not Event.objects.filter(name="rating.call_wished").exists()
        give_rating(token(5), Given(Face.UNHAPPY), actor=ANONYMOUS)
        wish_call(token(5), actor=ANONYMOUS)
        with pytest.raises(Refused, match="đã nhận"):
            wish_call(token(5), actor=ANONYMOUS)
    event = Event.objects.get(name="rating.call_wished")
    assert (event.case_id, event.data, event.actor) == (of_a_case.id, {}, "anonymous")


def test_what_has_no_case_has_nobody_to_call(questions: Questions) -> None:
    with moment.at(MONDAY):
        give_rating(token(1), Given(Face.UNHAPPY), actor=ANONYMOUS)
        with pytest.raises(Refused):
            wish_call(token(1), actor=ANONYMOUS)
    assert is_spent(WORK, 1)
    assert rate_path(WORK, 1) != rate_path(WORK, 2)
    assert not Event.objects.filter(name="rating.call_wished").exists()
