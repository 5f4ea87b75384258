"""pyHanko speaks in coroutines; we do not."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_held = threading.local()


def answer_of(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs it to its end in a loop that this thread keeps: ``asyncio.run`` would make a new one for each signature, and
    describe all of it for a signal handler. In a thread with a running loop another thread does it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return _here(coroutine)
    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, coroutine).result()


def _here(coroutine: Coroutine[Any, Any, T]) -> T:
    loop: asyncio.AbstractEventLoop | None = getattr(_held, "loop", None)
    if loop is None or loop.is_closed():
        loop = _held.loop = asyncio.new_event_loop()
    return loop.run_until_complete(coroutine)
