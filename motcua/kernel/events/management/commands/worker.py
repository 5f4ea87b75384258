"""``motcua worker``: the readers follow the events, and the jobs run when it is their time."""

import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import OperationalError, close_old_connections, connection

from motcua.kernel.events.actions import read_news, rebase, run_due_jobs

IDLE = 0.5  # seconds between looks when nothing happened
PATIENCE = 10.0  # seconds that a job may take to end


class Command(BaseCommand):
    help = "Cho các bộ đọc theo kịp sự kiện và chạy việc định kỳ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="một vòng rồi dừng")

    def handle(self, *args: Any, **options: Any) -> None:
        self._turn(rebase)
        if options["once"]:
            self._turn(read_news)
            self._turn(run_due_jobs)
            return
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        # Beside the readers: a job may wait for a mail server or a gateway, and the live pages must not.
        jobs = threading.Thread(target=self._run, args=(run_due_jobs, stop), daemon=True)
        jobs.start()
        self._run(read_news, stop)
        jobs.join(PATIENCE)

    def _run(self, work: Callable[[], int], stop: threading.Event) -> None:
        while not stop.is_set():
            if not self._turn(work):
                stop.wait(IDLE)
        connection.close()

    def _turn(self, work: Callable[[], int]) -> int:
        try:
            close_old_connections()
            return work()
        except OperationalError as error:  # the database is away; the supervisor brings it back
            self.stderr.write(f"worker: database not reachable, waiting: {error}")
            connection.close()
            return 0
