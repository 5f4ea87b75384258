"""The beginning of a session, and devices that are known from earlier ones."""

import secrets
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from motcua.kernel.identity.models import Account
from motcua.lib import moment

PERSON_SESSION: Final = timedelta(days=30)  # people come seldom, on their own phone
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
    is_officer = account.kind == Account.Kind.OFFICER
    length = timedelta(seconds=settings.SESSION_COOKIE_AGE) if is_officer else PERSON_SESSION
    request.session["device"] = device_words(request.headers.get("User-Agent", ""))
    request.session["signed_in_at"] = moment.now().isoformat()
    request.session.set_expiry(moment.now() + length)


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
