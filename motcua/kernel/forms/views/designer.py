"""Pages on which administrators design forms: the list, one form with its versions, its draft and its JSON."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.forms.actions import designing, versions
from motcua.kernel.forms.forms import ImportForm, JsonForm, NewForm
from motcua.kernel.forms.queries.differences import differences
from motcua.kernel.forms.queries.examples import try_examples
from motcua.kernel.forms.queries.versions import FormVersion, list_forms, version_of, versions_of
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.lib.errors import Refused

SHOWN = ("invalid", "stale", "wrong_state")  # refusals that are told on the page itself


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def show_list(request: Request) -> HttpResponse:
    """All forms; and where a new one begins, or a file comes in (``nap`` in the form)."""
    require(request.actor, "form.manage")
    new, file = NewForm(), ImportForm()
    if "nap" in request.POST:
        file = ImportForm(request.POST, request.FILES)
        if file.is_valid() and (version := _imported(request, file)):
            return redirect("form_versions", version.key)
    elif request.method == "POST":
        new = NewForm(request.POST)
        if new.is_valid():
            try:
                version = designing.begin_form(new.cleaned_data["key"], new.cleaned_data["title"], actor=request.actor)
            except Refused as refused:
                told(new, refused)
            else:
                return redirect("form_design", version.key)
    context = {"forms": list_forms(), "new": new, "file": file}
    return render(request, "forms/desk/list.html", context, status=422 if request.method == "POST" else 200)


def _imported(request: Request, form: ImportForm) -> FormVersion | None:
    data = form.cleaned_data
    try:
        version = versions.import_form(data["file"], actor=request.actor, is_published=data["is_published"])
    except Refused as refused:
        for line in mistakes_of(refused):
            form.add_error("file", line)
        return None
    messages.success(request, _("Đã nạp biểu mẫu. Bản trước vẫn còn, có thể đưa về."))
    return version


def mistakes_of(refused: Refused) -> list[str]:
    """Everything that is wrong with a form, one line each."""
    if refused.code not in SHOWN:
        raise refused
    lines: Any = refused.data.get("mistakes") or refused.data.get("failed") or [refused.message]
    return [str(line) for line in lines][:30]


def told(form: Any, refused: Refused) -> None:
    """A refusal at the field that it is about, else above all of them."""
    lines = mistakes_of(refused)
    if refused.fields:
        for name, words in refused.fields.items():
            form.add_error(name if name in form.fields else None, words)
        return
    for line in lines:
        form.add_error(None, line)


@requires("form.manage")
@never_cache
@require_safe
def show_form(request: Request, key: str) -> HttpResponse:
    """Versions, the newest first; and how the examples of the newest come out."""
    require(request.actor, "form.manage")
    found = versions_of(key)
    if not found:
        raise Refused("not_found", _("Không có biểu mẫu này."))
    context = {
        "key": key,
        "newest": found[0],
        "draft": found[0] if found[0].is_draft else None,
        "versions": [one for one in found if not one.is_draft],
        "tried": try_examples(found[0].form),
    }
    return render(request, "forms/desk/form.html", context)


@requires("form.manage")
@never_cache
@require_safe
def show_version(request: Request, key: str, number: int) -> HttpResponse:
    require(request.actor, "form.manage")
    return render(request, "forms/desk/version.html", {"key": key, "version": version_of(key, number)})


@requires("form.manage")
@never_cache
@require_safe
def export(request: Request, key: str, number: int) -> HttpResponse:
    """The file that ``import`` takes."""
    require(request.actor, "form.manage")
    version = version_of(key, number)
    body = {"key": key, **version.form.body}
    text = json.dumps(body, ensure_ascii=False, indent=2) + "\n"
    headers = {"Content-Disposition": f'attachment; filename="{key}.json"'}
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers=headers)


@requires("form.manage")
@never_cache
@require_safe
def compare(request: Request, key: str) -> HttpResponse:
    """Two versions beside each other: ``tu`` and ``den``, else the two newest."""
    require(request.actor, "form.manage")
    found = versions_of(key)
    if not found:
        raise Refused("not_found", _("Không có biểu mẫu này."))
    numbers = [one.number for one in found]
    after = _number(request.GET.get("den", ""), numbers, numbers[0])
    before = _number(request.GET.get("tu", ""), numbers, max((n for n in numbers if n < after), default=after))
    by_number = {one.number: one for one in found}
    context = {
        "key": key,
        "versions": found,
        "before": by_number[before],
        "after": by_number[after],
        "rows": differences(by_number[before].form.body, by_number[after].form.body),
    }
    return render(request, "forms/desk/compare.html", context)


def _number(text: str, known: list[int], otherwise: int) -> int:
    number = int(text) if text.isdecimal() and len(text) < 10 else otherwise
    return number if number in known else otherwise


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def edit_json(request: Request, key: str) -> HttpResponse:
    """The draft as text; what was typed stays, with every mistake named by its place."""
    require(request.actor, "form.manage")
    body, revision = designing.draft_body(key)
    text = json.dumps(body, ensure_ascii=False, indent=2)
    form = JsonForm(request.POST if request.method == "POST" else None, initial={"body": text, "revision": revision})
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            versions.save_draft(key, data["body"], actor=request.actor, revision=data["revision"], note=data["note"])
        except Refused as refused:
            for line in mistakes_of(refused):
                form.add_error("body", line)
        else:
            messages.success(request, _("Đã lưu bản nháp."))
            return redirect("form_versions", key)
    context = {"key": key, "form": form}
    return render(request, "forms/desk/json.html", context, status=422 if form.is_bound else 200)


# ── What is done with a form ────────────────────────────────────────────────────────────────────────────────────────


@requires("form.manage")
@require_POST
def begin(request: Request, key: str) -> HttpResponse:
    designing.begin_draft(key, actor=request.actor)
    return redirect("form_design", key)


@requires("form.manage")
@require_POST
def publish(request: Request, key: str) -> HttpResponse:
    revision = request.POST.get("revision", "")
    try:
        version = versions.publish(
            key, actor=request.actor, revision=int(revision) if revision.isdecimal() and len(revision) < 10 else None
        )
    except Refused as refused:
        for line in mistakes_of(refused):
            messages.error(request, line)
    else:
        messages.success(
            request, _("Đã công bố bản %(number)s. Từ giờ mọi người khai theo bản này.") % {"number": version.number}
        )
    return redirect("form_versions", key)


@requires("form.manage")
@require_POST
def discard(request: Request, key: str) -> HttpResponse:
    versions.discard_draft(key, actor=request.actor)
    messages.success(request, _("Đã bỏ bản nháp."))
    return redirect("form_versions" if versions_of(key) else "form_list", *([key] if versions_of(key) else []))


@requires("form.manage")
@require_POST
def roll_back(request: Request, key: str, number: int) -> HttpResponse:
    try:
        version = versions.roll_back(key, number, actor=request.actor)
    except Refused as refused:
        for line in mistakes_of(refused):
            messages.error(request, line)
    else:
        messages.success(
            request,
            _("Đã đưa về bản %(earlier)s, nay là bản %(number)s.") % {"earlier": number, "number": version.number},
        )
    return redirect("form_versions", key)
