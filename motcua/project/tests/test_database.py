"""The embedded server itself, so these run on it whatever TEST_DATABASE_URL says."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from motcua.lib.errors import Refused
from motcua.project import processes
from motcua.project.database import Server, accepts, database_running, owned, socket_url

pytestmark = [pytest.mark.own_server, pytest.mark.slow]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "postgres"


@pytest.fixture
def server(data: Path) -> Iterator[Server]:
    server = Server(data)
    yield server
    server.stop()


def _postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0])


def _is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _wait_until(is_so: object, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():  # type: ignore[operator]
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_it_starts_stops_and_keeps_its_rows(server: Server, data: Path) -> None:
    server.start()
    with psycopg.connect(socket_url(data)) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES (upper('đà lạt'))")
    server.stop()
    assert not accepts(data)
    server.start()
    with psycopg.connect(socket_url(data)) as connection:
        assert connection.execute("SELECT word FROM kept").fetchone() == ("ĐÀ LẠT",)
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)


def test_nobody_else_may_enter(server: Server, data: Path) -> None:
    server.start()
    assert data.stat().st_mode & 0o077 == 0
    with psycopg.connect(socket_url(data)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_a_killed_server_loses_no_acknowledged_row(server: Server, data: Path) -> None:
    server.start()
    with psycopg.connect(socket_url(data), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        for number in range(100):
            connection.execute("INSERT INTO kept VALUES (%s)", [number])
        os.kill(_postmaster(data), signal.SIGKILL)
    _wait_until(lambda: not server.is_running)
    server.start()
    with psycopg.connect(socket_url(data)) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (100,)


def test_the_number_of_a_dead_server_given_to_another_program_does_no_harm(server: Server, data: Path) -> None:
    server.start()
    server.stop()
    # As after a crash and a restart of the machine: the file is there, and its number is this very process's.
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n0\n5432\n\n\n\n", encoding="ascii")
    server.start()
    assert accepts(data)


def test_a_first_start_that_was_cut_off_is_begun_anew(server: Server, data: Path) -> None:
    data.mkdir(mode=0o700)
    (data / "base").mkdir()
    (data / "half.conf").touch()
    server.start()
    assert accepts(data)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    data = tmp_path / ("a" * 100) / "postgres"
    server = Server(data, durable=False)
    try:
        server.start()
        assert accepts(data)
    finally:
        server.stop()


def test_two_beside_each_other(tmp_path: Path) -> None:
    servers = [Server(tmp_path / name / "postgres", durable=False) for name in ("a", "b")]
    try:
        for server in servers:
            server.start()
        with psycopg.connect(socket_url(servers[0].data), autocommit=True) as connection:
            connection.execute("CREATE TABLE only_here ()")
        with psycopg.connect(socket_url(servers[1].data)) as connection:
            assert connection.execute("SELECT to_regclass('only_here')").fetchone() == (None,)
    finally:
        for server in servers:
            server.stop()


def test_it_ends_with_the_process_that_started_it(data: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from motcua.project.database import Server;"
        "Server(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code, str(data)], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"up\n"
    pid = _postmaster(data)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    _wait_until(lambda: not _is_alive(pid))
    assert not (data / "postmaster.pid").exists()  # an orderly end, not a crash


def test_a_server_that_cannot_start_says_why(server: Server, data: Path) -> None:
    server.start()
    server.stop()
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("nonsense = 1\n")
    with pytest.raises(Refused, match="nonsense"):
        server.start()


def _use(data: Path, ready: object, leave: object) -> None:
    with database_running(data):
        ready.set()  # type: ignore[attr-defined]
        leave.wait(30)  # type: ignore[attr-defined]


def test_commands_share_one_server_and_the_last_one_stops_it(data: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    ready, leave = [spawn.Event(), spawn.Event()], [spawn.Event(), spawn.Event()]
    first, second = (spawn.Process(target=_use, args=(data, ready[n], leave[n])) for n in (0, 1))
    first.start()
    assert ready[0].wait(30)
    second.start()
    assert ready[1].wait(30)
    leave[0].set()
    first.join(0.5)
    assert first.is_alive()  # it started the server, and the second one still uses it
    assert accepts(data)
    leave[1].set()
    second.join(30)
    first.join(30)
    assert (first.exitcode, second.exitcode) == (0, 0)
    assert not accepts(data)


def test_only_one_owner(data: Path) -> None:
    with owned(data, wait=False):
        handle = os.open(data.with_name("postgres.owner"), os.O_RDWR)
        try:
            with pytest.raises(BlockingIOError):
                owned(data, wait=False).__enter__()
        finally:
            os.close(handle)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
@pytest.mark.parametrize("allowed", [True, False], ids=["in a user namespace", "as another user"])
def test_root_starts_it_in_a_folder_of_its_own(data: Path, monkeypatch: pytest.MonkeyPatch, allowed: bool) -> None:
    if not allowed:  # as in most containers
        monkeypatch.setattr(processes, "_namespaces_are_allowed", lambda: False)
    data.parent.chmod(0o700)
    server = Server(data, durable=False)
    try:
        server.start()
        assert accepts(data)
        status = Path(f"/proc/{_postmaster(data)}/status").read_text(encoding="ascii")
        assert ("\nUid:\t0\t" in status) is allowed
    finally:
        server.stop()
    assert data.parent.stat().st_mode & 0o777 == 0o700  # no folder was opened to anybody
