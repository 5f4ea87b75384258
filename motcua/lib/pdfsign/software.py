"""A key in a PKCS#12 file."""

from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from motcua.lib.pdfsign.certificates import chain_of

WEAKEST_RSA = 2048
_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
_HASHES: dict[str, type[_Hash]] = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}


@dataclass(frozen=True, slots=True)
class SoftwareKey:
    certificate: bytes  # DER
    chain: Sequence[bytes]
    _key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @staticmethod
    def open(file: bytes, password: str) -> "SoftwareKey":
        """Raises ValueError: "password" (or no PKCS#12 at all), "empty" (no key or no certificate), "weak", "kind"."""
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(file, password.encode() or None)
        except (ValueError, TypeError) as error:
            raise ValueError("password") from error
        if key is None or certificate is None:
            raise ValueError("empty")
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise ValueError("kind")  # noqa: TRY004  the file's fault, not the caller's
        if isinstance(key, rsa.RSAPrivateKey) and key.key_size < WEAKEST_RSA:
            raise ValueError("weak")
        der = certificate.public_bytes(serialization.Encoding.DER)
        return SoftwareKey(
            der, chain_of(der, [other.public_bytes(serialization.Encoding.DER) for other in others]), key
        )

    def sign(self, data: bytes, digest: str) -> bytes:
        """Over ``data``, hashed by ``digest``: PKCS#1 v1.5 or ECDSA, as the key is."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), _HASHES[digest]())
        return self._key.sign(data, ec.ECDSA(_HASHES[digest]()))
