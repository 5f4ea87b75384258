"""Personal data at rest: authenticated encryption under a ring of keys, and keyed blind indexes for exact look-up."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealer:
    """``keys`` are 32-byte secrets, newest first: the first seals, all open. The last one keys the blind index,
    so that adding a key in front never changes an index."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("sealing needs at least one key of 32 bytes")
        self._ring = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
        self._index_key = hmac.digest(keys[-1], b"blind index", hashlib.sha256)

    def seal(self, text: str) -> bytes:
        """Ciphertext; the empty string stays empty, so that "nothing given" is visible without a key."""
        return self._ring.encrypt(text.encode()) if text else b""

    def open(self, sealed: bytes | memoryview) -> str:
        """The text. Raises ValueError when no key of the ring fits or a byte was changed."""
        if not sealed:
            return ""
        try:
            return self._ring.decrypt(bytes(sealed)).decode()
        except InvalidToken as error:
            raise ValueError("sealed under another key, or damaged") from error

    def index(self, text: str) -> bytes | None:
        """16 bytes that are equal for equal texts and tell nothing without the key; None for the empty string."""
        return hmac.digest(self._index_key, text.encode(), hashlib.sha256)[:16] if text else None
