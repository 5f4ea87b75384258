"""Typed readers of the environment. A value that cannot be read stops the start and names the variable."""

import os
from pathlib import Path

from motcua.lib.errors import Refused

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def _refuse(name: str, raw: str, expected: str) -> Refused:
    return Refused("invalid_setting", f"{name}={raw!r}: expected {expected}")


def env_str(name: str, default: str | None = None) -> str:
    """An empty variable counts as unset, as shells and compose files write it. No default: required."""
    raw = os.environ.get(name, "")
    if raw:
        return raw
    if default is None:
        raise Refused("missing_setting", f"{name} must be set")
    return default


def env_bool(name: str, default: bool) -> bool:
    raw = os.environ.get(name, "")
    if not raw:
        return default
    if raw.lower() in _TRUE:
        return True
    if raw.lower() in _FALSE:
        return False
    raise _refuse(name, raw, "1 or 0")


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    raw = os.environ.get(name, "")
    if not raw:
        return default
    try:
        value = int(raw)
    except ValueError:
        raise _refuse(name, raw, "a whole number") from None
    if not least <= value <= most:
        raise _refuse(name, raw, f"a whole number from {least} to {most}")
    return value


def env_list(name: str, default: list[str] | None = None) -> list[str]:
    """Parts between commas; blanks around them and empty parts are dropped."""
    raw = os.environ.get(name, "")
    if not raw:
        return list(default or [])
    return [part.strip() for part in raw.split(",") if part.strip()]


def env_path(name: str, default: Path) -> Path:
    raw = os.environ.get(name, "")
    return Path(raw).expanduser().resolve() if raw else default.resolve()


def env_secret(name: str, default: str | None = None) -> str:
    """The variable itself, or the content of the file that NAME_FILE names (as container platforms mount secrets)."""
    file = os.environ.get(f"{name}_FILE", "")
    if not file:
        return env_str(name, default)
    if os.environ.get(name):
        raise Refused("invalid_setting", f"{name} and {name}_FILE are both set: keep one")
    try:
        value = Path(file).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _refuse(f"{name}_FILE", file, f"a readable file ({error.strerror})") from None
    if not value:
        raise _refuse(f"{name}_FILE", file, "a file that is not empty")
    return value
