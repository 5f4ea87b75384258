"""``motcua run`` as it is: real processes, killed for real."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from motcua.project.database import socket_url

# One worker for all of them: they share what runs.
pytestmark = [pytest.mark.own_server, pytest.mark.slow, pytest.mark.xdist_group("supervisor")]
START_SECONDS = 90  # the machine may be busy with other tests; alone it takes four


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(is_so: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class Instance:
    def __init__(self, folder: Path) -> None:
        self.folder, self.port, self.live_port = folder, _free_port(), _free_port()
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MOTCUA_TESTING")}
        self.env = kept | {
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "LIVE_PORT": str(self.live_port),
            "MOTCUA_PACK": "none",
            "PYTHONUNBUFFERED": "1",
        }
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "motcua.project.cli", "run"], env=self.env, stdout=self.log, stderr=self.log
        )

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self.process.poll() is None, self.said()
            return self.is_ready and self.streams_answer() and self.has_another(0, "cli", "worker")

        _wait(ready, START_SECONDS)

    def get(self, path: str, port: int | None = None) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}", timeout=10) as answer:
            return bytes(answer.read())

    @property
    def is_ready(self) -> bool:
        try:
            return bool(json.loads(self.get("/readyz"))["ready"])
        except (urllib.error.URLError, OSError, ValueError):
            return False

    def streams_answer(self) -> bool:
        try:
            return self.get("/healthz", self.live_port) == b"ok\n"
        except (urllib.error.URLError, OSError):
            return False

    def family(self) -> list[psutil.Process]:
        """Every process that it started, and what those started."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """Its own child with these words in the command line."""
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if all(word in " ".join(child.cmdline()) for word in words):
                    return child
        raise LookupError(words)

    def has_another(self, pid: int, *words: str) -> bool:
        try:
            return self.child(*words).pid != pid
        except LookupError:
            return False

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(socket_url(self.folder / "postgres"), autocommit=True)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self.log.close()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    instance = Instance(tmp_path_factory.mktemp("first"))
    instance.wait_until_ready()
    yield instance
    instance.stop()


WEB, WORKER, LIVE, POSTGRES = ("granian", "wsgi"), ("cli", "worker"), ("granian", "asgi"), ("postgres", "-D")


@pytest.mark.parametrize("words", [WEB, WORKER, LIVE, POSTGRES], ids=["web", "worker", "live", "postgres"])
def test_what_is_killed_comes_back(instance: Instance, words: tuple[str, ...]) -> None:
    victim = instance.child(*words)
    offspring = victim.children(recursive=True)
    victim.kill()
    _wait(lambda: instance.has_another(victim.pid, *words))
    _wait(lambda: instance.is_ready)
    _wait(instance.streams_answer)
    _, alive = psutil.wait_procs(offspring, timeout=10)
    assert not alive  # nothing of the old one is left to answer beside the new one


def test_a_killed_web_worker_comes_back(instance: Instance) -> None:
    web = instance.child(*WEB)
    before = {child.pid for child in web.children()}
    psutil.Process(min(before)).kill()
    _wait(lambda: len({child.pid for child in web.children()} - before) == 1 and len(web.children()) == len(before))
    assert instance.is_ready


def test_killing_the_database_loses_no_acknowledged_row(instance: Instance) -> None:
    with instance.connect() as connection:
        connection.execute("CREATE TABLE kept (number int)")
        with contextlib.suppress(psycopg.OperationalError):
            for number in range(1000):
                if number == 500:
                    instance.child(*POSTGRES).kill()
                connection.execute("INSERT INTO kept VALUES (%s)", [number])
                acknowledged = number + 1
    _wait(lambda: instance.is_ready)
    with instance.connect() as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    assert row[0] >= acknowledged >= 500


def test_a_second_one_on_the_same_port_says_so(instance: Instance, tmp_path: Path) -> None:
    env = instance.env | {"DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "motcua.project.cli", "run"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"Port {instance.port} on 127.0.0.1 is in use" in done.stderr
    assert instance.is_ready


def test_commands_use_the_database_that_runs(instance: Instance) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "motcua.project.cli", "migrate", "--check"],
        env=instance.env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert instance.is_ready


@pytest.fixture(scope="module")
def second_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("second")


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_it_ends_with_everything_it_started(instance: Instance, second_folder: Path, sent: signal.Signals) -> None:
    second = Instance(second_folder)
    try:
        second.wait_until_ready()
        family = second.family()
        assert len(family) >= 6
        with socket.create_connection(("127.0.0.1", second.live_port)) as stream:
            stream.sendall(b"GET /live/board/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert b"200" in stream.recv(100)
            second.process.send_signal(sent)
            code = second.process.wait(20)
            _, alive = psutil.wait_procs(family, timeout=10)
        assert not alive
        assert code == (0 if sent != signal.SIGKILL else -signal.SIGKILL)
        assert not (
            second_folder / "postgres" / "postmaster.pid"
        ).exists()  # an orderly end of the database, in each case
        assert instance.is_ready  # the one beside it did not notice
    finally:
        second.stop()
