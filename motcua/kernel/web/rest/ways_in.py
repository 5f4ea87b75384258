"""How programs say who they are.

The middleware has found that out already (request.actor), for pages and programs alike. What stands here describes the
ways for the documentation, and asks for the proof that a page of ours sent what a cookie would sign.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.translation import gettext as _
from ninja.security import APIKeyCookie, APIKeyHeader, HttpBearer

from motcua.kernel.identity.views import LINK_COOKIE, LINK_HEADER
from motcua.lib.errors import Refused


class ServiceKey(HttpBearer):
    """``Authorization: Bearer <key>`` of a machine."""

    def authenticate(self, request: HttpRequest, token: str) -> bool:
        return True


class PrivateLink(APIKeyHeader):
    """The last part of the address of a private link, ``/p/<token>/``: somebody of one case."""

    param_name = LINK_HEADER

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        return bool(key)


class Session(APIKeyCookie):
    """Somebody who signed in on a page, or holds private links there; what writes needs the header X-CSRFToken."""

    param_name = settings.SESSION_COOKIE_NAME

    def _get_key(self, request: HttpRequest) -> str | None:
        cookies = [request.COOKIES.get(name) for name in (self.param_name, LINK_COOKIE)]
        if any(cookies):
            check_csrf(request)
        return next(filter(None, cookies), None)

    def authenticate(self, request: HttpRequest, key: str | None) -> bool:
        return bool(key)


def check_csrf(request: HttpRequest) -> None:
    """Refused("not_allowed") when a page of somebody else's may have sent it."""
    request.csrf_processing_done = False  # type: ignore[attr-defined]  # the views of the API are exempt until here
    middleware = CsrfViewMiddleware(_nothing)
    middleware.process_request(request)
    if middleware.process_view(request, _nothing, (), {}) is not None:
        raise Refused("not_allowed", _("Thiếu hoặc sai X-CSRFToken."))


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def anybody(request: HttpRequest) -> bool:
    """Each operation says for itself what it needs."""
    return True


WAYS_IN: list[Any] = [ServiceKey(), PrivateLink(), Session(), anybody]
