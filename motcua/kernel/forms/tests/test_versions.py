"""Drafts of forms, publishing, rolling back, importing, packs."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from motcua.kernel.events.models import Event
from motcua.kernel.forms.actions.versions import (
    discard_draft,
    import_form,
    publish,
    publish_body,
    roll_back,
    save_draft,
    withdraw_form,
)
from motcua.kernel.forms.kind import Form
from motcua.kernel.forms.models import FormVersion as Row
from motcua.kernel.forms.pack import apply, line_of, read
from motcua.kernel.forms.queries.examples import failed_examples
from motcua.kernel.forms.queries.versions import form_version, list_forms, newest, version_of, versions_of
from motcua.kernel.forms.tests.small import EVERYTHING
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.packs.queries import Pack
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
KEY = "xac-nhan"


def body(title: str = "Đơn", **more: Any) -> dict[str, Any]:
    text = {"type": "string", "title": "Ô"}
    return {"title": title, "properties": {"b": text, "a": dict(text)}, **more}


def events() -> list[str]:
    return list(Event.objects.filter(name__startswith="form.").order_by("id").values_list("name", flat=True))


def test_a_draft_is_published_and_asked(city: City) -> None:
    save_draft(KEY, body(), actor=city.quan)
    assert newest(KEY) is None
    published = publish(KEY, actor=city.quan)
    assert (published.number, published.state) == (1, "published")
    assert newest(KEY) == published
    assert [one.key for one in published.form.fields] == ["b", "a"]  # in the order in which they were written
    assert events() == ["form.saved", "form.published"]


def test_a_published_version_is_replaced_and_stays(city: City) -> None:
    first = publish_body(KEY, body("Một"), actor=city.quan)
    save_draft(KEY, body("Hai"), actor=city.quan)
    second = publish(KEY, actor=city.quan)
    assert second.number == 2
    assert [(one.number, one.state) for one in versions_of(KEY)] == [(2, "published"), (1, "replaced")]
    assert form_version(first.id).form.title.vi == "Một"


@pytest.mark.parametrize("change", [{"body": "{}"}, {"title": "X"}, {"state": "draft"}, {"number": 9}, {"key": "khac"}])
def test_the_database_itself_keeps_what_was_published(city: City, change: dict[str, Any]) -> None:
    version = publish_body(KEY, body(), actor=city.quan)
    with pytest.raises(DatabaseError, match="was published"), transaction.atomic():
        Row.objects.filter(pk=version.id).update(**change)
    with pytest.raises(DatabaseError, match="was published"), transaction.atomic():
        Row.objects.filter(pk=version.id).delete()
    assert newest(KEY) == version


def test_rolling_back_makes_a_new_version(city: City) -> None:
    publish_body(KEY, body("Một"), actor=city.quan)
    publish_body(KEY, body("Hai"), actor=city.quan)
    back = roll_back(KEY, 1, actor=city.quan)
    assert (back.number, back.form.title.vi, back.note) == (3, "Một", "Như bản 1")
    assert [one.state for one in versions_of(KEY)] == ["published", "replaced", "replaced"]
    assert Event.objects.get(name="form.rolled_back").data == {"form": KEY, "earlier": 1, "number": 3}


def test_rolling_back_to_nothing_changes_nothing(city: City) -> None:
    publish_body(KEY, body(), actor=city.quan)
    for number in (1, 7):
        with pytest.raises(Refused):
            roll_back(KEY, number, actor=city.quan)
    publish_body(KEY, body("Hai"), actor=city.quan)
    save_draft(KEY, body("Ba"), actor=city.quan)
    with pytest.raises(Refused, match="bản nháp"):
        roll_back(KEY, 1, actor=city.quan)
    assert not Event.objects.filter(name="form.rolled_back").exists()


def test_two_people_do_not_overwrite_each_other(city: City) -> None:
    draft = save_draft(KEY, body(), actor=city.quan, revision=0)
    save_draft(KEY, body("Hai"), actor=city.quan, revision=draft.revision)
    with pytest.raises(Refused, match="stale"):
        save_draft(KEY, body("Ba"), actor=city.quan, revision=draft.revision)
    with pytest.raises(Refused, match="stale"):
        publish(KEY, actor=city.quan, revision=draft.revision)
    assert version_of(KEY, 1).form.title.vi == "Hai"
    assert len(events()) == 2


def test_a_form_with_mistakes_is_not_saved(city: City) -> None:
    with pytest.raises(Refused, match="invalid") as caught:
        save_draft(KEY, {"title": "Đơn", "properties": {"a": {"type": "x"}}}, actor=city.quan)
    assert "$.properties.a" in caught.value.message
    assert not Row.objects.exists()
    assert not events()


@pytest.mark.parametrize("key", ["", "Khai Sinh", "khai_sinh", "-a", "x" * 61])
def test_a_key_is_plain(city: City, key: str) -> None:
    with pytest.raises(Refused):
        save_draft(key, body(), actor=city.quan)


def test_examples_must_come_out_before_it_is_published(city: City) -> None:
    wrong = body(required=["a"], examples=[{"name": "thiếu", "answers": {}}])
    save_draft(KEY, wrong, actor=city.quan)
    with pytest.raises(Refused, match="thiếu"):
        publish(KEY, actor=city.quan)
    assert newest(KEY) is None
    save_draft(KEY, body(required=["a"], examples=[{"name": "thiếu", "answers": {}, "errors": ["a"]}]), actor=city.quan)
    assert publish(KEY, actor=city.quan).state == "published"


def test_a_file_overwrites_by_its_key_and_can_be_rolled_back(city: City) -> None:
    first = publish_body(KEY, body("Một", key=KEY), actor=city.quan)
    text = first.text.replace("Một", "Hai")
    draft = import_form(text, actor=city.quan)
    assert (draft.key, draft.state) == (KEY, "draft")
    assert newest(KEY) == first
    again = import_form(text, actor=city.quan, is_published=True)
    assert (again.number, again.state) == (2, "published")
    assert roll_back(KEY, 1, actor=city.quan).text == first.text


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"title": "Đơn"}', '{"key": "a", "title": "Đơn"}'])
def test_a_file_that_is_no_form_changes_nothing(city: City, text: str) -> None:
    with pytest.raises(Refused, match="invalid"):
        import_form(text, actor=city.quan)
    assert not Row.objects.exists()


def test_a_draft_can_be_thrown_away(city: City) -> None:
    publish_body(KEY, body(), actor=city.quan)
    save_draft(KEY, body("Hai"), actor=city.quan)
    discard_draft(KEY, actor=city.quan)
    assert [one.number for one in versions_of(KEY)] == [1]
    with pytest.raises(Refused):
        discard_draft(KEY, actor=city.quan)


def test_the_list_tells_what_is_in_force_and_what_is_being_written(city: City) -> None:
    publish_body(KEY, body(), actor=city.quan)
    save_draft(KEY, body("Hai"), actor=city.quan)
    save_draft("moi", body("Mới"), actor=city.quan)
    publish_body("cu", body("Cũ"), actor=city.quan)
    withdraw_form("cu", actor=city.quan)
    assert [(row.key, row.published, row.draft) for row in list_forms()] == [
        ("cu", None, None),
        ("moi", None, 1),
        (KEY, 1, 2),
    ]


def test_only_administrators_of_the_whole_write_forms(city: City) -> None:
    publish_body(KEY, body(), actor=city.quan)
    save_draft(KEY, body("Hai"), actor=city.quan)
    before = events()
    for actor in (city.hoa, city.minh, city.an):
        for attempt in (
            lambda actor=actor: save_draft(KEY, body("Ba"), actor=actor),
            lambda actor=actor: publish(KEY, actor=actor),
            lambda actor=actor: discard_draft(KEY, actor=actor),
            lambda actor=actor: roll_back(KEY, 1, actor=actor),
            lambda actor=actor: import_form(json.dumps(body(key=KEY)), actor=actor),
            lambda actor=actor: publish_body(KEY, body("Ba"), actor=actor),
            lambda actor=actor: withdraw_form(KEY, actor=actor),
        ):
            with pytest.raises(Refused, match="not_allowed"):
                attempt()
    assert events() == before
    assert [one.form.title.vi for one in versions_of(KEY)] == ["Hai", "Đơn"]


# ── Packs ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def pack_of(folder: Path, forms: dict[str, Any]) -> Pack:
    (folder / "forms").mkdir(exist_ok=True)
    for path in (folder / "forms").iterdir():
        path.unlink()
    for name, content in forms.items():
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, indent=1)
        (folder / "forms" / name).write_text(text, encoding="utf-8")
    pack = Pack(folder)
    read(pack)
    return pack


def test_a_pack_publishes_its_forms_once(tmp_path: Path, city: City) -> None:
    pack = pack_of(tmp_path, {"don.json": body(), "moi-thu.json": EVERYTHING})
    assert not pack.problems
    assert set(pack.keys("forms/", "key")) == {"don", "moi-thu"}
    assert len(apply(pack, SYSTEM)) == 2
    assert apply(pack, SYSTEM) == []
    again = pack_of(tmp_path, {"don.json": body("Khác")})
    again.earlier = pack.now
    assert sorted(map(str, apply(again, SYSTEM))) == ["- forms/ moi-thu (kết thúc)", "~ forms/ don"]
    assert newest("moi-thu") is None
    found = newest("don")
    assert found is not None
    assert (found.number, found.form.title.vi) == (2, "Khác")


def test_a_pack_leaves_a_draft_alone(tmp_path: Path, city: City) -> None:
    save_draft("don", body("Đang viết"), actor=city.quan)
    apply(pack_of(tmp_path, {"don.json": body()}), SYSTEM)
    assert [(one.number, one.state) for one in versions_of("don")] == [(2, "draft"), (1, "published")]


def test_problems_of_a_pack_are_named_by_their_line(tmp_path: Path) -> None:
    wrong = body()
    wrong["properties"]["a"]["type"] = "strin"
    pack = pack_of(
        tmp_path, {"don.json": wrong, "Sai Ten.json": "{}", "hong.json": "{\n,}", "lech.json": body(key="khac")}
    )
    found = {problem.file: problem for problem in pack.problems}
    assert set(found) == {"forms/don.json", "forms/Sai Ten.json", "forms/hong.json", "forms/lech.json"}
    lines = (tmp_path / "forms" / "don.json").read_text(encoding="utf-8").split("\n")
    assert '"a"' in lines[found["forms/don.json"].line - 1]
    assert found["forms/hong.json"].line == 2


def test_the_place_in_the_json_becomes_a_line() -> None:
    text = '{\n "title": "x",\n "properties": {\n  "a": {\n   "title": "y"}}}'
    assert line_of(text, "$.properties.a.title") == 5
    assert line_of(text, "$.layout") == 1


FORMS = sorted((Path(__file__).parents[4] / "packs").glob("*/forms/*.json"))


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_every_form_of_our_packs_is_complete(path: Path, city: City) -> None:
    written = json.loads(path.read_text(encoding="utf-8"))
    form = Form.parse(written)
    assert written["key"] == path.stem
    assert not [str(tried) for tried in failed_examples(form)]
    words = [form.title, *(step.title for step in form.steps), *(one.title for one in form.by_path.values())]
    words += [one.description for one in form.by_path.values() if one.description]
    words += [option.label for one in form.by_path.values() for option in one.options]
    assert not [word.vi for word in words if not word.en], "without English"
