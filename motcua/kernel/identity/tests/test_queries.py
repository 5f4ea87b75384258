import pytest

from motcua.kernel.identity.kind import (
    ANONYMOUS,
    PERMISSIONS,
    SYSTEM,
    Actor,
    Held,
    Link,
    Permission,
    Reach,
    Role,
    reach_of,
)
from motcua.kernel.identity.queries import may, may_somewhere, require
from motcua.lib.errors import Refused

PROVINCE, CENTRE, WARD, OFFICE, OTHER = ".1.", ".1.2.", ".1.17.", ".1.17.20.", ".1.18."


@pytest.fixture(autouse=True)
def _permissions(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = frozenset({Role.SPECIALIST})
    for permission in (
        Permission("lamp.read", frozenset(Role), Reach.UNIT, party=True),
        Permission("lamp.mend", workers, Reach.UNIT),
        Permission("lamp.close", workers, Reach.OFFICER),
        Permission("lamp.rate", frozenset(), Reach.PARTY, party=True),
        Permission("lamp.count", workers, Reach.ALL),
        Permission("lamp.price", workers, Reach.TOP),
        Permission("lamp.look", public=True),
    ):
        monkeypatch.setitem(PERMISSIONS, permission.name, permission)


def holding(role: Role, unit_path: str, reach: str | None = None, officer_id: int = 7) -> Actor:
    return Actor("officer", officer_id, "Cán bộ", held=(Held(role, 0, unit_path, reach or unit_path),))


SPECIALIST = holding(Role.SPECIALIST, WARD)
CLERK = holding(Role.CLERK, OFFICE, WARD)
TOP_SPECIALIST = holding(Role.SPECIALIST, PROVINCE)
HOLDER = Actor("person", None, party_id=3, case_id=30, links=(Link(4, 40),))
SERVICE = Actor("service", 1, "Đối tác", grants=frozenset({"lamp.mend"}))


@pytest.mark.parametrize(
    ("actor", "permission", "place", "expected"),
    [
        (SPECIALIST, "lamp.mend", {"unit_path": WARD}, True),
        (SPECIALIST, "lamp.mend", {"unit_path": OFFICE}, True),
        (SPECIALIST, "lamp.mend", {"unit_path": OTHER}, False),
        (SPECIALIST, "lamp.mend", {"unit_path": PROVINCE}, False),
        (SPECIALIST, "lamp.mend", {"unit_path": ".1.170."}, False),
        (SPECIALIST, "lamp.mend", {}, False),
        (CLERK, "lamp.mend", {"unit_path": WARD}, False),
        (CLERK, "lamp.read", {"unit_path": WARD}, True),
        (CLERK, "lamp.read", {"unit_path": OTHER}, False),
        (SPECIALIST, "lamp.close", {"unit_path": WARD, "officer_id": 7}, True),
        (SPECIALIST, "lamp.close", {"unit_path": WARD, "officer_id": 8}, False),
        (SPECIALIST, "lamp.close", {"unit_path": WARD}, True),
        (SPECIALIST, "lamp.close", {"unit_path": OFFICE}, False),
        (CLERK, "lamp.close", {"unit_path": WARD, "officer_id": 7}, False),
        (SPECIALIST, "lamp.count", {}, True),
        (CLERK, "lamp.count", {}, False),
        (SPECIALIST, "lamp.price", {}, False),
        (TOP_SPECIALIST, "lamp.price", {}, True),
        (SPECIALIST, "lamp.rate", {"case_id": 30}, False),
        (HOLDER, "lamp.rate", {"case_id": 30}, True),
        (HOLDER, "lamp.rate", {"case_id": 40}, True),
        (HOLDER, "lamp.rate", {"case_id": 50}, False),
        (HOLDER, "lamp.rate", {}, False),
        (HOLDER, "lamp.mend", {"case_id": 30, "unit_path": WARD}, False),
        (Actor("person", 5, person_id=9), "lamp.rate", {"case_id": 30, "parties": True}, True),
        (Actor("person", 5, person_id=9), "lamp.rate", {"case_id": 30}, False),
        (ANONYMOUS, "lamp.look", {}, True),
        (ANONYMOUS, "lamp.read", {"unit_path": WARD, "case_id": 30}, False),
        (SERVICE, "lamp.mend", {"unit_path": OTHER}, True),
        (SERVICE, "lamp.read", {"unit_path": OTHER}, False),
        (SYSTEM, "lamp.price", {}, True),
    ],
)
def test_may(actor: Actor, permission: str, place: dict[str, int | str | bool], expected: bool) -> None:
    assert may(actor, permission, **place) is expected  # type: ignore[arg-type]


def test_a_permission_that_nobody_declared_is_a_bug() -> None:
    with pytest.raises(KeyError):
        may(SPECIALIST, "lamp.eat", unit_path=WARD)


@pytest.mark.parametrize(
    ("actor", "permission", "expected"),
    [
        (SPECIALIST, "lamp.mend", True),
        (SPECIALIST, "lamp.price", False),
        (CLERK, "lamp.mend", False),
        (HOLDER, "lamp.rate", True),
        (ANONYMOUS, "lamp.rate", False),
        (ANONYMOUS, "lamp.look", True),
    ],
)
def test_may_somewhere(actor: Actor, permission: str, expected: bool) -> None:
    assert may_somewhere(actor, permission) is expected


@pytest.mark.parametrize(
    ("actor", "unit_path", "code"),
    [(CLERK, WARD, "not_allowed"), (CLERK, OTHER, "not_found"), (ANONYMOUS, WARD, "not_found")],
)
def test_those_who_may_not_read_it_are_told_that_it_is_not_there(actor: Actor, unit_path: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        require(actor, "lamp.mend", unit_path=unit_path)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("role", "unit_kind", "expected"),
    [
        (Role.CLERK, "office", WARD),
        (Role.OPERATOR, "centre", WARD),
        (Role.SPECIALIST, "office", OFFICE),
        (Role.LEADER, "centre", OFFICE),
        (Role.CLERK, "commune", OFFICE),
    ],
)
def test_reach_of(role: Role, unit_kind: str, expected: str) -> None:
    assert reach_of(role, unit_kind=unit_kind, unit_path=OFFICE, parent_path=WARD) == expected
