"""Every move of a report: what it changes, what it starts and stops, and what it refuses without a trace."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from motcua.kernel.cases.actions.sweeping import remind_and_escalate, sweep_past
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case, Clock, ClockRule, Party, RoutingRule
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.cases.queries.telling import recipients
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.kernel.identity.models import Account, Person
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents import tasks
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.models import Addition, Incident, Phrase
from motcua.testing.city import LAMP_AT, MONDAY, WARD_TWO_AT, City, add_officer, holding

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def lamp(city: City, text: str = "Đèn đường tắt ba đêm", **changes: Any) -> Case:
    values = {"text": text, "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1], "name": "An",
              "phone": "0905 123 456", **changes}  # fmt: skip
    with moment.at(MONDAY):
        return submit_incident(NewIncident(**values), actor=city.an).case


def reporter(case: Case) -> Actor:
    return holding(Party.objects.filter(case=case).earliest("id").id, case.id)


def clock(case: Case, name: str) -> Clock:
    return Clock.objects.filter(case=case, name=name).latest("id")


def worked_on(city: City) -> Case:
    case = lamp(city)
    with moment.at(MONDAY + HOUR):
        receiving.take_incident(case.id, actor=city.hoa)
    return case


def done(city: City) -> Case:
    case = worked_on(city)
    with moment.at(MONDAY + 2 * HOUR):
        working.resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        working.approve_incident(case.id, actor=city.minh)
    return case


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.id)


def test_dispatch_begins_the_first_promise_anew_and_keeps_the_result(city: City) -> None:
    case = lamp(city)
    result = clock(case, "result").due_at
    with moment.at(MONDAY + 3 * HOUR):
        receiving.dispatch_incident(case.id, actor=city.minh, unit_id=city.lights.id, note="Của đội đèn")
    old, new = Clock.objects.filter(case=case, name="accept").order_by("id")
    assert (old.unit_id, old.stopped_at) == (city.office_one.id, MONDAY + 3 * HOUR)
    assert (new.unit_id, new.started_at, new.stopped_at) == (city.lights.id, MONDAY + 3 * HOUR, None)
    assert (clock(case, "result").due_at, clock(case, "result").unit_id) == (result, city.lights.id)
    assert (again(case).unit_id, again(case).officer_id) == (city.lights.id, None)


@pytest.mark.parametrize("unit", ["the same", "none"])
def test_dispatch_to_nowhere_is_refused(city: City, unit: str) -> None:
    case = lamp(city)
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        receiving.dispatch_incident(case.id, actor=city.minh, unit_id=case.unit_id if unit == "the same" else 0)
    assert "unit" in refused.value.fields
    assert (again(case).version, Event.objects.count()) == (1, before)


def test_return_goes_back_to_where_it_is_decided(city: City) -> None:
    case = lamp(city)
    receiving.return_incident(case.id, actor=city.hoa, reason="Đèn của điện lực")
    assert (again(case).state, again(case).unit_id) == ("submitted", city.centre.id)
    event = Event.objects.get(case_id=case.id, name="incident.returned")
    assert event.data["unit"] == "Phòng Kinh tế Một"


def test_request_info_pauses_and_the_answer_gives_back_the_waiting_time(city: City) -> None:
    case = worked_on(city)
    due = clock(case, "result").due_at
    with moment.at(MONDAY + 2 * HOUR):
        working.request_info_incident(case.id, actor=city.hoa, question="Cột số mấy?")
    assert again(case).next_due_at is None
    with moment.at(MONDAY + timedelta(days=1, hours=2)):
        people.provide_info_incident(case.id, actor=reporter(case), text="Cột số 12, gọi 0905 123 456")
    assert again(case).state == "in_progress"
    # One working day of waiting moves the end by one working day.
    assert clock(case, "result").due_at == due + timedelta(days=1)
    addition = case.additions.get()
    assert "0905" in addition.text
    assert "0905" not in addition.public_text


def test_an_empty_answer_is_refused_and_the_clocks_stay(city: City) -> None:
    case = worked_on(city)
    working.request_info_incident(case.id, actor=city.hoa, question="Cột số mấy?")
    with pytest.raises(Refused):
        people.provide_info_incident(case.id, actor=reporter(case), text="  ")
    assert again(case).state == "info_requested"
    assert not Event.objects.filter(name="incident.info_provided").exists()


def test_extend_once_with_reason_and_a_later_moment(city: City) -> None:
    case = worked_on(city)
    due = clock(case, "result").due_at
    for reason, new_due in (("", due + HOUR), ("Chờ vật tư", due), ("Chờ vật tư", due - HOUR)):
        with pytest.raises(Refused):
            working.extend_incident(case.id, actor=city.hoa, reason=reason, due_at=new_due)
    assert clock(case, "result").due_at == due
    with moment.at(MONDAY + 2 * HOUR):
        working.extend_incident(case.id, actor=city.hoa, reason="Chờ vật tư", due_at=due + timedelta(days=1))
    assert (clock(case, "result").due_at, clock(case, "result").first_due_at) == (due + timedelta(days=1), due)
    with pytest.raises(Refused, match="already_extended"):
        working.extend_incident(case.id, actor=city.hoa, reason="Nữa", due_at=due + timedelta(days=2))
    assert Event.objects.filter(name="incident.extended").count() == 1


def test_classify_reckons_promises_again_and_teaches(city: City) -> None:
    case = lamp(city, text="Rác đầy hẻm, gọi 0905 123 456")
    receiving.classify_incident(case.id, actor=city.minh, category="waste", urgency="khan")
    assert (again(case).category.code, again(case).urgency) == ("waste", "khan")  # type: ignore[union-attr]
    phrase = Phrase.objects.get(case_id=case.id)
    assert phrase.category == "waste"
    assert "0905" not in phrase.text
    receiving.classify_incident(case.id, actor=city.minh, category="street-lighting")
    assert Phrase.objects.get(case_id=case.id).category == "street-lighting"


def test_a_category_that_is_not_public_takes_the_report_from_the_public(city: City) -> None:
    case = worked_on(city)
    assert again(case).published_at is not None
    receiving.classify_incident(case.id, actor=city.minh, category="official-conduct")
    assert again(case).published_at is None
    working.resolve_incident(case.id, actor=city.hoa, result="Đã nhắc nhở")
    working.approve_incident(case.id, actor=city.minh)
    assert (again(case).state, again(case).published_at) == ("answered", None)
    with pytest.raises(Refused, match="not_public"):
        working.show_incident(case.id, actor=city.minh)


def test_reject_needs_a_reason_and_stops_every_clock(city: City) -> None:
    case = lamp(city)
    with pytest.raises(Refused):
        receiving.reject_incident(case.id, actor=city.minh, reason=" ")
    assert again(case).state == "dispatched"
    receiving.reject_incident(case.id, actor=city.minh, reason="Việc dân sự")
    assert not Clock.objects.filter(case=case, stopped_at__isnull=True).exists()
    assert again(case).closed_at is not None


def test_merge_keeps_everybody_informed(city: City) -> None:
    kept, doubled = lamp(city), lamp(city, phone="0905 999 888", name="Bình")
    receiving.merge_incident(doubled.id, actor=city.minh, into_code=kept.code)
    assert (again(doubled).state, again(doubled).merged_into_id) == ("merged", kept.id)
    assert set(Party.objects.filter(case=kept).values_list("person_id", flat=True)) == {
        kept.person_id,
        doubled.person_id,
    }
    assert Incident.objects.get(pk=kept.id).joined == 1
    assert Event.objects.filter(case_id=kept.id, name="incident.absorbed").exists()


def test_merge_into_itself_or_into_what_is_done_is_refused(city: City) -> None:
    case, finished = lamp(city), done(city)
    for code in (case.code, finished.code, "PA-000000-0000"):
        with pytest.raises(Refused):
            receiving.merge_incident(case.id, actor=city.minh, into_code=code)
    assert again(case).state == "dispatched"
    assert not Event.objects.filter(name="incident.merged").exists()


def test_revise_sends_it_back_and_the_promise_runs_on(city: City) -> None:
    case = worked_on(city)
    working.resolve_incident(case.id, actor=city.hoa, result="Xong")
    assert clock(case, "result").stopped_at is None
    working.revise_incident(case.id, actor=city.minh, reason="Chưa thấy ảnh")
    assert again(case).state == "in_progress"


def test_photos_of_a_result_need_a_sentence(city: City) -> None:
    case = worked_on(city)
    with pytest.raises(Refused) as refused:
        working.resolve_incident(case.id, actor=city.hoa, result="Xong", file_ids=[1])
    assert "caption" in refused.value.fields
    assert again(case).state == "in_progress"


def test_join_and_still_there_are_for_what_everybody_sees(city: City) -> None:
    case = lamp(city)
    Incident.objects.filter(pk=case.id).update(hidden_at=MONDAY)
    for act in (people.join_incident, people.report_still_there_incident):
        with pytest.raises(Refused, match="not_found"):
            act(case.id, actor=city.binh)
    Incident.objects.filter(pk=case.id).update(hidden_at=None)
    receiving.accept_incident(case.id, actor=city.hoa)
    people.join_incident(case.id, actor=city.binh, phone="0905 777 666")
    people.report_still_there_incident(case.id, actor=city.binh)
    incident = Incident.objects.get(pk=case.id)
    assert (incident.joined, incident.still_there) == (1, 1)


def test_rating_again_replaces_and_counts_once(city: City) -> None:
    case = done(city)
    people.rate_incident(case.id, actor=reporter(case), score=2)
    people.rate_incident(case.id, actor=reporter(case), score=5, words=" Nhanh quá ")
    assert [(rating.score, rating.words) for rating in case.ratings.all()] == [(5, "Nhanh quá")]
    first, second = Event.objects.filter(name="incident.rated").order_by("id")
    assert (first.data["before"], second.data["before"]) == (None, 2)
    with pytest.raises(Refused):
        people.rate_incident(case.id, actor=reporter(case), score=6)
    with pytest.raises(Refused):
        people.rate_incident(case.id, actor=city.binh, score=5)


def test_reminders_and_escalations_come_once_each(city: City) -> None:
    case = lamp(city)
    remind, due = clock(case, "accept").remind_at, clock(case, "accept").due_at
    assert remind is not None
    with moment.at(remind - timedelta(minutes=1)):
        assert remind_and_escalate() == 0
    with moment.at(remind):
        assert remind_and_escalate() == 1
        assert remind_and_escalate() == 0
    with moment.at(due):
        assert remind_and_escalate() == 1
        assert remind_and_escalate() == 0
    names = (
        Event.objects.filter(case_id=case.id, name__startswith="clock.").order_by("id").values_list("name", flat=True)
    )
    assert list(names) == ["clock.reminded", "clock.escalated"]


def test_where_history_is_made_each_comes_at_its_own_moment(city: City) -> None:
    case = lamp(city)
    accept, result = clock(case, "accept"), clock(case, "result")

    def told() -> list[tuple[str, object]]:
        events = Event.objects.filter(case_id=case.id, name__startswith="clock.")
        return list(events.order_by("id").values_list("name", "at"))

    sweep_past(case.id, accept.due_at)  # at that very moment the promise may still be kept
    assert told() == [("clock.reminded", accept.remind_at)]
    for _again in range(2):
        sweep_past(case.id, result.due_at + HOUR)
        assert told() == [
            ("clock.reminded", accept.remind_at),
            ("clock.escalated", accept.due_at),
            ("clock.reminded", result.remind_at),
            ("clock.escalated", result.due_at),
        ]


def test_a_clock_that_was_set_back_is_late_from_then_on(city: City) -> None:
    case = lamp(city)
    Clock.objects.filter(case=case, name="accept").update(remind_at=MONDAY - 2 * HOUR, due_at=MONDAY - HOUR)
    sweep_past(case.id, MONDAY + HOUR)
    event = Event.objects.get(case_id=case.id, name__startswith="clock.")
    assert (event.name, event.at) == ("clock.escalated", MONDAY)  # no reminder any more, and nothing before it was sent


@pytest.mark.parametrize(("hours", "target"), [("off", "centre-1022"), ("working", "lights")])
def test_a_way_of_some_hours_is_taken_in_these_alone(city: City, hours: str, target: str) -> None:
    RoutingRule.objects.create(kind="incident", position=1, hours=hours, target=target, reason="Theo giờ")
    forget_rules()
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    at = {"working": MONDAY + timedelta(hours=1), "off": MONDAY - timedelta(hours=9)}
    for when, moment_of_it in at.items():
        with moment.at(moment_of_it):
            case = submit_incident(new, actor=city.an).case
        assert (case.unit.code == target) == (when == hours), when


def test_a_term_of_one_place_is_not_that_of_another(city: City) -> None:
    ClockRule.objects.create(
        kind="incident", position=1, clock="result", areas=["24778"], duration="1 ngày làm việc", after="opened"
    )
    forget_rules()
    durations = []
    for lat, lon in (LAMP_AT, WARD_TWO_AT):
        with moment.at(MONDAY):
            new = NewIncident(text="Đèn tắt", category="street-lighting", lat=lat, lon=lon)
            sent = submit_incident(new, actor=city.an)
        durations.append(clock(sent.case, "result").duration)
    assert durations == ["1 ngày làm việc", "3 ngày làm việc"]


@pytest.mark.parametrize(
    ("role", "told"),
    [("secretary", {"thu-ky"}), ("leader", {"minh"}), ("administrator", {"quan"}), ("privacy", {"minh"})],
    ids=["of the unit", "its leader", "of a unit above", "nobody has it"],
)
def test_a_late_clock_calls_the_role_that_its_rule_names(city: City, role: str, told: set[str]) -> None:
    add_officer("thu-ky", "Đặng Văn Thư", city.ward_one, "secretary")
    case = lamp(city)
    late = clock(case, "accept")
    Clock.objects.filter(pk=late.pk).update(escalate_to=role)
    assert late.due_at is not None
    Case.objects.filter(pk=case.id).update(unit=city.ward_one)
    with moment.at(late.due_at):
        remind_and_escalate()
    event = Event.objects.get(case_id=case.id, name="clock.escalated")
    called = {one.account_id for one in recipients(event) if one.audience == "unit" and one.account_id}
    assert set(Account.objects.filter(pk__in=called).values_list("login", flat=True)) == told


def test_what_waits_for_the_person_is_never_late(city: City) -> None:
    case = worked_on(city)
    working.request_info_incident(case.id, actor=city.hoa, question="Cột số mấy?")
    with moment.at(MONDAY + timedelta(days=30)):
        assert remind_and_escalate() == 0


def test_after_ten_days_it_closes_and_after_a_year_contacts_are_forgotten(city: City) -> None:
    case = done(city)
    with moment.at(MONDAY + timedelta(days=9)):
        assert tasks.close_finished() == 0
    with moment.at(MONDAY + timedelta(days=11)):
        assert tasks.close_finished() == 1
    assert again(case).state == "closed"
    with moment.at(MONDAY + timedelta(days=300)):
        assert tasks.forget_contacts() == 0
    with moment.at(MONDAY + timedelta(days=400)):
        assert tasks.forget_contacts() == 2  # the words, the card
        assert tasks.forget_contacts() == 0
    person = Person.objects.get(cases=case)
    assert (bytes(person.phone_sealed), person.phone_index) == (b"", None)


def test_with_the_contact_goes_what_they_said_of_themselves(city: City) -> None:
    case = lamp(city, "Đèn tắt, gọi tôi 0905 123 456")
    people.add_info_incident(case.id, actor=reporter(case), text="Vẫn tắt, số mới 0905 999 888")
    with moment.at(MONDAY + HOUR):
        receiving.reject_incident(case.id, actor=city.minh, reason="Đèn của hộ gia đình")
    words = (Incident.objects.get(pk=case.id).text, Addition.objects.get().text)
    assert "0905" in words[0]
    assert "0905" in words[1]
    with moment.at(MONDAY + timedelta(days=400)):
        assert tasks.forget_contacts() == 2
    assert Incident.objects.get(pk=case.id).text == Incident.objects.get(pk=case.id).public_text
    assert "0905" not in Incident.objects.get(pk=case.id).text + Addition.objects.get().text


def test_the_words_of_whoever_left_no_card_are_forgotten_as_well(city: City) -> None:
    """Those of one that was merged too; when officials reopen it, it waits for its term again."""
    new = NewIncident(text="Đèn tắt, gọi 0905 123 456", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    case, twin = (submit_incident(new, actor=ANONYMOUS).case for _ in range(2))
    receiving.merge_incident(twin.id, actor=city.minh, into_code=case.code)
    with moment.at(MONDAY + HOUR):
        receiving.reject_incident(case.id, actor=city.minh, reason="Đèn của hộ gia đình")
    with moment.at(MONDAY + timedelta(days=400)):
        assert tasks.forget_contacts() == 2
        assert not [one.text for one in Incident.objects.all() if "0905" in one.text]
        assert Event.objects.filter(name="incident.forgotten").count() == 2
        people.reopen_incident(case.id, actor=city.minh, reason="Làm lại")
    assert Incident.objects.get(pk=case.id).forgotten_at is None


MOVES: dict[str, Callable[[int, Actor], object]] = {
    "accept": lambda number, actor: receiving.accept_incident(number, actor=actor),
    "take": lambda number, actor: receiving.take_incident(number, actor=actor),
    "assign": lambda number, actor: receiving.assign_incident(number, actor=actor, officer_id=actor.id or 0),
    "dispatch": lambda number, actor: receiving.dispatch_incident(number, actor=actor, unit_id=1),
    "return": lambda number, actor: receiving.return_incident(number, actor=actor, reason="x"),
    "classify": lambda number, actor: receiving.classify_incident(number, actor=actor, category="waste"),
    "reject": lambda number, actor: receiving.reject_incident(number, actor=actor, reason="x"),
    "merge": lambda number, actor: receiving.merge_incident(number, actor=actor, into_code="PA-1"),
    "visit": lambda number, actor: working.visit_incident(number, actor=actor, note="x"),
    "reply": lambda number, actor: working.reply_incident(number, actor=actor, text="x"),
    "request_info": lambda number, actor: working.request_info_incident(number, actor=actor, question="x"),
    "provide_info": lambda number, actor: people.provide_info_incident(number, actor=actor, text="x"),
    "add_info": lambda number, actor: people.add_info_incident(number, actor=actor, text="x"),
    "extend": lambda number, actor: working.extend_incident(number, actor=actor, reason="x", due_at=moment.now()),
    "resolve": lambda number, actor: working.resolve_incident(number, actor=actor, result="x"),
    "approve": lambda number, actor: working.approve_incident(number, actor=actor),
    "revise": lambda number, actor: working.revise_incident(number, actor=actor, reason="x"),
    "note": lambda number, actor: working.note_incident(number, actor=actor, note="x"),
    "flag": lambda number, actor: working.flag_incident(number, actor=actor),
    "hide": lambda number, actor: working.hide_incident(number, actor=actor, reason="x"),
    "show": lambda number, actor: working.show_incident(number, actor=actor),
    "close": lambda number, actor: working.close_incident(number, actor=actor),
    "reopen": lambda number, actor: people.reopen_incident(number, actor=actor, reason="x"),
    "rate": lambda number, actor: people.rate_incident(number, actor=actor, score=5),
}


def test_the_table_below_names_every_move() -> None:
    assert set(MOVES) == {move.name for move in KINDS["incident"].moves}


@pytest.mark.parametrize("name", sorted(MOVES))
def test_no_move_is_for_a_stranger_or_another_ward(city: City, name: str) -> None:
    case = lamp(city)
    before = Event.objects.count()
    for actor in (city.binh, city.tam):
        with pytest.raises(Refused):
            MOVES[name](case.id, actor)
    assert (again(case).version, again(case).state, Event.objects.count()) == (1, "dispatched", before)


@pytest.mark.parametrize("name", sorted(set(MOVES) - {"note", "hide", "show"}))
def test_no_move_fits_what_was_merged(city: City, name: str) -> None:
    case = lamp(city)
    Case.objects.filter(pk=case.id).update(state="merged")
    before = Event.objects.count()
    actor = reporter(case) if name in ("rate", "add_info") else city.minh
    with pytest.raises(Refused):
        MOVES[name](case.id, actor)
    assert Event.objects.count() == before
