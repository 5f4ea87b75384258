"""Texts with gaps: ``Mã {code}``. Only plain names stand in the gaps: who writes a text can reach nothing else."""

import re
from collections.abc import Mapping

_GAP = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def gaps(text: str) -> list[str]:
    """The names in the gaps, each once, in order. Raises ValueError with the piece of the text that is not understood;
    braces that are meant as braces are doubled."""
    names: dict[str, None] = {}
    for found in _GAP.finditer(text):
        if found.group() in ("{{", "}}"):
            continue
        name = found.group(1)
        if name is None or not _NAME.fullmatch(name):
            raise ValueError(text[found.start() : found.start() + 30])
        names[name] = None
    return list(names)


def fill(text: str, values: Mapping[str, str]) -> str:
    """``text`` with each gap filled. Raises KeyError when a value is missing."""

    def value(found: re.Match[str]) -> str:
        if found.group(1) is None:
            return found.group()[0]
        return values[found.group(1)]

    return _GAP.sub(value, text)
