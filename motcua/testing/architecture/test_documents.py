"""The pages for readers lead somewhere: links, files that they name, decisions that are listed."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from motcua.testing.architecture.sources import CODE, ROOT

LINK = re.compile(r"\]\(([^)\s]+)\)|<img src=\"([^\"]+)\"")
NAMED = re.compile(r"`((?:kernel|modules|connectors|lib|project|testing|bench|packs|docs|motcua)/[\w./-]+\.\w+)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def documents() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "packs").rglob("*.md")])


def _links(page: Path) -> Iterator[str]:
    for match in LINK.finditer(FENCED.sub("", page.read_text(encoding="utf-8"))):
        yield match[1] or match[2]


def test_there_are_documents() -> None:
    names = {page.name for page in documents()}
    assert {"README.md", "README.vi.md", "map.md", "tutorial.md", "settings.md"} <= names


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file(page: Path) -> None:
    problems = []
    for link in _links(page):
        target = link.partition("#")[0]
        if target and not re.match(r"[a-z]+:", target) and not (page.parent / target).exists():
            problems.append(link)
    assert not problems, f"{page.relative_to(ROOT)} leads nowhere: {', '.join(problems)}"


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = {match[1].rstrip(".") for match in NAMED.finditer(page.read_text(encoding="utf-8"))}
    problems = sorted(name for name in named if not (ROOT / name).exists() and not (CODE / name).exists())
    assert not problems, f"{page.relative_to(ROOT)} names what is not there: {', '.join(problems)}"


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    missing = [page.name for page in folder.glob("*.md") if page.name != "README.md" and f"({page.name})" not in index]
    assert not missing, f"docs/adr/README.md lacks {', '.join(sorted(missing))}"
    titles = dict(re.findall(r"^- \[(.+)\]\((.+)\)$", index, re.MULTILINE))
    wrong = [
        name
        for title, name in titles.items()
        if not (folder / name).read_text(encoding="utf-8").startswith(f"# {title}\n")
    ]
    assert not wrong, f"listed under another title than they carry: {', '.join(wrong)}"
