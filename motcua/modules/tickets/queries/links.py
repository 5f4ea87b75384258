"""The private link of a number: derived, never stored."""

from django.core import signing
from django.urls import reverse

from motcua.modules.tickets.models import Ticket
from motcua.modules.tickets.queries.waiting import get_ticket

_SIGNER = signing.Signer(salt="motcua.tickets")


def token_of(ticket_id: int) -> str:
    return _SIGNER.sign(str(ticket_id))


def link_of(ticket: Ticket) -> str:
    return reverse("ticket", args=[token_of(ticket.pk)])


def ticket_behind(token: str) -> Ticket | None:
    """None for anything that we did not sign."""
    try:
        return get_ticket(int(_SIGNER.unsign(token)))
    except signing.BadSignature:
        return None
