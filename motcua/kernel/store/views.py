"""``/kho/``: one's own papers, links to them, and what is behind a link."""

import io
import tempfile
import zipfile
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.files.kind import SUFFIXES, Variant
from motcua.kernel.files.queries import open_content
from motcua.kernel.identity.queries import own_card
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.store import actions, queries
from motcua.kernel.store.forms import RevokeForm, ShareForm, WhoForm
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.files.models import File
    from motcua.kernel.store.models import StoreEntry

SHARE_COOKIE = "mc_share"
OPENED_FOR = timedelta(minutes=30)  # then somebody with the link says again who they are
_SHOWN_INLINE = ("image/jpeg", "image/png", "image/webp", "application/pdf")


def _refuse_at(form: ShareForm | WhoForm | RevokeForm, refused: Refused) -> None:
    placed = {field: words for field, words in refused.fields.items() if field in form.fields}
    for field, words in placed.items():
        form.add_error(field, words)
    if not placed:
        form.add_error(None, refused.message)


# ── The owner ───────────────────────────────────────────────────────────────────────────────────────────────────────


@requires("account.own")
@never_cache
@require_safe
def store(request: Request) -> HttpResponse:
    card = own_card(request.actor)  # refuses officials: the page is about people
    rows = queries.own_entries(request.actor)
    context = {
        "card": card,
        "valid": [row for row in rows if row.is_usable],
        "others": [row for row in rows if not row.is_usable],
        "shares": [share for share in queries.own_shares(request.actor) if share.is_open],
    }
    return render(request, "store/store.html", context)


@requires("account.own")
@never_cache
@require_safe
def entry(request: Request, entry_id: int) -> HttpResponse:
    page = queries.entry_page(entry_id, actor=request.actor)
    shares = queries.own_shares(request.actor, entry_id=entry_id)
    return render(request, "store/entry.html", {"page": page, "row": page.row, "shares": shares})


def _served(found: "StoreEntry", file: "File") -> HttpResponseBase:
    """The paper as it was signed. Its name says the type, never whose it is."""
    is_inline = file.type in _SHOWN_INLINE
    response = FileResponse(
        open_content(file, Variant.ORIGINAL),
        content_type=file.type,
        filename=_file_name(found, file),
        as_attachment=not is_inline,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    response["Cache-Control"] = "private, no-store"
    return response


def _file_name(found: "StoreEntry", file: "File") -> str:
    code = "".join(char if char.isalnum() or char in ".-" else "-" for char in found.code)
    return f"{code}-{found.pk}{SUFFIXES.get(file.type, '')}"


@requires("account.own")
@never_cache
@require_safe
def entry_file(request: Request, entry_id: int) -> HttpResponseBase:
    found = queries.own_entry(entry_id, actor=request.actor)
    if found.file is None:
        raise queries.not_found()
    return _served(found, found.file)


@requires("account.own")
@never_cache
@require_safe
def export(request: Request) -> HttpResponseBase:
    """Every paper, with an index that people and programs read."""
    own_card(request.actor)
    rows = queries.own_entries(request.actor)
    files = queries.files_of(rows)
    body = tempfile.SpooledTemporaryFile(max_size=8 * 2**20)  # noqa: SIM115  the response closes it
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        lines = []
        for number, row in enumerate(rows, 1):
            file, name = files.get(row.id), ""
            if file is not None:
                code = "".join(char if char.isalnum() or char in ".-" else "-" for char in row.code)
                name = f"{number:03d}-{code}{SUFFIXES.get(file.type, '')}"
                with open_content(file, Variant.ORIGINAL) as content, archive.open(name, "w") as target:
                    while chunk := content.read(2**16):
                        target.write(chunk)
            lines.append((row, name))
        archive.writestr("muc-luc.html", _index(lines))
    body.seek(0)
    response = FileResponse(body, content_type="application/zip", filename="kho-giay-to.zip", as_attachment=True)
    response["Cache-Control"] = "private, no-store"
    return response


def _index(lines: "list[tuple[queries.EntryRow, str]]") -> str:
    heads = (_("Giấy tờ"), _("Số"), _("Nơi cấp"), _("Ngày cấp"), _("Có giá trị đến"), _("Tình trạng"), _("Tệp"))
    out = io.StringIO()
    out.write('<!DOCTYPE html><html><head><meta charset="utf-8">')
    out.write(
        f"<title>{escape(_('Kho giấy tờ của tôi'))}</title></head><body><h1>{escape(_('Kho giấy tờ của tôi'))}</h1>"
    )
    out.write("<table border='1'><thead><tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr></thead>")
    for row, name in lines:
        cells = (
            row.name,
            row.number,
            row.issuer,
            row.issued_on.strftime("%d/%m/%Y"),
            row.valid_to.strftime("%d/%m/%Y") if row.valid_to else "",
            str(row.state_words[0]),
        )
        link = f'<a href="{escape(name)}">{escape(name)}</a>' if name else ""
        out.write("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + f"<td>{link}</td></tr>")
    out.write("</table></body></html>")
    return out.getvalue()


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def share(request: Request) -> HttpResponse:
    """``/kho/chia-se/``: make a link, see it once, see who opened the others."""
    own_card(request.actor)
    papers = [(row.id, f"{row.name}, {row.issuer}") for row in queries.own_entries(request.actor) if row.is_usable]
    chosen = request.GET.get("giay-to", "")
    form = ShareForm(request.POST or None, papers=papers, initial={"entries": [chosen]} if chosen else {})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _number, token = actions.share_entries(
                values["entries"],
                actor=request.actor,
                until=moment.now() + timedelta(days=values["days"]),
                purpose=values["purpose"],
            )
        except Refused as refused:
            _refuse_at(form, refused)
        else:
            return _new_link(request, token)
    context = {"form": form, "has_papers": bool(papers), "shares": queries.own_shares(request.actor)}
    return render(request, "store/share.html", context, status=422 if form.errors else 200)


@sensitive_variables("token")
def _new_link(request: Request, token: str) -> HttpResponse:
    """The link is shown this once: it is kept nowhere, not even in the session."""
    url = request.build_absolute_uri(reverse("store_shared", args=[token]))
    return render(request, "store/share_made.html", {"url": url})


@requires("account.own")
@require_POST
def end_share(request: Request, share_id: int) -> HttpResponse:
    actions.end_share(share_id, actor=request.actor)
    messages.success(request, _("Đã thôi chia sẻ. Liên kết không mở được nữa."))
    return redirect("store_share")


# ── Behind a link ───────────────────────────────────────────────────────────────────────────────────────────────────


def _opening(request: HttpRequest, token: str) -> int | None:
    """The number under which this browser said who its user is, for this very link; None when it did not lately."""
    try:
        said = signing.loads(
            request.COOKIES.get(SHARE_COOKIE, ""), salt=SHARE_COOKIE, max_age=int(OPENED_FOR.total_seconds())
        )
    except signing.BadSignature:
        return None
    return int(said["opening"]) if said.get("mark") == _mark(token) else None


def _mark(token: str) -> str:
    return signing.Signer(salt="motcua.share").signature(token)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def shared(request: Request, token: str) -> HttpResponse:
    page = queries.share_page(token)
    opening = _opening(request, token)
    form = WhoForm(request.POST or None)
    official = request.actor.name if request.actor.is_officer else ""
    if request.method == "POST" and (official or form.is_valid()):
        who = official or form.cleaned_data["who"]
        try:
            opening = actions.open_share(token, actor=request.actor, who=who)
        except Refused as refused:
            if refused.code != "invalid":
                raise
            _refuse_at(form, refused)
        else:
            away = redirect("store_shared", token)
            away.set_cookie(
                SHARE_COOKIE,
                signing.dumps({"opening": opening, "mark": _mark(token)}, salt=SHARE_COOKIE),
                max_age=int(OPENED_FOR.total_seconds()),
                path=reverse("store_share"),
                secure=request.is_secure(),
                httponly=True,
                samesite="Lax",
            )
            return away
    rows = queries.shared_entries(token, opening) if opening is not None else []
    context = {"page": page, "form": form, "rows": rows, "token": token, "official": official, "is_open": opening}
    return render(request, "store/shared.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_safe
def shared_file(request: Request, token: str, entry_id: int) -> HttpResponseBase:
    opening = _opening(request, token)
    if opening is None:
        queries.share_page(token)  # an ended link says so
        return redirect("store_shared", token)
    return _served(*queries.shared_file(token, opening, entry_id))


# ── Officials ───────────────────────────────────────────────────────────────────────────────────────────────────────


@requires("store.read")
@never_cache
@require_safe
def desk_file(request: Request, entry_id: int) -> HttpResponseBase:
    """A paper that a case uses, for those who may read the case. Its owner sees who opened it."""
    found = queries.entry_in_case(entry_id, actor=request.actor)
    if found.file is None:
        raise queries.not_found()
    actions.note_opened(found, actor=request.actor)
    return _served(found, found.file)


@requires("store.issue")
@never_cache
@require_http_methods(["GET", "POST"])
def desk_entry(request: Request, entry_id: int) -> HttpResponse:
    """A paper that came from a case: what it is, and taking it back by the unit that issued it."""
    found = queries.entry_in_case(entry_id, actor=request.actor)
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_entry(entry_id, actor=request.actor, reason=form.cleaned_data["reason"])
        except Refused as refused:
            if refused.code in ("not_found", "not_allowed"):
                raise
            _refuse_at(form, refused)
        else:
            messages.success(request, _("Đã thu hồi. Người có giấy tờ đọc được lý do."))
            return redirect("store_desk_entry", entry_id)
    context = {"row": queries.as_row(found), "form": form}
    return render(request, "store/desk/entry.html", context, status=422 if form.errors else 200)
