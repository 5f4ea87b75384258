"""What proves that we wrote a link: derived, never stored, so that any later message can hold the link
(docs/adr/private-links-are-derived.md). Short, because it must fit into an SMS."""

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

PROOF_BYTES = 15  # 120 bits: 20 letters


def proof(purpose: str, text: str) -> str:
    """``purpose``: what kind of link it is, so that none opens another."""
    return _proof(purpose, text, settings.SECRET_KEY)


def is_proof(purpose: str, text: str, given: str) -> bool:
    """Also of one that was written under a former key that still counts."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return given.isascii() and any(constant_time_compare(given, _proof(purpose, text, key)) for key in keys)


def _proof(purpose: str, text: str, key: str) -> str:
    digest = salted_hmac(purpose, text, secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:PROOF_BYTES]).decode()
