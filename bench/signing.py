"""PDFs signed per second with a key file, drawn and all, against the bare signature of the same key; and verified.

``python -m bench.signing``
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import thread_time
from typing import Any

import typst

from motcua.lib.pdfsign.appearance import Appearance
from motcua.lib.pdfsign.authority import Authority, Issued
from motcua.lib.pdfsign.place import Place
from motcua.lib.pdfsign.signing import sign
from motcua.lib.pdfsign.software import SoftwareKey
from motcua.lib.pdfsign.verifying import verify

Measure = dict[str, Any]
NOW = datetime(2026, 11, 16, 1, tzinfo=UTC)
FONTS = Path(__file__).parents[1] / "node_modules" / "@expo-google-fonts" / "tinos"
PLACE = Place(page=-1, x=115, y=200, width=70, height=25)
ALGORITHMS = {"rsa2048": "RSA 2048", "rsa3072": "RSA 3072", "ec256": "ECDSA P-256"}


def _seconds(call: Callable[[int], object], count: int, rounds: int = 3) -> float:
    """Processor time of one call, in the best of some rounds: the others were disturbed."""
    best = float("inf")
    for _ in range(rounds):
        began = thread_time()
        for number in range(count):
            call(number)
        best = min(best, thread_time() - began)
    return best / count


def _paper() -> bytes:
    text = '#set text(font: "Tinos", size: 13pt)\n= Giấy phép xây dựng\n' + "Cấp cho nhà ở riêng lẻ. " * 120
    made = typst.compile(text.encode(), font_paths=[FONTS], ignore_system_fonts=True)  # type: ignore[misc]  # one type for two
    assert isinstance(made, bytes)
    return made


def _look(number: int) -> Appearance:
    time = f"{NOW + timedelta(seconds=number + 25_200):%d/%m/%Y %H:%M:%S} +07:00"
    return Appearance("person", ["Ký bởi: Lê Văn Minh", f"Thời gian ký: {time}"], PLACE.width, PLACE.height)


def _measure(name: str, issued: Issued, root: bytes, paper: bytes) -> list[Measure]:
    key = SoftwareKey.open(issued.pkcs12("x"), "x")

    def one(number: int) -> bytes:
        return sign(
            paper, key.sign, certificate=key.certificate, chain=key.chain, at=NOW, reason="Phê duyệt",
            appearance=_look(number), place=PLACE, fonts=FONTS,
        )  # fmt: skip

    signed = one(0)
    assert verify(signed, roots=[root], at=NOW).verdict == "good"
    bare = _seconds(lambda number: key.sign(b"%d" % number, "sha256"), 200)
    signing = _seconds(one, 20)
    verifying = _seconds(lambda _number: verify(signed, roots=[root], at=NOW), 20)
    return [
        {"name": f"PDFs signed, {name}", "per_second": 1 / signing, "ratio": signing / bare, "ms": signing * 1000},
        {
            "name": f"PDFs verified, {name}",
            "per_second": 1 / verifying,
            "ratio": verifying / bare,
            "ms": verifying * 1000,
        },
    ]


def measures() -> list[Measure]:
    authority = Authority.make("CA", at=NOW - timedelta(days=9))
    paper = _paper()
    found = []
    for algorithm, name in ALGORITHMS.items():
        issued = authority.issue(
            "Lê Văn Minh", organisation="UBND Phường Một", at=NOW - timedelta(days=1), until=NOW + timedelta(days=9),
            algorithm=algorithm,
        )  # fmt: skip
        found += _measure(name, issued, authority.der, paper)
    return found


def show(found: list[Measure]) -> None:
    for one in found:
        speed = f"{one['per_second']:>9,.0f} /s{one['ms']:>9,.1f} ms"
        print(f"{one['name']:<44}{speed}{one['ratio']:>11,.1f} × the bare signature")


if __name__ == "__main__":
    show(measures())
