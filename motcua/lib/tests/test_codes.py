from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.codes import (
    DOSSIER_CODE,
    PROCEDURE_CODE,
    ReadCode,
    human_code,
    private_token,
    read_code,
    read_human_code,
    render_code,
    row_number,
    token_digest,
)

REPORT = "PA-{yymmdd}-{number:04d}"


def test_a_code_tells_the_day_in_vietnam() -> None:
    assert render_code(REPORT, number=412, at=datetime(2026, 11, 20, 3, tzinfo=UTC)) == "PA-261120-0412"
    assert render_code(REPORT, number=412, at=datetime(2026, 11, 20, 17, tzinfo=UTC)) == "PA-261121-0412"
    assert render_code(REPORT, number=123456, at=datetime(2026, 11, 20, tzinfo=UTC)) == "PA-261120-123456"
    assert render_code("H36.01-{yyyymmdd}-{number:07d}", number=9, at=datetime(2026, 6, 9, tzinfo=UTC)) == (
        "H36.01-20260609-0000009"
    )
    assert render_code("{number}/{yyyy}", number=9, at=datetime(2026, 6, 9, tzinfo=UTC)) == "9/2026"


@pytest.mark.parametrize(
    "typed", ["PA-261120-0412", "pa 261120 0412", " PA2611200412\n", "PA–261120–0412", "Pa - 261120 - 0412"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(REPORT, typed) == ReadCode("PA-261120-0412", 412, date(2026, 11, 20))


@pytest.mark.parametrize(
    "typed", ["", "PA", "PA-261120-412", "PA-261320-0412", "XA-261120-0412", "PA-261120-0412x", "PA-261120-٠٤١٢"]
)
def test_what_is_no_code_is_not_read(typed: str) -> None:
    assert read_code(REPORT, typed) is None


@given(number=st.integers(0, 10**12), at=st.datetimes(datetime(2000, 1, 1), datetime(2068, 1, 1)))  # noqa: DTZ001
@pytest.mark.parametrize("template", [REPORT, "H36.01-{yyyymmdd}-{number:07d}", "HS{number}"])
def test_what_is_written_is_read(template: str, number: int, at: datetime) -> None:
    code = render_code(template, number=number, at=at.replace(tzinfo=UTC))
    found = read_code(template, code.lower())
    assert found is not None
    assert (found.code, found.number) == (code, number)


@pytest.mark.parametrize(
    "template",
    ["PA", "PA-{number", "{number}{number}", "{unit}-{number}", "{number:4}", "{yy}-{yymmdd}-{number}", "{}"],
)
def test_templates_that_cannot_work_are_named(template: str) -> None:
    with pytest.raises(ValueError, match="Mẫu mã"):
        render_code(template, number=1, at=datetime(2026, 1, 1, tzinfo=UTC))


# Facts §1.2 and §1.3
@pytest.mark.parametrize(
    "code",
    [
        "000.00.12.H36-250101-0001",
        "H15.50.05.13-261008-0975",
        "G09.20-20260609-0092637",
        "000.00.00.G09-250101-1234567",
    ],
)
def test_dossier_codes(code: str) -> None:
    assert DOSSIER_CODE.fullmatch(code)
    assert not DOSSIER_CODE.fullmatch(code[:-5])


def test_procedure_codes() -> None:
    assert PROCEDURE_CODE.fullmatch("1.005129")
    assert PROCEDURE_CODE.fullmatch("3.000181.000.00.00.H22")
    assert not PROCEDURE_CODE.fullmatch("1.5129")


def test_codes_to_read_out_have_no_letters_that_look_alike() -> None:
    codes = {human_code() for _ in range(200)}
    assert len(codes) == 200
    assert not set("".join(codes)) & set("01OILU")
    for code in codes:
        assert read_human_code(code.lower().replace("-", " ")) == code
    assert read_human_code("OOOO-0000") is None
    assert read_human_code(" - ") is None
    assert len(human_code(10)) == 12


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), ("", None), ("-1", None), ("1.5", None), ("7 ", None), ("9" * 18, 10**18 - 1),
     ("9" * 19, None), ("9" * 5_000, None), ("²", None), ("một", None)],
)  # fmt: skip
def test_keys_of_rows_in_addresses(text: str, number: int | None) -> None:
    assert row_number(text) == number


def test_tokens_are_long_and_stored_as_digests() -> None:
    token = private_token()
    assert len(token) >= 43
    assert token != private_token()
    assert len(token_digest(token)) == 64
    assert token not in token_digest(token)
