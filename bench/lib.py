"""How long one call of each thing in ``motcua.lib`` takes, and how many ``datetime + timedelta`` that is.

Run ``python -m bench.lib``. Boundaries come from ``../shared/data`` where that is, else they are cells around random
centres; either way as many areas as the country has communes.
"""

import csv
import gc
import gzip
import json
import random
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np

from motcua.lib.classify import Model, train
from motcua.lib.codes import render_code
from motcua.lib.finding import Index, Thing
from motcua.lib.geometry import AreaIndex, approximate_cells, cluster, distance_m
from motcua.lib.holidays_vn import holidays_vn
from motcua.lib.redaction import redact
from motcua.lib.vietnamese import expand_chat, fold, nfc
from motcua.lib.worktime import Duration, WorkCalendar, clock_words, due, due_at

Measure: TypeAlias = dict[str, Any]

_DATA = Path(__file__).parents[2] / "shared" / "data" / "areas"
_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_TEXT = "Đèn đường trước nhà số 12 Phan Đình Phùng bị hỏng ba ngày nay, ko ai sửa, gọi 0912 345 678"


def _microseconds(call: Callable[..., object], calls: Sequence[tuple[Any, ...]], rounds: int = 5) -> float:
    """Processor time of one call, in the best of some rounds: the others were disturbed."""
    best = float("inf")
    gc.disable()
    for _ in range(rounds):
        began = thread_time()
        for arguments in calls:
            call(*arguments)
        best = min(best, thread_time() - began)
    gc.enable()
    return best / len(calls) * 1e6


def _measure(name: str, call: Callable[..., object], calls: Iterable[tuple[Any, ...]], **told: object) -> Measure:
    rows = list(calls)
    _microseconds(call, rows[:100], 1)
    yardstick = _microseconds(datetime.__add__, [(datetime(2026, 1, 1, tzinfo=_ZONE), timedelta(minutes=5))] * 20_000)
    each = _microseconds(call, rows)
    return {"name": name, "us": round(each, 3), "ratio": round(each / yardstick, 1), **told}


def _calendar() -> WorkCalendar:
    years = [holidays_vn(year) for year in range(2024, 2036)]
    return WorkCalendar(
        {weekday: [("07:00", "11:30"), ("13:30", "17:00")] for weekday in range(5)},
        {off.day: off.name for year in years for off in year.days_off},
        {made.day: made.like for year in years for made in year.makeup_days},
    )


def _instants(count: int = 20_000) -> list[datetime]:
    """Anywhere in ten years, as they come from the database: in UTC."""
    rng = random.Random(1)
    begin = datetime(2025, 1, 1, tzinfo=UTC)
    return [begin + timedelta(seconds=rng.randrange(10 * 365 * 86_400)) for _ in range(count)]


def worktime_add() -> Measure:
    rng = random.Random(2)
    return _measure("worktime add", _calendar().add, [(at, rng.randrange(1, 20_000)) for at in _instants()], limit_us=5)


def worktime_between() -> Measure:
    instants = _instants()
    return _measure("worktime between", _calendar().between, pairwise(instants), limit_us=5)


def worktime_due() -> Measure:
    calendar, term = _calendar(), Duration.parse("3 ngày làm việc")
    return _measure("worktime due_at, 3 working days", due_at, [(calendar, at, term) for at in _instants(5_000)])


def worktime_due_explained() -> Measure:
    calendar, term = _calendar(), Duration.parse("15 ngày làm việc")
    return _measure("worktime due with steps, 15 working days", due, [(calendar, at, term) for at in _instants(500)])


def worktime_words() -> Measure:
    return _measure("clock words", clock_words, [("on", minutes, 480, "vi") for minutes in range(5_000)])


def text_fold() -> Measure:
    return _measure("fold, 90 letters", fold, [(_TEXT,)] * 5_000)


def text_nfc() -> Measure:
    return _measure("nfc, 90 letters", nfc, [(_TEXT,)] * 5_000)


def text_expand_chat() -> Measure:
    return _measure("expand_chat, 90 letters", expand_chat, [(_TEXT,)] * 5_000)


def text_redact() -> Measure:
    return _measure("redact, 90 letters", redact, [(_TEXT,)] * 2_000)


def code_render() -> Measure:
    at = datetime.combine(date(2026, 11, 20), datetime.min.time(), UTC)
    code = "PA-{yymmdd}-{number:04d}"
    return _measure("render_code", lambda number: render_code(code, number=number, at=at), [(n,) for n in range(5_000)])


def _centres() -> dict[str, tuple[float, float]]:
    file = _DATA / "new_ward_centroids.csv"
    if file.exists():
        with file.open(encoding="utf-8") as lines:
            return {
                row["ward_code"]: (float(row["point_in_lat"]), float(row["point_in_lon"]))
                for row in csv.DictReader(lines)
            }
    rng = random.Random(3)
    return {f"{number}": (rng.uniform(9, 22), rng.uniform(104, 109)) for number in range(3_321)}


def _areas() -> tuple[dict[str, Any], int]:
    """All communes: real borders where we have them, cells around the centres elsewhere; and how many are real."""
    areas: dict[str, Any] = dict(approximate_cells(_centres()))
    real = 0
    for file in sorted(_DATA.glob("wards_*.geojson.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in json.load(lines)["features"]:
                areas[row["properties"]["code"]] = row["geometry"]
                real += 1
    return areas, real


def point_to_commune() -> Measure:
    areas, real = _areas()
    began = perf_counter()
    index = AreaIndex(areas)
    built = perf_counter() - began
    rng = random.Random(4)
    centres = list(_centres().values())
    near = [(lat + rng.gauss(0, 0.02), lon + rng.gauss(0, 0.02)) for lat, lon in rng.choices(centres, k=20_000)]
    return _measure(
        "point → commune", index.find, near, limit_us=20, areas=len(areas), real=real, built_s=round(built, 2)
    )


def distance() -> Measure:
    return _measure("distance_m", distance_m, [(11.94, 108.44, 11.95, 108.45)] * 20_000)


def cluster_points() -> Measure:
    rng = np.random.default_rng(5)
    lats, lons = rng.normal(11.94, 0.1, 100_000), rng.normal(108.44, 0.1, 100_000)
    return _measure("cluster 100,000 points at zoom 12", cluster, [(lats, lons, 12)] * 5)


@cache
def _classifier() -> tuple[Model, list[str]]:
    """Learnt from the pack's phrases, and those."""
    folder = Path(__file__).parents[1] / "packs" / "lam-dong" / "phrases"
    examples = [
        (line.strip(), file.stem)
        for file in sorted(folder.glob("*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]
    return train(examples), [text for text, _label in examples]


def classify_one() -> Measure:
    """As a report that comes in is looked at."""
    model, texts = _classifier()
    return _measure("classify, one text", model.predict, [([text],) for text in texts[::10]])


def classify_text() -> Measure:
    """One text of a batch, as the queue of an import sees it."""
    model, texts = _classifier()
    found = _measure("classify, a text of a batch", model.predict, [(texts,)])
    each = found["us"] / len(texts)
    return {
        **found,
        "us": round(each, 1),
        "ratio": round(found["ratio"] / len(texts), 1),
        "per_second": round(1e6 / each),
    }


def find_among_thousands() -> Measure:
    """As many procedures as the country has, by what people type."""
    doings = ["Cấp giấy phép", "Gia hạn", "Cấp lại chứng chỉ", "Đăng ký thay đổi", "Xóa đăng ký"]
    things = ["xây dựng nhà ở", "kinh doanh vận tải", "khai thác khoáng sản", "hành nghề thú y", "tàu cá"]
    index = Index(
        [
            Thing(n, [(f"{doings[n % 5]} {things[n // 5 % 5]} trường hợp {n} do tổ chức, cá nhân đề nghị", 1.0)])
            for n in range(3_000)
        ],
        {"bằng lái": "giấy phép lái xe", "lại": "cấp lại"},
    )
    asked = ("gia hạn giấy phép xây dựng", "lam lai chung chi thu y", "xoa dk tau ca", "bằng lái mất")
    return _measure("find among 3,000 things", index.find, [(words,) for words in asked] * 5, limit_us=30_000)


MEASURES: Sequence[Callable[[], Measure]] = (
    worktime_add,
    worktime_between,
    worktime_due,
    worktime_due_explained,
    worktime_words,
    text_fold,
    text_nfc,
    text_expand_chat,
    text_redact,
    code_render,
    point_to_commune,
    distance,
    cluster_points,
    classify_one,
    classify_text,
    find_among_thousands,
)


def main() -> None:
    for measure in MEASURES:
        found = measure()
        more = ", ".join(f"{key} {value}" for key, value in found.items() if key not in ("name", "us", "ratio"))
        if found["us"] > found.get("limit_us", found["us"]):
            more += ": OVER"
        print(f"{found['name']:<44}{found['us']:>12,.2f} µs{found['ratio']:>12,.1f} ×  {more}")


if __name__ == "__main__":
    main()
