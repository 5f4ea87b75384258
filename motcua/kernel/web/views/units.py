"""Administration of units. Its packages lie below identity, whose doors these pages need, so the pages stand here."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.queries import unit_ids_within
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.identity.views.login import page as form_page
from motcua.kernel.org import actions, queries
from motcua.kernel.org.forms import UNIT_KINDS, EndUnitForm
from motcua.kernel.web.forms.units import add_form, change_form, may_manage, require_unit
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused


@requires("org.manage")
@never_cache
@require_safe
def list_units(request: Request) -> HttpResponse:
    """One level of the tree at a time, or what a search finds in the part that the reader administers."""
    words = request.GET.get("q", "").strip()[:80]
    tree = queries.tree()
    chosen = request.GET.get("duoi", "")
    under = row_number(chosen)
    if under is None and not words:
        roots = tree.children(None)
        under = roots[0].id if roots else None
    shown = queries.get_unit(under) if under is not None and not words else None
    ids = unit_ids_within(request.actor, "org.manage")
    rows = queries.list_units(under=under, words=words, ids=ids)
    today = queries.local_today()
    lines = [
        {
            "unit": unit,
            "kind": UNIT_KINDS[unit.kind],
            "below": len(tree.children(unit.pk)),
            "is_former": unit.valid_to is not None and unit.valid_to < today,
            "is_future": unit.valid_from > today,
        }
        for unit in rows
    ]
    context = {
        "lines": lines,
        "words": words,
        "shown": shown,
        "is_full": len(rows) >= queries.MOST_FOUND and bool(words),
        "above": list(reversed(tree.ancestors(shown.pk))) if shown else [],
        "may_add": shown is not None and may_manage(request.actor, shown.path),
    }
    return render(request, "org/desk/units.html", context)


@requires("org.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def add_unit(request: Request) -> HttpResponse:
    under = request.GET.get("duoi", "")
    initial = {"valid_from": queries.local_today(), "parent_id": under, "kind": "office"}
    if under.isdecimal() and len(under) < 18:
        parent = queries.get_unit(int(under))
        initial |= {"calendar_id": parent.calendar_id, "area": parent.area.code if parent.area else ""}
    form = add_form(request.actor, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        try:
            require_unit(request.actor, queries.get_unit(form.cleaned_data["parent_id"]).path)
            unit = actions.add_unit(actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã thêm {name}.").format(name=unit.name))
            return redirect("unit", unit.pk)
    return form_page(request, "org/desk/unit_add.html", form)


@requires("org.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def change_unit(request: Request, unit_id: int) -> HttpResponse:
    unit = queries.get_unit(unit_id)
    require_unit(request.actor, unit.path)
    form = change_form(request.actor, unit, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {"parent_id": unit.parent_id, **form.cleaned_data}
        try:
            actions.change_unit(unit_id, actor=request.actor, **values)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("unit", unit_id)
    return _unit_page(request, unit_id, form=form)


def _unit_page(request: Request, unit_id: int, *, form: Any, end_form: EndUnitForm | None = None) -> HttpResponse:
    unit = queries.get_unit(unit_id)
    today = queries.local_today()
    context = {
        "unit": unit,
        "kind": UNIT_KINDS[unit.kind],
        "above": list(reversed(queries.tree().ancestors(unit_id))),
        "below": queries.list_units(under=unit_id),
        "is_former": unit.valid_to is not None and unit.valid_to < today,
        "end_form": end_form or EndUnitForm(initial={"on": today}),
    }
    response = form_page(request, "org/desk/unit.html", form, **context)
    if end_form is not None:
        response.status_code = 422
    return response


@requires("org.manage")
@require_POST
def end_unit(request: Request, unit_id: int) -> HttpResponse:
    unit = queries.get_unit(unit_id)
    require_unit(request.actor, unit.path)
    form = EndUnitForm(request.POST)
    if form.is_valid():
        try:
            actions.end_unit(unit_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã ghi ngày kết thúc."))
            return redirect("unit", unit_id)
    return _unit_page(request, unit_id, form=change_form(request.actor, unit, None), end_form=form)
