"""Vietnamese text: one spelling for each word, a form without tones to search by, the order of the alphabet."""

import unicodedata
from typing import Final


def _folded_letter(letter: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return base.lower().replace("đ", "d").replace("ð", "d")


_FOLDED: Final[dict[int, str | None]] = {
    **{code: _folded_letter(chr(code)) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))},
    **dict.fromkeys(range(0x300, 0x370)),  # tones that belong to no letter
}


def fold(text: str) -> str:
    """Without tones, đ → d, lower case, single spaces: the form that is stored to search by."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
        return " ".join(text.split())
    return " ".join(text.lower().split())
