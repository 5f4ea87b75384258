"""What something costs: every rule, the explanation that adds up, and the registration fees of the first pack."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.fees import Claimed, FeeError, Table, amount, check_table, parse_rule, share

PACK = Path(__file__).resolve().parents[3] / "packs" / "lam-dong"
DAY = date(2026, 11, 17)
POOR = [{"code": "ho-ngheo", "name": "Hộ nghèo", "name_en": "Poor household", "paper": "GT.ho-ngheo"}]


def cost(rule: dict[str, Any], answers: dict[str, Any] | None = None, way: str = "counter") -> int:
    return amount(parse_rule(rule), answers or {}, way=way, on=DAY).amount


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_fixed() -> None:
    assert cost({"type": "fixed", "amount": 50_000}) == 50_000


def test_per_unit() -> None:
    extract = {"type": "per_unit", "unit_amount": 8_000, "count": "copies"}
    assert cost(extract, {"copies": 3}) == 24_000
    assert cost(extract, {"copies": 0}) == 0
    assert cost(extract | {"free": 1}, {"copies": 3}) == 16_000
    assert cost(extract | {"free": 5}, {"copies": 3}) == 0
    assert cost(extract | {"max": 20_000}, {"copies": 3}) == 20_000


def test_a_list_of_answers_is_counted() -> None:
    rule = {"type": "per_unit", "unit_amount": 1_000, "count": "family.children"}
    assert cost(rule, {"family": {"children": [{}, {}, {}]}}) == 3_000


CERTIFIED = {
    "type": "tiers", "count": "pages", "steps": [[2, 2_000], [0, 1_000]], "max": 200_000, "times": "copies",
}  # fmt: skip


@pytest.mark.parametrize(
    ("pages", "copies", "expected"), [(1, 1, 2_000), (2, 1, 4_000), (5, 1, 7_000), (5, 3, 21_000), (500, 2, 400_000)]
)
def test_certified_copies(pages: int, copies: int, expected: int) -> None:
    """2,000 đ a page up to two, 1,000 đ from the third, at most 200,000 đ a copy (facts §10.3)."""
    assert cost(CERTIFIED, {"pages": pages, "copies": copies}) == expected


def test_the_explanation_says_each_step() -> None:
    found = amount(parse_rule(CERTIFIED), {"pages": 500, "copies": 2}, way="counter", on=DAY)
    assert found.why == (
        "2 × 2.000 đ: 4.000 đ",
        "498 × 1.000 đ (từ 3): 498.000 đ",
        "Mức thu tối đa 200.000 đ: −302.000 đ",
        "1 bản nữa × 200.000 đ: 200.000 đ",
    )
    assert found.why_in("en")[1] == "498 × VND 1,000 (from 3): VND 498,000"


def test_percent_with_floor_and_ceiling() -> None:
    rule = {"type": "percent", "base": "price", "rate_bp": 50, "min": 10_000, "max": 500_000_000}
    assert cost(rule, {"price": 2_000_000_000}) == 10_000_000
    assert cost(rule, {"price": 1}) == 10_000
    assert cost(rule, {"price": 900_000_000_000}) == 500_000_000


def test_the_greater_of_list_price_and_transfer_price() -> None:
    rule = {"type": "percent", "base": ["list_price", "transfer_price"], "rate_bp": 50}
    assert cost(rule, {"list_price": 1_000_000_000, "transfer_price": 800_000_000}) == 5_000_000
    assert cost(rule, {"list_price": 1_000_000_000, "transfer_price": 1_800_000_000}) == 9_000_000


@pytest.mark.parametrize(
    ("of", "rate_bp", "expected"), [(149, 100, 1), (150, 100, 2), (151, 100, 2), (333, 3_333, 111)]
)
def test_half_a_dong_is_rounded_up(of: int, rate_bp: int, expected: int) -> None:
    assert share(of, rate_bp) == expected


def test_online_may_cost_less() -> None:
    rule = parse_rule({"type": "fixed", "amount": 50_001}, by_way={"online": {"factor_bp": 5_000}, "post": 60_000})
    found = amount(rule, {}, way="online", on=DAY)
    assert found.amount == 25_001
    assert found.why[-1] == "Nộp trực tuyến: còn 50%: −25.000 đ"
    assert amount(rule, {}, way="post", on=DAY).amount == 60_000
    assert amount(rule, {}, way="counter", on=DAY).amount == 50_001


def test_free_online_needs_no_answers() -> None:
    rule = parse_rule({"type": "per_unit", "unit_amount": 8_000, "count": "copies"}, by_way={"online": 0})
    assert amount(rule, {}, way="online", on=DAY).amount == 0


def test_exempt_with_evidence() -> None:
    rule = parse_rule({"type": "fixed", "amount": 50_000}, exempt=POOR)
    found = amount(rule, {}, way="counter", on=DAY, exemption=Claimed("ho-ngheo", "file:7"))
    assert found.amount == 0
    assert found.why == ("Mức thu cố định: 50.000 đ", "Miễn: Hộ nghèo: −50.000 đ")


def test_reduced_with_evidence() -> None:
    rule = parse_rule({"type": "fixed", "amount": 50_001}, exempt=[POOR[0] | {"share_bp": 5_000}])
    assert amount(rule, {}, way="counter", on=DAY, exemption=Claimed("ho-ngheo", "look-up:7")).amount == 25_001


@pytest.mark.parametrize("claimed", [Claimed("ho-ngheo", " "), Claimed("nguoi-cao-tuoi", "file:7")])
def test_no_exemption_without_evidence_or_rule(claimed: Claimed) -> None:
    rule = parse_rule({"type": "fixed", "amount": 50_000}, exempt=POOR)
    with pytest.raises(FeeError, match="exemption"):
        amount(rule, {}, way="counter", on=DAY, exemption=claimed)


@pytest.mark.parametrize("copies", [None, True, -1, 1.5, "3", 10**9])
def test_what_is_no_count_is_named(copies: object) -> None:
    with pytest.raises(FeeError) as caught:
        cost({"type": "per_unit", "unit_amount": 8_000, "count": "copies"}, {"copies": copies})
    assert caught.value.path == "copies"


FIXED: dict[str, Any] = {"type": "fixed", "amount": 5}
STEPS: dict[str, Any] = {"type": "tiers", "count": "pages"}


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({}, "rule.type"),
        ({"type": "guess"}, "rule.type"),
        ({"type": "fixed"}, "rule.amount"),
        ({"type": "fixed", "amount": -1}, "rule.amount"),
        ({"type": "fixed", "amount": 1.5}, "rule.amount"),
        ({"type": "fixed", "amount": True}, "rule.amount"),
        (FIXED | {"amout": 5}, "rule.amout"),
        ({"type": "per_unit", "unit_amount": 5}, "rule.count"),
        (STEPS, "rule.steps"),
        (STEPS | {"steps": [[2, 2000]]}, "rule.steps[0]"),
        (STEPS | {"steps": [[0, 2000], [0, 1000]]}, "rule.steps[0]"),
        (STEPS | {"steps": [[2, -5], [0, 1000]]}, "rule.steps[0].price"),
        (STEPS | {"steps": [5]}, "rule.steps[0]"),
        ({"type": "percent", "base": "price", "rate_bp": 10_001}, "rule.rate_bp"),
        ({"type": "percent", "base": "price", "rate_bp": 1, "min": 5, "max": 4}, "rule.max"),
        ({"type": "percent", "base": [], "rate_bp": 1}, "rule.base"),
        ({"type": "table", "table": "t", "match": {"a": "x"}, "given": {"a": "y"}}, "rule.given"),
        ({"type": "table", "table": "t", "match": {"a": 1}}, "rule.match"),
    ],
)
def test_a_wrong_rule_is_named_by_its_key(rule: dict[str, Any], path: str) -> None:
    with pytest.raises(FeeError) as caught:
        parse_rule(rule)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("by_way", "path"),
    [
        ({"fax": 0}, "by_way.fax"),
        ({"online": -1}, "by_way.online.amount"),
        ({"online": {"factor_bp": 20_000}}, "by_way.online"),
        ({"online": {"amount": 0, "factor_bp": 1}}, "by_way.online"),
        ({"online": {}}, "by_way.online"),
        ({"online": 4_000}, "by_way.online"),  # of one copy, or of all?
    ],
)
def test_a_wrong_way_is_named(by_way: dict[str, Any], path: str) -> None:
    with pytest.raises(FeeError) as caught:
        parse_rule({"type": "per_unit", "unit_amount": 8_000, "count": "copies"}, by_way=by_way)
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("exempt", "path"),
    [
        ([{"code": "x", "name": "X"}], "exempt[0]"),
        ([POOR[0], POOR[0]], "exempt[1].code"),
        ([POOR[0] | {"share_bp": 0}], "exempt[0].share_bp"),
        (["ho-ngheo"], "exempt[0]"),
    ],
)
def test_a_wrong_exemption_is_named(exempt: list[Any], path: str) -> None:
    with pytest.raises(FeeError) as caught:
        parse_rule(FIXED, exempt=exempt)
    assert caught.value.path == path


def test_a_rule_says_which_answers_it_needs() -> None:
    assert parse_rule(CERTIFIED).paths == ("pages", "copies")
    table = {"type": "table", "table": "t", "base": "price", "match": {"a": "kind", "b": "place?"}}
    assert parse_rule(table).paths == ("price", "kind")


# ── Properties ──────────────────────────────────────────────────────────────────────────────────────────────────────

DONGS = st.integers(0, 10**12)
PRICES = st.one_of(
    st.builds(lambda a: {"type": "fixed", "amount": a}, DONGS),
    st.builds(
        lambda u, f, m: {"type": "per_unit", "unit_amount": u, "count": "n", "free": f, "max": m, "times": "k"},
        st.integers(0, 10**7), st.integers(0, 5), DONGS,
    ),
    st.builds(
        lambda a, b, c: {"type": "tiers", "count": "n", "steps": [[a, b], [0, c]]},
        st.integers(1, 9), st.integers(0, 10**6), st.integers(0, 10**6),
    ),
    st.builds(
        lambda r, low, more: {"type": "percent", "base": "p", "rate_bp": r, "min": low, "max": low + more},
        st.integers(0, 10_000), st.integers(0, 10**6), DONGS,
    ),
)  # fmt: skip
ANSWERS = st.fixed_dictionaries({"n": st.integers(0, 1_000), "k": st.integers(0, 20), "p": DONGS})


@given(PRICES, ANSWERS, st.integers(0, 10_000), st.integers(1, 10_000))
def test_lines_add_up_and_less_is_never_more(
    rule: dict[str, Any], answers: dict[str, int], factor: int, less: int
) -> None:
    exempt = [POOR[0] | {"share_bp": less}]
    parsed = parse_rule(rule, by_way={"online": {"factor_bp": factor}}, exempt=exempt)
    full = amount(parsed, answers, way="counter", on=DAY)
    online = amount(parsed, answers, way="online", on=DAY)
    exempted = amount(parsed, answers, way="online", on=DAY, exemption=Claimed("ho-ngheo", "file:1"))
    for found in (full, online, exempted):
        assert found.amount == sum(line.amount for line in found.lines)
        assert len(found.why) == len(found.lines) > 0
    assert 0 <= exempted.amount <= online.amount <= full.amount
    if rule["type"] == "percent":
        assert rule["min"] <= full.amount <= rule["max"]


@given(DONGS, st.integers(0, 10_000))
def test_a_share_is_the_nearest(whole: int, rate_bp: int) -> None:
    assert abs(share(whole, rate_bp) * 10_000 - whole * rate_bp) <= 5_000
    assert share(whole, rate_bp) <= share(whole + 1, rate_bp)


# ── Registration fees (facts §10.3) ─────────────────────────────────────────────────────────────────────────────────

REGISTRATION = {
    "type": "table",
    "table": "registration-fee",
    "base": "price",
    "match": {
        "asset": "asset", "stage": "stage", "fuel": "fuel?", "province": "province", "zone": "zone?",
        "from_zone": "from_zone?",
    },
}  # fmt: skip
CEILING = 500_000_000


@pytest.fixture(scope="module")
def registration() -> Table:
    text = (PACK / "fees" / "registration-fee.csv").read_text(encoding="utf-8")
    return Table.parse("registration-fee", text)


@pytest.mark.parametrize(
    ("on", "answers", "expected"),
    [
        ("2026-11-17", {"asset": "car", "stage": "first", "province": "68", "fuel": "petrol"}, 100_000_000),
        ("2026-11-17", {"asset": "car", "stage": "first", "province": "01", "fuel": "petrol"}, 120_000_000),
        ("2026-08-07", {"asset": "car", "stage": "first", "province": "31", "fuel": "petrol"}, 100_000_000),
        ("2026-08-08", {"asset": "car", "stage": "first", "province": "31", "fuel": "petrol"}, 120_000_000),
        ("2026-11-17", {"asset": "car", "stage": "later", "province": "01", "fuel": "petrol"}, 20_000_000),
        ("2026-11-17", {"asset": "pickup", "stage": "first", "province": "68"}, 60_000_000),
        ("2026-11-17", {"asset": "pickup", "stage": "first", "province": "01"}, 72_000_000),
        ("2026-11-17", {"asset": "pickup", "stage": "later", "province": "68"}, 20_000_000),
        ("2026-11-17", {"asset": "car_other", "stage": "first", "province": "68"}, 20_000_000),
        ("2026-11-17", {"asset": "trailer", "stage": "later", "province": "68"}, 20_000_000),
        ("2026-11-17", {"asset": "car", "stage": "first", "province": "01", "fuel": "battery"}, 0),
        ("2027-02-28", {"asset": "car", "stage": "first", "province": "68", "fuel": "battery"}, 0),
        ("2027-03-01", {"asset": "car", "stage": "first", "province": "68", "fuel": "battery"}, 0),
        ("2030-12-31", {"asset": "car", "stage": "first", "province": "68", "fuel": "battery"}, 0),
        ("2031-01-01", {"asset": "car", "stage": "first", "province": "68", "fuel": "battery"}, 100_000_000),
        ("2026-11-17", {"asset": "car", "stage": "later", "province": "68", "fuel": "battery"}, 20_000_000),
        ("2026-11-17", {"asset": "motorbike", "stage": "first", "province": "68", "zone": "city"}, 50_000_000),
        ("2026-11-17", {"asset": "motorbike", "stage": "first", "province": "68", "zone": "other"}, 20_000_000),
        ("2026-11-17", {"asset": "motorbike", "stage": "later", "province": "68", "zone": "other"}, 10_000_000),
        (
            "2026-11-17",
            {"asset": "motorbike", "stage": "later", "province": "68", "zone": "city", "from_zone": "city"},
            10_000_000,
        ),
        (
            "2026-11-17",
            {"asset": "motorbike", "stage": "later", "province": "68", "zone": "city", "from_zone": "other"},
            50_000_000,
        ),
        ("2026-11-17", {"asset": "house_land", "stage": "later", "province": "68"}, 5_000_000),
        ("2026-11-17", {"asset": "ship", "stage": "first", "province": "68"}, 10_000_000),
        ("2026-11-17", {"asset": "aircraft", "stage": "first", "province": "68"}, 10_000_000),
        ("2026-11-17", {"asset": "gun", "stage": "first", "province": "68"}, 20_000_000),
    ],
)
def test_registration_fee_of_a_billion(registration: Table, on: str, answers: dict[str, Any], expected: int) -> None:
    rule = parse_rule(REGISTRATION)
    found = amount(
        rule,
        answers | {"price": 1_000_000_000},
        way="online",
        on=date.fromisoformat(on),
        tables={registration.name: registration},
    )
    assert found.amount == expected


@pytest.mark.parametrize(
    ("asset", "is_capped"),
    [("house_land", True), ("car", False), ("pickup", True), ("car_other", True), ("motorbike", True), ("ship", True),
     ("yacht", False), ("aircraft", False)],
)  # fmt: skip
def test_no_more_than_half_a_billion_but_for_small_cars_planes_and_yachts(
    registration: Table, asset: str, *, is_capped: bool
) -> None:
    answers = {"asset": asset, "stage": "first", "province": "68", "zone": "city", "price": 200_000_000_000}
    found = amount(parse_rule(REGISTRATION), answers, way="online", on=DAY, tables={registration.name: registration})
    assert (found.amount == CEILING) == is_capped
    assert found.amount >= CEILING


def test_the_explanation_names_the_rate_and_its_source(registration: Table) -> None:
    answers = {"asset": "motorbike", "stage": "first", "province": "68", "zone": "other", "price": 31_490_000}
    found = amount(parse_rule(REGISTRATION), answers, way="online", on=DAY, tables={registration.name: registration})
    assert found.why == ("Xe máy, đăng ký lần đầu (NĐ 10/2022/NĐ-CP): 2% của 31.490.000 đ: 629.800 đ",)


@pytest.mark.parametrize(
    "answers",
    [
        {"asset": "motorbike", "stage": "first", "province": "68"},  # where it is kept decides
        {"asset": "rocket", "stage": "first", "province": "68"},
        {"asset": "car", "stage": "first"},
    ],
)
def test_what_the_table_does_not_say_is_not_guessed(registration: Table, answers: dict[str, Any]) -> None:
    with pytest.raises(FeeError):
        amount(
            parse_rule(REGISTRATION),
            answers | {"price": 1_000},
            way="online",
            on=DAY,
            tables={registration.name: registration},
        )


def test_before_the_table_begins(registration: Table) -> None:
    answers = {"asset": "gun", "stage": "first", "province": "68", "price": 1_000}
    with pytest.raises(FeeError, match="28/02/2022"):
        amount(
            parse_rule(REGISTRATION), answers, way="online", on=date(2022, 2, 28),
            tables={registration.name: registration},
        )  # fmt: skip


def test_a_rule_is_checked_against_its_table(registration: Table) -> None:
    tables = {registration.name: registration}
    check_table(parse_rule(REGISTRATION), tables)
    for changes, path in (
        ({"table": "other"}, "rule.table"),
        ({"match": {"asset": "asset"}}, "rule.match"),
        ({"given": {"colour": "red"}}, "rule.match"),
    ):
        with pytest.raises(FeeError) as caught:
            check_table(parse_rule(REGISTRATION | changes), tables)
        assert caught.value.path == path
    without_base = {key: value for key, value in REGISTRATION.items() if key != "base"}
    with pytest.raises(FeeError, match=r"rule\.base"):
        check_table(parse_rule(without_base), tables)


HEADER = "kind,rate_bp,amount,min,max,valid_from,valid_to,basis,name,name_en\n"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "1"),
        ("kind,amount\n", "1"),
        (HEADER.replace("kind", "amount"), "1"),
        (HEADER + "a,,5\n", "2"),
        (HEADER + "a,1,5,,,2026-01-01,,,A,\n", "2"),
        (HEADER + "a,,,,,2026-01-01,,,A,\n", "2"),
        (HEADER + "a,,-5,,,2026-01-01,,,A,\n", "2.amount"),
        (HEADER + "a,,5,,,2026-02-30,,,A,\n", "2.valid_from"),
        (HEADER + "a,,5,,,2026-01-02,2026-01-01,,A,\n", "2.valid_from"),
        (HEADER + "a,5,,9,8,2026-01-01,,,A,\n", "2.max"),
        (HEADER + "a,,5,,,2026-01-01,,,,\n", "2.name"),
        (HEADER + ",,5,,,2026-01-01,,,A,\na,,6,,,2026-01-01,,,B,\n", "3"),
        (HEADER + 'a,"5\n', "1"),
    ],
)
def test_a_wrong_table_is_named_by_line_and_column(text: str, path: str) -> None:
    with pytest.raises(FeeError) as caught:
        Table.parse("t", text)
    assert caught.value.path == path


def test_the_first_row_that_matches_counts() -> None:
    text = HEADER + "a|b,,5,,,2026-01-01,2026-12-31,,A,\na,,6,,,2026-01-01,,,B,\n,,7,,,2026-01-01,,,C,\n"
    table = Table.parse("t", text)
    rule = parse_rule({"type": "table", "table": "t", "match": {"kind": "kind"}})
    for kind, on, expected in (("a", DAY, 5), ("a", date(2027, 1, 1), 6), ("b", date(2027, 1, 1), 7), ("c", DAY, 7)):
        assert amount(rule, {"kind": kind}, way="post", on=on, tables={"t": table}).amount == expected
