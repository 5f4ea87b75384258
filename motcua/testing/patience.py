"""Waiting for what another test on the same server may hold back."""

import time
from collections.abc import Callable
from typing import TypeVar

from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.queries import reader_states

Answer = TypeVar("Answer")


def until(done: Callable[[Answer], bool], turn: Callable[[], Answer], seconds: float = 90) -> Answer:
    """Take turns until ``done`` with the answer, and return the last one.

    Readers follow the events in commit order: any transaction that still runs on the same server holds them back, also
    one of a test in the process beside this.
    """
    end = time.monotonic() + seconds
    while not done(answer := turn()) and time.monotonic() < end:
        time.sleep(0.02)
    return answer


def read_all() -> None:
    """Until no reader has anything ahead, also of what another test's transaction holds back meanwhile."""

    def turn() -> int:
        read_everything()
        return sum(state.behind for state in reader_states())

    until(lambda behind: not behind, turn)
