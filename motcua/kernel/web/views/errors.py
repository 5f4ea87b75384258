"""Refusals and failures as people and programs see them: an HTML page, or problem JSON (RFC 9457)."""

import logging
import sys
from http import HTTPStatus
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.template import loader
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from motcua.kernel.identity.views import public
from motcua.kernel.packs.queries import emergency_words, hotline
from motcua.lib.errors import Refused

logger = logging.getLogger("motcua.web")
STATUS = {
    "bad_request": HTTPStatus.BAD_REQUEST,
    "invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "sign_in": HTTPStatus.UNAUTHORIZED,
    "reauthenticate": HTTPStatus.UNAUTHORIZED,  # they signed in too long ago for this
    "bad_key": HTTPStatus.UNAUTHORIZED,
    "bad_signature": HTTPStatus.UNAUTHORIZED,  # of a receipt
    "not_allowed": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "stale": HTTPStatus.CONFLICT,
    "precondition_failed": HTTPStatus.PRECONDITION_FAILED,  # stale, to a program that sent If-Match
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,  # of a file
    "damaged": HTTPStatus.UNPROCESSABLE_ENTITY,
    "empty": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_pixels": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
PICTURES = {
    HTTPStatus.NOT_FOUND: "file-search",
    HTTPStatus.FORBIDDEN: "lock",
    HTTPStatus.UNAUTHORIZED: "lock",
    HTTPStatus.TOO_MANY_REQUESTS: "hourglass-low",
    HTTPStatus.CONFLICT: "refresh-alert",
}
# SQLSTATE: connection failures, too many connections, and a server that stops, was killed or starts.
_AWAY = ("08", "53300", "57P")
_BACK_SECONDS = 5  # the supervisor starts PostgreSQL again at once
MACHINE_PATHS = ("/api/", "/open311/", "/live/", "/maps/")


def status_of(refused: Refused) -> int:
    """Whatever is not in the list cannot be done in the present state of things: a conflict."""
    return STATUS.get(refused.code, HTTPStatus.CONFLICT)


def wants_json(request: HttpRequest) -> bool:
    if request.path.startswith(MACHINE_PATHS):
        return True
    kind = request.get_preferred_type(["text/html", "application/json", "application/problem+json"])
    return kind is not None and kind != "text/html"


def problem(request: HttpRequest, refused: Refused) -> JsonResponse:
    """Problem JSON; ``code`` is the stable word, ``errors`` names the fields."""
    status = status_of(refused)
    body: dict[str, object] = {
        **refused.data,
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": refused.message,
        "code": refused.code,
        "instance": request.path,
    }
    if refused.fields:
        body["errors"] = refused.fields
    if number := getattr(request, "request_id", ""):
        body["request_id"] = number
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if seconds := refused.data.get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """The address is right, what they want to do there is not; ``allowed`` says to a program what is. A person who
    comes back to where a form was sent (by "reload", or after signing in) is told to go one page back."""
    words = _("Địa chỉ này không nhận %(method)s, chỉ nhận: %(allowed)s.")
    words %= {"method": request.method, "allowed": allowed}
    if not wants_json(request):
        words = _("Trang này chỉ mở bằng nút bấm ở trang trước. Quay lại trang đó rồi bấm lại.")
    response = refusal(request, Refused("method_not_allowed", words))
    response["Allow"] = allowed
    return response


def refusal(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The one translator of ``Refused``: by path and Accept, problem JSON, a note for htmx, or a page."""
    if wants_json(request):
        return problem(request, refused)
    status = status_of(refused)
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=status)
        response["X-Refused"] = quote(refused.message)  # toast.js shows it; headers carry no Vietnamese letters
        if status == HTTPStatus.UNAUTHORIZED:
            response["HX-Redirect"] = _login_url(request, request.headers.get("HX-Current-URL", ""))
    else:
        response = _page(request, status, _title(status), refused.message, code=refused.code, fields=refused.fields)
    response["Cache-Control"] = "no-store"
    if seconds := refused.data.get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response


def _title(status: int) -> str:
    return {
        HTTPStatus.NOT_FOUND: _("Không thấy trang này"),
        HTTPStatus.FORBIDDEN: _("Bạn không vào được trang này"),
        HTTPStatus.UNAUTHORIZED: _("Bạn cần đăng nhập"),
        HTTPStatus.TOO_MANY_REQUESTS: _("Bạn vừa gửi quá nhiều lần"),
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Tệp quá lớn"),
        HTTPStatus.UNPROCESSABLE_ENTITY: _("Có chỗ cần sửa"),
    }.get(HTTPStatus(status), _("Chưa làm được việc này"))


def _page(
    request: HttpRequest,
    status: int,
    title: str,
    text: str,
    *,
    code: str = "",
    fields: dict[str, str] | None = None,
) -> HttpResponse:
    context = {
        "title": title,
        "text": text,
        "code": code,
        "fields": list((fields or {}).values()),
        "picture": PICTURES.get(HTTPStatus(status), "alert-circle"),
        "request_id": getattr(request, "request_id", ""),
        "back": _back(request),
        "login_url": _login_url(request, _back(request)) if status == HTTPStatus.UNAUTHORIZED else "",
    }
    return HttpResponse(loader.render_to_string("errors/page.html", context, request), status=status)


def host_of(request: HttpRequest) -> str:
    """The host that was asked for; "" when it is none of ours. What answers such a request must not fail over it."""
    try:
        return request.get_host()
    except DisallowedHost:
        return ""


def _login_url(request: HttpRequest, page: str) -> str:
    """The door for this part of the house, and from there back to the page that was asked from."""
    door = resolve_url("account_login" if request.path.startswith("/desk/") else settings.LOGIN_URL)
    here = request.build_absolute_uri("/") if host_of(request) else ""
    return f"{door}?{urlencode({'next': page.removeprefix(here[:-1])})}" if here and page.startswith(here) else door


def _back(request: HttpRequest) -> str:
    """The page we were sent from, when it is one of ours and not this one."""
    if not host_of(request):
        return ""
    referer = request.headers.get("Referer", "")
    here = request.build_absolute_uri("/")
    return referer if referer.startswith(here) and referer != request.build_absolute_uri() else ""


# ── Handlers named in the project's URLs and settings ──────────────────────────────────────────────────────────────


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(
        request,
        Refused(
            "not_found", _("Đường dẫn có thể đã gõ sai, hoặc trang không còn nữa. Kiểm tra lại từng ký tự của mã.")
        ),
    )


@requires_csrf_token
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return refusal(
        request, Refused("not_allowed", _("Trang này dành cho người có quyền xem. Hãy đăng nhập đúng tài khoản."))
    )


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Also what came before anybody knew who asks, or for a host that is not ours: so with the plain page."""
    words = _("Trình duyệt gửi lên một yêu cầu không đọc được. Hãy mở lại trang.")
    if wants_json(request):
        return problem(request, Refused("bad_request", words))
    return _plain_page(request, HTTPStatus.BAD_REQUEST, _title(HTTPStatus.BAD_REQUEST), words)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, cookies are off, or somebody else sent it."""
    return refusal(
        request,
        Refused("not_allowed", _("Trang đã mở quá lâu nên chưa gửi được. Quay lại, tải lại trang rồi gửi lần nữa.")),
    )


def outage(error: BaseException | None) -> Refused | None:
    """What to answer when the database is away for a moment; ``None`` when that is not what went wrong. Whether the
    last change was kept is not known then, so people are asked to send it again: what takes something in knows it by
    its key."""
    state = getattr(error.__cause__, "sqlstate", None) if isinstance(error, OperationalError) else ""
    if state is not None and not state.startswith(_AWAY):  # without a state: no server was reached at all
        return None
    logger.error("the database is away: %s", type(error.__cause__).__name__ if error else "")
    words = _("Hệ thống đang khởi động lại, bạn đợi ít phút. Nếu vừa bấm gửi, hãy quay lại trang trước rồi gửi lại.")
    return Refused("unavailable", words, retry_after=_BACK_SECONDS)


def unreachable(request: HttpRequest, refused: Refused) -> HttpResponse:
    """``outage`` as an answer that needs no database itself."""
    if wants_json(request) or request.headers.get("HX-Request"):
        return refusal(request, refused)
    status = HTTPStatus.SERVICE_UNAVAILABLE
    response = _plain_page(request, status, _title(status), refused.message)
    response["Cache-Control"] = "no-store"
    response["Retry-After"] = str(_BACK_SECONDS)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """A bug of ours, or no database. Depends on nothing that may be broken: no database, no session, no context
    processor."""
    if refused := outage(sys.exc_info()[1]):
        return unreachable(request, refused)
    number = getattr(request, "request_id", "")
    text = _("Lỗi do hệ thống, không phải do bạn. Chúng tôi đã ghi lại. Thử lại sau ít phút.")
    if wants_json(request):
        body = {
            "type": "about:blank",
            "title": "Internal Server Error",
            "status": 500,
            "detail": text,
            "code": "failed",
        }
        return JsonResponse({**body, "request_id": number}, status=500, content_type="application/problem+json")
    return _plain_page(request, HTTPStatus.INTERNAL_SERVER_ERROR, _("Hệ thống đang trục trặc"), text)


def _plain_page(request: HttpRequest, status: HTTPStatus, title: str, text: str) -> HttpResponse:
    try:
        stylesheet = static("mc/portal.css")
    except ValueError:  # the static files were not collected: the page is readable without
        stylesheet = ""
    context = {
        "title": title,
        "text": text,
        "again": _("Thử lại"),
        "help": f"{_('Việc gấp: gọi %(hotline)s.') % {'hotline': hotline(ask=False)}} {emergency_words(ask=False)}",
        "request_id": getattr(request, "request_id", ""),
        "language": get_language(),
        "stylesheet": stylesheet,
    }
    return HttpResponse(loader.render_to_string("errors/plain.html", context), status=status)


@public
def offline(request: HttpRequest) -> HttpResponse:
    """Kept by the service worker, and shown when there is no connection."""
    return HttpResponse(loader.render_to_string("errors/offline.html", {"home": reverse("home")}, request))
