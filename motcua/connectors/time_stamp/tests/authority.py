"""A time authority and a publisher of revocation lists on a real socket: stamps, refuses, breaks, keeps silent."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import tsp


@dataclass
class TimeServer:
    url: str = ""
    mode: str = "stamps"  # stamps | refuses | breaks | silent | babbles
    revoked: bytes = b""  # DER of the list that it publishes at /crl
    asked: list[bytes] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def time_server(answer: Callable[[bytes], bytes]) -> Iterator[TimeServer]:
    """``answer``: DER of the question → DER of the answer (RFC 3161)."""
    served = TimeServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = self.rfile.read(int(self.headers["Content-Length"]))
            served.asked.append(question)
            served.logins.append(self.headers.get("Authorization", ""))
            match served.mode:
                case "silent":
                    served.stop.wait(10)
                case "breaks":
                    self._say(503, "text/plain", b"down")
                case "babbles":
                    self._say(200, "application/timestamp-reply", b"no DER")
                case "refuses":
                    refusal = tsp.TimeStampResp({"status": {"status": "rejection", "fail_info": {"bad_alg"}}})
                    self._say(200, "application/timestamp-reply", refusal.dump())
                case _:
                    is_right = self.headers["Content-Type"] == "application/timestamp-query"
                    self._say(200 if is_right else 415, "application/timestamp-reply", answer(question))

        def do_GET(self) -> None:
            if self.path == "/crl" and served.revoked:
                self._say(200, "application/pkix-crl", served.revoked)
            else:
                self._say(404, "text/plain", b"")

        def _say(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield served
        finally:
            served.stop.set()
            server.shutdown()
