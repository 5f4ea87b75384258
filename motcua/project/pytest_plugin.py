"""The pytest plugin, loaded with ``-p`` before anything reads Django's settings.

Each run has a data folder and a PostgreSQL of its own, which forgets everything, so that runs beside each other do not
meet. It begins as a copy of one on which every migration ran, kept in ``.build`` until one of them changes.
TEST_DATABASE_URL names another server (PostgreSQL ≥ 15) instead.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from motcua.project.database import Server, owned, socket_url

pytest_plugins = ["motcua.testing.browser"]

_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ  # of pytest-xdist; it inherits what the first process decided
if not _IS_WORKER:
    os.environ["MOTCUA_TESTING"] = "1"
    os.environ["DJANGO_SETTINGS_MODULE"] = "motcua.project.settings"
    os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="motcua-test-")
_folder = Path(os.environ["DATA_DIR"])
_outside = os.environ.get("TEST_DATABASE_URL", "")
os.environ["DATABASE_URL"] = _outside or socket_url(_folder / "postgres")
_servers: list[Server] = []
_root = Path(__file__).resolve().parents[2]


def _start_server() -> None:
    if not _outside and not _IS_WORKER and not _servers:
        shutil.copytree(migrated(), _folder / "postgres")
        server = Server(_folder / "postgres", durable=False)
        server.start()
        _servers.append(server)


def migrated() -> Path:
    """The data folder of a server that was stopped after all migrations had run on it."""
    content = hashlib.sha256()
    for file in (_root / "requirements.lock", *sorted(_root.glob("motcua/**/migrations/*.py"))):
        content.update(file.read_bytes())
    kept = _root / ".build" / "test-database"
    mark, wanted = kept.with_suffix(".mark"), content.hexdigest()
    with owned(kept, wait=True):
        if not (mark.is_file() and mark.read_text(encoding="ascii") == wanted):
            shutil.rmtree(kept, ignore_errors=True)
            server = Server(_folder / "migrated", durable=False)
            server.start()
            try:
                address = os.environ | {"DATABASE_URL": socket_url(server.data)}
                subprocess.run([sys.executable, "-m", "django", "migrate", "--verbosity=0"], env=address, check=True)
            finally:
                server.stop()
            shutil.move(server.data, kept)
            mark.write_text(wanted, encoding="ascii")
    return kept


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # To import every other test takes longer than the first ten of the browser.
    if config.option.markexpr == "browser" and collection_path.name.startswith("test_"):
        return b"mark.browser" not in collection_path.read_bytes() or None
    return None


def pytest_sessionstart(session: pytest.Session) -> None:
    if getattr(session.config.option, "numprocesses", None):
        _start_server()  # one for all workers, so it cannot wait until one of them asks


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    if fixturedef.argname == "django_db_setup":  # a run that asks for no table starts no server
        _start_server()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The longest first, or one worker is left alone with them at the end.
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_unconfigure(config: pytest.Config) -> None:
    while _servers:
        _servers.pop().stop()
    if not _IS_WORKER:
        shutil.rmtree(_folder, ignore_errors=True)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    # Names of tests must be the same in each worker, and a made-up file or a signed text is not, from second to second.
    if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 60):
        return f"{argname} of {len(val)}"
    return None
