"""What proves that a number is one's own: the private link, and the cookie in which this device keeps its links; and
the key of a kiosk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse

from motcua.modules.tickets.models import Ticket
from motcua.modules.tickets.queries.waiting import get_ticket

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

COOKIE, KIOSK_COOKIE = "mc_tickets", "mc_kiosk"
MOST_KEPT = 6
_DAYS_KEPT = 7 * 24 * 3600
_KIOSK_KEPT = 400 * 24 * 3600  # browsers keep no cookie longer
_TICKETS = signing.Signer(salt="motcua.tickets")
_KIOSKS = signing.Signer(salt="motcua.tickets.kiosk")


def link_of(ticket: Ticket) -> str:
    return reverse("ticket", args=[_TICKETS.sign(str(ticket.pk))])


def token_of(ticket_id: int) -> str:
    return _TICKETS.sign(str(ticket_id))


def ticket_behind(token: str) -> Ticket | None:
    """None for anything that we did not sign."""
    try:
        return get_ticket(int(_TICKETS.unsign(token)))
    except signing.BadSignature:
        return None


def held(request: HttpRequest) -> list[int]:
    """Numbers of the tickets taken on this device, newest first."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=_DAYS_KEPT)
    except signing.BadSignature:
        return []
    return [pk for pk in kept if isinstance(pk, int)][:MOST_KEPT]


def keep(request: HttpRequest, response: HttpResponse, ticket: Ticket) -> None:
    ids = [ticket.pk, *(pk for pk in held(request) if pk != ticket.pk)][:MOST_KEPT]
    response.set_cookie(
        COOKIE,
        signing.dumps(ids, salt=COOKIE),
        max_age=_DAYS_KEPT,
        path=reverse("ticket_points"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def kiosk_key(code: str) -> str:
    return _KIOSKS.signature(code)


def is_kiosk(request: HttpRequest, code: str) -> bool:
    key = request.COOKIES.get(KIOSK_COOKIE, "")
    return key.isascii() and _is_key(code, key)


def _is_key(code: str, key: str) -> bool:
    try:
        return _KIOSKS.unsign(f"{code}:{key}") == code
    except signing.BadSignature:
        return False


def become_kiosk(response: HttpResponse, code: str, key: str) -> bool:
    """Keep the key on this device. False for a wrong one."""
    if not key.isascii() or not _is_key(code, key):
        return False
    response.set_cookie(
        KIOSK_COOKIE,
        key,
        max_age=_KIOSK_KEPT,
        path=reverse("ticket_kiosk", args=[code]),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return True
