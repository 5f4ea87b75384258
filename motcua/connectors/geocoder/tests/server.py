"""A search of addresses on a real socket, shaped as Nominatim answers: finds, refuses, breaks, babbles, is silent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class SearchServer:
    url: str = ""
    mode: str = "finds"  # finds | refuses | breaks | babbles | silent
    rows: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    agents: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


def row(label: str, lat: float, lon: float) -> dict[str, Any]:
    """As the public documentation of its jsonv2 has it: coordinates are texts."""
    return {
        "place_id": 1, "licence": "…", "osm_type": "way", "osm_id": 7, "lat": f"{lat:.7f}", "lon": f"{lon:.7f}",
        "category": "highway", "type": "residential", "place_rank": 26, "importance": 0.05, "addresstype": "road",
        "name": label.split(",", maxsplit=1)[0], "display_name": label,
        "boundingbox": [str(lat - 0.01), str(lat + 0.01), str(lon - 0.01), str(lon + 0.01)],
    }  # fmt: skip


@contextmanager
def search_server() -> Iterator[SearchServer]:
    served = SearchServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            served.asked.append(parse_qs(address.query))
            served.agents.append(self.headers.get("User-Agent", ""))
            served.keys.append(self.headers.get("Authorization", ""))
            match served.mode:
                case "silent":
                    served.stop.wait(10)
                case "breaks":
                    self._say(503, b"down")
                case "refuses":
                    self._say(403, b"{}")
                case "babbles":
                    self._say(200, b"<html>")
                case _:
                    is_right = address.path == "/search" and "q" in served.asked[-1]
                    self._say(200 if is_right else 404, json.dumps(served.rows).encode())

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield served
    finally:
        served.stop.set()
        server.shutdown()
        server.server_close()
