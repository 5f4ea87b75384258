from datetime import date

import pytest

from motcua.lib.identifiers import IdCard, read_id_card, read_national_id, read_plate, read_tax_code


@pytest.mark.parametrize(
    ("text", "province", "is_female", "born_in"),
    [
        ("068190000123", "Lâm Đồng", True, 1990),
        ("068 201 000 123", "Lâm Đồng", False, 2001),
        ("001.302.000.123", "Hà Nội", True, 2002),
        ("101085000123", "", False, 1985),
    ],
)
def test_a_national_id_tells_where_and_when(text: str, province: str, is_female: bool, born_in: int) -> None:
    found = read_national_id(text)
    assert found is not None
    assert (found.province, found.is_female, found.born_in) == (province, is_female, born_in)
    assert len(found.number) == 12


@pytest.mark.parametrize("text", ["", "06819000012", "0681900001234", "06819000012a", "٠٦٨١٩٠٠٠٠١٢٣"])
def test_what_is_no_national_id(text: str) -> None:
    assert read_national_id(text) is None


def test_doubts_are_named() -> None:
    found = read_national_id("999190000123")
    assert found is not None
    assert found.doubts(born_on=date(1990, 5, 1), is_female=True) == ("province",)
    assert found.doubts(born_on=date(1991, 5, 1), is_female=False) == ("province", "born_on", "sex")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0101234567", "0101234567"),
        (" 0101234567-001 ", "0101234567-001"),
        ("0101234567001", "0101234567-001"),
        ("010123456", ""),
        ("0101234567-01", ""),
        ("068190000123", ""),
    ],
)
def test_tax_codes(text: str, code: str) -> None:
    assert read_tax_code(text) == code


def test_one_spelling_of_a_plate() -> None:
    assert read_plate("49a-123.45") == read_plate("49A 12345") == "49A12345"


def test_the_code_on_an_identity_card() -> None:
    text = "068190000123|251234567|Nguyễn Thị Mẫu An|02051990|Nữ|Tổ 1, phường Một, Tỉnh Thử|10102021"
    assert read_id_card(text) == IdCard(
        "068190000123", "Nguyễn Thị Mẫu An", date(1990, 5, 2), "nu", "Tổ 1, phường Một, Tỉnh Thử"
    )
    assert read_id_card("068190000123") is None
    assert read_id_card("https://example.vn/|a|b|c|d|e") is None
    odd = read_id_card("068190000123||Nguyễn Thị Mẫu An|99999999||Tổ 1|")
    assert odd is not None
    assert (odd.born_on, odd.sex) == (None, "")
