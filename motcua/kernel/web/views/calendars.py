"""Administration of calendars: hours, days off, make-up days, and the confirmation of each year."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.identity.views.login import page as form_page
from motcua.kernel.org import actions, queries
from motcua.kernel.org.forms import (
    DAY_KINDS,
    WEEKDAYS,
    WEEKDAYS_SHORT,
    CalendarDayForm,
    CalendarForm,
    NewCalendarForm,
    YearForm,
)
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.org.models import Calendar

MONTHS = 12


def hours_of(calendar: "Calendar") -> list[tuple[str, str]]:
    """Weekdays with the same hours together: ``[("Thứ Hai – Thứ Sáu", "07:00–11:30, 13:30–17:00")]``."""
    found: list[tuple[list[int], str]] = []
    for number in range(7):
        sessions = calendar.sessions.get(str(number)) or ()
        words = ", ".join(f"{begin}–{end}" for begin, end in sessions)
        if words and found and found[-1][1] == words and found[-1][0][-1] == number - 1:
            found[-1][0].append(number)
        elif words:
            found.append(([number], words))
    return [
        (str(WEEKDAYS[days[0]]) if len(days) == 1 else f"{WEEKDAYS[days[0]]} – {WEEKDAYS[days[-1]]}", words)
        for days, words in found
    ]


@requires("calendar.manage")
@never_cache
@require_safe
def list_calendars(request: Request) -> HttpResponse:
    lines = [
        {
            "calendar": calendar,
            "hours": hours_of(calendar),
            "units": queries.count_units(calendar.pk),
            "confirmed": sorted(queries.confirmed_years(calendar.pk), reverse=True)[:3],
        }
        for calendar in queries.list_calendars()
    ]
    return render(request, "org/desk/calendars.html", {"lines": lines, "warnings": queries.unconfirmed_years()})


@requires("calendar.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def add_calendar(request: Request) -> HttpResponse:
    form = NewCalendarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            calendar = actions.add_calendar(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã thêm lịch {name}.").format(name=calendar.name))
            return redirect("calendar", calendar.pk)
    return form_page(request, "org/desk/calendar_add.html", form)


@requires("calendar.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def change_calendar(request: Request, calendar_id: int) -> HttpResponse:
    calendar = queries.get_calendar(calendar_id)
    initial = {"name": calendar.name, "zone": calendar.zone}
    form = CalendarForm(request.POST or None, initial=initial, sessions=calendar.sessions)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_calendar(calendar_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã lưu. Thời hạn của các việc đang mở được tính lại ngay sau đây."))
            return redirect("calendar", calendar_id)
    return form_page(request, "org/desk/calendar_hours.html", form, calendar=calendar)


@requires("calendar.manage")
@never_cache
@require_safe
def calendar(request: Request, calendar_id: int) -> HttpResponse:
    return _year_page(request, calendar_id, _year(request))


def _year(request: Request) -> int:
    form = YearForm({"year": request.POST.get("year") or request.GET.get("nam")})
    return form.cleaned_data["year"] if form.is_valid() else queries.local_today().year


def _year_page(request: Request, calendar_id: int, number: int, *, form: Any = None) -> HttpResponse:
    shown = queries.get_calendar(calendar_id)
    year = queries.calendar_year(calendar_id, number)
    months = [
        {"first": date(number, month, 1), "weeks": weeks}
        for month, weeks in enumerate(queries.year_cells(shown, year), start=1)
    ]
    context = {
        "calendar": shown,
        "hours": hours_of(shown),
        "year": year,
        "months": months,
        "weekdays": list(zip(WEEKDAYS, WEEKDAYS_SHORT, strict=True)),
        "days": [(day, DAY_KINDS[day.kind]) for day in year.days],
        "years": [number - 1, number, number + 1],
        "units": queries.count_units(calendar_id),
        "form": form or CalendarDayForm(),
    }
    return render(request, "org/desk/calendar.html", context, status=422 if form else 200)


def _back(calendar_id: int, year: int) -> HttpResponse:
    return redirect(f"{reverse('calendar', args=[calendar_id])}?nam={year}")


@requires("calendar.manage")
@require_POST
def set_calendar_day(request: Request, calendar_id: int) -> HttpResponse:
    form = CalendarDayForm(request.POST)
    if form.is_valid():
        try:
            actions.set_calendar_day(calendar_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã ghi. Thời hạn của các việc đang mở được tính lại ngay sau đây."))
            return _back(calendar_id, form.cleaned_data["day"].year)
    return _year_page(request, calendar_id, _year(request), form=form)


@requires("calendar.manage")
@require_POST
def remove_calendar_day(request: Request, calendar_id: int, day: str) -> HttpResponse:
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise Refused("not_found", _("Ngày này không có trong lịch.")) from None
    actions.remove_calendar_day(calendar_id, on, actor=request.actor)
    messages.success(request, _("Đã bỏ. Ngày này theo giờ thường."))
    return _back(calendar_id, on.year)


@requires("calendar.manage")
@require_POST
def seed_year(request: Request, calendar_id: int) -> HttpResponse:
    year = _year(request)
    added = actions.seed_year(calendar_id, year, actor=request.actor)
    words = (
        _("Đã thêm {count} ngày theo luật. So với thông báo chính thức rồi xác nhận.")
        if added
        else _("Không có ngày nào mới theo luật.")
    )
    messages.success(request, words.format(count=added))
    return _back(calendar_id, year)


@requires("calendar.manage")
@require_POST
def confirm_year(request: Request, calendar_id: int) -> HttpResponse:
    year = _year(request)
    actions.confirm_year(calendar_id, year, actor=request.actor)
    messages.success(request, _("Đã xác nhận lịch năm {year}.").format(year=year))
    return _back(calendar_id, year)
