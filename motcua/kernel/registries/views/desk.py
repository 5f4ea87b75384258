"""``/desk/danh-ba/``: asking registries, writing the local ones, how their sources fare, who asked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.registries import actions, queries
from motcua.kernel.registries.forms import ImportForm, LookUpForm, RecordForm
from motcua.kernel.registries.kind import REGISTRIES, RegistryKind
from motcua.kernel.registries.ports import source_of
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused


def add_refusal(form: LookUpForm | RecordForm | ImportForm, refused: Refused) -> None:
    placed = {field: words for field, words in refused.fields.items() if field in form.fields}
    for field, words in placed.items():
        form.add_error(field, words)
    if not placed:
        form.add_error(None, refused.message)


@requires("registry.look_up")
@never_cache
@require_safe
def list_registries(request: Request) -> HttpResponse:
    return render(request, "registries/desk/registries.html", {"kinds": list(REGISTRIES.values())})


@requires("registry.look_up")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def look_up(request: Request, registry: str) -> HttpResponse:
    kind = queries.registry_kind(registry)
    form = LookUpForm(request.POST or None, kind=kind)
    context: dict[str, object] = {"kind": kind}
    if request.method == "POST" and form.is_valid():
        try:
            answer = actions.look_up(
                registry,
                form.key,
                actor=request.actor,
                purpose=form.cleaned_data["purpose"],
                reason=form.cleaned_data["reason"],
            )
        except Refused as refused:
            add_refusal(form, refused)
        else:
            record = answer.record
            context |= {"answer": answer, "shown": queries.shown_values(kind, record.values) if record else []}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "registries/desk/look_up.html", {**context, "form": form}, status=status)


# ── Managing ────────────────────────────────────────────────────────────────────────────────────────────────────────


@requires("registry.manage")
@never_cache
@require_safe
def manage(request: Request) -> HttpResponse:
    counts = queries.count_records(actor=request.actor)
    rows = [(kind, counts[kind.name]) for kind in REGISTRIES.values()]
    return render(request, "registries/desk/manage.html", {"rows": rows})


@requires("registry.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def registry(request: Request, registry: str) -> HttpResponse:
    """The records, masked; and a file to import, of which every mistake is told with its line."""
    kind = queries.registry_kind(registry)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    problems: list[actions.Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            told = actions.import_file(registry, form.cleaned_data["file"].read(), actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
            found = refused.data.get("problems")
            problems = list(found) if isinstance(found, list) else []
        else:
            words = _("Đã nạp: thêm {added}, sửa {changed}, giữ nguyên {unchanged}.")
            messages.success(request, words.format(added=told.added, changed=told.changed, unchanged=told.unchanged))
            return redirect("registry", registry)
    lines = queries.list_records(registry, actor=request.actor, before=_before(request))
    older = f"?{urlencode({'before': lines[49].id})}" if len(lines) > 50 else ""
    context = {"kind": kind, "form": form, "problems": problems, "lines": lines[:50], "older_url": older}
    return render(request, "registries/desk/registry.html", context, status=422 if form.errors else 200)


@requires("registry.manage")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def add_record(request: Request, registry: str) -> HttpResponse:
    return _record_page(request, queries.registry_kind(registry), RecordForm(
        request.POST or None, kind=queries.registry_kind(registry)
    ), None)  # fmt: skip


@requires("registry.manage")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def record(request: Request, record_id: int) -> HttpResponse:
    """The record whole: who opened it is noted."""
    kind, values = actions.open_record(record_id, actor=request.actor)
    return _record_page(request, kind, RecordForm(request.POST or None, kind=kind, values=values), record_id)


def _record_page(request: Request, kind: RegistryKind, form: RecordForm, record_id: int | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_record(kind.name, form.cleaned_data, actor=request.actor, record_id=record_id)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã lưu bản ghi."))
            return redirect("registry", kind.name)
    context = {"kind": kind, "form": form, "record_id": record_id}
    return render(request, "registries/desk/record.html", context, status=422 if form.errors else 200)


@requires("registry.manage")
@require_POST
def remove_record(request: Request, record_id: int) -> HttpResponse:
    registry = actions.remove_record(record_id, actor=request.actor)
    messages.success(request, _("Đã bỏ bản ghi."))
    return redirect("registry", registry)


@requires("registry.manage")
@never_cache
@require_safe
def sources(request: Request) -> HttpResponse:
    return _sources(request, {})


@requires("registry.manage")
@never_cache
@require_POST
def check_source(request: Request, registry: str) -> HttpResponse:
    """Asks the outside now, about nobody."""
    require(request.actor, "registry.manage")
    queries.registry_kind(registry)
    return _sources(request, {registry: source_of(registry).check(registry)})


def _sources(request: Request, checked: dict[str, str]) -> HttpResponse:
    rows = [(row, checked.get(row.registry)) for row in queries.source_rows(actor=request.actor)]
    context = {"rows": rows, "hours": queries.look_ups_per_hour(actor=request.actor)}
    return render(request, "registries/desk/sources.html", context)


def _before(request: Request) -> int | None:
    asked = request.GET.get("before", "")
    return row_number(asked)


@requires("registry.manage")
@never_cache
@require_safe
def log(request: Request) -> HttpResponse:
    name, who = (request.GET.get(key, "").replace("\0", "") for key in ("danh-ba", "ai"))
    registry = name if name in REGISTRIES else ""
    rows = queries.list_look_ups(actor=request.actor, registry=registry, who=who, before=_before(request), limit=51)
    query = {key: value for key, value in (("danh-ba", registry), ("ai", who)) if value}
    older = f"?{urlencode({**query, 'before': str(rows[49].id)})}" if len(rows) > 50 else ""
    context = {"rows": rows[:50], "older_url": older, "kinds": REGISTRIES.values(), "registry": registry, "who": who}
    return render(request, "registries/desk/log.html", context)
