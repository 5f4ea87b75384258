"""What the catalogue needs from packages above it. Each is connected once, in the ``apps.py`` of whoever has it."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

RegistryState = Callable[[str], bool]
"""Name of a registry → can it be asked now? While it cannot, its papers are asked for again."""

StoredResults = Callable[["Actor", Collection[str]], Collection[str]]
"""Which of these results lie, in force, in the own store of whoever asks."""


def _always(_name: str) -> bool:
    return True


def _none(_actor: "Actor", _codes: Collection[str]) -> Collection[str]:
    return ()


class _Ports:
    """Until they are connected: registries answer, stores are empty."""

    registry_state: RegistryState = staticmethod(_always)
    stored_results: StoredResults = staticmethod(_none)


_ports = _Ports()


def connect_registries(state: RegistryState) -> None:
    _ports.registry_state = state


def connect_store(stored: StoredResults) -> None:
    _ports.stored_results = stored


def registry_answers(name: str) -> bool:
    return _ports.registry_state(name)


def stored_results(actor: "Actor", codes: Collection[str]) -> Collection[str]:
    return _ports.stored_results(actor, codes) if codes else ()
