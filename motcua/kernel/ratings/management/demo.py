"""What invented people say, for the demonstrations of all that is rated."""

import random
from collections.abc import Mapping, Sequence

from motcua.kernel.ratings.kind import TICK, Face, Given, Part, Shape
from motcua.kernel.ratings.queries.asking import asked

WROTE = 0.4


def opinion(rng: random.Random, mood: Sequence[int], said: Mapping[str, Sequence[str]] | None = None) -> Given:
    """``mood``: how many are very happy, happy, unhappy; ``said``: words of those who are content (``good``) or not."""
    face = rng.choices((Face.VERY_HAPPY, Face.HAPPY, Face.UNHAPPY), mood)[0]
    shape = Shape.BAD if face == Face.UNHAPPY else Shape.GOOD
    why = [question.pk for question in asked(Part.QUICK) if question.shape == shape]
    ticks = dict.fromkeys(rng.sample(why, min(len(why), rng.randint(0, 2))), TICK)
    return Given(face, ticks, rng.choice(said[shape]) if said and rng.random() < WROTE else "")
