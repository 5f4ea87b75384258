"""A dossier's way, from filing to its result, and everything that may stop it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from motcua.kernel.cases.models import Case, Clock, Involvement, Party
from motcua.kernel.cases.queries.reading import moves_for
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.org.actions.calendars import set_calendar_day
from motcua.kernel.payments.actions.arrivals import record_cash
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.apologising import extend_dossier
from motcua.modules.dossiers.actions.filing import Applicant, Filed, NewDossier, NewPaper, file_dossier, take_in_dossier
from motcua.modules.dossiers.actions.money import request_payment_dossier, settle_dossier
from motcua.modules.dossiers.actions.reception import (
    accept_dossier,
    hand_over_dossier,
    refuse_dossier,
    request_supplement_dossier,
    supply_dossier,
)
from motcua.modules.dossiers.actions.results import (
    approve_dossier,
    return_result_dossier,
    stop_dossier,
    withdraw_dossier,
)
from motcua.modules.dossiers.actions.working import (
    NewResult,
    assign_dossier,
    propose_dossier,
    resume_dossier,
    revise_dossier,
    suspend_dossier,
    take_dossier,
)
from motcua.modules.dossiers.kind import PORTAL_STATES, STATES
from motcua.modules.dossiers.models import Dossier, DossierPaper, Leg
from motcua.modules.dossiers.queries.reading import get_dossier, legs
from motcua.testing.city import MONDAY, ZONE, City, holding
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
AN = Applicant(name="Nguyễn Thị An", phone="0905123456", national_id="068195000001")
MISSING = [{"paper": "GT.chung-sinh", "what": "Ảnh giấy chứng sinh bị mờ", "how": "Chụp lại rõ bốn góc"}]


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)


def filed(city: City, one_stop: OneStop, at: datetime = MONDAY, **values: Any) -> Filed:
    new = NewDossier(
        version_id=values.pop("version_id", one_stop.civil.id),
        way="online",
        applicant=AN,
        answers={"child_name": "Nguyễn Bình Minh"},
        papers=[NewPaper("GT.chung-sinh", "upload", copies=1), NewPaper("GT.cu-tru", "registry", look_up_id=7)],
        area_code="24778",
        delivery="counter",
        **values,
    )
    with moment.at(at):
        return file_dossier(new, actor=city.an)


def accepted(city: City, one_stop: OneStop, at: datetime = MONDAY, **values: Any) -> Case:
    case = filed(city, one_stop, at, **values).case
    with moment.at(at):
        return accept_dossier(case.id, actor=one_stop.nga)


def processing(city: City, one_stop: OneStop, at: datetime = MONDAY) -> Case:
    case = accepted(city, one_stop, at)
    with moment.at(at):
        return hand_over_dossier(case.id, actor=one_stop.nga)


def clock(case: Case, name: str) -> Clock:
    return Clock.objects.get(case_id=case.id, name=name, stopped_at__isnull=True)


def names(case: Case) -> list[str]:
    return list(Event.objects.filter(case_id=case.id).order_by("id").values_list("name", flat=True))


def refused(code: str, case: Case, action: Any, *arguments: Any, **values: Any) -> Refused:
    """The action is refused with ``code``, and nothing is different afterwards."""
    before, told = Case.objects.filter(pk=case.id).values().get(), names(case)
    clocks = list(Clock.objects.filter(case_id=case.id).order_by("id").values())
    with pytest.raises(Refused) as refusal:
        action(case.id, *arguments, **values)
    assert refusal.value.code == code
    assert Case.objects.filter(pk=case.id).values().get() == before
    assert names(case) == told
    assert list(Clock.objects.filter(case_id=case.id).order_by("id").values()) == clocks
    return refusal.value


def test_from_filing_to_the_result_in_hand(city: City, one_stop: OneStop) -> None:
    case = filed(city, one_stop).case
    assert (case.state, case.unit_id) == ("submitted", one_stop.reception_one.id)
    assert clock(case, "receive").due_at == on(17, 8)  # eight working hours
    with moment.at(on(16, 9)):
        case = accept_dossier(case.id, actor=one_stop.nga)
    assert case.state == "accepted"
    assert clock(case, "result").due_at == on(19, 9)  # three working days from the acceptance, not from the filing
    assert case.due_at == on(19, 9)
    assert clock(case, "leg").due_at == on(16, 17)  # the hand-over: the same working day
    with moment.at(on(16, 10)):
        case = hand_over_dossier(case.id, actor=one_stop.nga)
    assert (case.state, case.unit_id) == ("processing", city.office_one.id)
    assert clock(case, "leg").due_at == on(17, 10)
    with moment.at(on(16, 11)):
        take_dossier(case.id, actor=one_stop.oanh)
        case = propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", number="12/2026")])
    assert (case.state, case.unit_id) == ("approving", city.ward_one.id)
    with moment.at(on(17, 8)):
        case = approve_dossier(case.id, actor=city.minh)
    assert (case.state, case.unit_id) == ("result_ready", one_stop.reception_one.id)
    assert not Clock.objects.filter(case_id=case.id, stopped_at__isnull=True).exists()
    assert case.closed_at is None
    with moment.at(on(18, 8)):
        case = return_result_dossier(case.id, actor=one_stop.nga, delivery="counter", to="Căn cước của người nộp")
    assert (case.state, case.closed_at) == ("returned", on(18, 8))
    assert names(case) == [
        "dossier.submitted", "dossier.accepted", "dossier.handed_over", "dossier.taken", "dossier.proposed",
        "dossier.approved", "dossier.ready", "dossier.returned",
    ]  # fmt: skip
    legs = list(Leg.objects.filter(case_id=case.id).order_by("id"))
    assert [(leg.name, leg.unit_id, leg.ended_at is not None) for leg in legs] == [
        ("Tiếp nhận", one_stop.reception_one.id, True),
        ("Thẩm tra", city.office_one.id, True),
        ("Ký giấy khai sinh", city.ward_one.id, True),
    ]
    ready = Event.objects.get(case_id=case.id, name="dossier.ready")
    assert ready.data["on_time"] is True
    assert ready.data["unit_id"] == city.ward_one.id


def test_what_was_declared_is_sealed_at_rest(city: City, one_stop: OneStop) -> None:
    case = filed(city, one_stop).case
    row = Dossier.objects.get(pk=case.id)
    assert "Bình Minh".encode() not in bytes(row.answers_sealed)
    assert get_dossier(case.id, actor=one_stop.nga).answers == {"child_name": "Nguyễn Bình Minh"}
    assert "an" not in case.folded.split()
    events = str(list(Event.objects.filter(case_id=case.id).values_list("data", flat=True)))
    assert "Nguyễn" not in events


def test_the_same_key_sent_twice_makes_one_dossier(city: City, one_stop: OneStop) -> None:
    first = filed(city, one_stop, key="k1")
    again = filed(city, one_stop, key="k1")
    assert (again.case.id, again.token, again.is_repeat) == (first.case.id, first.token, True)
    assert Case.objects.filter(kind="dossier").count() == 1


def test_a_clerk_takes_it_in_and_accepts_it_in_one_go(city: City, one_stop: OneStop) -> None:
    new = NewDossier(
        version_id=one_stop.civil.id, way="counter", applicant=AN, area_code="24778", channel="counter",
        reception_unit_id=one_stop.reception_one.id, papers=[NewPaper("GT.chung-sinh", "counter", originals=1)],
    )  # fmt: skip
    with moment.at(MONDAY):
        case = take_in_dossier(new, actor=one_stop.nga).case
        case.refresh_from_db()
        assert case.state == "accepted"
        with pytest.raises(Refused):
            take_in_dossier(new, actor=one_stop.oanh)  # not a clerk
        with pytest.raises(Refused):
            take_in_dossier(new, actor=one_stop.dung)  # not of this reception
    assert Case.objects.filter(kind="dossier").count() == 1


def test_taken_in_outside_its_boundary_the_clock_starts_where_it_is_settled(city: City, one_stop: OneStop) -> None:
    new = NewDossier(
        version_id=one_stop.civil.id, way="counter", applicant=AN, area_code="24778", channel="counter",
        reception_unit_id=one_stop.reception_two.id,
    )  # fmt: skip
    with moment.at(on(16, 9)):
        case = take_in_dossier(new, actor=one_stop.dung).case
    assert (case.state, case.unit_id) == ("transferred", one_stop.reception_one.id)
    assert not Clock.objects.filter(case_id=case.id, name="result").exists()
    assert get_dossier(case.id, actor=one_stop.dung).case.id == case.id  # whoever took it in may follow it
    refused("not_allowed", case, accept_dossier, actor=one_stop.dung)
    with moment.at(on(17, 9)):
        case = accept_dossier(case.id, actor=one_stop.nga)
    assert clock(case, "result").due_at == on(20, 9)


@pytest.mark.parametrize(("received", "by"), [(on(20, 14, 50), on(20, 17)), (on(20, 15, 10), on(23, 8))])
def test_handed_over_the_same_day_or_after_three_at_the_next_ones_beginning(
    city: City, one_stop: OneStop, received: datetime, by: datetime
) -> None:
    assert clock(accepted(city, one_stop, received), "leg").due_at == by


@pytest.mark.parametrize(
    ("received", "due"),
    [(on(16, 9), on(16, 17)), (on(16, 15, 10), on(17, 17)), (on(23, 16), on(25, 17))],  # 24/11 is a holiday: below
)
def test_a_same_day_procedure_and_its_cutoff(city: City, one_stop: OneStop, received: datetime, due: datetime) -> None:
    from motcua.kernel.org.models import CalendarDay

    CalendarDay.objects.create(
        calendar=city.province.calendar,
        date=on(24, 0).date(),
        kind=CalendarDay.Kind.OFF,
        name="Lễ",
    )
    case = accepted(city, one_stop, received, version_id=one_stop.copy.id)
    assert clock(case, "result").due_at == due


def test_a_supplement_stops_the_clocks_and_the_rest_goes_on(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)  # Monday 08:00: due Thursday 08:00
    with moment.at(on(17, 7)):
        case = request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Không đọc được")
    assert case.state == "supplement_requested"
    assert {each.name for each in Clock.objects.filter(case_id=case.id, paused_at__isnull=True, stopped_at=None)} == {
        "supplement"
    }
    party = Party.objects.get(case_id=case.id)
    with moment.at(on(19, 7)):
        case = supply_dossier(case.id, actor=holding(party.id, case.id), note="Đã chụp lại")
    assert case.state == "processing"
    assert clock(case, "result").due_at == on(23, 8)  # two working days later than Thursday
    assert clock(case, "leg").due_at == on(19, 8)  # seven of eight hours were used: one is left
    leg = legs(case.id)[-1]
    assert leg.due_at == on(19, 8), "what people read, and what the control slip calls late"
    with moment.at(on(19, 7) + timedelta(minutes=30)):
        propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
    leg.refresh_from_db()
    assert leg.ended_at is not None
    assert leg.ended_at < leg.due_at


def test_a_day_off_that_is_added_moves_the_leg_that_people_read(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)  # the leg ends Tuesday 08:00
    before = legs(case.id)
    with moment.at(on(16, 10)):
        set_calendar_day(city.province.calendar_id or 0, on(17, 0).date(), kind="off", name="Lễ", actor=SYSTEM)
        read_everything()
    after = legs(case.id)
    assert clock(case, "leg").due_at == after[-1].due_at == on(18, 8)
    assert [leg.due_at for leg in after[:-1]] == [leg.due_at for leg in before[:-1]], "what is over stays as it was"


def test_whoever_withdraws_while_it_waits_makes_nobody_late(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)  # the leg ends Tuesday 08:00
    with moment.at(on(17, 7)):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Không đọc được")
    with moment.at(on(19, 7)):
        actor = holding(Party.objects.get(case_id=case.id).id, case.id)
        withdraw_dossier(case.id, actor=actor, reason="Nộp nhầm")
    assert not [leg for leg in Leg.objects.filter(case_id=case.id) if leg.ended_at and leg.ended_at > leg.due_at]


def test_at_most_two_supplements(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    for _turn in range(2):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Mờ")
        supply_dossier(case.id, actor=one_stop.oanh, note="Đã có")
    refused("too_many_supplements", case, request_supplement_dossier, actor=one_stop.oanh, items=MISSING, reason="Mờ")
    refused("invalid", case, request_supplement_dossier, actor=one_stop.oanh, items=[], reason="Mờ")


def test_a_payment_stops_the_clocks_until_it_has_come(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    with moment.at(on(16, 10)):
        refused("invalid", case, request_payment_dossier, actor=one_stop.oanh, lines=[])
        tax = Line("THUE.tncn", "Thuế thu nhập cá nhân", "thue", 2_500_000)
        case = request_payment_dossier(case.id, actor=one_stop.oanh, lines=[tax])
        assert case.state == "payment_requested"
        refused("unpaid", case, settle_dossier, actor=one_stop.nga)
    with moment.at(on(17, 10)):
        owed = obligations([case.id])[case.id][0]
        record_cash(owed.id, actor=one_stop.nga)
        read_everything()
    case.refresh_from_db()
    assert case.state == "processing"
    assert clock(case, "result").due_at == on(20, 8)


def test_refusing_says_why(city: City, one_stop: OneStop) -> None:
    case = filed(city, one_stop).case
    refused("invalid", case, refuse_dossier, actor=one_stop.nga, reason="  ")
    case = refuse_dossier(case.id, actor=one_stop.nga, reason="Không thuộc thẩm quyền")
    assert case.state == "refused"
    assert case.closed_at is not None
    assert not Clock.objects.filter(case_id=case.id, stopped_at__isnull=True).exists()


def test_an_apology_comes_in_advance_and_once(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)  # due Thursday 08:00
    with moment.at(on(18, 9)):
        refused("too_late", case, extend_dossier, actor=city.minh, reason="Chờ xác minh", until=on(25, 8))
    with moment.at(on(17, 9)):
        refused("invalid", case, extend_dossier, actor=city.minh, reason="Chờ xác minh", until=on(18, 8))
        case = extend_dossier(case.id, actor=city.minh, reason="Chờ xác minh", until=on(25, 8))
        assert case.due_at == on(25, 8)
        refused("extended_before", case, extend_dossier, actor=city.minh, reason="Nữa", until=on(27, 8))


def test_lateness_has_an_owner(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    with moment.at(on(23, 8)):
        case = propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
        case = approve_dossier(case.id, actor=city.minh)
    late = [leg.unit_id for leg in Leg.objects.filter(case_id=case.id) if leg.ended_at and leg.ended_at > leg.due_at]
    assert late == [city.office_one.id]
    assert Event.objects.get(case_id=case.id, name="dossier.ready").data["on_time"] is False


def test_sent_back_it_is_the_office_again(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    case = propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
    case = revise_dossier(case.id, actor=city.minh, reason="Sai tên đệm")
    assert (case.state, case.unit_id) == ("processing", city.office_one.id)
    case = propose_dossier(case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh")])
    assert case.state == "approving"


def test_a_pause_by_law_and_going_on(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    with moment.at(on(16, 10)):
        suspend_dossier(case.id, actor=one_stop.oanh, reason="Tòa án đang thụ lý")
    with moment.at(on(18, 10)):
        case = resume_dossier(case.id, actor=one_stop.oanh)
    assert case.state == "processing"
    assert clock(case, "result").due_at == on(23, 8)


def test_the_person_withdraws_but_nobody_else_for_them(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    stranger = holding(10**6, case.id + 1)
    refused("not_found", case, withdraw_dossier, actor=stranger, reason="Đổi ý")
    refused("not_found", case, withdraw_dossier, actor=city.tam, reason="Đổi ý")
    party = Party.objects.get(case_id=case.id)
    case = withdraw_dossier(case.id, actor=holding(party.id, case.id), reason="Đổi ý")
    assert (case.state, case.closed_at is not None) == ("withdrawn", True)


def test_stopping_waits_until_the_person_had_their_time(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    with moment.at(on(16, 10)):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=MISSING, reason="Mờ")
        refused("too_early", case, stop_dossier, actor=one_stop.oanh, reason="Không bổ sung")
    with moment.at(on(16, 10) + timedelta(days=20)):
        assert stop_dossier(case.id, actor=one_stop.oanh, reason="Không bổ sung").state == "stopped"


def test_an_officer_may_be_given_it_only_within_the_unit(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    assert city.tam.id is not None
    assert one_stop.oanh.id is not None
    refused("invalid", case, assign_dossier, actor=city.minh, officer_id=city.tam.id)
    case = assign_dossier(case.id, actor=city.minh, officer_id=one_stop.oanh.id)
    assert case.officer_id == one_stop.oanh.id
    assert clock(case, "leg").officer_id == one_stop.oanh.id
    assert clock(case, "result").officer_id is None


def test_a_provincial_procedure_goes_to_its_department(city: City, one_stop: OneStop) -> None:
    case = filed(city, one_stop, version_id=one_stop.land.id).case
    assert case.unit_id == one_stop.reception_province.id
    refused("not_found", case, accept_dossier, actor=one_stop.nga)
    case = accept_dossier(case.id, actor=one_stop.phuc)
    case = hand_over_dossier(case.id, actor=one_stop.phuc)
    assert case.unit_id == one_stop.department.id
    assert get_dossier(case.id, actor=one_stop.phuc).case.id == case.id


def test_units_that_had_a_part_read_on_and_others_never_do(city: City, one_stop: OneStop) -> None:
    case = processing(city, one_stop)
    assert set(Involvement.objects.filter(case_id=case.id).values_list("unit_id", flat=True)) == {
        one_stop.reception_one.id,
        city.office_one.id,
    }
    assert get_dossier(case.id, actor=one_stop.nga).case.id == case.id
    for actor in (city.tam, one_stop.dung, one_stop.kien, city.an, city.lan, city.quan):
        with pytest.raises(Refused) as refusal:
            get_dossier(case.id, actor=actor)
        assert refusal.value.code == "not_found"


@pytest.mark.parametrize("who", ["nga", "oanh"])
def test_moves_are_those_of_state_and_role(city: City, one_stop: OneStop, who: str) -> None:
    actor: Actor = getattr(one_stop, who)
    case = processing(city, one_stop)
    offered = {move.name for move in moves_for(case, actor)}
    if who == "oanh":
        assert {"propose", "request_supplement", "take"} <= offered
        assert not {"approve", "accept", "withdraw"} & offered
    else:
        # The clerk of the whole ward may act for its offices, and takes a withdrawal at the counter.
        assert {"withdraw", "note"} <= offered
        assert "approve" not in offered


def test_every_state_has_its_number_on_the_national_portal() -> None:
    assert set(PORTAL_STATES) == {state.name for state in STATES}


def test_papers_keep_where_they_came_from(city: City, one_stop: OneStop) -> None:
    case = filed(city, one_stop).case
    kept = {paper.code: (paper.name, paper.source) for paper in DossierPaper.objects.filter(case_id=case.id)}
    assert kept == {
        "GT.chung-sinh": ("Giấy chứng sinh", "upload"),
        "GT.cu-tru": ("Giấy xác nhận cư trú", "registry"),
    }
