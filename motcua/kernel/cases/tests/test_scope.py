"""What a post or a key opens, as a condition of the ORM and as one written by hand."""

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.inbox import count_open
from motcua.kernel.cases.queries.reading import Scope, open_cases, scope, visible
from motcua.kernel.identity.kind import SYSTEM, Actor, Held, Link, Role
from motcua.testing.city import MONDAY, City

pytestmark = pytest.mark.django_db


def case_of(city: City, number: int) -> Case:
    unit, officer = (city.ward_one, city.hoa) if number % 2 else (city.ward_two, city.tam)
    return Case.objects.create(
        kind="incident", code=f"T-{number}", subject="Thử", folded="thu", state="accepted", unit=unit,
        officer_id=officer.id if number > 2 else None, opened_at=MONDAY, updated_at=MONDAY,
    )  # fmt: skip


def test_both_say_the_same(city: City) -> None:
    for number in range(1, 6):
        case_of(city, number)
    key = Actor(kind="service", id=1, grants=frozenset({"incident.read"}))
    nobody = Actor(kind="person", id=7, person_id=8)
    asked = {city.minh: 3, city.tam: 0, city.lan: 5, city.quan: 5, SYSTEM: 5, key: 5, nobody: 0, city.an: 0}
    for actor, count in asked.items():
        found = scope(actor, "incident.read")
        assert open_cases().filter(found.condition).count() == count_open(*found.written) == count, actor
    held = Scope(officer_id=city.hoa.id)
    assert open_cases().filter(held.condition).count() == count_open(*held.written) == 2


def test_a_followed_report_adds_to_what_a_post_opens_and_takes_nothing_away(city: City) -> None:
    own, theirs, other = case_of(city, 1), case_of(city, 2), case_of(city, 4)
    for place, expected in ((city.ward_one, {own, theirs}), (city.province, {own, theirs, other})):
        leader = Actor(
            kind="officer", id=city.minh.id, held=(Held(Role.LEADER, place.id, place.path, place.path),),
            party_id=1, case_id=theirs.id, links=(Link(2, theirs.id),),
        )  # fmt: skip
        assert set(open_cases().filter(visible(leader, "incident.read"))) == expected
