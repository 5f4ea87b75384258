from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.redaction import STRUCK_OUT, name_in, redact
from motcua.lib.vietnamese import fold


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("gọi 0912345678 nhé", "gọi ••• nhé"),
        ("0912.345.678, 0912 345 678; 0912-345-678", "•••, •••; •••"),
        ("sđt:09 12 34 56 78", "sđt:•••"),
        ("0 9 1 2 3 4 5 6 7 8", "•••"),
        ("o912345678", "•••"),
        ("+84 912 345 678 hoặc 84912345678", "••• hoặc •••"),
        ("0084 (0) 912345678", "•••"),
        ("(0263) 3533428 và 0263.3.533.428", "••• và •••"),
        ("+1 415 555 2671", "•••"),
        ("nhà 12 0912345678 12 giờ", "nhà 12 ••• 12 giờ"),
        ("03.05.2026 0912345678", "03.05.2026 •••"),
        ("zalo0912345678", "zalo•••"),
        ("０９１２３４５６７８", "•••"),
        ("cccd 068085000123", "cccd •••"),
        ("068 085 000 123", "•••"),
        ("cmnd 250 123 456", "cmnd •••"),
        ("stk 19012345678901", "stk •••"),
        ("thư a.b+c@mail.example.vn.", "thư •••."),
        ("an nguyen @ gmail . com", "an •••"),
        ("ten(at)gmail.com", "•••"),
        ("ten a còng yahoo chấm com", "•••"),
        ("xem fb.com/ten.ai nhé", "xem ••• nhé"),
    ],
)
def test_contacts_are_struck_out(text: str, public: str) -> None:
    assert redact(text) == public


@pytest.mark.parametrize(
    "text",
    [
        "PA-261121-0001 và H15.50.05.13-261008-0975",
        "ngày 03-05-2026 10:30, 08/11/2026, 2026-11-21 08:00",
        "07:30-11:30 13:30-17:00",
        "giá 150.000.000 đ, 1.500.000.000 đồng, 123 456 789 đ",
        "tọa độ 11.940400, 108.458300",
        "số 84 đường 3/4, tổ 5, km 227+500, QL20",
        "gọi 1022, 113 hoặc 1900 1234",
        "5k @ chợ Đà Lạt",
        "",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert redact(text) == text


@given(
    phone=st.from_regex(r"0[35789]\d{8}", fullmatch=True),
    gaps=st.lists(st.sampled_from(["", " ", ".", "-", " - "]), min_size=9, max_size=9),
    before=st.sampled_from(["", "gọi ", "12 ", "x", "\n", "số:"]),
)
def test_no_way_of_spacing_lets_a_telephone_number_through(phone: str, gaps: list[str], before: str) -> None:
    spaced = "".join(digit + gap for digit, gap in zip(phone, [*gaps, ""], strict=True))
    left = redact(f"{before}{spaced} nhé").removeprefix(before)
    assert sum(letter.isdecimal() for letter in left) <= 2


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "a." * 50_000, "0 " * 50_000, "(" * 100_000, "@" * 100_000, "9-" * 50_000]
)
def test_long_text_takes_no_long_time(text: str) -> None:
    assert isinstance(redact(text), str)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Tôi là Quách Zuy Zơn, nhà số 5.", "Tôi là •••, nhà số 5."),
        ("toi la quach  zuy zon nha so 5", "toi la ••• nha so 5"),
        ("QUÁCH ZUY ZƠN và Quách Zuy Zơn.", "••• và •••."),
        ("Đường Quách Zuy Zơnn", "Đường Quách Zuy Zơnn"),
        ("Quách Zuy, Zơn Zuy Quách", "Quách Zuy, Zơn Zuy Quách"),
    ],
)
def test_redact_strikes_out_the_name_that_its_writer_gave(text: str, shown: str) -> None:
    assert redact(text, ["Quách Zuy Zơn"]) == shown


THU = "Nguyễn Zung Thử"
HOA = "Lê Thị Hoa"
HUONG = "Nguyễn Thị Xuân Hương"
KHAI = "Trần Minh Khai"
MINH = "Đỗ Thông Minh"


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        # A part of it that ends with the given name, anywhere.
        (THU, "anh Zung Thử báo đèn tắt", "anh ••• báo đèn tắt"),
        (THU, "ZUNG THỬ báo đèn tắt", "••• báo đèn tắt"),
        (THU, "nhà zung  thu o cuoi hem", "nhà ••• o cuoi hem"),
        (THU, "Nhà Zung Thữ ở cuối hẻm", "Nhà ••• ở cuối hẻm"),
        (THU, "Zung-Thử, rồi Nguyễn Zung Thử", "•••, rồi •••"),
        ("Trần Thị Zung Thử", "thi Zung Thử, Thị Zung Thử", "thi •••, •••"),
        ("nguyen zung thu", "anh Zung Thử, anh Thử", "anh •••, anh •••"),
        ("Phạm Thị Hòa", "Thị Hoà, chị Hoà", "•••, chị •••"),
        ("H'Lan Niê K'Zử", "anh K’Zử và Niê K'Zử", "anh ••• và •••"),
        ("Bùi Thị Xuân", "Bà Thị Xuân, Bùi Thị Xuân, bùi thị xuân", "Bà •••, •••, •••"),
        ("Lê Thị Mai Xuân", "mai Thị Mai Xuân đến, Mai Xuân, bà Mai Xuân", "mai ••• đến, •••, bà •••"),
        (THU, "vợ Zung Thử, hộ Zung Thử, do Zung Thử", "vợ •••, hộ •••, do •••"),
        # The given name behind a form of address.
        (THU, "Gọi anh Thử, ANH THỬ hay anh  thử.", "Gọi anh •••, ANH ••• hay anh  •••."),
        (THU, "goi anh thu, chu Thu", "goi anh •••, chu •••"),
        (THU, "Gọi anh Thu nhé", "Gọi anh ••• nhé"),
        (THU, "Mr. Thu called, then Mr Thử", "Mr. ••• called, then Mr •••"),
        (HOA, "Chị Hoa nói, cô hoa nói, bà\nHoa nói", "Chị ••• nói, cô ••• nói, bà\n••• nói"),
        (HOA, "Gọi chi Hoa giúp", "Gọi chi ••• giúp"),
        ("Hoa", "chị Hoa trồng hoa", "chị ••• trồng hoa"),
        ("Võ Văn Em", "Nhờ anh Em xem", "Nhờ anh ••• xem"),
        # Beside a place: the whole name, the name that is no place's, and who is called by the word of a place.
        (HUONG, "Phường Xuân Hương, nhà Xuân Hương", "Phường Xuân Hương, nhà •••"),
        (HUONG, "đường Nguyễn Thị Xuân Hương", "đường •••"),
        (HUONG, "Yêu cầu Xuân Hương dọn, hẻm nhà cô Hương", "Yêu cầu ••• dọn, hẻm nhà cô •••"),
        (HUONG, "giao cho Xuan Huong, cau Huong", "giao cho •••, cau •••"),
        (HUONG, "Hỏi chị Hương ở hồ, Xuân Hương đây", "Hỏi chị ••• ở hồ, ••• đây"),
        (HUONG, "Pho Xuan Huong, cột số 5", "Pho •••, cột số 5"),
        ("Hồ Thị Xuân Hương", "Nhà Hồ Xuân Hương", "Nhà Hồ •••"),
        ("Lê Thị Trưng", "Hai bà Trưng và Lan, hai Bà Trưng", "Hai bà ••• và Lan, hai Bà •••"),
        # Small letters, where the text writes no other name with capitals; a capital anywhere.
        (HOA, "Nhà cô hoa. Gọi cô hoa", "Nhà cô •••. Gọi cô •••"),
        (HOA, "đèn LED nhà cô hoa", "đèn LED nhà cô •••"),
        (HOA, "có cô hoa khôi, bạn hoa", "có cô ••• khôi, bạn •••"),
        (MINH, "Nhà thông minh, số 5", "Nhà •••, số 5"),
        (MINH, "Ở Đà Lạt gọi Thông minh, THÔNG MINH, thông Minh", "Ở Đà Lạt gọi •••, •••, •••"),
    ],
)
def test_redact_strikes_out_how_somebody_is_called(name: str, text: str, shown: str) -> None:
    assert redact(text, [name]) == shown


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (HOA, "Vườn hoa, hoa nở, chợ Hoa"),
        (HOA, "Vườn có hoa, chỉ hoa, đi hoa, nói ba hoa"),
        (HOA, "vuon hoa o ngoai cong"),
        (HOA, "Em. Hoa nở đầy đường"),
        (HOA, "chị Hoan, chị Hoaa, bạnhoa"),
        (THU, "Ông thư ký, anh thứ hai, thử đèn, dùng thử"),
        (THU, "Anh thu tiền rác mỗi tháng"),
        (THU, "Nguyễn Zung, anh Zung, Thử Zung"),
        ("Trần Văn Ban", "Đã có văn bản, văn bàn"),
        ("Nguyễn Thị Công", "Đơn vị thi công"),
        ("Nguyễn Văn Thế", "Đã thay thế bóng đèn"),
        ("Lê Thị Xuân", "12 Bùi Thị Xuân, góc Bùi  Thị Xuân"),
        (KHAI, "12 Nguyễn Thị Minh Khai"),
        (HUONG, "Bờ hồ Xuân Hương, phường Xuân Hương - Đà Lạt"),
        (HUONG, "bo ho Xuan Huong, PHUONG XUAN HUONG, cong vien xuan huong"),
        (HUONG, "Công viên  Xuân Hương, tổ dân phố Xuân Hương, ngỏ Xuân-Hương"),
        (KHAI, "Đường Minh Khai, chợ\nMinh Khai, đường minh khai"),
        ("Lê Thị Giang", "Hẻm Cô Giang, hẻm cô giang, chợ Cô Giang"),
        ("Lê Thị Triệu", "12 đường Bà Triệu"),
        ("Lê Thị Trưng", "12 Hai Bà Trưng, HAI BÀ TRƯNG, Hai Ba Trung"),
        ("Trần Công An", "Công an phường ở Đà Lạt đã đến. Công an xã, công an tỉnh"),
        (MINH, "Ở Đà Lạt có đèn thông minh"),
        ("Lê Hoa Mai", "Cây hoa mai ở Đà Lạt. Hoa mai đã nở"),
        (HOA, "Cô hoa khôi ở Đà Lạt"),
        ("Nguyễn Văn An", "Nhờ Điện lực cho em an tâm, bạn an toàn"),
        ("Nguyễn Thị Êm", "Anh em tổ ba, chị em"),
        ("Võ Văn Em", "Anh em trong tổ, chị em"),
        ("Nguyễn Thị Ba", "Ông bà ở đây"),
        ("Nguyễn Văn Côn", "Bà con khu phố"),
        ("An", "Ở đây an toàn, công an phường"),
        ("", "Anh chị xem giúp"),
        ("...", "Anh ... chị xem giúp"),
    ],
)
def test_redact_leaves_words_that_only_look_like_a_name(name: str, text: str) -> None:
    assert redact(text, [name]) == text


def test_of_a_name_without_end_the_last_syllables_are_looked_at() -> None:
    name = " ".join(["Á"] * 59)
    assert redact("lê " + "á " * 58, [name]) == "lê " + "••• " * 8
    assert redact(("lê " + "á " * 58) * 1680, [name]).count(STRUCK_OUT) == 8 * 1680  # soon, or the suite stands still


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Chào quach  zuy-zon nhé", "quach  zuy-zon"),
        ("QUÁCH ZUY ZƠN, Quách Zuy Zơn", "QUÁCH ZUY ZƠN"),
        ("Chào anh Zuy Zơn, anh Zơn", ""),
        ("Quách Zuy Zơnn", ""),
    ],
)
def test_a_whole_name_is_found_as_it_was_typed(text: str, found: str) -> None:
    assert name_in(text, "Quách Zuy Zơn") == found
    assert name_in(text, "Zơn") == name_in(text, "") == ""


SYLLABLES = ["Zung", "Thử", "Hòa", "Ngọc", "Bích", "Quỳnh", "Đạt", "Kiều", "Zuy", "Lựu"]
WAYS = [str, str.upper, str.lower, str.title, fold]


@given(
    name=st.lists(st.sampled_from(SYLLABLES), min_size=2, max_size=5),
    count=st.integers(1, 5),
    address=st.sampled_from(["anh", "Chị", "ông", "Bà", "cô", "chú", "bác", "em", "dì", "thầy", "mợ", "cậu"]),
    way=st.sampled_from(WAYS),
    around=st.sampled_from([("", ""), ("(", ")"), ("gap ", ", roi ve"), ("\n", "."), ("“", "”")]),
)
def test_no_part_of_a_name_comes_through_behind_a_form_of_address(
    name: list[str], count: int, address: str, way: Callable[[str], str], around: tuple[str, str]
) -> None:
    whole, part = " ".join(name), way(" ".join(name[-count:]))
    before, after = around
    called = way(address)
    assert redact(f"{before}{called} {part}{after}", [whole]) == f"{before}{called} {STRUCK_OUT}{after}"
    alone = f"{before}{part}{after}"
    assert redact(alone, [whole]) == (alone if count == 1 else f"{before}{STRUCK_OUT}{after}")


@given(text=st.text(), name=st.text())
def test_redact_takes_any_name(text: str, name: str) -> None:
    assert isinstance(redact(text, [name]), str)
