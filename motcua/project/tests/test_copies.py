"""A copy made while the database runs, and brought back into another one."""

import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from motcua.lib.errors import Refused
from motcua.project.copies import load, save
from motcua.project.database import Server, socket_url

pytestmark = [pytest.mark.own_server, pytest.mark.slow]


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    servers = [Server(tmp_path / name / "postgres", durable=False) for name in ("old", "new")]
    try:
        for server in servers:
            server.start()
        yield servers[0].data, servers[1].data
    finally:
        for server in servers:
            server.stop()


def _words(data: Path) -> list[tuple[str]]:
    with psycopg.connect(socket_url(data)) as connection:
        return list(connection.execute("SELECT word FROM kept ORDER BY word"))


def _keep(data: Path, *words: str) -> None:
    with psycopg.connect(socket_url(data)) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (word text)")
        for word in words:
            connection.execute("INSERT INTO kept VALUES (%s)", [word])


def test_what_was_saved_comes_back(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    _keep(old, "Đà Lạt", "Xuân Hương")
    file = tmp_path / "copy"
    save(old, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "new", "old"]
    load(new, file)
    assert _words(new) == [("Xuân Hương",), ("Đà Lạt",)]


def test_it_replaces_nothing(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    _keep(old, "a")
    _keep(new, "b")
    save(old, tmp_path / "copy")
    with pytest.raises(Refused, match="not_empty"):
        load(new, tmp_path / "copy")
    assert _words(new) == [("b",)]


def test_a_copy_that_is_cut_off_leaves_nothing(folders: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = folders
    _keep(old, *(str(number) * 50 for number in range(2000)))
    file = tmp_path / "copy"
    save(old, file)
    file.write_bytes(file.read_bytes()[:-2000])
    with pytest.raises(Refused, match="copy_failed"):
        load(new, file)
    with psycopg.connect(socket_url(new)) as connection:
        assert connection.execute("SELECT to_regclass('kept')").fetchone() == (None,)


def test_a_copy_that_cannot_be_written_leaves_the_last_one(tmp_path: Path) -> None:
    file = tmp_path / "copy"
    file.write_bytes(b"yesterday's")
    with pytest.raises(Refused, match="copy_failed"):
        save(tmp_path / "nowhere", file)
    assert file.read_bytes() == b"yesterday's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy"]
