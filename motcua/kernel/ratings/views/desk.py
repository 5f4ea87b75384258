"""Results for those who lead: by unit, officer, procedure, reception, way and month; what people wrote; CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.identity.queries import may
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import safe_next
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions.giving import hide_words
from motcua.kernel.ratings.queries import results as queries

if TYPE_CHECKING:
    from motcua.kernel.ratings.queries.results import Results


def _dimensions() -> list[tuple[str, str]]:
    return [
        ("unit", _("Đơn vị")),
        ("officer", _("Cán bộ")),
        ("procedure", _("Thủ tục")),
        ("point", _("Nơi tiếp nhận")),
        ("kind", _("Cách đánh giá")),
        ("month", _("Tháng")),
    ]


def _asked(request: Request) -> tuple[Results, str]:
    by = request.GET.get("theo", "")
    by = by if by in queries.DIMENSIONS else "unit"
    unit = queries.readable_unit(request.GET.get("donvi", ""), actor=request.actor)
    return queries.results(unit, queries.period_of(request.GET.get("ky", "")), by), by


@requires("rating.read")
@never_cache
@require_safe
def results(request: Request) -> HttpResponse:
    found, by = _asked(request)
    ticked, grades = queries.reasons(found)
    above = [unit for unit in reversed(org.tree().ancestors(found.unit.id)) if queries.may_read(request.actor, unit)]
    query = urlencode({"donvi": found.unit.code, "ky": found.period.key, "theo": by})
    context = {
        "found": found,
        "by": by,
        "dimensions": _dimensions(),
        "rows": queries.with_codes(found.rows) if by == "unit" else [(row, "") for row in found.rows],
        "above": above,
        "periods": [(one.key, one.name) for one in queries.periods()],
        "reasons": ticked,
        "grades": grades,
        "words": queries.words_said(found),
        "may_hide": may(request.actor, "rating.hide", unit_path=found.unit.path),
        "csv_url": f"{reverse('ratings_csv')}?{query}"
        if may(request.actor, "rating.export", unit_path=found.unit.path)
        else "",
        "least": queries.least(),
    }
    return render(request, "ratings/desk/results.html", context)


COLUMNS = ("unit", "period", "by", "name", "ratings", "very_happy", "happy", "unhappy", "share", "low", "high")


@requires("rating.export")
@never_cache
@require_safe
def export(request: Request) -> HttpResponse:
    """What the page shows, no more: empty where there are too few."""
    found, by = _asked(request)
    if not may(request.actor, "rating.export", unit_path=found.unit.path):
        raise queries.no_such_unit()
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="danh-gia-{found.period.key}.csv"'
    response.write("\ufeff")  # so that spreadsheets read the tones
    writer = csv.writer(response)
    writer.writerow(COLUMNS)
    for name, tally in [(found.unit.name, found.total), *((row.name, row.tally) for row in found.rows)]:
        figures = (
            (tally.n, tally.very_happy, tally.happy, tally.unhappy,
             *(f"{share:.4f}" for share in (tally.share or 0.0, *tally.interval)))
            if tally
            else ("",) * 7
        )  # fmt: skip
        writer.writerow((_plain(found.unit.name), found.period.key, by, _plain(name), *figures))
    return response


def _plain(value: str) -> str:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@requires("rating.hide")
@require_POST
def hide(request: Request, rating_id: str) -> HttpResponse:
    try:
        number = UUID(rating_id)
    except ValueError:
        raise Http404 from None
    hide_words(number, actor=request.actor)
    messages.success(request, _("Đã ẩn. Đánh giá vẫn được tính như trước."))
    return redirect(safe_next(request) or "ratings")
