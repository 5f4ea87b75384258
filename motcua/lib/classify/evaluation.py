"""How good a model is, on texts whose labels are known."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from motcua.lib.classify.model import GATE, Model


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
