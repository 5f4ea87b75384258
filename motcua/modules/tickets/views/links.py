"""The cookie in which this device keeps the private links of its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing
from django.urls import reverse

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from motcua.modules.tickets.models import Ticket

COOKIE = "mc_tickets"
MOST_KEPT = 6
_DAYS_KEPT = 7 * 24 * 3600


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
