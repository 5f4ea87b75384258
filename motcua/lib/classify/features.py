"""A text as the columns of a matrix."""

import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from motcua.lib.vietnamese import expand_chat, fold, from_telex, words

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

SIZE: Final = 2**20  # hashed columns, before those that training never saw are dropped
BLOCKS: Final = (1.2, 0.9, 0.4)  # weight of: words with tones, words without, letters
LONGEST: Final = 2_000  # characters read of one text; what it is about is said early
LONGEST_WORD: Final = 20  # letters read of one word; each that was read is kept for a while


@lru_cache(maxsize=200_000)
def _column(gram: str) -> int:
    return zlib.crc32(gram.encode()) % SIZE  # the same on every machine and in every process, unlike hash()


@lru_cache(maxsize=50_000)
def _letters(word: str) -> tuple[int, ...]:
    """Runs of 3 to 5 letters of a word without tones, its ends marked."""
    padded = f"<{word}>"
    return tuple(
        _column(f"c{padded[start : start + length]}")
        for length in (3, 4, 5)
        for start in range(max(len(padded) - length + 1, 0))
    )


def tokens_of(text: str) -> list[str]:
    """Words as the features see them: chat and switched-off keyboards undone, every number alike."""
    found = words(expand_chat(from_telex(text[:LONGEST])))
    return ["0" if word[0].isdigit() else word[:LONGEST_WORD] for word in found]


def _columns(tokens: Sequence[str]) -> tuple[set[int], set[int], set[int]]:
    """Columns of each block."""
    bare = fold(" ".join(tokens)).split()
    toned = {_column(f"t{word}") for word in tokens}
    toned.update(_column(f"t{first} {second}") for first, second in pairwise(tokens))
    plain = {_column(f"f{word}") for word in bare}
    plain.update(_column(f"f{first} {second}") for first, second in pairwise(bare))
    letters: set[int] = set()
    for word in bare:
        letters.update(_letters(word))
    return toned, plain, letters


def presence(texts: Sequence[Sequence[str]]) -> list[sparse.csr_matrix]:
    """One 0/1 matrix for each block, texts × ``SIZE``. ``texts`` are lists of tokens."""
    read = [_columns(tokens) for tokens in texts]
    matrices = []
    for block in range(len(BLOCKS)):
        sizes = np.fromiter((len(columns[block]) for columns in read), dtype=np.int64, count=len(read))
        indices = np.fromiter(
            (column for columns in read for column in sorted(columns[block])), dtype=np.int64, count=int(sizes.sum())
        )
        starts = np.concatenate(([0], np.cumsum(sizes)))
        data = np.ones(len(indices), dtype=np.float32)
        matrices.append(sparse.csr_matrix((data, indices, starts), shape=(len(read), SIZE)))
    return matrices


def weigh(matrices: Sequence[sparse.csr_matrix], lookup: Ints, weight: Floats) -> sparse.csr_matrix:
    """Known columns only, each with its ``weight``; each block of a text has the length that ``BLOCKS`` says."""
    total: Any = None
    for matrix, length in zip(matrices, BLOCKS, strict=True):
        place = lookup[matrix.indices]
        known = place >= 0
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[known]
        columns, values = place[known], weight[place[known]]
        own = np.sqrt(np.bincount(rows, weights=values**2, minlength=matrix.shape[0]))
        values = (length * values / np.maximum(own[rows], 1e-9)).astype(np.float32)
        part = sparse.csr_matrix((values, (rows, columns)), shape=(matrix.shape[0], len(weight)))
        total = part if total is None else total + part
    return total


def weigh_one(tokens: Sequence[str], lookup: Ints, weight: Floats) -> tuple[Ints, Floats]:
    """The row that ``weigh`` makes of one text: its columns, which may repeat, and their values. To make three matrices
    of one row each costs ten times as much."""
    places, values = [], []
    for columns, length in zip(_columns(tokens), BLOCKS, strict=True):
        found = lookup[np.fromiter(columns, dtype=np.int64, count=len(columns))]
        found = found[found >= 0]
        told = weight[found].astype(np.float64)
        places.append(found)
        values.append((told * (length / max(float(np.sqrt(told @ told)), 1e-9))).astype(np.float32))
    return np.concatenate(places), np.concatenate(values)


def lookup_of(columns: Ints) -> Ints:
    """Hashed column → its place in ``columns``, -1 where it is not among them."""
    lookup = np.full(SIZE, -1, dtype=np.int64)
    lookup[columns] = np.arange(len(columns))
    return lookup
