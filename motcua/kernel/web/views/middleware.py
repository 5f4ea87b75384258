"""What happens to every request: its number, the security headers, refusals made readable, limits against floods."""

import ipaddress
import logging
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from motcua.kernel.identity.views import PUBLIC
from motcua.kernel.packs.queries import hotline
from motcua.kernel.web.views.errors import (
    host_of,
    method_not_allowed,
    not_found,
    outage,
    refusal,
    unreachable,
)
from motcua.lib.errors import ConnectorError, Refused

logger = logging.getLogger("motcua.web")
GetResponse = Callable[[HttpRequest], HttpResponseBase]


_PRIVATE_PATHS = ("/desk/", "/tai-khoan/")
_WHO_ASKS = ("Cookie", "Authorization", "X-Private-Link")
_SECRETS = frozenset({"token", "key"})  # parts of an address that open what is somebody's own


class RequestId:
    """A number for each request: in the answer, on error pages, in the log. What a caller claims is not taken over."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.request_id = secrets.token_hex(6)  # type: ignore[attr-defined]
        response = self._get_response(request)
        response.headers["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


def _origin(url: str) -> str:
    """ "https://tiles.example/{z}/{x}/{y}.png" → "https://tiles.example"; {s} becomes any subdomain."""
    parts = urlsplit(url.replace("{s}", "*"))
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else ""


class SecurityHeaders:
    """A strict policy without nonces: no inline script, no inline style, nothing from elsewhere but the map's tiles."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        images = " ".join(filter(None, ["'self' data: blob:", _origin(settings.MAP_TILES_URL)]))
        self._policy = "; ".join(
            [
                "default-src 'self'",
                "script-src 'self'",
                "style-src 'self'",
                f"img-src {images}",
                "font-src 'self'",
                "media-src 'self' blob:",
                "worker-src 'self'",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ]
        )

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        response.headers.setdefault(
            "Content-Security-Policy", f"{self._policy}; connect-src 'self' {live_origin(request)}".rstrip()
        )
        if request.path.startswith(_PRIVATE_PATHS) or (
            request.path.startswith("/api/") and any(name in request.headers for name in _WHO_ASKS)
        ):
            response.headers.setdefault("Cache-Control", "no-store")
        if not is_for_everybody(request):
            response.headers["X-Robots-Tag"] = "noindex"
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()"
        )
        return response


def is_for_everybody(request: HttpRequest) -> bool:
    """May a search engine list what is answered here? Only what a public address without a secret in it says to whoever
    brings nothing: no cookie, no key, no words typed. All that is somebody's own needs one of these."""
    found = request.resolver_match
    if found is None:
        return True  # no page of ours: a static file, or nothing
    return (
        getattr(found.func, "permission", None) == PUBLIC
        and not _SECRETS & found.kwargs.keys()
        and request.method in ("GET", "HEAD")
        and not request.META.get("QUERY_STRING")
        and not any(request.headers.get(name) for name in _WHO_ASKS)
    )


def live_origin(request: HttpRequest) -> str:
    """Where the event streams are served: a proxy's address, else this host on the streams' own port. "" on no host."""
    if settings.LIVE_URL:
        return _origin(settings.LIVE_URL)
    host = host_of(request)
    if not host:
        return ""
    name = host[: host.rindex("]") + 1] if "]" in host else host.split(":")[0]
    return f"{request.scheme}://{name}:{settings.LIVE_PORT}"


class Refusals:
    """Turns ``Refused``, raised anywhere below a view, into an answer; also a ``ConnectorError`` about what the view
    cannot do without. What is too large is refused before it is read: Django would first write every file of a form to
    the disk, however large."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path:  # no text to PostgreSQL
            return not_found(request)
        # Without a length nothing is read at all (WSGI), so it cannot be left out to get around this.
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.REQUEST_MAX_BYTES:
            most = settings.REQUEST_MAX_BYTES // 2**20
            words = _("Gửi cùng lúc không quá %d MB. Bạn hãy gửi ít tệp hơn.")
            return refusal(request, Refused("too_large", words % most))
        response = self._get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not request.path.startswith("/open311/"):
            # Django answers with nothing, the library of the API in plain text.
            return method_not_allowed(request, response.headers.get("Allow", ""))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ConnectorError):
            logger.error("the outside failed in request %s: %s", getattr(request, "request_id", ""), exception)
            words = _("Một hệ thống khác đang không trả lời nên chưa làm được việc này. Bạn thử lại sau ít phút.")
            exception = Refused("unavailable", words)
        elif refused := outage(exception):
            return unreachable(request, refused)
        return refusal(request, exception) if isinstance(exception, Refused) else None


# ── Limits ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def client_address(request: HttpRequest) -> str:
    """Who asks: an IPv4 address or an IPv6 /64. Of ``X-Forwarded-For`` only what our own proxies wrote is believed."""
    address = request.META.get("REMOTE_ADDR", "")
    if proxies := settings.TRUSTED_PROXIES:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        address = hops[-proxies] if len(hops) >= proxies else address
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Buckets:
    """Token buckets by name and address, in the memory of this process.

    A limit keeps floods away; it counts nothing that matters. So it costs no statement on the hot path, forgets at a
    restart, and with N web processes lets through up to N times as much. Guessing of passwords and one-time codes is
    counted in the database, by identity.
    """

    MOST = 50_000  # addresses remembered; the least recent go first

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, address: str, *, burst: float, per_second: float) -> float:
        """Take one token. 0 when there was one, else the seconds until there is."""
        now, key = time.monotonic(), (name, address)
        with self._lock:
            tokens, at = self._held.pop(key, (burst, now))
            tokens = min(burst, tokens + (now - at) * per_second)
            wait = 0.0 if tokens >= 1 else (1 - tokens) / per_second
            self._held[key] = (tokens if wait else tokens - 1, now)
            if len(self._held) > self.MOST:
                self._held.popitem(last=False)
        return wait

    def clear(self) -> None:
        with self._lock:
            self._held.clear()


buckets = Buckets()
AnyView = TypeVar("AnyView", bound=Callable[..., Any])


def limited(name: str, *, per_hour: int, methods: tuple[str, ...] = ("POST",)) -> Callable[[AnyView], AnyView]:
    """At most ``per_hour`` requests of ``methods`` from one address, at once or spread out; then 429 with Retry-After.

    Be generous: a whole neighbourhood may share one address of a mobile carrier.
    """

    def mark(view: AnyView) -> AnyView:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> Any:
            if settings.RATE_LIMITS and request.method in methods:
                wait = buckets.take(name, client_address(request), burst=per_hour, per_second=per_hour / 3600)
                if wait:
                    words = _("Nơi bạn đang truy cập vừa gửi quá nhiều lần. Thử lại sau {n} phút, hoặc gọi {hotline}.")
                    told = words.format(n=math.ceil(wait / 60), hotline=hotline())
                    raise Refused("too_many", told, retry_after=math.ceil(wait))
            return view(request, *args, **kwargs)

        return cast("AnyView", guarded)

    return mark
