"""The State's two systems, small: they keep what they take, append steps without looking, and misbehave on demand.

``script``: what becomes of the next requests, in order. silent: nothing is taken, no answer; lost: it is taken, no
answer; busy: HTTP 503; broken: no JSON; whole: refused as a whole; expired: the tokens end first (the centralised
system). ``faults``: code of a dossier (or of a procedure) → how it is refused.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, handler: type["Handler"]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.script: list[str] = []
        self.faults: dict[str, tuple[int, Any, str]] = {}
        self.dossiers: dict[str, dict[str, Any]] = {}
        self.steps: dict[str, list[dict[str, Any]]] = {}
        self.states: dict[str, list[dict[str, Any]]] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.asked: list[str] = []
        self.taken: list[tuple[str, str]] = []  # service, code: in the order in which they were taken
        self.tokens: set[str] = set()
        self.count = 0
        self.lock = threading.Lock()
        self.stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/api"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away while we were silent is what the tests want."""


class Handler(BaseHTTPRequestHandler):
    server: Server
    open_to_all: ClassVar[tuple[str, ...]] = ()

    def log_message(self, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        service = self.path.rpartition("/")[2]
        with self.server.lock:
            self.server.asked.append(service)
            is_scripted = self.server.script and service not in self.open_to_all
            fate = self.server.script.pop(0) if is_scripted else ""
            if fate == "expired":
                self.server.tokens.clear()
            if fate not in ("silent", "busy", "broken", "whole"):
                status, answer = self.answer(service, content)
        if fate in ("silent", "lost"):
            self.server.stop.wait(10)
        elif fate == "busy":
            self.say(503, {})
        elif fate == "broken":
            self.say(200, b"<html>bao tri</html>")
        elif fate == "whole":
            self.say(200, {"error_code": 9, "message": "Du lieu sai"})
        else:
            self.say(status, answer)

    def say(self, status: int, body: Any) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def answer(self, service: str, content: bytes) -> tuple[int, Any]:
        raise NotImplementedError


class Portal(Handler):
    """The national portal's first API."""

    def answer(self, service: str, content: bytes) -> tuple[int, Any]:
        if self.headers.get("Authorization") != "Bearer khoa-cua-cong":
            return 401, {}
        asked = json.loads(content)
        assert asked["service"] == service
        rows: list[Any] = []
        match service:
            case "DongBoHoSoMC":
                rows = [self._dossier(row, is_update=asked["isUpdating"]) for row in asked["data"]]
            case "CapNhatTienDoHoSoMC":
                rows = [self._step(row) for row in asked["data"]]
            case "TraCuuHoSo":
                code = asked["MaHoSo"]
                found = self.server.dossiers.get(code, {})
                rows = [{"MaHoSo": code, **found, "TienDo": self.server.steps.get(code, [])}]
            case "LayDanhMucLinhVuc":
                rows = [{"MaLinhVuc": "G15-HT", "TenLinhVuc": "Ho tich"}]
            case "LayDanhSachTTHC":
                rows = [{"MaTTHC": "1.000001", "TenTTHC": "Dang ky khai sinh"}, "?"]  # a row that is none
            case "LayThuTuc":
                rows = [{"MaTTHC": asked["MaTTHC"]}]
            case _:
                return 404, {}
        is_bad = any(row.get("error_code") for row in rows if isinstance(row, dict))
        return 200, {"error_code": int(is_bad), "message": "", "result": rows}

    def _dossier(self, row: dict[str, Any], *, is_update: bool) -> dict[str, Any]:
        code = row["MaHoSo"]
        if fault := self.server.faults.get(code):
            return {"MaHoSo": code, "error_code": fault[1], "message": fault[2]}
        if not is_update and code in self.server.dossiers:
            return {"MaHoSo": code, "error_code": 101, "message": "Da ton tai"}
        if is_update and code not in self.server.dossiers:
            return {"MaHoSo": code, "error_code": 102, "message": "Chua co"}
        self.server.dossiers[code] = row
        self.server.taken.append(("dossier", code))
        return {"MaHoSo": code, "error_code": 0}

    def _step(self, row: dict[str, Any]) -> dict[str, Any]:
        code = row["MaHoSo"]
        if fault := self.server.faults.get(code):
            return {"MaHoSo": code, "error_code": fault[1], "message": fault[2]}
        if code not in self.server.dossiers:
            return {"MaHoSo": code, "error_code": 102, "message": "Chua co"}
        self.server.steps.setdefault(code, []).append(row)  # without looking whether it is there
        self.server.taken.append(("step", code))
        return {"MaHoSo": code, "error_code": 0}


class System(Handler):
    """The centralised system of 2026. Files may come twice, nothing else may."""

    open_to_all = ("GetToken",)

    def answer(self, service: str, content: bytes) -> tuple[int, Any]:
        if service == "GetToken":
            asked = json.loads(content)
            if (asked.get("client_id"), asked.get("client_secret")) != ("mot-cua", "bi-mat"):
                return 401, {}
            self.server.count += 1
            self.server.tokens.add(f"token-{self.server.count}")
            return 200, {"data": {"access_token": f"token-{self.server.count}", "expires_in": 3600}}
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
            return 401, {}
        if service == "UploadFile":
            return self._file(content)
        asked = json.loads(content)
        if service == "GetNextValue":
            self.server.count += 1
            return 200, {"data": {"MaHoSo": f"G15.99-20261116-{self.server.count:07d}"}}
        code = asked["MaHoSo"]
        fault = self.server.faults.get(code) or self.server.faults.get(asked.get("MaTTHC", ""))
        if fault:
            return fault[0], {"code": fault[1], "message": fault[2]}
        if service == "NoiHoSo":
            if code in self.server.dossiers:
                return 400, {"code": "DA_TON_TAI", "message": "Da co"}
            self.server.dossiers[code] = asked
        else:
            if code not in self.server.dossiers:
                return 404, {"code": "KHONG_CO", "message": "Chua noi ho so"}
            there = self.server.steps if service == "CapNhatTienTrinh" else self.server.states
            if asked in there.get(code, []):
                return 400, {"code": "DA_TON_TAI", "message": "Da co"}
            there.setdefault(code, []).append(asked)
        self.server.taken.append((service, code))
        return 200, {"data": {}}

    def _file(self, content: bytes) -> tuple[int, Any]:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        parts: dict[str, bytes] = {}
        for part in BytesParser().parsebytes(head + content).walk():
            if not part.is_multipart():
                name = str(part.get_param("name", header="content-disposition"))
                payload = part.get_payload(decode=True)
                parts[name] = payload if isinstance(payload, bytes) else b""
        self.server.count += 1
        number = f"tep-{self.server.count}"
        self.server.files[number] = parts["HashTepTin"].decode(), parts["TepTin"]
        self.server.taken.append(("UploadFile", number))
        return 200, {"data": {"IdTepTin": number}}


@contextmanager
def served(handler: type[Handler]) -> Iterator[Server]:
    with Server(handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.stop.set()
        server.shutdown()
