"""The case page of a report, and who reported it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.cases.kind import CHANNELS, KINDS
from motcua.kernel.cases.queries.inbox import count_in_state, neighbours
from motcua.kernel.cases.queries.reading import get_case, may_on
from motcua.kernel.cases.views.inbox import wanted_from
from motcua.kernel.identity.queries import open_person
from motcua.kernel.identity.views import Request, requires
from motcua.lib.errors import Refused
from motcua.modules.incidents.queries.desk import DeskPage, desk_page

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

BUTTONS = ("take", "approve", "show", "close")  # moves that one press does
RARE_FROM = 44  # rank of the moves that stand folded away


@requires("desk.enter")
@require_safe
def case_page(request: Request, case_id: int) -> HttpResponse:
    """``?part=case`` gives the middle alone, for the live refresh. The rest of the address is the list it came from."""
    page = desk_page(case_id, actor=request.actor)
    template = "incidents/desk/_case.html" if request.GET.get("part") == "case" else "incidents/desk/case.html"
    response = render(request, template, page_context(request, page))
    response["Cache-Control"] = "no-store"
    return response


def page_context(request: Request, page: DeskPage) -> dict[str, Any]:
    query = request.GET.copy()
    query.pop("part", None)
    before, after = neighbours(request.actor, wanted_from(query, request.actor), page.case)
    kind = KINDS[page.case.kind]
    suffix = f"?{query.urlencode()}" if query else ""
    moves: list[dict[str, Any]] = [
        {
            "name": move.name,
            "label": move.label,
            "icon": move.icon,
            "key": move.key,
            "url": f"{kind.desk_url(page.case.id)}{move.name.replace('_', '-')}/{suffix}",
            "is_button": move.name in BUTTONS,
            "is_destructive": move.is_destructive,
        }
        for move in page.moves
        if move.on_desk and move.name != "flag" and _makes_sense(move.name, page, request.actor)
    ]
    next_step = _next_step([str(move["name"]) for move in moves], page.case, request.actor)
    rare = {move.name for move in page.moves if move.rank >= RARE_FROM}
    plain = [move for move in moves if not move["is_destructive"] and move["name"] != next_step]
    return {
        "page": page,
        "case": page.case,
        "primary": [move for move in moves if move["name"] == next_step],
        "others": [move for move in plain if move["name"] not in rare],
        "rare": [move for move in plain if move["name"] in rare],
        "destructive": [move for move in moves if move["is_destructive"]],
        "may_flag": any(move.name == "flag" for move in page.moves),
        "flag_url": f"{kind.desk_url(page.case.id)}flag/{suffix}",
        "previous_url": f"{kind.desk_url(before)}{suffix}" if before else "",
        "next_url": f"{kind.desk_url(after)}{suffix}" if after else "",
        "list_url": f"/desk/{suffix}",
        "public_url": kind.public_url(page.case.code) if page.case.published_at else "",
        "channel": channel_words(page.case.channel),
        "urgency": urgency_words(page.case.urgency),
        "is_urgent": page.case.urgency in ("khan_cap", "khan"),
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
            return page.case.published_at is None and (page.category is None or page.category.is_public)
        case "extend":
            return page.incident.extended_at is None
        case _:
            return True


def channel_words(channel: str) -> str:
    return str(CHANNELS.get(channel, channel))


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


@requires("person.reveal")
@require_POST
def reveal_person(request: Request, case_id: int, person_id: int) -> HttpResponse:
    """Show one person's contact. Who looked, when and at whom is noted before anything is shown."""
    case = get_case(case_id, actor=request.actor.by_post)
    is_of_case = case.parties.filter(person_id=person_id).exists()
    if not is_of_case or not may_on(request.actor, "person.reveal", case):
        raise Refused("not_found", _("Không tìm thấy người này trong việc."))
    card = open_person(person_id, actor=request.actor, reason=case.code, case_id=case.id)
    template = "incidents/desk/_person.html" if request.headers.get("HX-Request") else "incidents/desk/person.html"
    response = render(request, template, {"card": card, "case": case, "back": KINDS[case.kind].desk_url(case.id)})
    response["Cache-Control"] = "no-store"
    return response
