"""Keys for machines, and the log of who looked at personal data."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import AccessFilterForm, ServiceKeyForm
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused


@requires("service.manage")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def service_keys(request: Request) -> HttpResponse:
    form = ServiceKeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            text = actions.create_service_key(
                form.cleaned_data["name"], form.cleaned_data["grants"], actor=request.actor
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            context = {"name": form.cleaned_data["name"], "text": text}
            return render(request, "identity/desk/service_key_made.html", context)
    return page(request, "identity/desk/service_keys.html", form, keys=queries.list_service_keys(actor=request.actor))


@requires("service.manage")
@require_POST
def revoke_service_key(request: Request, key_id: int) -> HttpResponse:
    actions.revoke_service_key(key_id, actor=request.actor)
    messages.success(request, _("Đã thu hồi khoá. Hệ thống dùng khoá này không vào được nữa."))
    return redirect("service_keys")


@requires("org.manage")
@never_cache
@require_safe
def access_log(request: Request) -> HttpResponse:
    form = AccessFilterForm(request.GET)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    rows = queries.list_accesses(
        actor=request.actor,
        who=chosen.get("who", ""),
        contact=chosen.get("contact", ""),
        since=chosen.get("since"),
        before=row_number(before),
        limit=51,
    )
    query: dict[str, Any] = {name: value for name, value in request.GET.items() if name != "before" and value}
    older = f"?{urlencode(query | {'before': rows[49].id})}" if len(rows) > 50 else ""
    return render(request, "identity/desk/accesses.html", {"form": form, "rows": rows[:50], "older_url": older})
