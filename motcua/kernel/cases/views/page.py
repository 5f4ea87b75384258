"""What the pages of all kinds of cases share: the way through the list, the moves in their places, the people."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from motcua.kernel.cases.kind import CHANNELS, KINDS, Move
from motcua.kernel.cases.queries.inbox import neighbours
from motcua.kernel.cases.queries.reading import get_case, may_on
from motcua.kernel.cases.views.inbox import wanted_from
from motcua.kernel.identity.queries import open_person
from motcua.kernel.identity.views import Request, requires
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

RARE_FROM = 44  # rank of the moves that stand folded away


def case_context(
    request: Request,
    case: Case,
    moves: Sequence[Move],
    *,
    buttons: Collection[str],
    next_step: Callable[[list[str]], str],
) -> dict[str, Any]:
    """The list that the page was opened from, and the moves: the likely one big, the rare ones folded away.

    ``buttons``: moves that one press does; ``next_step`` picks the likely one out of the names.
    """
    query = request.GET.copy()
    query.pop("part", None)
    before, after = neighbours(request.actor, wanted_from(query, request.actor), case)
    kind = KINDS[case.kind]
    suffix = f"?{query.urlencode()}" if query else ""
    shown: list[dict[str, Any]] = [
        {
            "name": move.name,
            "label": move.label,
            "icon": move.icon,
            "key": move.key,
            "url": f"{kind.desk_url(case.id)}{move.name.replace('_', '-')}/{suffix}",
            "is_button": move.name in buttons,
            "is_destructive": move.is_destructive,
        }
        for move in moves
        if move.on_desk and move.name != "flag"
    ]
    likely = next_step([str(move["name"]) for move in shown])
    rare = {move.name for move in moves if move.rank >= RARE_FROM}
    plain = [move for move in shown if not move["is_destructive"] and move["name"] != likely]
    return {
        "case": case,
        "primary": [move for move in shown if move["name"] == likely],
        "others": [move for move in plain if move["name"] not in rare],
        "rare": [move for move in plain if move["name"] in rare],
        "destructive": [move for move in shown if move["is_destructive"]],
        "may_flag": any(move.name == "flag" for move in moves),
        "flag_url": f"{kind.desk_url(case.id)}flag/{suffix}",
        "previous_url": f"{kind.desk_url(before)}{suffix}" if before else "",
        "next_url": f"{kind.desk_url(after)}{suffix}" if after else "",
        "list_url": f"/desk/{suffix}",
        "channel": str(CHANNELS.get(case.channel, case.channel)),
        "is_urgent": case.urgency in ("khan_cap", "khan"),
    }


@requires("person.reveal")
@require_POST
def reveal_person(request: Request, case_id: int, person_id: int) -> HttpResponse:
    """Show one person's contact. Who looked, when and at whom is noted before anything is shown."""
    case = get_case(case_id, actor=request.actor.by_post)
    is_of_case = case.parties.filter(person_id=person_id).exists()
    if not is_of_case or not may_on(request.actor, "person.reveal", case):
        raise Refused("not_found", _("Không tìm thấy người này trong việc."))
    card = open_person(person_id, actor=request.actor, reason=case.code, case_id=case.id)
    template = "cases/_person.html" if request.headers.get("HX-Request") else "cases/person.html"
    response = render(request, template, {"card": card, "case": case, "back": KINDS[case.kind].desk_url(case.id)})
    response["Cache-Control"] = "no-store"
    return response
