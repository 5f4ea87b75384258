"""Learning from examples.

Probabilities come from margins, scaled on texts that the model had not seen.
"""

import random
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from scipy import sparse

from motcua.lib.classify.features import SIZE, Floats, Ints, lookup_of, presence, tokens_of, weigh
from motcua.lib.classify.model import Model, softmax
from motcua.lib.classify.variants import variants_of

_HELD_BACK: Final = 4  # every fourth text of a label measures how sharp probabilities may be
_SENTENCE: Final = 5  # words; shorter texts do not measure it: reports are sentences, phrases may be bare keywords
_USUAL_SHARPNESS: Final = 4.0  # where there are too few texts to measure it
_RARELY: Final = 0.1  # imagined weight of every column under every label
_DOUBT: Final = 0.05  # imagined sightings of every column under every label


def train(examples: Iterable[tuple[str, str]]) -> Model:
    """``examples`` are (text, label), at least two labels. The same examples in the same order give the same model."""
    known: dict[str, str] = {}
    for text, label in examples:
        tokens = " ".join(tokens_of(text))
        if tokens:
            known[tokens] = label  # the last word on a text counts: it is what an officer corrected
    labels = tuple(sorted(set(known.values())))
    if len(labels) < 2:
        raise ValueError("training needs texts of at least two labels")
    places = np.array([labels.index(label) for label in known.values()])

    forms = [variants_of(text) for text in known]
    owners = np.repeat(np.arange(len(forms)), [len(own) for own in forms])
    matrices = presence([form.split() for own in forms for form in own])
    written = np.concatenate(([0], np.cumsum([len(own) for own in forms])[:-1]))  # each text as it was written

    sharpness = _sharpness(matrices, owners, written, places, len(labels))
    columns, column_weights = _column_weights(matrices, written, places[owners], len(labels))
    features = weigh(matrices, lookup_of(columns), column_weights)
    weights, bias = _fit(features, places[owners], len(labels))
    weights = weights.astype(np.float16).astype(np.float32)  # as a file keeps it: saved and loaded say the same
    return Model(labels, columns, column_weights, weights, bias, sharpness)


def _column_weights(
    matrices: Sequence[sparse.csr_matrix], written: Ints, places: Ints, count: int
) -> tuple[Ints, Floats]:
    """The columns that were seen, and how much each tells: rare among texts as written, and kept to few labels.

    The second part silences courtesies and street names, which stand in reports of every kind.
    """
    columns = np.unique(np.concatenate([matrix.indices for matrix in matrices])).astype(np.int64)
    lookup = lookup_of(columns)
    held = np.zeros(SIZE)
    sightings = np.full(len(columns) * count, _DOUBT)
    for matrix in matrices:
        held += np.bincount(matrix[written].indices, minlength=SIZE)
        rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        sightings += np.bincount(lookup[matrix.indices] * count + places[rows], minlength=len(sightings))
    rarity = np.log((1 + len(written)) / (1 + held[columns])) + 1
    seen = sightings.reshape(len(columns), count)
    shares = seen / seen.sum(axis=1, keepdims=True)
    spread = -(shares * np.log(shares)).sum(axis=1) / np.log(count)  # 0: under one label, 1: under all alike
    weights: Floats = (rarity * np.sqrt(1.02 - spread)).astype(np.float32)
    return columns, weights


def _fit(features: sparse.csr_matrix, places: Ints, count: int) -> tuple[Floats, Floats]:
    """One margin for each label against the rest; a label without examples gets one that never wins."""
    from sklearn.svm import LinearSVC  # takes a second to import, and only training needs it

    # A looser end than the usual one: the same labels and probabilities on unseen texts, a third of the rounds less.
    learner = LinearSVC(C=0.4, tol=5e-2, random_state=0).fit(features, places)
    weights = np.zeros((features.shape[1], count), dtype=np.float32)
    bias = np.full(count, -1e3, dtype=np.float32)
    if len(learner.classes_) == 2:  # one margin tells two apart
        other, one = learner.classes_
        weights[:, one], bias[one] = learner.coef_[0], learner.intercept_[0]
        weights[:, other], bias[other] = -learner.coef_[0], -learner.intercept_[0]
    else:
        weights[:, learner.classes_], bias[learner.classes_] = learner.coef_.T, learner.intercept_
    told = _told(features, places, count)
    weights += told * (weights.std() / max(float(told.std()), 1e-9))  # in place: rows stay together, judging needs it
    return weights, bias


def _told(features: sparse.csr_matrix, places: Ints, count: int) -> Floats:
    """How much more each column is seen under a label than under the others (naive Bayes), as wide as the margins.

    The margins forget a word that others in its phrase already explained; these do not, and help with unseen texts.
    """
    ones = np.ones(len(places), dtype=np.float32)
    members = sparse.csr_matrix((ones, (places, np.arange(len(places)))), shape=(count, len(places)))
    seen = (members @ features).toarray().T + _RARELY
    shares = np.log(seen / seen.sum(axis=0))
    told: Floats = (shares - shares.mean(axis=1, keepdims=True)).astype(np.float32)
    return told


def _sharpness(matrices: Sequence[sparse.csr_matrix], owners: Ints, written: Ints, places: Ints, count: int) -> float:
    """What margins are multiplied by so that, on texts not learned from, 80 % sure is right 8 times of 10."""
    unseen = _held_back(places)
    asked = unseen & (np.diff(matrices[0][written].indptr) >= 2 * _SENTENCE - 1)  # words and pairs of them
    if asked.sum() < 30 or len(np.unique(places[~unseen])) < 2:
        return _USUAL_SHARPNESS
    order = np.arange(len(owners)) - written[owners]  # 0: as it was written; every second form tells sharpness as well
    rows = np.flatnonzero(~unseen[owners] & (order % 2 == 0))
    learned = [matrix[rows] for matrix in matrices]
    columns, column_weights = _column_weights(
        learned, np.searchsorted(rows, written[~unseen]), places[owners[rows]], count
    )
    lookup = lookup_of(columns)
    weights, bias = _fit(weigh(learned, lookup, column_weights), places[owners[rows]], count)
    features = weigh([matrix[written[asked]] for matrix in matrices], lookup, column_weights)
    margins = features @ weights + bias
    right = (np.arange(len(margins)), places[asked])
    scales = np.geomspace(0.5, 8, 60)  # a small set that is learned without a mistake knows less than it shows
    losses = [-np.log(np.maximum(softmax(margins * scale)[right], 1e-6)).mean() for scale in scales]
    return float(scales[int(np.argmin(losses))])


def _held_back(places: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    unseen = np.zeros(len(places), dtype=bool)
    for place in np.unique(places):
        own = np.flatnonzero(places == place).tolist()
        random.Random(int(place)).shuffle(own)  # noqa: S311  not a secret; seeded so that training repeats
        unseen[own[: len(own) // _HELD_BACK]] = True
    return unseen
