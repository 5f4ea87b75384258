"""Reading a form: what it becomes, and every mistake with its place."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from motcua.kernel.forms.kind import Form, FormErrors, Kind
from motcua.kernel.forms.tests.small import EVERYTHING, everything


def mistakes(body: Any) -> dict[str, str]:
    with pytest.raises(FormErrors) as caught:
        Form.parse(body)
    return {mistake.path: mistake.text for mistake in caught.value.mistakes}


def changed(**fields: Any) -> dict[str, Any]:
    """A small form with these fields added."""
    return {"title": "Đơn", "properties": {"name": {"type": "string", "title": "Tên"}, **fields}}


def test_every_kind_is_read() -> None:
    form = everything()
    kinds = {one.kind for one in form.by_path.values()}
    assert kinds == set(Kind) - {Kind.GROUP, Kind.INTEGER}  # no plain group, no plain whole number
    assert [step.key for step in form.steps] == ["who", "what", "where", "end"]
    assert form.at("children.2.cash") is form.by_path["children.*.cash"]
    assert form.sources == {"person.name", "person.phone"}
    assert form.step_of("home.area") == 2


def test_without_a_layout_there_is_one_step() -> None:
    form = Form.parse(changed())
    assert [(step.title.vi, len(step.fields)) for step in form.steps] == [("Đơn", 1)]


TEXT = {"type": "string", "title": "N"}
DAY = {**TEXT, "format": "date"}
WHOLE = {"type": "integer", "title": "N"}
PERSON = {"type": "object", "format": "person", "title": "N"}
ITEMS = {"type": "array", "title": "N", "items": {"type": "object", "properties": {}}}


@pytest.mark.parametrize(
    ("body", "path", "words"),
    [
        ([], "$", "đối tượng"),
        ({}, "$.title", "thiếu tên"),
        ({"title": "Đơn"}, "$.properties", "ít nhất một ô"),
        (changed(born={**DAY, "x-mx": "today"}), "$.properties.born.x-mx", "“x-max”"),
        (changed(born={"type": "string", "format": "dates", "title": "N"}), "$.properties.born", "không hiểu"),
        (changed(born={"type": "string"}), "$.properties.born.title", "thiếu tên"),
        (changed(Born={**TEXT}), "$.properties.Born", "chữ thường"),
        (changed(form={**TEXT}), "$.properties.form", "chữ thường"),
        (changed(a={**TEXT, "enum": ["x"]}), "$.properties.a.x-labels", "0 tên"),
        (changed(a={**TEXT, "enum": ["x", "x"], "x-labels": ["X", "X"]}), "$.properties.a.enum.1", "hai lần"),
        (changed(a={**WHOLE, "minimum": 9, "maximum": 1}), "$.properties.a.minimum", "lớn hơn"),
        (changed(a={**WHOLE, "minimum": "9"}), "$.properties.a.minimum", "số nguyên"),
        (changed(a={**DAY, "x-min": "tomorrow"}), "$.properties.a.x-min", "today-18y"),
        (changed(a={**TEXT, "pattern": "["}), "$.properties.a.pattern", "biểu thức"),
        (changed(a={**TEXT, "pattern": "x"}), "$.properties.a.x-pattern-hint", "bằng lời"),
        (changed(a={**TEXT, "x-show": {"var": "gone"}}), "$.properties.a.x-show", "“gone”"),
        (changed(a={**TEXT, "x-show": {"nope": 1}}), "$.properties.a.x-show", "“nope”"),
        (changed(a={**TEXT, "x-show": {"and": [{"==": [1]}]}}), "$.properties.a.x-show.and.0.==", "số vế"),
        (changed(a={**TEXT, "x-prefill": "anything"}), "$.properties.a.x-prefill", "nguồn"),
        (changed(a={**TEXT, "x-prefill-lock": "maybe"}), "$.properties.a.x-prefill-lock", "yes"),
        (changed(a={"$ref": "#/$defs/gone", "title": "N"}), "$.properties.a.$ref", "#/$defs/person"),
        (changed(a={**PERSON, "x-fields": ["nam"]}), "$.properties.a.x-fields.0", "“nam”"),
        (changed(a=ITEMS), "$.properties.a.properties", "ít nhất một ô"),
        (changed(a={**TEXT, "format": "signature", "x-same-as": "gone"}), "$.properties.a.x-same-as", "“gone”"),
        ({**changed(), "required": ["gone"]}, "$.required.0", "“gone”"),
        ({**changed(), "layout": [{"key": "a", "title": "A", "fields": ["gone"]}]}, "$.layout.0.fields.0", "“gone”"),
        ({**changed(), "layout": []}, "$.layout", "từ 1"),
        ({**changed(), "rules": [{"if": True, "at": "name"}]}, "$.rules.0.error", "thiếu lời"),
        ({**changed(), "rules": [{"if": True, "error": "E", "at": "gone"}]}, "$.rules.0.at", "“gone”"),
        ({**changed(), "propertis": {}}, "$.propertis", "“properties”"),
    ],

)  # fmt: skip
def test_a_mistake_is_named_by_its_place(body: Any, path: str, words: str) -> None:
    found = mistakes(body)
    assert words in found[path], found


def test_all_mistakes_are_told_at_once() -> None:
    body = changed(a={"type": "strin", "title": "A"}, b={"type": "string"})
    assert set(mistakes(body)) == {"$.properties.a", "$.properties.b.title"}


def test_conditions_look_back_never_ahead() -> None:
    ahead = changed(a={"type": "string", "title": "A", "x-show": {"var": "b"}}, b={"type": "boolean", "title": "B"})
    assert "đứng sau" in mistakes(ahead)["$.properties.a.x-show"]
    itself = changed(a={"type": "integer", "title": "A", "x-value": {"+": [{"var": "a"}, 1]}})
    assert "đứng sau" in mistakes(itself)["$.properties.a.x-value"]
    # The order is that of the steps, not that of the JSON.
    behind = {**ahead, "layout": [{"key": "x", "title": "X", "fields": ["name", "b", "a"]}]}
    assert Form.parse(behind).steps[0].fields[-1].key == "a"


def test_a_repeating_group_does_not_stand_in_another() -> None:
    inner = {
        "type": "array",
        "title": "Trong",
        "items": {"type": "object", "properties": {"x": {"type": "string", "title": "X"}}},
    }
    body = changed(a={"type": "array", "title": "A", "items": {"type": "object", "properties": {"b": inner}}})
    assert "nhóm lặp" in mistakes(body)["$.properties.a.items.properties.b"]


def test_a_definition_is_used_and_what_stands_beside_counts_more() -> None:
    body = changed(a={"$ref": "#/$defs/parent", "title": "Mẹ"}, b={"$ref": "#/$defs/person", "title": "Cha"})
    body["$defs"] = {"parent": {"type": "object", "format": "person", "title": "Cha mẹ", "x-fields": ["name", "phone"]}}
    form = Form.parse(body)
    assert form.by_path["a"].title.vi == "Mẹ"
    assert [one.key for one in form.by_path["a"].children] == ["name", "phone"]
    assert [one.key for one in form.by_path["b"].children] == ["name", "national_id", "born_on"]


def test_prefill_of_a_person_is_of_all_parts() -> None:
    form = Form.parse(changed(a={"type": "object", "format": "person", "title": "A", "x-prefill": "person"}))
    assert form.sources == {"person.name", "person.national_id", "person.born_on"}


def test_the_schema_for_programs_is_plain_json_schema() -> None:
    schema = everything().json_schema()
    Draft202012Validator.check_schema(schema)
    text = repr(schema)
    assert "'x-" not in text
    assert schema["required"] == ["name", "born_on", "married", "truth", "signed"]  # the spouse is asked only sometimes
    assert schema["properties"]["total"]["readOnly"] is True


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        found += _places(part, (*path, key))
    return found


PLACES = _places(EVERYTHING)
junk: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=4) | st.sampled_from([[1], {}])
)


@given(st.sampled_from(PLACES[1:]), junk)
def test_junk_anywhere_is_told_and_never_crashes(place: tuple[Any, ...], value: Any) -> None:
    body: Any = copy.deepcopy(EVERYTHING)
    at = body
    for part in place[:-1]:
        at = at[part]
    at[place[-1]] = value
    try:
        Form.parse(body)
    except FormErrors as errors:
        assert all(mistake.path.startswith("$") and mistake.text for mistake in errors.mistakes)  # noqa: PT017
