"""What ``motcua assets`` builds: small enough, complete, the same each time; and the pruner."""

import gzip
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from fontTools.ttLib import TTFont
from pytest_django import Settings

from motcua.kernel.web.management.commands.assets import prune

PORTAL_FIRST_LOAD = 150_000  # bytes compressed, maps excluded (UX §8)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build of its own, beside the one that the pages of the tests use."""
    folder = tmp_path_factory.mktemp("build")
    kept, settings.BUILD_DIR = settings.BUILD_DIR, folder
    try:
        call_command("assets", verbosity=0)
    finally:
        settings.BUILD_DIR = kept
    return folder


def test_portal_is_light(built: Path) -> None:
    files = built / "static" / "mc"
    fonts = sum(path.stat().st_size for path in files.glob("fonts/*.woff2"))
    text = sum(len(gzip.compress((files / name).read_bytes(), 9)) for name in ("portal.css", "portal.js"))
    assert fonts + text + 10_000 < PORTAL_FIRST_LOAD  # 10 kB for the page itself


def test_digits_are_equally_wide(built: Path) -> None:
    for weight in (400, 600):
        font = TTFont(BytesIO((built / f"static/mc/fonts/mc-num-{weight}.woff2").read_bytes()))
        digits = [font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)]
        assert {font["hmtx"][digit][0] for digit in digits} == {655}
        assert len(font.getBestCmap()) == 10
        names = {record.nameID: str(record) for record in font["name"].names}
        assert names[1] == "MC Num"
        assert "Be Vietnam Pro Project Authors" in names[0]
        outlines = [font["glyf"][digit] for digit in digits]
        assert all(0 < outline.xMin < outline.xMax < 655 for outline in outlines)


def test_notices_are_kept(built: Path) -> None:
    notices = (built / "static/mc/licences.txt").read_text()
    for name in ("Tabler", "htmx", "Leaflet", "ECharts", "SIL Open Font License", "MC Num"):
        assert name in notices
    assert "Licensed under MIT" in (built / "static/mc/portal.css").read_text()


def test_nothing_is_fetched_from_elsewhere(built: Path) -> None:
    for path in (built / "static" / "mc").glob("*.css"):
        assert "url(http" not in path.read_text()
        assert "sourceMappingURL" not in path.read_text()


def test_no_style_locks_the_orientation(built: Path) -> None:
    """WCAG 1.3.4: whoever has fixed the phone to a wheelchair cannot turn it."""
    sheets = [sheet.read_text(encoding="utf-8") for sheet in built.rglob("*.css")]
    assert len(sheets) >= 3
    assert not any("orientation" in sheet for sheet in sheets)


def test_second_build_is_the_same_and_first_is_not_repeated(built: Path, settings: Settings) -> None:
    settings.BUILD_DIR = built
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in built.rglob("*") if path.is_file()}
    stray = built / "static/mc/old.css"
    stray.write_text("old")
    call_command("assets", verbosity=0)
    assert stray.exists()  # nothing changed: nothing was done
    call_command("assets", "--force", verbosity=0)
    assert not stray.exists()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in before} == before


def test_prune_keeps_what_a_page_can_match() -> None:
    css = (
        '@charset "UTF-8";/*! notice */:root{--a:red;--b:var(--c);--c:1px;--d:blue}'
        ".btn,.card>.btn:hover{color:var(--a)}.card{top:0}p:not(.lead){margin:var(--b)}"
        "@media (min-width:9px){.btn{left:0}.card{left:0}}[data-x]{top:1px}[data-y]{top:2px}"
        '.a\\:b{content:"}{"}@keyframes spin{to{top:0}}@keyframes dead{to{top:0}}.btn{animation:spin 1s}'
    )
    assert prune(css, {"btn"}, {"data-x"}) == (
        '@charset "UTF-8";/*! notice */:root{--a:red;--b:var(--c);--c:1px}'
        ".btn{color:var(--a)}p:not(.lead){margin:var(--b)}"
        "@media (min-width:9px){.btn{left:0}}[data-x]{top:1px}@keyframes spin{to{top:0}}.btn{animation:spin 1s}"
    )
    assert "--d:blue" in prune(css, set(), set(), also_reads="a{color:var(--d)}")
