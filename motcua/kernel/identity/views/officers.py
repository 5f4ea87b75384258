"""Administration of officials and their posts, within reach of the administrator."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.forms import default_token_generator
from allauth.account.internal.flows.password_reset import request_password_reset
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import NewOfficerForm, OfficerFilterForm, OfficerForm, PostForm
from motcua.kernel.identity.kind import ROLE_NAMES
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.kernel.org.queries import local_today
from motcua.lib.errors import Refused


def send_password_link(request: HttpRequest, officer: Account) -> bool:
    """Let an official set a password through a link in a letter. False when they have no address."""
    if not officer.email:
        return False
    request_password_reset(request, officer.email, [officer], default_token_generator)
    return True


@requires("org.manage")
@never_cache
@require_safe
def list_officers(request: Request) -> HttpResponse:
    units = queries.managed_units(request.actor)
    form = OfficerFilterForm(request.GET, units=units)
    chosen: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = queries.list_managed_officers(
        actor=request.actor,
        words=chosen.get("q", ""),
        unit_id=chosen.get("unit"),
        state=chosen.get("state", ""),
        after=request.GET.get("after", ""),
    )
    query: dict[str, Any] = {name: value for name, value in request.GET.items() if name != "after" and value}
    older = f"?{urlencode(query | {'after': found.next_after})}" if found.next_after else ""
    lines = [(line, [(post, ROLE_NAMES[post.role]) for post in line.posts]) for line in found.lines]
    context = {"form": form, "lines": lines, "older_url": older}
    return render(request, "identity/desk/officers.html", context)


@requires("org.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def add_officer(request: Request) -> HttpResponse:
    units = queries.managed_units(request.actor)
    initial = {"valid_from": local_today(), "unit_id": request.GET.get("unit")}
    form = NewOfficerForm(request.POST or None, units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            officer = actions.hire_officer(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            send_password_link(request, officer)
            words = _("Đã thêm {name}. Thư đặt mật khẩu đã gửi tới {email}.")
            messages.success(request, words.format(name=officer.name, email=officer.email))
            return redirect("officer", officer.pk)
    return page(request, "identity/desk/officer_add.html", form)


def _officer_page(request: Request, officer: Account, *, form: Any = None, post_form: Any = None) -> HttpResponse:
    units = queries.managed_units(request.actor)
    initial = {name: getattr(officer, name) for name in ("name", "email", "phone", "language")}
    context = {
        "officer": officer,
        "posts": [(post, ROLE_NAMES[post.role]) for post in queries.list_posts(officer.pk)],
        "post_form": post_form or PostForm(units=units, initial={"valid_from": local_today()}),
        "has_factor": queries.has_factor(officer.pk),
        "is_self": officer.pk == request.actor.id,
        "session_count": len(queries.list_sessions(officer.pk)),
    }
    response = page(request, "identity/desk/officer.html", form or OfficerForm(initial=initial), **context)
    if post_form is not None:
        response.status_code = 422
    return response


@requires("org.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def officer(request: Request, officer_id: int) -> HttpResponse:
    shown = queries.get_officer(officer_id, actor=request.actor)
    form = OfficerForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            actions.change_officer(officer_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("officer", officer_id)
    return _officer_page(request, shown, form=form)


@requires("org.manage")
@require_POST
def add_post(request: Request, officer_id: int) -> HttpResponse:
    shown = queries.get_officer(officer_id, actor=request.actor)
    form = PostForm(request.POST, units=queries.managed_units(request.actor))
    if form.is_valid():
        try:
            actions.grant_post(officer_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã giao vai trò."))
            return redirect("officer", officer_id)
    return _officer_page(request, shown, post_form=form)


@requires("org.manage")
@require_POST
def revoke_post(request: Request, officer_id: int, post_id: int) -> HttpResponse:
    queries.get_officer(officer_id, actor=request.actor)
    return _do(request, officer_id, _("Đã thôi vai trò."), lambda: actions.revoke_post(post_id, actor=request.actor))


@requires("org.manage")
@require_POST
def deactivate_officer(request: Request, officer_id: int) -> HttpResponse:
    words = _("Đã khoá tài khoản và đăng xuất khỏi mọi thiết bị.")
    return _do(request, officer_id, words, lambda: actions.deactivate_officer(officer_id, actor=request.actor))


@requires("org.manage")
@require_POST
def activate_officer(request: Request, officer_id: int) -> HttpResponse:
    words = _("Đã mở lại tài khoản.")
    return _do(request, officer_id, words, lambda: actions.activate_officer(officer_id, actor=request.actor))


@requires("org.manage")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]
def reset_factors(request: Request, officer_id: int) -> HttpResponse:
    """Asks first, and asks who is asking: it opens an account to whoever knows its password."""
    shown = queries.get_officer(officer_id, actor=request.actor)
    if request.method != "POST":
        return render(request, "identity/desk/officer_reset.html", {"officer": shown})
    words = _("Đã xoá lớp xác thực thứ hai.")
    return _do(request, officer_id, words, lambda: actions.reset_factors(officer_id, actor=request.actor))


@requires("org.manage")
@require_POST
def send_password(request: Request, officer_id: int) -> HttpResponse:
    shown = queries.get_officer(officer_id, actor=request.actor)
    if send_password_link(request, shown):
        messages.success(request, _("Đã gửi thư đặt mật khẩu tới {email}.").format(email=shown.email))
    else:
        messages.error(request, _("Cán bộ này chưa có thư điện tử. Thêm địa chỉ rồi gửi lại."))
    return redirect("officer", officer_id)


def _do(request: Request, officer_id: int, words: str, act: Any) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        if refused.code != "own_account":
            raise
        messages.error(request, refused.message)
    else:
        messages.success(request, words)
    return redirect("officer", officer_id)
