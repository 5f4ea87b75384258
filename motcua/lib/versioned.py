"""Something kept in memory for as long as a version number in the database stays the same."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

T = TypeVar("T")


class Versioned(Generic[T]):
    """``get()`` returns what ``load`` made. Asks for ``version`` at most every ``seconds``; loads anew on a change."""

    def __init__(self, version: Callable[[], int], load: Callable[[], T], seconds: float = 1.0) -> None:
        self._version, self._load, self._seconds = version, load, seconds
        self._lock = threading.Lock()
        self._held: tuple[int, T] | None = None
        self._asked = 0.0

    def get(self) -> T:
        held = self._held
        if held is not None and monotonic() - self._asked < self._seconds:
            return held[1]
        with self._lock:
            number = self._version()
            if self._held is None or self._held[0] != number:
                self._held = (number, self._load())
            self._asked = monotonic()
            return self._held[1]

    @property
    def held(self) -> T | None:
        """What was loaded last, without asking whether it still holds."""
        return self._held[1] if self._held else None

    def forget(self) -> None:
        """Look again at the next ``get()``: after a change in this process, and between tests."""
        with self._lock:
            self._held = None
