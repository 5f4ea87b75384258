"""One address for each move of a case: its form, then the action. What was typed stays when the action refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.kernel.cases.forms.moves import MoveForm
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.reading import get_case, moves_for
from motcua.kernel.cases.queries.timeline import timeline_of
from motcua.kernel.cases.views.inbox import officers_for, with_loads, within_desk
from motcua.kernel.events.kind import Audience
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.files.queries import loose_files
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


@dataclass(frozen=True, slots=True)
class Doing:
    """A move's form and action.

    ``uploads``: file field of the form → keyword of the action; a field called ``documents`` takes documents, the
    others photos. ``extras``: what the form needs to know of the case. ``values``: cleaned data and ids of what was
    uploaded → keywords of the action. ``needs``: "officer" or "unit", chosen from lists.
    """

    action: Callable[..., object]
    form: type[MoveForm] = MoveForm
    uploads: tuple[tuple[str, str], ...] = ()
    needs: str = ""
    extras: Callable[[Case], dict[str, Any]] = lambda case: {}
    values: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data

    @property
    def is_button(self) -> bool:
        """One press is enough."""
        return self.form is MoveForm


def move_view(kind: str, doings: Mapping[str, Doing]) -> Callable[..., HttpResponseBase]:
    """The view behind ``…/<case_id>/<slug>/`` of a kind of case."""

    @requires("desk.enter")
    @require_http_methods(["GET", "POST"])
    def move_page(request: Request, case_id: int, slug: str) -> HttpResponse:
        """GET: the form (inside the dialog when htmx asks). POST: the action, then back to the case."""
        name = slug.replace("-", "_")
        doing = doings.get(name)
        case = get_case(case_id, actor=request.actor.by_post)
        if doing is None or case.kind != kind:
            raise Http404
        if request.method == "POST":
            return _do(request, case, name, doing)
        if all(move.name != name for move in moves_for(case, request.actor)):
            raise Refused("wrong_state", _("Bước này không còn làm được. Xem lại diễn biến của việc."))
        return _form_page(request, case, name, doing, doing.form(case=case, **doing.extras(case)))

    return move_page


def _page_of(request: Request, case: Case) -> str:
    """The case's page, in the list that it was opened from: J and K go on through that list."""
    query = request.GET.urlencode()
    return f"{KINDS[case.kind].desk_url(case.id)}{'?' if query else ''}{query}"


def _form_page(
    request: Request, case: Case, name: str, doing: Doing, form: MoveForm, *, status: int = 200,
    kept: dict[str, Sequence[str]] | None = None, is_stale: bool = False,
) -> HttpResponse:  # fmt: skip
    move = KINDS[case.kind].move(name)
    context = {
        "case": case,
        "move": move,
        "form": form,
        "needs": doing.needs,
        "officers": with_loads(officers_for([case])) if doing.needs == "officer" else [],
        "units": org.tree().in_force if doing.needs == "unit" else [],
        "kept": kept or {},
        "action_url": request.get_full_path(),
        "back": _page_of(request, case),
        "newest": timeline_of(case, Audience.OFFICIALS)[0] if is_stale else None,
    }
    template = "cases/_move.html" if request.headers.get("HX-Request") else "cases/move.html"
    return render(request, template, context, status=status)


def _do(request: Request, case: Case, name: str, doing: Doing) -> HttpResponse:
    form = doing.form(request.POST, request.FILES, case=case, **doing.extras(case))
    is_valid = form.is_valid()
    kept = _with_new(request, form, doing)
    if not is_valid or form.errors:
        return _form_page(request, case, name, doing, form, status=422, kept=kept)
    values = dict(form.cleaned_data)
    for field, keyword in doing.uploads:
        values.pop(field, None)
        values[keyword] = [file.pk for file in loose_files(kept[field])]
    values = doing.values(values)
    try:
        doing.action(case.id, actor=request.actor, **values)
    except Refused as refusal:
        if not set(request.POST) - {"version", "csrfmiddlewaretoken"}:  # a press: nothing typed that could be lost
            messages.error(request, refusal.message, extra_tags="stays")
            return _go(request, _page_of(request, case))
        if refusal.code in ("not_found", "not_allowed"):
            raise
        for field, words in refusal.fields.items():
            form.add_error(field if field in form.fields else None, words)
        if not refusal.fields:
            form.add_error(None, refusal.message)
        # The case may have moved on: what was typed goes with the newest version, which the person has now been shown.
        case.refresh_from_db()
        form.data = request.POST.copy()
        form.data["version"] = str(case.version)
        return _form_page(request, case, name, doing, form, status=422, kept=kept, is_stale=refusal.code == "stale")
    messages.success(request, _("Đã làm: %(move)s.") % {"move": KINDS[case.kind].move(name).label})
    return _go(request, within_desk(request.GET.get("back", "")) or _page_of(request, case))


def _go(request: Request, target: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _with_new(request: Request, form: MoveForm, doing: Doing) -> dict[str, Sequence[str]]:
    """Store what was uploaded now, so that a refusal does not lose it. Tokens by field, with those of before."""
    found: dict[str, Sequence[str]] = {}
    for field, _keyword in doing.uploads:
        tokens = request.POST.getlist(f"kept_{field}")
        purpose = Purpose.DOCUMENT if field == "documents" else Purpose.PHOTO
        for upload in request.FILES.getlist(field):
            try:
                tokens.append(
                    store_file(upload, actor=request.actor, declared_name=upload.name or "", purpose=purpose).token
                )
            except Refused as refusal:
                form.add_error(field, f"{upload.name}: {refusal.message}")
        found[field] = tokens
    return found
