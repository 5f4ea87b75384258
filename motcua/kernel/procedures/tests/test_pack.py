"""Fields, life events, synonyms and procedures of a pack."""

from pathlib import Path

import pytest
from django.core.management import call_command

from motcua.kernel.events.models import Event
from motcua.kernel.forms.kind import Form
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.packs.queries import Pack, Record
from motcua.kernel.procedures import pack as part
from motcua.kernel.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion, Synonym
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.tests.samples import CONDITIONAL, FORM, TEXT

CODE = "1.001193"
FILES = {
    "fields.csv": "code,name,name_en,icon,sort\nho-tich,Hộ tịch,Civil status,certificate,10\n",
    "life_events.csv": "code,name,name_en,icon,summary,summary_en,sort\n"
    "sinh-con,Sinh con,A child,heart,Khai sinh,Birth,1\n",
    "synonyms.csv": "said,means\nsổ đỏ,giấy chứng nhận quyền sử dụng đất\n",
    f"procedures/{CODE}.toml": TEXT,
}
UNITS = "code,name,kind\n24778,Một,commune\n24778-kinh-te,Phòng,office\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "procedures").mkdir()
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "khai-sinh.json").write_text("{}", encoding="utf-8")
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def read(folder: Path) -> Pack:
    pack = Pack(folder)
    pack.tables["units.csv"] = _units(pack)
    part.read(pack)
    return pack


def _units(pack: Pack) -> list[Record]:
    units = {"24778": "commune", "24778-kinh-te": "office", "68-tu-phap": "department", "68": "province"}
    return [Record(pack, "units.csv", 1, code, {"code": code, "kind": kind}, set()) for code, kind in units.items()]


def change(folder: Path, file: str, what: str, instead: str) -> list[str]:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert what in text
    path.write_text(text.replace(what, instead, 1), encoding="utf-8")
    return [str(problem) for problem in read(folder).problems]


def test_it_works(folder: Path) -> None:
    assert read(folder).problems == []


def test_a_condition_names_what_its_form_asks(folder: Path) -> None:
    path = folder / f"procedures/{CODE}.toml"
    path.write_text(CONDITIONAL.replace('{ var = "rich" }', '{ var = "poor" }'), encoding="utf-8")
    pack = Pack(folder)
    pack.tables["units.csv"] = _units(pack)
    form = {"key": "khai-sinh", "form": Form.parse(FORM), "body": FORM}
    pack.tables["forms/"] = [Record(pack, "forms/khai-sinh.json", 1, "khai-sinh", form, set())]
    part.read(pack)
    assert [str(problem) for problem in pack.problems] == [
        f"procedures/{CODE}.toml:54: cases[0].papers[1].when: không có ô “poor”"
    ]


BROKEN = [
    (f"procedures/{CODE}.toml", 'field = "ho-tich"', 'field = "la"', "fields.csv không có “la”"),
    (f"procedures/{CODE}.toml", '["sinh-con"]', '["la"]', "life_events.csv không có “la”"),
    (f"procedures/{CODE}.toml", 'form = "khai-sinh"', 'form = "la"', "forms/ không có “la.json”"),
    (f"procedures/{CODE}.toml", "office:kinh-te", "office:tu-phap", "units.csv không có “<xã>-tu-phap”"),
    (f"procedures/{CODE}.toml", 'unit = "commune"', 'unit = "province:99"', "units.csv không có “99”"),
    (f"procedures/{CODE}.toml", 'unit = "commune"', 'unit = "99"', "units.csv không có “99”"),
    (f"procedures/{CODE}.toml", 'code = "1.001193"', 'code = "1.001194"', "tên tệp phải là mã thủ tục"),
    (f"procedures/{CODE}.toml", "amount = 8000", "amount = -1", f"procedures/{CODE}.toml:84: fees[0].rule.amount"),
    (
        f"procedures/{CODE}.toml",
        '{ type = "fixed", amount = 8000 }\nby_way = { online = 0 }',
        '{ type = "table", table = "la", base = "price", match = { place = "place" } }',
        "fees/ không có “la.csv”",
    ),
    ("fields.csv", "ho-tich,Hộ tịch", "ho-tich,", "name: không được để trống"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "what", "instead", "words"), BROKEN)
def test_what_is_broken_is_named(folder: Path, file: str, what: str, instead: str, words: str) -> None:
    problems = change(folder, file, what, instead)
    assert [problem for problem in problems if words in problem], problems


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("khong phai json", "viết như"),
        ('{"query": "x"}', "viết như"),
        ('{"query": "LAM khai sinh cho be", "acceptable_codes": ["1.001193"]}', "đã là từ khóa của 1.001193"),
    ],
)
def test_the_search_is_not_measured_by_what_it_was_told(folder: Path, line: str, words: str) -> None:
    good = '{"query": "khai sinh ở đâu", "acceptable_codes": ["1.001193"]}'
    (folder / part.EVALUATIONS[0]).write_text(f"{good}\n", encoding="utf-8")
    assert read(folder).problems == []
    (folder / part.EVALUATIONS[0]).write_text(f"{good}\n{line}\n{good}\n", encoding="utf-8")
    first, second = map(str, read(folder).problems)
    assert first.startswith(f"{part.EVALUATIONS[0]}:2: {words}")
    assert second == f"{part.EVALUATIONS[0]}:3: câu này có hai lần"


def test_units_of_the_province_are_named_either_way(folder: Path) -> None:
    assert change(folder, f"procedures/{CODE}.toml", 'unit = "commune"', 'unit = "province:68-tu-phap"') == []
    assert change(folder, f"procedures/{CODE}.toml", 'unit = "province:68-tu-phap"', 'unit = "68-tu-phap"') == []


def test_one_result_has_one_name(folder: Path) -> None:
    other = TEXT.replace(CODE, "1.000002").replace('name = "Giấy khai sinh"', 'name = "Bản khai sinh"')
    (folder / "procedures" / "1.000002.toml").write_text(other, encoding="utf-8")
    assert "có tên khác ở" in str(read(folder).problems[0])


@pytest.mark.django_db
def test_applying_twice_changes_nothing(folder: Path) -> None:
    assert len(part.apply(read(folder), SYSTEM)) == 4
    assert part.apply(read(folder), SYSTEM) == []
    assert (Field.objects.count(), LifeEvent.objects.count(), Synonym.objects.count()) == (1, 1, 1)
    assert in_force(CODE) is not None


@pytest.mark.django_db
def test_a_changed_file_is_a_new_version(folder: Path) -> None:
    part.apply(read(folder), SYSTEM)
    change(folder, f"procedures/{CODE}.toml", "em bé mới sinh", "cháu bé")
    (told,) = part.apply(read(folder), SYSTEM)
    assert str(told).startswith(f"~ procedures {CODE}: summary")
    found = in_force(CODE)
    assert found is not None
    assert (found.number, found.body.summary) == (2, "Khi nhà bạn có cháu bé.")
    assert Event.objects.filter(name="procedure.published").count() == 1
    assert ProcedureVersion.objects.count() == 2


@pytest.mark.django_db
def test_what_the_pack_no_longer_has_ends_and_may_come_back(folder: Path) -> None:
    first = read(folder)
    part.apply(first, SYSTEM)
    path = folder / "procedures" / f"{CODE}.toml"
    path.unlink()
    second = read(folder)
    second.earlier = first.now
    part.apply(second, SYSTEM)
    assert in_force(CODE) is None
    assert Procedure.objects.get().ended_on is not None
    path.write_text(TEXT, encoding="utf-8")
    part.apply(read(folder), SYSTEM)
    assert in_force(CODE) is not None


def test_the_pack_of_lam_dong_is_in_order() -> None:
    call_command("pack", "check", "packs/lam-dong")
