"""A gateway for short messages on a real socket: takes, refuses, is busy, keeps silent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Gateway:
    url: str = ""
    status: int = 200
    answer: object = field(default_factory=lambda: {"CodeResult": "100", "SMSID": "sms-1"})
    is_silent: bool = False
    asked: list[Asked] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def gateway() -> Iterator[Gateway]:
    served = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            served.asked.append(Asked(self.command, self.path, dict(self.headers), body))
            if served.is_silent:
                served.stop.wait(10)
                return
            text = served.answer if isinstance(served.answer, str) else json.dumps(served.answer)
            self.send_response(served.status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST  # noqa: N815  the names are the library's

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield served
        served.stop.set()
        server.shutdown()
