"""What verification says. Apart from the verifying itself, which takes half a second to load."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


class UnreadableError(ValueError):
    """``args[0]``: no_pdf | damaged | encrypted | bomb | too_many (signatures, changes or pages) | heavy."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. ``changes``: what came after it: none | allowed (further signatures, time stamps) | filled (fields
    of the document, which whoever signed did not see) | forbidden.

    ``trust``: trusted | unknown (whose issuer is not among the roots) | expired | not_yet | revoked | unfit (not for
    signing) | weak | broken. ``is_trusted`` also when the certificate ended after a trusted time stamp.
    """

    field: str
    kind: str  # signature | timestamp | unknown: a way of signing that is not read here
    signer: str
    organisation: str
    issuer: str
    serial: str
    root: bytes  # SHA-256 of the root that it leads to; b"" when it leads to none
    valid_from: datetime | None
    valid_to: datetime | None
    claimed_at: datetime | None  # by the signer's own clock
    stamped_at: datetime | None  # by a time stamp that holds
    stamped_by: str
    reason: str
    level: str  # B-B | B-T | B-LT | B-LTA; "" for what is not PAdES
    is_intact: bool
    is_trusted: bool
    trust: str
    was_valid_when_claimed: bool
    covers_whole_file: bool
    changes: str
    changes_said: str  # in pyHanko's English, for those who look into it
    is_test: bool = False

    @property
    def at(self) -> datetime | None:
        return self.stamped_at or self.claimed_at

    @property
    def is_good(self) -> bool:
        return self.is_intact and self.is_trusted and self.changes in ("none", "allowed")


@dataclass(frozen=True, slots=True)
class Verification:
    """``verdict``: none (no signature; a time stamp says when, not who) | good | test (good, but of keys that prove
    nothing) | broken (changed after signing) | doubtful (intact, of somebody who is not known or no longer valid, or
    with fields that were filled in afterwards)."""

    signatures: Sequence[Signature] = field(default_factory=tuple)
    pages: int = 0

    @property
    def verdict(self) -> str:
        if any((not one.is_intact and one.kind != "unknown") or one.changes == "forbidden" for one in self.signatures):
            return "broken"
        if all(one.kind == "timestamp" for one in self.signatures):
            return "none"
        if not all(one.is_good for one in self.signatures):
            return "doubtful"
        return "test" if any(one.is_test for one in self.signatures) else "good"
