"""The clerk's counter: one key calls the next number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import Request, requires
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.queries.desk import free_counters, seat_of

TICKET_ACTIONS: dict[str, Callable[..., Any]] = {
    "recall": calling.recall_ticket,
    "skip": calling.skip_ticket,
    "serve": calling.serve_ticket,
    "done": calling.finish_ticket,
}


@requires("ticket.call")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_desk(request: Request) -> HttpResponse:
    """``do``: call | leave | open:<counter> | transfer:<ticket> | recall, skip, serve, done:<ticket>."""
    if request.method == "POST":
        try:
            _do(request)
        except Refused as refused:
            messages.error(request, refused.message)
        return redirect("ticket_desk")
    seat = seat_of(request.actor)
    if seat is None:
        return render(request, "tickets/desk/sit_down.html", {"points": free_counters(request.actor)})
    is_part = request.headers.get("HX-Request") == "true" and request.GET.get("part") == "queue"
    return render(request, "tickets/desk/_queue.html" if is_part else "tickets/desk/counter.html", {"seat": seat})


def _do(request: Request) -> None:
    name, _sep, number = request.POST.get("do", "").partition(":")
    pk = row_number(number) or 0
    if name == "call":
        if calling.call_next(actor=request.actor) is None:
            messages.info(request, _("Không còn ai chờ hàng của quầy này."))
    elif name == "leave":
        calling.leave_counter(actor=request.actor)
    elif name == "open":
        calling.open_counter(pk, actor=request.actor)
    elif name == "transfer":
        line = request.POST.get("line", "")
        line_id = row_number(line) or 0
        moved = calling.transfer_ticket(pk, actor=request.actor, line_id=line_id)
        messages.success(
            request, _("Đã chuyển số {number} sang hàng {line}.").format(number=moved.label, line=moved.line.title)
        )
    elif name in TICKET_ACTIONS:
        TICKET_ACTIONS[name](pk, actor=request.actor)
