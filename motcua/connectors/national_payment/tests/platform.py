"""The national payment platform on a real socket: checks signatures, keeps a request once, refuses, is silent, breaks,
and tells of what was paid, also twice."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from motcua.lib.signed_messages import SIGNATURE, TIMESTAMP, signature


@dataclass
class Platform:
    secret: str = "khoa-quoc-gia"
    url: str = ""
    requests: dict[str, dict[str, Any]] = field(default_factory=dict)  # MaTraCuuTT → what was asked
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


@contextmanager
def platform() -> Iterator[Platform]:
    served = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(200, {"MaLoi": "00"})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            served.asked += 1
            fate = served.fails.pop(0) if served.fails else ""
            if fate == "silent":
                served.stop.wait(10)
                return
            if fate == "broken":
                self._text(200, "<html>bảo trì</html>")
                return
            if fate == "busy":
                self._answer(503, {})
                return
            expected = signature(served.secret, self.headers.get(TIMESTAMP, ""), body)
            if self.headers.get(SIGNATURE) != expected:
                self._answer(401, {"MaLoi": "97", "MoTa": "Sai chu ky"})
                return
            if fate == "refuse":
                self._answer(200, {"MaLoi": "12", "MoTa": "Don vi chua dang ky"})
                return
            asked = json.loads(body)
            known = served.requests.setdefault(asked["MaTraCuuTT"], asked)
            if known["DSKhoanNop"] != asked["DSKhoanNop"]:
                self._answer(200, {"MaLoi": "02", "MoTa": "MaTraCuuTT da dung"})
                return
            self._answer(200, {"MaLoi": "00", "UrlThanhToan": f"https://thanhtoan.example.vn/{asked['MaTraCuuTT']}"})

        def _answer(self, status: int, body: dict[str, Any]) -> None:
            self._text(status, json.dumps(body))

        def _text(self, status: int, text: str) -> None:
            content = text.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}/lap-yeu-cau"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield served
        served.stop.set()
        server.shutdown()
