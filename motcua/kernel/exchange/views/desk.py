"""“Đồng bộ”: whether partners are reached, what waits since when, what they refuse and why; and sending again."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.exchange.actions.operating import begin_filling, get_partner, resend, resend_refused
from motcua.kernel.exchange.kind import LaneState
from motcua.kernel.exchange.ports import PARTNERS, Health
from motcua.kernel.exchange.queries.foreign import foreign_page
from motcua.kernel.exchange.queries.lanes import LaneFilter, lane_page, lanes, partner_lines
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused

WATCH = "exchange.watch"


@requires(WATCH)
@never_cache
@require_safe
def show(request: Request) -> HttpResponse:
    return _partners(request, {})


@requires(WATCH)
@never_cache
@require_POST
def check(request: Request, name: str) -> HttpResponse:
    """Asks the partner now. Nothing is told."""
    require(request.actor, WATCH)
    return _partners(request, {name: get_partner(name).check()})


def _partners(request: Request, health: dict[str, Health]) -> HttpResponse:
    lines = partner_lines(request.actor)
    context = {
        "lines": [(line, health.get(line.name)) for line in lines],
        "is_any": any(line.is_configured for line in lines),
        "tab": "partners",
    }
    return render(request, "exchange/desk/partners.html", context)


@requires(WATCH)
@never_cache
@require_safe
def show_partner(request: Request, name: str) -> HttpResponse:
    """The dossiers at one partner, those that wait or were refused first when asked for."""
    if name not in PARTNERS:
        raise Refused("not_found", _("Không có hệ thống này."))
    wanted = _filter(request, name)
    rows, before = lanes(request.actor, wanted)
    line = next(line for line in partner_lines(request.actor) if line.name == name)
    behind = {LaneState.WAITING: line.waiting, LaneState.REFUSED: line.refused}  # who is in step is not counted: many
    query: dict[str, Any] = {key: value for key, value in request.GET.items() if key != "before" and value}
    context = {
        "name": name,
        "label": line.label,
        "line": line,
        "rows": rows,
        "wanted": wanted,
        "states": [(state.value, state.label, behind.get(state)) for state in LaneState],
        "older_url": f"?{urlencode(query | {'before': before})}" if before else "",
    }
    return render(request, "exchange/desk/partner.html", context)


def _filter(request: Request, name: str) -> LaneFilter:
    """What the address says; what makes no sense is as if it were not there."""
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    return LaneFilter(
        partner=name,
        state=state if state in LaneState.values else "",
        reason=request.GET.get("reason", "").replace("\0", "")[:300],
        words=request.GET.get("q", "").replace("\0", "").strip()[:60],
        before=row_number(before),
    )


@requires(WATCH)
@never_cache
@require_safe
def show_lane(request: Request, lane_id: int) -> HttpResponse:
    page = lane_page(lane_id, actor=request.actor)
    return render(request, "exchange/desk/lane.html", {"page": page})


@requires(WATCH)
@require_POST
def resend_lane(request: Request, lane_id: int) -> HttpResponse:
    resend(lane_id, actor=request.actor)
    messages.success(request, _("Hồ sơ sẽ được gửi lại ngay."))
    return redirect("exchange_lane", lane_id)


@requires(WATCH)
@require_POST
def resend_all(request: Request, name: str) -> HttpResponse:
    count = resend_refused(name, actor=request.actor, reason=request.POST.get("reason", ""))
    words = ngettext("Gửi lại %(n)d hồ sơ.", "Gửi lại %(n)d hồ sơ.", count)
    messages.success(request, words % {"n": count})
    return redirect("exchange")


@requires(WATCH)
@require_POST
def fill(request: Request, name: str) -> HttpResponse:
    begin_filling(name, actor=request.actor)
    messages.success(request, _("Các hồ sơ đang giải quyết được xếp hàng dần, hồ sơ đã có thì thôi."))
    return redirect("exchange")


@requires(WATCH)
@never_cache
@require_safe
def show_foreign(request: Request) -> HttpResponse:
    """What other systems told us of their dossiers, and what of it could not be read."""
    context = {
        "page": foreign_page(request.actor),
        "kept_days": settings.EXCHANGE_UNREAD_KEPT_DAYS,
        "tab": "foreign",
    }
    return render(request, "exchange/desk/foreign.html", context)
