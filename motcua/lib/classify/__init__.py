"""Short Vietnamese texts → what they are about, with a probability that can be trusted (docs/classifier.md).

People write with tones, without them, in chat spelling and with slips. So a text is read three ways: its words with
tones, its words without, and the letters inside the words. Each training text is also learned without tones, with slips
and wrapped in what people say around the matter. The model is linear over hashed features: it trains in seconds, reads
thousands of texts a second, is a few MB.
"""

from motcua.lib.classify.evaluation import LabelScore, Report, evaluate
from motcua.lib.classify.model import GATE, Model, Prediction
from motcua.lib.classify.training import train
from motcua.lib.classify.variants import with_slips

__all__ = ["GATE", "LabelScore", "Model", "Prediction", "Report", "evaluate", "train", "with_slips"]
