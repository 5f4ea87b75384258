import pytest

from motcua.lib.contacts import (
    masked_email,
    masked_name,
    masked_national_id,
    masked_phone,
    normal_email,
    normal_phone,
    shown_phone,
)


@pytest.mark.parametrize(
    "text",
    ["0905123456", "0905 123 456", "84905.123.456", "(+84) 905-123-456", "+84 (0) 905 123 456", "0084905123456"],
)
def test_a_telephone_number_has_one_spelling(text: str) -> None:
    assert normal_phone(text) == "+84905123456"
    assert shown_phone(normal_phone(text)) == "0905 123 456"


def test_fixed_and_foreign_numbers() -> None:
    assert normal_phone("(0263) 3533428") == "+842633533428"
    assert normal_phone("+1 415 555 2671") == "+14155552671"


@pytest.mark.parametrize("text", ["", "abc", "1022", "0905 123 456 x", "905123456", "+", "+840"])
def test_what_is_no_telephone_number_is_empty(text: str) -> None:
    assert normal_phone(text) == ""


def test_an_email_address_has_one_spelling() -> None:
    assert normal_email(" An.Nguyen@Example.VN ") == "an.nguyen@example.vn"
    assert [normal_email(text) for text in ("an", "an@", "an@vn", "a b@c.vn", "a@b.vn" + "x" * 300)] == [""] * 5


def test_masks_keep_only_what_tells_them_apart() -> None:
    assert masked_name("Nguyễn Văn An") == "N. V. A."
    assert masked_phone("0905 123 456") == "••• 456"
    assert masked_email("an.nguyen@example.vn") == "a•••@example.vn"
    assert masked_national_id("068085000123") == "068••••0123"
    assert [mask("") for mask in (masked_name, masked_phone, masked_email, masked_national_id)] == [""] * 4
    assert [mask("12345") for mask in (masked_phone, masked_email, masked_national_id)] == ["•••"] * 3
