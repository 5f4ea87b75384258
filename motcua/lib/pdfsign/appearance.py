"""How a signature looks: drawn by Typst in the face of the printed forms, and laid into the document as it is."""

import binascii
import json
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import typst
from pyhanko.pdf_utils.content import PdfContent
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.stamp import StaticStampStyle

MM = 72 / 25.4  # points
_TEMPLATE = Path(__file__).with_name("appearance.typ")
_SIZES = {"person": 9, "agency": 9, "corner": 10}  # points; 10 is the decree's
_COLOURS = {"person": "#1f3a93", "agency": "#b3261e", "corner": "#000000"}
_drawing = threading.Lock()  # a compiler holds one document at a time


@dataclass(frozen=True, slots=True)
class Appearance:
    """``kind``: person | agency | corner (text only, upper right: copies and attachments). ``width``, ``height`` in mm.
    ``test`` is written across the signature of a key that proves nothing."""

    kind: str
    lines: Sequence[str]
    width: float
    height: float
    picture: bytes = b""  # PNG with a transparent ground
    test: str = ""

    def pdf(self, fonts: Path) -> bytes:
        """One page of exactly this size."""
        data = {
            "kind": self.kind,
            "lines": list(self.lines),
            "width": self.width,
            "height": self.height,
            "size": _SIZES[self.kind],
            "colour": _COLOURS[self.kind],
            "picture": "picture.png" if self.picture and self.kind != "corner" else "",
            "test": self.test,
        }
        with _drawing:
            made = _compiler(str(fonts), self.picture).compile(
                sys_inputs={"data": json.dumps(data, ensure_ascii=False)}, format="pdf", pdf_tags=False
            )
        if not isinstance(made, bytes):  # one document and no output path give bytes
            raise TypeError(f"typst gave {type(made).__name__}")
        return made


class _Workplace:
    """A folder with the template and one picture: Typst reads nothing that lies outside it."""

    def __init__(self, fonts: str, picture: bytes) -> None:
        self._folder = TemporaryDirectory(prefix="motcua-signature-")
        main = Path(self._folder.name, "main.typ")
        main.write_bytes(_TEMPLATE.read_bytes())
        if picture:
            Path(self._folder.name, "picture.png").write_bytes(picture)
        self.compiler = typst.Compiler(
            main, root=Path(self._folder.name), font_paths=[Path(fonts)], ignore_system_fonts=True
        )


@lru_cache(maxsize=16)  # fonts are read once, not for every signature: 3 ms instead of 12
def _workplace(fonts: str, picture: bytes) -> _Workplace:
    return _Workplace(fonts, picture)


def _compiler(fonts: str, picture: bytes) -> typst.Compiler:
    return _workplace(fonts, picture).compiler


class _Page(PdfContent):
    """The first page of a PDF in memory."""

    def __init__(self, pdf: bytes) -> None:
        super().__init__()
        self._pdf = pdf

    def render(self) -> bytes:
        writer = self.writer
        assert writer is not None  # noqa: S101  the stamp sets it before it renders
        drawn = writer.import_page_as_xobject(PdfFileReader(BytesIO(self._pdf)))
        name = b"/Drawn" + binascii.hexlify(uuid.uuid4().bytes)
        self.resources.xobject[name.decode("ascii")] = drawn
        left, bottom, right, top = drawn.get_object()["/BBox"]
        self.box = BoxConstraints(width=abs(right - left), height=abs(top - bottom))
        return name + b" Do"


def stamp_of(appearance: Appearance, fonts: Path) -> StaticStampStyle:
    return StaticStampStyle(
        border_width=0,
        background=_Page(appearance.pdf(fonts)),
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MID,
            y_align=AxisAlignment.ALIGN_MID,
            margins=Margins.uniform(0),  # type: ignore[no-untyped-call]
        ),
    )
