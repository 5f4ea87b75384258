"""Training the classifier from the pack's phrases and from what officers corrected."""

import logging

from motcua.lib.classify import train
from motcua.modules.incidents.models import Phrase
from motcua.modules.incidents.queries.understanding import forget_model, model_path

log = logging.getLogger(__name__)

FEWEST_LABELS = 2


def train_classifier() -> int:
    """Learn anew from all phrases and swap the model file; how many phrases, or zero when there are too few."""
    examples = list(Phrase.objects.order_by("id").values_list("text", "category"))
    if len({category for _text, category in examples}) < FEWEST_LABELS:
        return 0
    model_path().parent.mkdir(parents=True, exist_ok=True)
    train(examples).save(model_path())
    forget_model()
    return len(examples)


def train_if_newer() -> int:
    """Job: learn what officers corrected since the model was made."""
    newest = Phrase.objects.order_by("-created_at").values_list("created_at", flat=True).first()
    if newest is None:
        return 0
    path = model_path()
    if path.exists() and path.stat().st_mtime >= newest.timestamp():
        return 0
    return train_classifier()
