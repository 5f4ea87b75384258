"""Finding a few things among thousands by what people type: no tones, slips, chat spellings, other words for the same.

Each thing has phrases (its name, what people call it) and words around it. A query is compared with every phrase, by
words with tones, words without, and runs of letters, each weighed by how rare it is; and it counts how much of the
query the thing knows at all, its words and which of them stand side by side. Pure and in memory: 3,000 things answer
in a few milliseconds. An ``Index`` is never changed; build another one.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from motcua.lib.classify.features import SIZE, lookup_of, presence
from motcua.lib.vietnamese import expand_chat, fold, from_telex, words

Floats: TypeAlias = npt.NDArray[np.float32]

BLOCKS: Final = (0.8, 1.0, 0.7)  # words with tones, words without, runs of letters
COVERAGE: Final = 0.9  # what it counts that a thing knows all words of a query, against the likeness of one phrase
PAIR: Final = 0.4  # of two words side by side, against one: "hộ chiếu" is more than "hộ" here and "chiếu" there
FIT: Final = 8  # how fast the prior fades for what fits less well than the best: it decides between likes only
SYNONYM: Final = 0.97  # a query in other words counts a little less than the words themselves
MOST_VARIANTS: Final = 6
LONGEST: Final = 200  # characters of a query that are read

_ASKING: Final = """
thủ tục hành chính; thủ tục; hồ sơ; cần những giấy tờ gì; cần giấy tờ gì; giấy tờ gì; cần những gì; cần gì; cần làm gì
những gì; gồm những gì; ra sao; như thế nào; thế nào; làm sao; thì sao; ở đâu; tại đâu; chỗ nào; bao nhiêu tiền
bao nhiêu; bao lâu; mất bao lâu; khi nào; cho tôi hỏi; cho em hỏi; cho mình hỏi; cho hỏi; xin hỏi; hỏi; tôi muốn
em muốn; mình muốn; muốn; tôi; em; mình; anh chị; ơi; ạ; dạ; với; thì; là; và; của; các; những; được không; được; phải
hướng dẫn; giúp; xin; làm; cho; để; đi; nộp; online; qua mạng; trực tuyến; trên mạng; cần; gì; giấy gì; có phải; không
thế; này; ở
"""
"""What people say around the matter; left out wherever it stands, unless nothing else is left."""
_TONELESS: Final = """
thu tuc; ho so; o dau; nhu the nao; the nao; lam sao; bao nhieu tien; bao nhieu; bao lau; cho toi hoi; cho em hoi
cho hoi; toi muon; em muon; muon; toi; minh; oi; thi; la; va; cua; duoc khong; duoc; giup; xin; lam; cho; de; nop
online; can gi; giay to gi; giay gi; gi; qua mang; khong
"""
"""The same as people type it without tones, as far as it cannot be taken for something else (“can” is “căn”, too)."""


@dataclass(frozen=True, slots=True)
class Thing:
    """``phrases`` with how much each counts; ``around`` are words that only say that it fits; ``prior`` is for those
    that are asked for more often."""

    key: int
    phrases: Sequence[tuple[str, float]]
    around: str = ""
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    key: int
    score: float


class Index:
    def __init__(self, things: Sequence[Thing], synonyms: Mapping[str, str]) -> None:
        """``synonyms``: what people say → what it is called. Tones and case do not matter."""
        self._keys = np.array([thing.key for thing in things], dtype=np.int64)
        self._places = {thing.key: place for place, thing in enumerate(things)}
        self._prior = np.array([thing.prior for thing in things], dtype=np.float32)
        self._synonyms = _Synonyms(synonyms)
        rows = [(place, text, weight) for place, thing in enumerate(things) for text, weight in thing.phrases if text]
        tokens = [_written(text) for _place, text, _weight in rows]
        self._owner = np.array([place for place, _text, _weight in rows], dtype=np.int64)
        self._starts = np.flatnonzero(np.diff(self._owner, prepend=-1)) if rows else np.array([], dtype=np.int64)
        matrices = presence(tokens)
        columns = np.unique(np.concatenate([matrix.indices for matrix in matrices]))
        self._lookup = lookup_of(columns)
        counts: Any = sum(np.bincount(matrix.indices, minlength=SIZE)[columns] for matrix in matrices)
        self._rarity = (np.log((1 + len(rows)) / (1 + counts)) + 1).astype(np.float32)
        weights = sparse.diags([weight for _place, _text, weight in rows]) if rows else None
        weighed = self._weighed(matrices)
        self._phrases = sparse.csc_matrix(weights @ weighed if weights is not None else weighed)
        texts = [[_written(thing.around)] for thing in things]
        for (place, _text, _weight), said in zip(rows, tokens, strict=True):
            texts[place].append(said)
        self._known = _Words(texts)

    def find(self, query: str, *, among: Collection[int] | None = None, most: int = 20) -> list[Found]:
        """The best first; those that have next to nothing to do with the query are left out."""
        said = _said(query[:LONGEST])
        if not said or not len(self._keys):
            return []
        variants = [(said, 1.0), *((other, SYNONYM) for other in self._synonyms.others(said))]
        scores = np.zeros(len(self._keys), dtype=np.float32)
        for tokens, worth in variants:
            scores = np.maximum(scores, worth * self._score(tokens))
        fit = (scores / max(float(scores.max()), 1e-9)) ** FIT
        scores = np.where(scores > LEAST, scores + self._prior * fit, 0)
        if among is not None:
            wanted = np.zeros(len(scores), dtype=bool)
            wanted[[self._places[key] for key in among if key in self._places]] = True
            scores = np.where(wanted, scores, 0)
        order = np.argsort(-scores, kind="stable")[:most]
        best = float(scores[order[0]]) if len(order) else 0.0
        return [
            Found(int(self._keys[place]), round(float(scores[place]), 4))
            for place in order
            if scores[place] > 0 and scores[place] > best * TAIL
        ]

    def _score(self, tokens: Sequence[str]) -> Floats:
        likeness = np.zeros(len(self._keys), dtype=np.float32)
        query = self._weighed(presence([tokens]))
        if query.nnz and len(self._starts):
            rows = self._phrases[:, query.indices] @ query.data
            best = np.maximum.reduceat(rows, self._starts)
            likeness[self._owner[self._starts]] = best
        return likeness + COVERAGE * self._known.coverage(tokens)

    def _weighed(self, matrices: Sequence[sparse.csr_matrix]) -> sparse.csr_matrix:
        """Known columns by their rarity; each block of a text has the length that ``BLOCKS`` says, all of it one."""
        total: Any = None
        for matrix, length in zip(matrices, BLOCKS, strict=True):
            place = self._lookup[matrix.indices]
            known = place >= 0
            rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[known]
            columns, values = place[known], self._rarity[place[known]]
            own = np.sqrt(np.bincount(rows, weights=values**2, minlength=matrix.shape[0]))
            values = (length * values / np.maximum(own[rows], 1e-9)).astype(np.float32)
            part = sparse.csr_matrix((values, (rows, columns)), shape=(matrix.shape[0], len(self._rarity)))
            total = part if total is None else total + part
        return total / np.float32(np.sqrt(sum(length**2 for length in BLOCKS)))


LEAST: Final = 0.22  # below it a thing has only letters in common with the query
TAIL: Final = 0.45  # of the best score: what is far behind it is not shown


class _Words:
    """Which words without tones each thing knows, and which pairs of them side by side."""

    def __init__(self, texts: Sequence[Sequence[Sequence[str]]]) -> None:
        """``texts``: of each thing its texts, each as tokens."""
        bare = [set().union(*(words | pairs for words, pairs in map(_bare, own))) for own in texts]
        self._places = {word: place for place, word in enumerate(sorted(set(chain.from_iterable(bare))))}
        rows = [place for place, own in enumerate(bare) for _word in own]
        columns = [self._places[word] for own in bare for word in own]
        ones = np.ones(len(rows), dtype=np.float32)
        self._matrix = sparse.csc_matrix((ones, (rows, columns)), shape=(len(texts), max(len(self._places), 1)))
        counts = np.bincount(columns, minlength=max(len(self._places), 1))
        self._rarity = (np.log((1 + len(texts)) / (1 + counts)) + 1).astype(np.float32)
        self._unknown = float(self._rarity.max(initial=1.0))

    def coverage(self, tokens: Sequence[str]) -> Floats:
        """Of each thing: how much of the query it knows, 0 to 1."""
        asked, side_by_side = _bare(tokens)
        known = [self._places[word] for word in asked if word in self._places]
        pairs = [self._places[pair] for pair in side_by_side if pair in self._places]
        weights = np.concatenate((self._rarity[known], PAIR * self._rarity[pairs]))
        total = float(weights.sum()) + 0.5 * self._unknown * (len(asked) - len(known))
        if not known or not total:
            return np.zeros(self._matrix.shape[0], dtype=np.float32)
        found: Floats = (self._matrix[:, [*known, *pairs]] @ weights / total).astype(np.float32)
        return found


def _bare(tokens: Sequence[str]) -> tuple[set[str], set[str]]:
    """The words without tones, and those that stand side by side."""
    words = fold(" ".join(tokens)).split()
    return set(words), {f"{first} {second}" for first, second in pairwise(words)}


def _said(query: str) -> list[str]:
    """The words of a query without what is only asked around them."""
    tokens = _tokens(expand_chat(from_telex(query)))
    asking = _TONELESS_PATTERN if "".join(tokens).isascii() else _ASKING_PATTERN
    return _without(asking, tokens)


def _written(text: str) -> list[str]:
    """The same of what is found: nobody wrote it in a hurry."""
    return _without(_ASKING_PATTERN, _tokens(text))


def _tokens(text: str) -> list[str]:
    """Long numbers are all alike: codes and years say nothing about what is wanted."""
    return ["0" if word[0].isdigit() and len(word) > 2 else word for word in words(text)]


def _without(asking: re.Pattern[str], tokens: list[str]) -> list[str]:
    return asking.sub(" ", f" {' '.join(tokens)} ").split() or tokens


def _pattern(phrases: str) -> re.Pattern[str]:
    longest_first = sorted(re.split(r"[;\n] ?", phrases.strip()), key=len, reverse=True)
    return re.compile(rf"(?<=\s)(?:{'|'.join(map(re.escape, longest_first))})(?=\s)")


_ASKING_PATTERN: Final = _pattern(_ASKING)
_TONELESS_PATTERN: Final = _pattern(_TONELESS)


class _Synonyms:
    def __init__(self, synonyms: Mapping[str, str]) -> None:
        self._means: dict[tuple[str, ...], list[str]] = {}
        for said, means in synonyms.items():
            self._means[tuple(fold(" ".join(_tokens(said))).split())] = _tokens(means)
        self._longest = max(map(len, self._means), default=0)

    def others(self, tokens: Sequence[str]) -> list[list[str]]:
        """The query with one or all of its phrases said otherwise."""
        bare = fold(" ".join(tokens)).split()
        if len(bare) != len(tokens):
            return []
        spans: list[tuple[int, int]] = []
        at = 0
        while at < len(bare):
            for length in range(min(self._longest, len(bare) - at), 0, -1):
                if tuple(bare[at : at + length]) in self._means:
                    spans.append((at, at + length))
                    at += length - 1
                    break
            at += 1
        variants = [self._said_otherwise(tokens, bare, [span]) for span in spans[: MOST_VARIANTS - 1]]
        if len(spans) > 1:
            variants.append(self._said_otherwise(tokens, bare, spans))
        return variants

    def _said_otherwise(
        self, tokens: Sequence[str], bare: Sequence[str], spans: Sequence[tuple[int, int]]
    ) -> list[str]:
        kept: list[str] = []
        at = 0
        for start, end in spans:
            kept += [*tokens[at:start], *self._means[tuple(bare[start:end])]]
            at = end
        return [*kept, *tokens[at:]]
