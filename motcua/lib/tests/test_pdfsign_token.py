"""A device over PKCS#11: SoftHSM, which behaves as one."""

import pytest

from motcua.lib.errors import ConnectorError
from motcua.lib.pdfsign.certificates import chain_of
from motcua.lib.pdfsign.signing import sign
from motcua.lib.pdfsign.token import Token
from motcua.lib.pdfsign.verifying import verify
from motcua.lib.tests.papers import FONTS, NOW, SEEN, authority, issued, look, paper
from motcua.lib.tests.softhsm import LABEL, MODULE, PIN, device, needs_softhsm

pytestmark = [
    needs_softhsm,
    pytest.mark.skipif(not FONTS.is_dir(), reason="Tinos is not installed (`make setup`)"),
]


@pytest.mark.parametrize("key", ["rsa2048", "ec256"])
def test_it_works(key: str) -> None:
    token = Token(str(MODULE), device(), PIN, key)
    own, *others = token.certificates()
    assert own == issued(key).der
    pdf = sign(
        paper(), token.sign, certificate=own, chain=[*chain_of(own, others), authority().der], at=NOW,
        appearance=look(), place=SEEN, fonts=FONTS,
    )  # fmt: skip
    assert verify(pdf, roots=[authority().der], at=NOW).verdict == "good"


@pytest.mark.parametrize(("label", "pin", "key", "is_permanent"), [
    (LABEL, "000000", "rsa2048", True),  # again and again, and the device locks itself
    (LABEL, PIN, "khong-co", True),
    ("khong-cam", PIN, "rsa2048", False),  # it may be plugged in yet
])  # fmt: skip
def test_what_the_device_refuses(label: str, pin: str, key: str, *, is_permanent: bool) -> None:
    device()
    with pytest.raises(ConnectorError) as error:
        Token(str(MODULE), label, pin, key).sign(b"x", "sha256")
    assert error.value.permanent is is_permanent


def test_no_certificate_of_that_name() -> None:
    with pytest.raises(ConnectorError, match="khong-co"):
        Token(str(MODULE), device(), PIN, "khong-co").certificates()


def test_a_library_that_is_not_there() -> None:
    with pytest.raises(ConnectorError):
        Token("/khong/co.so", LABEL, PIN, "x").certificates()
