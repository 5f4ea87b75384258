"""The one check: what is missed, what is wrong, what is left out, and how it is spelled."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from motcua.kernel.forms.kind import Form, Prefilled, Words
from motcua.kernel.forms.queries.answers import Checked, check
from motcua.kernel.forms.tests.small import RIGHT, everything, form_of

TODAY = date(2026, 11, 20)
FORM = everything()


def checked(answers: dict[str, Any], *, form: Form = FORM, **more: Any) -> Checked:
    return check(form, answers, today=TODAY, **more)


def one(field: dict[str, Any], value: Any) -> tuple[Any, str]:
    """The value of a single field, and its error."""
    found = check(form_of(field), {"a": value}, today=TODAY)
    return found.values.get("a"), next(iter(found.errors.values()), "")


def test_it_works() -> None:
    found = checked(RIGHT)
    assert found.errors == {}
    assert found.values == {
        "name": "Trần Thị Mẫu",
        "born_on": "1990-11-20",
        "married": False,
        "truth": True,
        "signed": "trần thị mẫu",
        "total": 0,
    }


def test_what_is_missed_is_said_in_the_order_of_the_form() -> None:
    found = checked({})
    assert list(found.errors) == ["name", "born_on", "married", "truth", "signed"]
    assert found.errors["name"] == "Điền “Họ tên”."
    assert found.errors["married"] == "Chọn “Đã kết hôn?”."
    assert list(checked({}, step=3).errors) == ["truth", "signed"]


def test_words_are_of_the_language_asked_for() -> None:
    assert checked({**RIGHT, "name": ""}, language="en").errors["name"].endswith("“Full name”.")


def test_hidden_answers_are_dropped_and_not_missed() -> None:
    spouse = {"name": "Ai đó", "born_on": "nonsense"}
    found = checked({**RIGHT, "spouse": spouse})
    assert "spouse" not in found.values
    assert "spouse" not in found.shown
    assert not found.errors
    found = checked({**RIGHT, "married": True})
    assert list(found.errors) == ["spouse.name"]
    assert {"spouse", "spouse.name"} <= found.shown


def test_unknown_answers_are_dropped() -> None:
    assert "admin" not in checked({**RIGHT, "admin": True}).values


def test_computed_values_are_reckoned_anew() -> None:
    children = [{"name": "A", "cash": "150.000"}, {}, {"name": "B", "cash": 50000, "extra": "vì"}]
    found = checked({**RIGHT, "children": children, "total": 1})
    assert found.values["total"] == 200000
    assert found.values["children"] == [
        {"name": "A", "cash": 150000},
        {"name": "B", "cash": 50000, "extra": "vì"},
    ]


def test_conditions_of_an_item_look_at_the_item() -> None:
    children = [{"name": "A", "cash": 50, "extra": "x"}, {"name": "B", "cash": 500, "extra": "y"}]
    found = checked({**RIGHT, "children": children})
    assert found.values["children"][0] == {"name": "A", "cash": 50}
    assert found.values["children"][1]["extra"] == "y"
    assert "children.1.extra" in found.shown
    assert "children.0.extra" not in found.shown


def test_errors_count_the_items_as_they_were_given() -> None:
    long = "x" * 600
    found = checked({**RIGHT, "children": [{}, {"cash": 5}, {"name": long}]})
    assert found.errors == {
        "children.1.name": "Điền “Tên con”.",
        "children.2.name": "Dài 600 ký tự, nhiều nhất 500. Bạn viết ngắn lại.",
    }
    found = checked({**RIGHT, "children": [{"name": "a"}] * 5})
    assert found.errors == {"children": "Nhiều nhất 3 mục. Bạn bỏ bớt."}


def test_a_group_that_nobody_touched_is_no_answer() -> None:
    form = form_of({"type": "object", "format": "person", "x-fields": ["name", "nationality"]})
    assert check(form, {"a": {"name": "", "nationality": "Việt Nam"}}, today=TODAY).values == {}
    begun = check(form, {"a": {"name": "", "nationality": "Lào"}}, today=TODAY)
    assert list(begun.errors) == ["a.name"]


def test_a_rule_is_said_at_its_field() -> None:
    found = checked({**RIGHT, "area_m2": "12,5"})
    assert found.errors == {"area_m2": "Ghi số thửa."}
    assert checked({**RIGHT, "area_m2": "12,5", "plot": "7"}).values["area_m2"] == 12.5


def test_locked_values_stand_whatever_is_sent() -> None:
    known = {"name": Prefilled("Lê Thị Thật", Words("dân cư")), "phone": Prefilled("0905", Words("x"), is_locked=False)}
    found = checked({**RIGHT, "name": "Kẻ Khác", "phone": "0905000123"}, known=known)
    assert found.values["name"] == "Lê Thị Thật"
    assert found.values["phone"] == "+84905000123"
    assert found.errors == {"signed": "Gõ đúng họ tên đã khai ở trên: Lê Thị Thật."}


@pytest.mark.parametrize(
    ("field", "given", "kept"),
    [
        ({"type": "string"}, "  Nguyễn   Văn\tA ", "Nguyễn Văn A"),
        ({"type": "string"}, "Nguyê\u0303n", "Nguyễn"),
        ({"type": "string", "format": "text-long"}, "a \r\n\r\nb\x07", "a\n\nb"),
        ({"type": "string", "format": "date"}, "01/02/2020", "2020-02-01"),
        ({"type": "string", "format": "date"}, "1-2-2020", "2020-02-01"),
        ({"type": "string", "format": "date"}, "01022020", "2020-02-01"),
        ({"type": "string", "format": "date"}, "2020-02-01", "2020-02-01"),
        ({"type": "integer"}, "1.250", 1250),
        ({"type": "integer"}, 3.0, 3),
        ({"type": "number"}, "12,5", 12.5),
        ({"type": "number"}, "12", 12),
        ({"type": "integer", "format": "money"}, "150.000 đ", 150000),
        ({"type": "integer", "format": "money"}, "1,5 triệu", 1500000),
        ({"type": "string", "format": "phone"}, "0905 123 456", "+84905123456"),
        ({"type": "string", "format": "email"}, " An@Example.VN ", "an@example.vn"),
        ({"type": "string", "format": "national-id"}, "068 190 000 123", "068190000123"),
        ({"type": "string", "format": "tax-code"}, "5800000000001", "5800000000-001"),
        ({"type": "string", "format": "plate"}, "49a-123.45", "49A-12345"),
        ({"type": "string", "format": "plate"}, "49-B1 123.45", "49B1-12345"),
        ({"type": "string", "format": "plate"}, "49AB12345", "49AB-12345"),
        ({"type": "boolean"}, "yes", True),
        ({"type": "boolean"}, False, False),
    ],
)  # fmt: skip
def test_one_spelling_is_kept(field: dict[str, Any], given: Any, kept: Any) -> None:
    value, error = one(field, given)
    assert error == ""
    assert value == kept
    assert type(value) is type(kept)


@pytest.mark.parametrize(
    ("field", "given", "words"),
    [
        ({"type": "string", "format": "date"}, "31/02/2026", "Không có ngày 31/02/2026"),
        ({"type": "string", "format": "date"}, "2/1/90", "4 chữ số"),
        ({"type": "string", "format": "date", "x-max": "today"}, "21/11/2026", "chưa tới"),
        ({"type": "string", "format": "date", "x-min": "today"}, "19/11/2026", "đã qua"),
        ({"type": "string", "format": "date", "x-max": "today-18y"}, "21/11/2008", "20/11/2008"),
        ({"type": "string", "format": "date", "x-min": "2026-01-31"}, "30/01/2026", "31/1/2026"),
        ({"type": "integer"}, "hai", "chữ số, ví dụ 2."),
        ({"type": "integer", "minimum": 1950}, "năm ngoái", "chữ số, ví dụ 1950."),
        ({"type": "integer"}, True, "một số"),
        ({"type": "integer", "minimum": 1}, "0", "từ 1 trở lên"),
        ({"type": "integer", "maximum": 9}, 10, "nhiều nhất là 9"),
        ({"type": "integer", "format": "money"}, "-5", "150.000"),
        ({"type": "string", "format": "phone"}, "12", "0905 123 456"),
        ({"type": "string", "format": "email"}, "an@", "ten@example.vn"),
        ({"type": "string", "format": "national-id"}, "06819000012", "bạn đã nhập 11"),
        ({"type": "string", "format": "national-id"}, "O68190000123", "chỉ có chữ số"),
        ({"type": "string", "format": "tax-code"}, "123", "10 chữ số"),
        ({"type": "string", "format": "plate"}, "HELLO", "49A-123.45"),
        ({"type": "string", "enum": ["a"], "x-labels": ["A"]}, "b", "Chọn lại"),
        ({"type": "string", "minLength": 3}, "ab", "ít nhất 3"),
        ({"type": "boolean"}, "perhaps", "có hoặc không"),
        ({"type": "string"}, {"a": 1}, "bằng chữ"),
        ({"type": "array", "format": "file"}, ["../x"], "Điền lại"),
        ({"type": "array", "format": "file", "minItems": 2}, ["x"], "ít nhất 2"),
        ({"type": "object", "format": "address"}, {"line": "12 Mẫu"}, "Chọn phường, xã"),
    ],
)  # fmt: skip
def test_an_error_says_what_to_do(field: dict[str, Any], given: Any, words: str) -> None:
    assert words in one(field, given)[1]


def test_days_count_back_over_the_end_of_a_month() -> None:
    form = form_of({"type": "string", "format": "date", "x-min": "today-1m"})
    assert not check(form, {"a": "2026-02-28"}, today=date(2026, 3, 31)).errors
    assert check(form, {"a": "2026-02-27"}, today=date(2026, 3, 31)).errors


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ({"national_id": "068190000123", "born_on": "1/3/1990", "sex": "nu"}, ""),
        ({"national_id": "068190000123", "born_on": "1/3/1991", "sex": "nu"}, "sinh năm 1990"),
        ({"national_id": "068190000123", "sex": "nam"}, "giới tính khác"),
        ({"national_id": "003190000123"}, "mã tỉnh"),
    ],
)
def test_a_number_that_does_not_fit_is_a_hint_not_an_error(person: dict[str, str], words: str) -> None:
    form = form_of({"type": "object", "format": "person", "x-fields": ["name", "born_on", "sex", "national_id"]})
    found = check(form, {"a": {"name": "An", **person}}, today=TODAY)
    assert not found.errors
    assert words in found.warnings.get("a.national_id", "")
    assert bool(words) is bool(found.warnings)


def test_a_number_is_compared_wherever_it_stands_among_the_parts() -> None:
    form = form_of({"type": "object", "format": "person", "x-fields": ["name", "national_id", "born_on", "sex"]})
    found = check(form, {"a": {"name": "An", "national_id": "068190000123", "sex": "nam"}}, today=TODAY)
    assert "giới tính" in found.warnings["a.national_id"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("20/11/1990"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["name", "cash", "line", "area", "place", "sex", "born_on"]), inner, max_size=4
        )
    ),
    max_leaves=6,
)
answers_of_anything = st.dictionaries(st.sampled_from(sorted(one.key for one in FORM.fields)), anything, max_size=8)


@pytest.mark.django_db
@given(answers_of_anything)
def test_whatever_is_sent_the_values_fit_the_schema_or_an_error_is_told(answers: dict[str, Any]) -> None:
    found = checked(answers)
    wrong = {".".join(map(str, error.absolute_path)) for error in _VALIDATOR.iter_errors(found.values)
             if error.validator != "required"}  # fmt: skip
    assert bool(wrong) <= bool(found.errors)
    assert all(words for words in found.errors.values())


@pytest.mark.django_db
@given(answers_of_anything)
def test_values_checked_again_are_the_same(answers: dict[str, Any]) -> None:
    found = checked(answers)
    again = checked(found.values)
    if found.is_right:
        assert again.values == found.values
        assert again.is_right


_VALIDATOR = Draft202012Validator(FORM.json_schema())
