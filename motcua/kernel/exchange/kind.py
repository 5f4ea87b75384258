"""What is told to outside systems about a case, in neutral words, and what they tell us. Declarations only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind
from motcua.kernel.identity.kind import ADMINISTRATORS, Permission, Reach

WATCH = "exchange.watch"
REPORT = "exchange.report"  # of service keys: a ministry's system tells us of its dossiers


@dataclass(frozen=True, slots=True)
class NationalState:
    """``rank``: between two words of the same moment the higher one is the later one."""

    label: str | Promise
    tone: str
    icon: str
    rank: int
    is_over: bool = False


# TrangThaiHoSo of the national portal (facts §1.5): the one table of these codes.
NATIONAL_STATES = {
    1: NationalState(_("Mới đăng ký"), "info", "send", 0),
    2: NationalState(_("Được tiếp nhận"), "info", "inbox", 1),
    3: NationalState(_("Không được tiếp nhận"), "bad", "ban", 6, is_over=True),
    4: NationalState(_("Đang xử lý"), "info", "tool", 2),
    5: NationalState(_("Yêu cầu bổ sung giấy tờ"), "paused", "file-alert", 3),
    6: NationalState(_("Yêu cầu thực hiện nghĩa vụ tài chính"), "paused", "cash", 3),
    7: NationalState(_("Công dân yêu cầu rút hồ sơ"), "neutral", "arrow-back", 6, is_over=True),
    8: NationalState(_("Dừng xử lý"), "bad", "player-stop", 4),
    9: NationalState(_("Đã xử lý xong"), "ok", "gift", 5),
    10: NationalState(_("Đã trả kết quả"), "ok", "circle-check", 7, is_over=True),
}


# ── What a case is to the outside ───────────────────────────────────────────────────────────────────────────────────


class SubjectKind(TextChoices):
    """Whose dossier it is. Each partner has its own numbers for them."""

    CITIZEN = "citizen"
    BUSINESS = "business"
    HOUSEHOLD = "household"


@dataclass(frozen=True, slots=True)
class Subject:
    """A person or organisation, as far as the partner asks for them. Personal data: sealed wherever it is kept."""

    kind: str = SubjectKind.CITIZEN
    name: str = ""
    identifier: str = ""  # national id; of an organisation its tax code
    born_on: date | None = None
    phone: str = ""
    email: str = ""
    commune: str = ""  # code
    province: str = ""  # code
    line: str = ""
    is_proved: bool = False  # signed in with an identity that was proved


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file. Its bytes and its link are asked for when it is told."""

    file_id: int
    name: str
    type: str
    size: int
    sha256: str  # hex


@dataclass(frozen=True, slots=True)
class PaperTold:
    code: str
    name: str
    originals: int = 0
    copies: int = 0
    file: Attachment | None = None
    is_digitised: bool = False
    is_reused: bool = False  # taken from the person's store
    is_from_registry: bool = False


@dataclass(frozen=True, slots=True)
class FeeTold:
    code: str
    name: str
    amount: int
    kind: str  # phi | le_phi | …
    when: str  # accept | supplement | result
    is_paid: bool = False
    is_paid_online: bool = False


@dataclass(frozen=True, slots=True)
class SupplementTold:
    number: int
    asked_by: str
    what: str
    asked_at: datetime
    supplied_at: datetime | None = None
    papers: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ResultTold:
    code: str
    name: str
    number: str = ""
    file: Attachment | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of one case at one moment."""

    code: str
    subject: str  # what it is about
    procedure: str
    procedure_name: str
    field: str
    field_name: str
    state: int  # of NATIONAL_STATES
    way: str  # online | counter | post
    delivery: str  # online | counter | post
    applicant: Subject
    filed_at: datetime
    unit: str  # code of the unit that has it …
    unit_name: str
    reception: str  # … and where it was handed in
    reception_name: str
    filer: Subject | None = None  # filed by another person, under an authorisation
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    note: str = ""
    time: str = ""  # "3 ngày làm việc": the term of the procedure
    papers: Sequence[PaperTold] = ()
    fees: Sequence[FeeTold] = ()
    supplements: Sequence[SupplementTold] = ()
    results: Sequence[ResultTold] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to it. ``event_id`` makes it the same thing whenever it is told."""

    event_id: int
    at: datetime
    state: int
    words: str
    unit: str
    unit_name: str
    officer: str = ""
    title: str = ""
    begins_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """Its state alone, with the results when there are any."""

    state: int
    at: datetime
    words: str = ""
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    results: Sequence[ResultTold] = ()


@dataclass(frozen=True, slots=True)
class Described:
    """What a module says of one of its cases."""

    dossier: Dossier
    steps: Sequence[Step]

    @property
    def status(self) -> Status:
        last, told = self.steps[-1], self.dossier
        return Status(told.state, last.at, last.words, told.finished_at, told.returned_at, told.results)

    @property
    def files(self) -> list[Attachment]:
        """Each once, papers first."""
        held = [*(paper.file for paper in self.dossier.papers), *(one.file for one in self.dossier.results)]
        return list({file.file_id: file for file in held if file is not None}.values())


class ParcelKind(TextChoices):
    FILE = "file", _("Tệp")
    DOSSIER = "dossier", _("Hồ sơ")
    PROGRESS = "progress", _("Tiến trình")
    STATUS = "status", _("Trạng thái")


class ParcelState(TextChoices):
    WAITING = "waiting", _("Chờ gửi")
    SENT = "sent", _("Đã nhận")
    REFUSED = "refused", _("Bị từ chối")
    DROPPED = "dropped", _("Thay bằng lần gửi sau")


class LaneState(TextChoices):
    """How one case stands with one partner."""

    CURRENT = "current", _("Đã đồng bộ")
    WAITING = "waiting", _("Chờ đồng bộ")
    REFUSED = "refused", _("Bên kia từ chối")


STATE_TONES = {
    LaneState.CURRENT: ("ok", "circle-check"),
    LaneState.WAITING: ("warn", "clock"),
    LaneState.REFUSED: ("bad", "plug-connected-x"),
}
PARCEL_TONES = {
    ParcelState.WAITING: ("warn", "clock"),
    ParcelState.SENT: ("ok", "check"),
    ParcelState.REFUSED: ("bad", "x"),
    ParcelState.DROPPED: ("neutral", "replace"),
}


# ── What ministries' systems tell us ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reported:
    """One dossier's state as another system tells it. Empty: it did not say. ``applicant`` is never kept as it is."""

    code: str
    state: int
    said_at: datetime
    procedure: str = ""
    procedure_name: str = ""
    agency: str = ""
    accepted_at: datetime | None = None
    due_at: datetime | None = None
    finished_at: datetime | None = None
    returned_at: datetime | None = None
    applicant: str = ""  # national id
    secret: str = ""  # that its receipt bears, where there is one


class UnreadError(ValueError):
    """A row that cannot be read. Its words name field and reason, and are shown to whoever sent it."""


EVENTS = (
    EventKind("exchange.resent", _("Gửi lại hồ sơ {code} đến {partner}"), icon="refresh"),
    EventKind("exchange.bulk_resent", _("Gửi lại {count} hồ sơ đến {partner}"), icon="refresh"),
    EventKind("exchange.filling", _("Xếp hàng mọi hồ sơ đang giải quyết để gửi đến {partner}"), icon="list-check"),
    EventKind("exchange.imported", _("Nhận trạng thái {count} hồ sơ từ {source}"), icon="database-import"),
)
PERMISSIONS = (
    Permission(WATCH, ADMINISTRATORS, Reach.TOP, label=_("Theo dõi, gửi lại đồng bộ hồ sơ")),
    Permission(REPORT, reach=Reach.ALL, label=_("Báo trạng thái hồ sơ của hệ thống khác")),
)
