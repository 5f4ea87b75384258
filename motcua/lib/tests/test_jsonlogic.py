import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.jsonlogic import COUNTS, DEEPEST, LogicError, parse

# The same file is tried in the browser (kernel/forms/tests/test_browser.py).
CASES: list[list[Any]] = json.loads((Path(__file__).parent / "jsonlogic_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", range(len(CASES)))
def test_case(number: int) -> None:
    source, data, expected = CASES[number]
    found = parse(source).value(data)
    assert found == expected, source
    assert isinstance(found, bool) is isinstance(expected, bool)


def test_every_operator_has_a_case() -> None:
    used = {name for source, _, _ in CASES if isinstance(source, dict) for name in source}
    assert set(COUNTS) <= used


@pytest.mark.parametrize(
    ("source", "code", "path"),
    [
        ({"and": [True, {"nope": 1}]}, "unknown_operator", ("and", 1)),
        ({"==": [1]}, "wrong_count", ("==",)),
        ({"==": [1, 2], "!": [1]}, "not_an_operation", ()),
        ({"or": [{}]}, "not_an_operation", ("or", 0)),
        ({"!": [{"var": [{"var": "a"}]}]}, "not_a_name", ("!", 0, "var")),
        ({"in": [1, list(range(1000))]}, "too_long", ("in", 1)),
    ],
)
def test_a_mistake_is_found_when_it_is_read(source: Any, code: str, path: tuple[str | int, ...]) -> None:
    with pytest.raises(LogicError) as caught:
        parse(source)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_what_is_too_deep_is_refused() -> None:
    source: Any = True
    for _ in range(DEEPEST * 3):
        source = {"!": [source]}
    with pytest.raises(LogicError, match="too_deep"):
        parse(source)


def test_names_are_those_of_the_data_not_of_items() -> None:
    logic = parse({"and": [{"var": "a.b"}, {"some": [{"var": "k"}, {"==": [{"var": "age"}, 1]}]}, {"missing": ["c"]}]})
    assert logic.names == {"a.b", "k", "c"}


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=True) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


def _rules(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def of(name: str) -> st.SearchStrategy[Any]:
        least, most = COUNTS[name]
        return st.lists(inner, min_size=least, max_size=min(most, 3)).map(lambda parts: {name: parts})

    return st.sampled_from([name for name in COUNTS if name != "var"]).flatmap(of)


rules = st.recursive(
    st.sampled_from(["a", "b", "a.b", ""]).map(lambda name: {"var": name}) | st.integers(-5, 5) | st.text(max_size=3),
    _rules,
    max_leaves=8,
)


@given(rules, values)
def test_no_data_whatever_makes_a_parsed_rule_fail(rule: Any, data: Any) -> None:
    logic = parse(rule)
    logic.value(data)
    assert logic.holds(data) in (True, False)
