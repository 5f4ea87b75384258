"""What operators do: send again, and put open cases in line for a partner that was set up later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.exchange.actions.filling import describe, put
from motcua.kernel.exchange.actions.sending import go_on
from motcua.kernel.exchange.kind import WATCH, LaneState, ParcelKind, ParcelState
from motcua.kernel.exchange.models import Lane, PartnerState
from motcua.kernel.exchange.ports import PARTNERS, Partner
from motcua.kernel.identity.queries import require
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MOST_AT_ONCE = 1000


def get_partner(name: str) -> Partner:
    partner = PARTNERS.get(name)
    if partner is None or not partner.is_configured():
        raise Refused("not_found", _("Hệ thống này chưa được kết nối."))
    return partner


@transaction.atomic
def resend(lane_id: int, *, actor: Actor, everything: bool = False) -> None:
    """Describe the case anew and tell it again: what waits or was refused is replaced. Files and steps that the partner
    has taken are not told twice, unless ``everything`` says so (it lost them)."""
    require(actor, WATCH)
    lane = _resent(lane_id, everything=everything)
    record(
        "exchange.resent",
        actor=actor,
        data={"code": lane.case.code, "partner": str(PARTNERS[lane.partner].label), "lane": lane.pk},
    )


@transaction.atomic
def resend_refused(partner_name: str, *, actor: Actor, reason: str = "") -> int:
    """Every refused case of a partner (those with this reason), 1,000 at a time: after what was wrong was mended."""
    require(actor, WATCH)
    partner = get_partner(partner_name)
    rows = Lane.objects.filter(partner=partner_name, state=LaneState.REFUSED).order_by("case_id")
    if reason:
        rows = rows.filter(error=reason)
    ids = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    for lane_id in ids:
        _resent(lane_id)
    if ids:
        record(
            "exchange.bulk_resent",
            actor=actor,
            data={"count": len(ids), "partner": str(partner.label), "reason": reason},
        )
    return len(ids)


def _resent(lane_id: int, *, everything: bool = False) -> Lane:
    lane = Lane.objects.select_for_update(of=("self",)).select_related("case").filter(pk=lane_id).first()
    if lane is None:
        raise Refused("not_found", _("Không tìm thấy dòng đồng bộ này."))
    partner = get_partner(lane.partner)
    described = describe(lane.case.kind, lane.case_id)
    if described is None:
        raise Refused("stale", _("Hồ sơ này không có gì để gửi."))
    unsent = lane.parcels.filter(state__in=(ParcelState.WAITING, ParcelState.REFUSED))
    unsent.update(state=ParcelState.DROPPED, body_sealed=b"")
    if everything:
        again = lane.parcels.filter(state=ParcelState.SENT, kind=ParcelKind.PROGRESS)
        again.update(state=ParcelState.DROPPED)
    lane.round, lane.attempts, lane.error = lane.round + 1, 0, ""
    put(lane, partner, described)
    go_on(lane)
    return lane


@transaction.atomic
def begin_filling(partner_name: str, *, actor: Actor) -> None:
    """Let the worker put all open cases in line for a partner. Those that are there already get nothing twice."""
    require(actor, WATCH)
    partner = get_partner(partner_name)
    state, _created = PartnerState.objects.select_for_update().get_or_create(name=partner_name)
    if state.filled_to is not None:
        return
    state.filled_to = 0
    state.save(update_fields=["filled_to"])
    record("exchange.filling", actor=actor, data={"partner": str(partner.label)})
