"""The keep-promise board: public, live, with its method and its numbers for everybody."""

import csv
from datetime import date, datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.figures.queries import board as queries
from motcua.kernel.identity.views import public
from motcua.kernel.org import queries as org
from motcua.lib import moment

CSV_COLUMNS = ("day", "unit_code", "unit", "kind", "opened", "closed", "on_time", "late", "rejected", "reopened",
               "rated", "rating_sum")  # fmt: skip
LONGEST_EXPORT = timedelta(days=400)
ENOUGH_A_DAY = 10
MOST_LATE = 200


def _periods() -> list[tuple[str, str]]:
    return [
        ("hom-nay", _("Hôm nay")),
        ("7-ngay", _("7 ngày qua")),
        ("30-ngay", _("30 ngày qua")),
        ("90-ngay", _("90 ngày qua")),
        ("365-ngay", _("Một năm qua")),
    ]


@public
@require_safe
def board_page(request: HttpRequest, unit_code: str = "") -> HttpResponse:
    """The whole city's bodies, or one body's offices. ``?ky=`` the period, ``?loai=`` the kind of case."""
    unit = org.tree().by_code(unit_code) if unit_code else None
    if unit_code and unit is None:
        raise Http404
    # Everybody sees the same: what was drawn a moment ago is drawn again.
    key = (get_language(), request.get_full_path())
    drawn = _drawn.get(key)
    if drawn is None or not 0 <= (moment.now() - drawn[0]).total_seconds() < queries.KEPT_FOR:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        drawn = _drawn[key] = (
            moment.now(),
            render_to_string("board/_board.html", _board_context(request, unit), request),
        )
    if request.GET.get("part") == "board":
        response = HttpResponse(drawn[1])
    else:
        response = render(request, "board/board.html", {"unit": unit, "board_html": drawn[1]})
    response["Cache-Control"] = "no-cache"
    return response


_drawn: dict[tuple[str | None, str], tuple[datetime, SafeString]] = {}
MOST_DRAWN = 200


def forget_drawn() -> None:
    """Draw anew at the next request: between tests."""
    _drawn.clear()


def _board_context(request: HttpRequest, unit: org.UnitRow | None) -> dict[str, Any]:
    period = request.GET.get("ky", "")
    period = period if period in queries.PERIODS else "30-ngay"
    kind = request.GET.get("loai", "")
    kind = kind if kind in KINDS else ""
    shown = queries.board(period, kind, unit.id if unit else None)
    words = dict(_periods())[period]
    rows = [(row, queries.late_words(row.unit.id, row.now.oldest_due), _spark(row.trend)) for row in shown.rows]
    late = queries.late_cases(kind, unit.id if unit else None)
    has_more = len(late) == queries.WORST < shown.now.late
    return {
        "board": shown,
        "unit": unit,
        "parent": org.tree().unit(unit.parent_id) if unit and unit.parent_id else None,
        "periods": _periods(),
        "period_words": words,
        "kinds": [(name, declared.label) for name, declared in KINDS.items()],
        "kind_words": KINDS[kind].label if kind else _("Mọi việc") if len(KINDS) > 1 else _("Phản ánh của người dân"),
        "target": queries.TARGET,
        "few": queries.FEW,
        "main_rows": [line for line in rows if line[0].is_ranked or line[0].now.late],
        "few_rows": [line for line in rows if not line[0].is_ranked and not line[0].now.late],
        "late": late,
        "has_more": has_more,
        "unnamed": 0 if has_more else max(0, shown.now.late - len(late)),
        "chart": _chart(shown),
    }


def _spark(trend: tuple[float | None, ...]) -> dict[str, Any] | None:
    """Points of the small line on a scale from 80 to 100 percent; weeks without finished work are left out."""
    known = [(place, share) for place, share in enumerate(trend) if share is not None]
    if len(known) < 2:
        return None
    points = [
        (f"{place * 88 / (len(trend) - 1) + 2:.1f}", f"{26 - (max(share, 0.8) - 0.8) * 120:.1f}")
        for place, share in known
    ]
    return {"path": "M" + "L".join(f"{x} {y}" for x, y in points), "x": points[-1][0], "y": points[-1][1],
            "first": known[0][1], "last": known[-1][1]}  # fmt: skip


def _chart(shown: queries.Board) -> dict[str, Any] | None:
    """Share on time by day, for the line chart and its table; by week when the period is long, or when on one day so
    few are done that each of them would throw the line up and down."""
    is_weekly = len(shown.days) > 100 or 28 <= len(shown.days) > shown.done.closed / ENOUGH_A_DAY
    step = 7 if is_weekly else 1
    points: list[tuple[str, float | None, int]] = []
    for start in range(len(shown.days) % step, len(shown.days), step):  # whole weeks, up to today
        tally = queries.Tally()
        for _day, part in shown.days[start : start + step]:
            tally.closed += part.closed
            tally.on_time += part.on_time
        label = date_format(shown.days[start][0], "j/n")
        points.append((label, round(100 * tally.rate, 1) if tally.rate is not None else None, tally.closed))
    known = [share for _label, share, _number in points if share is not None]
    if len(known) < 2:
        return None
    return {
        "kind": "line",
        "x": [label for label, _share, _number in points],
        "series": [{"name": _("Đúng hẹn"), "data": [share for _label, share, _number in points]}],
        "unit": "%",
        "min": max(0, int(min(known) // 5 * 5)),
        "max": 100,
        "target": {
            "value": 100 * queries.TARGET,
            "words": _("Mục tiêu %(target)d%%") % {"target": 100 * queries.TARGET},
        },
        "rows": points,
        "is_weekly": is_weekly,
        "lowest": min(known),
        "last": known[-1],
    }


@public
@require_safe
def method_page(request: HttpRequest) -> HttpResponse:
    """How each figure is counted, in plain words."""
    return render(request, "board/method.html", {"target": queries.TARGET, "few": queries.FEW})


@public
@require_safe
def late_page(request: HttpRequest) -> HttpResponse:
    """Every published case whose promise is broken now, the worst first."""
    unit = org.tree().by_code(request.GET.get("don-vi", ""))
    unit_id = unit.id if unit else None
    late = queries.late_cases(unit_id=unit_id, limit=MOST_LATE)
    unnamed = max(0, queries.count_late(unit_id) - len(late))
    return render(request, "board/late.html", {"late": late, "unnamed": unnamed, "unit": unit})


def _span(request: HttpRequest) -> tuple[date, date]:
    until = timezone.localtime(moment.now()).date()
    try:
        last = date.fromisoformat(request.GET.get("den", "") or until.isoformat())
        first = date.fromisoformat(request.GET.get("tu", "") or (last - timedelta(days=89)).isoformat())
    except (ValueError, OverflowError) as error:
        raise Http404 from error
    return max(first, last - min(LONGEST_EXPORT, last - date.min)), last


@public
@require_safe
def open_data_csv(request: HttpRequest) -> HttpResponse:
    """Open data by day, unit and kind; ``?tu=`` and ``?den=`` are ISO dates, at most 400 days apart."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="motcua-so-lieu.csv"'
    response.write("\ufeff")  # so that spreadsheets read the tones
    writer = csv.DictWriter(response, CSV_COLUMNS, extrasaction="ignore")
    writer.writeheader()
    for row in queries.figure_rows(*_span(request)):
        writer.writerow({name: _plain(value) for name, value in row.items()})
    return response


def _plain(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula is marked as text."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@public
@require_safe
def open_data_json(request: HttpRequest) -> HttpResponse:
    first, last = _span(request)
    rows = [{name: row[name] for name in CSV_COLUMNS} for row in queries.figure_rows(first, last)]
    return JsonResponse({"from": first, "to": last, "rows": rows}, json_dumps_params={"ensure_ascii": False})
