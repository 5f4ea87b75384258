"""What a kind of case declares: states, moves, events, permissions. Modules declare, the kernel runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from django.db.models import TextChoices
from django.forms import Form
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import Audience, EventKind, register_events
from motcua.kernel.identity.kind import Permission, Reach, Role, register_permissions

Text = str | Promise


class PartyRole(TextChoices):
    REPORTER = "reporter"
    JOINED = "joined"  # "tôi cũng gặp việc này"
    FOLLOWER = "follower"
    APPLICANT = "applicant"  # whose dossier it is
    FILER = "filer"  # files for the applicant, under an authorisation
    MERGED = "merged"  # reported it, too: their own report was merged into this one


# Who is asked, and may say that it is not done.
REPORTERS = frozenset({PartyRole.REPORTER, PartyRole.APPLICANT, PartyRole.FILER, PartyRole.MERGED})


class Sight(IntEnum):
    """How much of a case somebody reads."""

    VEILED = 0
    """Joined what no official has let strangers read: of somebody else's case that leaves what, about where, when."""
    STRANGER = 1
    JOINED = 2
    """Met it too: of the case, as anybody can be, but a stranger to whoever wrote this."""
    MERGED = 3
    """Reported it as well: answered like whoever wrote this, but a stranger to them."""
    REPORTER = 4
    OFFICIAL = 5


# How a case came in, in words; a channel that is not named here is shown by its name.
CHANNELS: dict[str, Text] = {
    "web": _("Gửi trên mạng"),
    "phone": _("Gọi điện"),
    "counter": _("Tại quầy"),
    "zalo": _("Zalo"),
    "facebook": _("Facebook"),
    "email": _("Thư điện tử"),
    "press": _("Báo chí"),
    "open311": _("Ứng dụng khác"),
    "api": _("Hệ thống kết nối"),
}


class FileRole(TextChoices):
    BEFORE = "before"
    AFTER = "after"
    VISIT = "visit"
    DOCUMENT = "document"
    MORE = "more"  # added by people later
    PAPER = "paper"  # of a dossier
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class State:
    """``label`` is what officials read, ``public_label`` what people read. ``tone`` colours the pill (UX §2.5)."""

    name: str
    label: Text
    public_label: Text
    tone: str = "info"  # info | ok | warn | bad | paused | neutral
    icon: str = "tool"
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may be done with a case. Its permission is ``<kind>.<name>``, its event ``<kind>.<event>``.

    ``to`` is the state after it; None keeps the state. ``party`` lets the people of the case do it as well, with
    ``reporters_only`` those of them who reported it.
    """

    name: str
    event: str
    label: Text
    from_states: frozenset[str]
    to: str | None = None
    roles: frozenset[Role] = frozenset()
    reach: Reach = Reach.UNIT
    party: bool = False
    involved: bool = False  # also for units that had a part in the case before
    reporters_only: bool = False
    icon: str = "arrow-right"
    key: str = ""  # single letter on the case page
    rank: int = 50  # smaller stands higher among the actions of the case page
    is_destructive: bool = False
    in_bulk: bool = False
    on_desk: bool = True


@dataclass(frozen=True, slots=True)
class CaseKind:
    name: str  # "incident": prefix of permissions and events
    label: Text
    code_template: str  # see lib.codes; the number is the case's own
    icon: str
    states: tuple[State, ...]
    moves: tuple[Move, ...]
    events: tuple[EventKind, ...]
    permissions: tuple[Permission, ...]
    desk_url: Callable[[int], str]  # case id → address of its page on the desk
    public_url: Callable[[str], str]  # code → address of its public page
    clock_labels: dict[str, Text] = field(default_factory=dict)
    promise_clock: str = "result"  # the clock that the public sees
    # Clocks whose terms are the case's own (its procedure says them), not those of the clock rules.
    own_clocks: frozenset[str] = frozenset()
    shows_initials: bool = (
        False  # in lists of officials: many cases have the same subject, and differ by whose they are
    )

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    def move(self, name: str) -> Move:
        return next(move for move in self.moves if move.name == name)


KINDS: dict[str, CaseKind] = {}

SUBJECTS: dict[str, Callable[[str], str]] = {}
"""Kind of case → says its subject in the reader's language. Of a kind without one it is what people wrote."""


def register_kind(kind: CaseKind) -> None:
    """Called once from the module's ``apps.py``. Fails at start when a move names an unknown state or event."""
    names = {state.name for state in kind.states}
    events = {event.name for event in kind.events}
    for move in kind.moves:
        unknown = (set(move.from_states) | ({move.to} if move.to else set())) - names
        if unknown:
            raise ValueError(f"move {kind.name}.{move.name} names unknown states {sorted(unknown)}")
        if f"{kind.name}.{move.event}" not in events:
            raise ValueError(f"move {kind.name}.{move.name} has no event {kind.name}.{move.event}")
    KINDS[kind.name] = kind
    register_events(kind.events)
    register_permissions(
        Permission(
            f"{kind.name}.{move.name}",
            move.roles,
            move.reach,
            party=move.party,
            reporters_only=move.reporters_only,
            involved=move.involved,
            label=move.label,
        )
        for move in kind.moves
    )
    register_permissions(kind.permissions)


EVENTS = (
    EventKind("case.inherited", _("{unit} tiếp tục giải quyết thay {before}"), Audience.PARTY, "building"),
    EventKind("clock.reminded", _("Sắp đến hạn “{clock}”"), icon="bell"),
    EventKind("clock.escalated", _("Đã quá hạn “{clock}”, báo {role}"), icon="alert-triangle", tone="late"),
    EventKind("case.link_changed", _("Đổi đường dẫn riêng, đường dẫn cũ không dùng được nữa"), Audience.PARTY, "link"),
    EventKind("category.changed", _("Sửa loại việc {name}"), icon="tag"),
    EventKind("routing.changed", _("Sửa quy tắc chuyển việc {name}"), icon="route"),
    EventKind("routing.removed", _("Bỏ quy tắc chuyển việc {name}"), icon="route"),
    EventKind("clockrule.changed", _("Sửa thời hạn {name}"), icon="hourglass"),
    EventKind("clockrule.removed", _("Bỏ thời hạn {name}"), icon="hourglass"),
    EventKind("clock.reckoned", _("Tính lại hạn vì lịch làm việc thay đổi"), icon="calendar-cog"),
)


@dataclass(frozen=True, slots=True)
class Bulk:
    """An action that the inbox offers for many cases. ``needs``: "", "officer", "unit" or "form": what ``run`` is
    handed. ``form``: asked once for all of them, ``run`` gets its cleaned data. ``hindrance`` says of a case why it
    cannot be done, "" when it can: shown before it is confirmed, and such a case is left out."""

    run: Callable[[int, Any, Any], object]  # case id, actor, value
    needs: str = ""
    form: type[Form] | None = None
    hindrance: Callable[[Any], str] | None = None


BULK: dict[tuple[str, str], Bulk] = {}


def register_bulk(kind: str, move: str, bulk: Bulk) -> None:
    BULK[kind, move] = bulk
