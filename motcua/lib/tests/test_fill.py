import pytest

from motcua.lib.fill import fill, gaps


def test_gaps_are_named_once_in_order() -> None:
    assert gaps("Mã {code}, hẹn {due}. Mã {code}.") == ["code", "due"]


def test_gaps_are_filled_with_plain_text() -> None:
    assert fill("{a} và {b}", {"a": "{b}", "b": "x"}) == "{b} và x"


def test_doubled_braces_are_braces() -> None:
    assert gaps("{{code}} {due}") == ["due"]
    assert fill("{{code}} {due}", {"due": "mai"}) == "{code} mai"


@pytest.mark.parametrize(
    "text", ["{code", "code}", "{}", "{ code }", "{code.x}", "{code[0]}", "{code!r}", "{code:>9}", "{Mã}", "{0}"]
)
def test_anything_but_a_plain_name_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"[{}]"):
        gaps(text)


def test_value_that_is_missing_is_an_error() -> None:
    with pytest.raises(KeyError):
        fill("{code}", {})
