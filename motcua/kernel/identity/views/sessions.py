"""The beginning and the end of a session, and devices that are known from earlier ones."""

import secrets
from datetime import datetime, timedelta
from typing import Final, cast

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.models import Account
from motcua.kernel.identity.views.doors import public
from motcua.lib import moment

PERSON_SESSION: Final = timedelta(days=30)  # people come seldom, on their own phone
WARNED: Final = timedelta(minutes=2)  # so long before its end somebody is warned (session.js)
_BROWSERS = (
    ("Edg/", "Edge"),
    ("CocCoc", "Cốc Cốc"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"))


def begin_session(request: HttpRequest, account: Account) -> None:
    """Say whose device it is, and end the session at a fixed moment: an official's after a working day."""
    now = moment.now()
    request.session["device"] = device_words(request.headers.get("User-Agent", ""))
    request.session["signed_in_at"] = now.isoformat()
    request.session.set_expiry(now + _length(account))


def _length(account: Account) -> timedelta:
    is_officer = account.kind == Account.Kind.OFFICER
    return timedelta(seconds=settings.SESSION_COOKIE_AGE) if is_officer else PERSON_SESSION


def seconds_left(request: HttpRequest) -> int | None:
    """Until the session ends; None for who is not signed in."""
    if not request.user.is_authenticated:
        return None
    return max(0, int((request.session.get_expiry_date() - moment.now()).total_seconds()))


def _may_stay_until(request: HttpRequest) -> datetime:
    """Once as long again, counted from the sign-in: then somebody has to prove anew who sits there."""
    account = cast("Account", request.user)
    began = datetime.fromisoformat(request.session.get("signed_in_at", moment.now().isoformat()))
    return min(moment.now() + _length(account), began + 2 * _length(account))


@public
@never_cache
@require_http_methods(["GET", "POST"])
def session_end(request: HttpRequest) -> JsonResponse:
    """How long the session lasts; posting is the one button “stay”. ``may_stay`` is false where that gains nothing."""
    left = seconds_left(request)
    if left is None:
        return JsonResponse({"left": 0, "may_stay": False})
    until = _may_stay_until(request)
    gains = until - request.session.get_expiry_date() > WARNED
    if request.method == "POST" and gains:
        request.session.set_expiry(until)
        left = seconds_left(request) or 0
    return JsonResponse({"left": left, "may_stay": gains})


def device_words(user_agent: str) -> str:
    """ "Chrome, Android": enough to know one's own devices again."""
    known = (
        next((name for mark, name in names if mark in user_agent), "")
        for names in (_BROWSERS, (*_SYSTEMS, ("Linux", "Linux")))
    )
    return ", ".join(filter(None, known))


# ── Known devices ───────────────────────────────────────────────────────────────────────────────────────────────────
# Guesses from elsewhere lock the name for strangers only: nobody can shut an official out of their own computer.

DEVICE_COOKIE = "mc_device"
_DEVICE_SECONDS = 180 * 24 * 3600


def door_of(request: HttpRequest, name: str) -> str:
    """What failures are counted for: the login name at strangers' devices, or at this one that its owner has used."""
    name = name.strip().casefold()
    try:
        known = signing.loads(request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_COOKIE, max_age=_DEVICE_SECONDS)
    except signing.BadSignature:
        return name
    return f"{name} {known['device']}" if known["login"] == name else name


def know_device(request: HttpRequest, response: HttpResponseBase) -> None:
    """After an official has signed in: this device is theirs."""
    account = request.user
    if isinstance(account, Account) and account.kind == Account.Kind.OFFICER:
        response.set_cookie(
            DEVICE_COOKIE,
            signing.dumps({"login": account.login, "device": secrets.token_hex(8)}, salt=DEVICE_COOKIE),
            max_age=_DEVICE_SECONDS,
            path=reverse("login"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
