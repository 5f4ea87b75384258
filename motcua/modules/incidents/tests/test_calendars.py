"""A changed calendar, or another one for a unit, moves the promises of open reports, and each says so."""

from datetime import date, timedelta

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.cases.tasks import follow_calendars
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.actions import add_calendar, change_unit, set_calendar_day
from motcua.kernel.org.models import Calendar
from motcua.lib import moment
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.testing.city import LAMP_AT, MONDAY, City

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(city: City) -> Case:
    with moment.at(MONDAY):
        new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
        return submit_incident(new, actor=city.an).case


def follow() -> None:
    follow_calendars(list(Event.objects.order_by("id")))


def test_a_day_off_moves_the_promise(city: City, case: Case) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        office = Calendar.objects.get(code="office")
        set_calendar_day(office.pk, date(2026, 11, 17), actor=SYSTEM, kind="off", name="Nghỉ bão")
        follow()
    case.refresh_from_db()
    assert case.due_at == MONDAY + timedelta(days=4)
    told = Event.objects.get(case_id=case.id, name="clock.reckoned")
    assert "result" in told.data["moved"]
    follow()  # events may be read twice
    assert Event.objects.filter(name="clock.reckoned").count() == 1


def test_another_calendar_for_the_unit_moves_its_promises(city: City, case: Case) -> None:
    with moment.at(MONDAY + timedelta(hours=1)):
        mornings = {str(day): [["07:00", "11:30"]] for day in (0, 3, 4)}
        other = add_calendar(actor=SYSTEM, code="mornings", name="Buổi sáng", sessions=mornings)
        unit = city.office_one
        change_unit(unit.pk, actor=SYSTEM, parent_id=unit.parent_id, calendar_id=other.pk)
        follow()
    case.refresh_from_db()
    assert case.due_at == MONDAY + timedelta(days=7)  # Thursday, Friday, Monday


def test_a_new_name_moves_nothing(city: City, case: Case) -> None:
    due_at = case.due_at
    unit = city.office_one
    change_unit(unit.pk, actor=SYSTEM, parent_id=unit.parent_id, name="Phòng Kinh tế, Hạ tầng")
    follow()
    case.refresh_from_db()
    assert case.due_at == due_at
    assert not Event.objects.filter(name="clock.reckoned").exists()
