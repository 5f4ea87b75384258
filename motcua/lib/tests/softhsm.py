"""A device over PKCS#11 for tests: SoftHSM, which behaves as one. Its library reads once where the keys lie."""

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11.util.ec import decode_ec_private_key
from pkcs11.util.rsa import decode_rsa_private_key
from pkcs11.util.x509 import decode_x509_certificate

from motcua.lib.pdfsign.authority import Issued
from motcua.lib.tests.papers import issued

LABEL, PIN = "motcua-thu", "123456"
MODULE = next(
    (path for path in Path("/usr/lib").glob("**/softhsm/libsofthsm2.so") if path.is_file()),
    Path("/usr/local/lib/softhsm/libsofthsm2.so"),
)
needs_softhsm = pytest.mark.skipif(
    not shutil.which("softhsm2-util") or not MODULE.is_file(), reason="NOT RUN: no SoftHSM here (package softhsm2)"
)


@cache
def device() -> str:
    """The label of a device with two keys, ``rsa2048`` and ``ec256``, each with its certificate."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-softhsm-"))
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(configuration)
    made = ["--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN]
    subprocess.run([shutil.which("softhsm2-util") or "", *made], check=True, capture_output=True)
    with pkcs11.lib(str(MODULE)).get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
        for algorithm in ("rsa2048", "ec256"):
            _store(session, algorithm, issued(algorithm))
    return LABEL


def _store(session: pkcs11.Session, label: str, one: Issued) -> None:
    der = one.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    key = decode_ec_private_key(der) if isinstance(one.key, ec.EllipticCurvePrivateKey) else decode_rsa_private_key(der)
    common = {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label}
    session.create_object(key | common | {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.SIGN: True})
    session.create_object(decode_x509_certificate(one.der) | common)
