"""Something outside that fails several times in a row rests, longer each time, instead of being asked in vain."""

from dataclasses import dataclass
from time import monotonic

FAILURES_TO_OPEN = 3  # in a row
LONGEST_REST = 300.0  # seconds


@dataclass(slots=True)
class Circuit:
    """Each process learns it by itself. ``first_rest`` is in seconds; it doubles with every further failure."""

    first_rest: float = 15.0
    failures: int = 0
    rests_until: float = 0.0

    def is_open(self) -> bool:
        return monotonic() < self.rests_until

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= FAILURES_TO_OPEN:
            rest = self.first_rest * 2 ** (self.failures - FAILURES_TO_OPEN)
            self.rests_until = monotonic() + min(LONGEST_REST, rest)

    def worked(self) -> None:
        self.failures, self.rests_until = 0, 0.0
