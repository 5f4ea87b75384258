from datetime import UTC, date, datetime

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.actions import add_calendar, add_unit, change_unit, end_unit
from motcua.kernel.org.models import Calendar, Unit
from motcua.kernel.org.queries import forget, tree
from motcua.lib import moment
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db

SESSIONS = {str(day): [["07:00", "11:30"], ["13:30", "17:00"]] for day in range(5)}
START = date(2025, 7, 1)


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    forget()


@pytest.fixture
def calendar() -> Calendar:
    return add_calendar(actor=SYSTEM, code="office", name="Giờ hành chính", sessions=SESSIONS)


def add(
    calendar: Calendar, code: str, parent: Unit | None = None, kind: str = "department", start: date = START
) -> Unit:
    return add_unit(
        actor=SYSTEM,
        code=code,
        name=f"Đơn vị {code}",
        short_name=code,
        kind=kind,
        parent_id=parent.pk if parent else None,
        calendar_id=calendar.pk,
        valid_from=start,
    )


@pytest.fixture
def units(calendar: Calendar) -> list[Unit]:
    province = add(calendar, "tinh", kind="province")
    department = add(calendar, "so", province)
    office = add(calendar, "phong", department, kind="office")
    return [province, department, office]


def count_of_events() -> int:
    return Event.objects.count()


def test_it_works(units: list[Unit]) -> None:
    province, department, office = units
    assert tree().path(office.pk) == f".{province.pk}.{department.pk}.{office.pk}."
    assert tree().ids_under(tree().path(department.pk)) == [department.pk, office.pk]
    assert [row.code for row in tree().ancestors(office.pk)] == ["so", "tinh"]
    assert [row.code for row in tree().in_force] == ["tinh", "so", "phong"]
    found = tree().by_code("phong")
    assert found is not None
    assert found.parent_id == department.pk
    assert Event.objects.filter(name="unit.added").count() == 3


def test_change_unit_moves_everything_below_it_along(calendar: Calendar, units: list[Unit]) -> None:
    province, department, office = units
    other = add(calendar, "so-khac", province)
    change_unit(department.pk, actor=SYSTEM, parent_id=other.pk)
    assert tree().path(office.pk) == f".{province.pk}.{other.pk}.{department.pk}.{office.pk}."
    event = Event.objects.get(name="unit.changed")
    assert event.data["changed"] == {"parent_id": [province.pk, other.pk]}


def test_change_unit_without_a_change_is_no_event(units: list[Unit]) -> None:
    before = count_of_events()
    change_unit(units[1].pk, actor=SYSTEM, parent_id=units[0].pk, name=units[1].name)
    assert count_of_events() == before


@pytest.mark.parametrize("below", [0, 1, 2])
def test_change_unit_refuses_a_circle(units: list[Unit], below: int) -> None:
    before = count_of_events(), list(Unit.objects.values_list("path", flat=True))
    with pytest.raises(Refused) as refusal:
        change_unit(units[0].pk, actor=SYSTEM, parent_id=units[below].pk)
    assert refusal.value.code == "cycle"
    assert (count_of_events(), list(Unit.objects.values_list("path", flat=True))) == before


def test_add_unit_refuses_a_code_twice(calendar: Calendar, units: list[Unit]) -> None:
    before = count_of_events(), Unit.objects.count()
    with pytest.raises(Refused) as refusal:
        add(calendar, "so", units[0])
    assert refusal.value.code == "duplicate"
    assert "code" in refusal.value.fields
    assert (count_of_events(), Unit.objects.count()) == before


def test_end_unit_keeps_it_readable_but_out_of_force(units: list[Unit]) -> None:
    office = units[2]
    end_unit(office.pk, actor=SYSTEM, on=date(2026, 3, 31))
    with moment.at(datetime(2026, 3, 31, 10, tzinfo=UTC)):
        forget()
        assert tree().by_code("phong") is not None  # the last day counts
    with moment.at(datetime(2026, 3, 31, 18, tzinfo=UTC)):  # 01:00 on 1 April here
        forget()
        assert tree().by_code("phong") is None
        assert tree().unit(office.pk).name == "Đơn vị phong"
        assert office.pk in tree().ids_under(tree().path(units[0].pk))


def test_end_unit_refuses_while_others_stand_under_it(units: list[Unit]) -> None:
    before = count_of_events()
    with pytest.raises(Refused) as refusal:
        end_unit(units[1].pk, actor=SYSTEM, on=date(2026, 3, 31))
    assert refusal.value.code == "has_children"
    assert count_of_events() == before
    assert not Unit.objects.filter(valid_to__isnull=False).exists()


def test_end_unit_refuses_a_day_before_its_first(units: list[Unit]) -> None:
    before = count_of_events()
    with pytest.raises(Refused):
        end_unit(units[2].pk, actor=SYSTEM, on=date(2025, 6, 30))
    assert count_of_events() == before


def test_tree_is_read_once_while_nothing_changes(units: list[Unit], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    tree()
    with django_assert_num_queries(0):
        tree().by_code("so")
