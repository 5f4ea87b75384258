"""How much of a report somebody reads: the one table that pages, timelines, feeds and interfaces ask.

==============  ========  ===========  ==========  ==========  ==========  ===========
                veiled    stranger     joined      merged      reporter    official
==============  ========  ===========  ==========  ==========  ==========  ===========
its words       –         shown        shown       shown       all         all
address         –         all          all         all         all         all
answers         –         choices      choices     choices     all         all
told to all     –         all          all         all         all         all
told to people  –         masked       masked      masked      all         all
private result  –         –            –           masked      all         all
additions       own       shown        shown, own  shown, own  shown, own  all
files           own       shown        shown, own  shown, own  shown, own  all
events of       people¹   everybody    its people  its people  its people  officials
==============  ========  ===========  ==========  ==========  ==========  ===========

Shown: what officials let everybody read. Masked: without contacts and the names that its people gave us. ¹ But those
that hold what somebody wrote. Contacts are struck out of an address when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from motcua.kernel.cases.kind import Sight
from motcua.kernel.cases.queries.people import parties, sight_of, veiled_subject
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.queries import kind_of
from motcua.kernel.identity.queries import opened
from motcua.lib.redaction import redact

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, CaseFile, Party
    from motcua.kernel.events.models import Event
    from motcua.modules.incidents.models import Addition, Incident


@dataclass(frozen=True, slots=True)
class Reading:
    """Somebody reads one report. ``party_id``: who they are in it; what they wrote or sent they read whole. ``names``
    are struck out of what is masked."""

    sight: Sight
    party_id: int | None = None
    names: tuple[str, ...] = ()

    @property
    def audience(self) -> Audience:
        if self.sight is Sight.OFFICIAL:
            return Audience.OFFICIALS
        return Audience.PUBLIC if self.sight is Sight.STRANGER else Audience.PARTY

    @property
    def reads_all(self) -> bool:
        return self.sight >= Sight.REPORTER

    def text(self, incident: Incident) -> str:
        if self.sight is Sight.VEILED:
            return ""
        return incident.text if self.reads_all else incident.public_text

    def told(self, words: str) -> str:
        """What officials wrote to the reporter."""
        if self.sight is Sight.VEILED:
            return ""
        return words if self.reads_all else redact(words, self.names)

    def told_to_all(self, words: str) -> str:
        """What officials wrote for everybody: a result, why it takes longer."""
        return "" if self.sight is Sight.VEILED else words

    def private_result(self, words: str) -> str:
        """What a leader approved for whoever reported alone, which joining later does not open."""
        return self.told(words) if self.sight >= Sight.MERGED else ""

    def addition(self, addition: Addition) -> str:
        is_own = self.party_id is not None and addition.party_id == self.party_id
        if is_own or self.sight is Sight.OFFICIAL:
            return addition.text
        return "" if self.sight is Sight.VEILED else addition.public_text

    def files(self, files: Iterable[CaseFile]) -> list[CaseFile]:
        shows = self.sight > Sight.VEILED
        return [
            file
            for file in files
            if self.sight is Sight.OFFICIAL
            or (shows and file.is_public)
            or (self.party_id is not None and file.party_id == self.party_id)
        ]

    def reads(self, event: Event) -> bool:
        """Of those that are for its ``audience``."""
        return self.sight > Sight.VEILED or not _tells_words(event.name)


MOST_NAMES = 20  # of one case are looked for in a text

STRANGER = Reading(Sight.STRANGER)
OFFICIAL = Reading(Sight.OFFICIAL)


def reading_as(case: Case, party: Party | None) -> Reading:
    return Reading(sight_of(case, party), party.id if party else None)


def names_of(case_id: int, writer: Party | None = None) -> list[str]:
    """Full names that the people of the case gave us, to be struck out of what others read; nobody looks at them. Of
    many: whoever writes, whoever reported, and those who joined first."""
    known = [party for party in parties(case_id) if party.person is not None]
    known.sort(key=lambda party: party != writer)
    return [opened(party.person).name for party in known[:MOST_NAMES] if party.person is not None]


def veil(case: Case) -> None:
    """Take from a row that is about to be shown what ``Sight.VEILED`` does not read. It is not to be saved."""
    case.subject = veiled_subject(case)
    case.address = ""
    if case.lat is not None and case.lon is not None:
        case.lat, case.lon = round(case.lat, 3), round(case.lon, 3)  # some hundred metres


@cache
def _tells_words(name: str) -> bool:
    """Whether the sentence of this event holds what somebody wrote."""
    kind = kind_of(name)
    return kind is not None and any(
        f"{{{key}}}" in str(kind.sentence) for key in ("note", "text", "reason", "question")
    )
