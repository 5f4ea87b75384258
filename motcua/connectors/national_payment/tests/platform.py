"""The national payment platform on a real socket: checks signatures, keeps a request once, refuses, is silent, breaks,
and tells of what was paid, also twice. Its page shows the payer what to pay, and sends them back."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from motcua.lib.signed_messages import SIGNATURE, TIMESTAMP, signature

PAGE = """<!doctype html><html lang="vi"><meta charset="utf-8"><link rel="icon" href="data:,"><title>Nộp tiền</title>
<h1>Nộp tiền</h1><p>{NoiDung}</p><p>{SoTien}</p><form method="post"><button>Xác nhận nộp</button></form></html>"""


@dataclass
class Platform:
    secret: str = "khoa-quoc-gia"
    url: str = ""
    pages: str = ""  # where people pay
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)  # MaTraCuuTT → what was asked
    paid: list[str] = field(default_factory=list)  # by a person on its page, who pays twice what they press twice
    asked: int = 0
    fails: list[str] = field(
        default_factory=list
    )  # what becomes of the next questions: silent | broken | busy | refuse
    stop: threading.Event = field(default_factory=threading.Event)

    def word(
        self, request_id: str, *, timestamp: int, paid: bool = True, **changes: Any
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers by which it says what became of a request."""
        asked = self.requests.get(request_id, {})
        body = json.dumps({
            "MaTraCuuTT": request_id,
            "SoTien": asked.get("DSKhoanNop", [{"SoTien": "0"}])[0]["SoTien"],
            "TrangThai": "1" if paid else "2",
            "ThoiGianGD": "16/11/2026 09:00:00",
            "TKThuHuong": asked.get("TKThuHuong", ""),
            "NoiDungThanhToan": asked.get("NoiDungThanhToan", ""),
            "MoTa": "" if paid else "Nguoi nop huy",
            **changes,
        }).encode()  # fmt: skip
        return body, {TIMESTAMP: str(timestamp), SIGNATURE: signature(self.secret, str(timestamp), body)}


class Handler(BaseHTTPRequestHandler):
    served: Platform

    def do_GET(self) -> None:
        asked = self.served.requests.get(self.path.removeprefix("/nop/"))
        if asked is None:
            self._answer(200, {"MaLoi": "00"})
            return
        self._text(200, PAGE.format(**{name: escape(str(value)) for name, value in asked["DSKhoanNop"][0].items()}))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/nop/"):
            self._paid(self.path.removeprefix("/nop/"))
            return
        self.served.asked += 1
        fate = self.served.fails.pop(0) if self.served.fails else ""
        if self._is_in_trouble(fate):
            return
        expected = signature(self.served.secret, self.headers.get(TIMESTAMP, ""), body)
        if self.headers.get(SIGNATURE) != expected:
            self._answer(401, {"MaLoi": "97", "MoTa": "Sai chu ky"})
            return
        if fate == "refuse":
            self._answer(200, {"MaLoi": "12", "MoTa": "Don vi chua dang ky"})
            return
        asked = json.loads(body)
        known = self.served.requests.setdefault(asked["MaTraCuuTT"], asked)
        if known["DSKhoanNop"] != asked["DSKhoanNop"]:
            self._answer(200, {"MaLoi": "02", "MoTa": "MaTraCuuTT da dung"})
            return
        self._answer(200, {"MaLoi": "00", "UrlThanhToan": f"{self.served.pages}/{asked['MaTraCuuTT']}"})

    def _is_in_trouble(self, fate: str) -> bool:
        if fate == "silent":
            self.served.stop.wait(10)
        elif fate == "broken":
            self._text(200, "<html>bảo trì</html>")
        elif fate == "busy":
            self._answer(503, {})
        return fate in ("silent", "broken", "busy")

    def _paid(self, request_id: str) -> None:
        self.served.paid.append(request_id)
        self.send_response(303)
        self.send_header("Location", self.served.requests[request_id]["UrlBack"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        self._text(status, json.dumps(body))

    def _text(self, status: int, text: str) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header(
            "Content-Type", f"{'text/html' if text.startswith('<') else 'application/json'}; charset=utf-8"
        )
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def platform() -> Iterator[Platform]:
    served = Platform()
    handler = type("OneHandler", (Handler,), {"served": served})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        address = f"http://127.0.0.1:{server.server_address[1]}"
        served.url, served.pages = f"{address}/lap-yeu-cau", f"{address}/nop"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield served
        served.stop.set()
        server.shutdown()
