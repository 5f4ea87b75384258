"""What a procedure is made of, and what happens to one. Declarations only."""

from motcua.kernel.procedures.kind.body import (
    Basis,
    Body,
    Check,
    Exemption,
    Fee,
    Leg,
    Paper,
    PaperCase,
    Result,
    Visits,
    Way,
)
from motcua.kernel.procedures.kind.reading import BodyError, Mistake
from motcua.kernel.procedures.kind.words import (
    FEE_KINDS,
    FEE_TIMES,
    LEG_DUTIES,
    LEVELS,
    ONLINE,
    PARTS,
    REGISTRIES,
    WAYS,
    WHO,
)

__all__ = [
    "FEE_KINDS",
    "FEE_TIMES",
    "LEG_DUTIES",
    "LEVELS",
    "ONLINE",
    "PARTS",
    "REGISTRIES",
    "WAYS",
    "WHO",
    "Basis",
    "Body",
    "BodyError",
    "Check",
    "Exemption",
    "Fee",
    "Leg",
    "Mistake",
    "Paper",
    "PaperCase",
    "Result",
    "Visits",
    "Way",
]
