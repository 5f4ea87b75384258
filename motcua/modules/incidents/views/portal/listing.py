"""The public list and map; what is asked for stands in the address."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.identity.views import Request, public
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.modules.incidents.forms.portal import category_choices, named
from motcua.modules.incidents.queries.public import PublicFilter, map_points, public_list, public_page, public_rows
from motcua.modules.incidents.views.portal.cards import card, card_list

STATES = {"dang": "open", "tre": "late", "xong": "done"}
STATE_WORDS = {
    "": gettext_lazy("Tất cả"),
    "dang": gettext_lazy("Đang xử lý"),
    "tre": gettext_lazy("Đang trễ"),
    "xong": gettext_lazy("Đã xong"),
}
LONGEST_WORDS = 120
WORLD = (-180.0, -90.0, 180.0, 90.0)


def wanted_from(query: QueryDict) -> PublicFilter:
    """``?trang-thai=tre&loai=waste&khu-vuc=24778&tim=…&sau=…``; what makes no sense is left out."""
    return PublicFilter(
        state=STATES.get(query.get("trang-thai", ""), ""),
        category=query.get("loai", "")[:60],
        area=query.get("khu-vuc", "")[:12],
        words=query.get("tim", "").replace("\x00", "").strip()[:LONGEST_WORDS],
        after=query.get("sau", ""),
    )


def filter_words(wanted: PublicFilter) -> list[str]:
    """The filter in words, for titles: “Chiếu sáng”, “Phường Một”."""
    area = places.area_by_code(wanted.area) if wanted.area else None
    category = rules().category("incident", wanted.category) if wanted.category else None
    told = [named(category) if category else "", area.full_name if area else ""]
    return [*filter(None, told), *([f"“{wanted.words}”"] if wanted.words else [])]


@public
@require_safe
@limited("incidents", per_hour=1800, methods=("GET",))
def incidents(request: Request) -> HttpResponse:
    wanted = wanted_from(request.GET)
    rows, older = public_list(wanted)
    state = next((name for name, value in STATES.items() if value == wanted.state), "")
    context: dict[str, Any] = {
        "cards": card_list(rows),
        "wanted": wanted,
        "told": filter_words(wanted),
        "state": state,
        "states": [(name == state, words, _here(request, {"trang-thai": name})) for name, words in STATE_WORDS.items()],
        "categories": category_choices()[1:],
        "areas": [(area.code, area.full_name) for area in org.served().values()],
        "newest_url": _here(request, {}) if wanted.after else "",
        "older_url": _here(request, {"sau": older}) if older else "",
        "clear_url": reverse("incidents") if filter_words(wanted) else "",
        "is_map": request.GET.get("xem") == "ban-do",
        "list_url": _here(request, {"xem": ""}),
        "map_url": _here(request, {"xem": "ban-do"}),
        "points_url": reverse("incidents_map") + _query(request, {}),
        "feed_query": _query(request, {"tim": "", "trang-thai": "", "xem": ""}),
    }
    response = render(request, "incidents/portal/list.html", context)
    response["Cache-Control"] = "private, no-cache"
    return response


def _query(request: Request, changes: dict[str, str]) -> str:
    """The filter as it stands, with some of it changed; always from the first page on."""
    query: dict[str, list[str]] = dict(request.GET.lists())
    for name, value in {"sau": "", **changes}.items():
        if value:
            query[name] = [value]
        else:
            query.pop(name, None)
    return f"?{urlencode(query, doseq=True)}" if query else ""


def _here(request: Request, changes: dict[str, str]) -> str:
    return reverse("incidents") + _query(request, changes)


@public
@require_safe
@vary_on_headers("Accept-Language")
@cache_control(public=True, max_age=30)
@limited("incidents_map", per_hour=3600, methods=("GET",))
def incidents_map(request: Request) -> HttpResponse:
    """``{"kinds": [names], "points": [[lat, lon, state, code, kind], …], "clusters": [[lat, lon, state, count], …]}``

    ``bbox=west,south,east,north`` and ``z`` (zoom) say what is looked at.
    """
    found = map_points(wanted_from(request.GET), _box(request.GET.get("bbox", "")), _zoom(request.GET.get("z", "")))
    names: dict[int | None, int] = {}
    points = [
        [round(one.lat, 5), round(one.lon, 5), one.state, one.code, names.setdefault(one.category_id, len(names))]
        for one in found
        if one.count == 1
    ]
    held = rules().categories
    return JsonResponse(
        {
            "kinds": [named(held[number]) if number in held else _("Phản ánh") for number in names],
            "points": points,
            "clusters": [
                [round(one.lat, 5), round(one.lon, 5), one.state, one.count] for one in found if one.count > 1
            ],
        }
    )


def _box(text: str) -> tuple[float, float, float, float]:
    if not text:
        return WORLD
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west = south = east = north = float("nan")
    if not (west <= east and south <= north):  # also not when one is not a number
        raise Refused("invalid", "bbox=west,south,east,north", fields={"bbox": "west,south,east,north"})
    return west, south, east, north


def _zoom(text: str) -> float:
    try:
        zoom = float(text or 12)
    except ValueError:
        zoom = 12
    return min(max(zoom, 0), 20) if zoom == zoom else 12


@public
@require_safe
@cache_control(private=True, max_age=30)
def incident_card(request: Request, code: str) -> HttpResponse:
    """What the map shows of one report when its mark is chosen."""
    page = public_page(code, actor=request.actor)
    return HttpResponse(card(public_rows([page.case])[0]))
