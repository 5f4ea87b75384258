"""What identity needs from packages above it. Each is connected once, in the ``apps.py`` of the package that has it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from motcua.kernel.identity.kind import Actor, Link


class CodeSender(Protocol):
    """Hand a one-time code over for sending. Must not wait for the outside, and must not keep the code in a log."""

    def __call__(self, channel: str, address: str, code: str, language: str) -> object: ...


class ConsentCodeSender(Protocol):
    """A one-time code by which somebody agrees to ``what`` (words for people), not one that lets them sign in."""

    def __call__(self, channel: str, address: str, code: str, language: str, what: str) -> object: ...


class LetterSender(Protocol):
    """Hand a letter to an official over for sending: a link to set a password, news about their account."""

    def __call__(self, address: str, subject: str, text: str, language: str) -> object: ...


LinkReader = Callable[[Sequence[str]], Sequence[Link]]
"""Party tokens → the links they stand for, in the same order; without those that are wrong or revoked."""


PersonLinks = Callable[[Sequence[int]], Sequence[Link]]
"""Contact cards → the cases that their holder reported, joined or follows, newest first."""

ProcedureNames = Callable[[Sequence[str], str], Mapping[str, str]]
"""Codes of procedures and a language → their names; unknown codes are left out."""

ProcedureSearch = Callable[[str, str], Sequence[tuple[str, str]]]
"""What a person typed and a language → (code, name) of procedures, the best first."""
"""A tax code and a signed-in person → the organisation's name and that of the register, when the register names this
person, who has proved who they are, as its representative."""

Callee = TypeVar("Callee")


class Port(Generic[Callee]):
    """A place that is filled once at start. Calling it empty is a bug in the wiring, so it crashes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._callee: Callee | None = None

    def connect(self, callee: Callee) -> None:
        self._callee = callee

    @property
    def is_connected(self) -> bool:
        """For ports that a small installation may leave empty."""
        return self._callee is not None

    @property
    def call(self) -> Callee:
        if self._callee is None:
            raise RuntimeError(f"nothing is connected to the port {self._name}")
        return self._callee


code_sender: Port[CodeSender] = Port("identity.code_sender")
consent_code_sender: Port[ConsentCodeSender] = Port("identity.consent_code_sender")
letter_sender: Port[LetterSender] = Port("identity.letter_sender")
link_reader: Port[LinkReader] = Port("identity.link_reader")
person_links: Port[PersonLinks] = Port("identity.person_links")
procedure_names: Port[ProcedureNames] = Port("identity.procedure_names")
procedure_search: Port[ProcedureSearch] = Port("identity.procedure_search")

# What other packages hold about a person, for the download of one's own data: title → rows ready for JSON.
OwnData = Callable[[Actor], Sequence[Mapping[str, Any]]]
own_data: dict[str, OwnData] = {}
