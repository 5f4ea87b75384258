"""The tablet at a reception or a desk: one touch on a face, then the reasons, then ready for the next person."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import Request
from motcua.kernel.identity.views.devices import COOKIE, device_only
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import give_rating_at_desk
from motcua.kernel.ratings.forms import RateForm
from motcua.kernel.ratings.kind import DEVICE, FACES, Face, Part
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.results import any_unit
from motcua.kernel.ratings.queries.tablets import officer_at
from motcua.lib.codes import token_digest
from motcua.lib.errors import Refused

APART = 3  # seconds: a second touch of the same finger is no second rating


@device_only(DEVICE)
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: Request, code: str, place: str = "") -> HttpResponse:
    """``?muc=`` is the face that was touched, ``?xong`` thanks; ``?lang=en`` is for whoever stands before it."""
    language = "en" if (request.POST or request.GET).get("lang") == "en" else "vi"
    with translation.override(language):
        return _page(request, any_unit(code), place, language)


def _page(request: Request, unit: org.UnitRow, place: str, language: str) -> HttpResponse:
    touched = request.POST.get("face") or request.GET.get("muc", "")
    form = RateForm(request.POST or None, questions=asked(Part.QUICK), initial={"face": touched})
    error, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            if cache.add(f"rating.tablet.{token_digest(request.COOKIES[COOKIE])}", True, APART):
                officer = officer_at(unit.id, place)
                give_rating_at_desk(unit.id, form.given, actor=request.actor, officer_id=officer)
        except Refused as refused:
            error, status = refused.message, 422
        else:
            return redirect(f"{request.path}?xong&lang={language}")
    elif request.method == "POST":
        error, status = gettext("Chạm vào một khuôn mặt."), 422
    context = {
        "unit": unit.name,
        "lang": language,
        "other": "vi" if language == "en" else "en",
        "faces": FACES,
        "face": int(touched) if touched in map(str, Face.values) else None,
        "form": form,
        "error": error,
        "is_done": "xong" in request.GET and request.method != "POST",
    }
    return render(request, "ratings/tablet/tablet.html", context, status=status)
