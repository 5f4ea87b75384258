"""What a child process needs from the operating system: to end with its parent, and not to be root."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
_CAP_VERSION_3, _CAP_DAC_OVERRIDE = 0x20080522, 1
_CLONE_NEWUSER = 0x10000000
_NAMESPACE_UID = 1000


def _libc_call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{name}: {os.strerror(code)}")


def end_with_parent(parent: int, sent: signal.Signals) -> None:
    """Called in the child: the kernel sends it ``sent`` when the process ``parent`` ends, however that ends."""
    if sys.platform != "linux":
        return  # elsewhere a supervisor that is killed outright leaves its children to be stopped by hand
    _libc_call("prctl", _PR_SET_PDEATHSIG, sent)
    if os.getppid() != parent:
        os.kill(os.getpid(), sent)  # the parent ended before the kernel was asked


def child_of_this_process(sent: signal.Signals) -> Callable[[], None]:
    """A ``preexec_fn``. Spawn from the main thread: for the kernel the parent ends when the spawning thread does."""
    parent = os.getpid()
    return lambda: end_with_parent(parent, sent)


def _enter_user_namespace() -> None:
    """Root outside, an ordinary user inside: the folders stay root's own and need not be opened to anybody."""
    user, group = os.geteuid(), os.getegid()
    _libc_call("unshare", _CLONE_NEWUSER)
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{_NAMESPACE_UID} {user} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_NAMESPACE_UID} {group} 1", encoding="ascii")


@cache
def _namespaces_are_allowed() -> bool:
    if sys.platform != "linux":
        return False
    try:
        subprocess.run([sys.executable, "-S", "-c", ""], preexec_fn=_enter_user_namespace, check=True)
    except (subprocess.SubprocessError, OSError):
        return False
    return True


def _keep_entering_folders() -> None:
    """As another user: still enter folders that are closed to all but root, and keep nothing else of root."""
    bit = 1 << _CAP_DAC_OVERRIDE
    header, sets = (ctypes.c_uint32 * 2)(_CAP_VERSION_3, 0), (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    _libc_call("capset", header, sets)
    _libc_call("prctl", _PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE, 0, 0)  # handed on to the program


class Unprivileged:
    """How to run a program that refuses to run as root, and who then owns its files.

    Root enters a user namespace where the machine allows that, and else becomes another user for it.
    """

    def __init__(self) -> None:
        self.is_root = os.geteuid() == 0
        self.user, self.group = os.geteuid(), os.getegid()
        self.changes_user = False
        self.enters_closed_folders = False
        if self.is_root and not _namespaces_are_allowed():
            self.changes_user = True
            for name in ("postgres", "nobody"):
                with contextlib.suppress(KeyError):
                    entry = pwd.getpwnam(name)
                    self.user, self.group = entry.pw_uid, entry.pw_gid
                    break

    def become(self) -> None:
        """Called in the child, before the program starts."""
        if self.changes_user:
            if self.enters_closed_folders:
                _libc_call("prctl", _PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setresgid(self.group, self.group, self.group)
            os.setresuid(self.user, self.user, self.user)
            if self.enters_closed_folders:
                _keep_entering_folders()
        elif self.is_root:
            _enter_user_namespace()

    def take(self, folder: Path) -> None:
        """Give the folder and all in it to the user that the program runs as."""
        if not self.is_root or (folder.stat().st_uid, folder.stat().st_gid) == (self.user, self.group):
            return
        for root, _, files in os.walk(folder):
            for path in (Path(root), *(Path(root, file) for file in files)):
                os.chown(path, self.user, self.group, follow_symlinks=False)

    def enter(self, *paths: Path) -> Path | None:
        """See to it that the program may reach these paths. Returns the folder that it cannot be let into."""
        if not self.changes_user:
            return None
        folders = {folder for path in paths for folder in path.resolve().parents if folder.exists()}
        closed = next((folder for folder in sorted(folders) if not folder.stat().st_mode & 0o001), None)
        if closed is None:
            return None
        self.enters_closed_folders = True
        try:
            subprocess.run([sys.executable, "-S", "-c", ""], preexec_fn=self.become, check=True)
        except (subprocess.SubprocessError, OSError):
            return closed
        return None
