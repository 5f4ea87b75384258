"""Printed forms: a Typst template and its data become a PDF."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def pdf(template: Path, data: Mapping[str, Any], *, fonts: Sequence[Path]) -> bytes:
    """PDF of ``template``, which reads ``json(bytes(sys.inputs.data))``. Only the fonts given are used, so that a form
    looks the same on every machine. A broken template is a bug and raises ``typst.TypstError``."""
    import typst  # by whoever prints: it is slow to load, and every process loads this module

    made: object = typst.compile(
        str(template),
        font_paths=[str(font) for font in fonts],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    if not isinstance(made, bytes):  # one document and no output path give bytes
        raise TypeError(f"typst gave {type(made).__name__}")
    return made
