"""Administration: what reports are about, where they go, and how long that takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.cases.actions import rules as actions
from motcua.kernel.cases.forms import rules as forms
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.cases.queries.routing import route
from motcua.kernel.cases.queries.rules import category_by_code, rules, target_words
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib.errors import Refused


@requires("category.manage")
@require_safe
def categories_page(request: Request) -> HttpResponse:
    rows = Category.objects.select_related("parent").order_by("kind", "position", "name")
    return render(request, "cases/categories.html", {"rows": [(row, _urgencies([row.urgency])) for row in rows]})


def _urgencies(names: Sequence[str]) -> str:
    words = dict(forms.URGENCIES)
    return ", ".join(str(words.get(name, name)) for name in names)


def _categories(kind: str, codes: Sequence[str]) -> str:
    found = ((code, rules().category(kind, code)) for code in codes)
    return ", ".join(category.label if category else code for code, category in found)


def _areas(codes: Sequence[str]) -> str:
    found = ((code, places.area_by_code(code)) for code in codes)
    return ", ".join(area.name if area else code for code, area in found)


@requires("routing.manage")
@require_safe
def routing_page(request: Request) -> HttpResponse:
    """The rules in their order, and a dry run: ``?category=…&area=…``."""
    form = forms.TryForm(request.GET or None)
    steps: tuple[str, ...] = ()
    if request.GET and form.is_valid():
        steps = _dry_run(form.cleaned_data)
    rows = [
        (row, _categories(row.kind, row.categories), _areas(row.areas), target_words(row.target))
        for row in RoutingRule.objects.order_by("kind", "position")
    ]
    return render(request, "cases/routing.html", {"rows": rows, "form": form, "steps": steps})


def _dry_run(asked: dict[str, Any]) -> tuple[str, ...]:
    kind = next(iter(KINDS))
    category = category_by_code(kind, asked["category"]) if asked["category"] else None
    area = places.area_by_code(asked["area"]) if asked["area"] else None
    way = route(kind, category_id=category.id if category else None, area_id=area.id if area else None, explain=True)
    if way is None:
        return (_("Không quy tắc nào khớp: tổng đài quyết định."),)
    return (*way.steps, f"→ {org.tree().unit(way.unit_id).name}")


@requires("clock.manage")
@require_safe
def clock_rules_page(request: Request) -> HttpResponse:
    rows = ClockRule.objects.order_by("kind", "position")
    labels = {name: label for kind in KINDS.values() for name, label in kind.clock_labels.items()}
    shown = [
        (row, labels.get(row.clock, row.clock), _categories(row.kind, row.categories), _areas(row.areas),
         _urgencies(row.urgencies))
        for row in rows
    ]  # fmt: skip
    return render(request, "cases/clock_rules.html", {"rows": shown})


@dataclass(frozen=True, slots=True)
class _Editing:
    model: type[Model]
    form: type[django_forms.ModelForm]  # type: ignore[type-arg]
    save: Callable[..., Model]
    back: str
    new: str
    change: str
    remove: str = ""  # url name; "" for what is never taken away, only ended


def _edit(request: Request, editing: _Editing, row_id: int | None) -> HttpResponse:
    row = editing.model._default_manager.filter(pk=row_id).first() if row_id else None
    if row_id and row is None:
        raise Refused("not_found", _("Dòng này không còn nữa. Tải lại danh sách."))
    form = editing.form(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            editing.save(row_id, form.cleaned_data, actor=request.actor)
        except Refused as refusal:
            for field, words in refusal.fields.items() or [(None, refusal.message)]:
                form.add_error(field if field in form.fields else None, words)
        else:
            messages.success(request, _("Đã lưu. Việc mới dùng ngay; việc đang chạy giữ như cũ."))
            return redirect(editing.back)
    context = {
        "form": form,
        "title": editing.change if row else editing.new,
        "back": reverse(editing.back),
        "remove_url": reverse(editing.remove, args=[row_id]) if row and editing.remove else "",
    }
    return render(request, "cases/rule_form.html", context, status=422 if form.errors else 200)


@requires("category.manage")
@require_http_methods(["GET", "POST"])
def category_form(request: Request, row_id: int | None = None) -> HttpResponse:
    return _edit(
        request,
        _Editing(
            Category, forms.CategoryForm, actions.save_category, "categories", _("Thêm loại việc"), _("Sửa loại việc")
        ),
        row_id,
    )


@requires("routing.manage")
@require_http_methods(["GET", "POST"])
def routing_form(request: Request, row_id: int | None = None) -> HttpResponse:
    return _edit(
        request,
        _Editing(
            RoutingRule,
            forms.RoutingRuleForm,
            actions.save_routing_rule,
            "routing",
            _("Thêm quy tắc"),
            _("Sửa quy tắc"),
            "routing_remove",
        ),
        row_id,
    )


@requires("clock.manage")
@require_http_methods(["GET", "POST"])
def clock_rule_form(request: Request, row_id: int | None = None) -> HttpResponse:
    return _edit(
        request,
        _Editing(
            ClockRule,
            forms.ClockRuleForm,
            actions.save_clock_rule,
            "clock_rules",
            _("Thêm thời hạn"),
            _("Sửa thời hạn"),
            "clock_rule_remove",
        ),
        row_id,
    )


@requires("routing.manage")
@require_POST
def routing_remove(request: Request, row_id: int) -> HttpResponse:
    actions.remove_routing_rule(row_id, actor=request.actor)
    messages.success(request, _("Đã bỏ quy tắc."))
    return redirect("routing")


@requires("clock.manage")
@require_POST
def clock_rule_remove(request: Request, row_id: int) -> HttpResponse:
    actions.remove_clock_rule(row_id, actor=request.actor)
    messages.success(request, _("Đã bỏ thời hạn."))
    return redirect("clock_rules")
