"""What a way of sending must offer. Connectors implement it and register themselves from their ``apps.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise

from motcua.lib.errors import ConnectorError


class TemporarilyUnreachableError(ConnectorError):
    """The sender is well, but this recipient cannot be reached now: a full mailbox, a phone that is off."""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """``id`` is the same at every attempt: outside systems that know it send once only."""

    id: int
    channel: str
    to: str  # an address, or a number like +84905123456
    subject: str
    body: str
    language: str


@dataclass(frozen=True, slots=True)
class Sent:
    """``state``: "sending" when a receipt will come, else "sent". ``reference`` finds the receipt's message."""

    reference: str = ""
    state: str = "sent"


@dataclass(frozen=True, slots=True)
class Receipt:
    """``state``: delivered | temporary_failure | permanent_failure | technical_failure."""

    reference: str
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One setting, for the page of connections. ``value`` is never shown when it is secret."""

    variable: str  # of the environment
    label: str | Promise
    value: str
    is_required: bool = False
    is_secret: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    is_well: bool
    words: str
    details: Sequence[str] = field(default_factory=tuple)


class Sender(Protocol):
    """``rank``: the configured sender of a channel with the smallest rank is tried first, then the next."""

    name: str
    channel: str
    label: str | Promise
    rank: int

    def is_configured(self) -> bool: ...

    def options(self) -> Sequence[Option]: ...

    def send(self, message: OutboundMessage) -> Sent:
        """Hand over. Raises ConnectorError: permanent when this message can never arrive, else it is tried again."""

    def check(self) -> Health:
        """Ask the outside whether it would take a message, without sending one."""

    def read_receipts(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Receipt]:
        """Raises Refused("bad_signature") when they do not come from there, Refused("invalid") when not understood."""


SENDERS: dict[str, Sender] = {}


def register_sender(sender: Sender) -> None:
    if sender.name in SENDERS and type(SENDERS[sender.name]) is not type(sender):
        raise ValueError(f"two senders are called {sender.name}")
    SENDERS[sender.name] = sender


def senders_of(channel: str) -> list[Sender]:
    """Those that are set up, first choice first."""
    return sorted(
        (sender for sender in SENDERS.values() if sender.channel == channel and sender.is_configured()),
        key=lambda sender: sender.rank,
    )
