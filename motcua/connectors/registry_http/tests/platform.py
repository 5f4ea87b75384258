"""A data-sharing platform as provinces run them, small: it asks for token and signature, and misbehaves on demand."""

import base64
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

CLIENT_ID, SECRET, KEY = "mot-cua", "secret-of-the-client", "key-for-signing"


ODD: dict[str, Any] = {
    "refuse": {"code": "FORBIDDEN", "message": "no right to 068190000101"},
    "no-json": b"<html>",
    "list": [1],
    "huge": b" " * (2**20 + 10),
}


class Platform(ThreadingHTTPServer):
    """``people`` by national id. ``script``: what becomes of the next questions, in order: slow, cut, 500, 429, refuse,
    expired, no-json, list, huge, other; when it is empty they are answered."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.people: dict[str, dict[str, Any]] = {}
        self.script: list[str] = []
        self.asked: list[dict[str, str]] = []
        self.tokens: set[str] = set()
        self.token_count = 0
        self.token_seconds = 3600
        self.is_token_down = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away while we were slow is what the tests want."""


class Handler(BaseHTTPRequestHandler):
    server: Platform

    def log_message(self, *args: object) -> None:
        pass

    def _say(self, status: int, body: Any) -> None:
        text = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self._question(b"", query.get("pid", [""])[0])

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/token":
            return self._token(body)
        return self._question(body, json.loads(body)["citizen"]["pid"])

    def _token(self, body: bytes) -> None:
        expected = "Basic " + base64.b64encode(f"{CLIENT_ID}:{SECRET}".encode()).decode()
        if self.server.is_token_down:
            return self._say(503, {})
        if self.headers.get("Authorization") != expected or b"grant_type=client_credentials" not in body:
            return self._say(401, {"error": "invalid_client"})
        self.server.token_count += 1
        token = f"token-{self.server.token_count}"
        self.server.tokens.add(token)
        return self._say(200, {"access_token": token, "expires_in": self.server.token_seconds, "token_type": "bearer"})

    def _is_signed(self, body: bytes) -> bool:
        parts = (
            self.command,
            self.path,
            self.headers.get("X-Request-Id", ""),
            self.headers.get("X-Request-Time", ""),
            hashlib.sha256(body).hexdigest(),
        )
        digest = hmac.new(KEY.encode(), "\n".join(parts).encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(digest, self.headers.get("X-Signature", ""))

    def _question(self, body: bytes, pid: str) -> None:
        self.server.asked.append(
            {name: self.headers.get(name, "") for name in ("X-Request-Id", "X-Purpose", "X-Requester")}
        )
        step = self.server.script.pop(0) if self.server.script else ""
        if step == "expired":
            self.server.tokens.clear()
        if self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.server.tokens:
            return self._say(401, {"code": "UNAUTHORIZED"})
        if not self._is_signed(body):
            return self._say(403, {"code": "BAD_SIGNATURE"})
        match step:
            case "slow":
                time.sleep(0.6)  # longer than the test's patience; nobody waits for this thread
            case "cut":
                self.send_response(200)
                self.send_header("Content-Length", "500")
                self.end_headers()
                self.wfile.write(b'{"code": "OK", "data": [')
                return None
            case "500" | "429":
                return self._say(int(step), {"code": "BUSY"})
            case _ if step in ODD:
                return self._say(200, ODD[step])
            case "other":
                pid = next(other for other in self.server.people if other != pid)
        person = self.server.people.get(pid)
        if person is None:
            return self._say(404, {"code": "NOT_FOUND"})
        return self._say(200, {"code": "OK", "updatedAt": "2026-11-01T08:00:00+07:00", "data": [person]})
