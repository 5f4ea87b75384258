"""A city under load: reports taken in over HTTP against the database's own speed with the same rows, and the main pages
at ten thousand and at a million cases. Everything runs on this machine, the load as well, so only ratios count.

``python -m bench.city [--seconds 8] [--cases 10000 1000000]``
"""

import argparse
import contextlib
import http.client
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psutil

from bench.load import PORT, Measure, Request, load

CLIENTS = 16
ROUNDS = 3
LAMP = {"lat": 11.9404, "long": 108.4400}
NUMBERED = ("identity_person", "cases_case", "cases_party")

# ── The house, with a folder and a database of its own ──────────────────────────────────────────────────────────────


@contextlib.contextmanager
def database() -> Iterator[str]:
    """An own PostgreSQL that forgets nothing, with an applied pack. Yields its address."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    os.environ.update(
        DATA_DIR=str(folder),
        DJANGO_SETTINGS_MODULE="motcua.project.settings",
        MOTCUA_REQUIRE_MFA="none",
        RATE_LIMITS="0",
    )
    from motcua.project.database import Server, socket_url

    server = Server(folder / "postgres", durable=True)
    server.start()
    os.environ["DATABASE_URL"] = socket_url(folder / "postgres")
    import django
    from django.core.management import call_command
    from django.db import connection

    django.setup()
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:  # eight digits, the first says of what: pgbench() knows them by it
        for place, table in enumerate(NUMBERED, 1):
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, place * 10_000_000])
    call_command("pack", "apply", "packs/lam-dong", verbosity=0)
    call_command("classifier", "train", verbosity=0)
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def copy_of(url: str, name: str) -> str:
    """The address of a database that is the same as the one at ``url`` now. Nobody else may be connected to it."""
    import psycopg
    from django.db import connections

    connections.close_all()
    source = urlsplit(url).path.strip("/")
    beside = url.replace(f"/{source}?", "/{}?")
    with psycopg.connect(beside.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    return beside.format(name)


@dataclass(frozen=True, slots=True)
class Served:
    """The pages of one database, on one port."""

    port: int
    database: str
    pages: psutil.Process

    def cpu_seconds(self) -> float:
        """What its web processes and their sessions of PostgreSQL have worked so far."""
        web = [self.pages, *self.pages.children(recursive=True)]
        sessions = [one for one in psutil.process_iter(["cmdline"]) if self._is_session(one.info["cmdline"])]
        return sum(times.user + times.system for times in (one.cpu_times() for one in (*web, *sessions)))

    def _is_session(self, command: list[str] | None) -> bool:
        words = " ".join(command or ()).split()
        return words[:1] == ["postgres:"] and self.database in words


@contextlib.contextmanager
def serving(url: str, port: int = PORT) -> Iterator[Served]:
    """The pages on two workers, as ``motcua run`` serves them."""
    from motcua.project.supervisor import WEB_THREADS, WEB_WORKERS

    pages = subprocess.Popen(
        [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(WEB_WORKERS), "--port", str(port),
         "--no-ws", "--log-level", "error", "--http", "1", "--blocking-threads", str(WEB_THREADS),
         "--backpressure", "256", "motcua.project.wsgi:application"],
        env=os.environ | {"DATABASE_POOL": str(WEB_THREADS), "DATABASE_URL": url},
    )  # fmt: skip
    try:
        _wait_for_pages(port)
        yield Served(port, urlsplit(url).path.strip("/"), psutil.Process(pages.pid))
    finally:
        pages.terminate()
        pages.wait(10)


def _wait_for_pages(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the pages did not start")


# ── Taking reports in ───────────────────────────────────────────────────────────────────────────────────────────────


def intake(city: Served, seconds: float) -> list[Measure]:
    """Open311 POSTs with one durable commit each, against pgbench writing the rows that such a report is."""
    from motcua.kernel.identity.actions.keys import create_service_key
    from motcua.kernel.identity.kind import SYSTEM
    from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident

    key = create_service_key(f"bench-{secrets.token_hex(4)}", ["incident.submit", "incident.read_public"])

    def post(number: int) -> Request:
        values = {
            "api_key": key,
            "service_code": "street-lighting",
            **LAMP,
            "first_name": "Thử",
            "last_name": "Mẫu",
            "phone": f"0900{number % 1_000_000:06}",
            "description": f"Đèn đường số {number} tắt hai đêm nay",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return "POST", "/open311/v2/requests.json", urlencode(values).encode(), headers

    load(post, clients=2, seconds=1)
    worked = city.cpu_seconds()
    taken = load(post, clients=CLIENTS, seconds=seconds)
    taken["cpu_ms"] = 1000 * (city.cpu_seconds() - worked) / taken["turns"]
    new = NewIncident(text="Đèn đường tắt", category="street-lighting", lat=LAMP["lat"], lon=LAMP["long"],
                      name="Thử", phone="0900000001")  # fmt: skip
    submit_incident(new, actor=SYSTEM)
    rows, statements = written_by(lambda: submit_incident(new, actor=SYSTEM))
    yardstick = pgbench(rows, seconds)
    return [
        {"name": "intake over HTTP", **taken, "ratio": taken["per_second"] / yardstick, "to": "pgbench, same rows"},
        {"name": "pgbench, same rows, one commit each", "per_second": yardstick},
        {"name": "SQL statements of one report", "count": statements},
    ]


def written_by(act: Callable[[], object]) -> tuple[str, int]:
    """The statement that writes all the rows, its values within it; and how many there were with BEGIN and COMMIT."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext
    from psycopg.sql import Literal

    sent: list[tuple[str, Sequence[Any]]] = []

    def keep(execute: Callable[..., Any], sql: str, values: Any, many: bool, context: Any) -> Any:
        sent.append((sql, values))
        return execute(sql, values, many, context)

    with CaptureQueriesContext(connection) as seen, connection.execute_wrapper(keep):
        act()
    sql, values = next(one for one in sent if one[0].startswith("WITH"))
    # What follows a colon would be a variable to pgbench: {"paid":null}
    literals = [re.sub(r":(?=[^\W\d])", ": ", Literal(value).as_string(connection.connection)) for value in values]
    return re.sub(r"\$(\d+)", lambda mark: literals[int(mark[1]) - 1], sql), len(seen.captured_queries)


def pgbench(statement: str, seconds: float) -> float:
    """Transactions per second of that very statement with fresh numbers, prepared as ours is, from as many clients."""
    from motcua.project.database import programs

    # The numbers of person, case and party stand in it as literals: they become sequence values.
    for place in range(len(NUMBERED)):
        statement = re.sub(rf"'{place + 1}\d{{7}}'", f":n{place}", statement)
    script = "".join(
        f"SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS n{place} \\gset\n"
        for place, table in enumerate(NUMBERED)
    )
    for code in set(re.findall(r"'((?:PA|H)[\w.]*-\d{6}-\d+)'", statement)):  # of the case
        statement = statement.replace(f"'{code}'", "'B-' || :n1")
    # The chain of each case is its own, so equal hashes do no harm.
    with tempfile.NamedTemporaryFile("w", suffix=".sql", delete=False) as file:
        file.write(f"BEGIN;\n{script}{statement};\nCOMMIT;\n")
    url = os.environ["DATABASE_URL"]
    done = subprocess.run(
        [
            *(str(programs() / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2"),
            *("-T", str(int(seconds)), "-f", file.name, url),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    Path(file.name).unlink()
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if not found:
        raise RuntimeError(f"pgbench said: {done.stderr[-800:]}")
    return float(found[1])


# ── Pages at two sizes ──────────────────────────────────────────────────────────────────────────────────────────────


def fill(count: int, open_share: float = 0.02) -> None:
    """``count`` cases in all, by SQL: one in fifty open, the others closed, over all units, categories and communes."""
    from django.db import connection

    from motcua.kernel.identity.kind import SYSTEM
    from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
    from motcua.modules.incidents.models import Incident

    # The detail of all is that of one real report.
    submit_incident(NewIncident(text="Đèn đường tắt", category="street-lighting", lat=LAMP["lat"], lon=LAMP["long"]),
                    actor=SYSTEM)  # fmt: skip
    columns = ", ".join(f'"{field.column}"' for field in Incident._meta.concrete_fields if field.column != "case_id")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        have = cursor.fetchone()[0]
        cursor.execute(
            """
            WITH unit AS (SELECT array_agg(id ORDER BY id) AS ids FROM org_unit),
                 area AS (SELECT array_agg(a.id ORDER BY a.id) AS ids, array_agg(a.lat ORDER BY a.id) AS lats,
                                 array_agg(a.lon ORDER BY a.id) AS lons
                          FROM places_area a WHERE level = 'commune' AND valid_to IS NULL),
                 category AS (SELECT array_agg(id ORDER BY id) AS ids FROM cases_category WHERE parent_id IS NOT NULL),
                 numbers AS (SELECT n, now() - (random() * interval '700 days') AS at, random() < %(open)s AS is_open,
                                    random() AS r FROM generate_series(%(from)s, %(to)s) AS n),
                 made AS (
                   INSERT INTO cases_case (kind, code, subject, folded, state, urgency, channel, unit_id, area_id,
                     category_id, address, place_code, lat, lon, opened_at, updated_at, due_at, next_due_at,
                     next_soon_at, closed_at, published_at, flag, version)
                   SELECT 'incident', 'PA-F-' || n, 'Đèn đường số ' || n || ' tắt',
                     'den duong so ' || n || ' tat pa-f-' || n,
                     CASE WHEN is_open THEN 'in_progress' ELSE 'published' END, 'binh_thuong', 'web',
                     unit.ids[1 + n %% array_length(unit.ids, 1)], area.ids[1 + n %% array_length(area.ids, 1)],
                     category.ids[1 + n %% array_length(category.ids, 1)], n || ' Phan Đình Phùng', '',
                     area.lats[1 + n %% array_length(area.ids, 1)] + (r - 0.5) / 50,
                     area.lons[1 + n %% array_length(area.ids, 1)] + (r - 0.5) / 50,
                     CASE WHEN is_open THEN now() - r * interval '5 days' ELSE at END, at,
                     CASE WHEN is_open THEN now() + (r - 0.3) * interval '4 days' ELSE at + interval '3 days' END,
                     CASE WHEN is_open THEN now() + (r - 0.3) * interval '4 days' END,
                     CASE WHEN is_open THEN now() + (r - 0.4) * interval '4 days' END,
                     CASE WHEN NOT is_open THEN at + r * interval '4 days' END, at, false, 1
                   FROM numbers, unit, area, category RETURNING id, unit_id, opened_at, due_at, closed_at),
                 clocks AS (
                   INSERT INTO cases_clock (case_id, name, unit_id, started_at, due_at, first_due_at, soon_at,
                     paused_for, stopped_at, duration, start_rule, calendar_version, escalate_to)
                   SELECT id, 'result', unit_id, opened_at, due_at, due_at, due_at - interval '4 hours', 0, closed_at,
                     '3 ngày làm việc', 'same_instant', 1, '' FROM made)
            INSERT INTO incidents_incident (case_id, {columns})
            SELECT made.id, {columns} FROM made, (SELECT * FROM incidents_incident ORDER BY case_id LIMIT 1) AS like_it
            """.replace("{columns}", columns),
            {"open": open_share, "from": have + 1, "to": count},
        )
        # Day figures as the reader would have folded them.
        cursor.execute("TRUNCATE figures_dayfigure")
        cursor.execute(
            """INSERT INTO figures_dayfigure (day, kind, unit_id, category_id, area_id, channel, opened, closed,
                 on_time, late, rejected, reopened, rated, rating_sum, hours)
               SELECT (opened_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, kind, unit_id, coalesce(category_id, 0),
                 coalesce(area_id, 0), channel, count(*), count(closed_at), count(*) FILTER (WHERE closed_at <= due_at),
                 count(*) FILTER (WHERE closed_at > due_at), 0, 0, 0, 0, array_fill(1, ARRAY[24])
               FROM cases_case GROUP BY 1, 2, 3, 4, 5, 6"""
        )
        cursor.execute("VACUUM ANALYZE")  # as the database would have done by and by
        cursor.execute("CHECKPOINT")


def _empty() -> None:
    """What taking in and pgbench left are open cases by the thousand, all in one ward: no city looks like that."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER events_never_emptied")
        cursor.execute("TRUNCATE cases_case, events_event, figures_dayfigure CASCADE")
        cursor.execute("ALTER TABLE events_event ENABLE TRIGGER events_never_emptied")


def session(login: str) -> str:
    """A signed-in session's cookie."""
    from django.conf import settings
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client()
    client.force_login(get_user_model()._default_manager.get(login=login))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def pages(url: str, sizes: Sequence[int], seconds: float) -> list[Measure]:
    """The inbox of a ward and of the whole province, the board, the public list and one report, at each size."""
    _empty()
    ward, province = session("xuanhuong.ct"), session("1022.tongdai1")

    def asked(size: int) -> dict[str, tuple[str, str]]:
        return {
            "inbox, a ward": ("/desk/?xem=unit", ward),
            "inbox, the province": ("/desk/?xem=unit", province),
            "inbox, words that all have": ("/desk/?xem=unit&q=den+duong", province),
            "inbox, a word that none has": ("/desk/?xem=unit&q=cau", province),
            "board": ("/board/", ""),
            "public list": ("/phan-anh/", ""),
            "public list, words that all have": ("/phan-anh/?tim=den+duong", ""),
            "public list, a word that none has": ("/phan-anh/?tim=cau", ""),
            "one report": (f"/phan-anh/PA-F-{size - 7}/", ""),
        }

    return at_sizes(url, sizes, fill, asked, seconds)


def at_sizes(
    url: str,
    sizes: Sequence[int],
    fill_to: Callable[[int], None],
    asked: Callable[[int], dict[str, tuple[str, str]]],
    seconds: float,
) -> list[Measure]:
    """Pages (name → address and cookie) at each size: each in a database of its own, asked in turn, so that an hour in
    which the machine is slow is slow for all of them."""
    with contextlib.ExitStack() as opened:
        cities: dict[int, Served] = {}
        found: dict[int, dict[str, tuple[str, str]]] = {}
        for size in sizes:
            began = time.monotonic()
            fill_to(size)
            print(f"  filled to {size:,} cases in {time.monotonic() - began:.0f} s", file=sys.stderr)
            found[size] = asked(size)
            own = url if size == sizes[-1] else copy_of(url, f"city_{size}")
            cities[size] = opened.enter_context(serving(own, PORT + len(cities)))
        return [row for name in found[sizes[0]] for row in _page(name, found, cities, seconds)]


def _page(
    name: str, asked: dict[int, dict[str, tuple[str, str]]], cities: dict[int, Served], seconds: float
) -> list[Measure]:
    """One page in every city, in turn, ``ROUNDS`` times; of the rounds the middle one. Ratios are within a round."""
    rounds: dict[int, list[Measure]] = {size: [] for size in cities}
    for number in range(ROUNDS + 1):
        for size, city in cities.items():
            address, cookie = asked[size][name]

            def get(_number: int, address: str = address, cookie: str = cookie) -> Request:
                return "GET", address, None, {"Cookie": cookie} if cookie else {}

            if not number:
                load(get, clients=2, seconds=0.5, port=city.port)  # warms up
                continue
            worked = city.cpu_seconds()
            measured = load(get, clients=4, seconds=seconds, port=city.port)
            measured["cpu_ms"] = 1000 * (city.cpu_seconds() - worked) / measured["turns"]
            rounds[size].append(measured)
    first = next(iter(cities))
    rows = []
    for size, found in rounds.items():
        row: Measure = {"name": f"{name}, {size:,} cases"}
        row |= {key: statistics.median(one[key] for one in found) for key in found[0]}
        if size != first:
            pairs = zip(found, rounds[first], strict=True)
            row["ratio"] = statistics.median(one["p50_ms"] / its["p50_ms"] for one, its in pairs)
            row["to"] = f"its time at {first:,}"
        rows.append(row)
    return rows


def measures(seconds: float = 8, sizes: Sequence[int] = (10_000, 1_000_000)) -> list[Measure]:
    with database() as url:
        with serving(url) as city:
            taken = intake(city, seconds)
        return [*taken, *pages(url, sizes, max(2.0, seconds / 2))]


def show(rows: Sequence[Measure]) -> None:
    print(f"{'measure':48} {'per s':>9} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8}  ratio")
    for row in rows:
        if "count" in row:
            print(f"{row['name']:48} {row['count']:9}")
            continue
        times = (f"{row[name]:8.1f}" if name in row else " " * 8 for name in ("p50_ms", "p95_ms", "cpu_ms"))
        ratio = f"{row['ratio']:.2f} of {row['to']}" if "ratio" in row else ""
        print(f"{row['name']:48} {row['per_second']:9.0f} {' '.join(times)}  {ratio}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args()
    show(measures(options.seconds, options.cases))
