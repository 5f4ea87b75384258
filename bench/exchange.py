"""Statuses of other systems' dossiers taken in from a file, against a plain COPY of the same rows into the same kind of
table; the same file again; and dossiers of ours told to a partner.

``python -m bench.exchange [--rows 1000000]``
"""

import argparse
import contextlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Measure = dict[str, Any]
ROWS = 1_000_000
SOURCE = "Bộ Thử"


@contextlib.contextmanager
def database() -> Iterator[Path]:
    """An own PostgreSQL that forgets nothing, with our tables. Yields a folder."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-bench-"))
    os.environ.update(DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="motcua.project.settings")
    from motcua.project.database import Server, socket_url

    server = Server(folder / "postgres", durable=True)
    server.start()
    os.environ["DATABASE_URL"] = socket_url(folder / "postgres")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    try:
        yield folder
    finally:
        from django.db import connections

        connections.close_all()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def write(file: Path, rows: int) -> None:
    """Of five rows three are dossiers, two are steps of them."""
    with file.open("w", encoding="utf-8") as out:
        for number in range(rows):
            place, kind = divmod(number, 5)
            code = f"G09.20-202606{place % 28 + 1:02d}-{place * 3 + kind % 3:07d}"
            if kind < 3:
                row = {
                    "MaHoSo": code, "MaTTHC": f"1.{place % 900:06d}", "TenTTHC": "Cấp đổi giấy chứng nhận",
                    "ChuHoSo": "Người Thử", "SoDinhDanh": f"068{number % 10**9:09d}", "SoDienThoai": "0900000001",
                    "TrichYeuHoSo": "Đề nghị cấp đổi giấy chứng nhận đã cấp",
                    "NgayTiepNhan": f"202606{place % 28 + 1:02d}081500", "NgayHenTra": "20260730170000",
                    "TrangThaiHoSo": "4", "DonViXuLy": "Cục Thử", "KenhThucHien": "2", "TaiLieuNop": [],
                }  # fmt: skip
            else:
                row = {
                    "MaHoSo": code, "NguoiXuLy": "Cán bộ Thử", "ThoiDiemXuLy": f"202607{place % 28 + 1:02d}093000",
                    "PhongBanXuLy": "Phòng Thử", "NoiDungXuLy": "Đã xử lý xong", "TrangThai": "9",
                }  # fmt: skip
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def taking_in(folder: Path, rows: int) -> list[Measure]:
    from django.db import connection

    from motcua.kernel.exchange.actions.importing import lines_of, take_in_reports
    from motcua.kernel.exchange.ports import SHAPES
    from motcua.kernel.identity.kind import SYSTEM

    file, shape = folder / "rows.jsonl", SHAPES["dvcqg"]
    write(file, rows)

    def once() -> tuple[float, Any]:
        began = time.perf_counter()
        with file.open(encoding="utf-8") as lines:
            done = take_in_reports(lines_of(lines, shape), shape=shape, source=SOURCE, actor=SYSTEM)
        return time.perf_counter() - began, done

    first, done = once()
    if done.total != rows or done.problems or done.new != done.changed - done.total * 2 // 5:
        raise RuntimeError(f"{done.total} rows, {done.new} new, {done.changed} changed, {len(done.problems)} unread")
    again, repeated = once()
    if repeated.changed:
        raise RuntimeError(f"the same file again changed {repeated.changed} rows")
    # As many rows as came in, into a table with the same columns, indexes and constraints.
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_plain (LIKE exchange_foreign INCLUDING ALL)")
        names = "source, code, state, said_at, procedure, procedure_name, agency, accepted_at, due_at, applicant_index"
        cursor.execute(f"SELECT {names}, received_at FROM exchange_foreign")  # noqa: S608  our own names
        kept = cursor.fetchall()
        plain = [kept[number % len(kept)] for number in range(rows)]
        began = time.perf_counter()
        with cursor.copy(f"COPY bench_plain ({names}, received_at) FROM STDIN") as copy:
            for number, row in enumerate(plain):
                copy.write_row((row[0], f"{row[1]}.{number}", *row[2:]))
        yardstick = time.perf_counter() - began
        cursor.execute("DROP TABLE bench_plain")
    to = "a plain COPY of as many rows"
    return [
        {"name": f"statuses taken in, {rows:,}", "per_second": rows / first, "seconds": first,
         "ratio": first / yardstick, "to": to},
        {"name": "the same file again", "per_second": rows / again, "seconds": again,
         "ratio": again / yardstick, "to": to},
        {"name": to, "per_second": rows / yardstick, "seconds": yardstick},
    ]  # fmt: skip


def measures(rows: int = ROWS) -> list[Measure]:
    with database() as folder:
        return taking_in(folder, rows)


def show(found: list[Measure]) -> None:
    for one in found:
        ratio = f"{one['ratio']:>8.1f} × {one['to']}" if "ratio" in one else ""
        print(f"{one['name']:<44}{one['per_second']:>10,.0f} /s{one['seconds']:>9.1f} s{ratio}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    show(measures(parser.parse_args().rows))
