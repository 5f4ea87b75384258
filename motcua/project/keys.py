"""Secrets that are made once, on the first start, and kept in the data folder for its owner only."""

import base64
import contextlib
import os
import secrets
import tempfile
from collections.abc import Callable
from pathlib import Path

from motcua.lib.errors import Refused

FIELD_KEY_BYTES = 32


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """What the file holds; made with ``make`` when there is no such file. Two processes starting together agree."""
    try:
        value = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp: mode 0600
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(make() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):  # the other process was first: its value counts
                path.hardlink_to(name)
        finally:
            Path(name).unlink()
        value = path.read_text(encoding="ascii").strip()
    if not value:
        # Carrying on with a new key would make what the old one encrypted unreadable without a word.
        raise Refused("invalid_setting", f"{path} is empty: restore it from a backup of the data folder")
    return value


def new_secret_key() -> str:
    return secrets.token_urlsafe(50)


def new_field_key() -> str:
    return base64.b64encode(secrets.token_bytes(FIELD_KEY_BYTES)).decode("ascii")


def field_keys(text: str) -> tuple[bytes, ...]:
    """The key ring: base64 keys separated by commas or lines. The first one encrypts, each of them decrypts."""
    keys = []
    for position, part in enumerate(text.replace(",", "\n").split(), start=1):
        try:
            key = base64.b64decode(part, validate=True)
        except ValueError:
            key = b""
        if len(key) != FIELD_KEY_BYTES:
            raise Refused("invalid_setting", f"FIELD_KEY: key {position} is not {FIELD_KEY_BYTES} bytes in base64")
        keys.append(key)
    if not keys:
        raise Refused("invalid_setting", "FIELD_KEY holds no key")
    return tuple(keys)
