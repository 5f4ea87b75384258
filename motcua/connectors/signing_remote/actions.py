"""A trust service that keeps keys and asks their owners on the telephone: the asynchronous interface of the Cloud
Signature Consortium (API v2: credentials/list, credentials/info, signatures/signHash, signatures/signPolling).

docs/signing.md tells what is asked and what answers are understood.
"""

import base64
import json
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.messages.ports import Health, Option
from motcua.kernel.signing.ports import Credential, Progress, Question, Started
from motcua.lib import moment
from motcua.lib.errors import ConnectorError
from motcua.lib.pdfsign.certificates import facts_of

ANSWER_LONGEST = 1 * 2**20  # bytes
_HASHES = {"sha256": "2.16.840.1.101.3.4.2.1", "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}
_SIGNATURES = {
    ("rsa", "sha256"): "1.2.840.113549.1.1.11",
    ("rsa", "sha384"): "1.2.840.113549.1.1.12",
    ("rsa", "sha512"): "1.2.840.113549.1.1.13",
    ("ec", "sha256"): "1.2.840.10045.4.3.2",
    ("ec", "sha384"): "1.2.840.10045.4.3.3",
    ("ec", "sha512"): "1.2.840.10045.4.3.4",
}
_EARLY = timedelta(seconds=30)  # before its end a token is asked for anew
_pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False)


class RemoteSigningService:
    name = "remote"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._token: tuple[str, str, datetime] | None = None  # of which service, what, until when

    @property
    def label(self) -> str | Promise:
        return settings.CONNECTORS["signing_remote"]["name"] or gettext_lazy("Ký số từ xa")

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["signing_remote"]["url"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["signing_remote"]
        return (
            Option("SIGNING_URL", _("Địa chỉ của dịch vụ"), values["url"], is_required=True),
            Option("SIGNING_CLIENT_ID", _("Mã ứng dụng"), values["client_id"], is_required=True),
            Option(
                "SIGNING_CLIENT_SECRET", _("Khoá ứng dụng"), values["client_secret"], is_required=True, is_secret=True
            ),
            Option("SIGNING_BATCH", _("Số văn bản nhiều nhất cho một lần duyệt trên điện thoại"), values["batch"]),
            Option("SIGNING_NAME", _("Tên hiện cho người dùng"), values["name"]),
        )

    def credentials(self, user: str) -> Sequence[Credential]:
        listed = self._asked("credentials/list", {"userID": user})
        found = []
        for number in _texts(listed, "credentialIDs"):
            told = self._asked("credentials/info", {"credentialID": number, "certificates": "chain"})
            if _at(told, "key", "status") not in ("", "enabled") or _at(told, "cert", "status") not in ("", "valid"):
                continue
            try:
                certificates = [base64.b64decode(text) for text in _texts(told.get("cert"), "certificates")]
                name = facts_of(certificates[0]).name
            except (ValueError, IndexError) as error:
                raise ConnectorError(_("Dịch vụ đưa chứng thư không đọc được."), permanent=True) from error
            found.append(Credential(number, str(told.get("description") or name), certificates))
        return found

    def most_at_once(self, user: str, credential: str) -> int:
        most = int(settings.CONNECTORS["signing_remote"]["batch"])
        if most == 1:
            return 1
        told = self._asked("credentials/info", {"credentialID": credential, "certificates": "none"})
        allowed = told.get("multisign")  # a number by the standard; some only say yes or no
        if allowed is True:
            return most
        return max(1, min(most, allowed)) if isinstance(allowed, int) else 1

    def start(self, asked: Question) -> Started:
        told = self._asked(
            "signatures/signHash",
            {
                "credentialID": asked.credential,
                "userID": asked.user,
                "hashes": [base64.b64encode(one.hash).decode() for one in asked.hashes],
                "hashAlgorithmOID": _HASHES[asked.digest],
                "signAlgo": _SIGNATURES[asked.algorithm, asked.digest],
                "operationMode": "A",
                "clientData": asked.id,
                "description": asked.words[:200],
                "documents": [{"name": one.document[:200]} for one in asked.hashes],
            },
        )
        number = told.get("responseID")
        if not isinstance(number, str) or not number:
            raise ConnectorError(_("Dịch vụ không nhận yêu cầu ký: không có mã giao dịch."))
        lasts = told.get("expiresIn")
        ends = moment.now() + timedelta(seconds=int(lasts)) if isinstance(lasts, int | float) and lasts > 0 else None
        return Started(number, ends)

    def look(self, transaction: str) -> Progress:
        told = self._asked("signatures/signPolling", {"responseID": transaction})
        signatures = _texts(told, "signatures")
        if signatures:
            try:
                return Progress("signed", [base64.b64decode(text, validate=True) for text in signatures])
            except ValueError as error:
                raise ConnectorError(_("Dịch vụ đưa chữ ký không đọc được."), permanent=True) from error
        match str(told.get("status") or "pending").lower():
            case "refused" | "rejected" | "user_refused":
                return Progress("refused", words=str(told.get("statusDescription") or "")[:200])
            case "expired" | "timeout":
                return Progress("expired")
        return Progress("waiting")

    def check(self) -> Health:
        try:
            self._fresh_token()
        except ConnectorError as error:
            return Health(False, str(error))
        return Health(True, _("Dịch vụ nhận ra hệ thống này."))

    # ── How it is asked ─────────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        """A token that the service no longer takes is asked for anew, once."""
        for is_last in (False, True):
            status, told = _sent(
                path,
                json.dumps(dict(body)).encode(),
                {"Content-Type": "application/json", "Authorization": f"Bearer {self._bearer()}"},
            )
            if status == 401 and not is_last:
                with self._lock:
                    self._token = None
                continue
            if status == 200 or status == 202:
                return told
            raise _failed(status, told)
        raise AssertionError  # the loop answers or raises

    def _bearer(self) -> str:
        url = settings.CONNECTORS["signing_remote"]["url"]
        with self._lock:
            held = self._token
        if held is not None and held[0] == url and moment.now() < held[2]:
            return held[1]
        return self._fresh_token()

    def _fresh_token(self) -> str:
        values = settings.CONNECTORS["signing_remote"]
        body = {
            "grant_type": "client_credentials",
            "client_id": values["client_id"],
            "client_secret": values["client_secret"],
            "scope": "service",
        }
        status, told = _sent(
            "oauth2/token", urlencode(body).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        token = told.get("access_token")
        if status != 200 or not isinstance(token, str) or not token:
            raise _failed(status, told)
        lasts = told.get("expires_in")
        ends = moment.now() + timedelta(seconds=lasts if isinstance(lasts, int | float) else 300) - _EARLY
        with self._lock:
            self._token = (values["url"], token, ends)
        return token


def _sent(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    values = settings.CONNECTORS["signing_remote"]
    try:
        response = _pool.request(
            "POST",
            f"{values['url']}/{path}",
            body=body,
            headers={**headers, "Accept": "application/json"},
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(total=float(values["timeout"])),
        )
        text = response.read(ANSWER_LONGEST)
        response.release_conn()
    except ValueError as error:
        raise ConnectorError(f"SIGNING_URL, SIGNING_TIMEOUT: {error}") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:  # refused, timed out, a certificate that is not trusted
        raise ConnectorError(type(error).__name__) from error
    try:
        told = json.loads(text) if text.strip() else {}
    except ValueError:
        told = {}
    return response.status, told if isinstance(told, dict) else {}


# What another attempt cannot change (CSC API v2, §10.1).
_FOR_GOOD = {"invalid_request", "invalid_client", "unauthorized_client", "access_denied", "unsupported_grant_type"}


def _failed(status: int, told: Mapping[str, Any]) -> ConnectorError:
    code = str(told.get("error") or "")
    words = " ".join(part for part in (f"HTTP {status}", code, str(told.get("error_description") or "")[:200]) if part)
    return ConnectorError(words, permanent=400 <= status < 500 and status not in (408, 429) and code in _FOR_GOOD)


def _texts(told: Any, name: str) -> list[str]:
    found = told.get(name) if isinstance(told, dict) else None
    return [text for text in found if isinstance(text, str)] if isinstance(found, list) else []


def _at(told: Mapping[str, Any], *path: str) -> str:
    found: Any = told
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, str) else ""
