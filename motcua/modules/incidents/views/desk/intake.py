"""A report written down for somebody: at the telephone, at a counter, from a message or a newspaper."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.forms.desk import TakeInForm
from motcua.modules.incidents.forms.portal import AttributesForm
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.queries.promising import prospect
from motcua.modules.incidents.queries.public import earlier_submission
from motcua.modules.incidents.views.portal.photos import Photos, received_photos
from motcua.modules.incidents.views.portal.reporting import choices_of, hints_for, is_from_list

if TYPE_CHECKING:
    from motcua.modules.incidents.views.portal.reporting import Hints


@requires("incident.take_in")
@never_cache
@require_http_methods(["GET", "POST"])
def take_in(request: Request) -> HttpResponse:
    """One page, one POST; afterwards the same page empty again, with the code of the one before."""
    if request.method == "POST":
        return _send(request)
    form = TakeInForm(initial={"channel": request.GET.get("qua", "phone")})
    form.cleaned_data = {}
    return _page(request, form, Photos([], []))


def _send(request: Request) -> HttpResponse:
    photos = received_photos(request)
    form = TakeInForm(request.POST, photo_count=len(photos.files))
    questions = AttributesForm(category_by_code("incident", str(form["category"].value() or "")), request.POST)
    for message in photos.errors:
        form.add_error("shots", message)
    if form.is_valid() and questions.is_valid():
        if before := earlier_submission(form.cleaned_data["key"]):
            return _next(request, form, before[0])
        try:
            new = NewIncident(**form.incident(), attributes=questions.answers(), file_ids=photos.ids)
            case = submit_incident(new, actor=request.actor).case
        except Refused as refused:
            form.refuse(refused)
        else:
            return _next(request, form, case.code)
    return _page(request, form, photos, questions=questions, status=422)


def _next(request: Request, form: TakeInForm, code: str) -> HttpResponse:
    """Ready for the next caller, by the same channel."""
    messages.success(request, _("Đã nhận phản ánh, mã %(code)s.") % {"code": code})
    return redirect(f"{reverse('incident_take_in')}?qua={form.cleaned_data['channel']}&xong={code}")


def _page(
    request: Request, form: TakeInForm, photos: Photos, *, questions: AttributesForm | None = None, status: int = 200
) -> HttpResponse:
    context = _hints_context(form, decides=False)
    if questions is not None:
        context["hints"] = replace(context["hints"], questions=questions)
    done = request.GET.get("xong", "")
    context |= {
        "photos": photos.files,
        "communes": org.served().values(),
        "done": done,
        "done_url": INCIDENT.public_url(done) if done else "",
    }
    return render(request, "incidents/desk/take_in.html", context, status=status)


def _hints_context(form: TakeInForm, *, decides: bool) -> dict[str, Any]:
    hints: Hints = hints_for(form, decides=decides)
    area = form.cleaned_data.get("area")
    if hints.area is None and area is not None:
        category_id = hints.category.id if hints.category else None
        is_danger = bool(form.cleaned_data.get("is_danger"))
        hints = replace(hints, area=area, prospect=prospect(category_id, area.id, is_danger=is_danger))
    return {
        "form": form,
        "hints": hints,
        "suggested": choices_of(form, hints) if decides else [],
        "is_from_list": is_from_list(form),
        "by_name": area is not None and form.cleaned_data.get("lat") is None,
    }


@requires("incident.take_in")
@never_cache
@require_POST
def take_in_hints(request: Request) -> HttpResponse:
    """For what is typed so far: where it would go and by when, what looks alike near by, what else to ask."""
    form = TakeInForm(request.POST)
    form.full_clean()
    context = _hints_context(form, decides=True)
    response = render(request, "incidents/desk/_take_in_hints.html", context)
    if context["by_name"]:
        area = context["hints"].area
        response["HX-Trigger"] = f'{{"pin:look": {{"lat": {area.lat}, "lon": {area.lon}}}}}'
    return response
