"""A text as others would have typed it."""

import random
import zlib

from motcua.lib.classify.courtesies import wrapped
from motcua.lib.vietnamese import fold


def variants_of(text: str) -> list[str]:
    """Forms of ``text`` (lower-case words between spaces) to learn from; the first is as it was written."""
    dice = random.Random(zlib.crc32(text.encode()))  # noqa: S311  not a secret; seeded so that training repeats
    forms = [
        text,
        fold(text),
        with_slips(text if dice.random() < 0.5 else fold(text), dice),
        wrapped(text, dice),
        fold(wrapped(text, dice)),
    ]
    tokens = text.split()
    if len(tokens) > 5:  # the same said shorter, so that no single word carries all
        forms.append(" ".join(word for word in tokens if dice.random() > 0.25) or text)
    return list(dict.fromkeys(forms))


def with_slips(text: str, dice: random.Random) -> str:
    """One typing slip for about every eight words: letters swapped, left out or doubled."""
    tokens = text.split()
    for _ in range(1 + len(tokens) // 8):
        place = dice.randrange(len(tokens)) if tokens else 0
        word = tokens[place] if tokens else ""
        if len(word) < 3:
            continue
        at, slip = dice.randrange(len(word) - 1), dice.random()
        if slip < 0.4:
            tokens[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip < 0.7:
            tokens[place] = word[:at] + word[at + 1 :]
        else:
            tokens[place] = word[:at] + word[at] + word[at:]
    return " ".join(tokens)
