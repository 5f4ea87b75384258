"""The two stories of the first start, told side by side."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from motcua.project import prepare


@pytest.fixture
def beside(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the other process does."""

    def does(script: str) -> None:
        started = subprocess.Popen

        def other(command: list[str], **options: object) -> object:
            assert command[1:] == ["-m", "motcua.project.prepare", "receptions"]
            return started([sys.executable, "-c", script])

        monkeypatch.setattr(subprocess, "Popen", other)

    return does


def test_both_are_told_to_the_end(
    beside: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told: list[str] = []
    monkeypatch.setitem(prepare.STORIES, "reports", lambda: told.append("reports"))
    beside(f"import pathlib; pathlib.Path({str(tmp_path / 'told')!r}).touch()")
    prepare._tell_side_by_side()
    assert told == ["reports"]
    assert (tmp_path / "told").exists()


def test_the_start_fails_when_the_other_one_does(
    beside: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(prepare.STORIES, "reports", lambda: None)
    beside("raise SystemExit(1)")
    with pytest.raises(SystemExit) as ended:
        prepare._tell_side_by_side()
    assert ended.value.code == 2


def test_the_other_one_is_not_left_alone(beside: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks() -> None:
        raise RuntimeError("no reports")

    monkeypatch.setitem(prepare.STORIES, "reports", breaks)
    beside("import time; time.sleep(600)")
    with pytest.raises(RuntimeError, match="no reports"):
        prepare._tell_side_by_side()  # it would wait ten minutes
