"""The order of the Vietnamese alphabet."""

import re
from typing import Final

from motcua.lib.vietnamese.text import TONES, split_tone, words

_ALPHABET: Final = {letter: chr(0x41 + place) for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_DIGITS: Final = re.compile(r"\d+")


def sort_key(text: str) -> str:
    """Compare these to sort by the Vietnamese alphabet, syllable by syllable; numbers by size (Phường 2, Phường 10)."""
    return "\x00".join(_syllable_key(token) for token in words(text))


def name_key(full_name: str) -> str:
    """The order of Vietnamese lists of persons: by given name, then family name, then what stands between."""
    *before, given = (_syllable_key(token) for token in words(full_name) or [""])
    return "\x00".join((given, *before))


def _syllable_key(token: str) -> str:
    letters, tones = split_tone(token)
    letters = _DIGITS.sub(lambda number: number[0].zfill(12), letters)
    return (
        "".join(_ALPHABET.get(letter, letter) for letter in letters)
        + "\x01"
        + "".join(str(TONES.index(tone) + 1) for tone in tones)
    )
