"""A report's way, through the real actions."""

from datetime import timedelta

import pytest

from motcua.kernel.cases.models import Case, Clock, Party
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import sentence, verify
from motcua.kernel.identity.models import Person
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions import submitting
from motcua.modules.incidents.actions.people import rate_incident, reopen_incident
from motcua.modules.incidents.actions.receiving import accept_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, Submitted, submit_incident
from motcua.modules.incidents.actions.working import approve_incident, reply_incident, resolve_incident, visit_incident
from motcua.testing.city import LAMP_AT, MONDAY, SEA_AT, City, holding

pytestmark = pytest.mark.django_db


def report(city: City, **changes: object) -> Submitted:
    values: dict[str, object] = {
        "text": "Đèn đường trước số 12 tắt ba đêm rồi. Gọi tôi 0905 123 456.",
        "category": "street-lighting",
        "lat": LAMP_AT[0],
        "lon": LAMP_AT[1],
        "name": "Nguyễn An",
        "phone": "0905 123 456",
    }
    return submit_incident(NewIncident(**{**values, **changes}), actor=city.an)  # type: ignore[arg-type]


def test_it_works(city: City) -> None:
    """From the broken lamp to five stars: routed by itself, done in time, published, rated."""
    with moment.at(MONDAY):
        case = report(city).case
        assert (case.state, case.unit_id) == ("dispatched", city.office_one.id)
        assert case.due_at == MONDAY + timedelta(days=3)
    with moment.at(MONDAY + timedelta(hours=1)):
        take_incident(case.id, actor=city.hoa)
        visit_incident(case.id, actor=city.hoa, note="Bóng cháy")
    with moment.at(MONDAY + timedelta(hours=3)):
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng 100 W")
        approve_incident(case.id, actor=city.minh)
    case.refresh_from_db()
    assert (case.state, case.closed_at, case.next_due_at) == ("published", MONDAY + timedelta(hours=3), None)
    party = Party.objects.get(case=case)
    with moment.at(MONDAY + timedelta(hours=5)):
        rate_incident(case.id, actor=holding(party.id, case.id), score=5, words="Nhanh quá")
    assert [event.name for event in Event.objects.order_by("id")] == [
        "incident.submitted", "incident.routed", "incident.taken", "incident.visited", "incident.resolved",
        "incident.published", "incident.rated",
    ]  # fmt: skip
    assert list(verify()) == []


def test_submit_keeps_contact_sealed_and_out_of_public_words(city: City) -> None:
    case = report(city).case
    person = Person.objects.get(cases=case)
    assert b"Nguy" not in bytes(person.name_sealed)
    assert "0905" not in case.incident.public_text
    assert "0905" not in case.subject
    assert "0905 123 456" in case.incident.text


def test_submit_twice_with_one_key_makes_one_report(city: City) -> None:
    first, second = report(city, key="form-1"), report(city, key="form-1")
    assert second.is_repeat
    assert (first.case.id, first.token) == (second.case.id, second.token)
    assert Case.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # the one that fails must leave the connection fit for the next question
def test_the_same_key_at_the_same_moment_makes_one_report(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    first = report(city, key="form-2")
    events = Event.objects.count()
    look, missed = submitting._before, [None]  # the second one looks before the first one is there
    monkeypatch.setattr(submitting, "_before", lambda key: missed.pop() if missed else look(key))
    second = report(city, key="form-2")
    assert second.is_repeat
    assert second.case.code == first.case.code
    assert (Case.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 100_000}, "text"),
        ({"lat": None, "lon": None}, "place"),
        ({"lat": SEA_AT[0], "lon": SEA_AT[1]}, "place"),
        ({"category": "no-such-thing"}, "category"),
        ({"phone": "12"}, "phone"),
    ],
)
def test_submit_refuses_what_cannot_be_handled(city: City, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as refused:
        report(city, **changes)
    assert field in refused.value.fields
    assert not Case.objects.exists()
    assert not Event.objects.exists()
    assert not Person.objects.exists()


def test_unknown_category_goes_to_the_centre(city: City) -> None:
    case = report(city, category="").case
    assert (case.state, case.unit_id, case.category_id) == ("submitted", city.centre.id, None)


def test_accept_of_another_ward_is_not_found(city: City) -> None:
    case = report(city).case
    with pytest.raises(Refused, match="not_found"):
        accept_incident(case.id, actor=city.tam)
    case.refresh_from_db()
    assert case.state == "dispatched"
    assert Event.objects.filter(case_id=case.id).count() == 2


def test_two_people_acting_at_once_one_is_told(city: City) -> None:
    case = report(city).case
    accept_incident(case.id, actor=city.hoa, version=1)
    with pytest.raises(Refused, match="stale"):
        take_incident(case.id, actor=city.minh, version=1)
    assert Case.objects.get(pk=case.id).state == "accepted"


def test_accept_starts_the_visit_clock(city: City) -> None:
    with moment.at(MONDAY):
        case = report(city).case
    with moment.at(MONDAY + timedelta(hours=1)):
        accept_incident(case.id, actor=city.hoa)
    clocks = {clock.name: clock for clock in Clock.objects.filter(case=case)}
    assert clocks["accept"].stopped_at == MONDAY + timedelta(hours=1)
    assert clocks["on_site"].due_at == MONDAY + timedelta(hours=3)
    assert Case.objects.get(pk=case.id).next_due_at == clocks["on_site"].due_at


def test_reply_keeps_the_promise_to_answer_and_is_told(city: City) -> None:
    with moment.at(MONDAY):
        case = report(city, email="an@example.vn").case
        take_incident(case.id, actor=city.hoa)
        visit_incident(case.id, actor=city.hoa, note="Bóng cháy")
        reply_incident(case.id, actor=city.hoa, text="Chiều nay thay bóng")
        read_everything()
    clocks = {clock.name: clock for clock in Clock.objects.filter(case=case)}
    assert clocks["answer"].stopped_at == MONDAY
    assert clocks["result"].stopped_at is None
    case.refresh_from_db()
    assert case.state == "in_progress"
    event = Event.objects.get(name="incident.replied")
    assert sentence(event.name, event.data) == "Trả lời bước đầu: Chiều nay thay bóng"
    assert event.audience == Audience.PUBLIC


def test_reply_without_words_changes_nothing(city: City) -> None:
    case = report(city).case
    take_incident(case.id, actor=city.hoa)
    with pytest.raises(Refused, match="invalid"):
        reply_incident(case.id, actor=city.hoa, text="  ")
    assert not Event.objects.filter(name="incident.replied").exists()
    assert Case.objects.get(pk=case.id).version == 2


def test_reopen_within_ten_days_by_its_reporter_only(city: City) -> None:
    with moment.at(MONDAY):
        case = report(city).case
        take_incident(case.id, actor=city.hoa)
        resolve_incident(case.id, actor=city.hoa, result="Xong")
        approve_incident(case.id, actor=city.minh)
    party = Party.objects.get(case=case)
    with moment.at(MONDAY + timedelta(days=11)), pytest.raises(Refused, match="too_late"):
        reopen_incident(case.id, actor=holding(party.id, case.id), reason="Vẫn tắt")
    with moment.at(MONDAY + timedelta(days=9)):
        with pytest.raises(Refused, match="not_found"):
            reopen_incident(case.id, actor=city.tam, reason="Vẫn tắt")
        reopen_incident(case.id, actor=holding(party.id, case.id), reason="Vẫn tắt")
    case.refresh_from_db()
    assert (case.state, case.closed_at) == ("dispatched", None)
    assert case.due_at is not None
    assert case.due_at > MONDAY + timedelta(days=9)
