"""How the house itself fares: readers of events, jobs of the worker, and a button for what hangs."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.events.actions import retry_reader
from motcua.kernel.events.kind import JOBS, READERS, Job, Reader
from motcua.kernel.events.queries import job_states, reader_states
from motcua.kernel.identity.views import Request, requires


@requires("system.watch")
@require_safe
def system_page(request: Request) -> HttpResponse:
    context = {
        "readers": [(_title(READERS, state.name), state) for state in reader_states()],
        "jobs": [(_title(JOBS, state.job), state) for state in job_states()],
    }
    return render(request, "desk/system.html", context)


def _title(known: Mapping[str, Reader] | Mapping[str, Job], name: str) -> str:
    return str(known[name].title) or name if name in known else name  # what is no longer installed has left its row


@requires("system.watch")
@require_POST
def retry(request: Request, name: str) -> HttpResponse:
    retry_reader(name, actor=request.actor)
    messages.success(request, _("Sẽ thử lại ngay."))
    return redirect("readers")
