"""Devices without a user: their list and their links; becoming one; proving that one is."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.actions import devices as actions
from motcua.kernel.identity.forms import DeviceForm
from motcua.kernel.identity.queries import devices as queries
from motcua.kernel.identity.views.doors import Request, public, requires
from motcua.kernel.identity.views.login import add_refusal, page
from motcua.lib.errors import Refused

COOKIE = "mc_station"
AnyView = TypeVar("AnyView", bound=Callable[..., Any])
_SECONDS_KEPT = 400 * 24 * 3600  # browsers keep no cookie longer


@requires("device.manage")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def devices(request: Request) -> HttpResponse:
    form = DeviceForm(request.POST or None, targets=queries.device_targets(request.actor))
    if request.method == "POST" and form.is_valid():
        purpose, unit_id, place = form.cleaned_data["target"].split(":", 2)
        try:
            token = actions.add_device(purpose, int(unit_id), place, form.cleaned_data["name"], actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            link = request.build_absolute_uri(reverse("device", args=[token]))
            qr = segno.make(link, error="m").svg_data_uri(scale=5, border=3)
            context = {"name": form.cleaned_data["name"], "link": link, "qr": qr}
            return render(request, "identity/desk/device_made.html", context)
    return page(request, "identity/desk/devices.html", form, devices=queries.list_devices(request.actor))


@requires("device.manage")
@require_POST
def revoke_device(request: Request, device_id: int) -> HttpResponse:
    device = actions.revoke_device(device_id, actor=request.actor)
    messages.success(request, _("Đã thu hồi. Máy {name} không mở được trang của nó nữa.").format(name=device.name))
    return redirect("devices")


@public
@never_cache
@require_safe
def device(request: HttpRequest, token: str) -> HttpResponse:
    """Makes this browser the device, and leads to what it shows; the address there gives nothing away."""
    found = queries.device_page(token)
    if found is None:
        raise Refused(
            "not_found", _("Đường dẫn này không còn dùng được. Hỏi người quản trị một đường dẫn mới cho máy.")
        )
    response = redirect(found)
    _keep(response, found, token)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _keep(response: HttpResponse, url: str, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=_SECONDS_KEPT,
        path=url,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def device_only(purpose: str) -> Callable[[AnyView], AnyView]:
    """Only a device for this gets in, at the unit ``code`` (and the ``place``) of the address: no other browser, and
    none whose link was revoked. Each page that it loads keeps it a device: it stands there for years."""

    def mark(view: AnyView) -> AnyView:
        @public
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, /, code: str, **kwargs: Any) -> HttpResponse:
            token = request.COOKIES.get(COOKIE, "")
            if not token or actions.use_device(token, purpose, code, kwargs.get("place", "")) is None:
                if request.headers.get("HX-Request"):
                    return HttpResponse(headers={"HX-Refresh": "true"})  # the whole page says why
                raise Refused(
                    "not_allowed",
                    _("Trang này chỉ mở trên máy của nơi tiếp nhận, bằng đường dẫn riêng do người quản trị tạo."),
                )
            response: HttpResponse = view(request, code, **kwargs)
            if not request.headers.get("HX-Request"):
                _keep(response, request.path, token)
            return response

        return cast("AnyView", guarded)

    return mark
