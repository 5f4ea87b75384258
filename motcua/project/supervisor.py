"""``motcua run``: everything that a city needs, started, watched and stopped together.

PostgreSQL (when embedded), the pages (Granian, WSGI), the worker and the live streams (Granian, ASGI) are its children.
One that ends is started again. The kernel ends them all when this process ends, however that ends.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from motcua.lib.errors import Refused
from motcua.project.database import Server, owned
from motcua.project.processes import child_of_this_process

WEB_WORKERS = 2
WEB_THREADS = 4  # of each worker; one holds a database connection while it answers
STATEMENT_SECONDS = 30  # a page that takes longer is a bug, and must not hold the database
STOP_SECONDS = 8
SHORTEST_WAIT, LONGEST_WAIT = 0.2, 10.0  # seconds before something that ended is started again
STEADY_SECONDS = 30  # something that ran so long starts again without waiting
LOOK_EVERY = 0.1
OWNER_SECONDS = 30
PAGES_SECONDS = 10  # the other services wait no longer than this for the pages


def say(text: str) -> None:
    print(text, flush=True)


@dataclass
class Patience:
    """How long to wait before the next start of something that keeps ending."""

    wait: float = SHORTEST_WAIT
    started_at: float = 0.0
    not_before: float = 0.0

    def started(self) -> None:
        self.started_at = time.monotonic()

    def ended(self) -> None:
        now = time.monotonic()
        self.wait = SHORTEST_WAIT if now - self.started_at > STEADY_SECONDS else min(self.wait * 2, LONGEST_WAIT)
        self.not_before = now + self.wait

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.not_before


@dataclass
class Service:
    name: str
    command: Sequence[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    patience: Patience = field(default_factory=Patience)

    def start(self) -> None:
        self.patience.started()
        self.process = subprocess.Popen(
            self.command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            preexec_fn=child_of_this_process(signal.SIGTERM),
            start_new_session=True,  # Ctrl-C reaches us alone; we stop them in order
        )

    def watch(self) -> None:
        """Start it again if it ended."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            self.kill_group()  # what it started itself and left behind
            self.process = None
            self.patience.ended()
            say(f"{self.name} ended ({code}); starting it again in {self.patience.wait:.1f} s")
        if self.patience.is_over:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def kill_group(self) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


class Supervisor:
    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.stopping = threading.Event()
        self.pages_are_up = threading.Event()
        self.server = Server(settings.POSTGRES_DIR) if settings.IS_EMBEDDED else None
        self.server_patience = Patience()
        self.live_port = _choose_live_port(settings)
        env = os.environ | {
            "MOTCUA_SUPERVISED": "1",
            "DJANGO_SETTINGS_MODULE": "motcua.project.settings",
            "PYTHONUNBUFFERED": "1",
            "LIVE_PORT": str(self.live_port),
        }
        self.env = env
        self.services = [
            Service(
                "web",
                [
                    *_granian(
                        "wsgi", "motcua.project.wsgi:application", settings.HOST, settings.PORT, WEB_WORKERS, grace=5
                    ),
                    *("--blocking-threads", str(WEB_THREADS), "--backpressure", "256"),
                ],
                env | {"DATABASE_POOL": str(WEB_THREADS), "DATABASE_STATEMENT_SECONDS": str(STATEMENT_SECONDS)},
            ),
            Service("worker", [sys.executable, "-m", "motcua.project.cli", "worker"], env),
            Service(
                "live",
                # A stream never finishes by itself, and browsers come back: no more than a moment for those.
                _granian("asgi", "motcua.project.live:application", settings.HOST, self.live_port, 1, grace=1),
                env,
            ),
        ]

    def run(self) -> int:
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(name, self._on_signal)
        with contextlib.ExitStack() as stack:
            if self.server is not None:
                self._take_folder(stack)
                stack.callback(self.server.stop)
                self.server.start()
                self.server_patience.started()
            if self.stopping.is_set() or not self._prepare():
                return 0 if self.stopping.is_set() else 1
            stack.callback(self._stop_services)
            pages, *others = self.services
            pages.start()
            threading.Thread(target=self._announce, daemon=True).start()
            # The pages have both cores until somebody can see one.
            others_at = time.monotonic() + PAGES_SECONDS
            while not self.stopping.wait(LOOK_EVERY):
                self._watch_server()
                pages.watch()
                if self.pages_are_up.is_set() or time.monotonic() > others_at:
                    for service in others:
                        service.watch()
            say("Stopping …")
        return 0

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.stopping.is_set():  # asked twice: do not wait for anybody
            for service in self.services:
                service.kill_group()
        self.stopping.set()

    def _take_folder(self, stack: contextlib.ExitStack) -> None:
        """Get the right to run the database of this data folder. A single command that holds it has time to finish."""
        deadline = time.monotonic() + OWNER_SECONDS
        told = False
        while True:
            try:
                stack.enter_context(owned(self.settings.POSTGRES_DIR, wait=False))
            except BlockingIOError:
                if time.monotonic() > deadline or self.stopping.wait(LOOK_EVERY):
                    raise Refused(
                        "in_use", f"{self.settings.DATA_DIR} is in use by another `motcua run`: set DATA_DIR and PORT"
                    ) from None
                if not told:
                    say("Waiting for another command that uses this data folder …")
                    told = True
            else:
                return

    def _prepare(self) -> bool:
        """Bring tables and first data up to date, in a process of its own so that this one stays small."""
        prepare = Service("prepare", [sys.executable, "-m", "motcua.project.prepare"], self.env)
        prepare.start()
        assert prepare.process is not None
        while prepare.process.poll() is None:
            if self.stopping.wait(LOOK_EVERY):
                prepare.ask_to_stop()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    prepare.process.wait(STOP_SECONDS)
                prepare.kill_group()  # with what it started beside itself
                return False
            self._watch_server()
        return prepare.process.returncode == 0

    def _watch_server(self) -> None:
        if self.server is None or self.server.is_running:
            return
        if self.server_patience.not_before < self.server_patience.started_at:
            self.server_patience.ended()
            say(f"PostgreSQL ended; starting it again in {self.server_patience.wait:.1f} s")
        if self.server_patience.is_over:
            try:
                self.server.start()
            except Refused as refused:
                say(refused.message)
                self.server_patience.ended()
            else:
                self.server_patience.started()
                say("PostgreSQL is back")

    def _stop_services(self) -> None:
        for service in self.services:
            service.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for service in self.services:
            if service.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    service.process.wait(max(deadline - time.monotonic(), 0))
                service.kill_group()

    def _announce(self) -> None:
        address = self.settings.PUBLIC_URL
        local = f"http://{_own_address(self.settings.HOST)}:{self.settings.PORT}"
        while not _is_ready(f"{local}/readyz"):
            if self.stopping.wait(LOOK_EVERY):
                return
        self.pages_are_up.set()
        say("")
        for path, words in (
            ("/", "Cổng người dân · for people"),
            ("/desk/", "Bàn làm việc · for officials"),
            ("/board/", "Bảng công khai · public board"),
            ("/open311/v2/", "Open311"),
            ("/api/docs", "JSON API"),
        ):
            say(f"  {words:<32}{address}{path}")
        logins = Path(self.settings.DATA_DIR, "demo-logins.txt")
        if logins.is_file():
            say("")
            say(logins.read_text(encoding="utf-8").rstrip())
        say("")
        say("Ctrl-C dừng tất cả · stops everything")


def _granian(interface: str, application: str, host: str, port: int, workers: int, *, grace: int) -> list[str]:
    """``grace``: seconds that a worker has to finish what it answers."""
    return [
        *(sys.executable, "-m", "granian", "--interface", interface, "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--http", "1", "--no-ws", "--log-level", "error"),
        *("--respawn-failed-workers", "--respawn-interval", "0.2", "--workers-kill-timeout", str(grace)),
        application,
    ]


def _own_address(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _is_free(host: str, port: int) -> bool:
    """Asked beforehand: two servers may listen on one port, and each would get half of the visitors."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _choose_live_port(settings: Any) -> int:
    if not _is_free(settings.HOST, settings.PORT):
        raise Refused("in_use", f"Port {settings.PORT} on {settings.HOST} is in use; try: make run PORT=8010")
    if _is_free(settings.HOST, settings.LIVE_PORT):
        return int(settings.LIVE_PORT)
    if os.environ.get("LIVE_PORT"):
        raise Refused("in_use", f"LIVE_PORT {settings.LIVE_PORT} on {settings.HOST} is in use")
    with socket.socket(socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET) as probe:
        probe.bind((settings.HOST, 0))
        return int(probe.getsockname()[1])


def run(arguments: list[str]) -> int:
    if arguments:
        raise Refused("invalid", "motcua run takes no arguments; it is set up by the environment (docs/settings.md)")
    from motcua.project import settings

    return Supervisor(settings).run()
