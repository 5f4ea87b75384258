"""Who acts, in which role, and what each role may do where. Declarations only."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind


class Role(StrEnum):
    OPERATOR = "operator"  # trực tổng đài, điều phối
    LEADER = "leader"
    SPECIALIST = "specialist"
    CLERK = "clerk"
    SECRETARY = "secretary"
    ADMINISTRATOR = "administrator"
    PRIVACY = "privacy"  # answers people about data on them; sees nothing else


ROLE_NAMES = {
    Role.OPERATOR: _("Trực tổng đài, điều phối"),
    Role.LEADER: _("Lãnh đạo"),
    Role.SPECIALIST: _("Chuyên viên"),
    Role.CLERK: _("Văn thư, một cửa"),
    Role.SECRETARY: _("Thư ký, giúp việc lãnh đạo"),
    Role.ADMINISTRATOR: _("Quản trị"),
    Role.PRIVACY: _("Bảo vệ dữ liệu cá nhân"),
}

# These act for the whole body that their office belongs to: a clerk of a commune's office receives for the commune,
# an operator of the hotline dispatches for the province.
ROLES_FOR_PARENT = frozenset({Role.OPERATOR, Role.CLERK, Role.SECRETARY, Role.ADMINISTRATOR, Role.PRIVACY})
KINDS_INSIDE_A_BODY = frozenset({"office", "centre"})  # kinds of unit that act for the one above them


class Reach(StrEnum):
    """Over which cases a permission extends."""

    UNIT = "unit"  # cases of units below (and at) the place where the role is held
    OFFICER = "officer"  # cases that the officer holds, and unassigned ones of their own unit
    PARTY = "party"  # cases that the person reported, joined or follows
    ALL = "all"  # not about a case, or about every case
    TOP = "top"  # only when the role is held for the whole tree: what is changed there counts for everybody


@dataclass(frozen=True, slots=True)
class Permission:
    """``roles`` may use it within ``reach``; ``public`` needs no login; ``party`` is for the people of the case.

    Of these ``reporters_only`` leaves out who merely joined or follows it.
    """

    name: str
    roles: frozenset[Role] = frozenset()
    reach: Reach = Reach.UNIT
    party: bool = False
    reporters_only: bool = False
    involved: bool = False  # also for units that had a part in the case, besides the one that holds it now
    public: bool = False
    signed_in: bool = False  # whoever has an account: it is about themselves
    label: str | Promise = field(default="", compare=False)  # what it lets do, in words

    @property
    def is_of_machines(self) -> bool:
        """Nobody has it by a role or for being who they are: a key names it."""
        return not (self.roles or self.party or self.public or self.signed_in)


@dataclass(frozen=True, slots=True)
class Held:
    """A role that an officer holds at a unit; ``reach`` is the path prefix of the units it extends over."""

    role: Role
    unit_id: int
    unit_path: str
    reach: str


def reach_of(role: Role, *, unit_kind: str, unit_path: str, parent_path: str | None) -> str:
    """Path prefix of the units over which ``role``, held at a unit, extends."""
    is_inside = unit_kind in KINDS_INSIDE_A_BODY and role in ROLES_FOR_PARENT
    return parent_path if is_inside and parent_path else unit_path


@dataclass(frozen=True, slots=True)
class Link:
    """A private link in hand, and the case that it opens."""

    party_id: int
    case_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever does something: an officer, a person (signed in or holding a private link), a service, the system."""

    kind: str  # officer | person | service | system | anonymous
    id: int | None = None
    name: str = ""
    held: tuple[Held, ...] = ()
    person_id: int | None = None  # the contact card of a signed-in person
    party_id: int | None = None  # the newest private link in hand …
    case_id: int | None = None  # … and the case that it opens
    links: tuple[Link, ...] = ()  # the other ones held on this device
    grants: frozenset[str] = field(default_factory=frozenset)  # permissions of a service key

    @property
    def is_officer(self) -> bool:
        return self.kind == "officer"

    def party_in(self, case_id: int) -> int | None:
        """The party that a private link in hand makes this actor in the case."""
        if self.case_id == case_id:
            return self.party_id
        return next((link.party_id for link in self.links if link.case_id == case_id), None)

    @property
    def by_post(self) -> "Actor":
        """Without what the links in hand and the own card open: whoever follows a report is not its official."""
        return replace(self, person_id=None, party_id=None, case_id=None, links=())

    @property
    def all_links(self) -> tuple[Link, ...]:
        if self.party_id is None or self.case_id is None:
            return self.links
        return (Link(self.party_id, self.case_id), *self.links)

    @property
    def key(self) -> str:
        """Who it is, as events keep it: never a person's name or contact."""
        if self.id is None and self.party_id is not None:
            return f"party:{self.party_id}"
        return f"{self.kind}:{self.id}" if self.id is not None else self.kind

    def reaches(self, roles: frozenset[Role]) -> tuple[str, ...]:
        """Path prefixes of the units over which one of ``roles`` extends."""
        return tuple(dict.fromkeys(held.reach for held in self.held if held.role in roles))


class Level(StrEnum):
    """What it is known by that an account belongs to whom it says."""

    DECLARED = "declared"  # they say so
    PROVIDER = "provider"  # a provider of identities (VNeID) says so
    COUNTER = "counter"  # an official compared the card with the face


LEVEL_NAMES = {
    Level.DECLARED: _("Tự khai"),
    Level.PROVIDER: _("Đã xác thực bằng định danh điện tử"),
    Level.COUNTER: _("Đã xác thực tại quầy"),
}
PROVED = (Level.PROVIDER, Level.COUNTER)


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system", name="Hệ thống")

# What was looked at, as the person reads it and as the administrator does; modules add theirs in ``apps.py``.
ACCESS_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    "person.reveal": (_("{who} đã xem tên và liên hệ của bạn"), _("Xem tên và liên hệ")),
    "person.find": (
        _("{who} đã tìm thấy hồ sơ của bạn theo tên hoặc số"),
        _("Tìm thấy hồ sơ theo người"),
    ),
    "file.original": (_("{who} đã mở tệp gốc bạn gửi"), _("Mở tệp gốc")),
    "person.prove": (_("{who} đã xác thực danh tính của bạn"), _("Xác thực danh tính")),
    "person.act": (
        _("Người được bạn ủy quyền đã dùng thông tin của bạn"),
        _("Làm theo ủy quyền"),
    ),
    "store.open": (_("{who} đã mở giấy tờ trong kho của bạn"), _("Mở giấy tờ trong kho")),
    "payment.read": (_("{who} đã xem khoản tiền của bạn"), _("Xem khoản thu, tiền đã nhận")),
    "person.export": (_("{who} đã xuất thông tin của bạn"), _("Xuất thông tin")),
    "login.failed": (_("Có người nhập sai khi đăng nhập"), _("Đăng nhập sai")),
}

PERMISSIONS: dict[str, Permission] = {}


def register_permissions(permissions: Iterable[Permission]) -> None:
    for permission in permissions:
        if PERMISSIONS.get(permission.name, permission) != permission:
            raise ValueError(f"permission {permission.name} is declared twice, differently")
        PERMISSIONS[permission.name] = permission


@dataclass(frozen=True, slots=True)
class DeviceTarget:
    """Where a device may stand: at a unit, and there at a ``place`` such as a counter's number."""

    unit_id: int
    label: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class DevicePurpose:
    """What a device without a user does: a kiosk, a screen in a hall. ``targets`` gives where it may stand; ``url``
    maps the code of the unit and the place to the page that the device then shows."""

    name: str
    title: str | Promise
    targets: Callable[[], Sequence[DeviceTarget]]
    url: Callable[[str, str], str]


DEVICE_PURPOSES: dict[str, DevicePurpose] = {}


def register_device_purposes(*purposes: DevicePurpose) -> None:
    for purpose in purposes:
        if DEVICE_PURPOSES.get(purpose.name, purpose) != purpose:
            raise ValueError(f"devices for {purpose.name} are declared twice, differently")
        DEVICE_PURPOSES[purpose.name] = purpose


ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
EVERY_ROLE = frozenset(Role)

register_permissions(
    [
        Permission("account.own", reach=Reach.ALL, signed_in=True),
        Permission("desk.enter", EVERY_ROLE, Reach.ALL, label=_("Mở hộp việc của cán bộ")),
        Permission("org.manage", ADMINISTRATORS, Reach.UNIT),
        Permission("place.manage", ADMINISTRATORS, Reach.TOP),
        Permission("category.manage", ADMINISTRATORS, Reach.TOP),
        Permission("routing.manage", ADMINISTRATORS, Reach.TOP),
        Permission("clock.manage", ADMINISTRATORS, Reach.TOP),
        Permission("calendar.manage", ADMINISTRATORS, Reach.TOP),
        Permission("template.manage", ADMINISTRATORS, Reach.TOP),
        Permission("system.watch", ADMINISTRATORS, Reach.TOP),
        Permission("service.manage", ADMINISTRATORS, Reach.TOP),
        Permission("device.manage", frozenset({Role.ADMINISTRATOR, Role.LEADER}), Reach.UNIT),
        Permission(
            "person.reveal",
            frozenset({Role.OPERATOR, Role.CLERK, Role.LEADER, Role.SPECIALIST}),
            label=_("Xem tên và liên hệ của người gửi"),
        ),
        Permission("person.prove", frozenset({Role.CLERK}), Reach.ALL),
        # Organisations are registered with the province: nobody in a ward opens who asks to act for which.
        Permission("representation.accept", frozenset({Role.CLERK, Role.LEADER}), Reach.TOP),
    ]
)

EVENTS = (
    EventKind("officer.created", _("Thêm cán bộ {officer}"), icon="user-plus"),
    EventKind("officer.changed", _("Sửa thông tin cán bộ {officer}: {what}"), icon="user-edit"),
    EventKind("officer.deactivated", _("Khoá tài khoản cán bộ {officer}"), icon="user-off"),
    EventKind("officer.activated", _("Mở lại tài khoản cán bộ {officer}"), icon="user-check"),
    EventKind("officer.factors_reset", _("Xoá lớp xác thực thứ hai của {officer}"), icon="shield-off"),
    EventKind("post.granted", _("Giao vai trò {role_name} tại {unit} cho {officer}"), icon="id-badge"),
    EventKind("post.revoked", _("Thôi vai trò {role_name} tại {unit} của {officer}"), icon="id-badge-off"),
    EventKind("servicekey.created", _("Tạo khoá kết nối {name}"), icon="key"),
    EventKind("servicekey.revoked", _("Thu hồi khoá kết nối {name}"), icon="key-off"),
    EventKind("device.added", _("Thêm máy {name} ({purpose_name}) tại {unit}"), icon="device-tablet"),
    EventKind("device.revoked", _("Thu hồi đường dẫn của máy {name} tại {unit}"), icon="device-tablet-off"),
    EventKind("person.deleted", _("Một người đã tự xoá tài khoản"), icon="eraser"),
    EventKind("person.proved", _("Xác thực danh tính một tài khoản: {level_name}"), icon="id"),
    EventKind("representation.asked", _("Xin làm người đại diện của {organisation}"), icon="building"),
    EventKind("representation.accepted", _("Công nhận người đại diện của {organisation}"), icon="building"),
    EventKind("representation.refused", _("Không công nhận người đại diện của {organisation}: {reason}"), icon="ban"),
    EventKind("representation.ended", _("Thôi đại diện {organisation}"), icon="building-off"),
    EventKind("authorisation.given", _("Ủy quyền {count} thủ tục, đến hết {until}"), icon="user-share"),
    EventKind("authorisation.accepted", _("Nhận ủy quyền"), icon="user-check"),
    EventKind("authorisation.declined", _("Không nhận ủy quyền"), icon="user-x"),
    EventKind("authorisation.revoked", _("Thôi ủy quyền"), icon="user-minus"),
)
