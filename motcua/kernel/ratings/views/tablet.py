"""The tablet at a reception or a desk: one touch on a face, then the reasons, then ready for the next person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import Request, public
from motcua.kernel.identity.views.devices import device_here, keep_device
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import give_rating_at_desk
from motcua.kernel.ratings.forms import RateForm
from motcua.kernel.ratings.kind import DEVICE, FACES, Face, Part
from motcua.kernel.ratings.queries.asking import asked
from motcua.kernel.ratings.queries.tablets import officer_at
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.models import Device

SHARED = "chung"  # in the address of a tablet that is nobody's own
APART = 3  # seconds: a second touch of the same finger is no second rating


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tablet(request: Request, code: str, place: str) -> HttpResponse:
    """``?muc=`` is the face that was touched, ``?xong`` thanks; ``?lang=en`` is for whoever stands before it."""
    device = device_here(request, DEVICE, code, "" if place == SHARED else place)
    language = "en" if (request.POST or request.GET).get("lang") == "en" else "vi"
    with translation.override(language):
        response = _page(request, device, language)
    keep_device(request, response)
    return response


def _page(request: Request, device: Device, language: str) -> HttpResponse:
    touched = request.POST.get("face") or request.GET.get("muc", "")
    form = RateForm(request.POST or None, questions=asked(Part.QUICK), initial={"face": touched})
    error, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            if cache.add(f"rating.tablet.{device.pk}", True, APART):
                officer = officer_at(device.unit_id, device.place)
                give_rating_at_desk(device.unit_id, form.given, actor=request.actor, officer_id=officer)
        except Refused as refused:
            error, status = refused.message, 422
        else:
            return redirect(f"{request.path}?xong&lang={language}")
    elif request.method == "POST":
        error, status = gettext("Chạm vào một khuôn mặt."), 422
    context = {
        "unit": org.tree().unit(device.unit_id).name,
        "lang": language,
        "other": "vi" if language == "en" else "en",
        "faces": FACES,
        "face": int(touched) if touched in map(str, Face.values) else None,
        "form": form,
        "error": error,
        "is_done": "xong" in request.GET and request.method != "POST",
    }
    return render(request, "ratings/tablet/tablet.html", context, status=status)
