"""Copies of the embedded database, made while it runs. A PostgreSQL of one's own is copied with its own tools."""

import os
import subprocess
from pathlib import Path

import psycopg

from motcua.lib.errors import Refused
from motcua.project.database import programs, socket_url


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(programs() / program), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused("copy_failed", f"{program}: {done.stderr.strip()}")


def save(data: Path, file: Path) -> None:
    """Write the whole database as it is at this moment. The file has its name only once it is whole."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    try:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={part}", f"--dbname={socket_url(data)}")
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def load(data: Path, file: Path) -> None:
    """Bring such a copy back, whole or not at all, into an empty database."""
    if not file.is_file():
        raise Refused("not_found", f"There is no file {file}.")
    with psycopg.connect(socket_url(data)) as connection:
        if connection.execute("SELECT FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone() is not None:
            raise Refused("not_empty", f"{data} holds data already: restore into a new DATA_DIR.")
    _run("pg_restore", "--no-owner", "--single-transaction", f"--dbname={socket_url(data)}", str(file))
