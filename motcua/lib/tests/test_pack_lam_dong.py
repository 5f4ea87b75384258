"""The phrases of the first pack: enough of them, all different, and none of them in the set that measures."""

import csv
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from motcua.lib.vietnamese import fold, words

PACK = Path(__file__).resolve().parents[3] / "packs" / "lam-dong"


def categories() -> set[str]:
    """Those that can be chosen: no other names them as its parent."""
    with (PACK / "categories.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["code"] for row in rows} - {row["parent"] for row in rows}


def phrases() -> dict[str, list[str]]:
    return {
        file.stem: [line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
        for file in sorted((PACK / "phrases").glob("*.txt"))
    }


def evaluation(name: str) -> list[tuple[str, str]]:
    with (PACK / "phrases" / name).open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def bag(text: str) -> frozenset[str]:
    return frozenset(fold(" ".join(words(text))).split())


def test_every_category_has_sixty_different_phrases() -> None:
    found = phrases()
    assert found.keys() == categories()
    assert {code: count for code, own in found.items() if (count := len(set(map(fold, own)))) < 60} == {}


def test_no_phrase_stands_twice() -> None:
    counts = Counter(fold(phrase) for own in phrases().values() for phrase in own)
    assert [phrase for phrase, count in counts.items() if count > 1] == []


def test_phrases_are_clean_lines() -> None:
    odd = [
        (code, phrase)
        for code, own in phrases().items()
        for phrase in own
        if phrase != phrase.strip() or not unicodedata.is_normalized("NFC", phrase) or not phrase.isprintable()
    ]
    assert odd == []


def test_some_people_type_without_tones() -> None:
    plain = {code: sum(phrase.isascii() for phrase in own) / len(own) for code, own in phrases().items()}
    assert {code: share for code, share in plain.items() if share < 0.05} == {}


@pytest.mark.parametrize(("name", "fewest"), [("eval.csv", 10), ("eval-heldout.csv", 15)])
def test_what_measures_is_never_learned(name: str, fewest: int) -> None:
    rows = evaluation(name)
    learned = {fold(phrase) for own in phrases().values() for phrase in own}
    assert [text for text, _ in rows if fold(text) in learned] == []
    assert len({fold(text) for text, _ in rows}) == len(rows)
    counts = Counter(category for _, category in rows)
    assert counts.keys() == categories()
    assert min(counts.values()) >= fewest


@pytest.mark.parametrize("name", ["eval.csv", "eval-heldout.csv"])
def test_nothing_learned_says_nearly_what_measures(name: str) -> None:
    holding: dict[str, set[frozenset[str]]] = defaultdict(set)
    for own in phrases().values():
        for learned in map(bag, own):
            for word in learned:
                holding[word].add(learned)
    twins = []
    for text, _ in evaluation(name):
        asked = bag(text)
        # Whoever shares four fifths of the words holds one of any fifth and one more: the rarest are asked.
        rarest = sorted(asked, key=lambda word: len(holding[word]))[: len(asked) // 5 + 1]
        near = {learned for word in rarest for learned in holding[word]}
        twins += [(text, set(learned)) for learned in near if len(asked & learned) >= 0.8 * len(asked | learned)]
    assert twins == []
