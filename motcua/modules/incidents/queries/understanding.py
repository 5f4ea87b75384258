"""What a report is about: the classifier's suggestion, and whether it is a report at all."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import get_language

from motcua.kernel.cases.queries.rules import category_by_code
from motcua.lib.versioned import Versioned
from motcua.lib.vietnamese import fold, words
from motcua.modules.incidents.models import ScopeRule

if TYPE_CHECKING:
    from collections.abc import Callable

    from motcua.kernel.cases.models import Category
    from motcua.lib.classify import Model

MODEL_FILE = "classifier.npz"


@dataclass(frozen=True, slots=True)
class Suggestion:
    category: Category
    probability: float

    @property
    def is_sure(self) -> bool:
        """Above the gate the machine may route by itself; below it a human decides."""
        from motcua.lib.classify import GATE  # brings numpy and scipy, which no command but this needs

        return self.probability >= GATE


def model_path() -> Path:
    return Path(settings.DATA_DIR) / MODEL_FILE


def _model_version() -> int:
    try:
        return model_path().stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _load_model() -> Model | None:
    from motcua.lib.classify import Model

    return Model.load(model_path()) if model_path().exists() else None


_model = Versioned(_model_version, _load_model, seconds=5.0)


def forget_model() -> None:
    _model.forget()


def suggest(text: str, limit: int = 3) -> list[Suggestion]:
    """Likely categories in force, likeliest first; empty without a trained model."""
    model = _model.get()
    if model is None or not text.strip():
        return []
    found = []
    for code, probability in model.predict([text])[0]:
        category = category_by_code("incident", code)
        if category is not None:
            found.append(Suggestion(category, probability))
    return found[:limit]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Not a report: where it goes instead."""

    kind: str
    title: str
    guidance: str
    link: str
    phone: str


_scope: Versioned[list[ScopeRule]] = Versioned(
    ScopeRule.objects.count, lambda: list(ScopeRule.objects.order_by("id")), seconds=60.0
)


def forget_scope() -> None:
    _scope.forget()


def _says(phrases: list[str], padded: str, shape: Callable[[str], str]) -> bool:
    """Whether ``padded`` holds one of ``phrases``. Those with ``-`` are struck out of it before; those with ``=`` count
    only where tones are typed: without them *đang cháy* (on fire) and *đang chạy* (driving) are the same letters.
    """
    for phrase in phrases:
        if phrase.startswith("-"):
            padded = padded.replace(f" {shape(phrase[1:])} ", " . ")
    return any(
        f" {shape(phrase.removeprefix('='))} " in padded
        for phrase in phrases
        if not phrase.startswith("-") and not (phrase.startswith("=") and shape is fold)
    )


def elsewhere(text: str) -> Elsewhere | None:
    """Guidance when the words are those of a complaint, a denunciation, an emergency …; NĐ 20/2008 keeps them apart.

    It guides, it never blocks: the person may still send a report.
    """
    # With tones compared by tones, so that "cấm đào" is not read as "cầm dao"; without, by letters alone.
    plain = " ".join(words(text))
    shape = fold if fold(plain) == plain else str
    padded = f" {shape(plain)} "
    for rule in _scope.get():
        if _says(rule.phrases, padded, shape):
            is_english = get_language() == "en"
            return Elsewhere(
                rule.kind,
                rule.title_en if is_english and rule.title_en else rule.title,
                rule.guidance_en if is_english and rule.guidance_en else rule.guidance,
                rule.link,
                rule.phone,
            )
    return None
