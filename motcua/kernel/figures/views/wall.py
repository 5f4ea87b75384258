"""The wall: one screen for leaders, read from across the room. Nothing scrolls; it keeps itself up to date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from motcua.kernel.cases.kind import CHANNELS
from motcua.kernel.cases.queries.watching import OpenCase
from motcua.kernel.events.queries import kind_of, sentence
from motcua.kernel.figures.queries import wall as queries
from motcua.kernel.figures.queries.board import TARGET, body_of, late_words
from motcua.kernel.identity.views import requires
from motcua.kernel.org import queries as org
from motcua.lib.redaction import redact

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event
    from motcua.kernel.figures.queries.wall import Reach, Wall
    from motcua.kernel.identity.views import Request

UNITS_SHOWN, EMERGENCIES_SHOWN, CHANNELS_SHOWN = 6, 2, 4
SPARK_WIDTH, SPARK_HEIGHT = 146, 52
CHART_WIDTH, CHART_HEIGHT, CHART_LEFT, CHART_BOTTOM = 430, 200, 40, 30
HUES = ("brand", "on", "soon", "paused", "muted")
# What a sentence of the timeline may name here. Words that people wrote stay on the case's own page.
NAMED = {"unit", "category", "code", "into", "score"}


@dataclass(frozen=True, slots=True)
class Figure:
    label: str
    value: float | None
    form: str  # number | share | hours | rating
    line: str
    trend: str  # up | down | flat | "": the arrow
    tone: str  # of the number
    hue: str  # of the small line
    spark: dict[str, str] | None
    url: str = ""


@requires("wall.watch")
@require_safe
def wall_page(request: Request) -> HttpResponse:
    """``?part=wall`` gives what changes, for the live refresh."""
    reach = queries.reach_of(request.actor)
    context = _context(queries.wall(reach))
    name = "wall/_parts.html" if request.GET.get("part") == "wall" else "wall/wall.html"
    response = render(request, name, context)
    response["Cache-Control"] = "no-store"
    return response


@requires("wall.watch")
@require_safe
def points(request: Request) -> HttpResponse:
    """The open cases of the map, the late ones last, so that they are drawn above the others."""
    shown = queries.wall(queries.reach_of(request.actor))
    rank = {"paused": 0, "on": 1, "soon": 2, "late": 3}
    found = [
        {"lat": case.lat, "lon": case.lon, "s": case.state, "x": int(case.is_emergency and case.state == "late"),
         "t": redact(case.title), "u": case.url, "w": _where(case)}
        for case in sorted(shown.cases, key=lambda case: rank[case.state])
        if case.lat is not None
    ]  # fmt: skip
    response = JsonResponse(found, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "no-store"
    return response


@requires("wall.watch")
@require_safe
def late_page(request: Request) -> HttpResponse:
    """Broken promises of one unit (``?don-vi=``) or of everything within reach, the longest broken first."""
    reach = queries.reach_of(request.actor)
    code = request.GET.get("don-vi", "")
    unit = org.tree().by_code(code) if code else None
    if code and (unit is None or not _touches(reach, unit)):
        raise Http404
    rows = [
        (case, late_words(case.unit_id, case.due_at), org.tree().unit(case.unit_id).name)
        for case in queries.late_cases(reach, unit.id if unit else None)
    ]
    response = render(
        request,
        "wall/late.html",
        {"rows": rows, "unit": unit or queries.root_of(reach), "is_cut": len(rows) == queries.MOST_LATE},
    )
    response["Cache-Control"] = "no-store"
    return response


def _touches(reach: Reach, unit: org.UnitRow) -> bool:
    """Whether anything at or below the unit lies within reach: nobody else learns that it exists."""
    return reach is None or not set(reach).isdisjoint(org.tree().ids_under(unit.path))


def _where(case: OpenCase) -> str:
    unit = org.tree().unit(body_of(case.unit_id))
    return unit.short_name or unit.name


def _context(shown: Wall) -> dict[str, Any]:
    late = [(case, late_words(case.unit_id, case.due_at), _where(case)) for case in shown.emergencies]
    lines = [(line, late_words(line.unit.id, line.now.oldest_due), _bar(line, shown.units)) for line in shown.units]
    return {
        "wall": shown,
        "figures": _figures(shown),
        "on": shown.now.open - shown.now.late - shown.now.soon - shown.now.paused,
        "units": lines[:UNITS_SHOWN],
        "all_units": lines,
        "others": lines[UNITS_SHOWN:],
        "others_late": sum(line.now.late for line, _words, _bar in lines[UNITS_SHOWN:]),
        "emergencies": late[:EMERGENCIES_SHOWN],
        "emergencies_late": sum(case.state == "late" for case, _words, _unit in late),
        "chart": _chart(shown),
        "channels": _channels(shown),
        "happenings": [(event, _headline(event), case, _where(case)) for event, case in shown.happenings],
        "centre": _centre(shown.cases),
    }


def _centre(cases: Sequence[OpenCase]) -> tuple[float, float] | None:
    """Where the map looks until its points are there."""
    places = [(case.lat, case.lon) for case in cases if case.lat is not None and case.lon is not None]
    if not places:
        return None
    return median(lat for lat, _lon in places), median(lon for _lat, lon in places)


def _address(name: str, **query: str) -> str:
    try:
        address = reverse(name)
    except NoReverseMatch:  # the wall stands without that page as well
        return ""
    return f"{address}?{urlencode(query)}" if query else address


# ── The six figures ────────────────────────────────────────────────────────────────────────────────────────────────


def _figures(shown: Wall) -> list[Figure]:
    done, before, weeks = shown.done(), shown.done(queries.WINDOW), shown.weekly()
    opens, lates = [count for count, _late in shown.course], [late for _open, late in shown.course]
    usual = shown.same_weekday()
    mean = sum(usual) / len(usual)
    return [
        Figure(_("Đang mở"), shown.now.open, "number", _since_yesterday(opens), _trend(opens[0], opens[-1]),
               "", "brand", _spark(opens), _address("inbox", xem="unit")),
        Figure(_("Đang trễ"), shown.now.late, "number", _since_yesterday(lates), _trend(lates[0], lates[-1]),
               "late" if shown.now.late else "", "late", _spark(lates), _address("wall_late")),
        Figure(_("Sắp đến hạn"), shown.now.soon, "number",
               ngettext("%(count)s việc đến hạn trong 1 giờ tới", "%(count)s việc đến hạn trong 1 giờ tới",
                        shown.dues[0]) % {"count": shown.dues[0]},
               "", "soon" if shown.now.soon else "", "soon", _spark(shown.dues),
               _address("inbox", xem="unit", han="soon")),
        Figure(_("Đúng hẹn, 30 ngày"), done.rate, "share",
               _("mục tiêu %(target)d%%") % {"target": 100 * TARGET}, _trend(before.rate, done.rate),
               "", "on", _spark([week.rate for week in weeks]), _address("board")),
        Figure(_("Nhận hôm nay"), shown.today.opened, "number",
               _("%(weekday)s thường nhận %(mean)d cả ngày") % {"weekday": _weekday(shown), "mean": round(mean)},
               _trend(mean, shown.today.opened), "", "brand", _spark([*usual, shown.today.opened])),
        Figure(_("Giờ giữa, 30 ngày"), done.median_hours, "hours", _before(before.median_hours),
               _trend(before.median_hours, done.median_hours), "", "brand",
               _spark([week.median_hours for week in weeks]), _address("board")),
        Figure(_("Hài lòng, 30 ngày"), done.rating, "rating",
               ngettext("thang 5, %(count)s lượt", "thang 5, %(count)s lượt", done.rated)
               % {"count": done.rated}, _trend(before.rating, done.rating), "", "on",
               _spark([week.rating for week in weeks])),
    ]  # fmt: skip


def _weekday(shown: Wall) -> str:
    names = (_("thứ Hai"), _("thứ Ba"), _("thứ Tư"), _("thứ Năm"), _("thứ Sáu"), _("thứ Bảy"), _("Chủ nhật"))
    return names[timezone.localtime(shown.at).weekday()]


def _since_yesterday(course: Sequence[int]) -> str:
    change = course[-1] - course[0]
    if change == 0:
        return _("như giờ này hôm qua")
    words = _("hơn giờ này hôm qua %(count)d") if change > 0 else _("kém giờ này hôm qua %(count)d")
    return words % {"count": abs(change)}


def _before(value: float | None) -> str:
    return _("trước đó %(value)s") % {"value": number_format(value, 1)} if value is not None else _("từ gửi đến xong")


def _trend(before: float | None, now: float | None) -> str:
    if before is None or now is None:
        return ""
    return "up" if now > before else "down" if now < before else "flat"


def _spark(values: Sequence[float | None]) -> dict[str, str] | None:
    """A small line over its own area; weeks that know nothing are left out."""
    known = [(place, value) for place, value in enumerate(values) if value is not None]
    if len(known) < 2:
        return None
    lowest = min(value for _place, value in known)
    span = (max(value for _place, value in known) - lowest) or 1
    spots = [
        (f"{place * SPARK_WIDTH / (len(values) - 1):.1f}", f"{SPARK_HEIGHT - (value - lowest) / span * 46:.1f}")
        for place, value in known
    ]
    line = "L".join(f"{x} {y}" for x, y in spots)
    return {"line": f"M{line}", "area": f"M{line}L{spots[-1][0]} 58L{spots[0][0]} 58Z",
            "x": spots[-1][0], "y": spots[-1][1]}  # fmt: skip


# ── Units, hours, channels ─────────────────────────────────────────────────────────────────────────────────────────


def _bar(line: queries.UnitLine, lines: Sequence[queries.UnitLine]) -> list[tuple[str, str, str]]:
    """(state, x, width) in percent of the longest bar: late, soon, the rest."""
    longest = max(other.now.open for other in lines) or 1
    parts, x = [], 0.0
    rest = line.now.open - line.now.late - line.now.soon
    for state, count in (("late", line.now.late), ("soon", line.now.soon), ("on", rest)):
        width = 100 * count / longest
        if count > 0:
            parts.append((state, f"{x:.2f}%", f"{max(width, 0.6):.2f}%"))
        x += width
    return parts


def _chart(shown: Wall) -> dict[str, Any]:
    """Bars of today over the dashed line of the last seven days, drawn here; the same numbers as rows for the table."""
    means = shown.past.hours
    most = max([*shown.hours, *means, 4])
    step = max(1, ceil(most / 4))
    top = step * ceil(most / step)
    plot = CHART_HEIGHT - CHART_BOTTOM
    slot = (CHART_WIDTH - CHART_LEFT) / 24

    def y(value: float) -> str:
        return f"{plot - value / top * (plot - 10):.1f}"

    def x(hour: float) -> str:
        return f"{CHART_LEFT + hour * slot:.1f}"

    busiest = max(range(len(shown.hours)), key=lambda hour: shown.hours[hour])
    return {
        "bars": [
            (x(hour + 0.16), y(count), f"{slot * 0.68:.1f}", f"{plot - float(y(count)):.1f}")
            for hour, count in enumerate(shown.hours)
            if count
        ],
        "line": "M" + "L".join(f"{x(hour + 0.5)} {y(mean)}" for hour, mean in enumerate(means)),
        "grid": [(value, y(value)) for value in range(0, top + 1, step)],
        "ticks": [(hour, x(hour + 0.5)) for hour in range(0, 24, 4)],
        "rows": [
            (hour, shown.hours[hour] if hour < len(shown.hours) else None, mean) for hour, mean in enumerate(means)
        ],
        "total": sum(shown.hours),
        "mean": sum(means),
        "busiest": busiest,
        "most": shown.hours[busiest],
    }


def _channels(shown: Wall) -> list[dict[str, Any]]:
    named = [(str(CHANNELS.get(name, name)), count) for name, count in shown.channels]
    head, tail = named[:CHANNELS_SHOWN], named[CHANNELS_SHOWN:]
    if tail:
        head.append((_("Kênh khác"), sum(count for _name, count in tail)))
    total = sum(count for _name, count in head)
    found, x = [], 0.0
    for (name, count), hue in zip(head, HUES, strict=False):
        share = count / total
        found.append({"name": name, "count": count, "share": share, "hue": hue,
                      "x": f"{100 * x:.2f}%", "width": f"{100 * share:.2f}%"})  # fmt: skip
        x += share
    return found


def _headline(event: Event) -> str:
    """The sentence of the timeline up to the words that somebody wrote."""
    kind = kind_of(event.name)
    template = str(kind.sentence) if kind else ""
    for found in re.finditer(r"{(\w+)}", template):
        if found[1] not in NAMED:
            return re.split(r"[:.]", template[: found.start()])[0].format_map({"unit": "", **event.data}).strip()
    return sentence(event.name, event.data)
