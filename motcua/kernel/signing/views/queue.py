"""What waits to be signed: one confirmation for many, each done or refused by itself."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.signing.actions import cancel_task, refuse_task, retry_task, sign_tasks
from motcua.kernel.signing.forms import RefuseForm
from motcua.kernel.signing.kind import MOST_AT_ONCE, STATE_NAMES, TaskState
from motcua.kernel.signing.queries import get_task, own_tasks, recent_tasks, waiting_tasks
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused

# Tone and icon of a state.
STATES = {
    TaskState.ASKED: ("info", "writing"),
    TaskState.QUEUED: ("info", "refresh"),
    TaskState.APPROVING: ("warn", "device-mobile"),
    TaskState.DONE: ("ok", "signature"),
    TaskState.REFUSED: ("bad", "writing-off"),
    TaskState.EXPIRED: ("warn", "clock-x"),
    TaskState.FAILED: ("bad", "alert-triangle"),
    TaskState.CANCELLED: ("neutral", "arrow-back-up"),
}


@requires("desk.enter")
@never_cache
@require_safe
def queue(request: Request) -> HttpResponse:
    """Also for those who asked others: they see what became of it."""
    actor = request.actor
    context = {
        "waiting": waiting_tasks(actor),
        "running": [_line(row) for row in own_tasks(actor)],
        "recent": [_line(row, actor.key) for row in recent_tasks(actor)],
        "most": MOST_AT_ONCE,
    }
    return render(request, "signing/desk/queue.html", context)


def _line(row: object, asker: str = "") -> dict[str, object]:
    from motcua.kernel.signing.queries import TaskRow

    assert isinstance(row, TaskRow)  # noqa: S101
    tone, icon = STATES[TaskState(row.task.state)]
    return {
        "row": row,
        "state": STATE_NAMES[row.task.state],
        "tone": tone,
        "icon": icon,
        "may_cancel": row.task.asked_by == asker and row.task.state == TaskState.ASKED,
    }


@requires("signing.sign")
@never_cache
@require_http_methods(["GET", "POST"])
def confirm(request: Request) -> HttpResponse:
    """The chosen ones once more, and one button; then what became of each."""
    asked = (request.POST if request.method == "POST" else request.GET).getlist("viec")
    chosen = {number for text in asked if (number := row_number(text)) is not None}
    rows = [row for row in waiting_tasks(request.actor) if row.task.pk in chosen]
    if request.method == "POST" and chosen:
        outcomes = sign_tasks(sorted(chosen), actor=request.actor)
        context = {
            "outcomes": [
                (one, *STATES[TaskState(one.state)], STATE_NAMES[one.state]) if one.state else (one, "bad", "ban", "")
                for one in outcomes
            ],
            "good": sum(not one.refused for one in outcomes),
            "on_telephone": any(row.is_remote for row in rows),
        }
        return render(request, "signing/desk/outcomes.html", context)
    if not rows:
        messages.warning(request, _("Chọn ít nhất một văn bản để ký."))
        return redirect("signing_queue")
    return render(request, "signing/desk/confirm.html", {"rows": rows, "is_remote": any(row.is_remote for row in rows)})


@requires("signing.sign")
@never_cache
@require_http_methods(["GET", "POST"])
def refuse(request: Request, task_id: int) -> HttpResponse:
    task = get_task(task_id, actor=request.actor)
    form = RefuseForm(request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            refuse_task(task_id, actor=request.actor, reason=form.cleaned_data["reason"])
        except Refused as refused:
            form.add_error("reason" if refused.fields else None, refused.message)
        else:
            messages.success(request, _("Đã trả lại người trình."))
            return redirect("signing_queue")
    status = 422 if form.is_bound else 200
    return render(request, "signing/desk/refuse.html", {"task": task, "form": form}, status=status)


@requires("signing.sign")
@require_POST
def retry(request: Request, task_id: int) -> HttpResponse:
    retry_task(task_id, actor=request.actor)
    messages.success(request, _("Đang ký lại."))
    return redirect("signing_queue")


@requires("desk.enter")
@require_POST
def cancel(request: Request, task_id: int) -> HttpResponse:
    cancel_task(task_id, actor=request.actor)
    messages.success(request, _("Đã rút lại."))
    return redirect("signing_queue")
