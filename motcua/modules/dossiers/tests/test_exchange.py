"""What a dossier is to the State's systems, from filing to the result."""

import io
from collections.abc import Iterator

import pytest
from django.test import Client

from motcua.kernel.events.actions import read_on
from motcua.kernel.events.kind import READERS
from motcua.kernel.exchange import ports, tasks
from motcua.kernel.exchange.models import Lane
from motcua.kernel.exchange.tests.samples import FakePartner
from motcua.kernel.exchange.tests.test_importing import row, take
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof
from motcua.kernel.identity.kind import SYSTEM, Level
from motcua.kernel.identity.models import Account
from motcua.kernel.payments.actions.arrivals import record_cash
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, file_dossier
from motcua.modules.dossiers.actions.money import request_payment_dossier, settle_dossier
from motcua.modules.dossiers.actions.reception import refuse_dossier, request_supplement_dossier, supply_dossier
from motcua.modules.dossiers.actions.results import approve_dossier, return_result_dossier, withdraw_dossier
from motcua.modules.dossiers.actions.working import NewResult, note_dossier, propose_dossier
from motcua.modules.dossiers.kind import PORTAL_STATES, STATES
from motcua.modules.dossiers.queries.exchange import describe
from motcua.modules.dossiers.tests.conftest import AN, File, Make
from motcua.modules.dossiers.tests.test_actions import MISSING, on
from motcua.modules.dossiers.tests.test_behalf import authorise, somebody
from motcua.modules.dossiers.tests.test_desk import page
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def states(case_id: int) -> list[int]:
    found = describe(case_id)
    assert found is not None
    return [step.state for step in found.steps]


def test_every_state_has_its_number() -> None:
    assert {state.name for state in STATES} == set(PORTAL_STATES)


def test_from_filing_to_the_result(city: City, one_stop: OneStop, processing: Make) -> None:
    case = processing(delivery="online")
    with moment.at(on(16, 10)):
        kept = store_file(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), actor=one_stop.oanh, purpose=Purpose.DOCUMENT)
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", file_id=kept.pk)])
        found = describe(case.id)
        assert found is not None
        assert (found.dossier.state, found.dossier.results, found.dossier.finished_at) == (4, [], None)
        approve_dossier(case.id, actor=city.minh)
    found = describe(case.id)
    assert found is not None
    told = found.dossier
    assert [step.state for step in found.steps] == [1, 2, 4, 4, 9, 9, 10]  # given at once: it is a file
    assert (told.state, told.procedure, told.field_name, told.time) == (10, "1.000001", "Hộ tịch", "3 ngày làm việc")
    assert (told.applicant.name, told.applicant.identifier, told.applicant.is_proved) == (
        AN.name,
        AN.national_id,
        False,
    )
    assert (told.reception, told.filed_at.date(), told.due_at) == ("24778-hanh-chinh-cong", on(16, 8).date(), on(19, 8))
    assert (told.accepted_at, told.finished_at, told.returned_at) == (on(16, 8), on(16, 10), on(16, 10))
    assert [(paper.code, paper.is_from_registry) for paper in told.papers] == [
        ("GT.chung-sinh", False),
        ("GT.cu-tru", True),
    ]
    (result,) = told.results
    assert (result.name, result.file is not None and result.file.file_id) == ("Giấy khai sinh", kept.pk)
    accepted = found.steps[1]
    assert (accepted.officer, accepted.title, accepted.unit) == (
        "Ngô Thị Nga",
        "Văn thư, một cửa",
        "24778-hanh-chinh-cong",
    )
    assert found.steps[2].due_at == on(17, 8)  # of the leg that began with it


def test_supplements_and_money(one_stop: OneStop, processing: Make) -> None:
    case = processing()
    with moment.at(on(16, 10)):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Ảnh mờ")
        assert states(case.id)[-1] == 5
    with moment.at(on(16, 11)):
        supply_dossier(case.id, actor=one_stop.oanh, papers=[], note="đã nhận")
        assert states(case.id)[-1] == 4
        line = Line("LP.ks", "Lệ phí", "le_phi", 8000)
        request_payment_dossier(case.id, actor=one_stop.oanh, lines=[line])
    found = describe(case.id)
    assert found is not None
    (asked,) = found.dossier.supplements
    assert (asked.number, asked.what, asked.supplied_at) == (1, "Ảnh giấy chứng sinh bị mờ", on(16, 11))
    (fee,) = found.dossier.fees
    assert (found.dossier.state, fee.amount, fee.is_paid) == (6, 8000, False)
    with moment.at(on(16, 14)):
        record_cash(obligations([case.id])[case.id][0].pk, actor=one_stop.nga)
        settle_dossier(case.id, actor=one_stop.nga)
    found = describe(case.id)
    assert found is not None
    assert (found.dossier.state, found.dossier.fees[0].is_paid, found.dossier.fees[0].is_paid_online) == (
        4,
        True,
        False,
    )
    assert states(case.id)[-1] == 4


def test_notes_among_officials_stay_theirs(one_stop: OneStop, processing: Make) -> None:
    case = processing()
    count = len(states(case.id))
    note_dossier(case.id, actor=one_stop.oanh, note="Người này hay kêu")
    assert len(states(case.id)) == count


def test_refused_and_withdrawn(city: City, one_stop: OneStop, filed: File) -> None:
    refused = filed().case
    refuse_dossier(refused.id, actor=one_stop.nga, reason="Sai nơi nộp")
    assert states(refused.id) == [1, 3]
    found = describe(refused.id)
    assert found is not None
    assert (found.dossier.note, found.dossier.finished_at is not None) == ("Sai nơi nộp", True)
    withdrawn = filed().case
    withdraw_dossier(withdrawn.id, actor=one_stop.nga, reason="Đổi ý, gọi 0905123456")
    found = describe(withdrawn.id)
    assert found is not None
    assert (states(withdrawn.id), "0905123456" in found.dossier.note) == ([1, 7], False)


def test_filed_for_another(one_stop: OneStop) -> None:
    giver = somebody(AN.name, AN.phone, "068195000001")
    filer = somebody("Lê Văn Bảo", "0905777888", "068085000203")
    new = NewDossier(
        one_stop.civil.id, "online", Applicant(person_id=giver.person_id), answers={"child_name": "Minh"},
        area_code="24778", filer=Applicant(person_id=filer.person_id), authorisation_id=authorise(giver, filer).pk,
    )  # fmt: skip
    found = describe(file_dossier(new, actor=filer).case.id)
    assert found is not None
    assert found.dossier.filer is not None
    assert (found.dossier.applicant.name, found.dossier.filer.name) == (AN.name, "Lê Văn Bảo")


def test_the_describing_asks_a_bounded_number_of_questions(
    processing: Make, django_assert_max_num_queries: object
) -> None:
    case = processing()
    describe(case.id)
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        describe(case.id)


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakePartner]:
    made = FakePartner()
    monkeypatch.setitem(ports.PARTNERS, made.name, made)
    tasks.CIRCUITS.clear()
    yield made
    tasks.CIRCUITS.clear()


def tell() -> None:
    while read_on(READERS["exchange"]):
        pass
    tasks.send_due()


def test_the_page_says_how_it_stands(one_stop: OneStop, processing: Make, partner: FakePartner) -> None:
    case = processing()
    assert "Chưa gửi" in page(one_stop.oanh, case)
    tell()
    assert partner.heard(case)[0] == "dossier:4"
    assert "Đã đồng bộ" in page(one_stop.oanh, case)
    partner.fates[case.code] = "refuse"
    note_dossier(case.id, actor=one_stop.oanh, note="nội bộ")
    tell()
    assert Lane.objects.get().state == "current"  # there was nothing to tell
    with moment.at(on(16, 10)):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Ảnh mờ")
    tell()
    shown = page(one_stop.oanh, case)
    assert ("Bên kia từ chối" in shown, "Mã thủ tục chưa có (1)" in shown) == (True, True)
    partner.is_on = False
    assert "Bên kia từ chối" not in page(one_stop.oanh, case)


def test_a_person_follows_what_ministries_have(db: None) -> None:
    take(row())
    account = identity.new_person_account(identity.create_person("Nguyễn Thị An", "0905 111 222"))
    identity.prove_person(
        account.person_id or 0, Proof("068195000001", "Nguyễn Thị An"), level=Level.COUNTER, actor=SYSTEM
    )
    client = Client()
    client.force_login(Account.objects.get(pk=account.pk))
    shown = client.get("/ho-so/").content.decode()
    for words in ("Cấp chứng chỉ hành nghề", "Cục Quản lý", "Bộ Xây dựng", "Đang xử lý"):
        assert words in shown
    stranger = Client()
    assert "Cấp chứng chỉ" not in stranger.get("/ho-so/").content.decode()
    code = "G09.20-20260609-0092637"
    answer = stranger.post("/ho-so/", {"code": code, "secret": "068195000001"})
    assert (answer.status_code, "Cấp chứng chỉ hành nghề" in answer.content.decode()) == (200, True)
    wrong = stranger.post("/ho-so/", {"code": code, "secret": "068195000002"})
    assert (wrong.status_code, "Cấp chứng chỉ" in wrong.content.decode()) == (422, False)


def test_the_returned_result_of_a_counter(city: City, one_stop: OneStop, processing: Make) -> None:
    case = processing(delivery="counter")
    with moment.at(on(16, 10)):
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
        approve_dossier(case.id, actor=city.minh)
    assert states(case.id)[-1] == 9
    with moment.at(on(17, 9)):
        return_result_dossier(case.id, actor=one_stop.nga, to="Căn cước")
    found = describe(case.id)
    assert found is not None
    assert (found.dossier.state, found.dossier.finished_at, found.dossier.returned_at) == (10, on(16, 10), on(17, 9))
