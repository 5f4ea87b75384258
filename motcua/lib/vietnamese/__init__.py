"""Vietnamese text: one spelling for each word, a form without tones to search by, the order of the alphabet."""

from motcua.lib.vietnamese.order import name_key, sort_key
from motcua.lib.vietnamese.text import clean, fold, fold_letters, highlight, nfc, slug, words
from motcua.lib.vietnamese.typed import expand_chat, from_telex

__all__ = [
    "clean",
    "expand_chat",
    "fold",
    "fold_letters",
    "from_telex",
    "highlight",
    "name_key",
    "nfc",
    "slug",
    "sort_key",
    "words",
]
