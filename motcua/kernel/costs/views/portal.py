"""What the platform saves people, for everybody: all procedures, one with its sheets, and the numbers to take along."""

import csv
from typing import Any

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.kernel.costs.kind import ACTIVITIES, SITUATIONS
from motcua.kernel.costs.queries import savings as queries
from motcua.kernel.costs.queries.inputs import Inputs
from motcua.kernel.identity.views import Request, public

COLUMNS = (
    "code", "name", "from", "to", "income_per_hour", "volume", "at_counter", "online", "volume_is_stated",
    "before_minutes", "before_cost", "before_papers", "before_visits", "before_fee",
    "counter_minutes", "counter_cost", "counter_papers", "counter_visits", "counter_fee",
    "online_minutes", "online_cost", "online_papers", "online_visits", "online_fee",
    "year_before_cost", "year_after_cost", "year_saved_cost", "year_saved_minutes", "year_saving_rate",
)  # fmt: skip


def _asked(request: Request) -> queries.Period:
    """``?nam=2026``: that year; else the last twelve months. A year of which nothing was counted is not known."""
    text = request.GET.get("nam", "")
    if not text:
        return queries.period()
    if not (text.isdecimal() and len(text) == 4 and int(text) in queries.years()):
        raise Http404
    return queries.period(int(text))


@public
@require_safe
def savings_page(request: Request) -> HttpResponse:
    asked = _asked(request)
    found = queries.savings(asked)
    context = {
        "period": asked,
        "years": queries.years(),
        "found": found,
        "norms": _norms(found.inputs) if found else [],
    }
    return render(request, "costs/portal/savings.html", context)


def _norms(found: Inputs) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "unit": unit,
            "norms": [(words, found.norm(activity, situation)) for situation, words in SITUATIONS.items()],
            "source": found.sources.get(activity, ""),
        }
        for activity, (name, unit) in ACTIVITIES.items()
    ]


@public
@require_safe
def procedure_costs(request: Request, code: str) -> HttpResponse:
    asked = _asked(request)
    one = queries.saving_of(code, asked)
    if one is None:
        raise Http404
    context = {"one": one, "saving": one.saving, "period": asked, "years": queries.years()}
    return render(request, "costs/portal/procedure.html", context)


def _rows(found: queries.Savings | None) -> list[dict[str, Any]]:
    """Money in đồng, time in minutes, shares 0–1; ``None`` where there is nothing to say."""
    rows = []
    for saving in (*found.rows, *found.others) if found else ():
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {
            "code": saving.code,
            "name": saving.name,
            "from": found.period.first.isoformat() if found else None,
            "to": found.period.last.isoformat() if found else None,
            "income_per_hour": found.year.hourly if found else None,
            "volume": saving.volume.number,
            "at_counter": saving.volume.counter,
            "online": saving.volume.online,
            "volume_is_stated": saving.volume.is_stated,
            "year_before_cost": saving.before_year.cost,
            "year_after_cost": saving.after_year.cost,
            "year_saved_cost": saving.saved_year.cost,
            "year_saved_minutes": saving.saved_year.minutes,
            "year_saving_rate": None if saving.year_rate_bp is None else saving.year_rate_bp / 10_000,
        }
        for sheet in saving.sheets.each:
            name = sheet.situation
            row |= {f"{name}_minutes": sheet.once.minutes, f"{name}_cost": sheet.once.cost}
            row |= {f"{name}_papers": sheet.papers, f"{name}_visits": sheet.visits, f"{name}_fee": sheet.fee}
        rows.append(row)
    return rows


@public
@require_safe
def savings_csv(request: Request) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="motcua-tiet-kiem.csv"'
    response.write("\ufeff")  # so that spreadsheets read the tones
    writer = csv.DictWriter(response, COLUMNS)
    writer.writeheader()
    for row in _rows(queries.savings(_asked(request))):
        # A text that a spreadsheet would take for a formula is marked as text.
        writer.writerow(row | {"name": f"'{row['name']}" if row["name"][:1] in "=+-@\t\r" else row["name"]})
    return response


@public
@require_safe
def savings_json(request: Request) -> HttpResponse:
    asked = _asked(request)
    found = queries.savings(asked)
    told = {
        "method": _("Mô hình chi phí chuẩn, Thông tư 02/2017/TT-VPCP Điều 27"),
        "from": asked.first,
        "to": asked.last,
        "income": {"year": found.year.year, "per_hour": found.year.hourly, "source": found.year.source}
        if found
        else None,
        "saved_cost": found.saved.cost if found else None,
        "saved_minutes": found.saved.minutes if found else None,
        "rows": _rows(found),
    }
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
