"""A step of a form as a page draws it, and the whole round of asking, reading and checking it.

answered = answer_step(request, form, step, answers, known=known)      # GET and POST alike
{% load forms %} … {% form_step answered.page %}                       # inside the view's own <form>
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import GROUPS, Field, Form, Kind, Prefilled
from motcua.kernel.forms.queries.answers import Checked, check
from motcua.kernel.forms.queries.showing import language_now
from motcua.kernel.forms.views.boxes import Box, Drawer
from motcua.kernel.forms.views.receiving import read_step
from motcua.kernel.identity.views import Request
from motcua.lib.errors import Refused

SEEN = "_seen"  # paths of fields that depend on others on the page and stood open on it; "*": a script opens them


@dataclass(slots=True)
class StepPage:
    """``{% form_step page %}`` draws it. The first step is 0; ``previous`` and ``next`` are steps that ask anything."""

    title: str
    description: str
    step: int
    number: int  # of the steps that are asked, from 1
    count: int
    previous: int | None
    next: int | None
    boxes: list[Box]
    errors: list[tuple[str, str]] = field(default_factory=list)  # (id of the input, words)
    note: str = ""
    seen: str = ""
    known: str = "{}"  # earlier answers that conditions of this step look at, as JSON
    is_again: bool = False


@dataclass(slots=True)
class Answered:
    """``is_done``: the step was sent and is right. ``answers`` are to be saved in either case."""

    answers: dict[str, Any]
    page: StepPage
    is_done: bool
    checked: Checked


def answer_step(
    request: Request,
    form: Form,
    step: int,
    answers: Mapping[str, Any],
    *,
    known: Mapping[str, Prefilled] | None = None,
    is_checked: bool = False,
    today: date | None = None,
) -> Answered:
    """Ask (GET) or read and check (POST) one step. ``is_checked`` tells the errors on GET, too: somebody came back to
    correct them. Raises ``Refused("not_found")`` for no such step."""
    known = known or {}
    if not 0 <= step < len(form.steps):
        raise Refused("not_found", _("Tờ khai này không có bước đó."))
    if request.method != "POST":
        checked = check(form, answers, language=language_now(), step=step, known=known, today=today)
        page = step_page(form, step, answers, checked, known=known, has_errors=is_checked)
        return Answered(dict(answers), page, False, checked)
    read = read_step(
        form, step, request.POST, request.FILES, known,
        answers=answers, actor=request.actor, source=get_adapter().get_client_ip(request),
    )  # fmt: skip
    checked = check(form, read.answers, language=language_now(), step=step, known=known, today=today)
    errors = {**checked.errors, **read.errors}
    fresh = _unseen(form, step, checked, str(request.POST.get(SEEN, "")))
    if fresh:  # nobody can miss what was not on the page yet
        errors = {path: words for path, words in errors.items() if not _is_below(path, fresh)}
    told = Checked(checked.values, errors, checked.shown, checked.warnings)
    is_again = read.is_again or bool(fresh)
    page = step_page(form, step, read.answers, told, known=known, has_errors=not read.is_again, focus=read.focus)
    page.is_again = is_again
    if fresh and not errors:
        page.note = _("Theo câu trả lời của bạn, trang có thêm ô cần điền.")
    return Answered(read.answers, page, not errors and not is_again, checked)


def step_page(
    form: Form,
    step: int,
    answers: Mapping[str, Any],
    checked: Checked,
    *,
    known: Mapping[str, Prefilled] | None = None,
    has_errors: bool = True,
    focus: str = "",
) -> StepPage:
    language = language_now()
    drawer = Drawer(form, checked, known or {}, language, has_errors=has_errors, focus=focus)
    here = form.steps[step]
    asked = asked_steps(form, checked)
    boxes = drawer.boxes(here.fields, answers, step)
    place = asked.index(step) if step in asked else 0
    return StepPage(
        title=here.title.in_language(language),
        description=here.description.in_language(language),
        step=step,
        number=place + 1,
        count=len(asked),
        previous=max((one for one in asked if one < step), default=None),
        next=min((one for one in asked if one > step), default=None),
        boxes=boxes,
        errors=list(_summary(boxes)) if has_errors else [],
        seen=" ".join(path for path in _conditional(form, step) if path in checked.shown),
        known=json.dumps(_looked_at(form, step, checked), ensure_ascii=False),
    )


def asked_steps(form: Form, checked: Checked) -> list[int]:
    """Steps in which anything is asked of these answers."""
    return [place for place, step in enumerate(form.steps) if any(one.key in checked.shown for one in step.fields)]


def first_wrong_step(form: Form, checked: Checked) -> int | None:
    """Where to go on when the whole is not right yet."""
    return min((form.step_of(path) for path in checked.errors), default=None)


def _summary(boxes: Iterable[Box], around: str = "") -> Iterable[tuple[str, str]]:
    """Errors in their order; inside a group with its title, for mother and father have the same fields."""
    for box in boxes:
        if box.error:
            yield box.focus_id, f"{around}{box.error}"
        yield from _summary(box.boxes, f"{box.title} – ")
        for item in box.items:
            yield from _summary(item.boxes, f"{item.title} – ")


def _conditional(form: Form, step: int) -> list[str]:
    """Top fields of the step that appear by an answer of the same step."""
    own = {one.key for one in form.steps[step].fields}
    return [
        one.path
        for top in form.steps[step].fields
        for one in (top, *_parts(top))
        if one.show is not None and any(name.partition(".")[0] in own for name in one.show.names)
    ]


def _parts(top: Field) -> Iterable[Field]:
    if top.kind in GROUPS:
        for child in top.children:
            yield child
            yield from _parts(child)


def _unseen(form: Form, step: int, checked: Checked, seen: str) -> list[str]:
    if seen == "*":
        return []
    before = set(seen.split())
    return [path for path in _conditional(form, step) if path in checked.shown and path not in before]


def _is_below(path: str, above: Iterable[str]) -> bool:
    return any(path == one or path.startswith(f"{one}.") for one in above)


def _looked_at(form: Form, step: int, checked: Checked) -> dict[str, Any]:
    """For the script: what conditions and sums of this step need from other steps, and nothing else."""
    own = {one.key for one in form.steps[step].fields}
    names: set[str] = set()
    for top in form.steps[step].fields:
        for one in top.walk():
            for logic in (one.show, one.value):
                if logic is not None:
                    names |= {name.removeprefix("form.").partition(".")[0] for name in logic.names}
    return {name: checked.values[name] for name in sorted(names - own) if name in checked.values}


__all__ = ["Answered", "Kind", "StepPage", "answer_step", "asked_steps", "first_wrong_step", "step_page"]
