"""A leader's queue: what waits, for whom, and many decided with one confirmation."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from motcua.kernel.cases.models import Case, CaseFile, Clock
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.models import File
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Access
from motcua.kernel.signing.actions import NewKey, ask_for_signature
from motcua.kernel.signing.actions.working import note_done, note_trouble
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.tests.conftest import held
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.pdfsign.authority import Authority
from motcua.lib.tests.papers import paper
from motcua.modules.dossiers.actions.apologising import (
    ask_extension_dossier,
    decline_extension_dossier,
    extend_dossier,
)
from motcua.modules.dossiers.actions.consulting import consult_dossier
from motcua.modules.dossiers.actions.deciding import (
    DOES,
    NewDecision,
    carry_out,
    decide,
    decide_again,
    forget_decisions,
)
from motcua.modules.dossiers.actions.results import approve_dossier, withdraw_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, revise_dossier
from motcua.modules.dossiers.kind import Deciding
from motcua.modules.dossiers.models import Decision, Dossier, Extension, Result
from motcua.modules.dossiers.queries.deciding import batch_of, count_deciding, waiting_page
from motcua.modules.dossiers.tests.test_actions import clock, on, refused
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.testing.city import MONDAY, City, add_officer
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
Make = Callable[..., Case]
QUEUE = "/desk/phe-duyet/"


@pytest.fixture
def proposed(processing: Make, one_stop: OneStop) -> Make:
    """With the leader of Ward One, each with a PDF to sign."""

    def make(at: Any = MONDAY, **values: Any) -> Case:
        case = processing(at, **values)
        document = keep_made(paper(2), actor=SYSTEM, name=f"KQ-{case.id}.pdf", is_loose=True)
        with moment.at(at):
            return propose_dossier(
                case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=document.pk)],
                note="Đủ điều kiện, trình ký",
            )  # fmt: skip

    return make


@pytest.fixture
def key(city: City) -> SigningKey:
    authority = Authority.make("CA Thử", at=moment.now() - timedelta(days=2))
    return held(authority, "Lê Văn Minh", NewKey("Khoá của Minh", officer_id=city.minh.id))


@pytest.fixture
def by_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures are the worker's, as with a device, a telephone or an authority of time."""
    monkeypatch.setattr("motcua.kernel.signing.actions.asking.time_authority", object)


def decided(actor: Actor, *cases: Case, does: Deciding = Deciding.APPROVE, batch: UUID | None = None) -> UUID:
    batch = batch or uuid4()
    decide(batch, [NewDecision(does, case.id, case.version) for case in cases], actor=actor)
    carry_out(batch, seconds=20)
    return batch


def states(batch: UUID, actor: Actor) -> list[str]:
    return [row.state for row in batch_of(batch, actor=actor).rows]


def waiting(actor: Actor, **more: Any) -> list[tuple[str, int]]:
    return [(row.does, row.case.id) for row in waiting_page(actor, **more).rows]


def test_what_waits_for_whom_oldest_promise_first(
    city: City, one_stop: OneStop, proposed: Make, processing: Make
) -> None:
    later, sooner = proposed(on(17, 9)), proposed(on(16, 9))
    with moment.at(on(16, 9)):
        apology = processing(on(16, 9))
        ask_extension_dossier(apology.id, actor=one_stop.oanh, reason="Chờ xác minh", longer="2 ngày làm việc")
        asking = processing(on(16, 9))
        opinion = consult_dossier(
            asking.id, actor=one_stop.oanh, unit_id=one_stop.department.id, question="Đúng không?"
        )
        assert waiting(city.minh) == [("approve", sooner.id), ("extend", apology.id), ("approve", later.id)]
        assert waiting(city.minh, sort="approve") == [("approve", sooner.id), ("approve", later.id)]
        assert waiting(one_stop.sinh) == [("answer", opinion.id)]
        assert count_deciding(one_stop.sinh) == 1
        counts = waiting_page(city.minh).counts
        assert (counts["approve"], counts["extend"], counts["all"], count_deciding(city.minh)) == (2, 1, 3, 3)
        for nobody in (one_stop.oanh, one_stop.nga, city.tam, city.quan, city.an):
            assert waiting(nobody) == []
            assert count_deciding(nobody) == 0
        head = add_officer("head", "Võ Thị Đầu", city.province, "leader")
        assert waiting(head) == []  # a ward's work is its own leader's …
        assert len(waiting(head, below=True)) == 4  # … unless somebody above looks


def test_many_with_one_confirmation_and_one_that_fails(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey
) -> None:
    good, moved, also = proposed(), proposed(), proposed()
    batch = uuid4()
    stale = moved.version
    revise_dossier(moved.id, actor=city.minh, reason="Sai tên đệm")
    decide(
        batch, [NewDecision(Deciding.APPROVE, case.id, case.version) for case in (good, moved, also)], actor=city.minh
    )
    assert Decision.objects.get(subject_id=moved.id).version == stale
    assert carry_out(batch, seconds=20) == 3
    assert states(batch, city.minh) == ["done", "failed", "done"]
    for case in (good, also):
        case.refresh_from_db()
        assert case.state in ("result_ready", "returned")
        assert Result.objects.get(case_id=case.id).signed_file_id is not None
    moved.refresh_from_db()
    assert moved.state == "processing"
    assert not Event.objects.filter(case_id=moved.id, name="dossier.approved").exists()
    assert "Vừa có người khác" in batch_of(batch, actor=city.minh).rows[1].words
    assert states(batch, city.hoa) == []  # somebody else's


def test_the_same_confirmation_twice_decides_once(city: City, proposed: Make, key: SigningKey) -> None:
    case = proposed()
    batch = decided(city.minh, case)
    decided(city.minh, case, batch=batch)
    assert Decision.objects.count() == 1
    assert SigningTask.objects.count() == 1
    assert Event.objects.filter(case_id=case.id, name="dossier.approved").count() == 1
    assert carry_out() == 0


def test_what_failed_is_tried_again_as_it_is_now(city: City, one_stop: OneStop, proposed: Make) -> None:
    case = proposed()
    version = case.version
    consult = Case.objects.filter(pk=case.id)
    consult.update(version=version + 1)  # somebody wrote a note meanwhile
    batch = decided(city.minh, case)
    assert states(batch, city.minh) == ["failed"]
    assert decide_again(batch, actor=city.hoa) == 0  # not theirs
    assert decide_again(batch, actor=city.minh) == 1
    carry_out(batch)
    assert states(batch, city.minh) == ["done"]


def test_what_is_tried_again_signs_no_other_document(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey
) -> None:
    """The document was exchanged after the leader tried again, before its turn: that is no word about the new one."""
    case = proposed()
    Case.objects.filter(pk=case.id).update(version=case.version + 1)
    batch = decided(city.minh, case)
    assert states(batch, city.minh) == ["failed"]
    assert decide_again(batch, actor=city.minh) == 1
    later = moment.now() + timedelta(minutes=1)
    with moment.at(later):
        revise_dossier(case.id, actor=city.minh, reason="Sửa tên")
        other = keep_made(paper(3), actor=SYSTEM, name="khac.pdf", is_loose=True)
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=other.pk)])
    with moment.at(later + timedelta(minutes=1)):
        carry_out(batch)
        assert states(batch, city.minh) == ["failed"]
        assert not SigningTask.objects.exists()
        assert not Event.objects.filter(name="dossier.approved").exists()
        assert states(decided(city.minh, Case.objects.get(pk=case.id)), city.minh) == ["done"]


def test_what_is_tried_again_signs_no_document_that_came_after_the_page(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey
) -> None:
    """It was exchanged while the leader looked at the list: they confirm what was there, and try again what failed."""
    seen = proposed()
    revise_dossier(seen.id, actor=city.minh, reason="Sửa tên")
    other = keep_made(paper(3), actor=SYSTEM, name="khac.pdf", is_loose=True)
    propose_dossier(seen.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=other.pk)])
    with moment.at(moment.now() + timedelta(minutes=1)):
        batch = decided(city.minh, seen)
        assert states(batch, city.minh) == ["failed"]
        assert decide_again(batch, actor=city.minh) == 0
        carry_out(batch)
        assert states(batch, city.minh) == ["failed"]
        assert "Văn bản đã được thay" in batch_of(batch, actor=city.minh).rows[0].words
        assert not SigningTask.objects.exists()
        assert not Event.objects.filter(name="dossier.approved").exists()
        assert states(decided(city.minh, Case.objects.get(pk=seen.id)), city.minh) == ["done"]


def test_a_decision_is_carried_out_by_the_rights_of_that_moment(city: City, proposed: Make) -> None:
    from motcua.kernel.identity.models import Post

    case = proposed()
    batch = uuid4()
    decide(batch, [NewDecision(Deciding.APPROVE, case.id)], actor=city.minh)
    Post.objects.filter(officer_id=city.minh.id).delete()
    carry_out(batch)
    assert Decision.objects.get().state == "failed"
    case.refresh_from_db()
    assert case.state == "approving"
    assert not Event.objects.filter(name="dossier.approved").exists()


@pytest.mark.parametrize("who", ["oanh", "nga"])
def test_others_decide_nothing(city: City, one_stop: OneStop, proposed: Make, who: str) -> None:
    case = proposed()
    with pytest.raises(Refused, match="not_allowed"):
        decide(uuid4(), [NewDecision(Deciding.APPROVE, case.id)], actor=getattr(one_stop, who))
    with pytest.raises(Refused, match="invalid"):  # a leader elsewhere does not even know of it
        decide(uuid4(), [NewDecision(Deciding.APPROVE, case.id)], actor=one_stop.sinh)
    assert not Decision.objects.exists()


def test_a_bug_in_one_holds_up_nobody(city: City, proposed: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = proposed(), proposed()

    def approve(case_id: int, **more: Any) -> object:
        if case_id == bad.id:
            raise ZeroDivisionError
        return approve_dossier(case_id, **more)

    monkeypatch.setitem(DOES, "approve", approve)
    batch = decided(city.minh, bad, good)
    assert states(batch, city.minh) == ["failed", "done"]


# ── Signatures that come later ──────────────────────────────────────────────────────────────────────────────────────


def end_signing(*, well: bool) -> None:
    task = SigningTask.objects.filter(state="queued").earliest("pk")
    if well:
        note_done(task.pk, paper(), level="B-B")
    else:
        note_trouble(task.pk, "Thiết bị không trả lời", is_permanent=True)
    read_everything()


def test_a_signature_that_comes_later(city: City, proposed: Make, key: SigningKey, by_worker: None) -> None:
    case = proposed()
    batch = decided(city.minh, case)
    assert states(batch, city.minh) == ["signing"]
    refused("already", case, approve_dossier, actor=city.minh)
    end_signing(well=True)
    assert states(batch, city.minh) == ["done"]
    case.refresh_from_db()
    assert case.state in ("result_ready", "returned")


def test_a_signature_that_failed_holds_the_dossier_and_is_tried_again(
    city: City, proposed: Make, key: SigningKey, by_worker: None
) -> None:
    case = proposed()
    batch = decided(city.minh, case)
    end_signing(well=False)
    assert states(batch, city.minh) == ["failed"]
    assert batch_of(batch, actor=city.minh).rows[0].words == "Thiết bị không trả lời"
    case.refresh_from_db()
    assert case.state == "approving"
    decide_again(batch, actor=city.minh)
    carry_out(batch)
    assert SigningTask.objects.count() == 1  # the same one, not a second
    end_signing(well=True)
    case.refresh_from_db()
    assert case.state in ("result_ready", "returned")


def test_with_two_documents_nothing_goes_out_half_signed(
    city: City, one_stop: OneStop, processing: Make, key: SigningKey, by_worker: None
) -> None:
    case = processing()
    files = [keep_made(paper(number), actor=SYSTEM, name=f"{number}.pdf", is_loose=True).pk for number in (1, 2)]
    case = propose_dossier(
        case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=file_id) for file_id in files]
    )
    approve_dossier(case.id, actor=city.minh)
    end_signing(well=False)
    end_signing(well=True)
    case.refresh_from_db()
    assert case.state == "approving"
    approve_dossier(case.id, actor=city.minh)
    end_signing(well=True)
    case.refresh_from_db()
    assert case.state in ("result_ready", "returned")
    assert not Result.objects.filter(case_id=case.id, signed_file_id__isnull=True).exists()


@pytest.mark.parametrize("ended", ["sent back", "withdrawn"])
def test_a_signature_for_what_was_sent_back_moves_nothing(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey, by_worker: None, ended: str
) -> None:
    case = proposed()
    approve_dossier(case.id, actor=city.minh)
    if ended == "sent back":
        revise_dossier(case.id, actor=city.minh, reason="Sai tên đệm")
    else:
        withdraw_dossier(case.id, actor=one_stop.nga, reason="Đổi ý")
    case.refresh_from_db()
    before = case.state
    end_signing(well=True)
    case.refresh_from_db()
    assert case.state == before
    assert Dossier.objects.get(pk=case.id).signs_for in ("", "approve")
    assert not Result.objects.filter(case_id=case.id, signed_file_id__isnull=False).exists()


def test_what_was_replaced_never_reaches_the_person(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey
) -> None:
    case = proposed()
    wrong = Result.objects.get(case_id=case.id).file_id
    revise_dossier(case.id, actor=city.minh, reason="Sai tên đệm")
    right = keep_made(paper(3), actor=SYSTEM, name="dung.pdf", is_loose=True)
    propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=right.pk)])
    decided(city.minh, Case.objects.get(pk=case.id))
    given = set(CaseFile.objects.filter(case_id=case.id, role="result").values_list("file_id", flat=True))
    assert wrong not in given
    assert given == {Result.objects.get(case_id=case.id).signed_file_id}


# ── Apologies ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_apology_is_laid_before_the_leader(city: City, one_stop: OneStop, processing: Make) -> None:
    case = processing()
    with moment.at(on(17, 8)):
        refused("not_allowed", case, extend_dossier, actor=one_stop.oanh, reason="Chờ", longer="1 ngày làm việc")
        refused("invalid", case, ask_extension_dossier, actor=one_stop.oanh, reason="Chờ", longer="ít lâu")
        ask_extension_dossier(case.id, actor=one_stop.oanh, reason="Chờ xác minh", longer="2 ngày làm việc")
        assert clock(case, "result").due_at == on(19, 8)  # nothing is promised yet
        batch = decided(city.minh, Case.objects.get(pk=case.id), does=Deciding.EXTEND)
    assert states(batch, city.minh) == ["done"]
    assert clock(case, "result").due_at == on(23, 8)
    assert Event.objects.get(case_id=case.id, name="dossier.extended").data["reason"] == "Chờ xác minh"
    assert not Extension.objects.exists()


def test_an_apology_that_is_not_granted(city: City, one_stop: OneStop, processing: Make) -> None:
    case = processing()
    refused("wrong_state", case, decline_extension_dossier, actor=city.minh, reason="Làm kịp")
    with moment.at(on(17, 8)):
        ask_extension_dossier(case.id, actor=one_stop.oanh, reason="Chờ xác minh", until=on(25, 8))
    decline_extension_dossier(case.id, actor=city.minh, reason="Làm kịp")
    assert not Extension.objects.exists()
    assert clock(case, "result").due_at == on(19, 8)
    assert waiting(city.minh) == []


def test_several_apologies_with_one_reason_from_the_inbox(
    city: City, one_stop: OneStop, processing: Make, settings: Any
) -> None:
    with moment.at(on(17, 9)):
        first, second = processing(on(17, 8)), processing(on(17, 9))
        before = processing(on(17, 8))
        extend_dossier(before.id, actor=city.minh, reason="Cúp điện", longer="1 ngày làm việc")
        late = processing(on(16, 8))
        Clock.objects.filter(case_id=late.id, name="result").update(due_at=on(18, 8))
        client = signed_in(city.minh)
        chosen = {"case": [first.id, second.id, before.id, late.id]}
        page = client.get("/desk/nhieu/extend/", chosen).content.decode()
        assert "2 việc không làm được" in page
        assert "đã hẹn lại một lần" in page
        assert "ít nhất một ngày làm việc trước hạn" in page
        wrong = client.post("/desk/nhieu/extend/", {**chosen, "reason": "Bão số 9", "longer": "mai"})
        assert wrong.status_code == 422
        assert "Bão số 9" in wrong.content.decode()
        assert Event.objects.filter(name="dossier.extended").count() == 1
        client.post("/desk/nhieu/extend/", {**chosen, "reason": "Bão số 9", "longer": "2 ngày làm việc"})
    told = Event.objects.filter(name="dossier.extended", data__reason="Bão số 9")
    assert set(told.values_list("case_id", flat=True)) == {first.id, second.id}
    assert clock(first, "result").due_at == on(24, 8)
    assert clock(second, "result").due_at == on(24, 9)


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_list_over_the_confirmation_to_what_became_of_it(
    city: City, one_stop: OneStop, proposed: Make, key: SigningKey
) -> None:
    case = proposed()
    decision = keep_made(paper(4), actor=SYSTEM, name="QD-7.pdf")
    task = ask_for_signature(decision.pk, key.pk, actor=one_stop.oanh, title="Quyết định 7")
    client = signed_in(city.minh)
    page = client.get(QUEUE).content.decode()
    assert f'value="approve-{case.id}-{case.version}"' in page
    assert "Quyết định 7" in page
    chosen = [f"approve-{case.id}-{case.version}", f"sign-{task.pk}", "approve-x-1", "nonsense", "approve-999999999-1"]
    shown = client.get(f"{QUEUE}xac-nhan/", {"case": chosen}).content.decode()
    assert "Duyệt 2 việc?" in shown
    assert "Khoá của Minh" in shown
    answer = client.post(f"{QUEUE}xac-nhan/", {"case": chosen, "batch": str(uuid4())})
    assert answer.status_code == 302
    told = client.get(answer["Location"]).content.decode()
    assert "2 trong 2 việc đã xong." in told
    task.refresh_from_db()
    assert task.state == "done"
    assert signed_in(one_stop.sinh).get(answer["Location"]).status_code == 404


def test_what_is_to_be_signed_is_shown_and_noted(city: City, one_stop: OneStop, proposed: Make) -> None:
    case = proposed()
    client = signed_in(city.minh)
    shown = client.get(f"{QUEUE}ho-so/{case.id}/", HTTP_HX_REQUEST="true").content.decode()
    assert "Đủ điều kiện, trình ký" in shown
    file = File.objects.get(pk=Result.objects.get(case_id=case.id).file_id or 0)
    pages = [f"/tep/{file.token}/trang/{number}.png" for number in (1, 2)]
    for address in pages:
        assert address in shown
        answer = client.get(address)
        assert answer["Content-Type"] == "image/png"
        assert answer.content.startswith(b"\x89PNG")
    assert client.get(f"/tep/{file.token}/trang/3.png").status_code == 404
    assert Access.objects.filter(action="dossier.open", case_id=case.id, actor=city.minh.key).count() == 1
    assert Access.objects.filter(action="file.original", actor=city.minh.key).count() == 1  # not once for each page
    for stranger in (city.tam, one_stop.sinh):
        assert signed_in(stranger).get(pages[0]).status_code == 404
    assert signed_in(one_stop.sinh).get(f"{QUEUE}ho-so/{case.id}/").status_code == 404


@pytest.mark.parametrize("address", ["", "xac-nhan/", "ho-so/1/", "y-kien/1/", "van-ban/1/"])
def test_the_queue_is_for_leaders(one_stop: OneStop, address: str) -> None:
    assert signed_in(one_stop.oanh).get(f"{QUEUE}{address}").status_code == 403


def test_a_thousand_waiting_ask_no_more_questions(
    city: City, one_stop: OneStop, proposed: Make, django_assert_max_num_queries: Any
) -> None:
    case = proposed()
    Case.objects.bulk_create(
        Case(
            kind="dossier", code=f"T-{number}", subject="Hồ sơ thử", folded="ho so thu", state="approving",
            unit_id=case.unit_id, opened_at=MONDAY, updated_at=MONDAY, next_due_at=MONDAY, next_soon_at=MONDAY,
        )
        for number in range(1000)
    )  # fmt: skip
    client = signed_in(city.minh)
    client.get(QUEUE)
    with django_assert_max_num_queries(20):
        page = client.get(QUEUE).content.decode()
    assert page.count("data-row=") == 50
    assert "sau=" in page
    assert waiting_page(city.minh).counts["approve"] == 1001
    seen, after = 0, ""
    while True:
        found = waiting_page(city.minh, after=after)
        seen += len(found.rows)
        if not (after := found.next_key):
            break
    assert seen == 1001


def test_old_rounds_are_forgotten_and_what_waits_never(city: City, proposed: Make) -> None:
    done, open_one = uuid4(), uuid4()
    decided(city.minh, proposed(), batch=done)
    decide(open_one, [NewDecision(Deciding.APPROVE, proposed().id)], actor=city.minh)
    with moment.at(moment.now() + timedelta(days=91)):
        assert forget_decisions() == 1
    assert Decision.objects.get().batch == open_one
