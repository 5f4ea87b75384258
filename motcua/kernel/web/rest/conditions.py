"""``If-Match``: who writes says which version they saw (RFC 9110 §13.1.1)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from motcua.lib.errors import Refused

_TAG = re.compile(r'"([0-9]{1,9})"')


@contextmanager
def version_of(if_match: str) -> Iterator[int | None]:
    """The version that the header asks for, None without one; a stale one is a failed precondition, 412."""
    text = if_match.strip()
    found = _TAG.fullmatch(text)
    if text and text != "*" and found is None:
        raise Refused("precondition_failed", _('If-Match phải là ETag của hồ sơ, như "7".'))
    try:
        yield int(found[1]) if found else None
    except Refused as refused:
        if refused.code == "stale" and text:
            raise Refused("precondition_failed", refused.message) from refused
        raise


def tag(version: int) -> str:
    return f'"{version}"'
