"""``make test`` fetches what it needs from a system that may or may not give it: tried with an apt-get of our own."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from motcua.project import check
from motcua.testing.chromium import find_browser

# Notes what it was asked for; of the packages that it has it makes a program of that name.
APT_GET = """#!/bin/sh
echo "$DEBIAN_FRONTEND: $*" >> "{folder}/asked"
if [ "$1" = update ]; then echo "Reading"; echo "E: no network"; exit {updating}; fi
for name in {packages}; do
  case " $* " in *" $name "*) : > "{folder}/$name"; /bin/chmod +x "{folder}/$name"; exit 0;; esac
done
echo "Reading package lists"
echo "E: Unable to locate package $5"
exit 100
"""
AptGet = Callable[..., None]


@pytest.fixture
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with nothing on it, and us as its root."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("CHROMIUM", "DEBIAN_FRONTEND"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return tmp_path


@pytest.fixture
def apt_get(path: Path) -> AptGet:
    def put(*packages: str, updating: int = 0) -> None:
        program = path / "apt-get"
        program.write_text(APT_GET.format(folder=path, updating=updating, packages=" ".join(packages) or '""'))
        program.chmod(0o755)

    return put


def asked(path: Path) -> list[str]:
    """What the system was asked for, word for word."""
    log = path / "asked"
    return log.read_text().splitlines() if log.exists() else []


UPDATE = "noninteractive: update -qq"
SHELL = "noninteractive: install -y -qq chromium-headless-shell fonts-dejavu-core"
WHOLE = "noninteractive: install -y -qq chromium fonts-dejavu-core"


def test_what_is_there_is_not_fetched(path: Path, apt_get: AptGet) -> None:
    apt_get("chromium-headless-shell")
    (path / "google-chrome").write_text("")
    (path / "google-chrome").chmod(0o755)
    assert check.fetch_browser() == ""
    assert asked(path) == []


def test_the_shell_is_fetched_first(path: Path, apt_get: AptGet) -> None:
    apt_get("chromium-headless-shell", "chromium")
    assert check.fetch_browser() == ""
    assert asked(path) == [UPDATE, SHELL]
    assert find_browser() == str(path / "chromium-headless-shell")


def test_a_system_without_the_shell_gives_the_whole_browser(path: Path, apt_get: AptGet) -> None:
    apt_get("chromium")
    assert check.fetch_browser() == ""
    assert asked(path) == [UPDATE, SHELL, UPDATE, WHOLE]
    assert find_browser() == str(path / "chromium")


def test_a_system_with_neither_is_quoted(path: Path, apt_get: AptGet) -> None:
    apt_get()
    assert check.fetch_browser() == (
        "`apt-get install -y -qq chromium fonts-dejavu-core` failed: E: Unable to locate package fonts-dejavu-core"
    )


def test_a_list_of_packages_that_cannot_be_fetched(path: Path, apt_get: AptGet) -> None:
    """Then nothing is installed from an old one."""
    apt_get("chromium-headless-shell", updating=100)
    assert check.fetch_browser() == "`apt-get update -qq` failed: E: no network"
    assert set(asked(path)) == {UPDATE}


def test_an_apt_get_that_fails_without_a_word(path: Path) -> None:
    (path / "apt-get").write_text("#!/bin/sh\nexit 7\n")
    (path / "apt-get").chmod(0o755)
    assert check.fetch_browser() == "`apt-get update -qq` failed: exit 7"


def test_a_package_that_brings_no_browser(path: Path, apt_get: AptGet) -> None:
    apt_get("fonts-dejavu-core")
    assert "there is no `chromium` on the path" in check.fetch_browser()


def test_without_apt_get_or_root_it_says_what_to_do(
    path: Path, apt_get: AptGet, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "has no apt-get" in check.fetch_browser()
    assert "CHROMIUM" in check.fetch_browser()
    apt_get("chromium-headless-shell")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "sudo apt-get install chromium" in check.fetch_browser()
    assert asked(path) == []


def test_programs_for_signatures_are_fetched_or_named(
    path: Path, apt_get: AptGet, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path / "pdfsig").write_text("")
    (path / "pdfsig").chmod(0o755)
    assert check.fetch_signing_programs() == "softhsm2-util: install softhsm2"
    apt_get("softhsm2")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert check.fetch_signing_programs() == "softhsm2-util: install softhsm2"
    assert asked(path) == []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert check.fetch_signing_programs() == ""
    assert asked(path) == [UPDATE, "noninteractive: install -y -qq softhsm2"]
