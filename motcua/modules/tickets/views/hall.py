"""What stands in the hall: the kiosk that gives out numbers, the screen that calls them, the display of a counter."""

from __future__ import annotations

from http import HTTPStatus

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.identity.views import Request
from motcua.kernel.identity.views.devices import device_only
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.taking import take_ticket
from motcua.modules.tickets.kind import COUNTER, KIOSK, SCREEN, Source
from motcua.modules.tickets.queries import points
from motcua.modules.tickets.queries.links import link_of
from motcua.modules.tickets.queries.waiting import Room, calls_now, current_at


@device_only(KIOSK)
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ticket_kiosk", per_hour=600)
def kiosk(request: Request, code: str) -> HttpResponse:
    """``?lang=en`` is for the person who stands before it."""
    language = "en" if (request.POST or request.GET).get("lang") == "en" else "vi"
    with translation.override(language):
        return _kiosk_page(request, code, language)


def _kiosk_page(request: Request, code: str, language: str) -> HttpResponse:
    point = points.get_point(code)
    lines, room = points.open_lines(point), Room(point)
    context = {
        "point": points.point_row(point),
        "lang": language,
        "other": "vi" if language == "en" else "en",
        "error": "",
        "ticket": None,
    }
    status = 200
    if request.method == "POST":
        try:
            line = points.get_line(point, request.POST.get("line", ""))
            ticket = take_ticket(line.id, actor=request.actor, source=Source.KIOSK)
        except Refused as refused:
            context["error"], status = refused.message, 422
        else:
            link = request.build_absolute_uri(link_of(ticket))
            context |= {
                "ticket": ticket,
                "outlook": Room(point).outlook(line, ticket.id),
                "qr": segno.make(link, error="m").svg_data_uri(scale=4, border=2),
            }
    names = points.field_names()
    context["lines"] = [
        (line, room.waiting_in(line.id), ", ".join(names[field] for field in line.fields if field in names))
        for line in lines
    ]
    context["is_giving"] = points.gives_numbers(points.calendar_of(point), moment.now()) and not point.is_paused
    return render(request, "tickets/hall/kiosk.html", context, status=status)


@device_only(SCREEN)
@require_safe
def screen(request: Request, code: str) -> HttpResponse:
    """Follows the event stream of its point. ``?v=`` is what it shows already, as on the page of a number."""
    point = points.get_point(code)
    room = Room(point)
    calls = calls_now(point, room.day)
    lines = [(line, room.waiting_in(line.id)) for line in points.open_lines(point)]
    mark = "-".join(
        [*(f"{ticket.pk}.{ticket.calls}.{ticket.state}" for ticket in calls), *(str(count) for _line, count in lines)]
    )
    context = {"calls": calls, "lines": lines, "url": reverse("ticket_screen", args=[code])}
    return _followed(request, "screen", mark, {"point": points.point_row(point), **context})


@device_only(COUNTER)
@require_safe
def counter(request: Request, code: str, place: str) -> HttpResponse:
    """The display above one counter: the number that is called or served there."""
    point = points.get_point(code)
    found = points.get_counter(point, place)
    current = current_at(found)
    mark = f"{current.pk}.{current.calls}.{current.state}" if current else str(found.officer_id is None)
    context = {"counter": found, "current": current, "url": reverse("ticket_counter", args=[code, place])}
    return _followed(request, "counter", mark, {"point": points.point_row(point), **context})


def _followed(request: Request, name: str, mark: str, context: dict[str, object]) -> HttpResponse:
    """The page, or for what follows itself its changed part; nothing (204) while nothing changed."""
    if not request.headers.get("HX-Request"):
        return render(request, f"tickets/hall/{name}.html", {**context, "mark": mark})
    if request.GET.get("v") == mark:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, f"tickets/hall/_{name}.html", {**context, "mark": mark})
