"""How each case stands with each partner: for the worker, the page “Đồng bộ”, and the page of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from motcua.kernel.exchange.kind import (
    PARCEL_TONES,
    STATE_TONES,
    WATCH,
    Dossier,
    LaneState,
    ParcelKind,
    ParcelState,
)
from motcua.kernel.exchange.models import Lane, Parcel, PartnerState
from motcua.kernel.exchange.ports import PARTNERS, Option, configured_partners
from motcua.kernel.exchange.queries.bodies import opened_body
from motcua.kernel.identity.queries import require
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

PAGE = 50
MOST_REASONS = 20
_SALT = "motcua.exchange.file"


# ── For the worker ──────────────────────────────────────────────────────────────────────────────────────────────────


def dossier_in_line(lane_id: int) -> Dossier:
    """The dossier as it is to be told for the first time."""
    parcel = Parcel.objects.filter(lane_id=lane_id, kind=ParcelKind.DOSSIER, state=ParcelState.WAITING).earliest("id")
    body = opened_body(parcel.kind, parcel.body_sealed)
    assert isinstance(body, Dossier)  # noqa: S101  of its kind
    return body


def references(lane_id: int) -> dict[int, str]:
    """File id → what the partner calls it."""
    rows = Parcel.objects.filter(lane_id=lane_id, kind=ParcelKind.FILE, state=ParcelState.SENT).order_by("id")
    return {int(key.partition(":")[2]): reference for key, reference in rows.values_list("key", "reference")}


def file_link(partner: str, file_id: int) -> str:
    """An address under which a partner fetches a file, for as long as EXCHANGE_LINK_DAYS says."""
    token = signing.dumps([partner, file_id], salt=_SALT)
    return f"{settings.PUBLIC_URL}{reverse('exchange_file', args=[token])}"


def read_file_token(token: str) -> tuple[str, int]:
    """For whom, in words for people, and which file. Refused("not_found") when it is not one of ours, or too old."""
    try:
        name, file_id = signing.loads(token, salt=_SALT, max_age=settings.EXCHANGE_LINK_DAYS * 86_400)
    except signing.BadSignature:
        raise Refused("not_found", _("Đường dẫn tệp không đúng hoặc đã hết hạn.")) from None
    return str(PARTNERS[name].label) if name in PARTNERS else name, file_id


# ── For those who watch ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Reason:
    """Why cases are not in step. One that was refused waits for a person, the others are tried again."""

    words: str
    count: int
    state: str
    label: str | Promise
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class PartnerLine:
    name: str
    label: str | Promise
    is_configured: bool
    options: Sequence[tuple[Option, str]]
    missing: Sequence[str]
    reached_at: datetime | None
    failed_at: datetime | None
    error: str
    is_filling: bool
    waiting: int
    oldest: datetime | None
    refused: int
    reasons: Sequence[Reason]


def partner_lines(actor: Actor) -> list[PartnerLine]:
    """Every partner that is built in, those in use first."""
    require(actor, WATCH)
    states = {state.name: state for state in PartnerState.objects.all()}
    counts: Mapping[str, Mapping[str, object]] = {
        row["partner"]: row
        for row in Lane.objects.exclude(state=LaneState.CURRENT)
        .values("partner")
        .annotate(
            waiting=Count("pk", filter=Q(state=LaneState.WAITING)),
            oldest=Min("behind_since", filter=Q(state=LaneState.WAITING)),
            refused=Count("pk", filter=Q(state=LaneState.REFUSED)),
        )
    }
    lines = []
    for partner in sorted(PARTNERS.values(), key=lambda partner: (not partner.is_configured(), partner.name)):
        state = states.get(partner.name) or PartnerState(name=partner.name)
        row = counts.get(partner.name, {})
        options = partner.options()
        lines.append(
            PartnerLine(
                partner.name,
                partner.label,
                partner.is_configured(),
                [(option, "••••••" if option.is_secret and option.value else option.value) for option in options],
                [option.variable for option in options if option.is_required and not option.value],
                state.reached_at,
                state.failed_at,
                state.error,
                state.filled_to is not None,
                _int(row.get("waiting")),
                row.get("oldest"),  # type: ignore[arg-type]
                _int(row.get("refused")),
                _reasons(partner.name) if row else [],
            )
        )
    return lines


def _int(value: object) -> int:
    return value if isinstance(value, int) else 0


def _reasons(partner: str) -> list[Reason]:
    """What only waits for its turn has none."""
    rows = Lane.objects.filter(Q(state=LaneState.REFUSED) | Q(state=LaneState.WAITING) & ~Q(error=""), partner=partner)
    counted = rows.values_list("error", "state").annotate(count=Count("pk")).order_by("state", "-count", "error")
    return [
        Reason(error, count, state, LaneState(state).label, *STATE_TONES[LaneState(state)])
        for error, state, count in counted[:MOST_REASONS]
    ]


@dataclass(frozen=True, slots=True)
class LaneLine:
    lane: Lane
    code: str
    state: str | Promise
    tone: str
    icon: str
    may_resend: bool


@dataclass(frozen=True, slots=True)
class LaneFilter:
    """``state``: "" all | waiting | refused | current; ``words``: a dossier's code, ours or theirs."""

    partner: str
    state: str = ""
    reason: str = ""
    words: str = ""
    before: int | None = None


def lanes(actor: Actor, wanted: LaneFilter) -> tuple[list[LaneLine], int | None]:
    """Newest first, and where the next page begins."""
    require(actor, WATCH)
    rows = Lane.objects.filter(partner=wanted.partner).select_related("case")
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.reason:
        rows = rows.filter(error=wanted.reason)
    if wanted.words:
        rows = rows.filter(Q(case__code=wanted.words.upper()) | Q(their_code=wanted.words.upper()))
    if wanted.before is not None:
        rows = rows.filter(pk__lt=wanted.before)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    return [_lane_line(lane) for lane in shown], shown[-1].pk if len(found) > PAGE else None


def _lane_line(lane: Lane) -> LaneLine:
    tone, icon = STATE_TONES[LaneState(lane.state)]
    partner = PARTNERS.get(lane.partner)
    return LaneLine(
        lane,
        lane.case.code,
        LaneState(lane.state).label,
        tone,
        icon,
        partner is not None and partner.is_configured(),
    )


@dataclass(frozen=True, slots=True)
class ParcelLine:
    parcel: Parcel
    kind: str | Promise
    state: str | Promise
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class LanePage:
    line: LaneLine
    partner: str | Promise
    parcels: list[ParcelLine]


def lane_page(lane_id: int, *, actor: Actor) -> LanePage:
    """The history of one case at one partner, newest first. What was told is not shown: it is not kept."""
    require(actor, WATCH)
    lane = Lane.objects.select_related("case").filter(pk=lane_id).first()
    if lane is None:
        raise Refused("not_found", _("Không tìm thấy dòng đồng bộ này."))
    rows = lane.parcels.defer("body_sealed").order_by("-pk")[:500]
    return LanePage(
        _lane_line(lane),
        PARTNERS[lane.partner].label if lane.partner in PARTNERS else lane.partner,
        [
            ParcelLine(
                parcel,
                ParcelKind(parcel.kind).label,
                ParcelState(parcel.state).label,
                *PARCEL_TONES[ParcelState(parcel.state)],
            )
            for parcel in rows
        ],
    )


def lanes_of_code(code: str) -> list[Lane]:
    """For commands."""
    wanted = Q(case__code=code.upper()) | Q(their_code=code.upper())
    return list(Lane.objects.filter(wanted).select_related("case").order_by("partner"))


@dataclass(frozen=True, slots=True)
class SyncLine:
    """One partner on the page of a case."""

    partner: str | Promise
    state: str | Promise
    tone: str
    icon: str
    at: datetime | None  # since when it waits, or when it was told last
    is_behind: bool
    error: str
    their_code: str


def sync_lines(case_id: int, code: str) -> list[SyncLine]:
    """How a case stands with the partners in use. The caller has authorised reading it; one query, none without
    partners."""
    partners = configured_partners()
    if not partners:
        return []
    rows = {lane.partner: lane for lane in Lane.objects.filter(case_id=case_id)}
    lines = []
    for partner in partners:
        lane = rows.get(partner.name)
        if lane is None:
            lines.append(SyncLine(partner.label, _("Chưa gửi"), "neutral", "cloud-off", None, False, "", ""))
            continue
        tone, icon = STATE_TONES[LaneState(lane.state)]
        is_behind = lane.state != LaneState.CURRENT
        lines.append(
            SyncLine(
                partner.label,
                LaneState(lane.state).label,
                tone,
                icon,
                lane.behind_since if is_behind else lane.sent_at,
                is_behind,
                lane.error if is_behind else "",
                lane.their_code if lane.their_code != code else "",
            )
        )
    return lines


def count_refused(most: int = 1000) -> int:
    """For the side bar: what waits for a person."""
    names = [partner.name for partner in configured_partners()]
    if not names:
        return 0
    return Lane.objects.filter(partner__in=names, state=LaneState.REFUSED)[:most].count()
