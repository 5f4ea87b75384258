"""The catalogue for everybody: finding a procedure, and all that it takes."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.kernel.identity.views import Request, public
from motcua.kernel.procedures.kind import LEVELS, ONLINE
from motcua.kernel.procedures.queries.catalogue import in_force, what_became
from motcua.kernel.procedures.queries.page import page
from motcua.kernel.procedures.queries.search import Group, is_unsure, search, shelf

PER_PAGE = 30
MOST = 300
LONGEST_WORDS = 120
FILTERS = {"linh-vuc": "field", "su-kien": "life_event", "cap": "level", "muc": "online"}


@public
@require_safe
def procedures(request: Request) -> HttpResponse:
    """``?tim=…&linh-vuc=…&su-kien=…&cap=…&muc=…&trang=2``; what makes no sense is left out."""
    words = request.GET.get("tim", "").replace("\x00", "").strip()[:LONGEST_WORDS]
    kept = shelf()
    known: dict[str, Mapping[str, Any]] = {
        "field": {group.code: group.title for group in kept.fields},
        "life_event": {group.code: group.title for group in kept.life_events},
        "level": LEVELS,
        "online": ONLINE,
    }
    chosen = {name: value for key, name in FILTERS.items() if (value := request.GET.get(key, "")) in known[name]}
    is_asked = bool(words or chosen)
    hits = search(words, most=MOST, **chosen) if is_asked else []
    number = _page_number(request.GET.get("trang", ""), len(hits))
    told = [str(known[name][value]) for name, value in chosen.items()]
    life_event = next((group for group in kept.life_events if group.code == chosen.get("life_event")), None)
    context: dict[str, Any] = {
        "words": words,
        "hits": hits[(number - 1) * PER_PAGE : number * PER_PAGE],
        "count": len(hits),
        "is_most": len(hits) >= MOST,
        "is_asked": is_asked,
        "is_unsure": is_unsure(hits),
        "told": [*([f"“{words}”"] if words else []), *told],
        "life_event": life_event,
        "filters": [
            ("linh-vuc", _("Lĩnh vực"), _("Mọi lĩnh vực"), chosen.get("field", ""), list(known["field"].items())),
            ("cap", _("Cấp giải quyết"), _("Mọi cấp"), chosen.get("level", ""), list(LEVELS.items())),
            ("muc", _("Mức trực tuyến"), _("Mọi mức"), chosen.get("online", ""), list(ONLINE.items())),
        ],
        "chosen_event": chosen.get("life_event", ""),
        "life_events": kept.life_events,
        "fields": _own(kept.fields),
        "other_fields": [group for group in kept.fields if group not in _own(kept.fields)],
        "total": len(kept.hits),
        "newer_url": _here(request, number - 1) if number > 1 else "",
        "older_url": _here(request, number + 1) if number * PER_PAGE < len(hits) else "",
    }
    return render(request, "procedures/portal/list.html", context)


def _own(groups: tuple[Group, ...]) -> list[Group]:
    """The city's own fields; imported ones are many, and folded away."""
    return [group for group in groups if not group.is_imported]


def _page_number(text: str, count: int) -> int:
    number = int(text) if text.isdecimal() and len(text) < 5 else 1
    return max(1, min(number, -(-count // PER_PAGE)))


def _here(request: Request, number: int) -> str:
    query = {key: value for key, value in request.GET.items() if key != "trang" and value}
    return f"{reverse('procedures')}?{urlencode({**query, 'trang': number})}"


@public
@require_safe
def procedure(request: Request, code: str) -> HttpResponse:
    """``?truong-hop=<key>`` shows the papers of that case first."""
    found = in_force(code)
    if found is None:
        became = what_became(code)
        if became is None:
            raise Http404
        return render(request, "procedures/portal/ended.html", {"became": became}, status=410)
    shown = page(found, request.actor)
    wanted = request.GET.get("truong-hop", "")
    case = next((case for case in shown.cases if case.key == wanted), next(iter(shown.cases), None))
    return render(request, "procedures/portal/procedure.html", {"page": shown, "case": case, "body": shown.body})
