"""The pages on which forms are designed, asked over HTTP without a script."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.forms.actions.designing import begin_draft, begin_form
from motcua.kernel.forms.actions.versions import publish_body, save_draft
from motcua.kernel.forms.forms import KIND_NAMES, FieldForm, WholeField, field_shape, kind_in
from motcua.kernel.forms.kind import Form, Kind
from motcua.kernel.forms.models import FormVersion as Row
from motcua.kernel.forms.queries.differences import differences
from motcua.kernel.forms.queries.versions import newest, version_of, versions_of
from motcua.kernel.forms.tests.small import EVERYTHING, RIGHT
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.models import Account
from motcua.testing.city import City

KEY = "moi-thu"


@pytest.fixture
def desk(city: City, client: Client) -> Client:
    """Quan administers the province."""
    client.force_login(Account.objects.get(pk=city.quan.id or 0), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


@pytest.fixture
def draft(city: City) -> Row:
    save_draft(KEY, EVERYTHING, actor=SYSTEM)
    return Row.objects.get()


def body() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Row.objects.get(state="draft").body)
    return found


def revision() -> str:
    return str(Row.objects.get(state="draft").revision)


def do(desk: Client, what: str) -> int:
    answer = desk.post(reverse("form_design", args=[KEY]), {"viec": what, "revision": revision()})
    return answer.status_code


def test_a_form_is_begun_designed_tried_and_published(desk: Client) -> None:
    answer = desk.post(reverse("form_list"), {"key": "xac-nhan", "title": "Đơn xin xác nhận"})
    assert answer.headers["Location"] == reverse("form_design", args=["xac-nhan"])
    page = reverse("form_field", args=["xac-nhan"]) + "?loai=money&buoc=step_1"
    assert "Số tiền" in desk.get(page).content.decode()
    typed = {"key": "price", "title": "Giá", "title_en": "Price", "step": "step_1", "is_required": "on",
             "maximum": "5000", "revision": revision()}  # fmt: skip
    assert desk.post(page, typed).status_code == 302
    assert body()["properties"]["price"] == {
        "type": "integer",
        "format": "money",
        "title": "Giá",
        "title_en": "Price",
        "maximum": 5000,
    }
    assert body()["required"] == ["name", "price"]
    assert body()["layout"][0]["fields"] == ["name", "price"]
    desk.post(reverse("form_publish", args=["xac-nhan"]), {"revision": revision()})
    found = newest("xac-nhan")
    assert found is not None
    assert [one.key for one in found.form.fields] == ["name", "price"]


@pytest.mark.parametrize("kind", ["money", "integer"])
def test_limits_are_read_as_people_write_numbers(desk: Client, draft: Row, kind: str) -> None:
    """``8.000`` is eight thousand, never eight."""
    step = body()["layout"][0]["key"]
    page = reverse("form_field", args=[KEY]) + f"?loai={kind}&buoc={step}"
    typed = {"key": "price", "title": "Giá", "step": step, "minimum": "8.000", "maximum": "1.500.000",
             "revision": revision()}  # fmt: skip
    assert desk.post(page, typed).status_code == 302
    assert [body()["properties"]["price"][name] for name in ("minimum", "maximum")] == [8_000, 1_500_000]
    wrong = typed | {"key": "other", "minimum": "tám nghìn", "revision": revision()}
    refused = desk.post(page, wrong)
    assert "tám nghìn" in refused.content.decode()
    assert "other" not in body()["properties"]


@pytest.mark.parametrize(("typed", "read"), [("8.000", 8_000), ("8,000", 8_000), ("-8.000", -8_000), ("8", 8)])
def test_a_whole_number(typed: str, read: int) -> None:
    assert WholeField().clean(typed) == read


def test_a_page_of_every_kind_of_field_saves_what_it_shows(desk: Client, draft: Row) -> None:
    """Opened and saved without a change, the form says what it said."""
    form = Form.parse(EVERYTHING)
    for path in [*form.by_path, "children.*.cash"]:
        name = path.replace(".*", "")
        if path.startswith(("spouse.", "company.")):
            continue  # parts of a person stand in the person's field
        page = f"{reverse('form_field', args=[KEY])}?o={name}"
        shown = desk.get(page)
        bound = shown.context["form"]
        values = {
            key: value for key, value in bound.initial.items() if key in bound.fields and value not in (None, False)
        }
        answer = desk.post(page, values)
        assert answer.status_code == 302, (path, answer.context["form"].errors)
    after = body()
    assert Form.parse(after).json_schema() == form.json_schema()
    assert {row.path for row in differences(EVERYTHING, after)} <= {
        "properties.papers.x-accept", "properties.company.x-fields", "properties.company.required",
        "properties.spouse.required",
    }  # fmt: skip


@pytest.mark.parametrize("kind", list(Kind))
def test_a_new_field_of_every_kind_can_be_added(desk: Client, city: City, kind: Kind) -> None:
    begin_form(KEY, "Đơn", actor=SYSTEM)
    page = f"{reverse('form_field', args=[KEY])}?loai={kind.value}"
    typed: dict[str, Any] = {"key": "new", "title": "Mới", "step": "step_1", "revision": revision(), "accept": "photo"}
    if kind in (Kind.CHOICE, Kind.CHOICES):
        typed["options"] = "nam | Nam | Male\nnu | Nữ | Female"
    if kind in (Kind.PERSON, Kind.ORGANISATION):
        typed |= {"parts": ["name", "phone"], "required_parts": ["name"]}
    assert desk.post(page, typed).status_code == 302
    found = Form.parse(body()).by_path["new"]
    assert found.kind is kind
    assert kind_in(body()["properties"]["new"], {}) is kind


def test_fields_and_steps_are_moved_and_dropped(desk: Client, draft: Row) -> None:
    assert do(desk, "xuong:name") == 302
    assert body()["layout"][0]["fields"][:2] == ["phone", "name"]
    assert do(desk, "len:name") == 302
    assert do(desk, "len:children.cash") == 302
    assert list(body()["properties"]["children"]["items"]["properties"]) == ["cash", "name", "extra"]
    assert do(desk, "buoc-len:where") == 302
    assert [step["key"] for step in body()["layout"]] == ["who", "where", "what", "end"]
    assert do(desk, "gop:where") == 302
    assert body()["layout"][0]["fields"][-3:] == ["home", "company", "papers"]
    assert do(desk, "bo:home") == 302
    assert "home" not in body()["properties"]


def test_what_others_lean_on_is_not_dropped(desk: Client, draft: Row) -> None:
    answer = desk.post(reverse("form_design", args=[KEY]), {"viec": "bo:married", "revision": revision()})
    assert answer.status_code == 422
    assert "$.properties.spouse.x-show" in answer.content.decode()
    assert "married" in body()["properties"]
    assert do(desk, "xuong:married") == 422  # below what depends on it


@pytest.mark.parametrize(
    "what", ["", "bo", "bo:", "bo:gone", "len:gone", "gop:who", "gop:gone", "nothing:name", "bo:a.b.c"]
)
def test_work_that_makes_no_sense_changes_nothing(desk: Client, draft: Row, what: str) -> None:
    assert do(desk, what) in (404, 422)
    assert body() == EVERYTHING


def test_a_stale_page_changes_nothing(desk: Client, draft: Row) -> None:
    old = revision()
    assert do(desk, "bo:plot") == 422  # a rule leans on it
    assert do(desk, "bo:email") == 302
    answer = desk.post(reverse("form_design", args=[KEY]), {"viec": "bo:tax", "revision": old})
    assert answer.status_code == 422
    assert "tax" in body()["properties"]


def test_a_step_is_added_with_its_words(desk: Client, draft: Row) -> None:
    page = reverse("form_step", args=[KEY, "moi"])
    assert desk.get(page).status_code == 200
    answer = desk.post(page, {"title": "Ký", "title_en": "Sign", "revision": revision()})
    assert answer.status_code == 302
    assert body()["layout"][-1] == {"key": "step_1", "title": "Ký", "fields": ["signed"], "title_en": "Sign"}
    assert body()["layout"][-2]["fields"] == ["truth"]
    words = reverse("form_words", args=[KEY])
    assert desk.post(words, {"title": "Tên khác", "revision": revision()}).status_code == 302
    assert body()["title"] == "Tên khác"
    assert "title_en" not in body()


def test_json_is_edited_and_mistakes_keep_what_was_typed(desk: Client, draft: Row) -> None:
    page = reverse("form_json", args=[KEY])
    for text, words in (
        ('{\n  "title" 1}', "Không phải JSON ở dòng 2, chữ thứ 11. Xem lại"),
        ('{"title": "X"}', "$.properties"),
    ):
        answer = desk.post(page, {"body": text, "revision": revision()})
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert answer.context["form"]["body"].value() == text
    changed = {**EVERYTHING, "title": "Mới"}
    answer = desk.post(page, {"body": json.dumps(changed), "revision": revision(), "note": "đổi tên"})
    assert answer.status_code == 302
    assert (body()["title"], Row.objects.get().note) == ("Mới", "đổi tên")


def test_versions_are_compared(desk: Client, city: City) -> None:
    publish_body(KEY, EVERYTHING, actor=SYSTEM)
    changed = {**EVERYTHING, "title": "Tên mới", "rules": []}
    publish_body(KEY, changed, actor=SYSTEM)
    html = desk.get(reverse("form_compare", args=[KEY])).content.decode()
    assert "<del>Đơn có mọi thứ</del>" in html
    assert "<ins>Tên mới</ins>" in html
    same = desk.get(reverse("form_compare", args=[KEY]), {"tu": "1", "den": "1"}).content.decode()
    assert "Hai bản giống nhau" in same
    assert desk.get(reverse("form_compare", args=[KEY]), {"tu": "x", "den": "99"}).status_code == 200


def test_differences_are_told_by_their_place() -> None:
    before = {
        "a": {"x": 1, "y": [1]},
        "layout": [{"key": "k", "title": "A"}, {"key": "l"}],
        "properties": {"p": 1, "q": 2},
    }
    after = {
        "a": {"x": 2, "z": 0},
        "layout": [{"key": "l"}, {"key": "k", "title": "B"}],
        "properties": {"q": 2, "p": 1},
    }
    assert sorted((row.path, row.kind, row.before, row.after) for row in differences(before, after)) == [
        ("a.x", "changed", "1", "2"),
        ("a.y", "removed", "[1]", ""),
        ("a.z", "added", "", "0"),
        ("layout.k.title", "changed", "A", "B"),
        ("properties", "changed", "p, q", "q, p"),
    ]
    assert differences(before, before) == []


def test_a_file_goes_out_and_comes_in(desk: Client, city: City) -> None:
    publish_body(KEY, EVERYTHING, actor=SYSTEM)
    file = desk.get(reverse("form_export", args=[KEY, 1]))
    assert file.headers["Content-Disposition"] == f'attachment; filename="{KEY}.json"'
    text = file.content.replace("Đơn có mọi thứ".encode(), "Đơn nạp".encode())
    answer = desk.post(
        reverse("form_list"), {"nap": "1", "file": SimpleUploadedFile("x.json", text), "is_published": "on"}
    )
    assert answer.headers["Location"] == reverse("form_versions", args=[KEY])
    assert [one.form.title.vi for one in versions_of(KEY)] == ["Đơn nạp", "Đơn có mọi thứ"]
    desk.post(reverse("form_roll_back", args=[KEY, 1]))
    assert newest(KEY) == version_of(KEY, 3)
    assert version_of(KEY, 3).text == version_of(KEY, 1).text


@pytest.mark.parametrize("content", [b"\xff\xfe", b"{", b"[]", b'{"key": "a"}'])
def test_a_file_that_is_no_form_is_told(desk: Client, content: bytes) -> None:
    answer = desk.post(reverse("form_list"), {"nap": "1", "file": SimpleUploadedFile("x.json", content)})
    assert answer.status_code == 422
    assert answer.context["file"].errors["file"]
    assert not Row.objects.exists()


def test_publishing_tells_which_example_fails(desk: Client, city: City) -> None:
    wrong = {**EVERYTHING, "examples": [{"name": "thiếu tên", "answers": {}}]}
    save_draft(KEY, wrong, actor=SYSTEM)
    answer = desk.post(reverse("form_publish", args=[KEY]), {"revision": revision()}, follow=True)
    assert "thiếu tên" in answer.content.decode()
    assert newest(KEY) is None


# ── Trying a form out ───────────────────────────────────────────────────────────────────────────────────────────────


def kept(html: str) -> str:
    found = re.search(r'name="_kept" value="([^"]*)"', html)
    assert found is not None
    return found[1]


def test_a_form_is_tried_out_to_the_end(desk: Client, city: City) -> None:
    save_draft(KEY, {**EVERYTHING, "examples": [{"name": "đúng", "answers": RIGHT}]}, actor=SYSTEM)
    page = reverse("form_preview", args=[KEY, 1])
    html = desk.get(page, {"vi-du": "0"}).content.decode()
    assert 'value="20/11/1990"' in html
    wrong = desk.post(page, {"buoc": "0", "_kept": kept(html), "name": ""})
    assert wrong.status_code == 422
    sent = {"name": "Trần Thị Mẫu", "born_on": "20/11/1990", "married": "no"}
    html = desk.post(page, {"buoc": "0", "_kept": kept(html), **sent}).content.decode()
    assert "Nội dung" in html
    for step in ("1", "2"):
        html = desk.post(page, {"buoc": step, "_kept": kept(html)}).content.decode()
    back = desk.post(page, {"buoc": "3", "_kept": kept(html), "quay-lai": "0"}).content.decode()
    assert 'value="Trần Thị Mẫu"' in back
    html = desk.post(page, {"buoc": "3", "_kept": kept(html), "truth": "on", "signed": "Trần Thị Mẫu"}).content.decode()
    assert "Gửi được" in html
    assert "&quot;born_on&quot;: &quot;1990-11-20&quot;" in html
    assert not Event.objects.exclude(name="form.saved").filter(name__startswith="form.").exists()


def test_answers_in_the_page_cannot_be_forged(desk: Client, draft: Row) -> None:
    answer = desk.post(reverse("form_preview", args=[KEY, 1]), {"buoc": "0", "_kept": "e30:forged"})
    assert answer.status_code == 409


# ── Who may ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PAGES = [
    ("form_list", []), ("form_versions", [KEY]), ("form_design", [KEY]), ("form_words", [KEY]),
    ("form_step", [KEY, "who"]), ("form_field", [KEY]), ("form_json", [KEY]), ("form_compare", [KEY]),
    ("form_version", [KEY, 1]), ("form_export", [KEY, 1]), ("form_preview", [KEY, 1]),
]  # fmt: skip
DOINGS = [("form_begin", [KEY]), ("form_publish", [KEY]), ("form_discard", [KEY]), ("form_roll_back", [KEY, 1])]


@pytest.mark.parametrize(("name", "arguments"), [*PAGES, *DOINGS])
def test_others_stay_outside(city: City, client: Client, name: str, arguments: list[Any]) -> None:
    publish_body(KEY, EVERYTHING, actor=SYSTEM)
    begin_draft(KEY, actor=SYSTEM)
    before = list(Row.objects.values())
    address = reverse(name, args=arguments)
    for actor in (None, city.hoa, city.minh):
        if actor is not None:
            account = Account.objects.get(pk=actor.id or 0)
            client.force_login(account, backend=settings.AUTHENTICATION_BACKENDS[0])
        for answer in (client.get(address), client.post(address, {"key": "x", "title": "X", "viec": "bo:name"})):
            assert answer.status_code in (302, 401, 403, 404, 405)
            assert "Đơn có mọi thứ" not in answer.content.decode()
            if answer.status_code == 302:
                assert reverse("form_list") not in answer.headers["Location"].split("?")[0]
    assert list(Row.objects.values()) == before


@pytest.mark.parametrize(("name", "arguments"), PAGES)
def test_pages_of_forms_that_are_not_there(desk: Client, name: str, arguments: list[Any]) -> None:
    if arguments:
        assert desk.get(reverse(name, args=["gone", *arguments[1:]])).status_code == 404


def test_every_kind_has_a_name_and_a_shape() -> None:
    assert set(KIND_NAMES) == set(Kind)
    for kind in Kind:
        form = FieldForm(kind=kind, body=field_shape(kind), steps=[])
        assert list(form.fields)[:2] == ["key", "title"]
