"""What others offer to the exchange: partners to tell, modules that describe their cases, shapes of what comes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

from motcua.kernel.exchange.kind import Attachment, Described, Dossier, ParcelKind, Reported, Status, Step
from motcua.kernel.messages.ports import Health, Option

__all__ = ["Health", "Option"]

Body = Attachment | Dossier | Step | Status


def _no_link(file_id: int) -> str:
    raise LookupError(f"no link to file {file_id}")


def _no_content(file_id: int) -> bytes:
    raise LookupError(f"no content of file {file_id}")


@dataclass(frozen=True, slots=True)
class Letter:
    """One thing to be told. ``id`` is the same at every attempt, so that a partner that knows it takes it once."""

    id: str
    code: str  # of the dossier over there
    kind: ParcelKind
    body: Body
    is_known: bool = False  # the dossier was taken before: this updates it
    is_repeat: bool = False  # it was sent before, and nobody knows whether it was taken
    references: Mapping[int, str] = field(default_factory=dict)  # file id → what the partner calls it
    link: Callable[[int], str] = _no_link  # an address under which the partner fetches a file, for some days
    content: Callable[[int], bytes] = _no_content


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a letter. Neither taken nor permanent: it is tried again later."""

    letter_id: str
    is_taken: bool
    reference: str = ""
    error: str = ""  # in plain words; never what the letter said
    is_permanent: bool = False


class Partner(Protocol):
    """An outside system that is kept in step. ``takes``: what it wants to be told, in this order for each case."""

    name: str
    label: str | Promise
    takes: frozenset[ParcelKind]
    updates: bool  # the dossier is told again when it changed; else once, and then progress and status alone

    @property
    def batch(self) -> int:
        """Letters of one kind in one request."""

    def is_configured(self) -> bool: ...

    def options(self) -> Sequence[Option]: ...

    def check(self) -> Health:
        """Whether it answers. Tells it nothing."""

    def code_for(self, dossier: Dossier) -> str:
        """The dossier's code over there: ours, or one that is asked for. Raises ConnectorError."""

    def tell(self, letters: Sequence[Letter]) -> Sequence[Answer]:
        """Letters of one kind and of different dossiers. Raises ConnectorError when nobody knows what became of them,
        or when the partner takes none at all (it is away, our key is wrong)."""

    def catalogue(self, name: str) -> Sequence[tuple[str, str]]:
        """Codes and names that it knows: procedures | fields | agencies. Raises ConnectorError."""


PARTNERS: dict[str, Partner] = {}


def register_partner(partner: Partner) -> None:
    if partner.name in PARTNERS and type(PARTNERS[partner.name]) is not type(partner):
        raise ValueError(f"two partners are called {partner.name}")
    PARTNERS[partner.name] = partner


def configured_partners() -> list[Partner]:
    return [partner for partner in PARTNERS.values() if partner.is_configured()]


# Kind of case → who says what such a case is to the outside. None: nothing of it goes out (yet).
Describe = Callable[[int], Described | None]
DESCRIBERS: dict[str, Describe] = {}


def register_describer(kind: str, describe: Describe) -> None:
    DESCRIBERS[kind] = describe


class Shape(Protocol):
    """How other systems write what they tell us: ``services`` names the addresses below ours."""

    name: str
    services: tuple[str, ...]

    def rows(self, service: str, body: Any) -> Sequence[Any]:
        """The rows of a request. Raises UnreadError."""

    def read(self, service: str, row: Any) -> Reported:
        """Raises UnreadError with field and reason."""

    def service_of(self, row: Any) -> str:
        """Which service a line of a file belongs to."""

    def answer(self, problems: Mapping[int, str], taken: int) -> Mapping[str, Any]:
        """What the other side wants to hear; ``problems`` by the number of the row, from 1."""

    def refusal(self, words: str) -> Mapping[str, Any]: ...


SHAPES: dict[str, Shape] = {}


def register_shape(shape: Shape) -> None:
    SHAPES[shape.name] = shape
