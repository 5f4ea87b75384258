"""How the house itself fares: readers of events, jobs of the worker, and a button for what hangs."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.events.actions import retry_reader
from motcua.kernel.events.queries import job_states, reader_states
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org.queries import unconfirmed_years


@requires("system.watch")
@require_safe
def system_page(request: Request) -> HttpResponse:
    context = {"readers": reader_states(), "jobs": job_states(), "years": unconfirmed_years()}
    return render(request, "desk/system.html", context)


@requires("system.watch")
@require_POST
def retry(request: Request, name: str) -> HttpResponse:
    retry_reader(name, actor=request.actor)
    messages.success(request, _("Sẽ thử lại ngay."))
    return redirect("readers")
