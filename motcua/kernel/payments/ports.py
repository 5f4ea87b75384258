"""What others offer to payments: ways by which money is told of, gateways to pay at, a signer of receipts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from motcua.kernel.identity.ports import Port
from motcua.kernel.messages.ports import Health, Option
from motcua.kernel.payments.kind import BankAccount, Incoming, Line, Payer

__all__ = ["Health", "Option"]


class Source(Protocol):
    """Tells us of money that arrived. Its address is ``/hooks/payments/<name>/``."""

    name: str
    label: str | Promise

    def is_configured(self) -> bool: ...

    def options(self) -> Sequence[Option]: ...

    def check(self) -> Health:
        """Whether it is set up so that it can work; asks the outside where that is possible. Moves no money."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        """Raises Refused("bad_signature") when it does not come from there or is too old, Refused("invalid") when it
        is not understood."""

    def answer(self, taken: int) -> Mapping[str, object]:
        """What the outside wants to hear when everything was taken in."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a gateway is asked to collect. ``request_id`` is the same at every attempt to ask."""

    request_id: str
    reference: str
    amount: int
    lines: Sequence[Line]
    case_code: str
    procedure_code: str
    procedure_name: str
    unit_code: str
    unit_name: str
    to: BankAccount
    payer: Payer
    province: str
    purpose: str
    back_url: str
    at: datetime


class Gateway(Source, Protocol):
    """A source that people are sent to."""

    def start(self, order: Order) -> str:
        """The address where the person pays. Raises ConnectorError."""


SOURCES: dict[str, Source] = {}
GATEWAYS: dict[str, Gateway] = {}


def register_source(source: Source) -> None:
    if source.name in SOURCES and type(SOURCES[source.name]) is not type(source):
        raise ValueError(f"two sources of payments are called {source.name}")
    SOURCES[source.name] = source


def register_gateway(gateway: Gateway) -> None:
    register_source(gateway)
    GATEWAYS[gateway.name] = gateway


@dataclass(frozen=True, slots=True)
class Sealed:
    """``file_id`` is the signed paper; None while somebody or something still has to sign it."""

    file_id: int | None


class ReceiptSigner(Protocol):
    """Has a receipt's paper signed with the seal of the agency; None where that unit has no key.

    Runs in the worker, outside of any transaction, again and again until the signed paper is there; ``about`` names the
    receipt, so that it is signed once. ``make`` gives the PDF. Raises ConnectorError when it cannot be signed now.
    """

    def __call__(
        self, make: Callable[[], bytes], *, unit_id: int, about: str, title: str, name: str
    ) -> Sealed | None: ...


receipt_signer: Port[ReceiptSigner] = Port("payments.receipt_signer")


@dataclass(frozen=True, slots=True)
class About:
    """What a gateway wants to know of a case beside the money."""

    procedure_code: str = ""
    procedure_name: str = ""


class AboutCase(Protocol):
    def __call__(self, case_id: int) -> About | None: ...


about_case: dict[str, AboutCase] = {}
"""Kind of case → who knows its procedure."""
