"""A provincial data-sharing platform over HTTP: client credentials, signed requests, short patience, reads repeated."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.connectors.registry_http.kind import Question, read_map
from motcua.kernel.registries.ports import Asking, Record
from motcua.lib import moment
from motcua.lib.dotted import part_at
from motcua.lib.errors import ConnectorError

ATTEMPTS = 3
ANSWER_LONGEST = 2**20  # bytes that are read of an answer
TOKEN_MARGIN = 30.0  # seconds before its end at which a token is not used any more
_pool = urllib3.PoolManager(num_pools=4, maxsize=8, retries=False)
_token: dict[str, tuple[str, float]] = {}  # client id → token, and until when it is used


@lru_cache(maxsize=4)
def _map(path: str, changed: float) -> dict[str, Question]:
    return read_map(Path(path).read_text(encoding="utf-8"))


def _questions() -> dict[str, Question]:
    """Raises ConnectorError when the file cannot be used."""
    path = settings.CONNECTORS["registry_http"]["map"]
    if not path:
        return {}
    try:
        return _map(path, Path(path).stat().st_mtime)
    except (OSError, ValueError) as error:
        raise ConnectorError(f"REGISTRY_MAP: {error}") from error


def _serves_all() -> bool:
    values = settings.CONNECTORS["registry_http"]
    return bool(values["url"] and values["map"])


class SharingPlatform:
    name = "registry_http"
    label: str | Promise = gettext_lazy("Nền tảng chia sẻ dữ liệu của tỉnh")
    rank = 10

    def serves(self, registry: str) -> bool:
        if not _serves_all():
            return False
        try:
            return registry in _questions()
        except ConnectorError:
            return True  # set up, but wrongly: an outage that the page of connections shows, not silently our own table

    def look_up(self, registry: str, key: Mapping[str, str], asking: Asking) -> Record | None:
        question = _questions()[registry]
        status, data = _asked(question, question.asked(key, asking.request_id, asking.purpose), asking)
        if question.none is not None and question.none.holds(status, data):
            return None
        if question.ok is not None and not question.ok.holds(status, data):
            raise ConnectorError(f"{registry}: the platform says no (HTTP {status})")
        if status != 200:
            raise ConnectorError(f"{registry}: HTTP {status}")
        if not isinstance(data, Mapping):
            raise ConnectorError(f"{registry}: the answer is no object")
        record = part_at(data, question.record)
        if record in (None, [], {}):
            return None
        return Record(registry, question.values(record, key), _moment(part_at(data, question.updated)), self.name)

    def check(self, registry: str) -> str:
        try:
            if registry not in _questions():
                return _("Danh bạ này chưa có trong tệp cấu hình.")
            _bearer(_Budget(), fresh=True)
        except ConnectorError as error:
            return str(error)
        if urlsplit(settings.CONNECTORS["registry_http"]["url"]).scheme != "https":
            return _("Địa chỉ không mã hóa (http): dữ liệu đi qua mạng ai cũng đọc được.")
        return ""


def _moment(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


class _Budget:
    """One look-up has so many seconds, whatever is repeated: nobody waits longer at a counter."""

    def __init__(self) -> None:
        try:
            self.seconds = float(settings.CONNECTORS["registry_http"]["timeout"])
        except ValueError as error:
            raise ConnectorError(f"REGISTRY_TIMEOUT: {error}") from error
        self.until = monotonic() + self.seconds

    def part(self) -> float:
        """For one attempt: half of it all, so that a slow one can be repeated."""
        left = self.until - monotonic()
        if left <= 0.05:
            raise ConnectorError("no answer in time")
        return min(left, max(0.1, self.seconds / 2))


def _asked(question: Question, parameters: Mapping[str, Any], asking: Asking) -> tuple[int, Any]:
    """Status and JSON. Reads are safe to repeat: with the same request id, after silence and errors of the server."""
    budget, error = _Budget(), ConnectorError("?")
    is_renewed = False
    for _attempt in range(ATTEMPTS):
        try:
            status, text = _sent(question, parameters, asking, _bearer(budget, fresh=is_renewed), budget)
        except _SilentError as silent:
            error = ConnectorError(str(silent))
            continue
        if status == 401 and not is_renewed:  # the token was ended over there before its time
            is_renewed = True
            continue
        if status >= 500 or status == 429:
            error = ConnectorError(f"HTTP {status}")
            continue
        try:
            return status, json.loads(text) if text else None
        except ValueError:
            if status != 200:
                return status, None
            raise ConnectorError("the answer is no JSON") from None
    raise error


class _SilentError(Exception):
    """Nothing came back, or not all of it."""


def _sent(
    question: Question, parameters: Mapping[str, Any], asking: Asking, token: str, budget: _Budget
) -> tuple[int, str]:
    base = settings.CONNECTORS["registry_http"]["url"].rstrip("/")
    is_post = question.method == "POST"
    query = "" if is_post or not parameters else f"?{urlencode(parameters)}"
    body = json.dumps(parameters, ensure_ascii=False).encode() if is_post else b""
    url = f"{base}{question.path}{query}"
    headers = {
        "Accept": "application/json",
        "X-Request-Id": asking.request_id,
        "X-Purpose": asking.purpose,
        "X-Requester": asking.actor,
    }
    if is_post:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if token:
        headers["Authorization"] = f"Bearer {token}"
    headers |= _signature(question.method, url, asking.request_id, body)
    return _exchanged(question.method, url, body, headers, budget)


def _signature(method: str, url: str, request_id: str, body: bytes) -> dict[str, str]:
    """HMAC-SHA256 over method, path with query, request id, time and the body's SHA-256, each on a line."""
    key = settings.CONNECTORS["registry_http"]["signing_key"]
    if not key:
        return {}
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    at_time = moment.now().isoformat(timespec="seconds")
    signed = "\n".join((method, target, request_id, at_time, hashlib.sha256(body).hexdigest()))
    digest = hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest()
    return {"X-Request-Time": at_time, "X-Signature": digest}


def _exchanged(method: str, url: str, body: bytes, headers: Mapping[str, str], budget: _Budget) -> tuple[int, str]:
    try:
        response = _pool.request(
            method,
            url,
            body=body or None,
            headers=headers,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(total=budget.part()),
        )
        try:
            content = response.read(ANSWER_LONGEST + 1)
        finally:
            response.close()
    except ValueError as error:
        raise ConnectorError(f"REGISTRY_URL: {type(error).__name__}") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:  # refused, timed out, a certificate that is not trusted
        raise _SilentError(type(error).__name__) from error  # its words would repeat the address, with the numbers
    if len(content) > ANSWER_LONGEST:
        raise ConnectorError("the answer is too long")
    return response.status, content.decode("utf-8", "replace")


def _bearer(budget: _Budget, *, fresh: bool = False) -> str:
    """A token of the client credentials grant (RFC 6749 §4.4), kept until shortly before its end; "" without one."""
    values = settings.CONNECTORS["registry_http"]
    if not values["token_url"]:
        return ""
    token, until = _token.get(values["client_id"], ("", 0.0))
    if token and monotonic() < until and not fresh:
        return token
    form = {"grant_type": "client_credentials"} | ({"scope": values["scope"]} if values["scope"] else {})
    headers = {
        **urllib3.make_headers(basic_auth=f"{values['client_id']}:{values['client_secret']}"),
        "Content-Type": "application/x-www-form-urlencoded",
        "Accept": "application/json",
    }
    try:
        status, text = _exchanged("POST", values["token_url"], urlencode(form).encode(), headers, budget)
        answer = json.loads(text) if status == 200 else {}
    except (_SilentError, ValueError) as error:
        raise ConnectorError(f"REGISTRY_TOKEN_URL: {type(error).__name__}") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("access_token"), str):
        raise ConnectorError(f"REGISTRY_TOKEN_URL: HTTP {status}, no token")
    seconds = answer.get("expires_in")
    lasts = float(seconds) if isinstance(seconds, int | float) else 60.0
    _token[values["client_id"]] = answer["access_token"], monotonic() + max(0.0, lasts - TOKEN_MARGIN)
    return str(answer["access_token"])
