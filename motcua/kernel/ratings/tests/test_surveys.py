"""Surveys: who is invited, answering once, the index, and what is shown only when it is over."""

import csv
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.models import Message, Preference
from motcua.kernel.ratings.actions.giving import answer_survey, hide_words
from motcua.kernel.ratings.actions.surveys import close_survey, invite, open_survey, run_surveys
from motcua.kernel.ratings.kind import RATEABLES, SURVEY, Given, Rateable, Service
from motcua.kernel.ratings.management.commands.demo_surveys import FACTS
from motcua.kernel.ratings.models import Invitation, Question, Rating, Survey
from motcua.kernel.ratings.queries.links import rate_token, survey_url
from motcua.kernel.ratings.queries.surveys import Index, findings, managed_surveys, may_hide
from motcua.kernel.ratings.tests.conftest import FRIDAY_BEFORE
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.usefixtures("questions")
Filed = Callable[..., Case]
KIND = "filed"


@pytest.fixture
def filed(city: City) -> Iterator[Filed]:
    """``filed(phone)``: a case of Ward One that ended on Friday, and whose it was."""
    made: list[int] = []

    def one(phone: str = "0905 111 222", **party: Any) -> Case:
        case = Case.objects.create(
            kind="incident", code=f"PA-{len(made)}", subject="x", folded="x", state="closed", unit=city.office_one,
            opened_at=FRIDAY_BEFORE, updated_at=FRIDAY_BEFORE, closed_at=FRIDAY_BEFORE,
        )  # fmt: skip
        person = identity.create_person("Nguyễn Thử", phone) if phone else None
        Party.objects.create(case=case, person=person, role="applicant", created_at=FRIDAY_BEFORE, **party)
        made.append(case.pk)
        return case

    def service(key: str) -> Service | None:
        return Service("Việc", city.office_one.pk, FRIDAY_BEFORE, procedure="1.000001", case_id=int(key))

    def sample(first: date, last: date, units: Any, procedures: Any, most: int) -> list[int]:
        is_then = first <= FRIDAY_BEFORE.date() <= last and city.office_one.pk in units
        return made[:most] if is_then and (not procedures or "1.000001" in procedures) else []

    RATEABLES[KIND] = Rateable(KIND, "Việc", "Thế nào?", service, sample)
    yield one
    del RATEABLES[KIND]


def opened(city: City, **values: Any) -> Survey:
    usual: dict[str, Any] = {
        "actor": city.quan, "title": "Khảo sát thử", "units": [city.ward_one.pk], "target": 5, "apart_days": 180,
        "ended_from": date(2026, 11, 1), "ended_to": date(2026, 11, 30), "closes_on": date(2026, 12, 31),
    }  # fmt: skip
    with moment.at(MONDAY):
        return open_survey(**usual | values)


def token(invitation: Invitation) -> str:
    return rate_token(SURVEY, invitation.pk)


def sent() -> int:
    with moment.at(MONDAY):
        return run_surveys()


def test_people_are_invited_and_told(city: City, filed: Filed) -> None:
    filed()
    survey = opened(city)
    assert sent() == 1
    with moment.at(MONDAY):
        read_everything()
    message = Message.objects.get(event="survey.invited")
    assert survey_url(Invitation.objects.get(survey=survey).pk) in sealer().open(message.content_sealed)
    assert sent() == 0  # nobody twice
    assert Event.objects.filter(name="survey.invited").count() == 1


@pytest.mark.parametrize(
    "values",
    [{"procedures": ["9.999999"]}, {"ended_to": date(2026, 11, 2)}, {"units": "two"}],
)
def test_only_those_of_the_survey(city: City, filed: Filed, values: dict[str, Any]) -> None:
    filed()
    opened(city, **({"units": [city.ward_two.pk]} if "units" in values else values))
    assert sent() == 0
    assert not Invitation.objects.exists()


def test_one_person_is_not_asked_again_soon(city: City, filed: Filed) -> None:
    """The same number on two cards is one person; another survey counts as well, for half a year."""
    filed("0905 111 222")
    filed("0905111222")
    opened(city)
    assert sent() == 1
    opened(city)
    assert sent() == 0
    with moment.at(MONDAY + timedelta(days=200)):
        survey = opened(city, closes_on=date(2027, 12, 31))
        assert invite(survey.pk) == 1


def test_who_wants_no_news_is_not_asked(city: City, filed: Filed) -> None:
    filed("0905 111 221", wants="result")
    filed("0905 111 222", wants="none")
    filed("")
    case = filed("0905 111 223")
    party = Party.objects.get(case=case)
    Preference.objects.create(recipient=f"party:{party.pk}", wants="result", channels=["sms"])
    opened(city)
    assert sent() == 0
    assert not Event.objects.filter(name="survey.invited").exists()


def test_no_more_are_asked_than_are_needed(city: City, filed: Filed) -> None:
    for number in range(20):
        filed(f"0905 111 {200 + number}")
    survey = opened(city, target=5)
    assert sent() == 10  # twice as many as are missing
    assert sent() == 0  # those of this week may still answer
    for invitation in Invitation.objects.all()[:4]:
        answer(invitation, 5)
    with moment.at(MONDAY + timedelta(days=8)):
        assert invite(survey.pk) == 2


def answer(invitation: Invitation, *values: int, money: int | None = None) -> None:
    asked = list(Question.objects.filter(part="survey", shape="scale").order_by("position"))
    given = dict(zip((row.pk for row in asked), values, strict=False))
    if money is not None:
        given[Question.objects.get(code="them-tien").pk] = money
    with moment.at(MONDAY):
        answer_survey(token(invitation), Given(None, given), actor=ANONYMOUS)


def test_answered_once_and_apart_from_who_did(city: City, filed: Filed) -> None:
    filed()
    opened(city)
    sent()
    invitation = Invitation.objects.get()
    before = Invitation.objects.values().get()
    answer(invitation, 4, 2)
    with pytest.raises(Refused) as refused:
        answer(invitation, 1, 1)
    assert refused.value.code == "rated"
    rating = Rating.objects.get()
    assert (rating.face, rating.unit_id, rating.procedure) == (None, city.office_one.pk, "1.000001")
    assert (rating.officer_id, rating.point_id) == (None, None)
    assert Invitation.objects.values().get() == before  # nothing there says that it was answered


def test_an_empty_sheet_is_not_an_answer(city: City, filed: Filed) -> None:
    filed()
    opened(city)
    sent()
    with pytest.raises(Refused):
        answer(Invitation.objects.get())
    assert not Rating.objects.exists()
    answer(Invitation.objects.get(), 5)  # the link is still good


def test_the_index_is_the_share_of_the_content(city: City, filed: Filed) -> None:
    for number in range(6):
        filed(f"0905 111 {200 + number}")
    survey = opened(city)
    sent()
    sheets = [(5, 4), (4, 4), (3, 5), (1, 4), (2, 2), (5, 5)]
    for invitation, sheet in zip(Invitation.objects.order_by("pk"), sheets, strict=True):
        answer(invitation, *sheet, money=int(sheet[0] == 1))
    assert findings(survey) is None  # while it runs, whoever looks twice would see who came in between
    with moment.at(MONDAY):
        survey = close_survey(survey.pk, actor=city.quan)
    found = findings(survey)
    assert found is not None
    assert found.answered == 6
    assert found.whole == Index("", 8, 12)
    assert found.factors == [Index("Thủ tục", 3, 6), Index("Công chức", 5, 6)]
    assert [(fact.name, fact.answers) for fact in found.facts] == [
        ("Câu them-tien", [("Không", 5, 5 / 6), ("Có", 1, 1 / 6)])
    ]
    assert [(one.name, one.n) for one in found.units] == [("Phòng Kinh tế Một", 12)]


def test_what_people_wrote_is_read_when_it_is_over(city: City, filed: Filed) -> None:
    for number in range(6):
        filed(f"0905 111 {200 + number}")
    survey = opened(city)
    sent()
    asked = Question.objects.get(code="ro-rang")
    with moment.at(MONDAY):
        for place, invitation in enumerate(Invitation.objects.order_by("pk")):
            words = ("Nên có ghế chờ", "Gọi chị Bảy 0905 123 456", "")[min(place, 2)]
            answer_survey(token(invitation), Given(None, {asked.pk: 5}, words), actor=ANONYMOUS)
        assert findings(survey) is None
        survey = close_survey(survey.pk, actor=city.quan)
        found = findings(survey)
        assert found is not None
        seat, name = sorted(found.words, key=lambda one: one.words, reverse=True)
        assert (seat.words, seat.face, "0905" in name.words) == ("Nên có ghế chờ", None, False)
        with pytest.raises(Refused):
            hide_words(UUID(name.id), actor=city.hoa)
        hide_words(UUID(name.id), actor=city.quan)
        after = findings(survey)
        assert after is not None
        assert ([one.id for one in after.words], after.answered) == ([seat.id], 6)
    assert (may_hide(survey, city.quan), may_hide(survey, city.hoa)) == (True, False)


def test_too_few_answers_are_not_shown(city: City, filed: Filed) -> None:
    for number in range(4):
        filed(f"0905 111 {200 + number}")
    survey = opened(city)
    sent()
    for invitation in Invitation.objects.all():
        answer(invitation, 5, 5)
    with moment.at(MONDAY):
        assert findings(close_survey(survey.pk, actor=city.quan)) is None


def test_it_ends_by_itself_and_forgets_who_was_invited(city: City, filed: Filed) -> None:
    filed()
    survey = opened(city)
    sent()
    invitation = Invitation.objects.get()
    with moment.at(MONDAY + timedelta(days=60)):
        run_surveys()
    survey.refresh_from_db()
    assert survey.closed_at is not None
    with pytest.raises(Refused) as refused:
        answer(invitation, 5, 5)
    assert refused.value.code == "too_late"
    assert not Rating.objects.exists()
    with moment.at(MONDAY + timedelta(days=160)):
        run_surveys()
    assert not Invitation.objects.exists()


def test_who_opens_and_closes(city: City) -> None:
    for actor in (city.minh, city.hoa, city.lan, city.an):
        with pytest.raises(Refused):
            opened(city, actor=actor)
    assert not Survey.objects.exists()
    survey = opened(city)
    for actor in (city.minh, city.tam, city.an):
        with pytest.raises(Refused):
            close_survey(survey.pk, actor=actor)
        assert not managed_surveys(actor)
    survey.refresh_from_db()
    assert survey.closed_at is None
    assert [row.survey for row in managed_surveys(city.quan)] == [survey]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"units": []}, "units"), ({"ended_to": date(2026, 10, 1)}, "ended_to"),
     ({"closes_on": MONDAY.date()}, "closes_on")],
)  # fmt: skip
def test_days_that_do_not_go_together(city: City, values: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(city, **values)
    assert set(refused.value.fields) == {field}
    assert not Survey.objects.exists()


def test_the_demonstration_has_one_that_is_over_and_one_that_runs(city: City, filed: Filed) -> None:
    """Through the actions, none of it in the future; whoever was asked in the first is not asked in the second."""
    for number in range(12):
        filed(f"0905 111 {200 + number}")
    now = MONDAY + timedelta(days=20)
    with moment.at(now):
        call_command("demo_surveys", verbosity=0)
        running, over = (row for row in managed_surveys(city.quan))
        assert (over.survey.closed_at is not None, running.survey.closed_at) == (True, None)
        assert (over.invited, running.invited) == (12, 0)
        found = findings(over.survey)
        assert found is not None
        assert 6 <= found.answered <= 12
        assert found.whole is not None
        assert found.whole.share > 0.5
    assert not Event.objects.filter(at__gt=now).exists()
    assert Event.objects.filter(name="survey.invited").count() == 12
    assert list(verify()) == []


def test_the_demonstration_needs_questions(city: City) -> None:
    Question.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("demo_surveys")
    assert not Survey.objects.exists()


def test_the_demonstration_knows_the_questions_of_the_pack() -> None:
    with (settings.BASE_DIR / "packs" / "lam-dong" / "rating_questions.csv").open(encoding="utf-8", newline="") as file:
        asked = {row["code"]: row["answers"].split("|") for row in csv.DictReader(file) if row["shape"] == "fact"}
    assert {code: len(answers) for code, answers in asked.items()} == {
        code: len(in_time) for code, (in_time, _late) in FACTS.items()
    }
    assert all(len(in_time) == len(late) for in_time, late in FACTS.values())
