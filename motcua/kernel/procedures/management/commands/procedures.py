"""``motcua procedures import FILE | evaluate [FILE] | search WORDS``."""

import gzip
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.procedures.actions import import_national
from motcua.kernel.procedures.kind import LEVELS
from motcua.kernel.procedures.queries.evaluation import Question, evaluate
from motcua.kernel.procedures.queries.national import ROW_PARTS
from motcua.kernel.procedures.queries.search import search
from motcua.lib.bar import Bar
from motcua.lib.errors import Refused

DEFAULT_EVALUATION = Path("packs/lam-dong/procedures-eval.jsonl")


class Command(BaseCommand):
    help = "Thủ tục: nạp danh mục quốc gia, tìm thử, đo việc tìm."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        bring = parts.add_parser("import", help="nạp danh mục quốc gia, mỗi dòng một thủ tục (.jsonl, .jsonl.gz)")
        bring.add_argument("file", type=Path)
        bring.add_argument("--problems", type=Path, help="ghi vào tệp này mọi chỗ không đọc được, còn giữ nguyên văn")
        measure = parts.add_parser("evaluate", help="đo việc tìm: mỗi dòng có query và acceptable_codes")
        measure.add_argument("file", nargs="?", type=Path, default=DEFAULT_EVALUATION)
        measure.add_argument("--misses", action="store_true", help="kể những câu không ra đúng ở đầu")
        measure.add_argument("--json", action="store_true")
        look = parts.add_parser("search", help="tìm thử một câu")
        look.add_argument("words", nargs="+")
        look.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["what"]:
            case "import":
                self._import(options["file"], options["problems"])
            case "evaluate":
                self._evaluate(options["file"], misses=options["misses"], as_json=options["json"])
            case "search":
                self._search(" ".join(options["words"]), as_json=options["json"])

    # ── import ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _import(self, file: Path, problems: Path | None) -> None:
        total = sum(1 for _line in _lines(file))
        if not total:
            raise CommandError(f"{file}: không có dòng nào.")
        bar = Bar(total, sys.stderr)
        began = perf_counter()
        try:
            done = import_national(_rows(file), actor=SYSTEM, source=file.name, tell=bar.step)
        except Refused as refused:
            raise CommandError(f"{file}: {refused.message}") from refused
        finally:
            bar.end()
        self.stdout.write(
            f"OK: {done.total} dòng trong {perf_counter() - began:.1f} giây: {done.added} mới, {done.changed} đổi,"
            f" {done.unchanged} như cũ, {done.kept} của địa phương để nguyên, {done.left_out} không nạp được."
        )
        for part, (parsed, there) in done.parsed.items():
            if there:
                self.stdout.write(f"  {ROW_PARTS[part]:16} đọc được {parsed} trên {there}")
        if done.problems:
            listed = problems or Path(f"{file.name.removesuffix('.gz').removesuffix('.jsonl')}.problems.jsonl")
            if problems is None:
                self.stdout.write(f"  {len(done.problems)} chỗ giữ nguyên văn; --problems {listed} để ghi ra tệp.")
                return
            with listed.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(problem, ensure_ascii=False) + "\n" for problem in done.problems)
            self.stdout.write(f"  {len(done.problems)} chỗ giữ nguyên văn, kể trong {listed}.")

    # ── evaluate ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _evaluate(self, file: Path, *, misses: bool, as_json: bool) -> None:
        questions = []
        for line, row in enumerate(_rows(file), start=1):
            query, codes = (row.get("query"), row.get("acceptable_codes")) if row else (None, None)
            if not isinstance(query, str) or not isinstance(codes, list):
                raise CommandError(f"{file}:{line}: cần query (chữ) và acceptable_codes (danh sách mã).")
            questions.append(Question(query, tuple(map(str, codes))))
        if not questions:
            raise CommandError(f"{file}: không có dòng nào.")
        measured = evaluate(questions)
        if as_json:
            self.stdout.write(json.dumps(measured.numbers(), ensure_ascii=False))
            return
        self.stdout.write(
            f"{measured.count} câu trên {measured.procedures} thủ tục: hit@1 {measured.hit_at_1:.1%},"
            f" hit@3 {measured.hit_at_3:.1%}, MRR {measured.mrr:.3f};"
            f" {measured.median_ms:.1f} ms mỗi câu, chậm nhất 1/20: {measured.slow_ms:.1f} ms"
        )
        for missed in measured.missed if misses else ():
            self.stdout.write(f"  {missed.place or '–':>2}  {missed.question.query}  → {', '.join(missed.found[:3])}")

    # ── search ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _search(self, words: str, *, as_json: bool) -> None:
        search(words)  # builds what is kept in memory
        began = perf_counter()
        hits = search(words, most=10)
        took = (perf_counter() - began) * 1000
        if as_json:
            found = [{"code": hit.code, "name": hit.name, "score": hit.score} for hit in hits]
            self.stdout.write(json.dumps({"query": words, "ms": round(took, 2), "hits": found}, ensure_ascii=False))
            return
        for hit in hits:
            level = ", ".join(str(LEVELS[level]) for level in hit.levels)
            self.stdout.write(f"{hit.score:6.3f}  {hit.code:10}  {hit.name}  ({level})")
        self.stdout.write(f"{len(hits)} thủ tục, {took:.1f} ms" if hits else "Không thấy thủ tục nào.")


def _lines(file: Path) -> Iterator[str]:
    try:
        opened: TextIO
        with gzip.open(file, "rt", encoding="utf-8") if file.suffix == ".gz" else file.open(encoding="utf-8") as opened:
            yield from (line for line in opened if line.strip())
    except FileNotFoundError as error:
        raise CommandError(f"Không thấy tệp {file}.") from error
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise CommandError(f"{file}: không phải tệp chữ UTF-8 hoặc gzip.") from error
    except OSError as error:
        raise CommandError(f"Không đọc được {file}: {error.strerror}.") from error


def _rows(file: Path) -> Iterator[Mapping[str, Any] | None]:
    for line in _lines(file):
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            row = None
        yield row if isinstance(row, dict) else None
