import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.money import money, money_in_words, parse_money


@pytest.mark.parametrize(
    ("amount", "vi", "en"),
    [
        (0, "0 đ", "VND 0"),
        (8_000, "8.000 đ", "VND 8,000"),
        (150_000, "150.000 đ", "VND 150,000"),
        (1_234_567_890, "1.234.567.890 đ", "VND 1,234,567,890"),
        (-2_000, "−2.000 đ", "−VND 2,000"),
    ],
)
def test_money_in_words(amount: int, vi: str, en: str) -> None:
    assert money(amount) == vi
    assert money(amount, "en") == en


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("150.000 đ", 150_000),
        ("150,000 VND", 150_000),
        ("VND 150,000", 150_000),
        ("150 000đ", 150_000),
        ("150000", 150_000),
        ("1.500.000 đồng", 1_500_000),
        ("150k", 150_000),
        ("2,5 nghìn", 2_500),
        ("1,5 triệu", 1_500_000),
        ("1.5 tr", 1_500_000),
        ("2 tỷ đồng", 2_000_000_000),
        ("0", 0),
    ],
)
def test_money_is_read(text: str, amount: int) -> None:
    assert parse_money(text) == amount


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Không đọc được"),
        ("abc", "Không đọc được"),
        ("-5", "Không đọc được"),
        ("5 usd", "Không đọc được"),
        ("1.50", "tròn đồng"),
        ("1.5000", "tròn đồng"),
        ("1.500.00", "không rõ"),
        ("1.500,000", "không rõ"),
        ("9" * 30, "quá lớn"),
        ("1 " * 50_000, "không rõ"),
    ],
)
def test_money_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        parse_money(text)


@given(amount=st.integers(0, 10**15))
def test_what_is_written_is_read(amount: int) -> None:
    assert parse_money(money(amount)) == amount
    assert parse_money(money(amount, "en")) == amount


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (0, "Không đồng"),
        (5, "Năm đồng"),
        (10, "Mười đồng"),
        (15, "Mười lăm đồng"),
        (21, "Hai mươi mốt đồng"),
        (24, "Hai mươi bốn đồng"),
        (55, "Năm mươi lăm đồng"),
        (105, "Một trăm linh năm đồng"),
        (110, "Một trăm mười đồng"),
        (1_000, "Một nghìn đồng"),
        (8_000, "Tám nghìn đồng"),
        (1_005, "Một nghìn không trăm linh năm đồng"),
        (10_500, "Mười nghìn năm trăm đồng"),
        (150_000, "Một trăm năm mươi nghìn đồng"),
        (1_000_001, "Một triệu không trăm linh một đồng"),
        (1_234_567, "Một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy đồng"),
        (500_000_000, "Năm trăm triệu đồng"),
        (2_000_050_000, "Hai tỷ không trăm năm mươi nghìn đồng"),
        (1_000_000_000_000, "Một nghìn tỷ đồng"),
    ],
)
def test_money_written_out(amount: int, words: str) -> None:
    assert money_in_words(amount) == words


@given(st.integers(0, 10**12))
def test_different_amounts_are_written_differently(amount: int) -> None:
    assert money_in_words(amount) != money_in_words(amount + 1)
    assert "  " not in money_in_words(amount)


@pytest.mark.parametrize("amount", [-1, 10**15 + 1])
def test_no_amount_of_a_receipt(amount: int) -> None:
    with pytest.raises(ValueError, match="receipt"):
        money_in_words(amount)
