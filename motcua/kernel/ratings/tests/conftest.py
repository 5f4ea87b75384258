"""Questions, and something that can be rated: numbers of an invented kind whose officer is Hoa of Ward One."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

import pytest

from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.ratings.actions.giving import give_rating
from motcua.kernel.ratings.kind import RATEABLES, Given, Part, Rateable, Service, Shape
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries.links import rate_token
from motcua.lib import moment
from motcua.testing.city import LONG_AGO, MONDAY, City

Rate = Callable[..., None]
FRIDAY_BEFORE = MONDAY - timedelta(days=3)
WORK = "work"


def token(key: object) -> str:
    return rate_token(WORK, key)


def ask(code: str, part: Part, shape: Shape, position: int = 1, **values: object) -> Question:
    return Question.objects.create(
        code=code, part=part, shape=shape, position=position, text=f"Câu {code}", text_en=f"Question {code}",
        valid_from=LONG_AGO, **values,
    )  # fmt: skip


@pytest.fixture
def questions(db: None) -> dict[str, Question]:
    found = [
        ask("nhanh", Part.QUICK, Shape.GOOD),
        ask("cham", Part.QUICK, Shape.BAD, 2),
        ask("thai-do", Part.CRITERIA, Shape.GRADE, 3, answers=["Kém", "Được", "Tốt"],
            answers_en=["Bad", "Fair", "Good"]),
        ask("ro-rang", Part.SURVEY, Shape.SCALE, 4, factor="Thủ tục", factor_en="Procedure"),
        ask("lich-su", Part.SURVEY, Shape.SCALE, 5, factor="Công chức", factor_en="Official"),
        ask("them-tien", Part.SURVEY, Shape.FACT, 6, answers=["Không", "Có"], answers_en=["No", "Yes"]),
    ]  # fmt: skip
    return {row.code: row for row in found}


@pytest.fixture
def services(city: City) -> Iterator[dict[str, Service]]:
    """Key → what was done; a test puts in its own. Every number not in it was done by Hoa, on the Friday before."""
    own: dict[str, Service] = {}

    def service(key: str) -> Service | None:
        usual = Service("Việc thử", city.office_one.id, FRIDAY_BEFORE, city.hoa.id, city.ward_one.id, "1.000001")
        return own.get(key, usual) if key.isdecimal() else None

    RATEABLES[WORK] = Rateable(WORK, "Việc thử", "Việc thế nào?", service)
    yield own
    del RATEABLES[WORK]


@pytest.fixture
def rate(services: dict[str, Service], questions: dict[str, Question]) -> Rate:
    """``rate(faces, at, …)``: one person each, of a unit and officer."""
    number = iter(range(10_000))

    def many(faces: list[int], at: datetime = FRIDAY_BEFORE, **of: object) -> None:
        with moment.at(at):
            for face in faces:
                key = str(next(number))
                if of:
                    usual = {"title": "Việc thử", "ended_at": at, **of}
                    services[key] = Service(**usual)  # type: ignore[arg-type]
                give_rating(token(key), Given(face), actor=ANONYMOUS)

    return many


def week(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())
