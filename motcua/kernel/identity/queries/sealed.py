"""The key ring of this installation, in use."""

from functools import cache

from django.conf import settings

from motcua.lib.sealing import Sealer


@cache
def sealer() -> Sealer:
    return Sealer(settings.FIELD_KEYS)


def keyed_index(text: str) -> bytes:
    """The blind index of a text that is never empty."""
    return sealer().index(text) or b""
