"""Following a dossier: by code and secret, by the private link, or signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import segno
from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.cases.queries.people import link_holder, party_token
from motcua.kernel.exchange.queries.foreign import foreign_by, own_foreign
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity.views import Request, add_link, public
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.reception import supply_dossier
from motcua.modules.dossiers.actions.results import withdraw_dossier
from motcua.modules.dossiers.forms.portal import LookUpForm
from motcua.modules.dossiers.queries.tracking import own_dossiers, token_for, tracking_page

MOST_FILES = 10  # of one paper

if TYPE_CHECKING:
    from motcua.kernel.exchange.queries.foreign import ForeignRow
    from motcua.modules.dossiers.queries.tracking import TrackingPage


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("dossier_look_up", per_hour=40)
def look_up(request: Request) -> HttpResponse:
    """One's own dossiers, and any other by its code and the secret from the receipt."""
    form = LookUpForm(request.POST or None, initial={"code": request.GET.get("ma", "")[:60]})
    if request.method == "POST" and form.is_valid():
        token = token_for(form.cleaned_data["code"], form.cleaned_data["secret"])
        if token is not None:
            response = HttpResponseRedirect(reverse("dossier", args=[form.cleaned_data["code"].strip().upper()]))
            add_link(request, response, token)
            return response
        foreign = foreign_by(form.cleaned_data["code"], form.cleaned_data["secret"])
        if foreign is not None:
            return _look_up_page(request, form, foreign)
        form.add_error(None, _("Không có hồ sơ nào với mã hồ sơ và mã tra cứu này. Kiểm tra lại từng chữ trên giấy."))
    return _look_up_page(request, form)


def _look_up_page(request: Request, form: LookUpForm, foreign: ForeignRow | None = None) -> HttpResponse:
    own = own_dossiers(request.actor)
    codes = {row.code for row in own}
    context = {
        "form": form,
        "own": own,
        "others": [row for row in own_foreign(request.actor) if row.code not in codes],
        "foreign": foreign,
        "is_known": request.actor.person_id is not None,
        "crumbs": [],
    }
    return render(request, "dossiers/portal/look_up.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def dossier(request: Request, code: str) -> HttpResponse:
    return _page(request, tracking_page(code, actor=request.actor))


def _page(request: Request, page: TrackingPage, *, error: str = "", typed: str = "", status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "page": page,
        "error": error,
        "typed": typed,
        "crumbs": [(_("Tra cứu hồ sơ"), reverse("dossiers"))],
    }
    return render(request, "dossiers/portal/dossier.html", context, status=status)


@public
@never_cache
@require_safe
def filed(request: Request, code: str) -> HttpResponse:
    """Thanks, with the code and what opens it elsewhere."""
    page = tracking_page(code, actor=request.actor)
    party = link_holder(page.case.id, request.actor)
    if party is None:
        return redirect("dossier", page.case.code)
    private = request.build_absolute_uri(f"/p/{party_token(party)}/")
    qr = segno.make(private, error="m").svg_inline(scale=4, border=1, omitsize=True)
    return render(request, "dossiers/portal/filed.html", {"page": page, "qr": qr})


@public
@never_cache
@require_POST
@limited("dossier_supply", per_hour=60)
def supply(request: Request, code: str) -> HttpResponse:
    """Files and words that were asked for."""
    page = tracking_page(code, actor=request.actor)
    note = request.POST.get("note", "")
    source = get_adapter().get_client_ip(request)
    try:
        stored = [
            (paper.code, store_file(upload, actor=request.actor, declared_name=upload.name or "",
                                    purpose=Purpose.DOCUMENT, source=source).pk)
            for paper in page.supplement_papers
            for upload in request.FILES.getlist(f"paper-{paper.code}")[:MOST_FILES]
        ]  # fmt: skip
        supply_dossier(page.case.id, actor=request.actor, papers=stored, note=note, version=_version(request))
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _page(request, tracking_page(code, actor=request.actor), error=refused.message, typed=note, status=422)
    messages.success(request, _("Đã gửi bổ sung. Hồ sơ được giải quyết tiếp."))
    return redirect("dossier", page.case.code)


@public
@never_cache
@require_POST
@limited("dossier_withdraw", per_hour=30)
def withdraw(request: Request, code: str) -> HttpResponse:
    page = tracking_page(code, actor=request.actor)
    try:
        withdraw_dossier(
            page.case.id, actor=request.actor, reason=request.POST.get("reason", ""), version=_version(request)
        )
    except Refused as refused:
        if refused.code == "not_found":
            raise
        return _page(request, tracking_page(code, actor=request.actor), error=refused.message, status=422)
    messages.success(request, _("Đã rút hồ sơ."))
    return redirect("dossier", page.case.code)


def _version(request: Request) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
