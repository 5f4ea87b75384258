"""``motcua worker``: the readers follow the events, and the jobs run when it is their time."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection

from motcua.kernel.events.actions import read_on, run_due_jobs
from motcua.kernel.events.kind import READERS

IDLE = 0.5  # seconds between looks when nothing happened


class Command(BaseCommand):
    help = "Cho các bộ đọc theo kịp sự kiện và chạy việc định kỳ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="một vòng rồi dừng")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if not options["once"]:
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
        while not stop.is_set():
            busy = self._turn()
            if options["once"]:
                return
            if not busy:
                stop.wait(IDLE)

    def _turn(self) -> bool:
        try:
            close_old_connections()
            read = sum(read_on(reader) for reader in READERS.values())
            ran = run_due_jobs()
        except OperationalError as error:  # the database is away; the supervisor brings it back
            self.stderr.write(f"worker: database not reachable, waiting: {error}")
            connection.close()
            return False
        return bool(read or ran)
