"""Words to a category: above the gate by itself, below it by a human; corrections are learned; the commands."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from motcua.kernel.cases.models import Case
from motcua.kernel.events.kind import JOBS
from motcua.kernel.events.models import Event
from motcua.lib import moment
from motcua.lib.classify import GATE
from motcua.modules.incidents.actions.learning import train_classifier, train_if_newer
from motcua.modules.incidents.actions.receiving import classify_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.models import Incident, Phrase, ScopeRule
from motcua.modules.incidents.queries.understanding import (
    Suggestion,
    elsewhere,
    forget_model,
    forget_scope,
    model_path,
    suggest,
)
from motcua.testing.city import LAMP_AT, SEA_AT, City

pytestmark = pytest.mark.django_db
LIGHTS = (
    "Đèn đường tắt ba đêm", "Bóng đèn trước nhà cháy", "Cột đèn không sáng", "Đèn công cộng hỏng", "Tối om vì đèn tắt",
    "Đèn nhấp nháy cả đêm", "Chưa ai thay bóng đèn", "Hẻm không có đèn sáng",
)  # fmt: skip
WASTE = (
    "Rác chất đống đầu hẻm", "Thùng rác đầy tràn", "Xe rác không tới", "Ai đổ rác ra suối", "Rác bốc mùi hôi",
    "Bao rác vứt bừa", "Xà bần đổ trộm", "Rác chợ để qua đêm",
)  # fmt: skip
PACK = Path(__file__).resolve().parents[4] / "packs" / "lam-dong"
PARROT = "Con vẹt nhà hàng xóm nói tiếng Anh"
SAYS_BOTH = "Thùng rác cạnh cột đèn"


@pytest.fixture(autouse=True)
def _own_model(tmp_path: Path, settings: Settings) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    forget_model()
    yield
    forget_model()


@pytest.fixture
def trained(city: City) -> City:
    rows = [("street-lighting", text) for text in LIGHTS] + [("waste", text) for text in WASTE]
    Phrase.objects.bulk_create(
        Phrase(category=category, text=text, source="pack", created_at=moment.now()) for category, text in rows
    )
    assert train_classifier() == len(rows)
    return city


def report(city: City, text: str, at: tuple[float, float] = LAMP_AT) -> Case:
    return submit_incident(NewIncident(text=text, lat=at[0], lon=at[1]), actor=city.an).case


def best(text: str) -> Suggestion:
    return suggest(text)[0]


# ── The gate ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("text", ["Đèn đường trước nhà tắt rồi", "den duong truoc nha tat roi"])
def test_what_is_sure_goes_where_it_belongs_by_itself(trained: City, text: str) -> None:
    case = report(trained, text)
    assert case.category is not None
    assert (case.category.code, case.state, case.unit_id) == ("street-lighting", "dispatched", trained.office_one.id)
    assert case.incident.suggested_probability is not None
    assert case.incident.suggested_probability >= GATE
    assert case.incident.routing_reason == "Đèn đường: phòng Kinh tế của phường."


def test_below_the_gate_a_human_decides_and_sees_the_guess(trained: City) -> None:
    assert best(SAYS_BOTH).probability < GATE
    case = report(trained, SAYS_BOTH)
    assert (case.category_id, case.state, case.unit_id) == (None, "submitted", trained.centre.id)
    incident = Incident.objects.get(pk=case.id)
    assert incident.suggested == best(SAYS_BOTH).category.code
    assert incident.suggested_probability is not None
    assert incident.suggested_probability < GATE


def test_what_the_person_chose_is_not_overruled(trained: City) -> None:
    new = NewIncident(text="Đèn đường tắt", category="waste", lat=LAMP_AT[0], lon=LAMP_AT[1])
    case = submit_incident(new, actor=trained.an).case
    assert case.category is not None
    assert case.category.code == "waste"


def test_without_a_model_everything_is_decided_by_a_human(city: City) -> None:
    assert suggest("Đèn đường tắt") == []
    assert report(city, "Đèn đường tắt").unit_id == city.centre.id


# ── Learning ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_officers_correct_is_learned_by_the_job(trained: City) -> None:
    job = JOBS["incidents.learn"]
    assert job.run() == 0  # nothing new
    for number in range(6):
        case = report(trained, f"{PARROT}, lần {number}")
        with moment.at(moment.now() + timedelta(minutes=1)):
            classify_incident(case.id, actor=trained.lan, category="official-conduct")
    assert job.run() == len(LIGHTS) + len(WASTE) + 6
    learned = best(f"{PARROT} nữa")
    assert learned.category.code == "official-conduct"
    assert learned.is_sure
    assert best("Đèn đường tắt").category.code == "street-lighting"


def test_one_category_alone_is_not_learned(city: City) -> None:
    Phrase.objects.create(category="waste", text="Rác", source="pack", created_at=moment.now())
    assert train_if_newer() == 0
    assert not model_path().exists()


# ── motcua route ────────────────────────────────────────────────────────────────────────────────────────────────────


def route(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    call_command("route", *arguments)
    return capsys.readouterr().out


@pytest.mark.parametrize("text", ["Đèn đường tắt rồi", "Rác đầy hẻm", SAYS_BOTH])
def test_the_dry_run_says_where_the_report_would_go(
    trained: City, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    events = Event.objects.count()
    told = json.loads(route(capsys, "--text", text, "--lat", str(LAMP_AT[0]), "--lon", str(LAMP_AT[1]), "--json"))
    assert (Case.objects.count(), Event.objects.count()) == (0, events)
    case = report(trained, text)
    assert told["unit"] == case.unit.code
    assert told["category"] == (case.category.code if case.category else None)
    assert told["area"] == "24778"


def test_the_dry_run_explains_each_rule(trained: City, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--lat", str(LAMP_AT[0]), "--lon", str(LAMP_AT[1]))
    ScopeRule.objects.create(kind="denunciation", phrases=["tố cáo"], title="Thanh tra", guidance="Gửi Thanh tra")
    told = route(capsys, "--text", "Rác đầy thùng, tôi tố cáo", *where, "--explain")
    assert "Rác thải" in told
    assert "ngưỡng 60%" in told
    assert "#10 office:kinh-te: khác loại việc" in told
    assert "#20: Rác: phường. → Phường Một" in told
    assert "hướng dẫn nơi khác: Thanh tra" in told
    assert "địa bàn: không rõ" in route(capsys, "--text", "Rác", "--explain")
    outside = route(capsys, "--text", "Rác", "--lat", str(SEA_AT[0]), "--lon", str(SEA_AT[1]), "--explain")
    assert "Ghim nằm ngoài địa bàn" in outside


@pytest.mark.parametrize("wrong", [("--category", "no-such"), ("--at", "hôm qua")])
def test_the_dry_run_refuses_what_it_cannot_read(trained: City, wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=wrong[1]):
        call_command("route", "--text", "Rác", *wrong)


# ── motcua classifier ───────────────────────────────────────────────────────────────────────────────────────────────


def test_evaluating_a_file(trained: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "cau.csv"
    file.write_text("text,category\nĐèn tắt,street-lighting\nRác đầy,waste\nThùng rác vỡ,street-lighting\n", "utf-8")
    call_command("classifier", "evaluate", str(file), "--json")
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["accuracy"]) == (3, 0.6667)
    assert told["macro_f1"] == 0.6667  # of each: one right, and the one of three that was taken for the other
    assert told["confusions"] == [["street-lighting", "waste", 1]]
    call_command("classifier", "evaluate", str(file))
    words = capsys.readouterr().out
    for expected in ("accuracy          0.667", "macro-F1          0.667", "1 × street-lighting → waste"):
        assert expected in words


@pytest.mark.parametrize(("content", "says"), [(None, "Không thấy tệp"), ("a,b\n1,2\n", "cần hai cột"),
                                               ("text,category\n", "không có dòng nào")])  # fmt: skip
def test_a_file_that_cannot_be_measured(trained: City, tmp_path: Path, content: str | None, says: str) -> None:
    file = tmp_path / "cau.csv"
    if content is not None:
        file.write_text(content, "utf-8")
    with pytest.raises(CommandError, match=says):
        call_command("classifier", "evaluate", str(file))


def test_predicting_a_text(trained: City, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("classifier", "predict", "den", "duong", "tat", "--json")
    told = json.loads(capsys.readouterr().out)
    assert told["predictions"][0]["category"] == "street-lighting"
    assert sum(one["probability"] for one in told["predictions"]) == pytest.approx(1, abs=0.01)
    call_command("classifier", "predict", SAYS_BOTH)
    assert "người quyết định" in capsys.readouterr().out


# ── What is not a report ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def scope() -> Iterator[None]:
    ScopeRule.objects.bulk_create(
        ScopeRule(kind=row["kind"], phrases=row["phrases"].split("|"), title=row["where"], guidance=row["guidance"])
        for row in _rows("scope.csv")
    )
    forget_scope()
    yield
    forget_scope()


def _rows(name: str) -> list[dict[str, str]]:
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.usefixtures("scope")
def test_what_is_no_report_is_guided_and_nothing_else_is() -> None:
    rows = _rows("scope-eval.csv")
    assert (sum(bool(row["kind"]) for row in rows) >= 30, sum(not row["kind"] for row in rows) >= 60) == (True, True)
    said = {row["text"]: found.kind if (found := elsewhere(row["text"])) else "" for row in rows}
    assert said == {row["text"]: row["kind"] for row in rows}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Nhà bên đang cháy", "fire"),
        ("xe toi dang chay thi sup o ga", ""),  # without tones "cháy" and "chạy" are alike
        ("dang chay nha", "fire"),
        ("cho xin sua tu tu cung duoc", ""),
        ("muon kien nghi sua duong", ""),
        ("Dây điện rối, sợ cháy nhà", ""),
        ("Trước thì sợ cháy nhà, giờ thì cháy nhà rồi", "fire"),  # what is struck out hides nothing else
    ],
)
@pytest.mark.usefixtures("scope")
def test_words_that_only_look_like_danger(text: str, kind: str) -> None:
    found = elsewhere(text)
    assert (found.kind if found else "") == kind
