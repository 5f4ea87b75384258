"""A remote signing service on a real socket: CSC API v2, asynchronous. It asks its user once for all hashes of a
question, who approves, refuses, or lets it lie; it breaks, keeps silent, forgets tokens, is asked the same thing twice,
takes no more hashes than it says (or fewer), gives too few signatures, and gives them in another order."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from motcua.lib.pdfsign.authority import Issued

SECRET = "khoa-ung-dung"
_HASHES = {"2.16.840.1.101.3.4.2.1": hashes.SHA256(), "2.16.840.1.101.3.4.2.2": hashes.SHA384()}


@dataclass
class Waiting:
    asked: list[bytes]
    digest: hashes.HashAlgorithm
    words: str
    answer: str = ""  # "" | approved | refused | expired


@dataclass
class Service:
    user: str
    keys: dict[str, Issued]
    url: str = ""
    mode: str = "well"  # well | breaks | silent | babbles
    lies: bool = False  # signs with another key
    gives: str = "all"  # all | few: the last one is missing | turned: the last one first
    most: int = 100  # hashes in one question
    says: int | None = 100  # ``multisign`` of credentials/info; None: it knows no such word
    lasts: int = 300
    tokens: set[str] = field(default_factory=set)
    paths: list[str] = field(default_factory=list)
    waiting: dict[str, Waiting] = field(default_factory=dict)  # by responseID
    known: dict[str, str] = field(default_factory=dict)  # clientData → responseID: the same question, the same answer
    stop: threading.Event = field(default_factory=threading.Event)

    def answer(self, how: str) -> None:
        """The user takes up the telephone."""
        for one in self.waiting.values():
            one.answer = one.answer or how

    def respond(self, path: str, asked: dict[str, Any], bearer: str) -> tuple[int, dict[str, Any]]:
        self.paths.append(path)
        if path == "oauth2/token":
            if asked.get("client_secret") != SECRET:
                return 400, {"error": "invalid_client", "error_description": "unknown client"}
            token = f"token-{len(self.paths)}"
            self.tokens = {token}
            return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        if bearer not in self.tokens:
            return 401, {"error": "invalid_token"}
        match path:
            case "credentials/list":
                return 200, {"credentialIDs": list(self.keys) if asked.get("userID") == self.user else []}
            case "credentials/info":
                one = self.keys[asked["credentialID"]]
                texts = [base64.b64encode(der).decode() for der in _ders(one)]
                told = {"key": {"status": "enabled"}, "cert": {"status": "valid", "certificates": texts}}
                return 200, told if self.says is None else {**told, "multisign": self.says}
            case "signatures/signHash":
                return self._start(asked)
            case "signatures/signPolling":
                return self._poll(asked["responseID"])
        return 404, {"error": "invalid_request"}

    def _start(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if asked.get("operationMode") != "A" or asked.get("credentialID") not in self.keys:
            return 400, {"error": "invalid_request", "error_description": "credentialID"}
        if len(asked["hashes"]) > self.most:
            return 400, {"error": "invalid_request", "error_description": "hashes"}
        number = self.known.setdefault(asked["clientData"], f"{asked['credentialID']}#{len(self.known)}")
        if number not in self.waiting:
            digest = _HASHES[asked["hashAlgorithmOID"]]
            texts = [base64.b64decode(text) for text in asked["hashes"]]
            self.waiting[number] = Waiting(texts, digest, asked["description"])
        return 200, {"responseID": number, "expiresIn": self.lasts}

    def _poll(self, number: str) -> tuple[int, dict[str, Any]]:
        one = self.waiting.get(number)
        if one is None:
            return 400, {"error": "invalid_request", "error_description": "responseID"}
        if one.answer == "approved":
            signed = self._signed(number.partition("#")[0], one)
            given = {"all": signed, "few": signed[:-1], "turned": signed[::-1]}[self.gives]
            return 200, {"signatures": [base64.b64encode(signature).decode() for signature in given]}
        if one.answer == "refused":
            return 200, {"status": "refused", "statusDescription": "Người dùng từ chối"}
        if one.answer == "expired":
            return 200, {"status": "expired"}
        return 202, {"status": "pending"}

    def _signed(self, credential: str, one: Waiting) -> list[bytes]:
        key = self.keys[credential].key
        if self.lies:
            key = ec.generate_private_key(ec.SECP256R1())
        if isinstance(key, rsa.RSAPrivateKey):
            return [key.sign(hash_, padding.PKCS1v15(), Prehashed(one.digest)) for hash_ in one.asked]
        return [key.sign(hash_, ec.ECDSA(Prehashed(one.digest))) for hash_ in one.asked]


def _ders(one: Issued) -> list[bytes]:
    from cryptography.hazmat.primitives.serialization import Encoding

    return [one.der, *(other.public_bytes(Encoding.DER) for other in one.chain)]


@contextmanager
def signing_service(user: str, keys: dict[str, Issued]) -> Iterator[Service]:
    served = Service(user, keys)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            if served.mode == "silent":
                served.stop.wait(10)
                return
            path = self.path.removeprefix("/csc/v2/")
            is_form = self.headers["Content-Type"] == "application/x-www-form-urlencoded"
            asked = {name: values[0] for name, values in parse_qs(body).items()} if is_form else json.loads(body)
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status, told = served.respond(path, asked, bearer)
            if served.mode == "breaks":
                status, told = 503, {"error": "server_busy"}
            text = b"<html>" if served.mode == "babbles" else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        served.url = f"http://127.0.0.1:{server.server_address[1]}/csc/v2"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield served
        finally:
            served.stop.set()
            server.shutdown()
