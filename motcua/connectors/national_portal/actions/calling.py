"""Asking over HTTP: encrypted, within a time, without following anybody elsewhere, and silent about what was sent."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.translation import gettext as _

from motcua.lib.errors import ConnectorError

ANSWER_LONGEST = 16 * 2**20  # bytes that are read of an answer: catalogues are long
_pool = urllib3.PoolManager(num_pools=4, maxsize=4, retries=False)


def is_insecure(url: str) -> bool:
    return urlsplit(url).scheme != "https"


def asked(
    url: str,
    *,
    timeout: str,
    headers: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
) -> tuple[int, Any]:
    """POST; status and JSON (None when it is none). Raises ConnectorError when nothing, or not all of it, came back.

    Dossiers are personal data: they go over TLS or not at all, unless EXCHANGE_INSECURE says that this is a trial.
    """
    if is_insecure(url) and not settings.EXCHANGE_INSECURE:
        raise ConnectorError(_("Địa chỉ không mã hóa (http): không gửi dữ liệu cá nhân."), permanent=True)
    more: dict[str, Any] = {"fields": dict(fields)} if fields is not None else {}
    sent = dict(headers)
    if fields is None:
        more["body"] = json.dumps(body or {}, ensure_ascii=False).encode()
        sent["Content-Type"] = "application/json; charset=utf-8"
    try:
        response = _pool.request(
            "POST", url, headers=sent, redirect=False, preload_content=False,
            timeout=urllib3.Timeout(total=float(timeout)), **more,
        )  # fmt: skip
        try:
            content = response.read(ANSWER_LONGEST + 1)
        finally:
            response.close()
    except ValueError as error:
        raise ConnectorError(f"{type(error).__name__}", permanent=True) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ConnectorError(type(error).__name__) from error  # its words would repeat the address
    if len(content) > ANSWER_LONGEST:
        raise ConnectorError(_("Trả lời quá dài."))
    try:
        return response.status, json.loads(content)
    except (ValueError, RecursionError):
        return response.status, None
