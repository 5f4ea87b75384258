"""VietQR codes: NAPAS's own examples, every vector at hand, and what a reader of money must refuse."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.sms import toneless
from motcua.lib.vietqr import TO_ACCOUNT, TO_CARD, QRError, Transfer, crc, parse, plain_purpose

FORMATS = Path(__file__).parents[4] / "shared" / "data" / "formats"
VECTORS = FORMATS / "vietqr_vectors.json"
BANKS = FORMATS / "vn_banks_bin_56.csv"

# NAPAS's own examples (facts §10.1): a card, an account with an amount, a card with an amount.
TO_A_CARD = "00020101021138600010A00000072701300006970403011697040311012345670208QRIBFTTC53037045802VN63044F52"
WITH_AMOUNT = (
    "00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS6869"
    "0819thanh toan don hang63042E2E"
)
CARD_WITH_AMOUNT = (
    "00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68"
    "690819thanh toan don hang6304A203"
)
# Printed in the specification with an inner length of 12 for an account of 13 characters; the sum is right.
PRINTED_WRONG = "00020101021138570010A00000072701270006970403011200110123456780208QRIBFTTA53037045802VN6304F4E5"
CORRECTED = "00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F"


@pytest.mark.parametrize(("text", "sum_"), [("123456789", "29B1"), ("00", "2EC9"), ("01", "3EE8"), ("", "FFFF")])
def test_check_sum(text: str, sum_: str) -> None:
    assert crc(text) == sum_


@pytest.mark.parametrize(
    ("text", "transfer"),
    [
        (TO_A_CARD, Transfer("970403", "9704031101234567", service=TO_CARD, is_dynamic=False)),
        (
            WITH_AMOUNT,
            Transfer("970403", "0011012345678", 180_000, "thanh toan don hang", bill="NPS6869"),
        ),
        (
            CARD_WITH_AMOUNT,
            Transfer("970403", "9704031101234567", 180_000, "thanh toan don hang", bill="NPS6869", service=TO_CARD),
        ),
        (CORRECTED, Transfer("970403", "0011012345678", is_dynamic=False)),
    ],
)
def test_examples_are_read_and_built(text: str, transfer: Transfer) -> None:
    assert parse(text).transfer() == transfer
    assert transfer.text() == text


def test_a_length_that_does_not_fit_is_refused_though_the_sum_is_right() -> None:
    assert crc(PRINTED_WRONG[:-4]) == PRINTED_WRONG[-4:]
    with pytest.raises(QRError, match="38/01"):
        parse(PRINTED_WRONG)


def _vectors() -> dict[str, Any]:
    if not VECTORS.exists():
        pytest.skip(f"no {VECTORS.name} on this machine")
    found: dict[str, Any] = json.loads(VECTORS.read_text(encoding="utf-8"))
    return found


def test_every_vector_at_hand() -> None:
    """The vectors are not ours to commit; where they are missing, NAPAS's examples above stand for them."""
    found = _vectors()
    for text, expected in found["crc"]["check"].items():
        assert crc(text) == expected
    for text, expected in found["accent_stripping"].items():
        assert toneless(text) == expected
    kinds = set()
    for vector in found["vectors"]:
        kinds.add(vector["kind"])
        match vector["kind"]:
            case "valid" | "constructed-valid":
                code = parse(vector["qr"])
                if "38/00" in code.values:
                    assert code.transfer().text() == vector["qr"]
            case "invalid":
                with pytest.raises(QRError, match="63"):
                    parse(vector["qr"])
            case "nonconformant":
                with pytest.raises(QRError, match="38"):
                    parse(vector["qr"]).transfer()
    assert kinds == {"valid", "invalid", "nonconformant", "constructed-valid"}


def test_every_bank_at_hand_can_be_paid() -> None:
    if not BANKS.exists():
        pytest.skip(f"no {BANKS.name} on this machine")
    with BANKS.open(encoding="utf-8", newline="") as file:
        bins = [row[1].strip() for row in list(csv.reader(file))[1:] if len(row) > 1]
    assert len(bins) >= 50
    for bin_ in bins:
        assert parse(Transfer(bin_, "0123456789", 1_000, "x").text()).transfer().bin == bin_


def test_codes_of_other_schemes_are_read_but_are_no_transfer() -> None:
    body = "00020101021126280010A000000775011001087990425204597753037045802VN5909MYPHAMHER6005HANOI6304"
    code = parse(body + crc(body))
    assert code.values["26/00"] == "A000000775"
    with pytest.raises(QRError, match="VietQR"):
        code.transfer()


def _code(body: str) -> str:
    return f"{body}6304{crc(f'{body}6304')}"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("010211", "00"),
        ("000201010213", "01"),
        ("00020153037045303704", "53: stands twice"),
        ("0002015404-100", "54"),
        ("00020154010", "54"),
        ("0002015300", "53"),
        ("00020162110899", "62/08"),
        ("0002x1", "00"),
    ],
)
def test_what_is_no_code_is_refused(body: str, why: str) -> None:
    with pytest.raises(QRError, match=why):
        parse(_code(body))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "00"),
        ("0002", "00"),
        ("000201", "63"),
        (_code("000201") + "5802VN", "63"),
        (WITH_AMOUNT.replace("180000", "180001"), "sum"),
        (WITH_AMOUNT.lower(), "sum"),
        (WITH_AMOUNT.replace("hang", "hàng"), "ASCII"),
        ("9" * 600, "too long"),
    ],
)
def test_what_was_altered_is_refused(text: str, why: str) -> None:
    with pytest.raises(QRError, match=why):
        parse(text)


@pytest.mark.parametrize(
    "transfer",
    [
        Transfer("97040", "001"),
        Transfer("970403", "00 1"),
        Transfer("970403", "1" * 20),
        Transfer("970403", "001", 0),
        Transfer("970403", "001", -5),
        Transfer("970403", "001", 10**13),
        Transfer("970403", "001", 5, bill="số 7"),
    ],
)
def test_what_banks_would_not_read_is_not_built(transfer: Transfer) -> None:
    with pytest.raises(QRError):
        transfer.text()


def test_a_code_of_a_foreign_currency_or_with_parts_of_a_dong_is_no_transfer() -> None:
    account = "38570010A00000072701270006970403011300110123456780208QRIBFTTA"
    for body in (f"000201{account}53038405802VN", f"000201{account}5303704540410.55802VN"):
        with pytest.raises(QRError):
            parse(_code(body)).transfer()


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("MC7K2Q9XHT4 phí trước bạ", "MC7K2Q9XHT4 phi truoc ba"),
        ("Nguyễn Văn Ấn – «nộp» 5%", "Nguyen Van An - nop 5"),
        ("a" * 40, "a" * 25),
        ("  ", ""),
    ],
)
def test_purpose_without_tones(text: str, plain: str) -> None:
    assert plain_purpose(text) == plain


@given(
    st.from_regex(r"\d{6}", fullmatch=True),
    st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    st.one_of(st.none(), st.integers(1, 10**12)),
    st.text(max_size=60),
)
def test_what_is_built_is_read_again(bin_: str, account: str, amount: int | None, purpose: str) -> None:
    if not (bin_.isascii() and account.isascii()):
        return
    transfer = Transfer(bin_, account, amount, plain_purpose(purpose), service=TO_ACCOUNT)
    assert parse(transfer.text()).transfer() == transfer


@given(st.integers(0, len(WITH_AMOUNT) - 1), st.characters(min_codepoint=32, max_codepoint=126))
def test_one_changed_character_is_always_noticed(at: int, letter: str) -> None:
    changed = WITH_AMOUNT[:at] + letter + WITH_AMOUNT[at + 1 :]
    if changed != WITH_AMOUNT:
        with pytest.raises(QRError):
            parse(changed)
