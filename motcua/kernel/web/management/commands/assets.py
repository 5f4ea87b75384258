"""``motcua assets``: turns node_modules and our own sources into the static files and translations that are served.

Nothing third-party is committed, and nothing here needs Node: the packages are only read. The same sources give the
same bytes; when no source has changed since the last run the command stops after reading them.
"""

import hashlib
import io
import json
import re
import tempfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from fontTools import subset
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont

PACKAGE = Path(__file__).resolve().parents[5]
SOURCES = Path(__file__).resolve().parents[2] / "static" / "motcua"

# Bundles: our files in order. {vendor} entries are paths inside node_modules.
STYLES: dict[str, tuple[str, ...]] = {
    "portal.css": ("fonts", "@pruned", "tokens", "base", "components", "portal", "print"),
    "board.css": ("board",),
    "desk.css": ("fonts", "tokens", "base", "components", "portal", "desk", "print"),
    "wall.css": ("fonts", "@pruned", "tokens", "base", "components", "wall"),
}
EVERYWHERE = ("htmx.org/dist/htmx.min.js", "toast", "clock", "live", "draft", "lazy", "dialog", "session")
SCRIPTS: dict[str, tuple[str, ...]] = {
    "portal.js": (*EVERYWHERE, "follow"),
    "copy.js": ("copy",),
    "desk.js": (*EVERYWHERE, "keys", "rows"),
    "map.js": ("leaflet/dist/leaflet.js", "leaflet.markercluster/dist/leaflet.markercluster.js", "map"),
    "chart.js": ("echarts/dist/echarts.simple.min.js", "chart"),
}
COPIES: dict[str, str] = {
    "tabler.css": "@tabler/core/dist/css/tabler.min.css",
    **{
        f"fonts/be-vietnam-pro-{script}-{weight}.woff2": (
            f"@fontsource/be-vietnam-pro/files/be-vietnam-pro-{script}-{weight}-normal.woff2"
        )
        for script in ("latin", "vietnamese")
        for weight in (400, 600)
    },
    **{f"images/{n}": f"leaflet/dist/images/{n}" for n in ("layers.png", "layers-2x.png", "marker-icon.png")},
}
LICENCES = {
    "Tabler": "@tabler/core",
    "Tabler Icons": "@iconify-json/tabler",
    "htmx": "htmx.org",
    "Leaflet": "leaflet",
    "Leaflet.markercluster": "leaflet.markercluster",
    "Apache ECharts": "echarts",
    "Be Vietnam Pro, and MC Num derived from its digits": "@fontsource/be-vietnam-pro",
}
OTHER_NOTICES = """Tabler Icons (MIT)
========================================================================

Copyright (c) 2020 Paweł Kuna. The same licence as that of Tabler, above.

Swagger UI, as it comes with django-ninja (Apache-2.0)
========================================================================

Copyright SmartBear Software Inc. Licensed under the Apache License, Version 2.0: https://www.apache.org/licenses/LICENSE-2.0
"""
LICENCE_FILES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "MIT-LICENCE.txt", "NOTICE")
MC_NUM_ADVANCE = 655  # of 1000 units: the mean digit; "four" is squeezed a little, "one" gets air
MC_NUM_BEARING = 30  # least air at each side of a digit


class Command(BaseCommand):
    help = "Build static files, icons and translations from node_modules and our sources."
    requires_system_checks: list[str] = []
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even when no source has changed")

    def handle(self, *args: Any, **options: Any) -> None:
        modules, build = Path(settings.NODE_MODULES), Path(settings.BUILD_DIR)
        if not (modules / "@tabler" / "core").is_dir():
            raise CommandError(f"{modules} holds no packages: run `npm ci` first")
        mark, stamp = build / "assets.stamp", _stamp(modules)
        if not options["force"] and mark.is_file() and mark.read_text() == stamp:
            return
        target = build / "static" / "mc"
        written = dict(_static_files(modules))
        for name, content in written.items():
            _write(target / name, content)
        for stray in (path for path in target.rglob("*") if path.is_file()):
            if stray.relative_to(target).as_posix() not in written:
                stray.unlink()
        _write(build / "icons.json", _icons(modules))
        for po in _translations():
            _write(po.with_suffix(".mo"), polib.pofile(str(po)).to_binary())
        _write(mark, stamp.encode())
        if options["verbosity"] > 0:
            self.stdout.write(f"{len(written)} static files in {target}")


def _stamp(modules: Path) -> str:
    """One hash over everything that can change the result: our sources, and the version of each package."""
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted({*SOURCES.rglob("*.*"), *_page_sources(), *_translations(), Path(__file__).resolve()}):
        digest.update(f"{path.relative_to(PACKAGE)}\0".encode() + path.read_bytes())
    for package in sorted(LICENCES.values()):
        digest.update((modules / package / "package.json").read_bytes())
    digest.update(version("django-ninja").encode())
    return digest.hexdigest()


def _translations() -> list[Path]:
    return sorted(path for path in (PACKAGE / "motcua").rglob("*.po") if path.parent.name == "LC_MESSAGES")


def _page_sources() -> Iterator[Path]:
    """Whatever can put a class on a portal or board page."""
    root = PACKAGE / "motcua"
    yield from (p for p in root.rglob("templates/**/*.html") if "desk" not in p.parts)
    yield from (p for p in root.rglob("static/**/*.js"))
    yield from (p for name in ("forms", "kind", "motcua") for p in root.rglob(f"{name}.py"))
    yield from (p for p in root.rglob("forms/*.py"))


def _static_files(modules: Path) -> Iterator[tuple[str, bytes]]:
    for name, source in COPIES.items():
        yield name, _without_source_map((modules / source).read_bytes())
    for weight in (400, 600):
        yield f"fonts/mc-num-{weight}.woff2", _mc_num(modules, weight)
    classes, words = _used_names()
    ours = "".join(path.read_text() for path in SOURCES.glob("css/*.css"))
    pruned = prune((modules / COPIES["tabler.css"]).read_text(), classes, words, also_reads=ours)
    for name in STYLES:
        yield name, style(name, pruned).encode()
    leaflet = (modules / "leaflet/dist/leaflet.css").read_text()
    cluster = (modules / "leaflet.markercluster/dist/MarkerCluster.css").read_text()
    yield "map.css", (leaflet + "\n" + cluster).encode()
    for name, parts in SCRIPTS.items():
        sources = (modules / part if "/" in part else SOURCES / "js" / f"{part}.js" for part in parts)
        yield name, b"\n;".join(_without_source_map(source.read_bytes()).rstrip() for source in sources) + b"\n"
    yield from _api_documentation()
    for path in sorted(SOURCES.glob("img/*")):
        yield f"img/{path.name}", path.read_bytes()
    yield "licences.txt", _licences(modules).encode()


def _api_documentation() -> Iterator[tuple[str, bytes]]:
    """Swagger UI out of the library of the JSON API, with how it is started."""
    library = find_spec("ninja")
    assert library is not None  # noqa: S101  a dependency
    assert library.origin is not None  # noqa: S101
    swagger = Path(library.origin).parent / "static" / "ninja"
    script = _without_source_map((swagger / "swagger-ui-bundle.js").read_bytes()).rstrip()
    yield "api.js", script + b"\n;" + (SOURCES / "js" / "api.js").read_bytes()
    look = _without_source_map((swagger / "swagger-ui.css").read_bytes())
    yield "api.css", look + b"\n" + (SOURCES / "css" / "api.css").read_bytes()


def style(name: str, framework: str) -> str:
    """One of the bundles, with ``framework`` where it takes the pruned one."""
    sources = (
        framework if part == "@pruned" else _compact((SOURCES / f"css/{part}.css").read_text()) for part in STYLES[name]
    )
    return "\n".join(sources)


def _without_source_map(content: bytes) -> bytes:
    """The manifest storage would look for the maps, which are not served."""
    return re.sub(rb"(?://|/\*)# sourceMappingURL=\S+(?: \*/)?\s*\Z", b"", content)


def _compact(css: str) -> str:
    return re.sub(r"\n\s*", "\n", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)).strip()


def _licences(modules: Path) -> str:
    texts = []
    for title, package in LICENCES.items():
        described = json.loads((modules / package / "package.json").read_text())
        texts.append(f"{title} {described['version']} ({described.get('license', 'see below')})\n{'=' * 72}\n")
        files = (modules / package / name for name in LICENCE_FILES)
        texts.extend(file.read_text() + "\n" for file in files if file.is_file())
    return "\n".join((*texts, OTHER_NOTICES))


def _write(path: Path, content: bytes) -> None:
    """Replace in one step, so that a server or a second build reading the file never sees half of it."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)


# What the outline icons have in common; ``{% icon %}`` and our CSS say it once.
_OUTLINE = ' fill="none" stroke="currentColor" stroke-linecap="round" stroke-linejoin="round" stroke-width="2"'


def _icons(modules: Path) -> bytes:
    """Name → the inside of the outline icon's SVG, for ``{% icon %}``. From the one file that holds all of them: the
    package of their makers has one for each, and to unpack twelve thousand takes longer than all the rest."""
    found = json.loads((modules / "@iconify-json/tabler/icons.json").read_text())["icons"]
    drawn = {name: icon["body"].replace(_OUTLINE, "") for name, icon in found.items() if not name.endswith("-filled")}
    return json.dumps(drawn, separators=(",", ":"), sort_keys=True).encode()


def _mc_num(modules: Path, weight: int) -> bytes:
    """Ten digits of equal width from Be Vietnam Pro, which has proportional digits only.

    A derivative under the SIL Open Font License 1.1 should carry another name: none is reserved, but the
    family must not shadow the original. It keeps its copyright line and says that it was changed.
    """
    font = TTFont(modules / COPIES[f"fonts/be-vietnam-pro-latin-{weight}.woff2"], recalcTimestamp=False)
    options = subset.Options(
        flavor="woff2", hinting=False, layout_features=[], notdef_outline=True, name_IDs=[0, 1, 4, 14]
    )
    options.recalc_timestamp = False
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="0123456789")
    subsetter.subset(font)
    glyphs, outlines, metrics = font.getGlyphSet(), font["glyf"], font["hmtx"]
    for digit in (font.getBestCmap()[code] for code in range(ord("0"), ord("9") + 1)):
        bounds = BoundsPen(glyphs)
        glyphs[digit].draw(bounds)
        left, _, right, _ = bounds.bounds
        squeeze = min(1.0, (MC_NUM_ADVANCE - 2 * MC_NUM_BEARING) / (right - left))
        shift = (MC_NUM_ADVANCE - (right - left) * squeeze) / 2 - left * squeeze
        pen = TTGlyphPen(None)
        glyphs[digit].draw(TransformPen(pen, (squeeze, 0, 0, 1, shift, 0)))
        outlines[digit] = pen.glyph()
        outlines[digit].recalcBounds(outlines)
        metrics[digit] = (MC_NUM_ADVANCE, outlines[digit].xMin)
    for record in font["name"].names:
        if record.nameID in (1, 4):
            record.string = "MC Num"
    font["name"].setName("Equal-width digits derived from Be Vietnam Pro; SIL OFL 1.1", 10, 3, 1, 0x409)
    font.flavor = "woff2"
    result = io.BytesIO()
    font.save(result)
    return result.getvalue()


# Pruning: the portal gets only those rules of the framework that a page can match.

_CLASS_ATTRIBUTE = re.compile(r"""class=(["'])((?:\{%.*?%\}|\{\{.*?\}\}|(?!\1).)*)\1""", re.DOTALL)
_STRING = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`""")
_WORD = re.compile(r"-?[A-Za-z_][\w-]*")
_TOKEN = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|/\*.*?\*/|[{};]|[^{};"'/]+|/""", re.DOTALL)
_NAME = re.compile(r"[.#]((?:\\.|[\w-])+)|\[([\w-]+)")
_VARIABLE_USE = re.compile(r"var\(\s*(--[\w-]+)")


def _used_names() -> tuple[set[str], set[str]]:
    """(classes that a portal page may carry, every word of its sources: for ids and attributes)"""
    classes: set[str] = set()
    words: set[str] = set()
    for path in _page_sources():
        text = path.read_text()
        words.update(_WORD.findall(text))
        found = (m[2] for m in _CLASS_ATTRIBUTE.finditer(text)) if path.suffix == ".html" else _STRING.findall(text)
        for value in found:
            classes.update(_WORD.findall(value))
    return classes, words


def prune(css: str, classes: set[str], words: set[str], also_reads: str = "") -> str:
    """``css`` without the rules whose classes, ids or attributes no page has, and without the variables and animations
    that then nothing reads. ``also_reads`` is other CSS that may read this one's variables and animations."""
    kept = _prune_rules(list(_rules(iter(_TOKEN.findall(css)))), classes, words)
    while True:
        text = _render(kept) + also_reads
        used = set(_VARIABLE_USE.findall(text))
        animated = set(_WORD.findall(" ".join(re.findall(r"animation(?:-name)?:([^;}]*)", text))))
        slimmer = _drop_unread(kept, used, animated)
        if slimmer == kept:
            return _render(kept)
        kept = slimmer


_Rule: TypeAlias = tuple[str, "str | list[_Rule]"]


def _rules(tokens: Iterator[str]) -> Iterator[_Rule]:
    prelude = ""
    for part in tokens:
        if part.startswith("/*"):
            if part.startswith("/*!"):
                yield part, ""  # the notice of licence stays
        elif part == ";":
            yield prelude.strip() + ";", ""
            prelude = ""
        elif part == "}":
            return
        elif part == "{":
            head, prelude = prelude.strip(), ""
            if head.startswith(("@media", "@supports", "@layer", "@container")):
                yield head, list(_rules(tokens))
            else:
                yield head, _body(tokens)
        else:
            prelude += part


def _body(tokens: Iterator[str]) -> str:
    depth, body = 1, ""
    for part in tokens:
        depth += {"{": 1, "}": -1}.get(part, 0)
        if not depth:
            break
        body += part
    return body


def _prune_rules(rules: Iterable[_Rule], classes: set[str], words: set[str]) -> list[_Rule]:
    kept: list[_Rule] = []
    for head, body in rules:
        if isinstance(body, list):
            if inner := _prune_rules(body, classes, words):
                kept.append((head, inner))
        elif head.startswith("@") or not body:
            kept.append((head, body))
        else:
            selectors = [part for part in _split(head) if _may_match(part, classes, words)]
            if selectors:
                kept.append((",".join(selectors), body))
    return kept


def _split(selectors: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?![^(\[]*[)\]])", selectors)]


def _may_match(selector: str, classes: set[str], words: set[str]) -> bool:
    plain = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", selector))  # :not(…), :is(…) demand nothing
    for name, attribute in _NAME.findall(plain):
        if name and name.replace("\\", "") not in (classes if f".{name}" in plain else words):
            return False
        if attribute and attribute not in words:
            return False
    return True


def _drop_unread(rules: Iterable[_Rule], used: set[str], animated: set[str]) -> list[_Rule]:
    kept: list[_Rule] = []
    for head, body in rules:
        if isinstance(body, list):
            if inner := _drop_unread(body, used, animated):
                kept.append((head, inner))
        elif head.startswith("@keyframes") and head.split()[-1] not in animated:
            continue
        elif body:
            declared = [part for part in re.split(r";(?![^(]*\))", body) if part.strip()]
            read = [part for part in declared if not (part.startswith("--") and part.split(":")[0].strip() not in used)]
            if read:
                kept.append((head, ";".join(read)))
        else:
            kept.append((head, body))
    return kept


def _render(rules: Iterable[_Rule]) -> str:
    return "".join(
        f"{head}{{{_render(body)}}}" if isinstance(body, list) else f"{head}{{{body}}}" if body else head
        for head, body in rules
    )
