"""The structured editor: steps and fields of a draft, changed one at a time."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from motcua.kernel.forms.actions import designing
from motcua.kernel.forms.forms import KIND_NAMES, FieldForm, KindForm, WordsForm, field_shape, kind_in
from motcua.kernel.forms.kind import Field, Form, Kind
from motcua.kernel.forms.queries.versions import FormVersion, versions_of
from motcua.kernel.forms.views.designer import mistakes_of, told
from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.lib.errors import Refused

OPEN = (Kind.GROUP, Kind.REPEAT)  # fields whose own fields are edited as well


def _draft(key: str) -> FormVersion:
    found = versions_of(key)
    if not found or not found[0].is_draft:
        raise Refused("not_found", _("Biểu mẫu này không có bản nháp."))
    return found[0]


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def show_draft(request: Request, key: str) -> HttpResponse:
    """Steps and fields in their order. Buttons move and drop one of them; ``viec`` says which and how."""
    require(request.actor, "form.manage")
    draft = _draft(key)
    problems: list[str] = []
    if request.method == "POST":
        try:
            _do(request, key)
        except Refused as refused:
            problems = mistakes_of(refused)
        else:
            return redirect("form_design", key)
    context = {
        "key": key,
        "draft": draft,
        "steps": [(step, [_line(one, draft.form) for one in step.fields]) for step in draft.form.steps],
        "kinds": KindForm(),
        "problems": problems,
    }
    return render(request, "forms/desk/design.html", context, status=422 if problems else 200)


def _line(one: Field, form: Form) -> dict[str, Any]:
    return {
        "field": one,
        "kind": KIND_NAMES[one.kind],
        "inner": [_line(child, form) for child in one.children] if one.kind in OPEN else [],
        "holder": ".".join(part for part in one.path.split(".")[:-1] if part != "*"),
        "name": ".".join(part for part in one.path.split(".") if part != "*"),
        "is_open": one.kind in OPEN,
    }


def _do(request: Request, key: str) -> None:
    what, _colon, name = request.POST.get("viec", "").partition(":")
    revision = request.POST.get("revision", "")
    told_by: dict[str, Any] = {
        "actor": request.actor,
        "revision": int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
    }
    holder, _dot, field = name.rpartition(".")
    match what:
        case "len":
            designing.move_field(key, holder, field, -1, **told_by)
        case "xuong":
            designing.move_field(key, holder, field, 1, **told_by)
        case "bo":
            designing.drop_field(key, holder, field, **told_by)
        case "buoc-len":
            designing.move_step(key, name, -1, **told_by)
        case "buoc-xuong":
            designing.move_step(key, name, 1, **told_by)
        case "gop":
            designing.join_step(key, name, **told_by)
        case _:
            raise Refused("invalid", _("Không có việc này."))


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def edit_words(request: Request, key: str, step: str = "") -> HttpResponse:
    """Words of the form itself, or of a step; ``moi`` is a new step."""
    require(request.actor, "form.manage")
    body, revision = designing.draft_body(key)
    held = body if not step else next((one for one in body.get("layout", []) if one["key"] == step), {})
    if step and not held and step != "moi":
        raise Refused("not_found", _("Không có bước này."))
    form = WordsForm(request.POST if request.method == "POST" else None, initial={**held, "revision": revision})
    if form.is_bound and form.is_valid():
        told_by: dict[str, Any] = {"actor": request.actor, "revision": form.cleaned_data["revision"]}
        try:
            if step:
                name = _new_step(body) if step == "moi" else step
                designing.put_step(key, name, form.words, **told_by)
            else:
                designing.change_form(key, form.words, **told_by)
        except Refused as refused:
            told(form, refused)
        else:
            return redirect("form_design", key)
    context = {"key": key, "form": form, "step": step, "is_new": step == "moi"}
    return render(request, "forms/desk/words.html", context, status=422 if form.is_bound else 200)


def _new_step(body: dict[str, Any]) -> str:
    known = {one["key"] for one in body.get("layout", [])}
    return next(name for number in range(1, 1000) if (name := f"step_{number}") not in known)


@requires("form.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def edit_field(request: Request, key: str) -> HttpResponse:
    """``o`` names the field; a new one has a kind, ``loai``, and perhaps the group that it is for, ``nhom``."""
    require(request.actor, "form.manage")
    body, revision = designing.draft_body(key)
    holder, _dot, was = request.GET.get("o", "").rpartition(".")
    if not was:
        holder = request.GET.get("nhom", "")
    held = designing.held_in(body, holder)
    written, kind = _written(request, body, held, was)
    layout = body.get("layout", [])
    steps = [(one["key"], one["title"]) for one in layout] if not holder else []
    step = next((one["key"] for one in layout if was in one["fields"]), request.GET.get("buoc", ""))
    initial = {"key": was, "is_required": was in held.get("required", []), "step": step, "revision": revision}
    more: dict[str, Any] = {"kind": kind, "body": written, "steps": steps}
    form = FieldForm(request.POST, **more) if request.method == "POST" else FieldForm(initial=initial, **more)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            designing.put_field(
                key, holder, data["key"], form.as_json,
                is_required=data["is_required"], step=data.get("step", ""), was=was, actor=request.actor,
                revision=data["revision"],
            )  # fmt: skip
        except Refused as refused:
            told(form, refused)
        else:
            return redirect(f"{reverse('form_design', args=[key])}#o-{f'{holder}.' if holder else ''}{data['key']}")
    context = {"key": key, "form": form, "kind": KIND_NAMES[kind], "was": was, "holder": holder}
    return render(request, "forms/desk/field.html", context, status=422 if form.is_bound else 200)


def _written(request: Request, body: dict[str, Any], held: dict[str, Any], was: str) -> tuple[dict[str, Any], Kind]:
    """The field's JSON so far, and its kind."""
    if was:
        if was not in held["properties"]:
            raise Refused("not_found", _("Không có ô này."))
        written: dict[str, Any] = held["properties"][was]
        return written, kind_in(written, body.get("$defs", {}))
    try:
        kind = Kind(request.GET.get("loai", ""))
    except ValueError:
        kind = Kind.TEXT
    return field_shape(kind), kind
