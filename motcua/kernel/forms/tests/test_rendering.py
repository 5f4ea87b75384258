"""Steps drawn and read back without a script: what stands in the page, what comes back, and how fast."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.datastructures import MultiValueDict
from pytest_django import DjangoAssertNumQueries

from motcua.kernel.files.models import File
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.forms.kind import Form, Prefilled, Words
from motcua.kernel.forms.queries.addresses import MOST_BEHIND, exact_place, find_places
from motcua.kernel.forms.queries.answers import check
from motcua.kernel.forms.queries.showing import summarise
from motcua.kernel.forms.templatetags.forms import form_step, form_summary
from motcua.kernel.forms.tests.small import RIGHT, everything, form_of
from motcua.kernel.forms.views.receiving import read_step
from motcua.kernel.forms.views.rendering import Answered, answer_step, asked_steps, first_wrong_step
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area, Succession
from motcua.testing.city import LONG_AGO, City

TODAY = date(2026, 11, 20)
FORM = everything()
WHO, WHAT, WHERE, END = range(4)
Ask = Callable[..., Answered]


@pytest.fixture
def ask(rf: RequestFactory) -> Ask:
    """POST of one step when anything is sent, else GET."""

    def ask_one(step: int, sent: dict[str, Any] | None = None, *, form: Form = FORM, **more: Any) -> Answered:
        request: Any = rf.get("/") if sent is None else rf.post("/", sent)
        request.actor = ANONYMOUS
        return answer_step(request, form, step, more.pop("answers", {}), today=TODAY, **more)

    return ask_one


def drawn(answered: Answered) -> str:
    return str(form_step(answered.page))


def inputs(html: str) -> dict[str, str]:
    """Names of the inputs that stand in the page, with what is in them."""
    found = re.findall(r"<input\b([^>]*)>", html)
    named = [dict(re.findall(r'([\w-]+)="([^"]*)"', tag)) for tag in found]
    return {tag["name"]: unescape(tag.get("value", "")) for tag in named if "name" in tag}


def test_a_step_is_asked(ask: Ask) -> None:
    answered = ask(WHO, answers={"born_on": "1990-11-20"})
    html = drawn(answered)
    assert not answered.is_done
    assert (answered.page.title, answered.page.number, answered.page.count) == ("Bạn là ai", 1, 4)
    assert (answered.page.previous, answered.page.next) == (None, 1)
    assert inputs(html)["born_on"] == "20/11/1990"
    assert '<label for="f-name">Họ tên</label>' in html
    assert "(không bắt buộc)" in html.split('for="f-phone"')[1].split("</label>")[0]
    assert "data-err" not in html
    assert re.search(r'data-path="spouse"[^>]* hidden', html)


def test_what_was_typed_stays_beside_its_error(ask: Ask) -> None:
    answered = ask(WHO, {"name": "", "born_on": "31/02/2026", "married": "no", "_seen": ""})
    html = drawn(answered)
    assert not answered.is_done
    assert answered.page.errors == [
        ("f-name", "Điền “Họ tên”."),
        ("f-born_on", "Không có ngày 31/02/2026. Xem lại ngày và tháng."),
    ]
    assert inputs(html)["born_on"] == "31/02/2026"
    assert '<a href="#f-born_on">' in html
    assert 'aria-describedby="f-born_on-h f-born_on-e" aria-invalid="true"' in html
    assert 'id="f-born_on-e"' in html


def test_a_right_step_is_done_and_earlier_answers_stay(ask: Ask) -> None:
    sent = {"name": "Trần Thị Mẫu", "born_on": "20/11/1990", "married": "no"}
    answered = ask(WHO, sent, answers={"why": "vì"})
    assert answered.is_done
    assert answered.answers["why"] == "vì"
    assert answered.checked.values["married"] is False


def test_without_a_script_new_fields_are_shown_before_they_are_missed(ask: Ask) -> None:
    sent = {"name": "A", "born_on": "20/11/1990", "married": "yes", "_seen": ""}
    answered = ask(WHO, sent)
    assert not answered.is_done
    assert answered.page.errors == []
    assert "thêm ô" in answered.page.note
    assert not re.search(r'data-path="spouse"[^>]* hidden', drawn(answered))
    assert answered.page.seen == "spouse"
    again = ask(WHO, {**sent, "_seen": "spouse"})
    assert again.page.errors == [("f-spouse-name", "Vợ hoặc chồng – Điền “Họ, chữ đệm, tên”.")]
    assert ask(WHO, {**sent, "_seen": "*"}).page.errors  # with a script they stood open


def test_items_are_added_and_dropped_by_buttons(ask: Ask) -> None:
    first = ask(WHAT, {"why": "vì", "_add": "children"})
    assert not first.is_done
    assert not first.page.errors
    assert "children.0.name" in inputs(drawn(first))
    assert "autofocus" in drawn(first)
    sent = {"children.#": "2", "children.0.name": "An", "children.1.name": "Bình"}
    both = ask(WHAT, {**sent, "_add": "children"})
    assert [item.get("name") for item in both.answers["children"]] == ["An", "Bình", None]
    one = ask(WHAT, {**sent, "_drop": "children.0"})
    assert [item["name"] for item in one.answers["children"]] == ["Bình"]
    assert inputs(drawn(one))["children.#"] == "1"
    full = ask(WHAT, {"children.#": "3", "_add": "children"})
    assert len(full.answers["children"]) == 3
    assert 'value="children"' not in drawn(full)


@pytest.mark.parametrize("button", ["_add", "_drop"])
@pytest.mark.parametrize(
    "value",
    ["papers", "children.9", "name", "nothing.0", "children.x", ".", "", f"children.{'9' * 5000}",
     f"children.{'9' * 5000}.name.0"],
)  # fmt: skip
def test_buttons_that_make_no_sense_do_nothing(ask: Ask, button: str, value: str) -> None:
    answered = ask(WHAT, {button: value, "children.#": "1", "children.0.name": "An"})
    assert [item["name"] for item in answered.answers["children"]] == ["An"]


def test_a_count_of_items_is_not_believed(ask: Ask) -> None:
    for count in ("999999999", "-1", "x", ""):
        assert len(ask(WHAT, {"children.#": count}).answers["children"]) <= 3


def test_computed_values_are_shown_and_not_read(ask: Ask) -> None:
    sent = {"children.#": "1", "children.0.name": "An", "children.0.cash": "150.000", "total": "1"}
    answered = ask(WHAT, sent)
    assert answered.checked.values["total"] == 150000
    assert ">150.000 đ</output>" in drawn(answered)
    assert "total" not in inputs(drawn(answered))


def test_locked_values_show_their_source_and_are_not_sent(ask: Ask) -> None:
    known = {"name": Prefilled("Lê Thị Thật", Words("dữ liệu dân cư"), as_of=date(2026, 11, 20))}
    answered = ask(WHO, {"name": "Kẻ Khác", "born_on": "20/11/1990", "married": "no"}, known=known)
    assert answered.answers["name"] == "Lê Thị Thật"
    html = drawn(ask(WHO, known=known, answers=answered.answers))
    assert "name" not in inputs(html)
    assert "Lê Thị Thật" in html
    assert "Từ dữ liệu dân cư, 20/11/2026" in html


def test_a_value_that_may_be_changed_shows_its_source(ask: Ask) -> None:
    known = {"phone": Prefilled("+84905000123", Words("tài khoản của bạn"), is_locked=False)}
    html = drawn(ask(WHO, known=known, answers={"phone": "+84905000123"}))
    assert inputs(html)["phone"] == "0905 000 123"
    assert "Từ tài khoản của bạn" in html


def test_what_people_type_is_never_markup(ask: Ask) -> None:
    evil = '"><script>alert(1)</script>'
    sent = {"why": evil, "field": evil, "plot": evil, "children.#": "1", "children.0.name": evil}
    html = drawn(ask(WHAT, sent))
    assert "<script>" not in html
    summary = str(form_summary(FORM, {"why": evil, "children": [{"name": evil}]}))
    assert "<script>" not in summary


def test_english_pages_have_no_vietnamese_labels(ask: Ask) -> None:
    with translation.override("en"):
        assert ask(WHO).page.title == "Who you are"
        assert "Full name" in drawn(ask(WHO))


# ── Files ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_files_are_taken_in_with_the_step(ask: Ask) -> None:
    answered = ask(WHERE, {"papers.new": SimpleUploadedFile("giay.jpg", picture())})
    (token,) = answered.answers["papers"]
    assert File.objects.get().token == token
    html = drawn(answered)
    assert inputs(html)["papers"] == token
    assert "Tệp 1" in html
    more = ask(WHERE, {"papers": token, "papers.new": SimpleUploadedFile("b.jpg", picture(size=(64, 64)))})
    assert len(more.answers["papers"]) == 2
    assert "papers.new" not in inputs(drawn(more))  # two are the most
    fewer = ask(WHERE, {"papers": more.answers["papers"], "_drop": "papers.0"})
    assert fewer.answers["papers"] == more.answers["papers"][1:]


@pytest.mark.django_db
def test_a_file_that_cannot_be_taken_is_told_at_its_field(ask: Ask) -> None:
    answered = ask(WHERE, {"papers.new": SimpleUploadedFile("x.exe", b"MZ nothing")})
    assert not answered.is_done
    assert answered.page.errors[0][0] == "f-papers"
    assert answered.answers["papers"] == []
    assert not File.objects.exists()


# ── Addresses ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def former(city: City) -> City:
    """Until mid-2025: Phường 10 became Phường Một as a whole, Phường 11 both."""
    one, two = (Area.objects.get(code=code) for code in ("24778", "24781"))
    district = Area.objects.create(
        code="672", name="Đà Lạt", full_name="Thành phố Đà Lạt", folded="thanh pho da lat", level="district", type="tp",
        lat=0, lon=0, valid_from=LONG_AGO, valid_to=date(2025, 6, 30),
    )  # fmt: skip
    for code, name, became in (("24796", "10", [one]), ("24799", "11", [one, two])):
        old = Area.objects.create(
            code=code, name=name, full_name=f"Phường {name}", folded=f"phuong {name}", level="commune", type="phuong",
            parent=district, lat=0, lon=0, valid_from=LONG_AGO, valid_to=date(2025, 6, 30),
        )  # fmt: skip
        for new in became:
            kind = "whole" if len(became) == 1 else "part"
            Succession.objects.create(old=old, new=new, kind=kind, on=date(2025, 7, 1))
    places.forget()
    return city


def test_communes_are_found_by_new_and_old_names(
    former: City, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    assert [place.mark for place in find_places("phuong mot")] == ["24778"]
    assert [(place.mark, place.note) for place in find_places("Phường 10")] == [
        ("24778~24796", "trước là Phường 10, Thành phố Đà Lạt")
    ]
    assert [place.mark for place in find_places("phường 11, da lat")] == ["24778~24799", "24781~24799"]
    assert find_places("Phường 10, Bảo Lộc") == []
    assert find_places("p") == []
    # Nobody types the comma, or the dash of "Phường Một – Thử".
    assert [place.mark for place in find_places("phường 11 thành phố đà lạt")] == ["24778~24799", "24781~24799"]
    assert [place.mark for place in find_places("phuong mot tinh thu")] == ["24778"]
    assert find_places("Phường 10 Bảo Lộc") == []
    assert find_places("phường không đà lạt") == []
    with django_assert_max_num_queries(1 + MOST_BEHIND):
        assert find_places("đường này không có trong danh sách phường xã nào của tỉnh ta") == []
    assert exact_place("phường 10 đà lạt") == exact_place("Phường 10, Đà Lạt")
    exact = exact_place("Phường 10, Đà Lạt")
    assert exact is not None
    assert exact.mark == "24778~24796"
    assert exact_place("phường") is None
    assert exact_place("Phường 11") is None


def test_an_old_address_is_converted(ask: Ask, former: City) -> None:
    answered = ask(WHERE, {"home.line": "12 Mẫu", "home.place": "Phường 10, Đà Lạt"})
    assert answered.is_done
    assert answered.checked.values["home"] == {"line": "12 Mẫu", "area": "24778", "former": "24796"}
    sent = inputs(drawn(ask(WHERE, answers=answered.answers)))
    assert sent["home.place"] == "Phường Một, Tỉnh Thử"
    assert ask(WHERE, sent).checked.values == answered.checked.values  # the page as it stands, sent again


def test_where_an_old_commune_was_divided_one_has_to_choose(ask: Ask, former: City) -> None:
    answered = ask(WHERE, {"home.line": "12", "home.place": "Phường 11"})
    assert not answered.is_done
    assert answered.page.errors == [("f-home-0", "Chọn phường, xã trong danh sách tìm thấy.")]
    html = drawn(answered)
    assert re.findall(r'type="radio"[^>]*value="([^"]+)"', html) == ["24778~24799", "24781~24799", "!"]
    chosen = {"home.line": "12", "home.place": "Phường 11", "home.for": "Phường 11", "home.area": "24781~24799"}
    assert ask(WHERE, chosen).checked.values["home"] == {"line": "12", "area": "24781", "former": "24799"}
    # Typed over after choosing: what was chosen counts no more.
    assert ask(WHERE, {**chosen, "home.place": "Phường Một"}).checked.values["home"] == {"line": "12", "area": "24778"}


def test_a_place_outside_the_city_stays_words(ask: Ask, city: City) -> None:
    sent = {"home.line": "1", "home.place": "Xã Xa, Tỉnh Khác", "home.for": "Xã Xa, Tỉnh Khác", "home.area": "!"}
    answered = ask(WHERE, sent)
    assert answered.checked.values["home"] == {"line": "1", "elsewhere": "Xã Xa, Tỉnh Khác"}
    assert ask(WHERE, inputs(drawn(ask(WHERE, answers=answered.answers)))).checked.values == answered.checked.values


def test_programs_may_send_an_old_code(former: City) -> None:
    form = form_of({"type": "object", "format": "address"})
    assert check(form, {"a": {"area": "24796"}}).values["a"] == {"area": "24778", "former": "24796"}
    assert "Phường Một, Phường Hai" in check(form, {"a": {"area": "24799"}}).errors["a.area"]
    assert check(form, {"a": {"area": "68"}}).errors
    assert check(form, {"a": {"area": "x"}}).errors


def test_the_picker_asks_for_communes(client: Client, former: City) -> None:
    answer = client.get(reverse("form_places"), {"q": "phuong 10"})
    assert answer.json() == {
        "places": [
            {
                "mark": "24778~24796",
                "label": "Phường Một, Tỉnh Thử",
                "note": "trước là Phường 10, Thành phố Đà Lạt",
            }
        ]
    }
    assert client.get(reverse("form_places")).json() == {"places": []}
    assert client.get(reverse("form_places"), {"q": "a\x00" * 300}).status_code == 200


# ── To read ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_summary_tells_answers_sources_and_what_was_changed() -> None:
    known = {
        "name": Prefilled("Trần Thị Mẫu", Words("dân cư")),
        "phone": Prefilled("+84905000123", Words("tài khoản"), is_locked=False),
    }
    given = {**RIGHT, "phone": "0911000123", "children": [{"name": "An", "cash": 5}], "area_m2": 5}
    found = check(FORM, given, today=TODAY, known=known)
    sections = summarise(FORM, found.values, language="vi", known=known, errors=found.errors)
    rows = {row.path: row for section in sections for row in section.rows}
    assert (rows["name"].words, rows["name"].source, rows["name"].was) == ("Trần Thị Mẫu", "Từ dân cư", "")
    assert rows["phone"].was == "0905 000 123"
    assert (rows["children.0"].title, rows["children.0.cash"].words) == ("Con 1", "5 đ")
    assert rows["area_m2"].error == "Ghi số thửa."
    assert [section.title for section in sections] == ["Bạn là ai", "Nội dung", "Cam đoan"]


def test_a_summary_can_hide_numbers_and_contacts() -> None:
    form = form_of({"type": "object", "format": "person", "x-fields": ["name", "national_id", "phone", "email"]})
    person = {"name": "An", "national_id": "068190000123", "phone": "+84905000123", "email": "an@example.vn"}
    (section,) = summarise(form, {"a": person}, language="vi", is_masked=True)
    assert [row.words for row in section.rows[1:]] == ["An", "068••••0123", "••• 123", "a•••@example.vn"]


def test_a_summary_leads_back_to_its_steps() -> None:
    html = str(form_summary(FORM, check(FORM, RIGHT, today=TODAY).values, edit=lambda step: f"/buoc/{step}/"))
    assert re.findall(r'href="(/buoc/\d/)"', html) == ["/buoc/0/", "/buoc/1/", "/buoc/3/"]


def test_steps_that_ask_nothing_are_passed_over() -> None:
    form = form_of(
        {"type": "boolean"}, {"type": "string", "x-show": {"var": "a"}}, {"type": "string"}, required=["c"],
        layout=[{"key": key, "title": key, "fields": [key]} for key in "abc"],
    )  # fmt: skip
    no = check(form, {"a": False}, today=TODAY)
    assert asked_steps(form, no) == [0, 2]
    assert first_wrong_step(form, no) == 2
    assert asked_steps(form, check(form, {"a": True}, today=TODAY)) == [0, 1, 2]


def test_reading_needs_no_request() -> None:
    read = read_step(FORM, END, QueryDict("truth=on&signed=A"), MultiValueDict(), actor=ANONYMOUS)
    assert read.answers == {"truth": True, "signed": "A"}
