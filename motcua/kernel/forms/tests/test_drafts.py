"""Answers on their way: sealed, resumable, closed to others, forgotten."""

import io
from datetime import date, timedelta

import pytest
from pytest_django import Settings

from motcua.kernel.files.actions import store_file, sweep_files
from motcua.kernel.files.models import File
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.forms.actions.drafts import discard_draft, save_step, start_draft
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.forms.kind import Prefilled, Words
from motcua.kernel.forms.models import Draft as Row
from motcua.kernel.forms.queries.drafts import draft_token, get_draft, own_drafts
from motcua.kernel.forms.queries.prefill import account_sources, changed_known, prefill, source_words
from motcua.kernel.forms.queries.versions import FormVersion
from motcua.kernel.forms.tasks import forget_old
from motcua.kernel.forms.tests.small import EVERYTHING, everything, form_of
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Actor, Level
from motcua.kernel.identity.models import Account, Person
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(db: None) -> FormVersion:
    return publish_body("moi-thu", EVERYTHING, actor=SYSTEM)


def person(login: str = "an") -> Actor:
    account = Account.objects.create(kind="person", login=login, name="Người dùng", created_at=MONDAY)
    return Actor(kind="person", id=account.pk)


def test_it_is_kept_step_by_step(version: FormVersion) -> None:
    draft = start_draft(version.id, "procedure:1.001193", actor=ANONYMOUS)
    save_step(draft.id, 0, {"name": "Trần Thị Mẫu", "why": "không phải bước này"}, actor=ANONYMOUS, next_step=1)
    save_step(draft.id, 1, {"why": "31/02 viết dở"}, actor=ANONYMOUS)
    found = get_draft(draft.token, actor=ANONYMOUS)
    assert found.answers == {"name": "Trần Thị Mẫu", "why": "31/02 viết dở"}
    assert (found.step, found.subject, found.version.id) == (1, "procedure:1.001193", version.id)


def test_nothing_personal_lies_open_in_the_table(version: FormVersion) -> None:
    known = {"name": Prefilled("Trần Thị Mẫu", Words("dân cư"), as_of=date(2026, 11, 20))}
    draft = start_draft(version.id, "x", actor=ANONYMOUS, answers={"why": "riêng tư"}, known=known)
    row = Row.objects.get()
    assert b"M\xe1\xba\xabu" not in bytes(row.answers_sealed)
    assert b"M\xe1\xba\xabu" not in bytes(row.known_sealed)
    assert get_draft(draft.token, actor=ANONYMOUS).known == known


def test_another_device_goes_on_by_link_or_by_account(version: FormVersion) -> None:
    an = person()
    draft = start_draft(version.id, "x", actor=ANONYMOUS, answers={"name": "A"})
    assert not draft.is_owned
    assert get_draft(draft.token, actor=an).answers == {"name": "A"}
    save_step(draft.id, 0, {"name": "B"}, actor=an)  # signed in meanwhile: it goes into the account
    assert [one.answers for one in own_drafts(an)] == [{"name": "B"}]
    assert own_drafts(ANONYMOUS) == []


def test_what_lies_in_an_account_opens_to_nobody_else(version: FormVersion) -> None:
    an, binh = person(), person("binh")
    draft = start_draft(version.id, "x", actor=an, answers={"name": "A"})
    for actor in (binh, ANONYMOUS, Actor(kind="service", id=an.id)):
        with pytest.raises(Refused, match="not_found"):
            get_draft(draft.token, actor=actor)
        with pytest.raises(Refused, match="not_found"):
            save_step(draft.id, 0, {"name": "X"}, actor=actor)
        with pytest.raises(Refused, match="not_found"):
            discard_draft(draft.id, actor=actor)
    assert get_draft(draft.token, actor=an).answers == {"name": "A"}
    assert own_drafts(binh) == []


@pytest.mark.parametrize("token", ["", "1", "1.", "1.wrong", "x.y", "999999999999999999999.x", "1.\u0660"])
def test_a_link_cannot_be_guessed(version: FormVersion, token: str) -> None:
    start_draft(version.id, "x", actor=ANONYMOUS)
    with pytest.raises(Refused, match="not_found"):
        get_draft(token, actor=ANONYMOUS)
    assert draft_token(1) != draft_token(2)


def test_two_devices_do_not_overwrite_each_others_steps(version: FormVersion) -> None:
    draft = start_draft(version.id, "x", actor=ANONYMOUS)
    save_step(draft.id, 0, {"name": "A"}, actor=ANONYMOUS)
    save_step(draft.id, 1, {"name": "cũ", "why": "B"}, actor=ANONYMOUS)  # the other one still had no name
    assert get_draft(draft.token, actor=ANONYMOUS).answers == {"name": "A", "why": "B"}


def test_a_locked_value_comes_back_whatever_is_saved(version: FormVersion) -> None:
    known = {
        "name": Prefilled("Lê Thị Thật", Words("dân cư")),
        "phone": Prefilled("+84905000123", Words("tài khoản"), is_locked=False),
    }
    draft = start_draft(version.id, "x", actor=ANONYMOUS, known=known)
    assert draft.answers == {"name": "Lê Thị Thật", "phone": "+84905000123"}
    saved = save_step(draft.id, 0, {"name": "Kẻ Khác", "phone": "0911"}, actor=ANONYMOUS)
    assert saved.answers == {"name": "Lê Thị Thật", "phone": "0911"}
    assert set(changed_known(saved.answers, known)) == {"phone"}


def test_it_is_forgotten_after_thirty_days(version: FormVersion) -> None:
    with moment.at(MONDAY):
        draft = start_draft(version.id, "x", actor=ANONYMOUS)
    with moment.at(MONDAY + timedelta(days=20)):
        save_step(draft.id, 0, {"name": "A"}, actor=ANONYMOUS)
        assert forget_old() == 0
    with moment.at(MONDAY + timedelta(days=49)):
        assert get_draft(draft.token, actor=ANONYMOUS).answers
        assert forget_old() == 0
    with moment.at(MONDAY + timedelta(days=50, seconds=1)):
        with pytest.raises(Refused, match="not_found"):
            get_draft(draft.token, actor=ANONYMOUS)
        assert forget_old() == 1
    assert not Row.objects.exists()


def test_how_long_it_is_kept_is_a_setting(version: FormVersion, settings: Settings) -> None:
    settings.DRAFTS_KEPT_DAYS = 3
    with moment.at(MONDAY):
        draft = start_draft(version.id, "x", actor=ANONYMOUS)
    with moment.at(MONDAY + timedelta(days=3)):
        with pytest.raises(Refused, match="3 ngày"):
            get_draft(draft.token, actor=ANONYMOUS)
        assert forget_old() == 1


def test_it_goes_with_the_account(version: FormVersion) -> None:
    an = person()
    start_draft(version.id, "x", actor=an)
    Account.objects.get(login="an").delete()
    assert not Row.objects.exists()


def test_its_files_outlive_the_daily_sweep(version: FormVersion) -> None:
    with moment.at(MONDAY):
        held, loose = (store_file(io.BytesIO(picture()), actor=ANONYMOUS) for _ in range(2))
        draft = start_draft(version.id, "x", actor=ANONYMOUS)
        save_step(draft.id, 2, {"papers": [held.token]}, actor=ANONYMOUS)
    with moment.at(MONDAY + timedelta(days=10)):
        sweep_files()
        assert list(File.objects.values_list("pk", flat=True)) == [held.pk]
        assert loose.pk != held.pk
    with moment.at(MONDAY + timedelta(days=31)):
        sweep_files()
        assert not File.objects.exists()


def test_a_file_that_was_taken_out_goes_with_the_next_sweep(version: FormVersion) -> None:
    """Whoever took the wrong paper out, or thought better of it all, leaves nothing behind for a month."""
    with moment.at(MONDAY):
        wrong, right = (store_file(io.BytesIO(picture()), actor=ANONYMOUS) for _ in range(2))
        draft = start_draft(version.id, "x", actor=ANONYMOUS)
        save_step(draft.id, 2, {"papers": [wrong.token, right.token]}, actor=ANONYMOUS)
        save_step(draft.id, 2, {"papers": [right.token]}, actor=ANONYMOUS)
    with moment.at(MONDAY + timedelta(days=2)):
        sweep_files()
        assert list(File.objects.values_list("pk", flat=True)) == [right.pk]
        discard_draft(draft.id, actor=ANONYMOUS)
    with moment.at(MONDAY + timedelta(days=2, minutes=1)):
        sweep_files()
        assert not File.objects.exists()


def test_too_much_is_refused(version: FormVersion) -> None:
    draft = start_draft(version.id, "x", actor=ANONYMOUS)
    with pytest.raises(Refused, match="too_large"):
        save_step(draft.id, 1, {"why": "x" * 400_000}, actor=ANONYMOUS)
    assert get_draft(draft.token, actor=ANONYMOUS).answers == {}


# ── What is known already ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_known_is_brought_to_the_fields_spelling() -> None:
    form = everything()
    registry = Words("Cơ sở dữ liệu dân cư", "the population database")
    sources = {
        "person.name": Prefilled(" Trần Thị  Mẫu ", registry, as_of=date(2026, 11, 20)),
        "person.phone": Prefilled("0905 000 123", registry),
        "person.email": Prefilled("an@example.vn", registry),
    }
    found = prefill(form, sources)
    assert found == {
        "name": Prefilled("Trần Thị Mẫu", registry, is_locked=True, as_of=date(2026, 11, 20)),
        "phone": Prefilled("+84905000123", registry, is_locked=False),  # the form leaves it open
    }
    assert source_words(found["name"], "en").endswith("the population database, 20/11/2026")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ({"type": "string", "format": "phone"}, "12"),
        ({"type": "string", "enum": ["nam"], "x-labels": ["Nam"]}, "khac"),
        ({"type": "string"}, ""),
    ],
)
def test_a_value_that_the_field_would_refuse_is_left_out(field: dict[str, object], value: str) -> None:
    form = form_of({**field, "x-prefill": "person.phone"})
    assert prefill(form, {"person.phone": Prefilled(value, Words("x"))}) == {}


def test_parts_of_a_person_are_filled_in_one_by_one() -> None:
    form = form_of({"type": "object", "format": "person", "x-prefill": "person"})
    found = prefill(form, {"person.born_on": Prefilled("1990-03-01", Words("x"))})
    assert list(found) == ["a.born_on"]


def test_ones_own_card_is_locked_when_it_was_proved() -> None:
    person = identity.create_person(name="Trần Thị Mẫu", phone="0905000123")
    account = Account.objects.create(kind="person", login="p", name="Người dân", person=person, created_at=MONDAY)
    actor = Actor(kind="person", id=account.pk, person_id=person.pk)
    sources = account_sources(actor)
    assert sources["person.name"].value == "Trần Thị Mẫu"
    assert {one.is_locked for one in sources.values()} == {False}
    Person.objects.filter(pk=person.pk).update(level=Level.PROVIDER)
    sources = account_sources(actor)
    assert (sources["person.name"].is_locked, sources["person.phone"].is_locked) == (True, False)
    assert account_sources(ANONYMOUS) == {}
