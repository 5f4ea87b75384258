"""Forms in force, for programs: what is asked, and whether answers would be right. Everybody may read it."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import Router, Schema

from motcua.kernel.forms.queries.answers import check
from motcua.kernel.forms.queries.versions import FormVersion, newest
from motcua.kernel.identity.views import Request, public
from motcua.lib.errors import Refused
from motcua.lib.wire import Answers, Code

router = Router(tags=["forms"])


class FormOut(Schema):
    """``form`` is the whole form (docs/forms.md), ``answers_schema`` the answers as plain JSON Schema 2020-12."""

    key: str
    number: int
    title: str
    title_en: str
    form: dict[str, Any]
    answers_schema: dict[str, Any]


class AnswersIn(Schema):
    answers: Answers


class CheckedOut(Schema):
    """``values`` in the one spelling that is kept; ``errors`` and ``warnings`` in words, by path."""

    is_right: bool
    values: dict[str, Any]
    errors: dict[str, str]
    warnings: dict[str, str]


def _in_force(key: str) -> FormVersion:
    version = newest(key)
    if version is None:
        raise Refused("not_found", _("Không có biểu mẫu này."))
    return version


@router.get("/forms/{code}", response=FormOut)
@public
def show_form(request: Request, code: Code) -> dict[str, Any]:
    """A form as it is asked now."""
    version = _in_force(code)
    return {
        "key": version.key,
        "number": version.number,
        "title": version.form.title.vi,
        "title_en": version.form.title.in_language("en"),
        "form": version.form.body,
        "answers_schema": version.form.json_schema(),
    }


@router.post("/forms/{code}/check", response=CheckedOut)
@public
def check_answers(request: Request, code: Code, body: AnswersIn) -> dict[str, Any]:
    """Would these answers be right? Nothing is kept."""
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    checked = check(_in_force(code).form, body.answers, language=language)
    return {
        "is_right": checked.is_right,
        "values": checked.values,
        "errors": checked.errors,
        "warnings": checked.warnings,
    }
