"""``{% load forms %}``: draw a step that ``answer_step`` made, or what was answered.

The page links ``{% form_media %}`` in its head; the view's own ``<form method="post" enctype="multipart/form-data"
novalidate>`` holds ``{% form_step page %}`` and its buttons.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django import template
from django.template import Template
from django.template.context import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from motcua.kernel.forms.kind import Form, Prefilled
from motcua.kernel.forms.queries.showing import Row, Section, summarise
from motcua.kernel.forms.views.boxes import Box
from motcua.kernel.forms.views.rendering import StepPage
from motcua.kernel.packs.queries import city_setting

register = template.Library()


@lru_cache(maxsize=64)
def _template(name: str) -> Template:
    loaded: Any = get_template(f"forms/answers/{name}.html")
    found: Template = loaded.template
    return found


@register.simple_tag
def old_place() -> str:
    """The former name of some commune, as an example of what may be typed; "" where the city gives none."""
    return str(city_setting("examples", "old_place", ""))


@register.simple_tag
def form_media() -> SafeString:
    """For the head of the page: the look of forms, and the scripts without which they work as well."""
    return format_html(
        '<link rel="stylesheet" href="{}"><script src="{}" defer></script><script src="{}" defer></script>',
        static("forms/forms.css"),
        static("forms/logic.js"),
        static("forms/forms.js"),
    )


@register.simple_tag
def form_step(page: StepPage) -> SafeString:
    return _template("step").render(Context({"page": page}))


@register.simple_tag
def form_field(box: Box) -> SafeString:
    return _template(box.template).render(Context({"box": box}))


@dataclass(frozen=True, slots=True)
class _Drawn:
    title: str
    rows: list[Row]
    edit_url: str


@register.simple_tag
def form_summary(
    form: Form,
    values: Mapping[str, Any],
    known: Mapping[str, Prefilled] | None = None,
    errors: Mapping[str, str] | None = None,
    edit: Callable[[int], str] | None = None,
    is_masked: bool = False,
    level: int = 2,
) -> SafeString:
    """What was answered, to read. ``edit`` gives the address at which a step is changed; ``level`` is of the headings.

    ``{% form_summary version.form checked.values known=draft.known errors=checked.errors edit=edit_url %}``
    """
    sections: Iterable[Section] = summarise(form, values, known=known, errors=errors, is_masked=is_masked)
    drawn = [_Drawn(one.title, one.rows, edit(one.step) if edit is not None else "") for one in sections]
    return _template("summary").render(Context({"sections": drawn, "level": level}))
