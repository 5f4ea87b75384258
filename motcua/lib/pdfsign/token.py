"""A key inside a device at this machine, over PKCS#11. It never leaves the device; the device signs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import new as new_hash

import pkcs11
from pkcs11.util.ec import encode_ecdsa_signature

from motcua.lib.errors import ConnectorError

_RSA = {
    "sha256": pkcs11.Mechanism.SHA256_RSA_PKCS,
    "sha384": pkcs11.Mechanism.SHA384_RSA_PKCS,
    "sha512": pkcs11.Mechanism.SHA512_RSA_PKCS,
}
# Trying again cannot help, and after some wrong PINs the device locks itself.
_FOR_GOOD = (
    pkcs11.exceptions.PinIncorrect,
    pkcs11.exceptions.PinInvalid,
    pkcs11.exceptions.PinLenRange,
    pkcs11.exceptions.PinLocked,
    pkcs11.exceptions.PinExpired,
    pkcs11.exceptions.NoSuchKey,
    pkcs11.exceptions.MultipleObjectsReturned,
    pkcs11.exceptions.MechanismInvalid,
)


@dataclass(frozen=True, slots=True)
class Token:
    """``module``: the maker's library. ``label`` names the device, ``key`` the key and its certificate on it."""

    module: str
    label: str
    pin: str
    key: str

    def certificates(self) -> Sequence[bytes]:
        """DER of the key's certificate, then of the others on the device. Raises ConnectorError."""
        with self._session() as session:
            own: list[bytes] = []
            others: list[bytes] = []
            for found in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
                is_own = found[pkcs11.Attribute.LABEL] == self.key
                (own if is_own else others).append(bytes(found[pkcs11.Attribute.VALUE]))
        if not own:
            raise ConnectorError(f"no certificate “{self.key}” on the device", permanent=True)
        return [*own, *others]

    def sign(self, data: bytes, digest: str) -> bytes:
        """Raises ConnectorError; permanent when another attempt would be as vain, or would lock the device."""
        with self._session() as session:
            key = session.get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=self.key)
            if key.key_type == pkcs11.KeyType.EC:
                # Hashed here: many devices know ECDSA without a hash only.
                made = key.sign(new_hash(digest, data).digest(), mechanism=pkcs11.Mechanism.ECDSA)  # type: ignore[attr-defined]
                return bytes(encode_ecdsa_signature(made))
            return bytes(key.sign(data, mechanism=_RSA[digest]))  # type: ignore[attr-defined]

    @contextmanager
    def _session(self) -> Iterator[pkcs11.Session]:
        try:
            device = pkcs11.lib(self.module).get_token(token_label=self.label)
            with device.open(user_pin=self.pin or None) as session:
                yield session
        except pkcs11.exceptions.PKCS11Error as error:
            words = f"{type(error).__name__} {error}".strip()
            raise ConnectorError(words, permanent=isinstance(error, _FOR_GOOD)) from error
        except (RuntimeError, OSError) as error:  # the library is not there, or is none
            raise ConnectorError(str(error)) from error
