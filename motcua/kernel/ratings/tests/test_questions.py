"""Questions: other words from tomorrow, answers kept with the words they were asked in; and from a city's pack."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import translation

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.packs.queries import Pack
from motcua.kernel.ratings import pack as ratings_pack
from motcua.kernel.ratings.actions.questions import end_question, save_question
from motcua.kernel.ratings.kind import Part, Shape
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries.asking import asked, every_question
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY, City

TOMORROW = MONDAY + timedelta(days=1)
HEAD = "code,valid_from,valid_to,part,shape,position,factor,factor_en,text,text_en,answers,answers_en\n"
GOOD = "nhanh,2026-01-01,,quick,good,1,,,Nhanh,Quick,,\n"
GRADE = "tc,2026-01-01,,criteria,grade,2,,,Thái độ,Attitude,Kém|Được|Tốt,Bad|Fair|Good\n"


def words(*parts: Part) -> list[str]:
    return [row.title for row in asked(*parts)]


def test_other_words_from_tomorrow(city: City, questions: dict[str, Question]) -> None:
    with moment.at(MONDAY):
        save_question("nhanh", actor=city.quan, part="quick", shape="good", text="Rất nhanh")
        save_question("nhanh", actor=city.quan, part="quick", shape="good", text="Nhanh lắm")  # it was meant so
        assert words(Part.QUICK) == ["Câu nhanh", "Câu cham"]
        assert len(every_question()) == 7
    with moment.at(TOMORROW):
        assert words(Part.QUICK) == ["Nhanh lắm", "Câu cham"]
    questions["nhanh"].refresh_from_db()
    assert (questions["nhanh"].text, questions["nhanh"].valid_to) == ("Câu nhanh", MONDAY.date())


def test_not_asked_any_more(city: City, questions: dict[str, Question]) -> None:
    with moment.at(MONDAY):
        save_question("moi", actor=city.quan, part="quick", shape="bad", text="Mới")
        end_question("moi", actor=city.quan)
        end_question("cham", actor=city.quan)
        assert words(Part.QUICK) == ["Câu nhanh", "Câu cham"]
        with pytest.raises(Refused):
            end_question("cham", actor=city.quan)
    with moment.at(TOMORROW):
        assert words(Part.QUICK) == ["Câu nhanh"]
    assert not Question.objects.filter(code="moi").exists()


@pytest.mark.parametrize(
    ("part", "shape", "answers"),
    [("quick", "scale", []), ("criteria", "grade", ["Một", "Hai"]), ("survey", "scale", ["Một"]),
     ("survey", "fact", ["Một"])],
)  # fmt: skip
def test_what_does_not_go_together(city: City, part: str, shape: str, answers: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        save_question("x", actor=city.quan, part=part, shape=shape, text="X", answers=answers)
    assert refused.value.fields
    assert not Question.objects.exists()
    assert not Event.objects.filter(name="ratingquestion.changed").exists()


def test_only_administrators_of_the_whole(city: City, questions: dict[str, Question]) -> None:
    for actor in (city.minh, city.hoa, city.lan, city.an):
        with pytest.raises(Refused):
            save_question("x", actor=actor, part="quick", shape="good", text="X")
        with pytest.raises(Refused):
            end_question("nhanh", actor=actor)
    assert Question.objects.count() == 6


def test_in_both_languages(questions: dict[str, Question]) -> None:
    grade, scale = questions["thai-do"], questions["ro-rang"]
    assert grade.choices == [(0, "Kém"), (1, "Được"), (2, "Tốt")]
    assert scale.choices[0] == (1, "Rất không hài lòng")
    with translation.override("en"):
        assert (grade.title, scale.heading) == ("Question thai-do", "Procedure")
        assert grade.choices == [(0, "Bad"), (1, "Fair"), (2, "Good")]
        assert scale.choices[4] == (5, "Very satisfied")
    assert questions["nhanh"].choices == []


# ── From a pack ────────────────────────────────────────────────────────────────────────────────────────────────────


def read(folder: Path, text: str) -> Pack:
    (folder / "rating_questions.csv").write_text(text, encoding="utf-8")
    pack = Pack(folder)
    ratings_pack.read(pack)
    return pack


def test_the_pack_is_applied_once(tmp_path: Path, db: None) -> None:
    pack = read(tmp_path, HEAD + GOOD + GRADE)
    assert not pack.problems
    assert [str(change)[0] for change in ratings_pack.apply(pack, SYSTEM)] == ["+", "+"]
    assert not ratings_pack.apply(read(tmp_path, HEAD + GOOD + GRADE), SYSTEM)
    grade = Question.objects.get(code="tc")
    assert (grade.shape, grade.answers, grade.valid_from) == (Shape.GRADE, ["Kém", "Được", "Tốt"], date(2026, 1, 1))


def test_what_the_pack_gives_up_is_asked_no_more(tmp_path: Path, db: None) -> None:
    ratings_pack.apply(read(tmp_path, HEAD + GOOD + GRADE), SYSTEM)
    later = read(tmp_path, HEAD + GOOD)
    later.earlier = {"rating_questions": ["nhanh 2026-01-01", "tc 2026-01-01"]}
    with moment.at(MONDAY):
        assert [str(change)[0] for change in ratings_pack.apply(later, SYSTEM)] == ["-"]
    assert Question.objects.get(code="tc").valid_to == MONDAY.date()
    assert Question.objects.get(code="nhanh").valid_to is None


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("x,2026-01-01,,quick,scale,1,,,X,X,,", "shape"),
        ("x,2026-01-01,,criteria,grade,1,,,X,X,Một|Hai,", "answers"),
        ("x,2026-01-01,2025-01-01,quick,good,1,,,X,X,,", "valid_to"),
        ("nhanh,2026-05-01,,quick,good,1,,,X,X,,", "valid_from"),
        ("X Y,2026-01-01,,quick,good,1,,,X,X,,", "code"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, where: str) -> None:
    pack = read(tmp_path, f"{HEAD}{GOOD}{line}\n")
    assert [(problem.line, problem.text.split(":")[0]) for problem in pack.problems] == [(3, where)]


def test_the_city_ships_all_that_is_asked() -> None:
    pack = Pack(Path(__file__).parents[4] / "packs" / "lam-dong")
    ratings_pack.read(pack)
    rows = pack.tables["rating_questions.csv"]
    assert not pack.problems
    assert sum(row["part"] == "criteria" for row in rows) == 9  # facts §1.9
    assert len({row["factor"] for row in rows if row["shape"] == "scale"}) == 5  # facts §8.1
    assert sum(row["shape"] == "fact" for row in rows) == 6
