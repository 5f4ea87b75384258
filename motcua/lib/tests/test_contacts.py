import pytest

from motcua.lib.contacts import masked_email, masked_name, masked_phone, normal_email, normal_phone, shown_phone


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0905 123 456", "+84905123456"),
        ("0905.123.456", "+84905123456"),
        ("+84 (0)905-123-456", "+84905123456"),
        ("84905123456", "+84905123456"),
        ("0084 905 123 456", "+84905123456"),
        ("0263 3822 339", "+842633822339"),
        ("+1 202 555 0100", "+12025550100"),
        ("０９０５ １２３ ４５６", "+84905123456"),
        ("905 123 456", ""),
        ("0905", ""),
        ("gọi 0905 123 456", ""),
        ("", ""),
        ("+", ""),
        ("0905 123 456 0905 123 456", ""),
    ],
)
def test_normal_phone(text: str, expected: str) -> None:
    assert normal_phone(text) == expected
    assert normal_phone(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" An.Nguyen@Example.VN ", "an.nguyen@example.vn"),
        ("an@localhost", ""),
        ("an@@example.vn", ""),
        ("an nguyen@example.vn", ""),
        ("@example.vn", ""),
        ("a" * 250 + "@example.vn", ""),
    ],
)
def test_normal_email(text: str, expected: str) -> None:
    assert normal_email(text) == expected


def test_how_they_are_shown() -> None:
    assert shown_phone("+84905123456") == "0905 123 456"
    assert shown_phone("+12025550100") == "+12025550100"
    assert shown_phone("") == ""


def test_how_they_are_hidden() -> None:
    assert masked_name("Nguyễn Văn Ân") == "N. V. Â."
    assert masked_phone("0905 123 456") == "••• 456"
    assert masked_phone("113") == "•••"
    assert masked_phone("") == ""
    assert masked_email("an.nguyen@example.vn") == "a•••@example.vn"
    assert masked_email("") == ""
