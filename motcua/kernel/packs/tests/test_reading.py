"""Every way to break a pack, and what is said about it."""

from pathlib import Path

import pytest
from django.utils import translation

from motcua.kernel.packs.queries import Pack, read_pack
from motcua.kernel.packs.tests.small import replace, write_small_pack


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_small_pack(tmp_path / "thu")


def problems(folder: Path) -> list[str]:
    return [str(problem) for problem in read_pack(folder).problems]


def test_it_works(folder: Path) -> None:
    assert problems(folder) == []


BROKEN = [
    # file, what, instead, at line, words
    ("areas.csv", "24781,Hai,Phường Hai", "24778,Hai,Phường Hai", 5, "trùng code"),
    ("areas.csv", "phuong,68,11.95,108.48", "phuong,99,11.95,108.48", 5, "không có “99”"),
    ("areas.csv", "phuong,68,11.95,108.48", "phuong,24778,11.95,108.48", 5, "không phải cấp trên"),
    ("areas.csv", "phuong,68,11.95,108.48", "phuong,,11.95,108.48", 5, "ghi mã cấp trên"),
    ("areas.csv", "11.95,108.48", "108.48,11.95", 5, "lat: “108.48” phải là số từ 6 đến 24"),
    ("areas.csv", "11.95,108.48", "11.95,108.42", 5, "cùng một điểm"),
    ("areas.csv", "11.95,108.48", "muời,108.48", 5, "lat: “muời”"),
    ("areas.csv", "24781,Hai,Phường Hai,commune", "24781,Hai,Phường Hai,ward", 5, "không có “ward”"),
    ("areas.csv", "2025-07-01,,NQ 202", "2025-02-30,,NQ 202", 3, "không có ngày “2025-02-30”"),
    ("areas.csv", "2025-07-01,,NQ 202", "1/7/2025,,NQ 202", 3, "viết như 2026-11-24"),
    ("areas.csv", "2025-07-01,,NQ 202", "2025-07-01,2025-06-30,NQ 202", 3, "trước ngày bắt đầu"),
    ("areas.csv", "code,name,full_name", "code,nam,full_name", 1, "thiếu cột “name”"),
    ("areas.csv", "code,name,full_name", "code,nam,full_name", 1, "không biết cột “nam”"),
    ("areas.csv", "24781,Hai,Phường Hai,", "24781,Hai,", 5, "có 10 ô, phải là 11"),
    ("areas.csv", "24781,Hai", "24781,", 5, "name: không được để trống"),
    ("areas.csv", "24781,Hai", "24781, Hai", 5, "thừa dấu cách"),
    ("areas.csv", "24781,Hai", '24781,"Hai', 5, "dấu nháy"),
    ("areas.csv", "24781,Hai", '24781,"Ha\ni"', 5, "xuống dòng"),
    ("areas.csv", "Phường Một", "Phu\u031bo\u031b\u0300ng Một", 4, "NFC"),
    ("areas.csv", "Phường Một", "Phường\u200b Một", 4, "U+200B"),
    ("areas.csv", "Phường Một", "Phường\x07 Một", 4, "U+0007"),
    ("areas.csv", "Phường Một", "P" * 161, 4, "dài 161 ký tự"),
    ("areas.csv", "11.95,108.42,2025-07-01", "11.95,108.42,2025-06-01", 4, "đã có hiệu lực"),
    ("areas_old.csv", "108.44,,2025-06-30", "108.44,,", 2, "valid_to: không được để trống"),
    ("successions.csv", "24778,24778,whole", "24779,24778,whole", 2, "areas_old.csv không có “24779”"),
    ("successions.csv", "24780,24781,part", "24780,24781,whole", 4, "mỗi dòng phải là part"),
    ("calendars.csv", "mon-fri 07:00-11:30 13:30-17:00", "mon-fri 07:00-11:30 11:00-17:00", 2, "các buổi không hợp lệ"),
    ("calendars.csv", "mon-fri 07:00", "fri-mon 07:00", 2, "chạy ngược"),
    ("calendars.csv", "mon-fri 07:00-11:30", "mon-fri 7h-11h30", 2, "không đọc được buổi"),
    ("calendars.csv", "13:30-17:00", "13:30-17:00; fri 07:00-11:30", 2, "“fri” có hai lần"),
    ("calendars.csv", "mon-fri 07:00", "thu2 07:00", 2, "không có ngày “thu2”"),
    ("calendars.csv", "17:00,Asia/Ho_Chi_Minh", "17:00,Asia/Da_Lat", 2, "không có múi giờ"),
    ("calendar_days.csv", "office,2027-01-01", "ofice,2027-01-01", 5, "calendars.csv không có “ofice”"),
    ("calendar_days.csv", "2026-01-02,off,Nghỉ hoán đổi,BLLĐ,yes", "2026-01-02,off,Nghỉ,BLLĐ,no", 3, "cùng yes"),
    ("calendar_days.csv", "office,2026-01-02", "office,2026-01-01", 3, "trùng calendar + date"),
    ("units.csv", "centre,68,68,hotline", "centre,tinh,68,hotline", 3, "units.csv không có “tinh”"),
    ("units.csv", "commune,68,24781", "commune,68,99999", 6, "areas.csv không có “99999”"),
    ("units.csv", "24781,office,,,,2025-07-01", "24781,sang,,,,2025-07-01", 6, "calendars.csv không có “sang”"),
    ("units.csv", "commune,68,24781", "commune,,24781", 6, "đã là gốc"),
    ("units.csv", "commune,68,24781", "commune,68,24778", 6, "đã có đơn vị cấp xã"),
    ("units.csv", "commune,68,24781", "commune,68,68", 6, "không phải xã, phường"),
    ("units.csv", "commune,68,24781", "ward,68,24781", 6, "không có “ward”"),
    ("units.csv", "ubnd@thu.example", "ubnd.thu.example", 2, "không phải địa chỉ thư"),
    ("units.csv", "P. Một,commune,68,24778,office,,,,2025-07-01,,",
     "P. Một,commune,68,24778,office,,,,2025-07-01,2026-01-01,", 5,
     "kết thúc ngày 2026-01-01"),
    ("units.csv", "24781,UBND", "24781_x,UBND", 6, "không đúng dạng"),
    ("officers.csv", "mot.ct,Lê Văn Mẫu,24778,", "mot.ct,Lê Văn Mẫu,24779,", 3, "units.csv không có “24779”"),
    ("officers.csv", "mot.ct,Lê Văn Mẫu,24778-vp", "mot.ct,Lê Văn Khác,24778-vp", 4, "khác với dòng 3"),
    ("officers.csv", "24778,leader", "24778,boss", 3, "không có “boss”"),
    ("officers.csv", "quantri,Trần", "Quản Trị,Trần", 2, "không đúng dạng"),
    ("officers.csv", "24778-vp,clerk", "24778,leader", 4, "trùng login + unit_code + role"),
    ("categories.csv", "Waste,streets", "Waste,lighting", 4, "chỉ có hai cấp"),
    ("categories.csv", "Waste,streets", "Waste,street", 4, "không có “street”"),
    ("categories.csv", "trash,khan", "trash,gap", 4, "không có “gap”"),
    ("categories.csv", ",120", ",cuối", 4, "phải là số nguyên"),
    ("attributes.csv", "lighting,pole,2,string", "streets,pole,2,string", 3, "là một nhóm"),
    ("attributes.csv", "one:Một|few:Vài", "", 2, "phải có các lựa chọn"),
    ("attributes.csv", "one:One|few:A few", "one:One", 2, "cùng các mã"),
    ("attributes.csv", "one:Một|few:Vài", "one:Một|few", 2, "không đúng dạng"),
    ("attributes.csv", "pole,2,string,no,Số cột?,Number of the pole?,,", "pole,2,string,no,Số?,No.?,a:A,a:A", 3, "chỉ"),
    ("routing.csv", "10,lighting,24781", "10,light,24781", 2, "categories.csv không có “light”"),
    ("routing.csv", "commune/vp", "commune/xyz", 3, "không xã, phường nào"),
    ("routing.csv", "*,*,*,centre", "*,*,*,center", 5, "units.csv không có “center”"),
    ("routing.csv", "90,*,*,*", "90,*,*,off", 5, "dòng cuối phải là"),
    ("routing.csv", "30,waste,*,*", "30,lighting,24781,off", 4, "không bao giờ dùng đến: dòng 2"),
    ("routing.csv", "10,lighting,24781,*,24781,Phường Hai tự lo đèn.\n20,lighting,*",
     "10,*,68,*,centre,Cả tỉnh.\n20,lighting,24781", 3, "không bao giờ dùng đến: dòng 2"),
    ("routing.csv", "10,lighting,24781,*", "10,streets,*,*", 4, "không bao giờ dùng đến: dòng 2"),
    ("clocks.csv", "*,khan,1 ngày làm việc", "*,khan,1 ngày rưỡi", 8, "duration"),
    ("clocks.csv", "*,khan,1 ngày làm việc", "*,khan,0 ngày làm việc", 8, "lớn hơn 0"),
    ("clocks.csv", "opened,2 giờ làm việc,leader,\nresult,*,*,*",
     "opened,2 ngày làm việc,leader,\nresult,*,*,*", 8, "ngắn hơn"),
    ("clocks.csv", "accept,*,*,*,8 giờ làm việc,opened", "accept,*,*,*,8 giờ làm việc,answer", 5, "thành vòng"),
    ("clocks.csv", "answer,*,*,*", "answer,waste,*,*", 5, "thiếu dòng answer,*,*,*"),
    ("clocks.csv", "accept,*,*,*", "acept,*,*,*", 2, "không có “acept”"),
    ("clocks.csv", "opened,4 giờ làm việc,leader", ",4 giờ làm việc,leader", 9, "ghi opened"),
    ("clocks.csv", "opened,4 giờ làm việc,leader", "opened,4 giờ làm việc,boss", 9, "không có “boss”"),
    ("scope.csv", "crime,call", "crime,phone", 2, "không có “phone”"),
    ("scope.csv", "cầm dao|bị cướp", "cầm dao||bị cướp", 2, "phần trống"),
    ("scope-eval.csv", "dao,crime", "dao,crme", 2, "không có “crme”"),
    ("templates.csv", "incident.submitted,reporter,sms,vi", "incident.submited,reporter,sms,vi", 4, "không có sự kiện"),
    ("templates.csv", "Đã nhận {code}. Xem", "Đã nhận {ma}. Xem", 2, "không có biến “{ma}”"),
    ("templates.csv", "Đã nhận {code}. Xem", "Đã nhận {code. Xem", 2, "không đi thành cặp"),
    ("templates.csv", "Đã nhận {code}. Xem", "Đã nhận {code.__class__}. Xem", 2, "không có biến"),
    ("templates.csv", "Da nhan {code}", "Đã nhận {code}", 4, "không dấu"),
    ("templates.csv", "Da nhan {code}", "Da nhan phan anh " * 5 + "{code}", 4, "nhiều nhất là 160"),
    ("templates.csv", "vi,Đã nhận {code},", "vi,,", 2, "thư phải có tiêu đề"),
    ("templates.csv", "sms,vi,,", "sms,vi,Tin,", 4, "chỉ thư mới có tiêu đề"),
    ("templates.csv", "incident.submitted,reporter,sms,en,,Received {code}. See: {link}\n", "", 4, "thiếu mẫu này"),
    ("phrases/waste.txt", "đèn đèn hỏng 1", "rác đèn hỏng 0", 2, "đã có ở phrases/lighting.txt:3"),
    ("phrases/waste.txt", "đèn đèn hỏng 1", "# đèn đèn hỏng 1", 1, "có 59 câu, cần ít nhất 60"),
    ("phrases/eval.csv", "câu thử đèn waste", "Đèn đèn HỎNG 1", 12, "đã là câu để học ở phrases/waste.txt:2"),
    ("phrases/eval.csv", "câu thử đèn waste,waste", "câu thử đèn waste,lighting", 1, "có 9 câu thử"),
    ("phrases/eval.csv", "câu thử đèn waste,waste", "câu thử đèn waste,streets", 12, "không có “streets”"),
    ("pack.toml", "format = 1", "format = 2", 4, "chỉ đọc được định dạng 1"),
    ("pack.toml", 'name = "thu"', 'name = "khac"', 3, "phải là tên thư mục"),
    ("pack.toml", 'province = "68"', 'province = "24778"', 5, "không có tỉnh mang mã"),
    ("pack.toml", 'calendar = "office"', 'calendar = "ofice"', 8, "calendars.csv không có “ofice”"),
    ("pack.toml", 'calendar = "office"\n', "", 2, "thiếu “calendar”"),
    ("pack.toml", "lat = 11.94", "lat = 119.4", 14, "phải từ 6 đến 24"),
    ("pack.toml", "lat = 11.94", 'lat = "11.94"', 14, "sai kiểu"),
    ("pack.toml", "zoom = 13", "zoom = 13\nmin_zoom = 8", 17, "map.min_zoom: không biết khoá này"),
    ("pack.toml", "[messages]", "[classifier]", 18, "không biết mục [classifier]"),
    ("pack.toml", "[messages]", '[legal]\nbasis = [1]\n[messages]', 19, "sai kiểu"),
    ("pack.toml", "[messages]", "[reports]\nreopen_days = 0\n[messages]", 19, "phải từ 1 đến 365"),
    ("pack.toml", "[messages]", "[reports]\nreopen_days = true\n[messages]", 19, "sai kiểu"),
    ("pack.toml", 'name = "Tỉnh Thử"', 'name = "Tỉnh Thử', 11, "không đọc được TOML"),
    ("pack.toml", 'sms_sender = "MotCua"', 'sms_sender = "MotCuaLamDong"', 19, "nhiều nhất 11"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), BROKEN, ids=[f"{b[0]}:{b[4][:30]}" for b in BROKEN])
def test_names_file_and_line(folder: Path, file: str, old: str, new: str, line: int, words: str) -> None:
    replace(folder, file, old, new)
    found = problems(folder)
    assert any(said.startswith(f"{file}:{line}: ") and words in said for said in found), found


def test_names_every_unit_of_a_circle_once(folder: Path) -> None:
    replace(
        folder,
        "units.csv",
        "24778-vp,Văn phòng phường Một,VP P. Một,office,24778,",
        "24778-vp,Văn phòng,VP,office,24781,",
    )
    replace(folder, "units.csv", "commune,68,24781", "commune,24778-vp,24781")
    circle = "24778-vp → 24781 → 24778-vp"
    assert problems(folder) == [
        f"units.csv:5: parent_code: cây đơn vị đi vòng: {circle}; sửa cấp trên của một đơn vị trong đó"
    ]


def test_tells_all_problems_at_once_in_order(folder: Path) -> None:
    replace(folder, "units.csv", "ubnd@thu.example", "x")
    replace(folder, "areas.csv", "11.95,108.48", "0,0")
    replace(folder, "officers.csv", "24778,leader", "24778,boss")
    assert [said.split(": ")[0] for said in problems(folder)] == [
        "areas.csv:5", "areas.csv:5", "units.csv:2", "officers.csv:3",
    ]  # fmt: skip


def test_a_wrong_cell_does_not_make_others_wrong(folder: Path) -> None:
    """A unit with a bad address is still a unit that officers stand at."""
    replace(
        folder,
        "units.csv",
        "24778,UBND phường Một,P. Một,commune,68,24778,office,,,",
        "24778,UBND,P,commune,68,24778,office,,x,",
    )
    assert len(problems(folder)) == 1


def test_says_it_in_english(folder: Path) -> None:
    replace(folder, "clocks.csv", "*,khan,1 ngày làm việc", "*,khan,1 ngày rưỡi")
    with translation.override("en"):
        assert "viết" not in problems(folder)[0]


def test_a_missing_file(folder: Path) -> None:
    (folder / "units.csv").unlink()
    assert "units.csv:1: thiếu tệp này trong gói" in problems(folder)


def test_optional_files_may_be_missing(folder: Path) -> None:
    for name in (
        "areas_old.csv",
        "successions.csv",
        "attributes.csv",
        "calendar_days.csv",
        "scope.csv",
        "scope-eval.csv",
    ):
        (folder / name).unlink()
    assert problems(folder) == []


def test_an_unknown_file(folder: Path) -> None:
    (folder / "unit.csv").write_text("x", encoding="utf-8")
    (folder / "phrases" / "trees.txt").write_text("x", encoding="utf-8")
    assert sorted(said.split(":")[0] for said in problems(folder)) == ["phrases/trees.txt", "unit.csv"]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"\xef\xbb\xbfcode,name,sessions,zone\n", "BOM"),
        ("code,name\nx,Giờ".encode("utf-16"), "UTF-8"),
        (b"code,name,sessions,zone\noffice,Gi\xed\xa0\x80,x,y\n", "calendars.csv:2: không phải chữ UTF-8"),
        (b"", "thiếu cột"),
    ],
)
def test_not_utf_8(folder: Path, raw: bytes, words: str) -> None:
    (folder / "calendars.csv").write_bytes(raw)
    assert any(words in said for said in problems(folder))


def test_not_a_pack_at_all(tmp_path: Path) -> None:
    assert any("không phải gói cấu hình" in said for said in problems(tmp_path / "nothing"))


def test_an_unknown_icon_once_the_icons_are_built(folder: Path, tmp_path: Path, settings) -> None:  # type: ignore[no-untyped-def]
    settings.BUILD_DIR = tmp_path
    (tmp_path / "icons.json").write_text('{"road": "", "bulb": ""}', encoding="utf-8")
    assert [said.split(";")[0] for said in problems(folder)] == ["categories.csv:4: icon: không có hình “trash”"]


def test_the_first_pack_of_the_house() -> None:
    from django.conf import settings

    pack: Pack = read_pack(settings.BASE_DIR / "packs" / "lam-dong")
    assert [str(problem) for problem in pack.problems] == []
    communes = [record for record in pack.tables["areas.csv"] if record["level"] == "commune"]
    assert len(communes) == 124
