"""``motcua classifier train | evaluate [FILE.csv] | predict TEXT``."""

import csv
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.lib.classify import GATE, Model, Report, evaluate, train
from motcua.modules.incidents.actions.learning import train_classifier
from motcua.modules.incidents.queries.understanding import model_path

DEFAULT_PACK = Path("packs/lam-dong")
CONFUSIONS = 12


class Command(BaseCommand):
    help = "Bộ phân loại phản ánh: huấn luyện, đo, thử một câu."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="what", required=True)
        parts.add_parser("train", help="học lại từ các câu trong cơ sở dữ liệu")
        measure = parts.add_parser("evaluate", help="đo trên tệp CSV có cột text,category (mặc định: câu thử của gói)")
        measure.add_argument("file", nargs="?", type=Path)
        measure.add_argument("--phrases", type=Path, help="học từ thư mục câu này thay vì mô hình đang dùng")
        measure.add_argument("--json", action="store_true")
        guess = parts.add_parser("predict", help="phân loại một câu")
        guess.add_argument("text", nargs="+")
        guess.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        match options["what"]:
            case "train":
                self._train()
            case "evaluate":
                self._evaluate(options["file"], options["phrases"], as_json=options["json"])
            case "predict":
                self._predict(" ".join(options["text"]), as_json=options["json"])

    def _train(self) -> None:
        count = train_classifier()
        if not count:
            raise CommandError("Chưa có câu nào để học. Chạy: motcua pack apply packs/lam-dong")
        self.stdout.write(f"OK: đã học từ {count} câu.")

    def _model(self, phrases: Path | None = None) -> Model:
        if phrases is None and model_path().exists():
            return Model.load(model_path())
        folder = phrases or DEFAULT_PACK / "phrases"
        if not folder.is_dir():
            raise CommandError("Chưa có mô hình. Chạy: motcua classifier train")
        return train(
            (line.strip(), file.stem)
            for file in sorted(folder.glob("*.txt"))
            for line in file.read_text(encoding="utf-8").splitlines()
            if line.strip() and not line.startswith("#")
        )

    def _evaluate(self, file: Path | None, phrases: Path | None, *, as_json: bool) -> None:
        source = file or DEFAULT_PACK / "phrases" / "eval.csv"
        try:
            with source.open(encoding="utf-8-sig", newline="") as opened:
                rows = [(row["text"], row["category"]) for row in csv.DictReader(opened)]
        except FileNotFoundError as error:
            raise CommandError(f"Không thấy tệp {source}.") from error
        except KeyError as error:
            raise CommandError(f"{source}: cần hai cột text và category; thiếu {error}.") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{source}: không phải chữ UTF-8.") from error
        if not rows:
            raise CommandError(f"{source}: không có dòng nào.")
        report = evaluate(self._model(phrases), rows)
        self.stdout.write(json.dumps(_numbers(report), ensure_ascii=False) if as_json else _words(report))

    def _predict(self, text: str, *, as_json: bool) -> None:
        best = self._model().predict([text], top=3)[0]
        if as_json:
            found = [{"category": label, "probability": round(chance, 4)} for label, chance in best]
            self.stdout.write(json.dumps({"text": text, "gate": GATE, "predictions": found}, ensure_ascii=False))
            return
        for label, chance in best:
            self.stdout.write(f"{chance:6.1%}  {label}")
        self.stdout.write(
            "→ tự chuyển" if best and best[0][1] >= GATE else f"→ dưới ngưỡng {GATE:.0%}: người quyết định"
        )


def _numbers(report: Report) -> dict[str, Any]:
    return {
        "count": report.count,
        "accuracy": round(report.accuracy, 4),
        "top3": round(report.top3, 4),
        "macro_f1": round(report.macro_f1, 4),
        "gate": report.gate,
        "coverage": round(report.coverage, 4),
        "gated_accuracy": round(report.gated_accuracy, 4),
        "per_label": {label: round(score.f1, 4) for label, score in report.per_label.items()},
        "confusions": report.confusions,
    }


def _words(report: Report) -> str:
    lines = [
        f"texts             {report.count}",
        f"accuracy          {report.accuracy:.3f}",
        f"among first three {report.top3:.3f}",
        f"macro-F1          {report.macro_f1:.3f}",
        f"gate {report.gate:.2f}: {report.coverage:.1%} of texts reach it, {report.gated_accuracy:.1%} of them right",
        f"calibration error {report.calibration_error:.3f}",
        "",
        f"{'category':24} {'precision':>9} {'recall':>7} {'F1':>6} {'texts':>6}",
        *(
            f"{label:24} {score.precision:9.2f} {score.recall:7.2f} {score.f1:6.2f} {score.count:6}"
            for label, score in report.per_label.items()
        ),
        "",
        "confusions (wanted → said):",
        *(f"  {times:3} × {wanted} → {said}" for wanted, said, times in report.confusions[:CONFUSIONS]),
    ]
    return "\n".join(lines)
