"""Who acts, in which role, and what each role may do where. Declarations only."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    OPERATOR = "operator"  # trực tổng đài, điều phối
    LEADER = "leader"
    SPECIALIST = "specialist"
    CLERK = "clerk"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"


# These act for the whole body that their office belongs to: a clerk of a commune's office receives for the commune,
# an operator of the 1022 centre dispatches for the province.
ROLES_FOR_PARENT = frozenset({Role.OPERATOR, Role.CLERK, Role.SECRETARY, Role.ADMINISTRATOR})


class Reach(StrEnum):
    """Over which cases a permission extends."""

    UNIT = "unit"  # cases of units below (and at) the place where the role is held
    OFFICER = "officer"  # cases that the officer holds, and unassigned ones of their own unit
    PARTY = "party"  # cases that the person reported, joined or follows
    ALL = "all"  # not about a case, or about every case


@dataclass(frozen=True, slots=True)
class Permission:
    """``roles`` may use it within ``reach``; ``public`` ones need no login; ``party`` ones are for the people of the case."""

    name: str
    roles: frozenset[Role] = frozenset()
    reach: Reach = Reach.UNIT
    party: bool = False
    public: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A role that an officer holds at a unit; ``reach`` is the path prefix of the units it extends over."""

    role: Role
    unit_id: int
    unit_path: str
    reach: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: an officer, a person (signed in or holding a private link), a service, the system."""

    kind: str  # officer | person | service | system | anonymous
    id: int | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    person_id: int | None = None  # the contact card of a signed-in person
    party_id: int | None = None  # the private link in hand …
    case_id: int | None = None  # … and the case that it opens
    grants: frozenset[str] = field(default_factory=frozenset)  # permissions of a service key

    @property
    def is_officer(self) -> bool:
        return self.kind == "officer"

    @property
    def key(self) -> str:
        """Who it is, as events keep it: never a person's name or contact."""
        return f"{self.kind}:{self.id}" if self.id is not None else self.kind

    def reaches(self, roles: frozenset[Role]) -> tuple[str, ...]:
        """Path prefixes of the units over which one of ``roles`` extends."""
        return tuple(dict.fromkeys(held.reach for held in self.held if held.role in roles))


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="Hệ thống")

PERMISSIONS: dict[str, Permission] = {}


def register_permissions(permissions: Iterable[Permission]) -> None:
    for permission in permissions:
        if PERMISSIONS.get(permission.name, permission) != permission:
            raise ValueError(f"permission {permission.name} is declared twice, differently")
        PERMISSIONS[permission.name] = permission


ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EVERY_ROLE = frozenset(Role)

register_permissions(
    [
        Permission("desk.enter", EVERY_ROLE, Reach.ALL),
        Permission("org.manage", ADMINISTRATORS, Reach.UNIT),
        Permission("place.manage", ADMINISTRATORS, Reach.ALL),
        Permission("category.manage", ADMINISTRATORS, Reach.ALL),
        Permission("routing.manage", ADMINISTRATORS, Reach.ALL),
        Permission("clock.manage", ADMINISTRATORS, Reach.ALL),
        Permission("calendar.manage", ADMINISTRATORS, Reach.ALL),
        Permission("template.manage", ADMINISTRATORS, Reach.ALL),
        Permission("system.watch", ADMINISTRATORS, Reach.ALL),
        Permission("person.reveal", frozenset({Role.OPERATOR, Role.CLERK, Role.LEADER, Role.SPECIALIST}), Reach.UNIT),
    ]
)
