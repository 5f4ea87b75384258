"""What the outside must offer: signing far away, the time, lists of what was revoked. Connectors register theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.utils.functional import Promise

from motcua.kernel.messages.ports import Health, Option


@dataclass(frozen=True, slots=True)
class Credential:
    """A key that a user keeps at the service. ``certificates``: DER, its own first."""

    id: str
    label: str
    certificates: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class HashToSign:
    hash: bytes
    document: str  # its name


@dataclass(frozen=True, slots=True)
class Question:
    """What one approval on the telephone covers. ``id`` is the same at every attempt: a service that knows it asks its
    user once only."""

    id: str
    user: str
    credential: str
    hashes: Sequence[HashToSign]
    digest: str  # sha256 | sha384 | sha512
    algorithm: str  # rsa | ec: how the key signs
    words: str  # what the telephone shows


@dataclass(frozen=True, slots=True)
class Started:
    transaction: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """``state``: waiting | signed | refused | expired. ``signatures``: each is held against every hash of the question,
    so neither their order nor their number is taken on trust."""

    state: str
    signatures: Sequence[bytes] = ()
    words: str = ""


class RemoteSigner(Protocol):
    """Hash out, approval on the telephone, signature in. Every call may raise ConnectorError."""

    name: str

    @property
    def label(self) -> str | Promise: ...

    def is_configured(self) -> bool: ...

    def options(self) -> Sequence[Option]: ...

    def credentials(self, user: str) -> Sequence[Credential]: ...

    def most_at_once(self, user: str, credential: str) -> int:
        """How many hashes one approval may cover; 1 where each needs one of its own."""

    def start(self, asked: Question) -> Started:
        """A permanent ConnectorError says that nobody was asked anything."""

    def look(self, transaction: str) -> Progress: ...

    def check(self) -> Health: ...


class TrustServices(Protocol):
    """The time by an authority, and what was revoked."""

    name: str
    label: str | Promise

    def is_configured(self) -> bool:
        """Is there an authority that stamps times?"""

    def options(self) -> Sequence[Option]: ...

    def ask_for_time(self, question: bytes) -> bytes:
        """DER of a TimeStampReq → DER of a TimeStampResp (RFC 3161)."""

    def revocations(self, address: str) -> bytes:
        """DER of the revocation list at an address that a certificate of ours names. May raise ConnectorError."""

    def check(self) -> Health: ...


REMOTE_SIGNERS: dict[str, RemoteSigner] = {}
TRUST_SERVICES: dict[str, TrustServices] = {}


def register_remote_signer(signer: RemoteSigner) -> None:
    if signer.name in REMOTE_SIGNERS and type(REMOTE_SIGNERS[signer.name]) is not type(signer):
        raise ValueError(f"two signers are called {signer.name}")
    REMOTE_SIGNERS[signer.name] = signer


def register_trust_services(services: TrustServices) -> None:
    if services.name in TRUST_SERVICES and type(TRUST_SERVICES[services.name]) is not type(services):
        raise ValueError(f"two trust services are called {services.name}")
    TRUST_SERVICES[services.name] = services


def time_authority() -> TrustServices | None:
    return next((services for services in TRUST_SERVICES.values() if services.is_configured()), None)
