"""Keys and whom we believe, for administrators."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import list_officers, unit_ids_within
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org.queries import tree
from motcua.kernel.signing.actions import (
    NewKey,
    add_remote_key,
    add_root,
    add_software_key,
    add_token_key,
    remove_key,
    remove_root,
)
from motcua.kernel.signing.forms import FindKeyForm, RemoteKeyForm, RootForm, SoftwareKeyForm, TokenKeyForm
from motcua.kernel.signing.kind import KIND_NAMES, SIGNATORIES
from motcua.kernel.signing.models import SigningKey
from motcua.kernel.signing.ports import REMOTE_SIGNERS, TRUST_SERVICES, Credential, time_authority
from motcua.kernel.signing.queries import list_roots, managed_keys, may_choose_roots
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.vietnamese import fold

PAGE = 50
FILE_BYTES = 1 * 2**20  # of a key, a certificate or a picture
VALIDITY = {
    "early": ("warn", "clock"),
    "good": ("ok", "check"),
    "ending": ("warn", "hourglass-low"),
    "ended": ("bad", "alert-triangle"),
}


@requires("signing.manage")
@never_cache
@require_safe
def keys(request: Request) -> HttpResponse:
    return _page(request)


def _page(request: Request, health: Any = None) -> HttpResponse:
    rows = managed_keys(request.actor)
    form = FindKeyForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    found = [row for row in rows if fold(words) in fold(f"{row.owner} {row.key.label}")]
    asked = request.GET.get("trang", "")
    number = min(int(asked), -(-len(found) // PAGE)) if asked.isdecimal() and len(asked) < 6 else 1
    number = max(1, number)
    context = {
        "form": form,
        "count": len(rows),
        "lines": [
            (row, KIND_NAMES[row.key.kind], *VALIDITY[row.validity])
            for row in found[(number - 1) * PAGE : number * PAGE]
        ],
        "newer_url": _address(words, number - 1) if number > 1 else "",
        "older_url": _address(words, number + 1) if number * PAGE < len(found) else "",
        "ending": sum(row.validity in ("ending", "ended") for row in rows),
        "has_test": any(row.key.is_test for row in rows),
        "roots": list_roots(),
        "may_choose": may_choose_roots(request.actor),
        "services": [*REMOTE_SIGNERS.values(), *TRUST_SERVICES.values()],
        "has_time": time_authority() is not None,
        "health": health,
    }
    return render(request, "signing/desk/keys.html", context)


def _address(words: str, number: int) -> str:
    return f"{reverse('signing_keys')}?{urlencode({'q': words, 'trang': number})}"


@requires("signing.manage")
@never_cache
@require_POST
def check(request: Request, name: str) -> HttpResponse:
    """Asks the outside now. Nothing is signed."""
    service = REMOTE_SIGNERS.get(name) or TRUST_SERVICES.get(name)
    if service is None or not service.is_configured():
        raise Refused("not_found", _("Không có kết nối này."))
    return _page(request, (name, service.check()))


def _owners(actor: Actor) -> list[tuple[str, Any]]:
    """Bodies and those who may sign, whom ``actor`` manages."""
    ids = unit_ids_within(actor, "signing.manage")
    units = [unit for unit in tree().in_force if ids is None or unit.id in ids]
    officers = [row for row in list_officers(ids) if SIGNATORIES & set(row.roles)]
    return [
        (_("Dấu của đơn vị"), [(f"unit:{unit.id}", unit.name) for unit in units]),
        (
            _("Chữ ký của cán bộ"),
            [(f"officer:{row.id}", f"{row.name}, {tree().unit(row.unit_id).name}") for row in officers],
        ),
    ]


def _small(upload: Any) -> bytes:
    if upload is None:
        return b""
    if upload.size > FILE_BYTES:
        raise Refused("too_large", _("Tệp này lớn hơn 1 MB."))
    content: bytes = upload.read()
    return content


def _new(data: dict[str, Any]) -> NewKey:
    kind, _colon, number = data["owner"].partition(":")
    return NewKey(
        label=data["label"],
        unit_id=int(number) if kind == "unit" else None,
        officer_id=int(number) if kind == "officer" else None,
        picture=_small(data["picture"]),
        picture_width=data["width"] or 36.0,
        picture_height=data["height"] or 36.0,
    )


def _software(data: dict[str, Any], actor: Actor) -> SigningKey:
    return add_software_key(_new(data), _small(data["file"]), data["password"], actor=actor)


def _token(data: dict[str, Any], actor: Actor) -> SigningKey:
    return add_token_key(_new(data), data["token"], data["pin"], data["key"], actor=actor)


def _remote(data: dict[str, Any], actor: Actor) -> SigningKey:
    return add_remote_key(
        _new(data),
        data["service"],
        data["user"],
        _credential(data["service"], data["user"], data["credential"]),
        actor=actor,
    )


def _credential(service: str, user: str, wanted: str) -> Credential:
    """The one that is meant. Asks the service."""
    try:
        found = REMOTE_SIGNERS[service].credentials(user)
    except ConnectorError as error:
        raise Refused("unreachable", _("Dịch vụ không trả lời được: {reason}").format(reason=error)) from error
    if wanted:
        found = [one for one in found if one.id == wanted]
    if len(found) == 1:
        return found[0]
    if not found:
        words = _("Dịch vụ không có chứng thư nào dùng được cho người này.")
        raise Refused("invalid", words, fields={"user": words})
    words = _("Người này có nhiều chứng thư. Chọn một: {names}.").format(
        names="; ".join(f"{one.id} ({one.label})" for one in found)
    )
    raise Refused("invalid", words, fields={"credential": words})


WAYS: dict[str, tuple[Any, Callable[[dict[str, Any], Actor], SigningKey]]] = {
    "tep": (SoftwareKeyForm, _software),
    "thiet-bi": (TokenKeyForm, _token),
    "tu-xa": (RemoteKeyForm, _remote),
}


@requires("signing.manage")
@sensitive_post_parameters("password", "pin")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def add(request: Request, way: str) -> HttpResponse:
    if way not in WAYS:
        raise Refused("not_found", _("Không có trang này."))
    make_form, add_key = WAYS[way]
    form = make_form(request.POST or None, request.FILES or None, owners=_owners(request.actor))
    if form.is_bound and form.is_valid():
        try:
            key = add_key(form.cleaned_data, request.actor)
        except Refused as refused:
            placed = {name: words for name, words in refused.fields.items() if name in form.fields}
            for name, words in placed.items():
                form.add_error(name, words)
            if not placed:
                form.add_error(None, refused.message)
        else:
            messages.success(request, _("Đã thêm khoá {label}.").format(label=key.label))
            return redirect("signing_keys")
    status = 422 if form.is_bound else 200
    return render(request, "signing/desk/key_add.html", {"form": form, "way": way}, status=status)


@requires("signing.manage")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def remove(request: Request, key_id: int) -> HttpResponse:
    """Asked once more: what opens the key is thrown away."""
    row = next((row for row in managed_keys(request.actor) if row.key.pk == key_id), None)
    if row is None:
        raise Refused("not_found", _("Không tìm thấy khoá này."))
    if request.method == "POST":
        remove_key(key_id, actor=request.actor)
        messages.success(request, _("Đã gỡ khoá. Văn bản đã ký bằng khoá này vẫn còn giá trị."))
        return redirect("signing_keys")
    return render(request, "signing/desk/key_remove.html", {"row": row})


@requires("signing.manage")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def root_add(request: Request) -> HttpResponse:
    form = RootForm(request.POST, request.FILES) if request.method == "POST" else RootForm()
    if form.is_bound and form.is_valid():
        try:
            roots = add_root(_small(form.cleaned_data["file"]), actor=request.actor)
        except Refused as refused:
            form.add_error("file" if "file" in refused.fields else None, refused.message)
        else:
            messages.success(request, _("Từ giờ tin: {names}.").format(names=", ".join(root.name for root in roots)))
            return redirect("signing_keys")
    return render(request, "signing/desk/root_add.html", {"form": form}, status=422 if form.is_bound else 200)


@requires("signing.manage")
@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def root_remove(request: Request, root_id: int) -> HttpResponse:
    root = next((root for root in list_roots() if root.pk == root_id), None)
    if root is None:
        raise Refused("not_found", _("Không tìm thấy chứng thư này."))
    if request.method == "POST":
        remove_root(root_id, actor=request.actor)
        messages.success(request, _("Thôi tin chứng thư gốc này."))
        return redirect("signing_keys")
    return render(request, "signing/desk/root_remove.html", {"root": root})
