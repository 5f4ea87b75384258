"""Finding a dossier by whose it is. What was typed travels in the body: addresses are kept in histories and logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.actions import note_accesses
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.modules.dossiers.queries.names import Search, find_dossiers

if TYPE_CHECKING:
    from django.http import HttpResponse

LONGEST = 120


@requires("desk.enter")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("dossier_search", per_hour=600)
def search(request: Request) -> HttpResponse:
    """Whose dossiers were shown is noted; each of them reads it."""
    words = request.POST.get("q", "")[:LONGEST]
    found, error = Search([], has_more=False), ""
    if request.method == "POST":
        try:
            found = find_dossiers(words, actor=request.actor)
        except Refused as refused:
            error = refused.message
        seen = [(row.case.person_id, row.case.id) for row in found.rows if row.case.person_id is not None]
        if seen:
            note_accesses(request.actor, "person.find", seen, reason=f"{len(seen)} hồ sơ khớp khi tìm")
    context = {"words": words, "found": found, "error": error, "is_asked": request.method == "POST"}
    return render(request, "dossiers/desk/search.html", context, status=422 if error else 200)
