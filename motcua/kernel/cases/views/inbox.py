"""The inbox: one list for every kind of case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.cases.actions.bulk import Chosen, choose, run_bulk
from motcua.kernel.cases.forms.rules import UnitField
from motcua.kernel.cases.kind import BULK, KINDS, Move
from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.inbox import (
    TIMES,
    InboxFilter,
    InboxPage,
    InboxRow,
    Load,
    first_look,
    inbox,
    loads,
)
from motcua.kernel.cases.queries.reading import may_on
from motcua.kernel.cases.queries.rules import categories
from motcua.kernel.identity.kind import Actor, Role
from motcua.kernel.identity.queries.officers import OfficerRow, list_officers
from motcua.kernel.identity.queries.permissions import unit_ids_within
from motcua.kernel.identity.views import requires
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.codes import row_number

WHOSE = ("mine", "unit", "unassigned")
ROW_KEYS = (  # UX §5
    ("down", "j", _lazy("Xuống")),
    ("up", "k", _lazy("Lên")),
    ("open", "enter", _lazy("Mở việc")),
    ("select", "x", _lazy("Chọn")),
    ("select-down", "shift+j", _lazy("Chọn dải xuống")),
    ("select-up", "shift+k", _lazy("Chọn dải lên")),
)


def actor_of(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


def wanted_from(query: QueryDict, actor: Actor) -> InboxFilter:
    """The filter that stands in an address; what is not understood is left out, so that an old link still opens."""
    whose = query.get("xem", "")
    if whose not in WHOSE:
        whose = first_look(actor).whose
    area = places.area_by_code(query.get("dia-ban", ""))
    unit = org.tree().by_code(query.get("don-vi", ""))
    time, kind = query.get("han", ""), query.get("nghiep-vu", "")
    return InboxFilter(
        whose=whose,
        time=time if time in TIMES else "",
        kind=kind if kind in KINDS else "",
        state=query.get("buoc", "")[:32],
        category=query.get("loai", "")[:60],
        area=area.id if area else None,
        unit=unit.id if unit else None,
        words=query.get("q", "")[:200],
        flagged=query.get("co") == "1",
        after=query.get("sau", "")[:40],
    )


def _title(whose: str) -> str:
    return {"mine": _("Việc của tôi"), "unit": _("Việc của đơn vị"), "unassigned": _("Chưa có người xử lý")}[whose]


def _short_title(whose: str) -> str:
    return {"mine": _("Của tôi"), "unit": _("Của đơn vị"), "unassigned": _("Chưa giao")}[whose]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that follow each other in the list. By the day: what is due soon depends on how long each one has, so such
    rows lie scattered among the others."""

    title: str
    rows: list[InboxRow]
    count: int | None  # of all there are, on other pages too; None where that is not known without asking


def _group_of(row: InboxRow, today: date) -> str:
    if row.clock is None or row.group in ("late", "paused"):
        return row.group
    return "today" if timezone.localtime(row.clock.due_at).date() <= today else "later"


def _groups(page: InboxPage, wanted: InboxFilter) -> list[Group]:
    titles = {"late": _("Đã trễ"), "today": _("Hôm nay"), "later": _("Còn hạn"), "paused": _("Tạm dừng")}
    today = timezone.localtime(moment.now()).date()
    runs = {name: list(rows) for name, rows in groupby(page.rows, key=lambda row: _group_of(row, today))}
    known = {"late": page.counts["late"], "paused": page.counts["paused"]}
    in_time = page.counts["soon"] + page.counts["on"]
    if "later" in runs and not (wanted.time or wanted.after):  # what is due today lies on this page, all of it
        known["today"] = len(runs.get("today", ()))
        known["later"] = in_time - known["today"] if in_time <= page.most else page.most + 1
    return [Group(titles[name], rows, known.get(name)) for name, rows in runs.items()]


def _advice(wanted: InboxFilter, *, is_narrowed: bool) -> str:
    """What to try when nothing was found."""
    if wanted.whose == "unit":
        return _("Thử ít chữ hơn, hoặc bỏ bớt điều kiện lọc.") if is_narrowed else _("Thử ít chữ hơn.")
    if is_narrowed:
        return _("Thử ít chữ hơn, bỏ bớt điều kiện lọc, hoặc tìm ở “Của đơn vị”.")
    return _("Thử ít chữ hơn, hoặc tìm ở “Của đơn vị”.")


@requires("desk.enter")
@require_safe
def inbox_page(request: HttpRequest) -> HttpResponse:
    """``?part=list`` gives the list alone, for the live refresh."""
    actor = actor_of(request)
    wanted = wanted_from(request.GET, actor)
    page = inbox(actor, wanted)
    bulk = _bulk_moves(page.rows, actor)
    is_narrowed = bool(wanted.state or wanted.category or wanted.area or wanted.flagged)
    query = request.GET.copy()
    for name in ("sau", "part"):
        query.pop(name, None)
    if wanted == first_look(actor):
        request.waiting = page.counts["all"]  # type: ignore[attr-defined]  # the side bar need not count again
    context: dict[str, Any] = {
        "wanted": wanted,
        "title": _title(wanted.whose),
        "groups": _groups(page, wanted),
        "counts": page.counts,
        "most": page.most,
        "times": _time_chips(page.counts, page.most),
        "whose": [(name, _short_title(name)) for name in WHOSE],
        "states": _open_states,
        "categories": [(category.code, category.label) for kind in KINDS for category in categories(kind)],
        "areas": [(area.code, area.name) for area in _areas(actor)],
        "area": query.get("dia-ban", ""),
        "is_narrowed": is_narrowed,
        "next_key": page.next_key,
        "list_query": query.urlencode(),
        "back": f"/desk/?{query.urlencode()}" if query else "/desk/",
        "row_keys": ROW_KEYS,
        "actions": [_bulk_action(move) for move, _cases in bulk.values()],
        "assignable": bulk["assign"][1] if "assign" in bulk else set(),
        "is_searching": bool(wanted.words),
        "advice": _advice(wanted, is_narrowed=is_narrowed or bool(wanted.time)),
    }
    template = "cases/_inbox.html" if request.GET.get("part") == "list" else "cases/inbox.html"
    response = render(request, template, context)
    response["Cache-Control"] = "no-store"
    return response


def _open_states() -> list[tuple[str, Any]]:
    return [(state.name, state.label) for kind in KINDS.values() for state in kind.states if state.is_open]


def _time_chips(counts: dict[str, int], most: int) -> list[dict[str, Any]]:
    chips = [
        ("", "all", _("Tất cả"), ""),
        ("late", "late", _("Trễ"), "alert-triangle"),
        ("soon", "soon", _("Sắp đến hạn"), "hourglass-low"),
        ("on", "on", _("Còn hạn"), "clock"),
        ("paused", "paused", _("Tạm dừng"), "player-pause"),
    ]
    return [
        {"value": value, "words": words, "icon": icon, "count": min(counts[name], most),
         "more": counts[name] > most, "tone": value, "key": str(number)}
        for number, (value, name, words, icon) in enumerate(chips, 1)
    ]  # fmt: skip


def _areas(actor: Actor) -> list[places.AreaRow]:
    """Communes to choose from, for those who see more than one."""
    ids = unit_ids_within(actor, "desk.enter") if not KINDS else _readable_units(actor)
    tree = org.tree()
    units = tree.in_force if ids is None else [tree.unit(number) for number in ids]
    found = {unit.area_id for unit in units if unit.kind == "commune" and unit.area_id}
    return sorted((places.area(number) for number in found), key=lambda area: area.name) if len(found) > 1 else []


def _readable_units(actor: Actor) -> list[int] | None:
    ids: set[int] = set()
    for kind in KINDS:
        found = unit_ids_within(actor, f"{kind}.read")
        if found is None:
            return None
        ids.update(found)
    return sorted(ids)


def _bulk_moves(rows: Sequence[InboxRow], actor: Actor) -> dict[str, tuple[Move, set[int]]]:
    """What may be done with which of the rows on the page; each case is asked again when it is done."""
    found: dict[str, tuple[Move, set[int]]] = {}
    actor = actor.by_post
    known: dict[tuple[Any, ...], list[Move]] = {}  # rows are alike in what decides
    for row in rows:
        case = row.case
        alike = (case.kind, case.state, case.unit_id, case.officer_id == actor.id)
        if alike not in known:
            known[alike] = [
                move
                for move in KINDS[case.kind].moves
                if move.in_bulk
                and case.state in move.from_states
                and (case.kind, move.name) in BULK
                and may_on(actor, f"{case.kind}.{move.name}", case)
            ]
        for move in known[alike]:
            found.setdefault(move.name, (move, set()))[1].add(case.id)
    return found


def _bulk_action(move: Move) -> dict[str, str]:
    return {"label": str(move.label), "icon": move.icon, "key": move.key, "url": f"/desk/nhieu/{move.name}/"}


@requires("desk.enter")
@require_http_methods(["GET", "POST"])
def bulk_page(request: HttpRequest, move_name: str) -> HttpResponse:
    """One action on many cases: asked once, done case by case, and each refusal told with its code."""
    actor = actor_of(request).by_post
    numbers = [number for text in _values(request, "case") if (number := row_number(text)) is not None]
    chosen = choose(move_name, numbers, actor=actor)
    cases, needs = chosen.cases, chosen.needs
    form = _form(chosen, request.POST or None)
    if request.method == "POST" and cases and (form is None or form.is_valid()):
        values: dict[int, Any] = {
            case.id: (str(form.cleaned_data["value"]) if needs == "unit" else form.cleaned_data)
            if form is not None
            else request.POST.get(f"value-{case.unit_id}", request.POST.get("value", ""))
            for case in cases
        }
        return _do(request, chosen, values, actor)
    context = {
        "move": chosen.move,
        "cases": cases,
        "left_out": [(undone.case, undone.words) for undone in chosen.left_out],
        "needs": needs,
        "groups": _by_unit(chosen.asked) if needs == "officer" else [],
        "form": form,
        "units": org.tree().in_force if needs == "unit" else [],
        "back": _back(request),
    }
    return render(request, "cases/bulk.html", context, status=422 if request.method == "POST" else 200)


def _form(chosen: Chosen, data: QueryDict | None) -> forms.Form | None:
    if chosen.needs == "unit":
        return _UnitForm(data)
    return chosen.form(data) if chosen.form is not None else None


class _UnitForm(forms.Form):
    value = UnitField(label=_lazy("Chuyển đến đơn vị"), help_text=_lazy("Gõ vài chữ trong tên, không dấu cũng được."))


@dataclass(frozen=True, slots=True)
class UnitCases:
    """Cases that one unit holds, and who can be given all of them, by the units they sit in."""

    unit: org.UnitRow
    cases: list[Case]
    hands: list[tuple[org.UnitRow, list["Hand"]]]


def _by_unit(cases: Sequence[Case]) -> list[UnitCases]:
    held: dict[int, list[Case]] = {}
    for case in cases:
        held.setdefault(case.unit_id, []).append(case)
    tree = org.tree()
    return [UnitCases(tree.unit(number), rows, with_loads(officers_for(rows))) for number, rows in held.items()]


def officers_for(cases: Sequence[Case]) -> list[tuple[org.UnitRow, list[OfficerRow]]]:
    """Who can be given all of these cases: officers at the units that hold them and below, by unit."""
    tree = org.tree()
    paths = {tree.path(case.unit_id) for case in cases}
    shared = set.intersection(*(set(tree.ids_under(path)) for path in paths))
    rows = list_officers(sorted(shared))
    return [(tree.unit(unit_id), list(group)) for unit_id, group in groupby(rows, key=lambda row: row.unit_id)]


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who can be given a case, and what they have on the desk already."""

    officer: OfficerRow
    load: Load


def with_loads(
    groups: Sequence[tuple[org.UnitRow, list[OfficerRow]]],
) -> list[tuple[org.UnitRow, list[Hand]]]:
    """Within each unit, whoever has least to do comes first among those who work on cases; leaders come last."""
    held = loads(row.id for _unit, rows in groups for row in rows)
    return [
        (
            unit,
            sorted(
                (Hand(row, held.get(row.id, Load())) for row in rows),
                key=lambda hand: (Role.SPECIALIST not in hand.officer.roles, hand.load.open, hand.officer.name),
            ),
        )
        for unit, rows in groups
    ]


def _do(request: HttpRequest, chosen: Chosen, values: dict[int, Any], actor: Actor) -> HttpResponse:
    outcome = run_bulk(chosen, values, actor=actor)
    done, refused = len(outcome.done), [f"{undone.case.code}: {undone.words}" for undone in outcome.refused]
    if done:
        messages.success(request, _("Đã làm xong %(done)d việc.") % {"done": done})
    elif not refused:
        messages.warning(request, _("Chưa chọn ai nên chưa giao việc nào."))
    for line in refused[:10]:
        messages.warning(request, line)
    if len(refused) > 10:
        messages.warning(request, _("Và %(more)d việc khác cũng chưa làm được.") % {"more": len(refused) - 10})
    return redirect(_back(request))


def _values(request: HttpRequest, name: str) -> list[str]:
    return request.POST.getlist(name) if request.method == "POST" else request.GET.getlist(name)


def _back(request: HttpRequest) -> str:
    """Where the list was."""
    return within_desk(request.POST.get("back", "") or request.GET.get("back", "")) or "/desk/"


def within_desk(address: str) -> str:
    """An address that came with a request, if it leads nowhere outside the desk; else ""."""
    return address if address.startswith("/desk/") and "//" not in address and "\\" not in address else ""
