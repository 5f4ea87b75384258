"""Answers kept while they are written: sealed, for some days after the last step, then forgotten."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.files.actions import hold_files
from motcua.kernel.forms.kind import Form, Kind, Prefilled
from motcua.kernel.forms.models import Draft as Row
from motcua.kernel.forms.queries.drafts import (
    Draft,
    account_of,
    draft_gone,
    draft_token,
    drafts_kept,
    may_open,
    opened,
    written_known,
)
from motcua.kernel.forms.queries.prefill import with_known
from motcua.kernel.forms.queries.versions import form_version
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import sealer
from motcua.lib import moment
from motcua.lib.errors import Refused

LONGEST_ANSWERS = 300_000  # characters of JSON


@transaction.atomic
def start_draft(
    version_id: int,
    subject: str,
    *,
    actor: Actor,
    answers: Mapping[str, Any] | None = None,
    known: Mapping[str, Prefilled] | None = None,
) -> Draft:
    """Begin; the draft belongs to the account that is signed in, else to whoever holds its link."""
    version = form_version(version_id)
    now = moment.now()
    row = Row(
        version_id=version.id, subject=subject, account_id=account_of(actor), created_at=now, saved_at=now,
        expires_at=now + drafts_kept(), known_sealed=sealer().seal(written_known(known or {})),
    )  # fmt: skip
    filled = with_known(version.form, answers or {}, known or {})
    _seal(row, version.form, filled)
    row.save(force_insert=True)
    return opened(row)


@transaction.atomic
def save_step(
    draft_id: int, step: int, answers: Mapping[str, Any], *, actor: Actor, next_step: int | None = None
) -> Draft:
    """Keep the answers of one step as they are, right or not; those of other steps stay what they are now, so that two
    devices do not overwrite each other. A draft without an account goes into the one that is signed in."""
    row = _locked(draft_id, actor)
    form = form_version(row.version_id).form
    own = {one.key for one in form.steps[step].fields}
    before = opened(row)
    kept = {key: value for key, value in before.answers.items() if key not in own}
    kept |= {key: value for key, value in answers.items() if key in own}
    filled = with_known(form, kept, before.known)
    _seal(row, form, filled)
    taken_out = set(file_tokens(form, before.answers)) - set(file_tokens(form, filled))
    hold_files(sorted(taken_out), until=moment.now())
    row.step = step if next_step is None else next_step
    row.account_id = row.account_id or account_of(actor)
    row.saved_at = moment.now()
    row.expires_at = row.saved_at + drafts_kept()
    row.save()
    return opened(row)


@transaction.atomic
def discard_draft(draft_id: int, *, actor: Actor) -> None:
    """Thought better of, or sent. Its files go with the sweep, unless a case took them."""
    row = _locked(draft_id, actor)
    draft = opened(row)
    hold_files(file_tokens(draft.version.form, draft.answers), until=moment.now())
    row.delete()


def forget_expired() -> int:
    return Row.objects.filter(expires_at__lte=moment.now()).delete()[0]


def _locked(draft_id: int, actor: Actor) -> Row:
    row = Row.objects.select_for_update().filter(pk=draft_id, expires_at__gt=moment.now()).first()
    if row is None or not may_open(row.account_id, actor):
        raise draft_gone()
    return row


def _seal(row: Row, form: Form, answers: Mapping[str, Any]) -> None:
    text = json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
    if len(text) > LONGEST_ANSWERS:
        raise Refused("too_large", _("Câu trả lời dài quá. Bạn hãy viết ngắn lại hoặc đính kèm thành tệp."))
    row.answers_sealed = sealer().seal(text)
    hold_files(file_tokens(form, answers), until=moment.now() + drafts_kept())


def file_tokens(form: Form, answers: Mapping[str, Any]) -> list[str]:
    """Of every file field, also in groups."""
    found: list[str] = []
    for path, one in form.by_path.items():
        if one.kind is Kind.FILE:
            found += [token for token in _values_at(answers, path.split(".")) if isinstance(token, str)]
    return found


def _values_at(value: Any, path: list[str]) -> list[Any]:
    if not path:
        return list(value) if isinstance(value, list) else []
    if path[0] == "*":
        return [token for item in (value if isinstance(value, list) else []) for token in _values_at(item, path[1:])]
    return _values_at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else []


__all__ = ["Draft", "discard_draft", "draft_token", "file_tokens", "forget_expired", "save_step", "start_draft"]
