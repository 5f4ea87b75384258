"""An OpenID Connect provider on a port of this machine: discovery, code with PKCE, signed id tokens, userinfo.

It behaves as the specification says unless a test tells it to misbehave.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, SECRET = "mot-cua", "a secret between the two"


@dataclass
class Provider:
    """``claims`` are about whoever signs in there now; ``broken`` names what it does wrong."""

    claims: dict[str, Any] = field(default_factory=dict)
    broken: str = ""
    issuer: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other_key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def authorize(self, url: str) -> str:
        """What a browser does that is sent to ``url`` and whose owner agrees: the address it is sent back to."""
        query = dict(parse_qsl(urlsplit(url).query))
        assert query["client_id"] == CLIENT_ID
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def id_token(self) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer if self.broken != "issuer" else "https://elsewhere.example",
            "aud": CLIENT_ID if self.broken != "audience" else "another-client",
            "iat": now,
            "exp": now + 300 if self.broken != "expired" else now - 300,
            **self.claims,
        }
        key = self.other_key if self.broken == "signature" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "first"})

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode()
        is_right = (
            query is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("redirect_uri") == query["redirect_uri"]
            and (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
            and challenge.rstrip("=") == query["code_challenge"]
        )
        if not is_right:
            return 400, {"error": "invalid_grant"}
        token = secrets.token_urlsafe(16)
        self.tokens[token] = self.claims
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 300}
        return 200, answer if self.broken == "no id token" else answer | {"id_token": self.id_token()}

    def answer(self, method: str, path: str, body: str, authorization: str) -> tuple[int, dict[str, Any]]:
        self.asked.append(path)
        if self.broken == "down":
            return 500, {}
        match method, path:
            case "GET", "/.well-known/openid-configuration":
                return 200, {
                    "issuer": self.issuer,
                    "authorization_endpoint": f"{self.issuer}/authorize",
                    "token_endpoint": f"{self.issuer}/token",
                    "userinfo_endpoint": f"{self.issuer}/userinfo",
                    "jwks_uri": f"{self.issuer}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            case "GET", "/keys":
                public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
                return 200, {"keys": [{**public, "kid": "first", "use": "sig", "alg": "RS256"}]}
            case "POST", "/token":
                return self.exchange({name: values[0] for name, values in parse_qs(body).items()})
            case "GET", "/userinfo":
                claims = self.tokens.get(authorization.removeprefix("Bearer "))
                if claims is None:
                    return 401, {"error": "invalid_token"}
                return 200, claims | ({"sub": "somebody else"} if self.broken == "userinfo" else {})
        return 404, {}


class Running:
    """``with Running() as provider:`` until the end of the block."""

    def __enter__(self) -> Provider:
        provider = Provider()

        class Handler(BaseHTTPRequestHandler):
            def _reply(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                path = urlsplit(self.path).path
                status, answer = provider.answer(self.command, path, body, self.headers.get("Authorization", ""))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_GET = do_POST = _reply  # noqa: N815  the names that http.server asks for

            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        provider.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return provider

    def __exit__(self, *problem: object) -> None:
        self._server.shutdown()
        self._server.server_close()
