"""What was learned: judging texts, keeping it in a file."""

import json
import os
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from motcua.lib.classify.features import SIZE, Floats, Ints, lookup_of, tokens_of, weigh_one

GATE: Final = 0.6
"""At or above this probability the machine may act by itself; below it a human decides (docs/classifier.md)."""

FORMAT: Final = 1

Prediction = list[tuple[str, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    labels: tuple[str, ...]
    columns: Ints  # the hashed columns that training saw, ascending
    column_weights: Floats  # how much each of them tells
    weights: Floats  # columns × labels
    bias: Floats
    sharpness: float  # margins × this → softmax
    lookup: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lookup", lookup_of(self.columns))

    def predict(self, texts: Sequence[str], top: int = 5) -> list[Prediction]:
        """The ``top`` likeliest labels of each text with their probabilities, likeliest first."""
        if not texts:
            return []
        chances = self.probabilities(texts)
        order = np.argsort(-chances, axis=1, kind="stable")[:, :top]
        return [[(self.labels[label], float(chances[row, label])) for label in best] for row, best in enumerate(order)]

    def probabilities(self, texts: Sequence[str]) -> Floats:
        """texts × labels. A text without one known word is equally likely to be anything."""
        margins = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        for row, text in enumerate(texts):
            places, values = weigh_one(tokens_of(text), self.lookup, self.column_weights)
            if len(places):
                margins[row] = (values @ self.weights[places] + self.bias) * self.sharpness
        return softmax(margins)

    def save(self, path: Path) -> None:
        """Arrays and JSON, never a pickle: a model file that somebody swapped can misjudge, but cannot run code."""
        about = {"format": FORMAT, "labels": self.labels, "sharpness": self.sharpness}
        new = path.with_name(f"{path.name}.new-{os.getpid()}")
        with new.open("wb") as file:
            np.savez(  # half as large again as compressed, written and read in no time
                file,
                about=np.frombuffer(json.dumps(about).encode(), dtype=np.uint8),
                columns=self.columns.astype(np.uint32),
                column_weights=self.column_weights,
                weights=self.weights.astype(np.float16),
                bias=self.bias,
            )
        new.replace(path)  # readers see the old file or the new one, never half of one

    @classmethod
    def load(cls, path: Path) -> "Model":
        """Raises ValueError when the file is not a model of this format."""
        try:
            with np.load(path, allow_pickle=False) as file:
                about = json.loads(file["about"].tobytes())
                columns, column_weights = file["columns"].astype(np.int64), file["column_weights"]
                weights, bias = file["weights"].astype(np.float32), file["bias"]
            labels = tuple(str(label) for label in about["labels"])
            fits = about["format"] == FORMAT and (len(columns), len(labels)) == weights.shape
            if not fits or column_weights.shape != columns.shape or bias.shape != (len(labels),):
                raise ValueError("its parts do not fit together")
            if len(columns) and int(columns.max()) >= SIZE:
                raise ValueError("it has columns beyond the last")
            return cls(labels, columns, column_weights, weights, bias, float(about["sharpness"]))
        except (KeyError, TypeError, ValueError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ValueError(f"{path} is not a classifier of format {FORMAT}: {error}") from error


def softmax(margins: npt.NDArray[Any]) -> Floats:
    powers = np.exp(margins - margins.max(axis=1, keepdims=True))
    chances: Floats = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    return chances
