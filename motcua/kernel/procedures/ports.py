"""What the catalogue needs from the store above it, connected once in its ``apps.py``."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

StoredResults = Callable[["Actor", Collection[str]], Collection[str]]
"""Which of these results lie, in force, in the own store of whoever asks."""

_connected: list[StoredResults] = []


def connect_store(stored: StoredResults) -> None:
    _connected[:] = [stored]


def stored_results(actor: "Actor", codes: Collection[str]) -> Collection[str]:
    """Nothing while there is no store, or nobody is signed in."""
    return _connected[0](actor, codes) if codes and _connected and actor.kind == "person" else ()
