"""Requests without pause over kept connections, and what came of them."""

import contextlib
import re
import socket
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from multiprocessing import get_context
from typing import Any

PORT = 18_790
Measure = dict[str, Any]
Request = tuple[str, str, bytes | None, dict[str, str]]
# What one turn asks: a request, or several, each sent the answer of the one before.
Turn = Callable[[int], Request | Generator[Request, bytes, None]]


class _Connection:
    """A kept connection to the pages. ``http.client`` takes three times as long, on the cores that are measured."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, request: Request) -> tuple[int, bytes]:
        """Status and body. Raises ValueError for an answer that does not say how long it is."""
        method, path, body, headers = request
        head = {"Host": f"127.0.0.1:{self._port}", "Accept-Encoding": "identity", **headers}
        if body is not None:
            head["Content-Length"] = str(len(body))
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
        self._socket.sendall("\r\n".join(lines).encode() + (body or b""))
        got = b""
        while (end := got.find(b"\r\n\r\n")) < 0:
            got += self._more()
        told = re.search(rb"\r\ncontent-length: *(\d+)", got[:end], re.IGNORECASE)
        if told is None:
            raise ValueError(f"{path}: an answer without a length")
        parts, missing = [got[end + 4 :]], int(told[1]) - (len(got) - end - 4)
        while missing > 0:
            parts.append(self._more())
            missing -= len(parts[-1])
        return int(got[9:12]), b"".join(parts)

    def _more(self) -> bytes:
        if not (got := self._socket.recv(65_536)):
            raise ConnectionError("the pages hung up")
        return got


def _client(make: Turn, port: int, seconds: float, number: int, out: Any) -> None:
    """One connection that asks without pause; puts (seconds that turns took, how many had an answer not 2xx)."""
    connection = _Connection(port)
    taken, bad, turn = [], 0, 0
    end = time.monotonic() + seconds

    def ask(request: Request) -> bytes:
        nonlocal bad
        status, body = connection.ask(request)
        bad += not 200 <= status < 300
        return body

    while time.monotonic() < end:
        asked = make(number * 1_000_000 + turn)
        turn += 1
        began = time.perf_counter()
        if isinstance(asked, tuple):
            ask(asked)
        else:
            with contextlib.suppress(StopIteration):
                request = next(asked)
                while True:
                    request = asked.send(ask(request))
        taken.append(time.perf_counter() - began)
    out.put((taken, bad))


def load(make: Turn, *, clients: int, seconds: float, port: int = PORT) -> Measure:
    """Turns per second and how long one took, from ``clients`` connections in two processes' worth of threads."""
    from threading import Thread

    context = get_context("fork")

    def group(numbers: Sequence[int], queue: Any) -> None:
        threads = [Thread(target=_client, args=(make, port, seconds, number, queue)) for number in numbers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    queue = context.Queue()
    process = context.Process(target=group, args=(range(clients), queue))
    process.start()
    results = [queue.get() for _ in range(clients)]
    process.join()
    taken = sorted(moment for part, _bad in results for moment in part)
    bad = sum(part for _taken, part in results)
    if bad:
        raise RuntimeError(f"{bad} answers in {len(taken)} turns were refusals or failures")
    return {
        "turns": len(taken),
        "per_second": len(taken) / seconds,
        "p50_ms": 1000 * statistics.median(taken),
        "p95_ms": 1000 * taken[int(len(taken) * 0.95)],
    }
