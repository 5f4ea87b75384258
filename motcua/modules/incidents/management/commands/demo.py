"""``motcua demo --reports 2000`` and ``motcua demo --live``: a year of history, and a city that goes on living."""

import random
import signal
import threading
import time
from argparse import ArgumentTypeError
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser

from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.actions.officers import set_same_password
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.modules.incidents.actions.learning import train_classifier
from motcua.modules.incidents.management.demo.stories import SHOWN, Teller
from motcua.modules.incidents.queries.understanding import model_path

PASSWORD = "một-cửa-2026"  # noqa: S105  of the demonstration, printed for everybody who starts it
LOGINS = (
    ("1022.tongdai1", "tổng đài viên 1022, điều phối cả tỉnh"),
    ("xuanhuong.ct", "Chủ tịch phường Xuân Hương – Đà Lạt: giao việc, duyệt kết quả"),
    ("xuanhuong.kt1", "chuyên viên phường Xuân Hương – Đà Lạt: xử lý việc"),
    ("xuanhuong.hcc1", "một cửa phường Xuân Hương – Đà Lạt: tiếp nhận và trả hồ sơ"),
    ("xuanhuong.vp1", "chuyên viên Văn phòng phường: giải quyết hồ sơ hộ tịch"),
    ("quantri", "quản trị hệ thống"),
)
CITIZEN = "0900 000 101"
YEAR = timedelta(days=365)
SHOWN_IN = 400  # reports: so many have one round of the newest in every state
PAUSE = 4.0  # seconds between two happenings of the living city


def _count(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 200_000:
        raise ArgumentTypeError("một số từ 1 đến 200000")
    return int(text)


class Command(BaseCommand):
    help = "Dữ liệu trình diễn: lịch sử phản ánh qua các bước thật (--reports N), rồi sống tiếp (--live)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reports", type=_count, help="làm từng này phản ánh trong một năm qua")
        parser.add_argument("--live", action="store_true", help="gửi và xử lý tiếp cho đến khi bấm Ctrl-C")
        parser.add_argument("--seed", type=int, default=1022)
        parser.add_argument("--no-pictures", action="store_true")
        parser.add_argument("--pause", type=float, default=PAUSE, help="giây giữa hai việc khi --live")

    def handle(self, *args: Any, **options: Any) -> None:
        if not org.tree().in_force:
            raise CommandError("Chưa có thành phố nào. Chạy: motcua pack apply packs/lam-dong")
        if not options["reports"] and not options["live"]:
            raise CommandError("Chọn --reports N hoặc --live.")
        if not model_path().exists():
            train_classifier()
        self._logins()
        if options["reports"]:
            self._history(options["reports"], options["seed"], pictures=not options["no_pictures"])
        if options["live"]:
            self._live(options["pause"], pictures=not options["no_pictures"])

    def _logins(self) -> None:
        """One known password for everybody: this is a demonstration. Written where the start reads it."""
        set_same_password(make_password(PASSWORD))
        lines = [f"{login:16} {PASSWORD}   {who}" for login, who in LOGINS]
        lines.append(
            f"{CITIZEN:16} mã gửi đến      người dân: nộp và theo dõi hồ sơ; mã nằm trong {settings.OUTBOX_DIR}"
        )
        Path(settings.DATA_DIR, "demo-logins.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _history(self, count: int, seed: int, *, pictures: bool) -> None:
        dice = random.Random(seed)  # noqa: S311  a story, not a secret
        teller = Teller(dice, with_pictures=pictures)
        now, began = moment.now(), time.monotonic()
        # More of it lately, so that the inbox is full of what is still open.
        rounds = (count // SHOWN_IN + 1) if count >= 2 * SHOWN else 0
        ages = sorted((YEAR * (dice.random() ** 2.6) for _ in range(count - rounds * SHOWN)), reverse=True)
        for number, age in enumerate(ages, 1):
            opened = now - max(age, timedelta(minutes=5))
            teller.tell(teller.report(opened), now)
            if number % 200 == 0:
                self.stdout.write(f"  {number} / {count}, {number / (time.monotonic() - began):.0f} mỗi giây")
        for _round in range(rounds):
            teller.show(now)
        self.stdout.write(f"OK: {count} phản ánh trong {time.monotonic() - began:.0f} giây.")

    def _live(self, pause: float, *, pictures: bool) -> None:
        dice = random.Random()  # noqa: S311
        teller = Teller(dice, with_pictures=pictures)
        stop = threading.Event()
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, lambda *_: stop.set())
        self.stdout.write("Thành phố đang sống. Ctrl-C để dừng.")
        while not stop.wait(pause * (0.5 + dice.random())):
            if (chance := dice.random()) < 0.35:
                case = teller.report(moment.now())
                self.stdout.write(f"+ {case.code} {case.subject}")
                continue
            if chance < 0.55:
                if said := teller.speak_up():
                    self.stdout.write(f"{said[0]} {said[1].code}")
                continue
            states = ["submitted", "dispatched", "accepted", "in_progress", "resolved"]
            cases = cases_of("incident")
            waiting = cases.filter(closed_at__isnull=True, state__in=states).order_by("next_due_at")
            numbers = list(waiting.values_list("id", flat=True)[:60])
            if numbers and teller.advance(case := cases.get(pk=dice.choice(numbers))):
                case.refresh_from_db()
                self.stdout.write(f"→ {case.code} {case.state}")
