"""One address for each move: its form, then the action. What was typed stays when the action refuses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from motcua.kernel.cases.kind import KINDS, FileRole
from motcua.kernel.cases.queries.reading import case_files, get_case, moves_for
from motcua.kernel.cases.views.inbox import officers_for, with_loads
from motcua.kernel.events.kind import Audience
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.files.queries import loose_files
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.forms import desk as forms
from motcua.modules.incidents.models import Incident
from motcua.modules.incidents.queries.timeline import timeline_rows

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


@dataclass(frozen=True, slots=True)
class Doing:
    """A move's form and action. ``uploads``: file field of the form → keyword of the action."""

    action: Callable[..., object]
    form: type[forms.MoveForm] = forms.MoveForm
    uploads: tuple[tuple[str, str], ...] = ()
    done: str = ""


PHOTOS = (("photos", "file_ids"),)

DOINGS: dict[str, Doing] = {
    "accept": Doing(receiving.accept_incident, forms.AcceptForm),
    "take": Doing(receiving.take_incident),
    "assign": Doing(receiving.assign_incident, forms.AssignForm),
    "dispatch": Doing(receiving.dispatch_incident, forms.DispatchForm),
    "return": Doing(receiving.return_incident, forms.ReasonForm),
    "classify": Doing(receiving.classify_incident, forms.ClassifyForm),
    "reject": Doing(receiving.reject_incident, forms.RejectForm),
    "merge": Doing(receiving.merge_incident, forms.MergeForm),
    "visit": Doing(working.visit_incident, forms.VisitForm, PHOTOS),
    "reply": Doing(working.reply_incident, forms.ReplyForm),
    "request_info": Doing(working.request_info_incident, forms.QuestionForm),
    "provide_info": Doing(people.provide_info_incident, forms.InfoForm, PHOTOS),
    "extend": Doing(working.extend_incident, forms.ExtendForm),
    "resolve": Doing(
        working.resolve_incident, forms.ResolveForm, (("photos", "file_ids"), ("documents", "document_ids"))
    ),
    "approve": Doing(working.approve_incident),
    "revise": Doing(working.revise_incident, forms.ReviseForm),
    "note": Doing(working.note_incident, forms.NoteForm),
    "flag": Doing(working.flag_incident),
    "hide": Doing(working.hide_incident, forms.ReasonForm),
    "show": Doing(working.show_incident),
    "close": Doing(working.close_incident),
    "reopen": Doing(people.reopen_incident, forms.ReasonForm),
}


def slug_of(move_name: str) -> str:
    return move_name.replace("_", "-")


def needs_form(move_name: str) -> bool:
    """Whether a single button is not enough."""
    return DOINGS[move_name].form is not forms.MoveForm


@requires("desk.enter")
@require_http_methods(["GET", "POST"])
def move_page(request: Request, case_id: int, slug: str) -> HttpResponse:
    """GET: the form (inside the dialog when htmx asks). POST: the action, then back to the case."""
    name = slug.replace("-", "_")
    doing = DOINGS.get(name)
    if doing is None:
        raise Http404
    case = get_case(case_id, actor=request.actor.by_post)
    if request.method == "POST":
        return _do(request, case, name, doing)
    if all(move.name != name for move in moves_for(case, request.actor)):
        raise Refused("wrong_state", _("Bước này không còn làm được. Xem lại diễn biến của việc."))
    return _form_page(request, case, name, doing, doing.form(case=case, **_extras(case, name)))


def _page_of(request: Request, case: Case) -> str:
    """The case's page, in the list that it was opened from: J and K go on through that list."""
    query = request.GET.urlencode()
    return f"{KINDS[case.kind].desk_url(case.id)}{'?' if query else ''}{query}"


def _extras(case: Case, name: str) -> dict[str, Any]:
    if name != "accept":
        return {}
    photos = [file for file in case_files(case.id) if file.role == FileRole.BEFORE]
    return {
        "public_text": Incident.objects.values_list("public_text", flat=True).get(pk=case.id),
        "photos": [(file.file_id, _("Ảnh %(number)d") % {"number": number}) for number, file in enumerate(photos, 1)],
    }


def _form_page(
    request: Request, case: Case, name: str, doing: Doing, form: forms.MoveForm, *, status: int = 200,
    kept: dict[str, Sequence[str]] | None = None, is_stale: bool = False,
) -> HttpResponse:  # fmt: skip
    move = KINDS[case.kind].move(name)
    context = {
        "case": case,
        "move": move,
        "form": form,
        "officers": with_loads(officers_for([case])) if name == "assign" else [],
        "units": org.tree().in_force if name == "dispatch" else [],
        "kept": kept or {},
        "action_url": request.get_full_path(),
        "back": _page_of(request, case),
        "newest": timeline_rows(case, Audience.OFFICIALS, [])[0] if is_stale else None,
    }
    template = "incidents/desk/_move.html" if request.headers.get("HX-Request") else "incidents/desk/move.html"
    return render(request, template, context, status=status)


def _do(request: Request, case: Case, name: str, doing: Doing) -> HttpResponse:
    form = doing.form(request.POST, request.FILES, case=case, **_extras(case, name))
    is_valid = form.is_valid()
    kept = _with_new(request, form, doing)
    if not is_valid or form.errors:
        return _form_page(request, case, name, doing, form, status=422, kept=kept)
    values = dict(form.cleaned_data)
    if "public_files" in values:
        values["public_file_ids"] = [int(number) for number in values.pop("public_files")]
    elif name == "accept":
        values["public_file_ids"] = []
    for field, keyword in doing.uploads:
        values.pop(field, None)
        values[keyword] = [file.pk for file in loose_files(kept[field])]
    try:
        doing.action(case.id, actor=request.actor, **values)
    except Refused as refusal:
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
    target = _page_of(request, case)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _with_new(request: Request, form: forms.MoveForm, doing: Doing) -> dict[str, Sequence[str]]:
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
