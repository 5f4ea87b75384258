"""Sending a report: the form, the hints while it is written, and the page that thanks."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import segno
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.cases.queries.clocks import clock_views
from motcua.kernel.cases.queries.people import get_party, party_of, party_token
from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.identity.views import Request, add_link, public
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.forms.portal import (
    MOST_PHOTOS,
    OTHER,
    SHORTEST_TEXT,
    AttributesForm,
    ReportForm,
    examples_of,
    named,
)
from motcua.modules.incidents.queries.near import Near, similar_nearby
from motcua.modules.incidents.queries.promising import Prospect, prospect
from motcua.modules.incidents.queries.public import earlier_submission, public_page
from motcua.modules.incidents.queries.understanding import Elsewhere, Suggestion, elsewhere, suggest
from motcua.modules.incidents.views.portal.photos import Photos, received_photos

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Category

PRESELECTED_FROM = 0.5
NEAR_SHOWN = 3
SUGGESTED_FROM = 0.02


@dataclass(frozen=True, slots=True)
class Hints:
    """What the house can say about a report in the writing. ``is_outside``: a point where nobody here answers."""

    area: places.AreaRow | None
    is_outside: bool
    near: list[Near]
    suggestions: list[Suggestion]
    category: "Category | None"
    questions: AttributesForm
    prospect: Prospect | None
    elsewhere: Elsewhere | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A suggested category as a radio; ``percent`` is missing on one that the person chose against the suggestions."""

    code: str
    name: str
    examples: str
    is_chosen: bool
    percent: int | None = None
    sureness: str = ""


def choices_of(form: ReportForm, hints: Hints) -> list[Choice]:
    chosen = hints.category
    from_list = is_from_list(form)
    shown = [
        Choice(
            one.category.code,
            named(one.category),
            examples_of(one.category),
            one.category == chosen and not from_list,
            min(round(one.probability * 100), 99),  # it is never certain
            _sureness(one.probability),
        )
        for one in hints.suggestions
        if one.probability >= SUGGESTED_FROM
    ]
    if shown and chosen is not None and not from_list and not any(one.is_chosen for one in shown):
        shown.insert(0, Choice(chosen.code, named(chosen), examples_of(chosen), True))
    return shown


def is_from_list(form: ReportForm) -> bool:
    """None of the suggestions was right, and they look into the list of all."""
    return isinstance(form.data, QueryDict) and OTHER in form.data.getlist("category")


def _sureness(probability: float) -> str:
    return _("Khá chắc") if probability >= 0.8 else _("Có thể") if probability >= PRESELECTED_FROM else _("Ít khả năng")


def hints_for(form: ReportForm, *, decides: bool) -> Hints:
    """``decides``: a sure suggestion becomes the choice until the person chooses."""
    data = form.cleaned_data
    lat, lon, text = data.get("lat"), data.get("lon"), data.get("text") or form.data.get("text", "")
    point = (lat, lon) if lat is not None and lon is not None else None
    area = org.served_commune_at(*point) if point else None
    suggestions = suggest(text)
    category = category_by_code("incident", data.get("category") or "")
    if decides and suggestions and data.get("category_by") != "person":
        best = suggestions[0] if suggestions else None
        category = best.category if best and best.probability >= PRESELECTED_FROM else None
    category_id = category.id if category else None
    near = similar_nearby(*point, category_id=category_id, with_unseen=True) if point else []
    return Hints(
        area=area,
        is_outside=point is not None and area is None,
        near=near[:NEAR_SHOWN],
        suggestions=suggestions,
        category=category,
        questions=AttributesForm(category, so_far=form.data if isinstance(form.data, QueryDict) else None),
        prospect=prospect(category_id, area.id if area else None, is_danger=bool(data.get("is_danger"))),
        elsewhere=elsewhere(text) if text else None,
    )


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("report", per_hour=120)
def report(request: Request) -> HttpResponse:
    """One page, one POST; the script makes four steps of it."""
    if request.method == "POST":
        return _send(request)
    return _form(request, ReportForm(), Photos([], []))


def _send(request: Request) -> HttpResponse:
    form = ReportForm(request.POST)
    form.full_clean()
    key = form.cleaned_data.get("key", "")
    if before := _sent_before(request, key):
        return before
    photos = received_photos(request)
    if photos.errors and (before := _sent_before(request, key)):  # taken in meanwhile, and the photos with it
        return before
    form = ReportForm(request.POST, photo_count=len(photos.files))
    category = category_by_code("incident", str(form["category"].value() or ""))
    questions = AttributesForm(category, request.POST)
    for message in photos.errors:
        form.add_error("shots", message)
    if form.is_valid() and questions.is_valid():
        try:
            submitted = submit_incident(
                NewIncident(
                    **_with_place_of_photo(form.incident(), photos), attributes=questions.answers(), file_ids=photos.ids
                ),
                actor=request.actor,
            )
        except Refused as refused:
            form.refuse(refused)
        else:
            return _sent(request, submitted.case.code, submitted.token)
    return _form(request, form, photos, questions)


def _with_place_of_photo(values: dict[str, Any], photos: Photos) -> dict[str, Any]:
    """Without a script nobody could offer the photo's place: it counts when no other was given."""
    if values["lat"] is None and not values["address"]:
        for file in photos.files:
            if file.lat is not None and file.lon is not None and org.served_commune_at(file.lat, file.lon):
                return {**values, "lat": file.lat, "lon": file.lon}
    return values


def _sent_before(request: Request, key: str) -> HttpResponse | None:
    found = earlier_submission(key)
    return _sent(request, found[0], party_token(get_party(found[1]))) if found else None


def _sent(request: Request, code: str, token: str) -> HttpResponse:
    url = reverse("report_done", args=[code])
    response: HttpResponse = JsonResponse({"code": code, "url": url}) if _is_script(request) else redirect(url)
    add_link(request, response, token)
    return response


def _is_script(request: Request) -> bool:
    return request.headers.get("Accept", "") == "application/json"


def _form(request: Request, form: ReportForm, photos: Photos, questions: AttributesForm | None = None) -> HttpResponse:
    if questions is not None and _is_script(request):
        errors = {name: list(said) for name, said in form.errors.items()}
        errors |= {questions.add_prefix(name): list(said) for name, said in questions.errors.items()}
        return JsonResponse({"errors": errors, "files": [file.token for file in photos.files]}, status=422)
    if not form.is_bound:
        form.cleaned_data = {}
    hints = hints_for(form, decides=False)
    context = {
        "form": form,
        "photos": photos.files,
        "hints": hints if questions is None else replace(hints, questions=questions),
        "is_known": request.actor.person_id is not None,
        "most_photos": MOST_PHOTOS,
        "shortest_text": SHORTEST_TEXT,
    }
    return render(request, "incidents/portal/report.html", context, status=200 if questions is None else 422)


@public
@csrf_exempt  # reads only
@never_cache
@require_POST
@limited("hints", per_hour=1800)
def report_hints(request: Request) -> HttpResponse:
    """Place, similar reports, categories, questions and the promise, for what is typed so far."""
    form = ReportForm(request.POST)
    form.full_clean()
    hints = hints_for(form, decides=True)
    suggested = choices_of(form, hints)
    context = {"form": form, "hints": hints, "suggested": suggested, "is_from_list": is_from_list(form)}
    return render(request, "incidents/portal/hints.html", context)


@public
@never_cache
@require_safe
def report_done(request: Request, code: str) -> HttpResponse:
    """Thanks, the code, the promise, and what happens next. Only for those who sent or joined it."""
    page = public_page(code, actor=request.actor)
    address = reverse("incident", args=[page.case.code])
    party = party_of(page.case.id, request.actor)
    if not page.is_party or party is None:
        return HttpResponseRedirect(address)
    picture = segno.make(request.build_absolute_uri(address), error="m")
    clocks = {view.name: view for view in clock_views(page.case)}
    context = {
        "page": page,
        "accept": clocks.get("accept"),
        "private_url": request.build_absolute_uri(reverse("private_link", args=[party_token(party)])),
        "qr": picture.svg_inline(scale=4, border=2, dark="#14192B", svgclass=None, lineclass=None, omitsize=True),
        "qr_png": picture.png_data_uri(scale=10, border=3, dark="#14192B"),
    }
    return render(request, "incidents/portal/done.html", context)
