"""Writing the local registries: by hand, and by files of which nothing stays when one line is wrong."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.packs.queries import Pack
from motcua.kernel.registries import pack as registries_pack
from motcua.kernel.registries.actions import Problem, import_file, look_up, open_record, remove_record, save_record
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.models import LookUp, RecordKey, RegistryRecord
from motcua.kernel.registries.queries import list_records, own_look_ups
from motcua.kernel.registries.tests.conftest import AN_ID, BINH_ID, CUC_ID
from motcua.lib.errors import Refused
from motcua.lib.identifiers import read_national_id
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
HEAD = "national_id,name,born_on,sex,address_area,address_line"
GOOD = f"""{HEAD}
{AN_ID},Nguyễn Thị Mẫu An,1990-05-02,nu,24778,"Số 1, đường Thử"
{BINH_ID},Trần Văn Mẫu Bình,2/5/1985,nam,,
"""


def test_a_file_comes_in_and_again_changes_nothing(city: City) -> None:
    told = import_file("population", GOOD.encode(), actor=city.quan)
    assert (told.added, told.changed, told.unchanged) == (2, 0, 0)
    again = import_file("population", ("\ufeff" + GOOD.replace("Mẫu Bình", "Mẫu Bính")).encode(), actor=city.quan)
    assert (again.added, again.changed, again.unchanged) == (0, 1, 1)
    answer = look_up("population", {"national_id": BINH_ID}, actor=SYSTEM, purpose="procedure")
    assert answer.record is not None
    assert answer.record.values == {
        "national_id": BINH_ID, "name": "Trần Văn Mẫu Bính", "born_on": "1985-05-02", "sex": "nam",
    }  # fmt: skip
    assert Event.objects.filter(name="registry.imported").count() == 2
    assert AN_ID not in repr(list(Event.objects.values()))


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (GOOD + f"{CUC_ID},Lê,1990-02-30,nu,,\n", 4, "born_on: không có ngày “1990-02-30”"),
        (GOOD + "123,Lê,,,,\n", 4, "national_id: số định danh phải đủ 12 chữ số"),
        (GOOD + f"{CUC_ID},,,,,\n", 4, "name: không được để trống"),
        (GOOD + f"{CUC_ID},Lê,,khác,,\n", 4, "sex: viết nam hoặc nu"),
        (GOOD + f"{CUC_ID},Lê\n", 4, "có 2 ô, phải là 6"),
        (GOOD + f"\n{AN_ID},Lê,,,,\n", 5, "national_id: trùng với dòng 2"),
        (GOOD + f'{CUC_ID},"Lê,,,,\n', 4, "dấu nháy kép không khép lại"),
        (HEAD.replace("name", "ten") + "\n", 1, "thiếu cột “name”"),
        (HEAD + ",sex\n", 1, "cột “sex” có hai lần"),
        ("", 1, "tệp rỗng"),
    ],
)
def test_one_wrong_line_and_nothing_stays(city: City, text: str, line: int, words: str) -> None:
    with pytest.raises(Refused) as refused:
        import_file("population", text.encode(), actor=city.quan)
    problems = refused.value.data["problems"]
    assert isinstance(problems, list)
    assert all(isinstance(problem, Problem) for problem in problems)
    assert problems[0].line == line
    assert problems[0].text.startswith(words)
    assert not RegistryRecord.objects.exists()
    assert not Event.objects.exists()


def test_every_mistake_is_told_at_once(city: City) -> None:
    text = f"{HEAD}\n1,,x,y,,\n{AN_ID},An,,,,\n2,B,,,,\n"
    with pytest.raises(Refused) as refused:
        import_file("population", text.encode(), actor=city.quan)
    problems: Any = refused.value.data["problems"]
    assert [problem.line for problem in problems] == [2, 2, 2, 2, 4]


def test_a_file_in_another_coding(city: City) -> None:
    with pytest.raises(Refused) as refused:
        import_file("population", b"national_id,name\n\n\xff\xfe,x\n", actor=city.quan)
    problems: Any = refused.value.data["problems"]
    assert problems[0].line == 3


def test_a_record_by_hand(city: City, an: Actor) -> None:
    cells = {"plate": "49a-123.45", "owner_national_id": AN_ID, "owner_name": "Nguyễn Thị Mẫu An"}
    number = save_record("vehicles", cells, actor=city.quan)
    with pytest.raises(Refused) as refused:
        save_record("vehicles", cells, actor=city.quan)
    assert "plate" in refused.value.fields
    renamed = save_record("vehicles", {**cells, "plate": "49A54321"}, actor=city.quan, record_id=number)
    assert not look_up("vehicles", {"plate": "49A12345"}, actor=SYSTEM, purpose="upkeep").record
    assert look_up("vehicles", {"plate": "49A54321"}, actor=SYSTEM, purpose="upkeep").record
    _kind, values = open_record(renamed, actor=city.quan)
    assert values["plate"] == "49A54321"
    assert any("Đỗ Văn Quân" in row.words for row in own_look_ups(an)), "opening one is a look-up that its owner sees"
    remove_record(renamed, actor=city.quan)
    assert not RegistryRecord.objects.exists()
    assert not RecordKey.objects.exists()


@pytest.mark.usefixtures("records")
def test_the_list_is_masked(city: City) -> None:
    lines = " ".join(line.words for line in list_records("population", actor=city.quan))
    assert "N. T. M. A." in lines
    assert AN_ID not in lines
    assert "Nguyễn" not in lines
    assert not LookUp.objects.exists()


@pytest.mark.usefixtures("records")
def test_who_may_not_write(city: City, clerk: Actor, an: Actor) -> None:
    number, before = RegistryRecord.objects.latest("pk").pk, RegistryRecord.objects.count()
    for actor in (clerk, city.minh, an, Actor("anonymous")):
        with pytest.raises(Refused):
            import_file("population", GOOD.encode(), actor=actor)
        with pytest.raises(Refused):
            save_record("population", {"national_id": CUC_ID, "name": "X"}, actor=actor)
        with pytest.raises(Refused):
            open_record(number, actor=actor)
        with pytest.raises(Refused):
            remove_record(number, actor=actor)
        with pytest.raises(Refused):
            list_records("population", actor=actor)
    assert RegistryRecord.objects.count() == before
    assert not LookUp.objects.exists()
    assert not Event.objects.filter(name__startswith="registry.").exists()


def _pack() -> Pack:
    pack = Pack(Path(django_settings.BASE_DIR, "packs", "lam-dong"))
    registries_pack.read(pack)
    return pack


def test_the_demonstrations_people_are_well_formed_and_invented() -> None:
    pack = _pack()
    assert pack.problems == []
    for name, kind in REGISTRIES.items():
        lines = registries_pack._lines(pack, kind)
        assert len(lines) >= 5, name
        for line in lines:
            for number in kind.owners(line.values):
                found = read_national_id(number)
                assert found is not None
                assert found.province
                assert number.endswith(tuple(f"0{n:03d}" for n in range(1000))), "six last digits 000xxx: invented"
    for line in registries_pack._lines(pack, REGISTRIES["population"]):
        assert "Mẫu" in line.values["name"] or "Thử" in line.values["name"]
        read = read_national_id(line.values["national_id"])
        assert read is not None
        assert str(read.born_in) == line.values["born_on"][:4]
        assert read.is_female == (line.values["sex"] == "nu")


def test_the_pack_brings_them_to_a_demonstration_only(settings: Any, city: City) -> None:
    settings.DEMO = False
    assert registries_pack.apply(_pack(), SYSTEM) == []
    assert not RegistryRecord.objects.exists()
    settings.DEMO = True
    assert registries_pack.apply(_pack(), SYSTEM)
    assert RegistryRecord.objects.filter(is_pack=True).count() >= 30
    assert registries_pack.apply(_pack(), SYSTEM) == []
