"""``motcua run`` as it is: real processes, killed for real."""

import itertools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.message import Message
from pathlib import Path

import psutil
import psycopg
import pytest

from motcua.kernel.packs.tests.small import write_small_pack
from motcua.project.database import socket_url
from motcua.project.pytest_plugin import migrated

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
    def __init__(self, folder: Path, pack: str = "none") -> None:
        self.folder, self.port, self.live_port = folder, _free_port(), _free_port()
        if not (folder / "postgres").exists():  # the plug-in of these tests has migrated one for all
            shutil.copytree(migrated(), folder / "postgres")
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "MOTCUA_TESTING")}
        self.env = kept | {
            "DATA_DIR": str(folder),
            "PORT": str(self.port),
            "LIVE_PORT": str(self.live_port),
            "MOTCUA_PACK": pack,
            "MOTCUA_DEMO": "0",
            "RATE_LIMITS": "0",
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
            with suppress(psutil.Error):
                if all(word in " ".join(child.cmdline()) for word in words):
                    return child
        raise LookupError(words)

    def has_another(self, pid: int, *words: str) -> bool:
        try:
            return self.child(*words).pid != pid
        except LookupError:
            return False

    def ask(self, path: str, body: object = None, **headers: str) -> tuple[int, Message, bytes]:
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json"} | headers
        )
        try:
            with urllib.request.urlopen(asked, timeout=60) as answer:  # noqa: S310
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def report(self, number: int) -> tuple[int, Message, bytes]:
        """Send the report of this number; sent again it is the same one."""
        body = {"text": f"Đèn đường số {number} tắt", "category": "lighting", "lat": 11.95, "lon": 108.42}
        return self.ask("/api/v1/incidents", body, **{"Idempotency-Key": f"report-{number}"})

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "motcua.project.cli", *words],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(socket_url(self.folder / "postgres"), autocommit=True)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)
        self.log.close()


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    pack = write_small_pack(tmp_path_factory.mktemp("pack") / "thu")
    instance = Instance(tmp_path_factory.mktemp("first"), str(pack))
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


def test_killing_the_database_loses_no_acknowledged_report(instance: Instance) -> None:
    """People go on reporting all the while, on the same web process; whoever got no code sends again."""
    web = instance.child(*WEB).pid
    made: dict[int, tuple[str, str]] = {}  # code and private link of what was acknowledged
    refused: list[tuple[Message, bytes]] = []
    unacknowledged: list[int] = []
    is_enough = threading.Event()

    def send(number: int) -> None:
        status, headers, content = instance.report(number)
        if status == 201:
            answer = json.loads(content)
            made[number] = answer["code"], answer["token"]
        else:
            assert status == 503, content
            refused.append((headers, content))
            unacknowledged.append(number)

    def go_on(first: int) -> None:
        for number in itertools.count(first, 2):
            if is_enough.is_set():
                return
            send(number)

    with ThreadPoolExecutor(3) as people:
        try:
            senders = [people.submit(go_on, first) for first in (0, 1)]
            _wait(lambda: len(made) >= 20)
            with suppress(psycopg.OperationalError), instance.connect() as connection:
                # One is half done when it happens, and so is the hand that holds it up.
                connection.execute("BEGIN; LOCK TABLE events_event IN EXCLUSIVE MODE")
                caught = people.submit(send, 10_000)
                _wait(lambda: _waiting(connection) >= 3)
                before, server = len(made), instance.child(*POSTGRES)
                for process in (server, *server.children(recursive=True)):
                    with suppress(psutil.NoSuchProcess):
                        process.kill()
            caught.result(60)
            _wait(lambda: len(made) >= before + 20, 60)
        finally:
            is_enough.set()
        for sender in senders:
            sender.result(60)

    assert 10_000 in unacknowledged
    for headers, content in refused:
        assert int(headers["Retry-After"]) > 0
        assert json.loads(content)["code"] == "unavailable"
    for number in unacknowledged:
        send(number)
    assert instance.child(*WEB).pid == web
    assert len({code for code, _token in made.values()}) == len(made)
    for number, (code, token) in made.items():
        status, _headers, content = instance.ask(f"/api/v1/incidents/{code}", **{"X-Private-Link": token})
        assert status == 200
        assert f"số {number} " in json.loads(content)["subject"]
    with instance.connect() as connection:
        row = connection.execute("SELECT count(*) FROM incidents_incident").fetchone()
    assert row == (len(made),)  # and none of those that were sent twice became two
    done = instance.command("verify")  # a command beside it uses the database that runs
    assert (done.returncode, done.stdout) == (0, "OK: every chain is whole.\n"), done.stderr


def _waiting(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()
    return int(row[0]) if row else 0


def test_a_second_one_on_the_same_port_says_so(instance: Instance, tmp_path: Path) -> None:
    env = instance.env | {"DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "motcua.project.cli", "run"], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert f"Port {instance.port} on 127.0.0.1 is in use" in done.stderr
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
