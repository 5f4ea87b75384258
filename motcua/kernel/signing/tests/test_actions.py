from collections.abc import Callable

import pytest
from django.test import override_settings

from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.kind import Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of, get_file
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Actor
from motcua.kernel.signing.actions import (
    NewKey,
    add_root,
    add_software_key,
    ask_for_signature,
    cancel_task,
    make_demo_keys,
    refuse_task,
    remove_key,
    remove_root,
    sign,
    sign_task,
    sign_tasks,
)
from motcua.kernel.signing.models import SigningKey, SigningTask, TrustRoot
from motcua.kernel.signing.queries import (
    count_ending,
    count_waiting,
    keys_for,
    keys_to_ask,
    managed_keys,
    own_tasks,
    recent_tasks,
    tasks_about,
    verify,
    waiting_tasks,
)
from motcua.kernel.signing.tests.conftest import Keys
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.tests.papers import paper
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


def asked(city: City, key: SigningKey, file: File, **more: object) -> SigningTask:
    return ask_for_signature(file.pk, key.pk, actor=city.hoa, title="Giấy phép số 1", about="dossier:12", **more)  # type: ignore[arg-type]


def events(name: str) -> list[dict[str, object]]:
    return [event.data for event in Event.objects.filter(name=name).order_by("pk")]


def test_it_works(city: City, keys: Keys, decision: File) -> None:
    task = sign(decision.pk, keys.minh.pk, actor=city.minh, reason="Phê duyệt", about="dossier:12")
    assert (task.state, task.level, task.role) == ("done", "B-B", "person")
    assert task.result_id is not None
    found = verify(content_of(task.result_id))
    assert (found.verdict, found.signatures[0].signer) == ("good", "Lê Văn Minh")
    (told,) = events("signing.done")
    assert (told["about"], told["file"], told["signer"]) == ("dossier:12", task.result_id, "Lê Văn Minh")
    assert content_of(decision.pk) == paper()  # what was signed stays as it was


def test_the_agency_signs_after_the_person(city: City, keys: Keys, decision: File) -> None:
    first = asked(city, keys.minh, decision)
    second = ask_for_signature(None, keys.seal_one.pk, actor=city.hoa, title="Giấy phép số 1", after_id=first.pk)
    assert [row.task.pk for row in waiting_tasks(city.minh)] == [first.pk]  # the seal's turn is not yet
    with pytest.raises(Refused, match="not_yet"):
        sign_task(second.pk, actor=city.minh)
    sign_task(first.pk, actor=city.minh)
    assert [row.task.pk for row in waiting_tasks(city.minh)] == [second.pk]
    done = sign_task(second.pk, actor=city.minh)
    found = verify(content_of(done.result_id or 0))
    assert found.verdict == "good"
    assert [one.signer for one in found.signatures] == ["Lê Văn Minh", "UBND Phường Một"]


def test_the_system_seals_but_signs_for_nobody(city: City, keys: Keys, decision: File) -> None:
    assert sign(decision.pk, keys.seal_one.pk, actor=SYSTEM, look="corner").state == "done"
    with pytest.raises(Refused, match="not_found"):
        sign(decision.pk, keys.minh.pk, actor=SYSTEM)


@pytest.mark.parametrize("who", ["hoa", "tam", "lan", "quan", "an"])
def test_whoever_does_not_hold_the_key_signs_nothing(city: City, keys: Keys, decision: File, who: str) -> None:
    actor: Actor = getattr(city, who)
    task = asked(city, keys.minh, decision)
    before = Event.objects.count()
    attempts: list[Callable[[], object]] = [
        lambda: sign(decision.pk, keys.minh.pk, actor=actor),
        lambda: sign(decision.pk, keys.seal_one.pk, actor=actor),
        lambda: sign_task(task.pk, actor=actor),
        lambda: refuse_task(task.pk, actor=actor, reason="x"),
    ]
    for attempt in attempts:
        with pytest.raises(Refused, match=r"not_found|not_allowed"):
            attempt()
    assert Event.objects.count() == before
    assert SigningTask.objects.get().state == "asked"
    assert not keys_for(actor)
    assert count_waiting(actor) == 0


def test_a_leader_does_not_sign_for_another_body(city: City, keys: Keys, decision: File) -> None:
    with pytest.raises(Refused, match="not_found"):
        sign(decision.pk, keys.seal_two.pk, actor=city.minh)
    assert [key.pk for key in keys_for(city.minh)] == [keys.seal_one.pk, keys.minh.pk]
    assert {key.pk for key in keys_to_ask(city.ward_one.id)} == {keys.seal_one.pk, keys.minh.pk}


def test_many_at_once_each_by_itself(city: City, keys: Keys) -> None:
    good = [keep_made(paper(), actor=SYSTEM, name=f"{number}.pdf") for number in range(3)]
    bad = keep_made(b"%PDF-1.7 broken %%EOF", actor=SYSTEM, name="hong.pdf")
    tasks = [asked(city, keys.minh, file) for file in (good[0], bad, *good[1:])]
    cancel_task(tasks[3].pk, actor=city.hoa)
    outcomes = sign_tasks([task.pk for task in tasks] + [999_999], actor=city.minh)
    assert [(one.state, bool(one.refused)) for one in outcomes] == [
        ("done", False), ("asked", True), ("done", False), ("cancelled", True), ("", True),
    ]  # fmt: skip
    assert "hỏng" in outcomes[1].refused
    assert outcomes[4].title == ""  # of what is not there, nothing is told
    assert len(events("signing.done")) == 2


def test_too_many_at_once_sign_nothing(city: City, keys: Keys, decision: File) -> None:
    asked(city, keys.minh, decision)
    with pytest.raises(Refused, match="too_many"):
        sign_tasks(range(201), actor=city.minh)
    assert not events("signing.done")


def test_a_refusal_says_why(city: City, keys: Keys, decision: File) -> None:
    task = asked(city, keys.minh, decision)
    with pytest.raises(Refused, match="invalid"):
        refuse_task(task.pk, actor=city.minh, reason="  ")
    assert SigningTask.objects.get().state == "asked"
    refuse_task(task.pk, actor=city.minh, reason="Sai tên đường")
    assert events("signing.refused")[0]["reason"] == "Sai tên đường"
    assert count_waiting(city.minh) == 0
    assert recent_tasks(city.hoa)[0].task.words == "Sai tên đường"
    with pytest.raises(Refused, match="wrong_state"):
        sign_task(task.pk, actor=city.minh)
    assert not events("signing.done")


def test_only_the_asker_takes_it_back(city: City, keys: Keys, decision: File) -> None:
    task = asked(city, keys.minh, decision)
    with pytest.raises(Refused, match="not_allowed"):
        cancel_task(task.pk, actor=city.minh)
    cancel_task(task.pk, actor=city.hoa)
    assert SigningTask.objects.get().state == "cancelled"
    assert len(events("signing.cancelled")) == 1


def test_the_same_is_not_asked_twice(city: City, keys: Keys, decision: File) -> None:
    asked(city, keys.minh, decision)
    with pytest.raises(Refused, match="already"):
        asked(city, keys.minh, decision)
    assert SigningTask.objects.count() == len(events("signing.asked")) == 1
    assert [task.state for task in tasks_about("dossier:12")] == ["asked"]


@pytest.mark.parametrize("body", [b"%PDF-1.7\nno document\n%%EOF", b"PK\x03\x04"])
def test_what_is_no_document_is_not_signed(city: City, keys: Keys, body: bytes) -> None:
    file = keep_made(body, actor=SYSTEM, name="x.pdf")
    with pytest.raises(Refused, match="unsignable"):
        sign(file.pk, keys.minh.pk, actor=city.minh)
    assert not SigningTask.objects.exists()
    assert not events("signing.done")


def test_who_signs_may_read_it_first(city: City, keys: Keys, decision: File) -> None:
    asked(city, keys.minh, decision)
    for actor in (city.minh, city.hoa):
        assert get_file(decision.token, Variant.VIEW, actor=actor).pk == decision.pk
    for actor in (city.tam, city.lan, city.an, ANONYMOUS):
        with pytest.raises(Refused, match="not_found"):
            get_file(decision.token, Variant.VIEW, actor=actor)


# ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_sealed(city: City, keys: Keys) -> None:
    stored = bytes(SigningKey.objects.get(pk=keys.minh.pk).secret_sealed)
    assert b"mat-khau" not in stored
    assert events("signing.key_added")[0] == {"key": keys.minh.pk, "label": "Khoá của Minh", "owner": "Lê Văn Minh"}


def test_a_removed_key_signs_no_more(city: City, keys: Keys, decision: File) -> None:
    task = asked(city, keys.minh, decision)
    remove_key(keys.minh.pk, actor=city.quan)
    kept = SigningKey.objects.get(pk=keys.minh.pk)
    assert kept.secret_sealed == b""
    with pytest.raises(Refused, match=r"not_found|not_allowed"):
        sign_task(task.pk, actor=city.minh)
    with pytest.raises(Refused, match="not_found"):
        sign(decision.pk, keys.minh.pk, actor=city.minh)
    assert not events("signing.done")


def test_an_expired_key_signs_no_more(city: City, keys: Keys, decision: File) -> None:
    task = asked(city, keys.minh, decision)
    with moment.at(keys.minh.valid_to):
        with pytest.raises(Refused, match="key_expired"):
            sign_task(task.pk, actor=city.minh)
        assert managed_keys(city.quan)[0].validity == "ended"
    assert SigningTask.objects.get().state == "asked"


def test_the_end_is_told_a_month_before(city: City, keys: Keys) -> None:
    assert count_ending(city.quan) == 0
    new = NewKey("Sắp hết", unit_id=city.ward_one.id)
    add_software_key(new, keys.issue("Sắp hết", days=20).pkcs12("x"), "x", actor=city.quan)
    assert count_ending(city.quan) == 1
    row = managed_keys(city.quan)[0]
    assert (row.validity, row.days_left, row.owner) == ("ending", 19, "Phường Một")  # 19 whole days and some hours


@pytest.mark.parametrize(("content", "password", "field"), [(b"nothing", "x", "password"), (None, "sai", "password")])
def test_a_file_that_does_not_open(city: City, keys: Keys, content: bytes | None, password: str, field: str) -> None:
    before = SigningKey.objects.count()
    with pytest.raises(Refused) as refused:
        add_software_key(
            NewKey("x", unit_id=city.ward_one.id), content or keys.issue("x").pkcs12("x"), password, actor=city.quan
        )
    assert field in refused.value.fields
    assert SigningKey.objects.count() == before


@pytest.mark.parametrize("who", ["minh", "hoa", "tam", "an"])
def test_keys_are_managed_by_administrators(city: City, keys: Keys, who: str) -> None:
    actor = getattr(city, who)
    file = keys.issue("Lạ").pkcs12("x")
    for new in (NewKey("x", unit_id=city.ward_one.id), NewKey("x", officer_id=city.minh.id)):
        with pytest.raises(Refused, match="not_found"):
            add_software_key(new, file, "x", actor=actor)
    with pytest.raises(Refused, match="not_found"):
        remove_key(keys.seal_one.pk, actor=actor)
    with pytest.raises(Refused, match="not_allowed"):
        add_root(keys.authority.pem, actor=actor)
    with pytest.raises(Refused, match="not_allowed"):
        remove_root(TrustRoot.objects.get().pk, actor=actor)
    assert SigningKey.objects.filter(removed_at__isnull=True).count() == 3
    assert len(events("signing.key_added")) == 3
    assert not events("signing.root_removed")
    assert managed_keys(actor) == []


def test_the_same_key_is_not_added_twice(city: City, keys: Keys) -> None:
    file = keys.issue("Một lần").pkcs12("x")
    add_software_key(NewKey("x", unit_id=city.ward_one.id), file, "x", actor=city.quan)
    with pytest.raises(Refused, match="already"):
        add_software_key(NewKey("y", unit_id=city.ward_two.id), file, "x", actor=city.quan)
    assert SigningKey.objects.count() == 4


# ── Whom we believe ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_roots_decide_whom_we_believe(city: City, keys: Keys, decision: File) -> None:
    pdf = content_of(sign(decision.pk, keys.minh.pk, actor=city.minh).result_id or 0)
    remove_root(TrustRoot.objects.get().pk, actor=city.quan)
    assert (verify(pdf).verdict, verify(pdf).signatures[0].trust) == ("doubtful", "unknown")
    add_root(keys.authority.pem, actor=city.quan)
    assert verify(pdf).verdict == "good"


def test_a_person_s_certificate_is_no_root(city: City, keys: Keys) -> None:
    for content in (keys.issue("Ai đó").pem, b"nothing"):
        with pytest.raises(Refused, match="invalid"):
            add_root(content, actor=city.quan)
    assert TrustRoot.objects.count() == 1


@override_settings(DEMO=True)
def test_demonstration_keys_say_what_they_are(city: City, decision: File) -> None:
    assert make_demo_keys() == SigningKey.objects.count() > 3
    assert make_demo_keys() == 0  # once only
    key = keys_for(city.minh)[-1]
    assert key.is_test
    pdf = content_of(sign(decision.pk, key.pk, actor=city.minh).result_id or 0)
    assert verify(pdf).verdict == "test"
    with override_settings(DEMO=False):
        assert verify(pdf).verdict == "doubtful"


@override_settings(DEMO=False)
def test_there_are_no_demonstration_keys_in_earnest(city: City) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        make_demo_keys()
    assert not SigningKey.objects.exists()
    assert not TrustRoot.objects.exists()


def test_what_runs_is_listed(city: City, keys: Keys, decision: File) -> None:
    task = asked(city, keys.minh, decision)
    SigningTask.objects.filter(pk=task.pk).update(state="failed")
    (row,) = own_tasks(city.minh)
    assert row.may_retry
    assert own_tasks(city.hoa) == []
