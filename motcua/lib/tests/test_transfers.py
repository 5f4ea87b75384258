"""References that survive banks, and do not find themselves in other words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.transfers import new_reference, references_in


def test_a_reference_is_plain_and_found_again() -> None:
    reference = new_reference()
    assert len(reference) == 12
    assert reference.isalnum()
    assert reference.isascii()
    assert references_in(reference) == [reference]
    assert len({new_reference() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "written",
    [
        "{}",
        " {} ",
        "MBVCB.1234567.{}.CT tu 0011 NGUYEN VAN AN toi 2233",
        "nộp lệ phí {}",
        "{}-nop tien",
        "IBFT{}",
        "({})",
    ],
)
def test_found_in_what_banks_make_of_it(written: str) -> None:
    reference = new_reference()
    for form in (
        reference,
        reference.lower(),
        f"{reference[:5]} {reference[5:]}",
        "-".join((reference[:2], reference[2:])),
    ):
        assert references_in(written.format(form)) == [reference]


def test_letters_that_are_taken_for_others_are_read_back() -> None:
    while "1" not in (reference := new_reference()) or "0" not in reference:
        pass
    assert references_in(reference.replace("1", "I").replace("0", "O")) == [reference]


def test_two_in_one_purpose_are_both_found() -> None:
    one, two = new_reference(), new_reference()
    assert references_in(f"{one} {two}") == [one, two]


@pytest.mark.parametrize("text", ["", "ung ho", "MC", "MC000000000", "MC0000000001", "MCDONALD HAMBURGER 2026"])
def test_nothing_is_found_where_nothing_is(text: str) -> None:
    assert references_in(text) == []


@given(st.integers(2, 11), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_one_wrong_letter_is_noticed(place: int, letter: str) -> None:
    reference = new_reference()
    changed = reference[:place] + letter + reference[place + 1 :]
    # Of 32 letters two share a remainder of 31: the last of them all may pass for the first.
    if changed != reference and {letter, reference[place]} != {"0", "Z"}:
        assert references_in(changed) == []
