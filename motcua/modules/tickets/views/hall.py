"""What stands in the hall: the kiosk that gives out numbers, and the screen that calls them."""

from __future__ import annotations

import segno
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.identity.views import Request, public
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.taking import take_ticket
from motcua.modules.tickets.kind import Source
from motcua.modules.tickets.queries import points
from motcua.modules.tickets.queries.waiting import Room, calls_now
from motcua.modules.tickets.views import links


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("ticket_kiosk", per_hour=600)
def kiosk(request: Request, code: str) -> HttpResponse:
    """``?khoa=`` makes this device a kiosk, once; ``?lang=en`` is for the person who stands before it."""
    if key := request.GET.get("khoa", ""):
        response = redirect("ticket_kiosk", code)
        if links.become_kiosk(response, code, key):
            return response
    if not links.is_kiosk(request, code):
        raise Refused(
            "not_allowed", _("Máy này chưa phải máy lấy số. Mở bằng đường dẫn ở trang Quản trị, mục Quầy và hàng chờ.")
        )
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
            link = request.build_absolute_uri(links.link_of(ticket))
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


@public
@never_cache
@require_safe
def screen(request: Request, code: str) -> HttpResponse:
    """It asks by itself every few seconds; ``?v=`` as on the page of a number."""
    point = points.get_point(code)
    room = Room(point)
    calls = calls_now(point, room.day)
    lines = [(line, room.waiting_in(line.id)) for line in points.open_lines(point)]
    mark = "-".join(
        [*(f"{ticket.pk}.{ticket.calls}.{ticket.state}" for ticket in calls), *(str(count) for _line, count in lines)]
    )
    context = {
        "point": points.point_row(point),
        "calls": calls,
        "lines": lines,
        "mark": mark,
        "url": reverse("ticket_screen", args=[code]),
    }
    if request.headers.get("HX-Request"):
        if request.GET.get("v") == mark:
            return HttpResponse(status=204)
        return render(request, "tickets/hall/_screen.html", context)
    return render(request, "tickets/hall/screen.html", context)
