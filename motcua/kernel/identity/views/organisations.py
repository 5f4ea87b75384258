"""``/to-chuc/``: acting for an organisation; ``/desk/to-chuc/``: who is accepted as its representative."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import DecisionForm, RepresentationForm
from motcua.kernel.identity.kind import LEVEL_NAMES
from motcua.kernel.identity.ports import registered_name
from motcua.kernel.identity.views.account import person_account
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.lib.errors import Refused


def state_words(row: queries.RepresentationRow) -> tuple[str, str, str]:
    if row.state == "asked":
        return _("Chờ công nhận"), "info", "clock"
    if row.is_in_force:
        return _("Đang đại diện"), "ok", "circle-check"
    if row.state == "refused":
        return _("Không được công nhận"), "bad", "ban"
    return _("Đã thôi đại diện"), "neutral", "building-off"


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def organisations(request: Request) -> HttpResponse:
    """Those for which one acts, and the form to ask for another."""
    person_account(request)
    form = RepresentationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            asked = actions.ask_representation(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            found = registered_name.call(asked.organisation.tax_code, request.actor)
            if found is None:
                messages.success(request, _("Đã gửi. Cán bộ sẽ xem giấy tờ và trả lời bạn."))
            else:
                name, register = found
                actions.accept_by_register(asked.pk, name=name, source=register)
                words = _("%(register)s ghi bạn là người đại diện: đã công nhận.")
                messages.success(request, words % {"register": register})
            return redirect("organisations")
    rows = [(row, state_words(row)) for row in queries.own_representations(request.actor)]
    return page(request, "identity/organisations.html", form, rows=rows)


@requires("account.own")
@require_POST
def end(request: Request, representation_id: int) -> HttpResponse:
    person_account(request)
    actions.end_representation(representation_id, actor=request.actor)
    messages.success(request, _("Bạn đã thôi đại diện."))
    return redirect("organisations")


@requires("representation.accept")
@never_cache
@require_safe
def list_requests(request: Request) -> HttpResponse:
    return _requests(request, DecisionForm())


def _requests(request: Request, form: DecisionForm, about: int | None = None) -> HttpResponse:
    """``about``: the request whose form is ``form``, with what was wrong in it."""
    rows = [
        (
            row,
            LEVEL_NAMES[row.level],
            form if row.id == about else DecisionForm(prefix=f"r{row.id}"),
        )
        for row in queries.list_representations(actor=request.actor)
    ]
    return page(request, "identity/desk/representations.html", form, rows=rows)


@requires("representation.accept")
@require_POST
def decide(request: Request, representation_id: int) -> HttpResponse:
    form = DecisionForm(request.POST, prefix=f"r{representation_id}")
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if "refuse" in request.POST:
                actions.refuse_representation(representation_id, actor=request.actor, reason=reason)
            else:
                actions.accept_representation(representation_id, actor=request.actor, reason=reason)
        except Refused as refused:
            if refused.code != "invalid":
                raise
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã ghi quyết định."))
            return redirect("representations")
    return _requests(request, form, representation_id)
