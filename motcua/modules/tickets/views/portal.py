"""A number on the phone: where, which line, when; then it follows itself. No sign-in, no name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.forms import ContactForm
from motcua.kernel.identity.views import Request, public
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.org import queries as org
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.reminding import ask_reminder, drop_reminder
from motcua.modules.tickets.actions.taking import cancel_ticket, take_ticket
from motcua.modules.tickets.forms import TakeForm
from motcua.modules.tickets.kind import Source, State
from motcua.modules.tickets.queries import points
from motcua.modules.tickets.queries.links import link_of, ticket_behind
from motcua.modules.tickets.queries.rating import rate_url
from motcua.modules.tickets.queries.telling import reminder_of
from motcua.modules.tickets.queries.waiting import Room, calls_now, open_tickets
from motcua.modules.tickets.views import links

if TYPE_CHECKING:
    from motcua.modules.tickets.models import Line, ServicePoint, Ticket

LONGEST_WORDS = 80


@public
@never_cache
@require_safe
def point_list(request: Request) -> HttpResponse:
    words = request.GET.get("tim", "").replace("\x00", "").strip()[:LONGEST_WORDS]
    context = {"points": points.list_points(words), "words": words, "own": _own(request)}
    return render(request, "tickets/portal/points.html", context)


def _own(request: Request) -> list[tuple[Ticket, str, str]]:
    """What this device holds, each with its link and its place."""
    return [
        (ticket, link_of(ticket), org.tree().unit(ticket.point.unit_id).name)
        for ticket in open_tickets(links.held(request), org.local_today())
    ]


@public
@never_cache
@require_safe
def point_page(request: Request, code: str) -> HttpResponse:
    point = points.get_point(code)
    room, names = Room(point), points.field_names()
    lines = [
        (line, room.waiting_in(line.id), room.outlook(line), _fields(line, names)) for line in points.open_lines(point)
    ]
    context = {
        "point": points.point_row(point),
        "lines": lines,
        "calls": calls_now(point, room.day),
        "crumbs": [(_("Lấy số"), reverse("ticket_points"))],
    }
    return render(request, "tickets/portal/point.html", context)


def _fields(line: Line, names: Any) -> str:
    return ", ".join(names[code] for code in line.fields if code in names)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ticket_take", per_hour=30)
def take(request: Request, code: str, letter: str) -> HttpResponse:
    point = points.get_point(code)
    line = points.get_line(point, letter)
    now = moment.now()
    form = TakeForm(
        request.POST or None,
        times=points.slots(line, now),
        is_now=points.gives_numbers(points.calendar_of(point), now),
    )
    if request.method == "POST" and form.is_valid():
        try:
            ticket = take_ticket(
                line.id, actor=request.actor, source=Source.PHONE, slot_at=form.slot_at, held=links.held(request)
            )
        except Refused as refused:
            form.add_error("at" if "at" in refused.fields else None, refused.message)
        else:
            response = redirect(link_of(ticket))
            links.keep(request, response, ticket)
            return response
    return _take_page(request, point, line, form)


def _take_page(request: Request, point: ServicePoint, line: Line, form: TakeForm) -> HttpResponse:
    row, room = points.point_row(point), Room(point)
    context = {
        "point": row,
        "line": line,
        "form": form,
        "outlook": room.outlook(line),
        "own": _own(request),
        "fields": _fields(line, points.field_names()),
        "has_times": bool(form.fields["at"].choices),  # type: ignore[attr-defined]  # a ChoiceField
        "crumbs": [(_("Lấy số"), reverse("ticket_points")), (row.name, reverse("ticket_point", args=[row.code]))],
    }
    return render(request, "tickets/portal/take.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def ticket_page(request: Request, token: str) -> HttpResponse:
    """``?v=`` is what the page shows already: 204 while nothing changed, so that nothing is read out twice."""
    ticket = ticket_behind(token)
    if ticket is None:
        raise Http404
    context = _ticket_context(request, ticket, token)
    if request.headers.get("HX-Request"):
        if request.GET.get("v") == context["mark"]:
            return HttpResponse(status=204)
        return render(request, "tickets/portal/_ticket.html", {**context, "is_part": True})
    return render(request, "tickets/portal/ticket.html", context)


def _ticket_context(request: Request, ticket: Ticket, token: str) -> dict[str, Any]:
    unit, now = org.tree().unit(ticket.point.unit_id), moment.now()
    is_in_queue = ticket.state == State.WAITING and ticket.day == org.local_today()
    is_booked = ticket.slot_at is not None and ticket.slot_at > now
    outlook = Room(ticket.point).outlook(ticket.line, ticket.id) if is_in_queue and not is_booked else None
    expected = outlook.expected if outlook else None
    mark = "-".join(
        str(part)
        for part in (
            ticket.pk, ticket.state, ticket.calls, is_booked, outlook and outlook.ahead, outlook and outlook.counters,
            expected and expected.low, expected and expected.high,
        )
    )  # fmt: skip
    return {
        "ticket": ticket,
        "token": token,
        "unit": unit,
        "outlook": outlook,
        "is_booked": is_booked,
        "may_cancel": ticket.state in (State.WAITING, State.SKIPPED),
        "is_followed": ticket.state in (State.WAITING, State.CALLED, State.SERVING, State.SKIPPED),
        "may_remind": ticket.state == State.WAITING,
        "reminder": reminder_of(ticket),
        "is_known": request.actor.person_id is not None,
        "form": ContactForm(),
        "mark": mark,
        "rate_url": rate_url(ticket),
        "crumbs": [(_("Lấy số"), reverse("ticket_points"))],
    }


@public
@never_cache
@require_POST
@limited("ticket_remind", per_hour=20)
def remind(request: Request, token: str) -> HttpResponse:
    """``do=drop`` takes it back."""
    ticket = ticket_behind(token)
    if ticket is None:
        raise Http404
    if request.POST.get("do") == "drop":
        drop_reminder(ticket.pk, actor=request.actor)
        return HttpResponseRedirect(link_of(ticket))
    form = ContactForm(request.POST)
    form.fields["address"].required = request.actor.person_id is None
    if form.is_valid():
        try:
            ask_reminder(
                ticket.pk,
                actor=request.actor,
                address=form.cleaned_data["address"],
                language="en" if get_language() == "en" else "vi",
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Bạn sẽ được báo khi gần đến lượt và khi được mời."))
            return HttpResponseRedirect(link_of(ticket))
    context = {**_ticket_context(request, ticket, token), "form": form}
    return render(request, "tickets/portal/ticket.html", context, status=422)


@public
@never_cache
@require_POST
@limited("ticket_cancel", per_hour=60)
def cancel(request: Request, token: str) -> HttpResponse:
    ticket = ticket_behind(token)
    if ticket is None:
        raise Http404
    try:
        cancel_ticket(ticket.pk, actor=request.actor)
    except Refused as refused:
        messages.error(request, refused.message)
        return HttpResponseRedirect(link_of(ticket))
    messages.success(request, _("Đã bỏ số {number}.").format(number=ticket.label))
    return redirect("ticket_points")
