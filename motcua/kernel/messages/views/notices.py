"""Notices of whoever is signed in at the desk, and how they want to be told otherwise."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.actions import mark_notices_read, set_preference
from motcua.kernel.messages.forms import CHANNELS_OF, PreferenceForm
from motcua.kernel.messages.queries import count_unread, get_preference, list_notices
from motcua.lib.codes import row_number


@requires("desk.enter")
@never_cache
@require_safe
def show_notices(request: Request) -> HttpResponse:
    before = request.GET.get("before", "")
    place = row_number(before)
    rows, next_before = list_notices(request.actor, before=place)
    preference = get_preference(request.actor.key)
    chosen = next((name for name, channels in CHANNELS_OF.items() if channels == preference.channels), "both")
    context = {
        "rows": rows,
        "older_url": f"?before={next_before}" if next_before else "",
        "unread": count_unread(request.actor),
        "form": PreferenceForm(initial={"by": chosen}),
    }
    return render(request, "messages/desk/notices.html", context)


@requires("desk.enter")
@require_POST
def read(request: Request, notice_id: int | None = None) -> HttpResponse:
    """Mark one or all as read; one then leads where it points."""
    url = request.POST.get("url", "")
    mark_notices_read(actor=request.actor, notice_id=notice_id)
    is_inside = url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    # Not ``redirect``: a word would be taken for a view's name.
    return HttpResponseRedirect(url) if is_inside else redirect("notices")


@requires("desk.enter")
@require_POST
def prefer(request: Request) -> HttpResponse:
    form = PreferenceForm(request.POST)
    if form.is_valid():
        actor = request.actor
        set_preference(actor.key, wants="all", channels=CHANNELS_OF[form.cleaned_data["by"]], actor=actor)
        messages.success(request, _("Đã lưu cách nhận tin."))
    return redirect("notices")
