"""How people sign in (a one-time code), how officials do (allauth's flows), and how both leave."""

from typing import Any

from allauth.account import views as account_views
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout as end_this_session
from allauth.mfa.base import views as factor_views
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from motcua.kernel.identity import actions
from motcua.kernel.identity.actions import Consent, Contact
from motcua.kernel.identity.forms import CodeForm, ContactForm
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.queries import sealer
from motcua.kernel.identity.views.doors import public
from motcua.kernel.identity.views.sessions import begin_session, know_device
from motcua.lib.errors import Refused

_CONTACT, _NEXT = "login_contact", "login_next"


def remember_contact(request: HttpRequest, contact: Contact) -> None:
    """Sealed: sessions lie in the database."""
    request.session[_CONTACT] = sealer().seal(f"{contact.channel} {contact.address}").decode()


def remembered_contact(request: HttpRequest) -> Contact | None:
    text = sealer().open(str(request.session.get(_CONTACT, "")).encode())
    channel, _space, address = text.partition(" ")
    return Contact(channel, address) if address else None


def forget_contact(request: HttpRequest) -> None:
    request.session.pop(_CONTACT, None)


def send_code(request: HttpRequest, contact: Contact, consent: Consent | None = None) -> None:
    network = get_adapter(request).get_client_ip(request)
    actions.send_login_code(contact, network=network, language=get_language() or "vi", consent=consent)


def safe_next(request: HttpRequest) -> str:
    """Where to go on after signing in; empty when it is not one of our pages."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if is_ours and "/" in url else ""  # a word without one would be taken for a view's name


def add_refusal(form: Any, refused: Refused) -> None:
    """Show a refusal at the fields that it is about, else above the form."""
    placed = {field: words for field, words in refused.fields.items() if field in form.fields}
    for field, words in placed.items():
        form.add_error(field, words)
    if not placed:
        form.add_error(None, refused.message)


def page(request: HttpRequest, template: str, form: Any, **context: Any) -> HttpResponse:
    """A page with a form: 422 when it has errors."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def outside_providers(audience: str) -> list[dict[str, str]]:
    """Names and addresses of the OpenID Connect providers for people or for officials."""
    apps: Any = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [
        {"name": app["name"], "url": reverse("openid_connect_login", args=[app["provider_id"]])}
        for app in apps
        if app["settings"]["audience"] == audience
    ]


@public
@never_cache
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    """``/dang-nhap/``: a number or an address, to which the code goes."""
    if request.user.is_authenticated:
        return redirect(safe_next(request) or get_adapter(request).get_login_redirect_url(request))
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = actions.read_contact(form.cleaned_data["address"])
            send_code(request, contact)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            remember_contact(request, contact)
            request.session[_NEXT] = safe_next(request)
            return redirect("login_code")
    return page(
        request, "identity/login.html", form, next=safe_next(request), providers=outside_providers(Account.Kind.PERSON)
    )


@public
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def login_code(request: HttpRequest) -> HttpResponse:
    """``/dang-nhap/ma/``: the code that was sent."""
    contact = remembered_contact(request)
    if contact is None:
        return redirect("login")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.spend_code(contact, form.cleaned_data["code"])
            account = actions.account_for(contact, language=get_language() or "vi")
        except Refused as refused:
            add_refusal(form, refused)
        else:
            next_url = request.session.get(_NEXT) or ""
            forget_contact(request)
            sign_in(request, account)
            return redirect(next_url or "account")
    return page(request, "identity/login_code.html", form, contact=contact)


@public
@never_cache
@require_POST
def login_resend(request: HttpRequest) -> HttpResponse:
    contact = remembered_contact(request)
    if contact is None:
        return redirect("login")
    form = CodeForm()
    try:
        send_code(request, contact)
    except Refused as refused:
        return render(
            request, "identity/login_code.html", {"form": form, "contact": contact, "wait": refused.message}, status=429
        )
    return render(request, "identity/login_code.html", {"form": form, "contact": contact, "is_resent": True})


def sign_in(request: HttpRequest, account: Account) -> None:
    """Begin a person's session. Whatever was in the anonymous one stays, under a new key."""
    get_adapter(request).login(request, account)
    record_authentication(request, account, method="code")


@public
def too_many(request: HttpRequest) -> HttpResponse:
    """``handler429``: the answer of allauth's own limits."""
    raise Refused("too_many", _("Bạn đã thử quá nhiều lần. Đợi ít phút rồi thử lại."), retry_after=60)


class OfficerLogin(account_views.LoginView):  # type: ignore[misc]
    """``/dang-nhap/can-bo/``"""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        providers = outside_providers(Account.Kind.OFFICER)
        return {**super().get_context_data(**context), "providers": providers}

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)
        if isinstance(self.request.user, Account):
            begin_session(self.request, self.request.user)  # allauth sets a length of its own after signing in
            know_device(self.request, response)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return response


class SecondFactor(factor_views.AuthenticateView):  # type: ignore[misc]
    """``/dang-nhap/xac-thuc/``: like a password, a code may be guessed only so often."""

    locked = ""

    def post(self, request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        user = self.stage.login.user
        door = f"factor {user.pk}"
        try:
            actions.require_unlocked(door)
        except Refused as refused:
            self.locked = refused.message
            self.auth_form = self.get_form_class()(user=user)
            self.webauthn_form = self.get_webauthn_form_class()(user=user)
            locked: HttpResponse = self.render_to_response(self.get_context_data(), status=429)
            return locked
        response: HttpResponse = super().post(request, *arguments, **options)
        if self.form.is_valid():
            actions.forget_failures(door)
            know_device(request, response)
        else:
            actions.note_failure(door)
            actions.note_access(ANONYMOUS, "login.failed", reason=user.name)
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {**super().get_context_data(**context), "locked": self.locked}


@public
@never_cache
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if request.user.is_authenticated:
            end_this_session(request)
        return HttpResponseRedirect(reverse("home"))
    return render(request, "account/logout.html")
