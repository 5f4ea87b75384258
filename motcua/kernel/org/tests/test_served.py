"""Which communes this installation serves: those for which a unit in force answers, by itself or from above."""

from datetime import date

import pytest

from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Unit, UnitSuccession
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area
from motcua.testing.city import LAMP_AT, LONG_AGO, NEIGHBOUR_AT, SEA_AT, City, add_neighbour

pytestmark = pytest.mark.django_db
OWN = ["24781", "24778"]  # by the alphabet: Phường Hai, Phường Một


def served() -> list[str]:
    org.forget()
    places.forget()
    return [row.code for row in org.served().values()]


def test_another_province_is_known_and_not_served(city: City) -> None:
    beside = add_neighbour()
    assert served() == OWN
    assert places.commune_at(*NEIGHBOUR_AT) == places.area(beside.id)
    assert org.served_commune_at(*NEIGHBOUR_AT) is None
    assert org.served_commune_at(*SEA_AT) is None
    assert org.served_commune_at(*LAMP_AT) == places.area_by_code("24778")


def test_where_is_asked_of_memory(city: City, django_assert_num_queries: object) -> None:
    org.served_commune_at(*LAMP_AT)
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert org.served_commune_at(*LAMP_AT)


def test_the_unit_of_the_province_serves_communes_without_a_unit(city: City) -> None:
    Unit.objects.filter(code__startswith="24781").update(valid_to=date(2024, 12, 31))
    assert served() == OWN


@pytest.fixture
def without_province(city: City) -> City:
    """An installation of two wards, whose units above them say no place."""
    Unit.objects.exclude(code__startswith="247").update(area=None)
    add_neighbour()
    return city


def test_where_the_root_says_no_place_its_communes_say_it(without_province: City) -> None:
    assert served() == OWN


def test_a_unit_that_ended_serves_nothing(without_province: City) -> None:
    Unit.objects.filter(code__startswith="24781").update(valid_to=date(2024, 12, 31))
    assert served() == ["24778"]


def test_an_heir_serves_what_it_took_over(without_province: City) -> None:
    Unit.objects.filter(code__startswith="24781").update(valid_to=date(2024, 12, 31))
    UnitSuccession.objects.create(old=without_province.ward_two, new=without_province.ward_one, on=date(2025, 1, 1))
    assert served() == OWN


def test_the_same_place_from_another_day_on_is_still_served(without_province: City) -> None:
    Area.objects.filter(code="24781").update(valid_to=date(2024, 12, 31))
    Area.objects.create(
        code="24781", name="Hai", full_name="Phường Hai", folded="phuong hai", level="commune", type="phuong",
        lat=11.95, lon=108.475, valid_from=date(2025, 1, 1),
    )  # fmt: skip
    assert served() == OWN


def test_where_no_unit_says_a_place_all_that_are_known_are_served(city: City) -> None:
    add_neighbour()
    Unit.objects.update(area=None)
    assert sorted(served()) == ["24778", "24781", "25459"]


def test_a_unit_of_the_neighbour_serves_it(city: City) -> None:
    beside = add_neighbour()
    Unit.objects.create(
        code="25459", name="Hai Bên", short_name="Hai Bên", folded="hai ben", kind=Unit.Kind.COMMUNE, area=beside,
        parent=city.province, path=f"{city.province.path}999.", calendar=city.province.calendar, valid_from=LONG_AGO,
    )  # fmt: skip
    assert "25459" in served()
