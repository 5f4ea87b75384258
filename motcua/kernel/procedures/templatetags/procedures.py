"""Words of procedures in templates."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString, mark_safe

from motcua.kernel.procedures.queries.page import registry_words, said, time_words
from motcua.lib.vietnamese import highlight

register = template.Library()


@register.filter(name="said")
def said_filter(thing: Any, name: str) -> str:
    """``paper|said:"name"``: in the reader's language."""
    return said(thing, name)


@register.filter
def lasting(text: str) -> str:
    """“3 ngày làm việc” in the reader's language."""
    return time_words(text)


@register.filter
def registry(name: str) -> str:
    return str(registry_words(name))


@register.filter
def marked(text: str, words: str) -> SafeString:
    """Safe HTML with the words of a search marked."""
    return mark_safe(highlight(text, words))  # noqa: S308 - highlight escapes


@register.simple_tag
def file_url(code: str) -> str:
    """Where the procedure is filed; empty while no module takes it."""
    try:
        return reverse("file_dossier", args=[code])
    except NoReverseMatch:
        return ""
