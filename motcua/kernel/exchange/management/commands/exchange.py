"""``motcua exchange status | send | resend CODE | fill PARTNER | catalogue PARTNER NAME | import FILE``."""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from motcua.kernel.exchange.actions.importing import lines_of, take_in_reports
from motcua.kernel.exchange.actions.operating import begin_filling, get_partner, resend
from motcua.kernel.exchange.kind import LaneState
from motcua.kernel.exchange.ports import SHAPES, configured_partners
from motcua.kernel.exchange.queries.lanes import lanes_of_code, partner_lines
from motcua.kernel.exchange.tasks import fill_open, send_due
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib.bar import Bar
from motcua.lib.errors import ConnectorError, Refused

SHOWN = 20  # problems on the screen
LONGEST_SEND = 24 * 3600.0  # seconds


class Command(BaseCommand):
    help = "Đồng bộ: xem, gửi, gửi lại hồ sơ với các hệ thống của Nhà nước; nạp trạng thái hồ sơ của bộ, ngành."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("status", help="bên nào liên lạc được, bao nhiêu hồ sơ chờ, từ bao giờ, vì sao bị từ chối")
        parts.add_parser("send", help="gửi ngay mọi điều đến lượt")
        again = parts.add_parser("resend", help="gửi lại một hồ sơ, theo mã")
        again.add_argument("code")
        again.add_argument("--all", action="store_true", help="cả tiến trình mà bên kia đã nhận (bên kia làm mất)")
        fill = parts.add_parser("fill", help="xếp hàng mọi hồ sơ đang giải quyết, khi vừa kết nối một hệ thống")
        fill.add_argument("partner")
        ask = parts.add_parser("catalogue", help="danh mục của bên kia, mỗi dòng: mã, tên")
        ask.add_argument("partner")
        ask.add_argument("name", choices=["procedures", "fields", "agencies"])
        bring = parts.add_parser("import", help="nạp trạng thái hồ sơ, mỗi dòng một hồ sơ (.jsonl, .jsonl.gz)")
        bring.add_argument("file", type=Path)
        bring.add_argument("--source", required=True, help="tên hệ thống báo, cho người dân đọc: Bộ Xây dựng")
        bring.add_argument("--shape", default="dvcqg")
        bring.add_argument("--problems", type=Path, help="ghi vào tệp này mọi dòng không đọc được")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            match options["what"]:
                case "status":
                    self._status()
                case "send":
                    self.stdout.write(f"OK: đã thử gửi {send_due(LONGEST_SEND)} lần.")
                    self._status()
                case "resend":
                    self._resend(options["code"], everything=options["all"])
                case "fill":
                    begin_filling(options["partner"], actor=SYSTEM)
                    self.stdout.write(f"OK: đã xếp hàng {sum(iter(fill_open, 0))} hồ sơ.")
                case "catalogue":
                    for code, name in get_partner(options["partner"]).catalogue(options["name"]):
                        self.stdout.write(f"{code}\t{name}")
                case "import":
                    self._import(options["file"], options["source"], options["shape"], options["problems"])
        except Refused as refused:
            raise CommandError(refused.message) from refused
        except ConnectorError as error:
            raise CommandError(str(error)) from error

    def _status(self) -> None:
        if not configured_partners():
            self.stdout.write("Chưa kết nối hệ thống nào; không có gì chờ gửi.")
            return
        for line in partner_lines(SYSTEM):
            if not line.is_configured:
                continue
            oldest = f", lâu nhất từ {timezone.localtime(line.oldest):%Y-%m-%d %H:%M}" if line.oldest else ""
            trouble = f"; không liên lạc được: {line.error}" if line.error else ""
            self.stdout.write(f"{line.name}: {line.waiting} hồ sơ chờ{oldest}, {line.refused} bị từ chối{trouble}")
            for reason in line.reasons:
                self.stdout.write(f"  {reason.count:6}  {reason.label}: {reason.words}")

    def _resend(self, code: str, *, everything: bool) -> None:
        lanes = lanes_of_code(code)
        if not lanes:
            raise CommandError(f"Chưa có gì của hồ sơ {code} được xếp hàng.")
        for lane in lanes:
            resend(lane.pk, actor=SYSTEM, everything=everything)
        send_due()
        for lane in lanes_of_code(code):
            why = f": {lane.error}" if lane.error and lane.state != LaneState.CURRENT else ""
            self.stdout.write(f"{lane.partner}: {LaneState(lane.state).label}{why}")

    def _import(self, file: Path, source: str, shape_name: str, problems: Path | None) -> None:
        shape = SHAPES.get(shape_name)
        if shape is None:
            raise CommandError(f"Không có dạng {shape_name}; có: {', '.join(SHAPES)}.")
        total = sum(1 for _line in _lines(file))
        bar, began = Bar(total, sys.stderr), perf_counter()
        done = take_in_reports(lines_of(_lines(file), shape), shape=shape, source=source, actor=SYSTEM, tell=bar.step)
        bar.end()
        self.stdout.write(
            f"OK: {done.total} dòng trong {perf_counter() - began:.1f} giây: {done.new} hồ sơ mới,"
            f" {done.changed - done.new} đổi, {len(done.problems)} dòng không đọc được."
        )
        for line, reason, _text in done.problems[:SHOWN]:
            self.stdout.write(f"  dòng {line}: {reason}")
        if len(done.problems) > SHOWN:
            self.stdout.write(f"  … và {len(done.problems) - SHOWN} dòng nữa; --problems TỆP ghi ra tất cả.")
        if problems is not None and done.problems:
            problems.touch(mode=0o600)
            with problems.open("w", encoding="utf-8") as out:
                for line, reason, text in done.problems:
                    out.write(json.dumps({"line": line, "reason": reason, "text": text}, ensure_ascii=False) + "\n")
            self.stdout.write(f"  Tất cả kể trong {problems}, kèm nguyên văn: giữ kín tệp này.")


def _lines(file: Path) -> Iterator[str]:
    try:
        opened: TextIO
        with (
            gzip.open(file, "rt", encoding="utf-8", errors="replace")
            if file.suffix == ".gz"
            else file.open(encoding="utf-8", errors="replace")
        ) as opened:
            yield from opened
    except FileNotFoundError as error:
        raise CommandError(f"Không thấy tệp {file}.") from error
    except (gzip.BadGzipFile, EOFError) as error:
        raise CommandError(f"{file}: không phải tệp gzip nguyên vẹn.") from error
