"""Pages of a PDF as pictures, for a page whose policy lets no document of another make run in it."""

from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

WIDTH_MM, PPI = 180, 110  # about 780 pixels across: read on a screen, small on a line
TALLEST_MM = 400  # a page that is a mile long would fill the memory
MOST_PAGES = 40


class UnreadablePdfError(ValueError):
    """Broken, or protected by a password."""


def page_count(pdf: bytes) -> int:
    """How many pages it has. UnreadablePdfError when that cannot be told."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        return int(PdfFileReader(BytesIO(pdf), strict=False).root["/Pages"]["/Count"])
    except (PdfError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise UnreadablePdfError(str(error)) from error


def page_png(pdf: bytes, number: int) -> bytes:
    """The page ``number``, from 1, as a PNG. UnreadablePdfError when there is none."""
    import typst  # slow to load, and every process loads this module

    with TemporaryDirectory() as folder:
        Path(folder, "document.pdf").write_bytes(pdf)
        main = Path(folder, "main.typ")
        main.write_text(
            "#set page(width: auto, height: auto, margin: 0pt, fill: white)\n"
            f'#let page-of = image.with("document.pdf", page: {int(number)}, width: {WIDTH_MM}mm)\n'
            f"#context if measure(page-of()).height <= {TALLEST_MM}mm {{ page-of() }} else {{ "
            f'page-of(height: {TALLEST_MM}mm, fit: "contain") }}',
            encoding="utf-8",
        )
        try:
            made: object = typst.compile(str(main), format="png", ppi=PPI, ignore_system_fonts=True)
        except typst.TypstError as error:
            raise UnreadablePdfError(str(error)) from error
    if not isinstance(made, bytes):  # one page gives bytes
        raise TypeError(f"typst gave {type(made).__name__}")
    return made
