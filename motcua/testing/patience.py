"""Waiting for what another test on the same server may hold back."""

import time
from collections.abc import Callable
from typing import TypeVar

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
