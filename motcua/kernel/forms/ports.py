"""Who else names fields of a form, and who says what may be read of answers that were begun."""

from collections.abc import Callable, Sequence

from motcua.kernel.forms.kind import Form
from motcua.kernel.identity.kind import Actor

FindBroken = Callable[[str, Form], Sequence[str]]
"""Key of a form, and the form that is to come into force → what names fields that it no longer asks, in words."""

USERS: list[FindBroken] = []


def register_form_user(find: FindBroken) -> None:
    if find not in USERS:
        USERS.append(find)


MayRead = Callable[[int, str, Actor], bool]
"""Number and subject of a draft → whether its owner may still read it: not of somebody for whom they act no longer."""

DRAFTS: dict[str, MayRead] = {}
"""By what the subject begins with, up to its colon."""
