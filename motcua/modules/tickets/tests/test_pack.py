"""Lines and counters come from the city's pack; what it no longer has is closed."""

from pathlib import Path

import pytest

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.packs.kind import Column, Table, text
from motcua.kernel.packs.queries import Pack
from motcua.modules.tickets.models import Counter, Line
from motcua.modules.tickets.pack import PART
from motcua.testing.one_stop import OneStop

UNITS = [{"code": "24778-hanh-chinh-cong"}, {"code": "24778"}]
LINES = """unit_code,letter,name,name_en,fields,most_a_day,slot_places
24778-hanh-chinh-cong,A,Hộ tịch,Civil status,ho-tich,,
24778-hanh-chinh-cong,B,Đất đai,Land,,50,0
"""
COUNTERS = """unit_code,number,letters
24778-hanh-chinh-cong,1,
24778-hanh-chinh-cong,2,AB
"""


def read(folder: Path, lines: str = LINES, counters: str = COUNTERS) -> Pack:
    (folder / "queue_lines.csv").write_text(lines, encoding="utf-8")
    (folder / "queue_counters.csv").write_text(counters, encoding="utf-8")
    pack = Pack(folder)
    for file, codes in {"units.csv": [unit["code"] for unit in UNITS], "fields.csv": ["ho-tich"]}.items():
        (folder / file).write_text("code\n" + "\n".join(codes) + "\n", encoding="utf-8")
        pack.read_table(Table(file, ("code",), (Column("code", text(60), required=True),)))
    PART.read(pack)
    return pack


def test_applied_twice_changes_nothing_the_second_time(one_stop: OneStop, tmp_path: Path) -> None:
    pack = read(tmp_path)
    assert not pack.problems
    assert len(PART.apply(pack, SYSTEM)) == 4
    assert list(Line.objects.order_by("letter").values_list("letter", "most_a_day", "slot_places")) == [
        ("A", 200, 2),
        ("B", 50, 0),
    ]
    assert PART.apply(read(tmp_path), SYSTEM) == []
    later = read(
        tmp_path, LINES.replace("24778-hanh-chinh-cong,B,Đất đai,Land,,50,0\n", ""), COUNTERS.replace("AB", "A")
    )
    later.earlier = pack.now
    assert not later.problems
    assert [change.kind for change in PART.apply(later, SYSTEM)] == ["ended", "changed"]
    assert not Line.objects.get(letter="B").is_open
    assert Counter.objects.get(number=2).letters == "A"


@pytest.mark.parametrize(
    ("lines", "counters", "problem"),
    [
        (LINES.replace("hanh-chinh-cong,A", "khac,A"), "unit_code,number,letters\n", "units.csv"),
        (LINES.replace("24778-hanh-chinh-cong,A", "24778,A"), "unit_code,number,letters\n", "nơi tiếp nhận"),
        (LINES.replace("ho-tich", "ho-tịch"), COUNTERS, "fields.csv"),
        (LINES.replace(",A,", ",a,"), COUNTERS.replace("AB", "B"), "A đến Z"),
        (LINES, COUNTERS.replace("AB", "AX"), "không có hàng X"),
    ],
)
def test_mistakes_are_named(one_stop: OneStop, tmp_path: Path, lines: str, counters: str, problem: str) -> None:
    pack = read(tmp_path, lines, counters)
    assert [found for found in pack.problems if problem in found.text], pack.problems
