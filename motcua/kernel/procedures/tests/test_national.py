"""Reading the national list: what runs together comes apart, what does not is kept and told."""

import gzip
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.procedures.actions import import_national
from motcua.kernel.procedures.models import Field, ImportState, Procedure, ProcedureVersion
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.national import read_row
from motcua.kernel.procedures.queries.search import search
from motcua.kernel.procedures.tests.samples import body, catalogue, publish

TODAY = date(2026, 11, 22)
REAL = Path(__file__).parents[5] / "shared/data/procedures/tthc_2026_7_ministries.jsonl.gz"
HEAD = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
ROW: dict[str, Any] = {
    "ma_thu_tuc": "1.000809",
    "detail_url": "https://dichvucong.gov.vn/x",
    "ten_thu_tuc": "Thủ tục cấp giấy phép thăm quan",
    "so_quyet_dinh": "12/QĐ-BXD",
    "cap_thuc_hien": "Cấp tỉnh, Cấp xã",
    "linh_vuc": "Văn hóa",
    "doi_tuong_thuc_hien": "Công dân Việt Nam, Tổ chức (không bao gồm doanh nghiệp, HTX), Doanh nghiệp",
    "trinh_tu_thuc_hien": "Bước 1: Nộp\nBước 2: Nhận",
    "cach_thuc_thuc_hien": "Hình thức nộpThời gianPhí, lệ phíMô tảTrực tiếp20 Ngày làm việc50,000 Việt Nam Đồng"
    "Nộp tại quầyTrực tuyến10 Ngày làm việcMiễn phíNộp trên mạng",
    "thanh_phan_ho_so": f"--{HEAD}Đơn đề nghị theo mẫuMau so 01.docx1 bản chínhBản sao hộ chiếu0 bản chính,1 bản sao",
    "can_cu_phap_ly": "Tên văn bản pháp lýMã văn bảnLuật Di sản45/2024/QH15Nghị định số 12/2025/NĐ-CP của Chính phủ"
    "12/2025/NĐ-CPThông tư quy định phí14/2025/TT-BTC",
    "co_quan_thuc_hien": "Sở Văn hóa",
    "yeu_cau_dieu_kien": "Không có thông tin",
    "ket_qua_xu_ly": "Giấy phép thăm quanMã: KQ.G01.000001Văn bản từ chốiMã: KQ.G01.000002",
}


def test_it_works() -> None:
    row = read_row(ROW, on=TODAY)
    found = row.body
    assert found is not None
    assert row.problems == []
    assert (found.name, found.field, found.levels) == ("Cấp giấy phép thăm quan", "van-hoa", ("commune", "province"))
    assert found.who == ("citizen", "organisation", "business")
    assert [(way.way, way.time, way.note) for way in found.ways] == [
        ("counter", "20 ngày làm việc", "Nộp tại quầy"),
        ("online", "10 ngày làm việc", "Nộp trên mạng"),
    ]
    assert found.fees[0].rule == {"type": "fixed", "amount": 50_000}
    assert found.fees[0].by_way == {"online": 0}
    assert [(paper.name, paper.originals, paper.copies, paper.note) for paper in found.cases[0].papers] == [
        ("Đơn đề nghị theo mẫu", 1, 0, "Mẫu: Mau so 01.docx"),
        ("Bản sao hộ chiếu", 0, 1, ""),
    ]
    assert [(basis.number, basis.name) for basis in found.basis] == [
        ("45/2024/QH15", "Luật Di sản"),
        ("12/2025/NĐ-CP", "Nghị định số 12/2025/NĐ-CP của Chính phủ"),
        ("14/2025/TT-BTC", "Thông tư quy định phí"),
    ]
    assert [(result.code, result.name) for result in found.results] == [
        ("KQ.G01.000001", "Giấy phép thăm quan"),
        ("KQ.G01.000002", "Văn bản từ chối"),
    ]
    assert found.conditions == ""
    assert not found.is_filed_here


@pytest.mark.parametrize(
    ("changed", "part", "kept"),
    [
        ({"cach_thuc_thuc_hien": "Hình thức nộpTrực tiếp1 GiờMiễn phí"}, "times", "1 Giờ"),
        ({"cach_thuc_thuc_hien": "Trực tiếp12Miễn phí"}, "times", "12"),
        ({"cach_thuc_thuc_hien": "Trực tiếp2 Ngày10 USD mỗi lần"}, "fees", "10 USD"),
        ({"cach_thuc_thuc_hien": "Trực tiếp2 Ngày135 VNĐ"}, "fees", "135 VNĐ"),
        ({"cach_thuc_thuc_hien": "Đến nơi mà hỏi"}, "ways", "Đến nơi mà hỏi"),
        ({"thanh_phan_ho_so": "Nộp cho đơn vị, xem tại phòng"}, "papers", "Nộp cho đơn vị"),
        ({"can_cu_phap_ly": "Theo phong tục"}, "basis", "Theo phong tục"),
        ({"ket_qua_xu_ly": "Đóng dấu"}, "results", "Đóng dấu"),
        ({"cap_thuc_hien": "Cấp thôn"}, "level", "Cấp thôn"),
    ],
)
def test_what_cannot_be_read_is_kept_and_told(changed: dict[str, str], part: str, kept: str) -> None:
    row = read_row({**ROW, **changed}, on=TODAY)
    assert row.body is not None
    assert row.read[part] is False
    assert [words for where, words in row.problems if where == part and kept in words]
    assert kept in json.dumps(row.body.plain(), ensure_ascii=False)


def test_several_cases_and_several_times_of_one_way() -> None:
    papers = f"Trường hợp A{HEAD}Đơn1 bản chínhTrường hợp B{HEAD}Đơn2 bản chínhẢnh1 bản sao"
    ways = "Trực tiếp2 NgàyMiễn phíxã ATrực tiếp5 NgàyMiễn phíxã B"
    found = read_row({**ROW, "thanh_phan_ho_so": papers, "cach_thuc_thuc_hien": ways}, on=TODAY).body
    assert found is not None
    assert [(case.key, case.name, len(case.papers)) for case in found.cases] == [
        ("th-1", "Trường hợp A", 1),
        ("th-2", "Trường hợp B", 2),
    ]
    assert [(way.time, way.time_text) for way in found.ways] == [("", "2 Ngày: xã A\n5 Ngày: xã B")]


def test_a_row_without_a_code_is_told_and_left_out() -> None:
    row = read_row({**ROW, "ma_thu_tuc": ""}, on=TODAY)
    assert row.body is None
    assert ("code", "thiếu; phải ghi") in row.problems


@pytest.mark.django_db
def test_importing_twice_changes_nothing_and_the_citys_own_stays() -> None:
    catalogue()
    rows: list[dict[str, Any] | None] = [ROW, {**ROW, "ma_thu_tuc": "1.001193", "linh_vuc": "HỘ TỊCH"}, None]
    done = import_national(rows, actor=SYSTEM, source="a.jsonl")
    assert (done.total, done.added, done.kept, len(done.problems)) == (3, 1, 1, 1)
    own, national = in_force("1.001193"), in_force("1.000809")
    assert own is not None
    assert own.body == body()
    assert national is not None
    assert Field.objects.filter(code="van-hoa", is_imported=True).exists()
    again = import_national(rows, actor=SYSTEM, source="a.jsonl")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 1)
    assert ProcedureVersion.objects.count() == 2
    assert Event.objects.filter(name="procedures.imported").count() == 1
    changed = import_national([{**ROW, "yeu_cau_dieu_kien": "Đủ 18 tuổi"}], actor=SYSTEM, source="b.jsonl")
    assert changed.changed == 1
    now = in_force("1.000809")
    assert now is not None
    assert (now.number, now.body.conditions) == (2, "Đủ 18 tuổi")
    assert ImportState.objects.get().source == "b.jsonl"


@pytest.mark.django_db
def test_the_pack_takes_an_imported_one_over() -> None:
    catalogue()
    import_national([ROW], actor=SYSTEM, source="a.jsonl")
    publish(body(code="1.000809", name="Giấy phép thăm quan"))
    found = in_force("1.000809")
    assert found is not None
    assert (found.number, found.source) == (2, "pack")


@pytest.mark.django_db
def test_the_command_reads_both_kinds_of_files(tmp_path: Path) -> None:
    plain, packed, problems = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz", tmp_path / "problems.jsonl"
    line = json.dumps({**ROW, "ket_qua_xu_ly": "Đóng dấu"}, ensure_ascii=False)
    plain.write_text(f"{line}\nkhông phải json\n", encoding="utf-8")
    packed.write_bytes(gzip.compress(line.encode()))
    out = StringIO()
    call_command("procedures", "import", str(plain), "--problems", str(problems), stdout=out)
    assert "2 dòng" in out.getvalue()
    assert "1 mới" in out.getvalue()
    assert "1 không nạp được" in out.getvalue()
    told = [json.loads(each) for each in problems.read_text(encoding="utf-8").splitlines()]
    assert [(each["line"], each["part"]) for each in told] == [(1, "results"), (2, "line")]
    call_command("procedures", "import", str(packed), stdout=out)
    assert "1 như cũ" in out.getvalue()
    with pytest.raises(CommandError, match="Không thấy tệp"):
        call_command("procedures", "import", str(tmp_path / "c.jsonl"))
    with pytest.raises(CommandError, match="Không đọc được"):
        call_command("procedures", "import", str(tmp_path))
    (tmp_path / "d.jsonl.gz").write_bytes(b"x")
    with pytest.raises(CommandError, match="gzip"):
        call_command("procedures", "import", str(tmp_path / "d.jsonl.gz"))


@pytest.mark.django_db
def test_a_file_of_another_shape_is_refused_and_the_last_import_stays(tmp_path: Path) -> None:
    import_national([ROW], actor=SYSTEM, source="a.jsonl")
    file = tmp_path / "other.jsonl"
    file.write_text('{"ma_tthc": "1.011441", "ten": "Đăng ký biện pháp bảo đảm"}\n' * 2, encoding="utf-8")
    with pytest.raises(CommandError, match="có ma_thu_tuc và ten_thu_tuc"):
        call_command("procedures", "import", str(file), stdout=StringIO())
    assert ImportState.objects.get().source == "a.jsonl"


@pytest.mark.django_db
def test_the_search_is_measured(tmp_path: Path) -> None:
    catalogue()
    file = tmp_path / "eval.jsonl"
    rows = [("làm khai sinh cho bé", ["1.001193"]), ("khai shinh", ["1.001193"]), ("zzz qqq", ["1.001193"])]
    file.write_text(
        "".join(json.dumps({"query": query, "acceptable_codes": codes}) + "\n" for query, codes in rows),
        encoding="utf-8",
    )
    out = StringIO()
    call_command("procedures", "evaluate", str(file), "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert (told["queries"], told["hit@1"], told["hit@3"], told["mrr"]) == (3, 0.6667, 0.6667, 0.6667)
    out = StringIO()
    call_command("procedures", "evaluate", str(file), "--misses", stdout=out)
    assert "hit@1 66.7%" in out.getvalue()
    assert "zzz qqq" in out.getvalue()
    out = StringIO()
    call_command("procedures", "search", "khai", "sinh", stdout=out)
    assert "1.001193" in out.getvalue()
    file.write_text('{"query": 1}\n', encoding="utf-8")
    with pytest.raises(CommandError, match=":1: cần query"):
        call_command("procedures", "evaluate", str(file))


@pytest.mark.django_db
def test_the_whole_national_list() -> None:
    """Most parts can be read, and all of them are searched. How fast: the commands ``import`` and ``evaluate`` say."""
    if not REAL.exists():
        pytest.skip(f"{REAL.name} is not here: it is not part of the project")
    with gzip.open(REAL, "rt", encoding="utf-8") as opened:
        rows = [json.loads(line) for line in opened]
    done = import_national(rows, actor=SYSTEM, source=REAL.name)
    assert done.added == Procedure.objects.count() == len(rows)
    shares = {part: read / there for part, (read, there) in done.parsed.items()}
    assert shares["level"] == 1
    least = {"ways": 0.98, "times": 0.78, "fees": 0.88, "papers": 0.97, "results": 0.95, "basis": 0.95}
    assert {part: share for part, share in shares.items() if share < least.get(part, 0)} == {}
    search("khai sinh")
    for words in ("làm khai sinh cho bé", "tach thua dat", "doi bang lai xe", "giay phep xay dung nha o"):
        assert search(words)
