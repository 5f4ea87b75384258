"""What makes the portal work without a connection and from the home screen: service worker, manifest, icon."""

import hashlib
import json
from functools import lru_cache
from io import BytesIO

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw

from motcua.kernel.identity.views import public

FILES = (
    "mc/portal.css",
    "mc/portal.js",
    "mc/map.css",
    "mc/map.js",
    "mc/img/icon.svg",
    *(f"mc/fonts/{name}.woff2" for name in ("be-vietnam-pro-latin-400", "be-vietnam-pro-vietnamese-400",
      "be-vietnam-pro-latin-600", "be-vietnam-pro-vietnamese-600", "mc-num-600")),
    *(f"incidents/{name}" for name in ("report.css", "early.js", "outbox.js", "exif.js", "report.js", "sw.js")),
)  # fmt: skip
ICON_SIZES = (180, 192, 512)


@lru_cache(maxsize=1)
def _version() -> str:
    """Changes when one of the files does; then browsers fetch the shell anew."""
    digest = hashlib.sha256()
    for name in FILES:
        found = finders.find(name)
        if isinstance(found, str):
            with open(found, "rb") as file:  # noqa: PTH123  a finder gives a plain name
                digest.update(file.read())
    return digest.hexdigest()[:12]


@public
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """From the root, so that it may serve every page. Small: what it does stands in a static file."""
    shell = {
        "version": _version(),
        "files": [static(name) for name in FILES],
        "form": reverse("report"),
        "offline": reverse("offline"),
    }
    scripts = ", ".join(json.dumps(static(f"incidents/{name}.js")) for name in ("outbox", "sw"))
    script = f"self.mcShell = {json.dumps(shell)};\nimportScripts({scripts});\n"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Service-Worker-Allowed"] = "/"
    return response


@public
@require_safe
@cache_control(public=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "id": "/",
            "name": "Một Cửa",
            "short_name": "Một Cửa",
            "description": _("Gửi phản ánh, xem việc đến đâu, hẹn lúc nào xong."),
            "lang": get_language(),
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "background_color": "#F7F5F0",
            "theme_color": "#FFFFFF",
            "icons": [
                {"src": reverse("app_icon", args=[n]), "sizes": f"{n}x{n}", "type": "image/png", "purpose": use}
                for n in ICON_SIZES[1:]
                for use in ("any", "maskable")
            ],
            "shortcuts": [
                {"name": _("Gửi phản ánh"), "url": reverse("report")},
                {"name": _("Theo dõi việc"), "url": reverse("follow")},
            ],
        },
        content_type="application/manifest+json",
    )


@public
@require_safe
@cache_control(public=True, max_age=86400)
def app_icon(request: HttpRequest, size: int) -> HttpResponse:
    if size not in ICON_SIZES:
        raise Http404
    return HttpResponse(_drawn(size), content_type="image/png")


@lru_cache(maxsize=len(ICON_SIZES))
def _drawn(size: int) -> bytes:
    """The open door of the brand, on a full square: phones cut their own shape out of it. Drawn large, then reduced."""
    unit = size * 4 / 60  # the sign's own 40 units, with the margin that a cut-out needs

    def at(*values: float) -> list[float]:
        return [(value + 10) * unit for value in values]

    picture = Image.new("RGB", (size * 4, size * 4), "#2A4494")
    draw = ImageDraw.Draw(picture)
    thick = round(2.6 * unit)
    draw.arc(at(9.7, 4.7, 30.3, 25.3), 180, 360, fill="white", width=thick)
    draw.rectangle(at(9.7, 15, 12.3, 32), fill="white")
    draw.rectangle(at(27.7, 15, 30.3, 32), fill="white")
    draw.polygon(at(15.5, 32, 15.5, 15.5, 16.6, 12.6, 20, 11, 25.2, 9.8, 25.2, 34), fill="#F4B41A")
    draw.ellipse(at(20.8, 21, 23.8, 24), fill="#14192B")
    out = BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()
