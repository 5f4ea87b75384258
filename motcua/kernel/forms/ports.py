"""Who else names fields of a form."""

from collections.abc import Callable, Sequence

from motcua.kernel.forms.kind import Form

FindBroken = Callable[[str, Form], Sequence[str]]
"""Key of a form, and the form that is to come into force → what names fields that it no longer asks, in words."""

USERS: list[FindBroken] = []


def register_form_user(find: FindBroken) -> None:
    if find not in USERS:
        USERS.append(find)
