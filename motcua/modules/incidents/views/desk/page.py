"""The case page of a report, and who reported it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.inbox import count_in_state
from motcua.kernel.cases.views.page import case_context
from motcua.kernel.identity.views import Request, requires
from motcua.modules.incidents.queries.desk import DeskPage, desk_page, waits_for_choice

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

BUTTONS = ("approve", "close")  # moves that one press does
MODERATING = ("take", "show")  # and these, once somebody has chosen what strangers see


@requires("desk.enter")
@require_safe
def case_page(request: Request, case_id: int) -> HttpResponse:
    """``?part=case`` gives the middle alone, for the live refresh. The rest of the address is the list it came from."""
    page = desk_page(case_id, actor=request.actor)
    template = "incidents/desk/_case.html" if request.GET.get("part") == "case" else "cases/case.html"
    response = render(request, template, page_context(request, page))
    response["Cache-Control"] = "no-store"
    return response


def page_context(request: Request, page: DeskPage) -> dict[str, Any]:
    case = page.case
    moves = [move for move in page.shown.moves if _makes_sense(move.name, page, request.actor)]
    return {
        **case_context(
            request,
            case,
            moves,
            buttons=BUTTONS if waits_for_choice(case, page.incident) else (*BUTTONS, *MODERATING),
            next_step=lambda names: _next_step(names, case, request.actor),
        ),
        "page": page,
        "body": "incidents/desk/_case.html",
        "public_url": KINDS[case.kind].public_url(case.code) if case.published_at else "",
        "urgency": urgency_words(case.urgency),
    }


def _next_step(moves: list[str], case: Case, actor: Actor) -> str:
    """What most likely comes next, for the one big button; "" while the case waits for somebody else."""
    if case.officer_id == actor.id:
        likely = ["approve", "take", "resolve", "provide_info"]
    elif case.officer_id is not None:
        likely = ["approve", "provide_info"]
    elif case.category_id is None:
        likely = ["classify"]
    else:  # who hands work out does so; the others help themselves
        likely = ["approve", "assign", "take", "accept", "dispatch"]
    return next((name for name in likely if name in moves), "")


def _makes_sense(move: str, page: DeskPage, actor: Actor) -> bool:
    """Moves that state and role allow, but that would change nothing here."""
    match move:
        case "take":
            return page.case.officer_id != actor.id or page.case.state != "in_progress"
        case "hide":
            return page.case.published_at is not None
        case "show":
            is_all_shown = page.case.published_at is not None and page.incident.moderated_at is not None
            return not is_all_shown and (page.category is None or page.category.is_public)
        case "extend":
            return page.incident.extended_at is None
        case _:
            return True


def urgency_words(urgency: str) -> str:
    return {
        "khan_cap": _("Khẩn cấp"),
        "khan": _("Khẩn"),
        "binh_thuong": _("Bình thường"),
        "phuc_tap": _("Phức tạp"),
    }.get(urgency, urgency)


def waiting_for_approval(request: HttpRequest) -> int:
    return count_in_state(cast("Request", request).actor, "resolved")


@requires("incident.approve")
@require_safe
def approvals(request: Request) -> HttpResponse:
    """Results that wait for a leader's word, as a place of the inbox."""
    return redirect(f"{reverse('inbox')}?xem=unit&buoc=resolved")
