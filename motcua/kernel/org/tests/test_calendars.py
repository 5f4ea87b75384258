from datetime import UTC, date, datetime
from typing import Any

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org import queries as org
from motcua.kernel.org.actions import (
    add_calendar,
    add_unit,
    change_calendar,
    confirm_year,
    remove_calendar_day,
    seed_year,
    set_calendar_day,
)
from motcua.kernel.org.forms import NewCalendarForm
from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear
from motcua.lib import moment
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db

SESSIONS = {str(day): [["07:00", "11:30"], ["13:30", "17:00"]] for day in range(5)}


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    org.forget()


@pytest.fixture
def office() -> Calendar:
    calendar = add_calendar(actor=SYSTEM, code="office", name="Giờ hành chính", sessions=SESSIONS)
    add_unit(
        actor=SYSTEM, code="68", name="UBND tỉnh", short_name="Tỉnh", kind="province", parent_id=None,
        calendar_id=calendar.pk, valid_from=date(2025, 7, 1),
    )  # fmt: skip
    return calendar


def everything() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Calendar, CalendarDay, CalendarYear, Event)]


def events() -> list[Event]:
    return list(Event.objects.filter(name="calendar.changed").order_by("id"))


def test_it_works(office: Calendar) -> None:
    monday = date(2026, 11, 16)
    assert org.work_calendar(office.pk).is_working_day(monday)
    set_calendar_day(office.pk, monday, actor=SYSTEM, kind="off", name="Nghỉ")
    assert not org.work_calendar(office.pk).is_working_day(monday)
    remove_calendar_day(office.pk, monday, actor=SYSTEM)
    assert org.work_calendar(office.pk).is_working_day(monday)
    assert [event.data["version"] for event in events()] == [2, 3]
    assert [event.data["calendar_id"] for event in events()] == [office.pk, office.pk]


def test_the_calendar_of_a_unit_and_its_version(office: Calendar) -> None:
    unit = org.tree().by_code("68")
    assert unit is not None
    set_calendar_day(office.pk, date(2026, 8, 22), actor=SYSTEM, kind="work", name="Làm bù")
    calendar, version = org.unit_calendar(unit.id)
    assert version == 2
    assert calendar.is_working_day(date(2026, 8, 22))
    assert [f"{begin:%H:%M}" for begin, _end in calendar.sessions_on(date(2026, 8, 22))] == ["07:00", "13:30"]


def test_set_calendar_day_the_same_again_is_no_event(office: Calendar) -> None:
    for _time in range(2):
        set_calendar_day(office.pk, date(2026, 1, 1), actor=SYSTEM, kind="off", name="Tết Dương lịch")
    assert len(events()) == 1


def test_change_calendar(office: Calendar) -> None:
    change_calendar(office.pk, actor=SYSTEM, sessions={"0": [["08:00", "12:00"]]})
    assert org.work_calendar(office.pk).day_minutes == 240
    assert events()[0].data["hours"] is True
    before = everything()
    change_calendar(office.pk, actor=SYSTEM, name="Giờ hành chính")
    assert everything() == before


@pytest.mark.parametrize(
    "sessions",
    [
        {},
        {"0": []},
        {"0": [["11:00", "07:00"]]},
        {"0": [["07:00", "11:30"], ["11:00", "17:00"]]},
        {"9": [["07:00", "11:30"]]},
        {"0": [["7 giờ", "11:30"]]},
    ],
)
def test_change_calendar_refuses_hours_that_make_no_sense(office: Calendar, sessions: Any) -> None:
    before = everything()
    with pytest.raises(Refused) as refusal:
        change_calendar(office.pk, actor=SYSTEM, sessions=sessions)
    assert refusal.value.code == "invalid"
    assert everything() == before
    assert org.work_calendar(office.pk).day_minutes == 480


def test_add_calendar_refuses_a_code_twice(office: Calendar) -> None:
    before = everything()
    with pytest.raises(Refused) as refusal:
        add_calendar(actor=SYSTEM, code="office", name="Khác", sessions=SESSIONS)
    assert refusal.value.code == "duplicate"
    assert everything() == before


def test_set_calendar_day_refuses_an_unknown_kind_and_calendar(office: Calendar) -> None:
    before = everything()
    for calendar_id, kind in ((office.pk, "holiday"), (0, "off")):
        with pytest.raises(Refused):
            set_calendar_day(calendar_id, date(2026, 1, 1), actor=SYSTEM, kind=kind, name="x")
    with pytest.raises(Refused):
        remove_calendar_day(office.pk, date(2026, 1, 1), actor=SYSTEM)
    assert everything() == before


def test_seed_and_confirm_a_year(office: Calendar) -> None:
    with pytest.raises(Refused) as refusal:
        confirm_year(office.pk, 2026, actor=SYSTEM)
    assert refusal.value.code == "empty_year"
    set_calendar_day(office.pk, date(2026, 1, 1), actor=SYSTEM, kind="off", name="Ngày đầu năm")
    added = seed_year(office.pk, 2026, actor=SYSTEM)
    year = org.calendar_year(office.pk, 2026)
    assert len(year.days) == added + 1
    assert year.days[0].name == "Ngày đầu năm"  # what was entered stays
    assert {"2026-02-17", "2026-04-27", "2026-09-02", "2026-11-24"} <= {str(day.date) for day in year.days}
    assert seed_year(office.pk, 2026, actor=SYSTEM) == 0
    confirm_year(office.pk, 2026, actor=SYSTEM)
    assert org.calendar_year(office.pk, 2026).confirmed_by == "Hệ thống"
    assert org.confirmed_years(office.pk) == {2026}


def test_seed_year_refuses_years_without_a_lunar_table(office: Calendar) -> None:
    before = everything()
    with pytest.raises(Refused):
        seed_year(office.pk, 2150, actor=SYSTEM)
    assert everything() == before


def test_a_confirmed_year_that_changes_has_to_be_confirmed_again(office: Calendar) -> None:
    seed_year(office.pk, 2026, actor=SYSTEM)
    confirm_year(office.pk, 2026, actor=SYSTEM)
    set_calendar_day(office.pk, date(2026, 12, 24), actor=SYSTEM, kind="off", name="Nghỉ riêng")
    assert org.confirmed_years(office.pk) == frozenset()


def test_unconfirmed_years_warn_and_the_next_one_from_november(office: Calendar) -> None:
    with moment.at(datetime(2026, 10, 31, 12, tzinfo=UTC)):
        assert org.unconfirmed_years() == [("Giờ hành chính", 2026)]
    seed_year(office.pk, 2026, actor=SYSTEM)
    confirm_year(office.pk, 2026, actor=SYSTEM)
    with moment.at(datetime(2026, 10, 31, 12, tzinfo=UTC)):
        assert org.unconfirmed_years() == []
    with moment.at(datetime(2026, 11, 1, 12, tzinfo=UTC)):
        assert org.unconfirmed_years() == [("Giờ hành chính", 2027)]


def test_a_calendar_of_seven_days_needs_no_confirming(office: Calendar) -> None:
    change_calendar(office.pk, actor=SYSTEM, sessions={str(day): [["07:00", "21:00"]] for day in range(7)})
    with moment.at(datetime(2026, 10, 31, 12, tzinfo=UTC)):
        assert org.unconfirmed_years() == []


def test_a_code_with_accents_is_refused_in_the_language_of_the_page() -> None:
    errors = NewCalendarForm({"code": "văn-phòng"}).errors["code"]
    assert errors == ["Chỉ dùng chữ không dấu, số, gạch nối và gạch dưới."]
