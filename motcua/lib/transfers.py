"""What stands in the purpose of a transfer, so that its money is found: ``MC`` and ten letters, the last a check."""

import re
import secrets
from typing import Final

from motcua.lib.sms import toneless

PREFIX: Final = "MC"
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another
_RANDOM: Final = 9
_MISREAD: Final = str.maketrans("ILOU", "110V")
_JOINTS: Final = re.compile(r"[^0-9A-Za-z]+")
_REFERENCE: Final = re.compile(rf"(?={PREFIX}([0-9A-Z]{{{_RANDOM + 1}}}))")


def new_reference() -> str:
    """``MC7K2Q9XHT4P``: 45 random bits. Whether it is taken already, the table says."""
    body = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    return f"{PREFIX}{body}{_check(body)}"


def references_in(purpose: str) -> list[str]:
    """Every reference in what a bank made of the purpose: in lower case, cut up, with others' words around it."""
    text = _JOINTS.sub("", toneless(purpose)).upper()
    found: dict[str, None] = {}
    for match in _REFERENCE.finditer(text):
        body = match[1].translate(_MISREAD)
        if body[-1] == _check(body[:-1]):
            found[f"{PREFIX}{body}"] = None
    return list(found)


def _check(body: str) -> str:
    """Notices one wrong letter, and two that changed places: weights and 31 have no common factor."""
    return _LETTERS[sum((place + 1) * _LETTERS.index(letter) for place, letter in enumerate(body)) % 31]
