"""The pytest plugin, loaded with ``-p`` before anything reads Django's settings.

Each run has a data folder and a PostgreSQL of its own, which forgets everything, so that runs beside each other do not
meet. TEST_DATABASE_URL names another server (PostgreSQL ≥ 15) instead.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from motcua.project.database import Server, socket_url

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


def _start_server() -> None:
    if not _outside and not _IS_WORKER and not _servers:
        server = Server(_folder / "postgres", durable=False)
        server.start()
        _servers.append(server)


def pytest_sessionstart(session: pytest.Session) -> None:
    if getattr(session.config.option, "numprocesses", None):
        _start_server()  # one for all workers, so it cannot wait until one of them asks


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> None:
    if fixturedef.argname == "django_db_setup":  # a run that asks for no table starts no server
        _start_server()


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
