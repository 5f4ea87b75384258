"""Who is told that a number is near or called: only whoever asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.kind import EMAIL, SMS, MessagePlan, Recipient
from motcua.kernel.messages.queries.telling import recipients_of_persons
from motcua.lib.contacts import masked_email, masked_phone
from motcua.modules.tickets.models import Reminder
from motcua.modules.tickets.queries.links import link_of

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event
    from motcua.modules.tickets.models import Ticket


def reminder_of(ticket: Ticket) -> str | None:
    """Whom it goes to, hidden but for its end: the link may be in other hands. "" for the person's account; None for
    nobody."""
    reminder = Reminder.objects.filter(ticket=ticket).first()
    if reminder is None:
        return None
    address = sealer().open(reminder.address_sealed)
    return {EMAIL: masked_email, SMS: masked_phone}[reminder.channel](address) if reminder.channel else ""


def who_asked(event: Event) -> Iterator[Recipient]:
    reminder = Reminder.objects.select_related("ticket").filter(ticket_id=event.data["ticket_id"]).first()
    if reminder is None:
        return
    path = link_of(reminder.ticket)
    variables = {
        "number": reminder.ticket.label,
        "point": str(event.data["point"]),
        "counter": str(event.data.get("counter", "")) or "–",
        "ahead": str(event.data.get("ahead", 0)),
    }
    if reminder.person_id is not None:
        for recipient in recipients_of_persons([reminder.person_id], path, variables):
            yield replace(recipient, language=reminder.language)
        return
    yield Recipient(
        key=f"ticket:{reminder.ticket_id}",
        audience="person",
        variables={**variables, "link": f"{settings.PUBLIC_URL}{path}"},
        language=reminder.language,
        addresses={reminder.channel: sealer().open(reminder.address_sealed)},
    )


_SAMPLE = {
    "number": "A047",
    "point": "Trung tâm Phục vụ hành chính công",
    "counter": "3",
    "ahead": "3",
    "link": "https://motcua.example.vn/lay-so/so/47:x/",
}
# Somebody stands and waits: neither the night nor other messages hold these back.
PLANS = (
    MessagePlan("ticket.near", _("Sắp đến số thứ tự"), who_asked, _SAMPLE, is_urgent=True),
    MessagePlan("ticket.called", _("Đến số thứ tự"), who_asked, _SAMPLE, is_urgent=True),
)
