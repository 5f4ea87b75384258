"""For whom somebody files: themselves, a person who authorised them, an organisation that they represent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import (
    AuthorisationRow,
    RepresentationRow,
    authorised,
    authorised_givers,
    card_of_giver,
    own_representations,
    proved_id_of,
    proved_national_id,
    represents,
)
from motcua.kernel.store.queries import EntryRow, entries, own_entries
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

    from motcua.kernel.identity.kind import Actor

PERSON, ORGANISATION = "person", "organisation"


@dataclass(frozen=True, slots=True)
class Behalf:
    """One of ``authorisation`` and ``representation``; neither: they file for themselves."""

    authorisation: AuthorisationRow | None = None
    representation: RepresentationRow | None = None

    @property
    def key(self) -> str:
        """As it is kept and sent: ``person:12``, ``organisation:5800000001``, nothing for oneself."""
        if self.authorisation is not None:
            return f"{PERSON}:{self.authorisation.giver_id}"
        return f"{ORGANISATION}:{self.representation.tax_code}" if self.representation is not None else ""

    @property
    def name(self) -> str:
        if self.authorisation is not None:
            return self.authorisation.other
        return self.representation.organisation if self.representation is not None else ""

    @property
    def is_other(self) -> bool:
        return bool(self.key)


ONESELF = Behalf()


def choices(actor: Actor, procedure_code: str) -> list[Behalf]:
    """Everybody else for whom the signed-in person may file this today."""
    return [
        *(Behalf(authorisation=row) for row in authorised_givers(actor, procedure_code)),
        *(Behalf(representation=row) for row in own_representations(actor) if row.is_in_force),
    ]


def behalf_of(key: str, procedure_code: str, *, actor: Actor) -> Behalf:
    """Refused("not_allowed") as soon as it is not, or no longer, in force for this procedure."""
    kind, _colon, which = key.partition(":")
    found = ONESELF
    if kind == PERSON and which.isdecimal() and len(which) < 18:
        found = Behalf(authorisation=authorised(actor, int(which), procedure_code))
    elif kind == ORGANISATION:
        found = Behalf(representation=represents(actor, which))
    if key and not found.is_other:
        words = _(
            "Bạn không còn được làm thủ tục này thay người khác: ủy quyền hoặc tư cách đại diện đã hết hạn, bị thu hồi"
            " hoặc không gồm thủ tục này. Hỏi người ủy quyền, rồi bắt đầu lại."
        )
        raise Refused("not_allowed", words, fields={"for": words})
    return found


def store_of(behalf: Behalf, actor: Actor, codes: Collection[str]) -> list[EntryRow]:
    """Papers of whoever the dossier is for that can be used today, of these kinds."""
    if actor.kind != "person" or actor.person_id is None or not codes:
        return []
    if behalf.is_other:
        return usable_of(behalf, codes)
    return [row for row in own_entries(actor, codes=codes) if row.is_usable and not row.tax_code]


def usable_of(behalf: Behalf, codes: Collection[str] | None = None) -> list[EntryRow]:
    """Of somebody else's papers those that can be used today. ``behalf`` says that the actor may."""
    if behalf.authorisation is not None:
        giver_id = behalf.authorisation.giver_id
        return entries(giver_id, codes=codes, national_id=proved_id_of(giver_id))
    return entries(tax_code=behalf.representation.tax_code, codes=codes) if behalf.representation is not None else []


def proved_id(behalf: Behalf, procedure_code: str, *, actor: Actor) -> str:
    """The national id that was proved, of whoever the dossier is for; "" where it was not. A giver's is noted."""
    if behalf.authorisation is None:
        return proved_national_id(actor)
    card = card_of_giver(actor, behalf.authorisation.giver_id, procedure_code)
    return card.national_id if card.is_proved else ""
