"""Short Vietnamese texts → what they are about, with a probability that can be trusted.

People write with tones, without them, in chat spelling and with slips. So a text is read three ways: its words with
tones, its words without, and the letters inside the words. Each training text is also learned without tones and with
slips. The model is linear over hashed features: it trains in seconds, reads thousands of texts a second, is a few MB.

Probabilities come from margins, scaled on texts that the model had not seen (cross-validation in ``train``).
"""

import json
import os
import random
import zipfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from motcua.lib.vietnamese import expand_chat, fold, from_telex, words

GATE: Final = 0.6
"""At or above this probability the machine may act by itself; below it a human decides (docs/classifier.md)."""

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Prediction = list[tuple[str, float]]

FORMAT: Final = 1
_SIZE: Final = 2**20  # hashed columns before those that training never saw are dropped
_BLOCKS: Final = (1.0, 1.0, 0.5)  # weight of: words with tones, words without, letters
_LONGEST: Final = 2_000  # characters read of one text; what it is about is said early
_FOLDS: Final = 3

# ── Reading a text ──────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=200_000)
def _column(gram: str) -> int:
    return zlib.crc32(gram.encode()) % _SIZE  # the same on every machine and in every process, unlike hash()


@lru_cache(maxsize=50_000)
def _letters(word: str) -> tuple[int, ...]:
    """Runs of 3 to 5 letters of a word without tones, its ends marked."""
    padded = f"<{word}>"
    return tuple(
        _column(f"c{padded[start : start + length]}")
        for length in (3, 4, 5)
        for start in range(max(len(padded) - length + 1, 1 if length == 3 else 0))
    )


def _tokens(text: str) -> list[str]:
    """Words as the features see them: chat and switched-off keyboards undone, every number alike."""
    found = words(expand_chat(from_telex(text[:_LONGEST])))
    return ["0" if word[0].isdigit() else word for word in found]


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


def _counts(texts: Sequence[Sequence[str]]) -> list[sparse.csr_matrix]:
    """One 0/1 matrix for each block, texts × ``_SIZE``."""
    read = [_columns(tokens) for tokens in texts]
    matrices = []
    for block in range(len(_BLOCKS)):
        sizes = np.fromiter((len(columns[block]) for columns in read), dtype=np.int64, count=len(read))
        indices = np.fromiter(
            (column for columns in read for column in sorted(columns[block])), dtype=np.int64, count=int(sizes.sum())
        )
        starts = np.concatenate(([0], np.cumsum(sizes)))
        data = np.ones(len(indices), dtype=np.float32)
        matrices.append(sparse.csr_matrix((data, indices, starts), shape=(len(read), _SIZE)))
    return matrices


def _weigh(matrices: Sequence[sparse.csr_matrix], lookup: Ints, rarity: Floats) -> sparse.csr_matrix:
    """Known columns only, weighed by how rare they are; each block of a text has the length ``_BLOCKS`` says."""
    total: Any = None
    for matrix, weight in zip(matrices, _BLOCKS, strict=True):
        place = lookup[matrix.indices]
        known = place >= 0
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[known]
        columns, values = place[known], rarity[place[known]]
        lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=matrix.shape[0]))
        values = (weight * values / np.maximum(lengths[rows], 1e-9)).astype(np.float32)
        part = sparse.csr_matrix((values, (rows, columns)), shape=(matrix.shape[0], len(rarity)))
        total = part if total is None else total + part
    return total


# ── The model ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    labels: tuple[str, ...]
    columns: Ints  # the hashed columns that training saw, ascending
    rarity: Floats  # of each of them
    weights: Floats  # columns × labels
    bias: Floats
    sharpness: float  # margins × this → softmax
    lookup: Ints  # hashed column → place in ``columns``, -1 when training never saw it

    def predict(self, texts: Sequence[str], top: int = 5) -> list[Prediction]:
        """The ``top`` likeliest labels of each text with their probabilities, likeliest first."""
        if not texts:
            return []
        chances = self.probabilities(texts)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :top]
        return [[(self.labels[label], float(chances[row, label])) for label in best] for row, best in enumerate(order)]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """texts × labels. A text without one known word is equally likely to be anything."""
        features = _weigh(_counts([_tokens(text) for text in texts]), self.lookup, self.rarity)
        chances = _softmax((features @ self.weights + self.bias) * self.sharpness)
        chances[np.diff(features.indptr) == 0] = 1 / len(self.labels)
        return chances

    def save(self, path: Path) -> None:
        """Arrays and JSON, never a pickle: a model file that somebody swapped can misjudge, but cannot run code."""
        about = {"format": FORMAT, "labels": self.labels, "sharpness": self.sharpness}
        new = path.with_name(f"{path.name}.new-{os.getpid()}")
        with new.open("wb") as file:
            np.savez_compressed(
                file,
                about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
                columns=self.columns.astype(np.uint32),
                rarity=self.rarity.astype(np.float32),
                weights=self.weights.astype(np.float16),
                bias=self.bias.astype(np.float32),
            )
        new.replace(path)  # readers see the old file or the new one, never half of one

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Raises ValueError when the file is not a model of this format."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                columns, rarity = file["columns"].astype(np.int64), file["rarity"]
                weights, bias = file["weights"].astype(np.float32), file["bias"]
            labels = tuple(str(label) for label in about["labels"])
            fits = about["format"] == FORMAT and (len(columns), len(labels)) == weights.shape
            if not fits or rarity.shape != columns.shape or bias.shape != (len(labels),) or columns.max() >= _SIZE:
                raise ValueError("its parts do not fit together")
            return _model(labels, columns, rarity, weights, bias, float(about["sharpness"]))
        except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{path} is not a classifier of format {FORMAT}: {error}") from error


def _model(
    labels: tuple[str, ...], columns: Ints, rarity: Floats, weights: Floats, bias: Floats, sharpness: float
) -> Model:
    return Model(labels, columns, rarity, weights, bias, sharpness, _lookup(columns))


def _lookup(columns: Ints) -> Ints:
    lookup = np.full(_SIZE, -1, dtype=np.int64)
    lookup[columns] = np.arange(len(columns))
    return lookup


def _softmax(margins: npt.NDArray[Any]) -> Floats:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    chances: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances


# ── Training ────────────────────────────────────────────────────────────────────────────────────────────────────────


def train(examples: Iterable[tuple[str, str]]) -> Model:
    """``examples`` are (text, label), at least two labels. The same examples in the same order give the same model."""
    known: dict[str, str] = {}
    for text, label in examples:
        tokens = " ".join(_tokens(text))
        if tokens:
            known[tokens] = label  # the last word on a text counts: it is what an officer corrected
    texts, wanted = list(known), list(known.values())
    labels = tuple(sorted(set(wanted)))
    if len(labels) < 2:
        raise ValueError("training needs texts of at least two labels")
    places = np.array([labels.index(label) for label in wanted])

    variants = [_variants(text) for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(forms) for forms in variants])
    matrices = _counts([form.split() for forms in variants for form in forms])
    first = np.concatenate(([0], np.cumsum([len(forms) for forms in variants])[:-1]))  # each text as it was written

    fold_of = _spread(places)
    sharpness = _sharpness(matrices, owners, first, places, fold_of, len(labels))
    columns, rarity = _rarity([matrix[first] for matrix in matrices], matrices)
    features = _weigh(matrices, _lookup(columns), rarity)
    weights, bias = _fit(features, places[owners], len(labels))
    weights = weights.astype(np.float16).astype(np.float32)  # as a file keeps it: saved and loaded say the same
    return _model(labels, columns, rarity, weights, bias, sharpness)


def _rarity(written: Sequence[sparse.csr_matrix], seen: Sequence[sparse.csr_matrix]) -> tuple[Ints, Floats]:
    """Columns seen in training and how rare each is among the texts as they were written (idf)."""
    columns = np.unique(np.concatenate([matrix.indices for matrix in seen])).astype(np.int64)
    held = sum(np.bincount(matrix.indices, minlength=_SIZE) for matrix in written)
    count = written[0].shape[0]
    rarity: Floats = (np.log((1 + count) / (1 + np.asarray(held)[columns])) + 1).astype(np.float32)
    return columns, rarity


def _fit(features: sparse.csr_matrix, places: Ints, count: int) -> tuple[Floats, Floats]:
    """One margin for each label against the rest; a label without examples gets one that never wins."""
    from sklearn.svm import LinearSVC  # takes a second to import, and only training needs it

    learner = LinearSVC(C=0.2, random_state=0).fit(features, places)
    weights = np.zeros((features.shape[1], count), dtype=np.float32)
    bias = np.full(count, -1e3, dtype=np.float32)
    if len(learner.classes_) == 2:  # one margin tells two apart
        weights[:, learner.classes_[1]], bias[learner.classes_[1]] = learner.coef_[0], learner.intercept_[0]
        weights[:, learner.classes_[0]], bias[learner.classes_[0]] = -learner.coef_[0], -learner.intercept_[0]
    else:
        weights[:, learner.classes_], bias[learner.classes_] = learner.coef_.T, learner.intercept_
    return weights, bias


def _spread(places: Ints) -> Ints:
    """A fold for each text, every label spread over all."""
    fold_of = np.zeros(len(places), dtype=np.int64)
    for place in np.unique(places):
        own = np.flatnonzero(places == place)
        order = list(range(len(own)))
        random.Random(int(place)).shuffle(order)  # noqa: S311  not a secret; seeded so that training repeats
        fold_of[own] = np.array(order) % _FOLDS
    return fold_of


def _sharpness(
    matrices: Sequence[sparse.csr_matrix], owners: Ints, first: Ints, places: Ints, fold_of: Ints, count: int
) -> float:
    """What margins are multiplied by so that, on texts not learned from, 80 % sure is right 8 times of 10."""
    margins = np.zeros((len(places), count), dtype=np.float64)
    for fold_number in range(_FOLDS):
        learned, unseen = fold_of[owners] != fold_number, np.flatnonzero(fold_of == fold_number)
        if len(np.unique(places[fold_of != fold_number])) < 2 or not len(unseen):
            return 3.0  # too few texts to measure: what the scale is for sets of a few hundred
        own = [matrix[np.flatnonzero(learned)] for matrix in matrices]
        columns, rarity = _rarity([matrix[first[fold_of != fold_number]] for matrix in matrices], own)
        lookup = _lookup(columns)
        weights, bias = _fit(_weigh(own, lookup, rarity), places[owners[learned]], count)
        features = _weigh([matrix[first[unseen]] for matrix in matrices], lookup, rarity)
        margins[unseen] = features @ weights + bias
    right = (np.arange(len(places)), places)
    scales = np.geomspace(0.5, 8, 60)  # a small set that is learned without a mistake knows less than it shows
    losses = [-np.log(np.maximum(_softmax(margins * scale)[right], 1e-6)).mean() for scale in scales]
    return float(scales[int(np.argmin(losses))])


def _variants(text: str) -> list[str]:
    """A text (words between spaces) as it was written, and as others would have typed it."""
    dice = random.Random(zlib.crc32(text.encode()))  # noqa: S311  as above
    forms = [text, fold(text), with_slips(text, dice), with_slips(fold(text), dice)]
    tokens = text.split()
    if len(tokens) > 5:  # the same said shorter, so that no single word carries all
        forms.append(" ".join(word for word in tokens if dice.random() > 0.25) or text)
    return list(dict.fromkeys(forms))


def with_slips(text: str, dice: random.Random) -> str:
    """One typing slip for about every eight words: letters swapped, left out or doubled."""
    tokens = text.split()
    for _ in range(1 + len(tokens) // 8):
        place = dice.randrange(len(tokens)) if tokens else 0
        word = tokens[place] if tokens else ""
        if len(word) < 3:
            continue
        at, slip = dice.randrange(len(word) - 1), dice.random()
        if slip < 0.4:
            tokens[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip < 0.7:
            tokens[place] = word[:at] + word[at + 1 :]
        else:
            tokens[place] = word[:at] + word[at] + word[at:]
    return " ".join(tokens)


# ── How good it is ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class LabelScore:
    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True)
class Report:
    """``confusions`` are (wanted, said, how often), most frequent first. Shares are between 0 and 1."""

    count: int
    accuracy: float
    top3: float  # share whose label is among the first three
    macro_f1: float
    gate: float
    coverage: float  # share of texts at or above the gate
    gated_accuracy: float  # accuracy among those
    calibration_error: float  # mean distance of probability and accuracy, in ten classes
    per_label: dict[str, LabelScore]
    confusions: list[tuple[str, str, int]]


def evaluate(model: Model, rows: Iterable[tuple[str, str]], gate: float = GATE) -> Report:
    """``rows`` are (text, label). A label that the model does not know counts as wrong."""
    pairs = list(rows)
    if not pairs:
        raise ValueError("nothing to evaluate")
    predictions = model.predict([text for text, _ in pairs], top=3)
    wanted = [label for _, label in pairs]
    said = [prediction[0][0] for prediction in predictions]
    sure = [prediction[0][1] for prediction in predictions]
    right = [one == other for one, other in zip(wanted, said, strict=True)]
    above = [hit for hit, chance in zip(right, sure, strict=True) if chance >= gate]
    per_label = {label: _score(label, wanted, said) for label in sorted(set(wanted))}
    mistakes = Counter((one, other) for one, other in zip(wanted, said, strict=True) if one != other)
    return Report(
        count=len(pairs),
        accuracy=sum(right) / len(pairs),
        top3=sum(
            label in dict(prediction) for label, prediction in zip(wanted, predictions, strict=True)
        ) / len(pairs),
        macro_f1=sum(score.f1 for score in per_label.values()) / len(per_label),
        gate=gate,
        coverage=len(above) / len(pairs),
        gated_accuracy=sum(above) / len(above) if above else 0.0,
        calibration_error=_calibration_error(right, sure),
        per_label=per_label,
        confusions=sorted(((*pair, times) for pair, times in mistakes.items()), key=lambda row: (-row[2], row)),
    )  # fmt: skip


def _score(label: str, wanted: Sequence[str], said: Sequence[str]) -> LabelScore:
    hits = sum(one == other == label for one, other in zip(wanted, said, strict=True))
    count, claimed = wanted.count(label), said.count(label)
    precision, recall = hits / claimed if claimed else 0.0, hits / count
    return LabelScore(precision, recall, 2 * hits / (count + claimed), count)


def _calibration_error(right: Sequence[bool], sure: Sequence[float]) -> float:
    classes: dict[int, list[tuple[bool, float]]] = defaultdict(list)
    for hit, chance in zip(right, sure, strict=True):
        classes[min(int(chance * 10), 9)].append((hit, chance))
    return sum(abs(sum(hit - chance for hit, chance in own)) for own in classes.values()) / len(right)
