"""What other systems tell of their dossiers: in any order, twice, half of it unreadable; and who may see it."""

import gzip
import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from motcua.kernel.events.kind import JOBS
from motcua.kernel.events.models import Event
from motcua.kernel.exchange.actions.importing import Imported, lines_of, take_in_reports
from motcua.kernel.exchange.models import Foreign, Source, Unread
from motcua.kernel.exchange.ports import SHAPES
from motcua.kernel.exchange.queries.foreign import foreign_by, own_foreign
from motcua.kernel.exchange.tasks import forget_old
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof, create_service_key, declare_identity, revoke_service_key
from motcua.kernel.identity.kind import SYSTEM, Level
from motcua.kernel.identity.models import ServiceKey
from motcua.kernel.identity.queries import person_actor, sealer
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
CODE, NATIONAL_ID, NAME = "G09.20-20260609-0092637", "068195000001", "Nguyễn Thị An"
SOURCE = "Bộ Xây dựng"
ADDRESS = "/lien-thong/dvcqg/DongBoHoSoMC/"


def row(code: str = CODE, state: object = 4, **more: Any) -> dict[str, Any]:
    return {
        "MaHoSo": code, "TrangThaiHoSo": state, "MaTTHC": "1.002003", "TenTTHC": "Cấp chứng chỉ hành nghề",
        "NgayTiepNhan": "20260609081500", "NgayHenTra": "20260630170000", "DonViXuLy": "Cục Quản lý",
        "ChuHoSo": NAME, "SoDinhDanh": NATIONAL_ID, "SoDienThoai": "0905123456", **more,
    }  # fmt: skip


def step(at: str, state: int, code: str = CODE) -> dict[str, Any]:
    return {"MaHoSo": code, "ThoiDiemXuLy": at, "TrangThai": state, "PhongBanXuLy": "Phòng Hai"}


def take(*rows: Any, source: str = SOURCE) -> Imported:
    texts = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in rows]
    shape = SHAPES["dvcqg"]
    return take_in_reports(lines_of(texts, shape), shape=shape, source=source, actor=SYSTEM)


def test_it_works(db: None) -> None:
    done = take(row())
    assert (done.total, done.new, done.changed, done.problems) == (1, 1, 1, [])
    found = Foreign.objects.get()
    assert (found.code, found.state, found.procedure, found.agency) == (CODE, 4, "1.002003", "Cục Quản lý")
    assert found.accepted_at is not None
    assert found.accepted_at.isoformat() == "2026-06-09T01:15:00+00:00"
    assert Source.objects.get().count == 1
    assert Event.objects.get(name="exchange.imported").data == {"count": 1, "source": SOURCE}


def test_of_a_person_an_index_is_kept_alone(db: None) -> None:
    take(row())
    kept: dict[str, Any] = {**Foreign.objects.values().get()}
    assert bytes(kept.pop("applicant_index")) == sealer().index(NATIONAL_ID)
    text = json.dumps(kept, default=str, ensure_ascii=False)
    assert not any(word in text for word in (NAME, NATIONAL_ID, "0905123456"))


def test_the_same_file_twice_changes_nothing(db: None) -> None:
    rows = [row(), step("20260610080000", 5), step("20260612080000", 4), row("H15.50-261008-0975", 2)]
    assert take(*rows).changed == 3  # two dossiers, and the newest step of one
    before = list(Foreign.objects.order_by("pk").values())
    done = take(*rows)
    assert (done.new, done.changed) == (0, 0)
    assert list(Foreign.objects.order_by("pk").values()) == before
    assert (Source.objects.get().count, Event.objects.filter(name="exchange.imported").count()) == (2, 1)


def test_an_older_word_never_overwrites_a_newer_one(db: None) -> None:
    take(step("20260620080000", 9))
    assert Foreign.objects.get().procedure == ""
    assert take(step("20260612080000", 4), row(state=2)).changed == 1  # what it does not say is filled in
    found = Foreign.objects.get()
    assert (found.state, found.procedure, found.agency) == (9, "1.002003", "Phòng Hai")
    take(row(state=10, NgayTra="20260621080000"))
    take(row(state=9, NgayKetThucXuLy="20260620080000"))
    found.refresh_from_db()
    assert found.state == 10
    assert found.returned_at is not None


def test_of_one_moment_the_later_state_counts(db: None) -> None:
    take(row(state=4))
    take(row(state=2))
    assert Foreign.objects.get().state == 4
    take(row(state=10))
    assert Foreign.objects.get().state == 10


def test_each_source_has_its_own(db: None) -> None:
    take(row(state=4))
    take(row(state=9), source="Bộ Y tế")
    assert dict(Foreign.objects.values_list("source", "state")) == {SOURCE: 4, "Bộ Y tế": 9}


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("{", "JSON"),
        ("[1]", "JSON"),
        (row(code=""), "MaHoSo"),
        (row(code="có dấu cách"), "MaHoSo"),
        (row(state="bốn"), "TrangThaiHoSo"),
        (row(state=11), "11"),
        (row(state=True), "TrangThaiHoSo"),
        (row(NgayTiepNhan="9/6/2026"), "NgayTiepNhan"),
        (row(NgayTiepNhan="20260230080000"), "NgayTiepNhan"),
        (row(NgayTiepNhan=""), "NgayTiepNhan"),
        (row(NgayTiepNhan="18900101000000"), "NgayTiepNhan"),
        (row(ThoiDiemCapNhat="20990101000000"), "tương lai"),
        (step("", 4), "ThoiDiemXuLy"),
        ({"service": "XoaHoSo", "data": row()}, "dịch vụ"),
        ("[" * 100_000, "JSON"),
    ],
)
def test_what_cannot_be_read_is_named_and_kept(db: None, bad: Any, reason: str) -> None:
    done = take(row("H15.50-261008-0975"), bad, row())
    assert (done.total, done.new) == (3, 2)
    ((line, words, text),) = done.problems
    assert line == 2
    assert reason in words
    kept = Unread.objects.get()
    assert (kept.line, kept.source, sealer().open(kept.text_sealed)) == (2, SOURCE, text)
    take(bad)
    assert Unread.objects.count() == 1


def test_what_could_not_be_read_does_not_stay_for_ever(db: None, settings: Settings) -> None:
    """Neither looked at nor not; the day before it goes it is still there."""
    first = moment.now()
    take(row(), "{", row(state="bốn"))
    with moment.at(first + timedelta(days=30)):
        take("[1]")
    with moment.at(first + timedelta(days=89)):
        assert forget_old() == 0
    with moment.at(first + timedelta(days=91)):
        assert JOBS["exchange.forget"].run() == 2
        assert sealer().open(Unread.objects.get().text_sealed) == "[1]"
        settings.EXCHANGE_UNREAD_KEPT_DAYS = 60
        assert forget_old() == 1
    assert not Unread.objects.exists()
    assert Foreign.objects.count() == 1
    assert Source.objects.get().count == 1
    assert take("{").problems  # the same again is named again
    assert Unread.objects.count() == 1


def test_nobody_else_brings_any_in(city: City) -> None:
    shape = SHAPES["dvcqg"]
    for actor in (city.minh, city.quan, city.an):
        with pytest.raises(Refused):
            take_in_reports(lines_of([json.dumps(row())], shape), shape=shape, source=SOURCE, actor=actor)
    assert not Foreign.objects.exists()
    assert not Event.objects.exists()


# ── Whose they are ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_a_proved_number_shows_them(city: City) -> None:
    take(row(), row("H15.50-261008-0975", SoDinhDanh="068195000002"))
    account = identity.new_person_account(identity.create_person(NAME, "0905 111 222"))
    declare_identity(Proof(NATIONAL_ID, NAME), actor=person_actor(account.pk))
    assert own_foreign(person_actor(account.pk)) == []
    identity.prove_person(account.person_id or 0, Proof(NATIONAL_ID, NAME), level=Level.COUNTER, actor=SYSTEM)
    (own,) = own_foreign(person_actor(account.pk))
    assert (own.code, own.source, own.state.icon) == (CODE, SOURCE, "tool")
    assert own_foreign(city.minh) == []
    assert own_foreign(city.an) == []


def test_code_and_secret(db: None) -> None:
    take(row(), row("H15.50-261008-0975", MaTraCuu="K7MN-3QPX"))
    found = foreign_by(CODE.lower(), "068 195 000 001")
    assert found is not None
    assert found.code == CODE
    assert foreign_by(CODE, "068195000002") is None
    assert foreign_by(CODE, "") is None
    assert foreign_by("G09.20-20260609-0092638", NATIONAL_ID) is None
    assert foreign_by("H15.50-261008-0975", "k7mn 3qpx") is not None
    assert foreign_by("H15.50-261008-0975", NATIONAL_ID) is None  # a receipt with a secret opens by that alone


# ── Over HTTP ───────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(body: Any, key: str, path: str = ADDRESS) -> Any:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return Client(headers=headers).post(path, body if isinstance(body, str) else json.dumps(body), "application/json")


def test_a_system_tells_over_http(db: None) -> None:
    key = create_service_key(SOURCE, ["exchange.report"])
    answer = ask({"isUpdating": False, "data": [row(), row(state=0), "?"]}, key)
    told = answer.json()
    assert (answer.status_code, told["error_code"], told["SoHoSo"]) == (200, 1, 1)
    assert [problem["Dong"] for problem in told["result"]] == [2, 3]
    steps = {"data": [step("20260620080000", 9)]}
    answer = ask(steps, key, "/lien-thong/dvcqg/CapNhatTienDoHoSoMC")
    assert answer.json() == {"error_code": 0, "message": "", "SoHoSo": 1, "result": []}
    found = Foreign.objects.get()
    assert (found.state, found.source) == (9, SOURCE)


HALVES = [  # of a letter, as JSON may escape it
    r'{"MaHoSo":"H1-261120-0001","TrangThaiHoSo":4,"TenTTHC":"\ud800"}',
    json.dumps(row(), ensure_ascii=False).replace("An", r"\udfff"),
    json.dumps(row(), ensure_ascii=False).replace("ChuHoSo", r"\udfff"),
]


@pytest.mark.parametrize("half", HALVES)
def test_half_of_a_letter_cannot_be_read(db: None, half: str) -> None:
    whole = json.dumps(row("G09.20-20260609-0000001"), ensure_ascii=False).replace("An", r"\ud83d\ude00")
    key = create_service_key(SOURCE, ["exchange.report"])
    told = ask(f'{{"data": [{half}, {whole}]}}', key).json()
    assert (told["SoHoSo"], told["result"]) == (1, [{"Dong": 1, "error_code": 1, "message": "Có ký tự hỏng."}])
    kept = Unread.objects.get()
    assert json.loads(sealer().open(bytes(kept.text_sealed))) == json.loads(half)
    assert Foreign.objects.get().code == "G09.20-20260609-0000001"
    done = take(half, rf'{{"service": "\ud800", "data": {half}}}', source="Tệp")
    assert [reason for _line, reason, _text in done.problems] == ["Có ký tự hỏng."] * 2
    assert Foreign.objects.count() == 1


def test_the_door_is_closed_to_others(city: City) -> None:
    good = create_service_key(SOURCE, ["exchange.report"])
    other = create_service_key("Khác", ["incident.submit"])
    revoked = create_service_key("Cũ", ["exchange.report"])
    revoke_service_key(ServiceKey.objects.get(name="Cũ").pk, actor=SYSTEM)
    body, events = {"data": [row()]}, Event.objects.count()
    for key, status in (("", 401), ("mc_sai", 401), (revoked, 401), (other, 403)):
        assert ask(body, key).status_code == status
    assert ask(body, good, "/lien-thong/dvcqg/TraCuuHoSo/").status_code == 404
    assert ask(body, good, "/lien-thong/khac/DongBoHoSoMC/").status_code == 404
    assert Client(headers={"Authorization": f"Bearer {good}"}).get(ADDRESS).status_code == 405
    for wrong in ("{", "[]", '{"data": {}}', '"x"', "[" * 100_000):
        assert ask(wrong, good).status_code == 400
    assert not Foreign.objects.exists()
    assert Event.objects.count() == events


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────


def run(*words: str) -> str:
    out = StringIO()
    call_command("exchange", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_reads_files(db: None, tmp_path: Path) -> None:
    file, problems = tmp_path / "bo.jsonl.gz", tmp_path / "loi.jsonl"
    with gzip.open(file, "wt", encoding="utf-8") as out:
        out.write(f"{json.dumps(row())}\n\nkhông phải JSON\n{json.dumps(step('20260620080000', 9))}\n")
    told = run("import", str(file), "--source", SOURCE, "--problems", str(problems))
    assert "3 dòng" in told
    assert "dòng 3: Không phải JSON." in told
    assert json.loads(problems.read_text(encoding="utf-8"))["text"] == "không phải JSON"
    assert problems.stat().st_mode & 0o077 == 0
    assert Foreign.objects.get().state == 9
    assert "0 hồ sơ mới, 0 đổi" in run("import", str(file), "--source", SOURCE)
    for wrong in ([str(tmp_path / "khong-co.jsonl")], [str(file), "--shape", "x"]):
        with pytest.raises(CommandError):
            run("import", *wrong, "--source", SOURCE)
    file.write_bytes(file.read_bytes()[:40])
    with pytest.raises(CommandError):
        run("import", str(file), "--source", SOURCE)


def test_an_early_word_of_a_slow_clock(db: None) -> None:
    ahead = moment.now() + timedelta(hours=9)  # within a day: their clock may be before ours
    assert take(row(ThoiDiemCapNhat=ahead.strftime("%Y%m%d%H%M%S"))).new == 1
