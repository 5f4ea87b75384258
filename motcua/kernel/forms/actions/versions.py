"""Forms are written as drafts, published once, and from then on replaced but never changed."""

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.forms.kind import Form, FormErrors
from motcua.kernel.forms.kind.parsing import KEY_OF_FORM
from motcua.kernel.forms.models import FormVersion as Row
from motcua.kernel.forms.ports import USERS
from motcua.kernel.forms.queries.examples import failed_examples
from motcua.kernel.forms.queries.versions import FormVersion, as_text, form_version
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require
from motcua.lib import moment
from motcua.lib.errors import Refused


@transaction.atomic
def save_draft(key: str, body: Any, *, actor: Actor, revision: int | None = None, note: str = "") -> FormVersion:
    """Write the draft of a form, a new one when there is none. ``revision`` is the one that was read (0: none was).

    Refused("invalid") tells the first mistake and keeps all in ``data["mistakes"]``; Refused("stale") when somebody
    else wrote meanwhile.
    """
    row = _save(key, body, actor=actor, revision=revision, note=note)
    record("form.saved", actor=actor, data={"form": key, "number": row.number})
    return form_version(row.pk)


def _save(key: str, body: Any, *, actor: Actor, revision: int | None = None, note: str = "") -> Row:
    require(actor, "form.manage")
    form = parsed(body)
    if not KEY_OF_FORM.fullmatch(key):
        raise Refused("invalid", _("Tên biểu mẫu viết như khai-sinh: chữ thường không dấu, số và dấu -."))
    rows = _locked(key)
    row = next((row for row in rows if row.state == Row.State.DRAFT), None)
    if revision is not None and (row.revision if row else 0) != revision:
        raise Refused("stale", _("Bản nháp này vừa được người khác sửa. Bạn hãy mở lại rồi sửa tiếp."))
    if row is None:
        row = Row(key=key, number=max((one.number for one in rows), default=0) + 1, revision=0)
    row.title, row.body, row.note = form.title.vi, as_text(body), note or row.note
    row.revision, row.saved_at, row.saved_by = row.revision + 1, moment.now(), actor.name or actor.key
    row.save()
    return row


def parsed(body: Any) -> Form:
    try:
        return Form.parse(body)
    except FormErrors as errors:
        raise Refused("invalid", str(errors.mistakes[0]), mistakes=[str(one) for one in errors.mistakes]) from errors


@transaction.atomic
def publish(key: str, *, actor: Actor, revision: int | None = None) -> FormVersion:
    """The draft comes into force; what was in force is kept, replaced. Its examples must come out as they say."""
    row = _publish(key, actor=actor, revision=revision)
    record("form.published", actor=actor, data={"form": key, "number": row.number})
    return form_version(row.pk)


def _publish(key: str, *, actor: Actor, revision: int | None = None) -> Row:
    require(actor, "form.manage")
    rows = _locked(key)
    row = next((row for row in rows if row.state == Row.State.DRAFT), None)
    if row is None:
        raise Refused("not_found", _("Biểu mẫu này không có bản nháp để công bố."))
    if revision is not None and row.revision != revision:
        raise Refused("stale", _("Bản nháp này vừa được người khác sửa. Bạn hãy xem lại rồi công bố."))
    form = Form.parse(json.loads(row.body))
    if failed := failed_examples(form):
        raise Refused("invalid", str(failed[0]), failed=[str(one) for one in failed])
    _refuse_broken(key, form)
    _replace(rows)
    row.state, row.published_at = Row.State.PUBLISHED, moment.now()
    row.save(update_fields=["state", "published_at"])
    return row


def _refuse_broken(key: str, form: Form) -> None:
    """What depends on a field that is no longer asked would silently never hold. A pack brings both at once."""
    broken = [words for find in USERS for words in find(key, form)]
    if broken:
        raise Refused("invalid", broken[0], failed=broken)


def _replace(rows: list[Row]) -> Row | None:
    before = next((row for row in rows if row.state == Row.State.PUBLISHED), None)
    if before is not None:
        before.state = Row.State.REPLACED
        before.save(update_fields=["state"])
    return before


@transaction.atomic
def discard_draft(key: str, *, actor: Actor) -> None:
    """Throw the unpublished text away. Answers that were tried out with it go as well."""
    require(actor, "form.manage")
    row = next((row for row in _locked(key) if row.state == Row.State.DRAFT), None)
    if row is None:
        raise Refused("not_found", _("Biểu mẫu này không có bản nháp."))
    row.drafts.all().delete()
    row.delete()
    record("form.discarded", actor=actor, data={"form": key, "number": row.number})


@transaction.atomic
def roll_back(key: str, number: int, *, actor: Actor) -> FormVersion:
    """An earlier version comes into force again, as a new one: what was published stays as it was."""
    require(actor, "form.manage")
    rows = _locked(key)
    earlier = next((row for row in rows if row.number == number and row.published_at), None)
    if earlier is None:
        raise Refused("not_found", _("Không có bản đã công bố số %(number)s.") % {"number": number})
    if earlier.state == Row.State.PUBLISHED:
        raise Refused("wrong_state", _("Bản này đang được dùng."))
    if any(row.state == Row.State.DRAFT for row in rows):
        raise Refused("wrong_state", _("Biểu mẫu đang có bản nháp. Bạn hãy công bố hoặc bỏ bản nháp trước."))
    _refuse_broken(key, Form.parse(json.loads(earlier.body)))
    _replace(rows)
    now = moment.now()
    row = Row.objects.create(
        key=key, number=max(one.number for one in rows) + 1, state=Row.State.PUBLISHED, title=earlier.title,
        body=earlier.body, note=_("Như bản %(number)s") % {"number": number}, saved_at=now,
        saved_by=actor.name or actor.key, published_at=now,
    )  # fmt: skip
    record("form.rolled_back", actor=actor, data={"form": key, "earlier": number, "number": row.number})
    return form_version(row.pk)


@transaction.atomic
def import_form(text: str, *, actor: Actor, key: str = "", is_published: bool = False) -> FormVersion:
    """A file as ``export_form`` writes it overwrites the form of its key: as a draft, or at once in force. The version
    that it replaces stays and can be rolled back to."""
    require(actor, "form.manage")
    try:
        body = json.loads(text)
    except ValueError as error:
        raise Refused("invalid", _("Tệp không phải JSON: %(error)s") % {"error": error}) from error
    named = key or (str(body.get("key", "")) if isinstance(body, dict) else "")
    if not named:
        raise Refused("invalid", _("Tệp không có “key”, không biết là biểu mẫu nào. Bạn hãy ghi tên biểu mẫu."))
    row = _save(named, body, actor=actor, note=_("Nạp từ tệp"))
    record("form.imported", actor=actor, data={"form": named, "number": row.number})
    if is_published:
        row = _publish(named, actor=actor)
        record("form.published", actor=actor, data={"form": named, "number": row.number})
    return form_version(row.pk)


@transaction.atomic
def publish_body(key: str, body: Any, *, actor: Actor) -> FormVersion:
    """What a city's pack says comes into force. A draft that somebody is writing stays a draft, with a later number."""
    require(actor, "form.manage")
    parsed(body)
    rows = _locked(key)
    draft = next((row for row in rows if row.state == Row.State.DRAFT), None)
    number = max((one.number for one in rows), default=0) + 1
    if draft is not None:  # keeps its text; numbers tell the order of publishing
        draft.number, number = number, draft.number
        draft.save(update_fields=["number"])
    if failed := failed_examples(Form.parse(body)):
        raise Refused("invalid", f"{key}: {failed[0]}", failed=[str(one) for one in failed])
    _replace(rows)
    now = moment.now()
    row = Row.objects.create(
        key=key, number=number, state=Row.State.PUBLISHED, title=body["title"], body=as_text(body),
        saved_at=now, saved_by=actor.name or actor.key, published_at=now,
    )  # fmt: skip
    record("form.published", actor=actor, data={"form": key, "number": row.number})
    return form_version(row.pk)


@transaction.atomic
def withdraw_form(key: str, *, actor: Actor) -> None:
    """Nobody is asked by it any more; its versions stay."""
    require(actor, "form.manage")
    before = _replace(_locked(key))
    if before is None:
        raise Refused("not_found", _("Biểu mẫu này chưa được công bố."))
    record("form.withdrawn", actor=actor, data={"form": key, "number": before.number})


def _locked(key: str) -> list[Row]:
    return list(Row.objects.select_for_update().filter(key=key).order_by("number"))
