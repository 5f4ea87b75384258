"""The beginning of a session."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest

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
