"""Which form is asked, in which version. A published version never changes, so it is parsed once in each process."""

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Form
from motcua.kernel.forms.models import FormVersion as Row
from motcua.lib.errors import Refused


@dataclass(frozen=True, slots=True)
class FormVersion:
    id: int
    key: str
    number: int
    state: str  # draft | published | replaced
    form: Form
    note: str
    saved_at: datetime
    saved_by: str
    published_at: datetime | None
    revision: int

    @property
    def is_draft(self) -> bool:
        return self.state == Row.State.DRAFT

    @property
    def text(self) -> str:
        return as_text(self.form.body)


def as_text(body: Any) -> str:
    """JSON as people read and compare it."""
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


@lru_cache(maxsize=512)
def _parsed(version_id: int, revision: int, text: str) -> Form:
    return Form.parse(json.loads(text))


def _version(row: Row) -> FormVersion:
    form = _parsed(row.pk, row.revision, row.body)
    return FormVersion(
        row.pk, row.key, row.number, row.state, form, row.note, row.saved_at, row.saved_by, row.published_at,
        row.revision,
    )  # fmt: skip


def form_version(version_id: int) -> FormVersion:
    """Any version, draft or not. Refused("not_found") when there is none."""
    row = Row.objects.filter(pk=version_id).first()
    if row is None:
        raise Refused("not_found", _("Không có bản biểu mẫu này."))
    return _version(row)


def newest(key: str) -> FormVersion | None:
    """The version in force; None when none was published, or it was withdrawn."""
    row = Row.objects.filter(key=key, state=Row.State.PUBLISHED).first()
    return None if row is None else _version(row)


def versions_of(key: str) -> list[FormVersion]:
    """The newest first, a draft before all."""
    return [_version(row) for row in Row.objects.filter(key=key).order_by("-number")]


def version_of(key: str, number: int) -> FormVersion:
    row = Row.objects.filter(key=key, number=number).first()
    if row is None:
        raise Refused("not_found", _("Không có bản biểu mẫu này."))
    return _version(row)


def published_bodies() -> dict[str, Any]:
    rows = Row.objects.filter(state=Row.State.PUBLISHED).values_list("key", "body")
    return {key: json.loads(body) for key, body in rows}


@dataclass(frozen=True, slots=True)
class FormRow:
    """A line of the list of forms."""

    key: str
    title: str
    published: int | None  # number of the version in force
    draft: int | None
    saved_at: datetime


def list_forms() -> list[FormRow]:
    rows: dict[str, FormRow] = {}
    listed = Row.objects.order_by("key", "number").values_list("key", "number", "state", "title", "saved_at")
    for key, number, state, title, saved_at in listed:
        before = rows.get(key)
        rows[key] = FormRow(
            key,
            title,
            number if state == Row.State.PUBLISHED else (before.published if before else None),
            number if state == Row.State.DRAFT else None,
            saved_at,
        )
    return list(rows.values())
