"""Set-up as far as it can be tried without installing anything."""

import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from motcua.project import install


class _Said:
    returncode = 0

    def __init__(self, stdout: str) -> None:
        self.stdout = stdout


@pytest.fixture
def pip_says(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    lines: list[str] = []
    monkeypatch.setattr("subprocess.run", lambda *_, **__: _Said("\n".join(lines)))
    install.pip_settings.cache_clear()
    yield lines
    install.pip_settings.cache_clear()


def test_uv_gets_its_packages_where_pip_does(pip_says: list[str], tmp_path: Path) -> None:
    pip_says += [
        ":env:.timeout='180'",
        "global.index-url='https://packages.example/simple'",
        f"global.extra-index-url='https://more.example/simple\\nfile://{tmp_path} file:///nowhere/at/all'",
        "global.trusted-host='packages.example'",
    ]
    options = install.uv_options()
    assert options[2:] == [
        *("--default-index", "https://packages.example/simple"),
        *("--index", "https://more.example/simple"),
        *("--index", f"file://{tmp_path}"),
        *("--allow-insecure-host", "packages.example"),
    ]


def test_the_environment_counts_more_than_the_files(pip_says: list[str]) -> None:
    pip_says += [
        "global.index-url='https://global.example/simple'",
        "user.index-url='https://user.example/simple'",
        ":env:.index-url='https://env.example/simple'",
    ]
    assert install.pip_setting("index-url") == ["https://env.example/simple"]


def test_what_pip_does_not_set_uv_is_not_told(pip_says: list[str]) -> None:
    assert install.uv_options() == ["--index-strategy", "unsafe-best-match"]


def test_a_changed_lock_is_installed_anew(tmp_path: Path) -> None:
    lock, stamp = tmp_path / "requirements.lock", tmp_path / "stamp"
    lock.write_text("a==1\n", encoding="ascii")
    assert not install.is_done(stamp, install.digest(lock))
    stamp.write_text(install.digest(lock), encoding="ascii")
    assert install.is_done(stamp, install.digest(lock))
    lock.write_text("a==2\n", encoding="ascii")
    assert not install.is_done(stamp, install.digest(lock))


@pytest.mark.parametrize(("version", "can"), [("22.2.2", False), ("22.3", True), ("24.1b1", True), ("", False)])
def test_a_pip_that_can_install_elsewhere_is_borrowed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, version: str, can: bool
) -> None:
    def told(_name: str) -> str:
        if not version:
            raise metadata.PackageNotFoundError("pip")
        return version

    ran: list[list[str]] = []
    monkeypatch.setattr(metadata, "version", told)
    monkeypatch.setattr(install, "VENV", tmp_path)
    monkeypatch.setattr(install, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(install, "run", lambda *command: ran.append([str(word) for word in command]))
    install.make_venv()
    made, *more = ran
    assert made[1:] == ["-m", "venv", "--clear", "--without-pip", str(tmp_path)]
    command = [str(word) for word in install.pip("install", "x")]
    if can:
        assert command == [made[0], "-m", "pip", "--python", str(install.PYTHON), "install", "x"]
        assert not more
    else:  # then .venv needs one of its own
        assert command == [str(install.PYTHON), "-m", "pip", "install", "x"]
        assert more == [[str(install.PYTHON), "-m", "ensurepip"]]


def test_the_command_keeps_the_bytecode_that_it_makes(tmp_path: Path) -> None:
    package = tmp_path / "motcua" / "project"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").touch()
    (package / "cli.py").write_text("import os\n\ndef main(): print(os.environ.get('PYTHONDONTWRITEBYTECODE'))\n")
    told = subprocess.run(
        [sys.executable, "-c", install.COMMAND],
        cwd=tmp_path,
        env={"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "None\n"  # nor do those that it starts hear of it
    assert list(package.glob("__pycache__/cli.*.pyc"))
