"""``/tai-khoan/``: what an account says about its owner, who looked at it, where it is signed in."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.logout import logout as end_this_session
from allauth.mfa.base.views import IndexView as FactorsView
from django.conf import settings
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import CodeForm, ContactForm, PersonForm
from motcua.kernel.identity.kind import LEVEL_NAMES, ROLE_NAMES
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.ports import own_data
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.login import (
    add_refusal,
    forget_contact,
    page,
    remember_contact,
    remembered_contact,
    send_code,
)
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused

_PROVING = "proving_contact"  # in the session: the remembered contact is one to add, not one to sign in with


def _own(request: Request) -> Account:
    """``requires("account.own")`` let them in, so they are signed in."""
    account = request.user
    if not isinstance(account, Account):
        raise Refused("sign_in", _("Bạn cần đăng nhập để làm việc này."))
    return account


def officials_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Passwords and second factors: people have neither."""

    @requires("account.own")
    @never_cache
    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if _own(request).kind != Account.Kind.OFFICER:
            raise Refused("not_found", _("Trang này dành cho tài khoản cán bộ."))
        return view(request, *args, **kwargs)

    return guarded


class Security(FactorsView):  # type: ignore[misc]
    """``/tai-khoan/bao-mat/``"""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        lacks = queries.must_add_factor(self.request.user.pk)
        return {**super().get_context_data(**context), "must_add_factor": lacks}


def person_account(request: Request) -> Account:
    account = _own(request)
    if account.kind != Account.Kind.PERSON:
        raise Refused("not_found", _("Trang này dành cho tài khoản của người dân."))
    return account


@requires("account.own")
@never_cache
@require_safe
def account(request: Request) -> HttpResponse:
    own = _own(request)
    if own.kind == Account.Kind.OFFICER:
        posts = [(post, ROLE_NAMES[post.role]) for post in queries.list_posts(own.pk) if post.is_in_force]
        return render(request, "identity/account_officer.html", {"account": own, "posts": posts})
    return _account_page(request, own, None)


def _account_page(request: Request, own: Account, form: PersonForm | None) -> HttpResponse:
    card = queries.own_card(request.actor)
    form = form or PersonForm(initial={"name": card.name, "language": own.language})
    context = {
        "card": card,
        "level": LEVEL_NAMES[card.level],
        "accesses": queries.own_accesses(request.actor, limit=3),
        "cases": own_data["cases"](request.actor)[:20] if "cases" in own_data else [],
    }
    return page(request, "identity/account.html", form, **context)


@requires("account.own")
@require_POST
def change_person(request: Request) -> HttpResponse:
    own = person_account(request)
    form = PersonForm(request.POST)
    if not form.is_valid():
        return _account_page(request, own, form)
    actions.change_person(own.pk, name=form.cleaned_data["name"], language=form.cleaned_data["language"])
    messages.success(request, _("Đã lưu thông tin của bạn."))
    return redirect("account")


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def add_contact(request: Request) -> HttpResponse:
    """Another number or address; it counts once its code came back."""
    person_account(request)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = actions.read_contact(form.cleaned_data["address"])
            send_code(request, contact)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            remember_contact(request, contact)
            request.session[_PROVING] = True
            return redirect("account_prove_contact")
    return page(request, "identity/contact_add.html", form)


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def prove_contact(request: Request) -> HttpResponse:
    own, contact = person_account(request), remembered_contact(request)
    if contact is None or not request.session.get(_PROVING):
        return redirect("account_add_contact")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.spend_code(contact, form.cleaned_data["code"])
            actions.set_contact(own.pk, contact)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            forget_contact(request)
            del request.session[_PROVING]
            messages.success(request, _("Đã thêm {contact}.").format(contact=contact.shown))
            return redirect("account")
    return page(request, "identity/contact_prove.html", form, contact=contact)


@requires("account.own")
@require_POST
def remove_contact(request: Request) -> HttpResponse:
    own = person_account(request)
    try:
        actions.remove_contact(own.pk, "sms" if request.POST.get("channel") == "sms" else "email")
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Đã bỏ khỏi thông tin của bạn."))
    return redirect("account")


@requires("account.own")
@never_cache
@require_safe
def accesses(request: Request) -> HttpResponse:
    """Who looked at my data, in plain words."""
    person_account(request)
    before = request.GET.get("before", "")
    rows = queries.own_accesses(request.actor, before=row_number(before), limit=51)
    older = f"?{urlencode({'before': rows[49].id})}" if len(rows) > 50 else ""
    return render(request, "identity/accesses.html", {"rows": rows[:50], "older_url": older})


@requires("account.own")
@never_cache
@require_GET
def download(request: Request) -> HttpResponse:
    """Everything we hold about the person, as JSON."""
    person_account(request)
    body = json.dumps(queries.export_own_data(request.actor), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    response = HttpResponse(body, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="du-lieu-cua-toi.json"'
    return response


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def delete_account(request: Request) -> HttpResponse:
    """Asks whoever signed in some time ago to sign in again first: a phone left on a table deletes nothing. Looking at
    the page ends nothing either: anybody may put a link to it into a letter."""
    own = person_account(request)
    if request.method == "POST":
        if get_adapter(request).is_reauthentication_required(app="motcua.identity"):
            end_this_session(request)
            return redirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.path})}")
        actor = request.actor
        end_this_session(request)
        actions.delete_own_account(actor=actor)
        return render(request, "identity/account_deleted.html")
    return render(request, "identity/account_delete.html", {"account": own})


@requires("account.own")
@never_cache
@require_safe
def sessions(request: Request) -> HttpResponse:
    own = _own(request)
    rows = [(row, row.session_key == request.session.session_key) for row in queries.list_sessions(own.pk)]
    rows.sort(key=lambda row: not row[1])
    return render(request, "identity/sessions.html", {"rows": rows, "is_officer": own.kind == Account.Kind.OFFICER})


@requires("account.own")
@require_POST
def end_session(request: Request) -> HttpResponse:
    _own(request)
    actions.end_session(request.POST.get("session", ""), actor=request.actor)
    messages.success(request, _("Đã đăng xuất thiết bị đó."))
    return redirect("account_sessions")


@requires("account.own")
@require_POST
def end_other_sessions(request: Request) -> HttpResponse:
    own = _own(request)
    ended = actions.end_other_sessions(own.pk, but=request.session.session_key)
    words = ngettext("Đã đăng xuất {n} thiết bị khác.", "Đã đăng xuất {n} thiết bị khác.", ended)
    messages.success(request, words.format(n=ended))
    return redirect("account_sessions")


@requires("account.own")
@require_POST
def change_language(request: Request) -> HttpResponse:
    """The language in which an official gets letters and notices."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        actions.change_language(_own(request).pk, language)
        messages.success(request, _("Đã đổi ngôn ngữ nhận tin."))
    return redirect("account")
