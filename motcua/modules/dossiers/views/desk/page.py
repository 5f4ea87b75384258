"""The pages of a dossier and of a consultation on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.cases.views.page import case_context
from motcua.kernel.identity.queries import looked_lately
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.procedures.queries.page import said
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.looking import look_up_paper
from motcua.modules.dossiers.queries.desk import consultation_page, dossier_page, note_opened
from motcua.modules.dossiers.views.desk.moves import BUTTONS, CONSULTATION_BUTTONS

if TYPE_CHECKING:
    from django.http import HttpResponse

    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

BODY, CONSULTATION_BODY = "dossiers/desk/_dossier.html", "dossiers/desk/_consultation.html"


@requires("desk.enter")
@require_safe
def dossier_on_desk(request: Request, case_id: int) -> HttpResponse:
    """``?part=case`` gives the middle alone, for the live refresh."""
    page = dossier_page(case_id, actor=request.actor)
    is_part = request.GET.get("part") == "case"
    if not is_part or not looked_lately(request.actor, "dossier.open", case_id):
        note_opened(page, actor=request.actor)
    context: dict[str, Any] = {
        **case_context(
            request,
            page.case,
            page.shown.moves,
            buttons=BUTTONS,
            next_step=lambda names: _next_step(names, page.case, request.actor),
        ),
        "page": page,
        "subject": said(page.whole.version.body, "name"),
        "body": BODY,
    }
    return _answer(request, BODY if is_part else "cases/case.html", context)


@requires("desk.enter")
@require_POST
def look_up(request: Request, case_id: int, paper_id: int) -> HttpResponse:
    """What the registry says in place of a paper: inside the dialog when htmx asks."""
    try:
        answer, refusal = look_up_paper(case_id, paper_id, actor=request.actor), ""
    except Refused as refused:
        if refused.code in ("not_found", "not_allowed"):
            raise
        answer, refusal = None, refused.message
    is_part = bool(request.headers.get("HX-Request"))
    context = {
        "answer": answer,
        "refusal": refusal,
        "back": reverse("dossier_case", args=[case_id]),
        "is_part": is_part,
    }
    template = "dossiers/desk/_look_up.html" if is_part else "dossiers/desk/look_up.html"
    return _answer(request, template, context)


@requires("desk.enter")
@require_safe
def consultation_on_desk(request: Request, case_id: int) -> HttpResponse:
    page = consultation_page(case_id, actor=request.actor)
    context: dict[str, Any] = {
        **case_context(
            request,
            page.case,
            page.shown.moves,
            buttons=CONSULTATION_BUTTONS,
            next_step=lambda names: "answer" if "answer" in names else "",
        ),
        "page": page,
        "body": CONSULTATION_BODY,
    }
    is_part = request.GET.get("part") == "case"
    return _answer(request, CONSULTATION_BODY if is_part else "cases/case.html", context)


def _answer(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


def _next_step(names: list[str], case: Case, actor: Actor) -> str:
    """What most likely comes next, for the one big button; "" while the dossier waits for somebody else."""
    if case.officer_id is not None and case.officer_id != actor.id:
        likely = ["approve", "issue", "return_result", "supply", "settle"]
    elif case.officer_id == actor.id:
        likely = ["hand_over", "approve", "issue", "propose", "pass_on", "return_result", "supply", "settle", "resume"]
    else:
        likely = ["accept", "approve", "issue", "return_result", "supply", "settle", "hand_over", "assign", "take"]
    return next((name for name in likely if name in names), "")
