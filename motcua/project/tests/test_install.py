"""Set-up as far as it can be tried without installing anything."""

from pathlib import Path

import pytest

from motcua.project import install


class _Said:
    returncode = 0

    def __init__(self, stdout: str) -> None:
        self.stdout = stdout


@pytest.fixture
def pip_says(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr("subprocess.run", lambda *_, **__: _Said("\n".join(lines)))
    return lines


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
