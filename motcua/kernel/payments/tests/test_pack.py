"""Price tables and payees come from the pack, and are there for whoever reckons a fee."""

from datetime import date
from pathlib import Path

import pytest
from django.conf import settings

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import Pack, Record, read_pack
from motcua.kernel.payments import pack as part
from motcua.kernel.payments.models import FeeTable, Payee
from motcua.kernel.payments.queries import fee_tables, payee_of, payee_with
from motcua.lib.fees import amount, parse_rule
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
HEADER = "unit_code,bank_bin,bank,account,account_name,agency,tax_code,address,receipt_form,receipt_symbol\n"
LINE = "24778,970403,Ngân hàng Thử,0123456789,UBND,UBND Phường Một,5800000001,,01BLP0-001,LD-{yy}E\n"
TABLE = "kind,rate_bp,amount,min,max,valid_from,valid_to,basis,name,name_en\na,,5000,,,2026-01-01,,,Giá A,\n"


def write(folder: Path, payees: str = HEADER + LINE, table: str = TABLE) -> Pack:
    folder.joinpath("fees").mkdir(exist_ok=True)
    folder.joinpath("payees.csv").write_text(payees, encoding="utf-8")
    folder.joinpath("fees", "gia.csv").write_text(table, encoding="utf-8")
    pack = Pack(folder)
    pack.tables["units.csv"] = [
        Record(pack, "units.csv", 2, code, {"code": code}, set()) for code in ("68", "24778", "24781")
    ]
    part.read(pack)
    return pack


def test_read_and_applied_once(city: City, tmp_path: Path) -> None:
    pack = write(tmp_path)
    assert not pack.problems
    told = [str(change) for change in part.apply(pack, SYSTEM)]
    assert told == ["+ fee_tables gia", "+ payees 24778"]
    assert part.apply(pack, SYSTEM) == []
    rule = parse_rule({"type": "table", "table": "gia", "match": {"kind": "kind"}})
    found = amount(rule, {"kind": "a"}, way="online", on=date(2026, 11, 17), tables=fee_tables())
    assert found.amount == 5_000
    payee = payee_of(city.office_one.id)
    assert payee is not None
    assert (payee.account, payee_with("0123456789"), payee_of(city.ward_two.id)) == ("0123456789", payee, None)


def test_what_is_gone_goes(city: City, tmp_path: Path) -> None:
    pack = write(tmp_path)
    part.apply(pack, SYSTEM)
    again = write(tmp_path, payees=HEADER, table=TABLE.replace("5000", "6000"))
    again.earlier = pack.now
    assert sorted(str(change)[0] for change in part.apply(again, SYSTEM)) == ["-", "~"]
    assert not Payee.objects.exists()
    assert "6000" in FeeTable.objects.get().text
    assert payee_of(city.office_one.id) is None


@pytest.mark.parametrize(
    ("payees", "table", "where"),
    [
        (HEADER + LINE.replace("24778", "999"), TABLE, "payees.csv:2"),
        (HEADER + LINE.replace("970403", "97"), TABLE, "payees.csv:2"),
        (HEADER + LINE.replace(",01BLP0-001", ","), TABLE, "payees.csv:2"),
        (HEADER + LINE, TABLE.replace("5000", "-5"), "fees/gia.csv:2"),
        (HEADER + LINE, "kind\n", "fees/gia.csv:1"),
    ],
)
def test_a_mistake_is_named_by_file_and_line(city: City, tmp_path: Path, payees: str, table: str, where: str) -> None:
    pack = write(tmp_path, payees, table)
    assert [str(problem).startswith(f"{where}:") for problem in pack.problems] == [True]


def test_the_first_pack_is_in_order() -> None:
    pack = read_pack(settings.BASE_DIR / "packs" / "lam-dong")
    own = [problem for problem in pack.problems if problem.file.startswith(("fees/", "payees"))]
    assert not own
    assert [record["name"] for record in pack.tables["fees/"]] == ["licence-fees", "registration-fee"]
    assert {record["bank_bin"] for record in pack.tables["payees.csv"]} == {"000000"}  # of no bank: nobody is paid


def test_the_tree_is_asked_upwards(city: City) -> None:
    Payee.objects.create(
        unit=city.province, bank_bin="970403", bank="x", account="1", account_name="x", agency="x", tax_code="1"
    )
    assert [unit.id for unit in org.tree().ancestors(city.office_one.id)] == [city.ward_one.id, city.province.id]
    found = payee_of(city.office_one.id)
    assert found is not None
    assert found.unit_id == city.province.id
