"""How well the search finds: questions in people's words, each with the procedures that answer it."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any

from motcua.kernel.procedures.queries.search import search, shelf


@dataclass(frozen=True, slots=True)
class Question:
    query: str
    acceptable_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missed:
    question: Question
    place: int  # from 1; 0: not found at all
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    count: int
    procedures: int
    hit_at_1: float
    hit_at_3: float
    mrr: float
    median_ms: float
    slow_ms: float  # one in twenty is slower
    missed: tuple[Missed, ...]

    def numbers(self) -> dict[str, Any]:
        return {
            "queries": self.count,
            "procedures": self.procedures,
            "hit@1": round(self.hit_at_1, 4),
            "hit@3": round(self.hit_at_3, 4),
            "mrr": round(self.mrr, 4),
            "median_ms": round(self.median_ms, 2),
            "p95_ms": round(self.slow_ms, 2),
        }


def evaluate(questions: Sequence[Question]) -> Measured:
    search(questions[0].query)  # builds what is kept in memory
    places: list[int] = []
    times: list[float] = []
    missed = []
    for question in questions:
        began = perf_counter()
        found = tuple(hit.code for hit in search(question.query, most=20))
        times.append((perf_counter() - began) * 1000)
        place = next((at for at, code in enumerate(found, start=1) if code in question.acceptable_codes), 0)
        places.append(place)
        if place != 1:
            missed.append(Missed(question, place, found))
    count = len(questions)
    return Measured(
        count=count,
        procedures=len(shelf().hits),
        hit_at_1=sum(place == 1 for place in places) / count,
        hit_at_3=sum(1 <= place <= 3 for place in places) / count,
        mrr=sum(1 / place for place in places if place) / count,
        median_ms=median(times),
        slow_ms=sorted(times)[int(0.95 * (count - 1))],
        missed=tuple(missed),
    )
