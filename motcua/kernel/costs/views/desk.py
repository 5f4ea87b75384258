"""Administration: the figures that costs are reckoned from, each with its source and its history."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from motcua.kernel.costs.actions import state_cost
from motcua.kernel.costs.forms import ActivityForm, ProcedureForm, YearForm
from motcua.kernel.costs.kind import ACTIVITIES, BASES, KINDS, SITUATIONS, STATED
from motcua.kernel.costs.models import Input
from motcua.kernel.costs.queries import inputs as queries
from motcua.kernel.costs.queries.sheets import sheets
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.procedures.queries.page import said
from motcua.kernel.procedures.queries.search import shelf
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import sort_key


@requires("cost.manage")
@never_cache
@require_safe
def cost_inputs(request: Request) -> HttpResponse:
    rows = queries.all_current(request.actor, local_today())
    found = queries.inputs(local_today())
    names = {hit.code: hit.title for hit in shelf().hits.values() if hit.is_filed_here}
    context = {
        "years": sorted(found.years.values(), key=lambda year: -year.year),
        "bases": BASES,
        "situations": SITUATIONS.values(),
        "activities": [
            (key, name, unit, [found.norm(key, situation) for situation in SITUATIONS], rows.get(f"activity:{key}"))
            for key, (name, unit) in ACTIVITIES.items()
        ],
        "stated": [(code, names[code], rows[f"procedure:{code}"]) for code in found.stated if code in names],
        "others": sorted(
            ((code, name) for code, name in names.items() if code not in found.stated), key=lambda one: sort_key(one[1])
        ),
    }
    return render(request, "costs/desk/list.html", context)


@requires("cost.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def new_year(request: Request) -> HttpResponse:
    form = YearForm(request.POST or None, initial={"year": local_today().year, "number": 0})
    if request.method == "POST" and form.is_valid():
        year = form.cleaned_data["year"]
        if Input.objects.filter(subject=f"year:{year}").exists():
            form.add_error("year", _("Đã có năm {year}. Mở năm đó để sửa.").format(year=year))
        else:
            done = _state(request, f"year:{year}", form)
            if done is not None:
                return done
    return _form_page(request, form, _("Thêm thu nhập của một năm"), [])


@requires("cost.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def cost_input(request: Request, kind: str, key: str) -> HttpResponse:
    """One figure, or one set of them: what holds, and what held before."""
    if kind not in KINDS or not key.isprintable():
        raise Refused("not_found", _("Không có mục này."))
    subject = f"{kind}:{key}"
    rows = queries.history(request.actor, subject)
    title = _title(kind, key, rows)
    now = queries.current(local_today()).get(subject)
    initial = {**(now.values if now else {}), "source": now.source if now else ""}
    initial |= {"number": rows[0].number if rows else 0, "year": key}
    form = _form(kind, key, request.POST or None, initial)
    if request.method == "POST" and form.is_valid():
        done = _state(request, subject, form)
        if done is not None:
            return done
    return _form_page(request, form, title, rows)


def _title(kind: str, key: str, rows: list[Input]) -> str:
    if kind == "activity" and key in ACTIVITIES:
        return str(ACTIVITIES[key][0])
    if kind == "year" and rows:
        return _("Thu nhập năm {year}").format(year=key)
    version = in_force(key) if kind == "procedure" else None
    if version is None or not version.body.is_filed_here:
        raise Refused("not_found", _("Không có mục này."))
    return said(version.body, "name")


def _form(kind: str, key: str, data: Any, initial: dict[str, Any]) -> YearForm | ActivityForm | ProcedureForm:
    if kind == "activity":
        return ActivityForm(data, initial=initial)
    if kind == "procedure":
        version = in_force(key)
        made = sheets(version.body, queries.Inputs(), 0) if version else None
        return ProcedureForm(
            data,
            initial=initial,
            has_online=made is not None and made.online is not None,
            computed=made.computed if made else {},
        )
    form = YearForm(data, initial=initial)
    form.fields["year"].disabled = True  # the year is what it is about
    return form


def _state(request: Request, subject: str, form: YearForm | ActivityForm | ProcedureForm) -> HttpResponse | None:
    given = form.cleaned_data
    try:
        state_cost(
            subject,
            form.values,
            actor=request.actor,
            source=given["source"],
            begins_on=given.get("begins_on"),
            number=given["number"],
        )
    except Refused as refused:
        if refused.code not in ("invalid", "stale"):
            raise
        for field, words in (refused.fields or {"source": refused.message}).items():
            form.add_error(field if field in form.fields else None, words)
        return None
    messages.success(request, _("Đã ghi. Bản trước còn trong lịch sử."))
    return redirect("cost_inputs")


def _form_page(request: Request, form: Any, title: str, rows: list[Input]) -> HttpResponse:
    told = [(row, _values(row)) for row in rows]
    context = {"form": form, "title": title, "rows": told}
    return render(request, "costs/desk/input.html", context, status=422 if form.errors else 200)


def _values(row: Input) -> list[tuple[Any, Any]]:
    words: dict[str, Any] = {"amount": _("Số tiền (đồng)"), **STATED}
    for situation, name in SITUATIONS.items():
        words[f"{situation}_minutes"] = _("{situation}: số phút").format(situation=name)
        words[f"{situation}_expense"] = _("{situation}: chi phí (đồng)").format(situation=name)
    told = [(words[name], value) for name, value in row.values.items() if name in words]
    return [(BASES[row.values["basis"]], ""), *told] if "basis" in row.values else told
