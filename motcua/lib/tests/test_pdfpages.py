from io import BytesIO

import pytest
import typst
from PIL import Image

from motcua.lib.pdfpages import UnreadablePdfError, page_count, page_png
from motcua.lib.tests.papers import paper


def test_pages_become_pictures() -> None:
    document = paper(2)
    assert page_count(document) == 2
    picture = Image.open(BytesIO(page_png(document, 2)))
    assert 700 < picture.width < 900
    assert picture.width < picture.height
    assert len(picture.convert("L").getcolors() or ()) > 2  # something is written on it


def test_a_page_without_end_stays_small() -> None:
    endless = typst.compile(b"#set page(width: 1cm, height: 400cm)\nDai")
    picture = Image.open(BytesIO(page_png(endless, 1)))
    assert picture.width * picture.height < 1_500_000


def test_what_is_no_page_is_said() -> None:
    with pytest.raises(UnreadablePdfError):
        page_png(paper(), 2)
    for rubbish in (b"%PDF-1.7 rubbish", b"", b"GIF89a"):
        with pytest.raises(UnreadablePdfError):
            page_png(rubbish, 1)
        with pytest.raises(UnreadablePdfError):
            page_count(rubbish)
