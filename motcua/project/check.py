"""``make lint`` and ``make test``: every check in order, each with its time, and what could not run said plainly."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from motcua.testing.chromium import find_browser

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable
BIN = Path(PYTHON).parent
# The first that this system has.
BROWSER_PACKAGES = (("chromium-headless-shell", "fonts-dejavu-core"), ("chromium", "fonts-dejavu-core"))
# Others' word on our signatures, and a device to sign with. Tests that need one say so where it is missing.
SIGNING_PROGRAMS = {"pdfsig": "poppler-utils", "softhsm2-util": "softhsm2"}

STYLE = (
    ("style", [str(BIN / "ruff"), "check", "--quiet", "."]),
    ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."]),
    ("layers", [str(BIN / "lint-imports"), "--no-cache"]),
    ("types", [str(BIN / "mypy"), "motcua", "bench"]),
)
GUARDS = ("guards", [PYTHON, "-m", "pytest", "-q", "motcua/testing/architecture"])
# As many tests at once as there are processors; beyond eight their browsers and databases want more than most machines.
WORKERS = str(min(max(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2, 2), 8))
UNIT = ("unit tests", [PYTHON, "-m", "pytest", "-q", "-rs", "-n", WORKERS, "--dist", "loadgroup", "-m", "not browser"])
BROWSER = ("browser tests", [PYTHON, "-m", "pytest", "-q", "-rs", "-n", WORKERS, "-m", "browser"])
Step = tuple[str, list[str]]


def fetch_browser() -> str:
    """Install the system's Chromium where that is possible. Returns why it is not, or "" when there is one now."""
    if find_browser():
        return ""
    if not shutil.which("apt-get"):
        return "this machine has no apt-get; install Chromium by its own means, or set CHROMIUM to one"
    if os.geteuid() != 0:
        return "only root may install it: `sudo apt-get install chromium`, or set CHROMIUM to one"
    print("· no Chromium here: installing the system's", flush=True)
    problem = _install(BROWSER_PACKAGES[0]) and _install(BROWSER_PACKAGES[1])
    return problem or ("" if find_browser() else "apt-get installed it, but there is no `chromium` on the path")


def fetch_signing_programs() -> str:
    """Install what signatures are compared with. Returns what is still missing, and why, or ""."""
    missing = {program: package for program, package in SIGNING_PROGRAMS.items() if not shutil.which(program)}
    if not missing:
        return ""
    names = " ".join(missing.values())
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return f"{', '.join(missing)}: install {names}"
    print(f"· no {', '.join(missing)} here: installing {names}", flush=True)
    return _install(tuple(missing.values()))


def _install(packages: tuple[str, ...]) -> str:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", *packages]):
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode:
            said = done.stdout.strip().splitlines() or [f"exit {done.returncode}"]
            return f"`{' '.join(command)}` failed: {said[-1]}"
    return ""


def run(step: Step) -> tuple[str, bool, float]:
    name, command = step
    print(f"\n── {name} " + "─" * (76 - len(name)), flush=True)
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, check=False)
    return name, done.returncode == 0, time.monotonic() - started


def main() -> int:
    wanted = sys.argv[1] if len(sys.argv) > 1 else "test"
    if wanted not in ("lint", "test"):
        print("usage: python -m motcua.project.check lint|test", file=sys.stderr)
        return 2
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each process of the tests compiles them anew: ten seconds each
    results = [run(step) for step in STYLE]
    missing = signing = ""
    if wanted == "lint":
        results.append(run(GUARDS))
    else:
        signing = fetch_signing_programs()
        results.append(run(UNIT))
        missing = fetch_browser()
        if not missing:
            results.append(run(BROWSER))
    print()
    for name, is_good, seconds in results:
        print(f"  {'ok    ' if is_good else 'FAILED'} {name:<16}{seconds:6.1f} s")
    if signing:
        print(f"  NOT RUN signatures against other programs: {signing}")
    if missing:
        print(f"  NOT RUN browser tests: {missing}")
    print(f"         {'in all':<16}{sum(seconds for _, _, seconds in results):6.1f} s")
    return 0 if all(is_good for _, is_good, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
