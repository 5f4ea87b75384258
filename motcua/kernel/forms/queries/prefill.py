"""What is known already goes into the form, with its source. The caller fetches; forms know no registry."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from motcua.kernel.forms.kind import Form, Kind, Prefilled, Words
from motcua.kernel.forms.queries.reading import Unreadable, is_empty, read_value
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import OwnCard, own_card

ACCOUNT = Words("tài khoản của bạn", "your account")


def prefill(form: Form, sources: Mapping[str, Prefilled]) -> dict[str, Prefilled]:
    """By path: what ``sources`` hold for ``form.sources``, in the field's own spelling. What the field would refuse is
    left out, for a wrong value under lock could not be put right."""
    found: dict[str, Prefilled] = {}
    for path, one in form.by_path.items():
        given = sources.get(one.prefill) if one.prefill and "*" not in path else None
        if given is None or is_empty(given.value):
            continue
        try:
            value = read_value(one, given.value, "vi")
        except Unreadable:
            continue
        if one.options and not set(value if isinstance(value, list) else [value]) <= {o.value for o in one.options}:
            continue
        found[path] = Prefilled(value, given.source, given.is_locked and one.is_locked, given.as_of)
    return found


def account_sources(actor: Actor) -> dict[str, Prefilled]:
    """Of a signed-in person's own card."""
    if actor.kind != "person" or actor.person_id is None:
        return {}
    return card_sources(own_card(actor), ACCOUNT)


def card_sources(card: OwnCard, source: Words) -> dict[str, Prefilled]:
    """Who somebody is is locked once a provider or an official has proved it; how they are reached is theirs to write
    differently."""
    proved: dict[str, Any] = {
        "person.name": card.name,
        "person.national_id": card.national_id,
        "person.born_on": card.born_on.isoformat() if card.born_on else "",
        "person.sex": card.sex,
    }
    theirs: dict[str, Any] = {
        "person.phone": card.phone,
        "person.email": card.email,
        "person.address": dict(card.address),
    }
    return {
        name: Prefilled(value, source, is_locked=card.is_proved and name in proved)
        for name, value in {**proved, **theirs}.items()
        if value
    }


def signed_by(form: Form, name: str) -> dict[str, Prefilled]:
    """The signatures of a form that somebody fills in for another: in their own name, not that of whom it is for."""
    return {
        path: Prefilled(name, ACCOUNT, is_locked=True)
        for path, one in form.by_path.items()
        if one.kind is Kind.SIGNATURE and "*" not in path
    }


def with_known(form: Form, answers: Mapping[str, Any], known: Mapping[str, Prefilled]) -> dict[str, Any]:
    """Answers to begin with: known values stand where nothing was answered yet, locked ones always."""
    filled: dict[str, Any] = _copied(answers)
    for path, one in known.items():
        *above, last = path.split(".")
        at = filled
        for part in above:
            inner = at.get(part)
            at[part] = inner if isinstance(inner, dict) else {}
            at = at[part]
        if one.is_locked or is_empty(at.get(last)):
            at[last] = one.value
    return filled


def changed_known(values: Mapping[str, Any], known: Mapping[str, Prefilled]) -> dict[str, Prefilled]:
    """What somebody answered differently from its source, for the official to see."""
    return {path: one for path, one in known.items() if _value_at(values, path) not in (one.value, None)}


def _value_at(values: Any, path: str) -> Any:
    for part in path.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def source_words(one: Prefilled, language: str) -> str:
    """ "Từ Cơ sở dữ liệu quốc gia về dân cư, 21/11/2026"."""
    words = gettext("Từ %(source)s") % {"source": one.source.in_language(language)}
    return f"{words}, {one.as_of.day}/{one.as_of.month}/{one.as_of.year}" if one.as_of else words
