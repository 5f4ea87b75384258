"""A leader's queue: everything that waits for their word, what it is beside it, and one confirmation for many."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.cases.views.inbox import ROW_KEYS
from motcua.kernel.files.queries import files_by_id
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.signing.queries import get_task
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.deciding import MOST_AT_ONCE, NewDecision, carry_out, decide, decide_again
from motcua.modules.dossiers.kind import Deciding
from motcua.modules.dossiers.queries.deciding import (
    ANSWER,
    SORTS,
    Chosen,
    batch_of,
    chosen_rows,
    page_urls,
    waiting_page,
)
from motcua.modules.dossiers.queries.desk import consultation_page, dossier_page, note_opened
from motcua.modules.dossiers.queries.reading import extension_of

LABELS = {
    **{name: Deciding(name).label for name in Deciding.values},
    ANSWER: _lazy("Trả lời ý kiến"),
}
ICONS = {
    "approve": "signature",
    "issue": "certificate",
    "extend": "calendar-time",
    "sign": "writing",
    ANSWER: "messages",
}
STATES = {  # of a decision that was confirmed: words, tone, icon
    "waiting": (_lazy("Đang làm"), "info", "refresh"),
    "signing": (_lazy("Đang ký"), "info", "signature"),
    "phone": (_lazy("Chờ duyệt trên điện thoại"), "warn", "device-mobile"),
    "done": (_lazy("Xong"), "ok", "check"),
    "failed": (_lazy("Chưa làm được"), "bad", "alert-triangle"),
}


@requires("dossier.decide")
@never_cache
@require_safe
def deciding(request: Request) -> HttpResponse:
    """``?part=list`` gives the list alone, for the live refresh."""
    query = request.GET.copy()
    sort, below = query.get("loai", ""), query.get("duoi") == "1"
    found = waiting_page(
        request.actor, sort=sort if sort in SORTS else "", below=below, after=query.get("sau", "")[:40]
    )
    context = {
        "found": found,
        "rows": [(row, LABELS[row.does], ICONS[row.does]) for row in found.rows],
        "chips": [
            ("", _("Tất cả"), found.counts["all"]),
            *((name, LABELS[name], found.counts[name]) for name in SORTS if found.counts[name] or name == sort),
        ],
        "sort": sort,
        "below": below,
        "row_keys": ROW_KEYS,
        "back": _address(query),
        "actions": [
            {"label": _("Duyệt, ký"), "icon": "signature", "key": "d", "url": reverse("deciding_confirm")},
        ],
    }
    is_part = query.get("part") == "list"
    return render(request, "dossiers/desk/_deciding.html" if is_part else "dossiers/desk/deciding.html", context)


def _address(query: QueryDict) -> str:
    kept = urlencode({name: query[name] for name in ("loai", "duoi") if query.get(name)})
    return reverse("deciding") + (f"?{kept}" if kept else "")


@requires("dossier.decide")
@never_cache
@require_safe
def peek(request: Request, case_id: int) -> HttpResponse:
    """What is to be decided: the documents page by page, what the specialist proposed, what others think of it. Inside
    the pane beside the list, or as a page of its own. That the dossier was opened is noted."""
    page = dossier_page(case_id, actor=request.actor)
    note_opened(page, actor=request.actor)
    proposer = next((line.leg for line in reversed(page.route) if line.leg is not None and line.leg.ended_at), None)
    context: dict[str, Any] = {
        "page": page,
        "case": page.case,
        "title": page.case.code,
        "documents": [(line, page_urls(line.file) if line.file else []) for line in page.results],
        "extension": extension_of(case_id),
        "proposer": proposer,
        "may": {move.name for move in page.shown.moves},
    }
    return _peek(request, "dossiers/desk/_peek.html", context)


@requires("dossier.decide")
@never_cache
@require_safe
def peek_opinion(request: Request, case_id: int) -> HttpResponse:
    page = consultation_page(case_id, actor=request.actor)
    context = {
        "page": page,
        "case": page.case,
        "title": page.case.code,
        "may": {move.name for move in page.shown.moves},
    }
    return _peek(request, "dossiers/desk/_peek_opinion.html", context)


@requires("dossier.decide")
@never_cache
@require_safe
def peek_task(request: Request, task_id: int) -> HttpResponse:
    """A document that somebody laid before this leader to sign."""
    task = get_task(task_id, actor=request.actor)
    number = task.file_id or (task.after.result_id if task.after else None)
    file = files_by_id([number] if number else []).get(number or 0)
    return _peek(
        request, "dossiers/desk/_peek_task.html", {"task": task, "file": file, "pages": page_urls(file) if file else []}
    )


def _peek(request: Request, template: str, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return render(request, template, {**context, "is_part": True})
    return render(request, "dossiers/desk/peek.html", {**context, "body": template, "is_part": False})


def _chosen(values: list[str]) -> list[NewDecision]:
    """What rows are called in forms: “approve-12-5”. What is not understood is left out."""
    found = []
    for value in values:
        does, _sep, rest = value.partition("-")
        number, _sep, version = rest.partition("-")
        if does in Deciding.values and all(part.isdecimal() and len(part) < 19 for part in (number, version or "0")):
            found.append(NewDecision(Deciding(does), int(number), int(version) if version else None))
    return found


@requires("dossier.decide")
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """The chosen ones once more, with what each is signed with, and one button."""
    given = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(given.getlist("case"))
    if len(chosen) > MOST_AT_ONCE:
        raise Refused("too_many", _("Duyệt nhiều nhất %(most)d việc một lần.") % {"most": MOST_AT_ONCE})
    if not chosen:
        messages.warning(request, _("Chọn ít nhất một việc để duyệt."))
        return redirect("deciding")
    if request.method == "POST":
        batch = _uuid(given.get("batch", "")) or uuid4()
        decide(batch, chosen, actor=request.actor)
        carry_out(batch)  # a few are done before the page shows; the worker does the rest
        return redirect("deciding_batch", batch)
    rows = chosen_rows([(one.does, one.subject_id, one.version) for one in chosen], actor=request.actor)
    if not rows:
        raise Refused("not_found", _("Những việc này không còn chờ bạn. Quay lại danh sách."))
    context = {"rows": [(row, LABELS[row.does], ICONS[row.does]) for row in rows], "batch": uuid4(), **_ways(rows)}
    return render(request, "dossiers/desk/deciding_confirm.html", context)


def _ways(rows: list[Chosen]) -> dict[str, bool]:
    keys = [row.key for row in rows if row.key is not None]
    return {
        "on_phone": any(key.kind == "remote" for key in keys),
        "on_paper": any(row.key is None and row.does != Deciding.EXTEND for row in rows),
        "is_test": any(key.is_test for key in keys),
    }


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@requires("dossier.decide")
@never_cache
@require_safe
def batch(request: Request, batch: UUID) -> HttpResponse:
    """How far it is. The page asks again by itself until everything is over."""
    found = batch_of(batch, actor=request.actor)
    if not found.rows:
        raise Refused("not_found", _("Không tìm thấy lượt duyệt này."))
    context = {
        "found": found,
        "batch": batch,
        "rows": [(row, *STATES[row.state]) for row in found.rows],
        "done": found.count("done"),
        "failed": found.count("failed"),
        "phone": found.count("phone"),
    }
    is_part = request.GET.get("part") == "list"
    return render(request, "dossiers/desk/_batch.html" if is_part else "dossiers/desk/batch.html", context)


@requires("dossier.decide")
@require_POST
def again(request: Request, batch: UUID) -> HttpResponse:
    """What failed, once more."""
    if decide_again(batch, actor=request.actor):
        carry_out(batch)
    return redirect("deciding_batch", batch)
