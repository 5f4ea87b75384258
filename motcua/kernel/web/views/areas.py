"""Areas for maps and forms, and their administration."""

import hashlib
import logging

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries
from motcua.kernel.places.kind import EVER
from motcua.kernel.places.ports import geocoder
from motcua.kernel.web.views.house import House
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import ConnectorError, Refused

logger = logging.getLogger("motcua.geocoder")
LEVELS = ("province", "district", "commune")


@public
@gzip_page
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Simplified boundaries, the base of every map. The address carries their version, so browsers may keep them."""
    level = request.GET.get("level", "commune")
    if level not in LEVELS:
        raise Refused("invalid", _("level phải là một trong: {levels}.").format(levels=", ".join(LEVELS)))
    parent = request.GET.get("parent", House(request).area_code if level == "commune" else "")
    text, version = queries.areas_geojson(level, parent)
    tag = f'"{version}-{level}-{get_language()}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(text, content_type="application/geo+json")
    response["ETag"] = tag
    response["Cache-Control"] = "public, max-age=86400"
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@public
@require_safe
@limited("where", per_hour=1800, methods=("GET",))
def where(request: HttpRequest) -> JsonResponse:
    """The commune that holds a point, and who answers there. For forms and for whoever programs."""
    try:
        lat, lon = float(request.GET.get("lat", "")), float(request.GET.get("lon", ""))
    except ValueError:
        raise Refused("invalid", _("Ghi lat và lon bằng độ thập phân, như lat=11.94&lon=108.45.")) from None
    found = org.served_commune_at(lat, lon)
    if found is None:
        return JsonResponse({"found": False})
    unit = org.tree().commune_unit(found.id)
    return JsonResponse(
        {
            "found": True,
            "code": found.code,
            "name": found.name,
            "full_name": found.full_name,
            "approximate": found.is_approximate,
            "unit": unit.name if unit else "",
        }
    )


OUTSIDE_SECONDS = 24 * 3600  # for which an answer of the outside is kept


@public
@require_safe
@limited("where", per_hour=1800, methods=("GET",))
def search(request: HttpRequest) -> JsonResponse:
    """Points for what somebody typed: our own streets, places and communes; then an outside service, if one is set."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[: queries.MOST_ADDRESS]
    own = [
        {"label": spot.label, "within": spot.within, "lat": spot.lat, "lon": spot.lon, "approximate": True}
        for spot in queries.find_spots(words, org.served())
    ]
    return JsonResponse({"items": own + (_outside(words) if len(words) > 4 else [])})


def _outside(words: str) -> list[dict[str, object]]:
    """What lies within the communes that we serve. Nothing when the service is silent: the map is still there."""
    service = geocoder()
    if service is None:
        return []
    key = f"geocoder:{hashlib.sha256(words.casefold().encode()).hexdigest()}"
    kept: list[dict[str, object]] | None = cache.get(key)
    if kept is not None:
        return kept
    try:
        found = service.find(words)
    except ConnectorError as error:
        logger.warning("the geocoder did not answer: %s", error)
        return []
    rows: list[dict[str, object]] = []
    for one in found:
        commune = org.served_commune_at(one.lat, one.lon)
        if commune is not None:
            rows.append({"label": one.label, "within": commune.full_name, "lat": one.lat, "lon": one.lon,
                         "approximate": False})  # fmt: skip
    cache.set(key, rows, OUTSIDE_SECONDS)
    return rows


@requires("place.manage")
@never_cache
@require_safe
def list_areas(request: Request) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:80]
    with_former = request.GET.get("cu") == "1"
    found = queries.list_areas(words=words, with_former=with_former, after=request.GET.get("sau", ""))
    context = {
        "lines": found.rows,
        "words": words,
        "with_former": with_former,
        "after": found.next_after,
        "count_approximate": queries.count_approximate(),
        "ever": EVER,
    }
    return render(request, "places/desk/areas.html", context)


@requires("place.manage")
@never_cache
@require_safe
def area(request: Request, area_id: int) -> HttpResponse:
    try:
        shown = queries.area(area_id)
    except KeyError:
        raise Refused("not_found", _("Không có địa bàn này.")) from None
    unit = org.tree().commune_unit(area_id)
    context = {
        "area": shown,
        "above": queries.areas_above(area_id),
        "unit": unit,
        "before": queries.predecessors(area_id),
        "after": queries.successors_of(area_id),
        "ever": EVER,
    }
    return render(request, "places/desk/area.html", context)
