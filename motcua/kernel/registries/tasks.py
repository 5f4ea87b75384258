"""What the worker calls: somebody asks to act for an organisation, and the business register may know that they do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from motcua.kernel.identity.actions import accept_by_register
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import national_id_of
from motcua.kernel.registries.actions import look_up
from motcua.kernel.registries.kind import REGISTRIES
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

BUSINESSES = "businesses"


def follow(events: Sequence[Event]) -> None:
    """Reader ``registries``. Whoever the register does not name, and whoever has not proved who they are, waits for an
    official."""
    for event in events:
        if event.name != "representation.asked" or BUSINESSES not in REGISTRIES:
            continue
        proved = national_id_of(int(event.data["person_id"]))
        if proved:
            _ask(int(event.data["representation"]), str(event.data["tax_code"]), int(event.data["person_id"]), proved)


def _ask(representation_id: int, tax_code: str, person_id: int, proved: str) -> None:
    answer = look_up(BUSINESSES, {"tax_code": tax_code}, actor=SYSTEM, purpose="representation", person_id=person_id)
    if answer.record is None or answer.record.values.get("representative_national_id") != proved:
        return
    try:
        accept_by_register(
            representation_id, name=str(answer.record.values.get("name", "")), source=str(REGISTRIES[BUSINESSES].title)
        )
    except Refused:  # decided or withdrawn meanwhile
        return
