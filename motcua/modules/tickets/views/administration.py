"""Administration of receptions: lines and counters."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.queries import may_somewhere
from motcua.kernel.identity.views import Request, requires
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions import arranging
from motcua.modules.tickets.forms import CounterForm, LineForm
from motcua.modules.tickets.queries import points


@requires("ticket.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admin_points(request: Request) -> HttpResponse:
    if request.method == "POST":
        unit = request.POST.get("unit", "")
        point = arranging.add_point(row_number(unit) or 0, actor=request.actor)
        return redirect("admin_point", points.point_row(point).code)
    context = {"points": points.managed_points(request.actor), "units": points.units_without_point(request.actor)}
    return render(request, "tickets/desk/points.html", context)


@requires("ticket.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admin_point(request: Request, code: str) -> HttpResponse:
    """Posting pauses or resumes the giving out of numbers."""
    point = points.managed_point(code, actor=request.actor)
    if request.method == "POST":
        arranging.set_paused(point.pk, actor=request.actor, is_paused=request.POST.get("do") == "pause")
        return redirect("admin_point", code)
    context = {
        "point": points.point_row(point),
        "lines": points.all_lines(point),
        "counters": points.all_counters(point),
        "devices_url": reverse("devices") if may_somewhere(request.actor, "device.manage") else "",
    }
    return render(request, "tickets/desk/point.html", context)


@requires("ticket.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admin_line(request: Request, code: str, letter: str = "") -> HttpResponse:
    point = points.managed_point(code, actor=request.actor)
    lines = points.all_lines(point)
    line = next((line for line in lines if line.letter == letter), None)
    if letter and line is None:
        raise Http404
    form = LineForm(request.POST or None, line=line, names=list(points.field_names().items()))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("letter")
        if line is None and any(other.letter == chosen for other in lines):
            form.add_error("letter", _("Đã có hàng {letter}.").format(letter=chosen))
        else:
            arranging.save_line(point.pk, chosen, actor=request.actor, fields=values.pop("fields_of"), **values)
            messages.success(request, _("Đã lưu hàng {letter}.").format(letter=chosen))
            return redirect("admin_point", code)
    title = _("Sửa hàng {letter}").format(letter=letter) if line else _("Thêm hàng")
    return _form_page(request, code, title, form)


@requires("ticket.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def admin_counter(request: Request, code: str, number: int = 0) -> HttpResponse:
    point = points.managed_point(code, actor=request.actor)
    counters = points.all_counters(point)
    counter = next((counter for counter in counters if counter.number == number), None)
    if number and counter is None:
        raise Http404
    form = CounterForm(request.POST or None, counter=counter, lines=points.all_lines(point))
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        chosen = values.pop("number")
        if counter is None and any(other.number == chosen for other in counters):
            form.add_error("number", _("Đã có quầy {number}.").format(number=chosen))
        else:
            try:
                arranging.save_counter(point.pk, chosen, actor=request.actor, **values)
            except Refused as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("Đã lưu quầy {number}.").format(number=chosen))
                return redirect("admin_point", code)
    title = _("Sửa quầy {number}").format(number=number) if counter else _("Thêm quầy")
    return _form_page(request, code, title, form)


def _form_page(request: Request, code: str, title: str, form: LineForm | CounterForm) -> HttpResponse:
    context = {"title": title, "form": form, "code": code}
    return render(request, "tickets/desk/form.html", context, status=422 if form.errors else 200)
