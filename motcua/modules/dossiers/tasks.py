"""What follows from events elsewhere: money that came in, signatures that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motcua.modules.dossiers.actions.money import settle_if_paid
from motcua.modules.dossiers.actions.results import go_on_when_signed

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def follow(events: Sequence[Event]) -> None:
    """Reader ``dossiers``."""
    for event in events:
        if event.name == "payment.settled" and event.case_id is not None:
            settle_if_paid(event.case_id)
        elif event.name == "signing.done":
            kind, _sep, number = str(event.data.get("about", "")).partition(":")
            if kind == "dossier" and number.isdecimal():
                go_on_when_signed(int(number))
