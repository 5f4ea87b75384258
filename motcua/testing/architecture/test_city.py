"""A city is data: what its files may say is read by somebody, and what they say stands nowhere in the code."""

import csv
import re
from pathlib import Path

from motcua.kernel.packs.kind import CITY_SETTINGS
from motcua.testing.architecture.sources import CODE, ROOT, in_use

PACK = ROOT / "packs" / "lam-dong"
NATIONAL = {"motcua/lib/identifiers.py"}  # all provinces, by the first digits of people's numbers
NUMBER = re.compile(r"(?i)(?:gọi|tel:)(?: |<b>)*[0-9]{3}")  # “gọi 115”: those numbers are the city's to say


def _pages() -> list[Path]:
    found = [path for ending in ("html", "txt", "js") for path in CODE.rglob(f"*.{ending}")]
    code = [source.path for source in in_use() if not {"management", "demo"} <= set(source.parts)]
    mine = (path for path in [*found, *code] if "tests" not in path.relative_to(ROOT).parts)
    return sorted(path for path in mine if not path.name.startswith("demo"))


def _names() -> set[str]:
    names = set()
    for file in ("areas.csv", "areas_old.csv"):
        with (PACK / file).open(encoding="utf-8", newline="") as lines:
            names |= {row["name"] for row in csv.DictReader(lines) if row["type"] in ("tinh", "thanh_pho")}
    return names


def test_every_setting_of_a_city_is_read_and_described() -> None:
    code = "\n".join(source.text for source in in_use())
    read = set(re.findall(r"setting\(\s*\"(\w+)\",\s*\"(\w+)\"", code))
    known = {(setting.part, setting.name) for setting in CITY_SETTINGS}
    assert known == read
    page = (ROOT / "docs" / "packs.md").read_text(encoding="utf-8").partition("## pack.toml")[2].partition("\n## ")[0]
    keys = "\n".join(re.findall(r"^\| (`.+?) \|", page, re.MULTILINE))
    assert {tuple(key.split(".")) for key in re.findall(r"`([\w.]+)`", keys)} == known


def test_no_city_stands_in_the_code() -> None:
    names = _names()
    assert {"Lâm Đồng", "Đà Lạt"} <= names
    found = []
    for path in _pages():
        name = path.relative_to(ROOT).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            said = [city for city in names if city in line and name not in NATIONAL]
            found += [f"{name}:{number}: {word}" for word in [*said, *NUMBER.findall(line)]]
    assert not found, "\n".join(found)
