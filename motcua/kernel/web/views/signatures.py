"""Anybody asks whether a signed PDF is what it seems. The file is a stranger's: it is judged in a process of its own,
and nothing of it is kept."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import public
from motcua.kernel.signing.queries import one_by_one, verdict, verify_distrusted
from motcua.kernel.web.views.middleware import limited
from motcua.lib.errors import Refused


@public
@csrf_exempt  # changes nothing; the portal's pages carry no token, so that they set no cookie
@never_cache
@require_http_methods(["GET", "POST"])
@limited("verify", per_hour=60)
def verify_signature(request: HttpRequest) -> HttpResponse:
    context: dict[str, object] = {"limit": settings.DOCUMENT_MAX_BYTES // 2**20}
    status = 200
    if request.method == "POST":
        try:
            name, pdf = _upload(request)
            found = verify_distrusted(pdf)
        except Refused as refused:
            context["problem"], status = refused.message, 503 if refused.code == "busy" else 422
        else:
            context |= {"name": name, "found": found, "verdict": verdict(found), "signatures": one_by_one(found)}
    return render(request, "portal/verify_signature.html", context, status=status)


def _upload(request: HttpRequest) -> tuple[str, bytes]:
    upload = request.FILES.get("tep")
    if upload is None or not upload.size:
        raise Refused("empty", _("Bạn chưa chọn tệp nào. Hãy chọn tệp PDF đã ký."))
    if upload.size > settings.DOCUMENT_MAX_BYTES:
        limit = settings.DOCUMENT_MAX_BYTES // 2**20
        raise Refused("too_large", _("Tệp này lớn hơn %(limit)d MB nên không kiểm tra được ở đây.") % {"limit": limit})
    return (upload.name or "")[:80], upload.read()
