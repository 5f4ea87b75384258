"""Sending a photo ahead of its form, and handing files out: copies to whom a guard lets see them, originals to few."""

import re
from datetime import datetime
from typing import IO

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from motcua.kernel.files.actions import blur_regions, discard_file, store_file
from motcua.kernel.files.forms import BLANK_REGIONS, BlurForm, as_text
from motcua.kernel.files.kind import Purpose, Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import document_to_show, get_file, get_picture_to_blur, open_content
from motcua.kernel.identity.views import Request, public, requires
from motcua.lib.errors import Refused
from motcua.lib.pdfpages import MOST_PAGES, UnreadablePdfError, page_png

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
# (everybody may see it, the address names these very bytes): how long they may be kept
CACHING = {
    (True, True): "public, max-age=31536000, s-maxage=3600, immutable",
    (True, False): "public, max-age=300",
    (False, True): "private, max-age=31536000, immutable",
    (False, False): "private, no-cache",
}
_SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "application/pdf")


@public
@require_POST
def stage(request: Request) -> HttpResponse:
    """One file in the field ``tep``; answers how to show it, its token for the form, and what the photo tells.

    ``loai=tai-lieu`` takes papers as well: from officials, and from people who hold a link to a case.
    """
    actor = request.actor
    may_send_papers = actor.is_officer or actor.party_id is not None or actor.id is not None
    is_paper = request.POST.get("loai") == "tai-lieu" and may_send_papers
    upload = request.FILES.get("tep")
    if upload is None:
        raise Refused("empty", _("Bạn chưa chọn tệp nào."))
    file = store_file(
        upload,
        actor=actor,
        declared_name=upload.name or "",
        purpose=Purpose.DOCUMENT if is_paper else Purpose.PHOTO,
        source=get_adapter().get_client_ip(request),
    )
    return JsonResponse(staged(file), status=201)


def staged(file: File) -> dict[str, str | float | int | None]:
    """What the sender's page needs. Place and time are offers to the sender, who alone holds the token."""
    return {
        "token": file.token,
        "type": file.type,
        "size": file.size,
        "thumbnail": file.thumbnail_url if file.is_picture else None,
        "view": file.view_url if file.is_picture else None,
        "width": file.width,
        "height": file.height,
        "lat": file.lat,
        "lon": file.lon,
        "taken_at": file.taken_at.isoformat() if isinstance(file.taken_at, datetime) else None,
    }


@public
@require_POST
def discard(request: Request, token: str) -> HttpResponse:
    discard_file(token)
    return HttpResponse(status=204)


@public
@require_GET
def show(request: Request, token: str, variant: str) -> HttpResponseBase:
    """The bytes. A copy that anybody may see is kept by browsers for ever: its address changes when it does. Shared
    caches ask again every hour, so that a hidden case disappears from them."""
    try:
        wanted = Variant(variant)
    except ValueError as error:
        raise Http404 from error
    actor = request.actor
    file = get_file(token, wanted, actor=actor, source=get_adapter().get_client_ip(request))
    content = file.content_of(wanted)
    assert content is not None  # noqa: S101  get_file gives no variant that does not exist
    etag = f'"{content.hex()}"'
    if request.headers.get("If-None-Match") == etag:
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _bytes(request, file, wanted, etag)
    response["ETag"] = etag
    if wanted is Variant.ORIGINAL:
        response["Cache-Control"] = "private, no-store"
    else:
        is_public = actor.kind == "anonymous" and file.kept_at is not None
        is_exact = request.GET.get("v") == content.hex()[:12]
        response["Cache-Control"] = CACHING[is_public, is_exact]
    return response


@requires("desk.enter")
@never_cache
@require_http_methods(["GET", "POST"])
def blur(request: Request, token: str) -> HttpResponse:
    """Officials hide faces and plates: drawn on the picture, or as numbers."""
    file = get_picture_to_blur(token, actor=request.actor)
    back = request.GET.get("next", "")
    form = BlurForm({"regions": request.POST.getlist("vung")} if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        blur_regions(file.pk, form.cleaned_data["regions"], actor=request.actor)
        messages.success(request, _("Đã lưu. Người ngoài chỉ thấy ảnh đã làm mờ."))
        return redirect(request.get_full_path())
    context = {
        "file": file,
        "form": form,
        "regions": request.POST.getlist("vung") if form.is_bound else [as_text(part) for part in file.blurred],
        "blank": range(BLANK_REGIONS),
        "back": back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "",
    }
    return render(request, "files/desk/blur.html", context, status=422 if form.is_bound else 200)


@requires("desk.enter")
@require_GET
def page(request: Request, token: str, number: int) -> HttpResponse:
    """One page of a document as a picture, to be read beside a list."""
    document = document_to_show(token, actor=request.actor)
    if not 0 < number <= MOST_PAGES:
        raise Http404
    try:
        picture = page_png(document, number)
    except UnreadablePdfError as error:
        raise Http404 from error
    response = HttpResponse(picture, content_type="image/png")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _bytes(request: HttpRequest, file: File, variant: Variant, etag: str) -> HttpResponseBase:
    kind = file.type_of(variant)
    # What the sender made is not opened inside our pages: a browser saves it, except pictures and published papers.
    is_inline = kind in _SHOWN_INLINE and (variant is not Variant.ORIGINAL or file.is_picture)
    stream = open_content(file, variant)
    whole = FileResponse(stream, content_type=kind, filename=file.name_of(variant), as_attachment=not is_inline)
    whole["X-Content-Type-Options"] = "nosniff"
    whole["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    whole["Accept-Ranges"] = "bytes"
    wanted = _ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted is None or wanted.group() == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return whole
    part = _part(stream, int(whole["Content-Length"]), *wanted.groups())
    whole.close()
    for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options", "Content-Security-Policy"):
        part[name] = whole[name]
    return part


def _part(stream: IO[bytes], size: int, first: str, last: str) -> HttpResponse:
    """One range (RFC 9110 §14): "first-last", "first-" or "-count from the end". Files are small enough to hold."""
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    stream.seek(start)
    headers = {"Content-Range": f"bytes {start}-{end}/{size}", "Accept-Ranges": "bytes"}
    return HttpResponse(stream.read(end - start + 1), status=206, headers=headers)
