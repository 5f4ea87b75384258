import os
import subprocess
import sys

import pytest

from motcua.project import cli
from motcua.project.cli import main


def _motcua(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "motcua.project.cli", *arguments],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_refusal_is_one_clear_line() -> None:
    done = _motcua("check", PORT="eighty")
    assert done.returncode == 2
    assert done.stderr == "motcua: PORT='eighty': expected a whole number\n"
    assert done.stdout == ""


def test_it_waits_for_nothing_before_it_knows_what_to_do() -> None:
    code = "import sys, motcua.project.cli; sys.exit(bool({'django', 'psycopg', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_what_every_process_loads_is_light() -> None:
    """Five processes start at once: what they all load, everybody waits for."""
    heavy = {"numpy", "scipy", "sklearn", "shapely", "typst"}
    code = f"import sys, django; django.setup(); print(*({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_help_lists_our_commands(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["motcua"])
    main()
    said = capsys.readouterr().out
    for name in ("run", "migrate", "worker", "verify", "assets"):
        assert f"\n  {name} " in said
    assert "collectstatic" not in said


def test_a_command_that_needs_no_table_starts_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not cli._needs_database("collectstatic", ["collectstatic"])
    assert not cli._needs_database("migrate", ["migrate", "--help"])
    assert not cli._needs_database("nonsense", ["nonsense"])
    assert cli._needs_database("migrate", ["migrate"])


def test_run_takes_no_arguments() -> None:
    done = _motcua("run", "fast")
    assert done.returncode == 2
    assert "takes no arguments" in done.stderr
