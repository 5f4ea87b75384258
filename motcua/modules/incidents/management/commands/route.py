"""``motcua route --text … --lat … --lon … [--category …] [--explain]``: the dry run of understanding and routing."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel.cases.queries.routing import route
from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.classify import GATE
from motcua.modules.incidents.queries.understanding import elsewhere, suggest


class Command(BaseCommand):
    help = "Thử: câu này, ở chỗ này, lúc này thì đi đến đâu và vì sao. Không ghi gì."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--text", default="")
        parser.add_argument("--lat", type=float)
        parser.add_argument("--lon", type=float)
        parser.add_argument("--category", default="", help="mã loại việc, thay cho bộ phân loại")
        parser.add_argument("--at", default="", help="lúc gửi, như 2026-11-21T20:00")
        parser.add_argument("--explain", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        at = self._at(options["at"])
        lat, lon = options["lat"], options["lon"]
        has_point = lat is not None and lon is not None
        area = org.served_commune_at(lat, lon) if has_point else None
        if has_point and area is None:
            self._say_outside(lat, lon, as_json=options["json"])
            return
        guesses = suggest(options["text"])
        category = category_by_code("incident", options["category"]) if options["category"] else None
        if options["category"] and category is None:
            raise CommandError(f"Không có loại việc {options['category']}.")
        if category is None and guesses and guesses[0].is_sure:
            category = guesses[0].category
        # Without a sure category a human decides: the rules are asked as for a case without any.
        way = route(
            "incident",
            category_id=category.id if category else None,
            area_id=area.id if area and category else None,
            at=at,
            explain=True,
        )
        if way is None:
            raise CommandError("Chưa có quy tắc chuyển nào. Chạy: motcua pack apply packs/lam-dong")
        guide = elsewhere(options["text"])
        unit = org.tree().unit(way.unit_id)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    {
                        "unit": unit.code,
                        "unit_name": unit.name,
                        "category": category.code if category else None,
                        "area": area.code if area else None,
                        "is_outside": False,
                        "rule": way.position,
                        "reason": way.reason,
                        "suggestions": [
                            {"category": guess.category.code, "probability": round(guess.probability, 4)}
                            for guess in guesses
                        ],
                        "elsewhere": guide.kind if guide else None,
                        "steps": list(way.steps),
                    },
                    ensure_ascii=False,
                )
            )
            return
        self.stdout.write(f"→ {unit.name} ({unit.code})")
        if not options["explain"]:
            return
        for guess in guesses:
            mark = "≥" if guess.probability >= GATE else "<"
            self.stdout.write(f"  loại việc: {guess.category.name} {guess.probability:.0%} ({mark} ngưỡng {GATE:.0%})")
        self.stdout.write(f"  chọn: {category.name if category else 'chưa rõ loại, người quyết định'}")
        self.stdout.write(f"  địa bàn: {area.full_name if area else 'không rõ'}")
        self.stdout.write(f"  lúc: {at:%H:%M %d/%m/%Y}")
        if guide:
            self.stdout.write(f"  hướng dẫn nơi khác: {guide.title}")
        for step in way.steps:
            self.stdout.write(f"  {step}")

    def _say_outside(self, lat: float, lon: float, *, as_json: bool) -> None:
        """Such a report is refused, so it goes nowhere."""
        known = places.commune_at(lat, lon)
        if as_json:
            told = {"unit": None, "is_outside": True, "area": known.code if known else None}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write("→ Ghim nằm ngoài địa bàn: không nhận phản ánh có ghim ở đây.")
        self.stdout.write(
            f"  {known.full_name} ({known.code}): không đơn vị nào ở đây phụ trách"
            if known
            else "  điểm này không nằm trong xã, phường nào"
        )

    def _at(self, text: str) -> datetime:
        zone = ZoneInfo(settings.TIME_ZONE)
        if not text:
            return moment.now().astimezone(zone)
        try:
            at = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError(f"--at {text}: viết như 2026-11-21T20:00.") from error
        return at if at.tzinfo else at.replace(tzinfo=zone)
