"""Verification in a process of its own: a document made to exhaust us takes that process with it, and nothing else.

``python -m motcua.lib.pdfsign.apart`` reads a line of JSON and then the document; it answers with JSON.
"""

import base64
import json
import logging
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from motcua.lib.pdfsign.findings import Signature, UnreadableError, Verification

SECONDS = 20  # of processor time, and at most half as much again in all
MEMORY = 1024 * 2**20
_MOMENTS = ("valid_from", "valid_to", "claimed_at", "stamped_at")


def verify_apart(pdf: bytes, *, roots: Sequence[bytes], test_roots: Sequence[bytes] = (), at: datetime) -> Verification:
    """As ``verify``; raises UnreadableError("heavy") when it took too much. Costs some 0.4 s to start."""
    asked = {"roots": _texts(roots), "test_roots": _texts(test_roots), "at": at.isoformat()}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "motcua.lib.pdfsign.apart"],
            input=json.dumps(asked).encode() + b"\n" + pdf,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS * 1.5,
            check=False,
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:  # it was ended before it could answer
        raise UnreadableError("heavy") from error
    if "problem" in told:
        raise UnreadableError(told["problem"])
    return Verification(tuple(_read(one) for one in told["signatures"]), told["pages"])


def _texts(certificates: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in certificates]


def _bytes(texts: Sequence[str]) -> list[bytes]:
    return [base64.b64decode(text) for text in texts]


def _read(one: dict[str, Any]) -> Signature:
    moments = {name: datetime.fromisoformat(one[name]) if one[name] else None for name in _MOMENTS}
    return Signature(**{**one, **moments, "root": bytes.fromhex(one["root"])})


def _written(one: Signature) -> dict[str, Any]:
    told = asdict(one)
    return {**told, **{name: told[name] and told[name].isoformat() for name in _MOMENTS}, "root": one.root.hex()}


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    logging.disable()
    from motcua.lib.pdfsign.verifying import verify  # half a second that the other side need not wait for

    asked = json.loads(sys.stdin.buffer.readline())
    told: dict[str, Any]
    try:
        found = verify(
            sys.stdin.buffer.read(),
            roots=_bytes(asked["roots"]),
            test_roots=_bytes(asked["test_roots"]),
            at=datetime.fromisoformat(asked["at"]),
        )
        told = {"pages": found.pages, "signatures": [_written(one) for one in found.signatures]}
    except UnreadableError as error:
        told = {"problem": error.args[0]}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
