"""One change of a draft at a time: fields and steps put in, moved, taken out. Each leaves a form that can be read."""

import copy
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.forms.actions.versions import save_draft
from motcua.kernel.forms.models import FormVersion as Row
from motcua.kernel.forms.queries.versions import FormVersion
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require
from motcua.lib.errors import Refused

Body = dict[str, Any]


@transaction.atomic
def begin_form(key: str, title: str, *, actor: Actor) -> FormVersion:
    """A new form with one field to begin with."""
    require(actor, "form.manage")
    if Row.objects.filter(key=key).exists():
        raise Refused("invalid", _("Đã có biểu mẫu tên này."), fields={"key": _("Đã có biểu mẫu tên này.")})
    body: Body = {
        "key": key,
        "title": title,
        "type": "object",
        "properties": {"name": {"type": "string", "title": "Họ, chữ đệm, tên", "title_en": "Full name"}},
        "required": ["name"],
        "layout": [{"key": "step_1", "title": title, "fields": ["name"]}],
    }
    return save_draft(key, body, actor=actor, revision=0)


@transaction.atomic
def begin_draft(key: str, *, actor: Actor) -> FormVersion:
    """A draft that says what the newest version says."""
    require(actor, "form.manage")
    rows = list(Row.objects.filter(key=key).order_by("-number"))
    if not rows:
        raise Refused("not_found", _("Không có biểu mẫu này."))
    if rows[0].state == Row.State.DRAFT:
        raise Refused("wrong_state", _("Biểu mẫu này đang có bản nháp."))
    newest = next((row for row in rows if row.state == Row.State.PUBLISHED), rows[0])
    return save_draft(key, json.loads(newest.body), actor=actor, revision=0)


def change_form(key: str, words: Mapping[str, str], *, actor: Actor, revision: int) -> FormVersion:
    """Title and description, in both languages; an empty one is taken out."""

    def change(body: Body) -> None:
        for name, text in words.items():
            _put(body, name, text)

    return _changed(key, change, actor=actor, revision=revision)


def put_field(
    key: str,
    holder: str,
    name: str,
    field: Mapping[str, Any],
    *,
    is_required: bool,
    step: str = "",
    was: str = "",
    actor: Actor,
    revision: int,
) -> FormVersion:
    """A field of the form, or of the group ``holder``; ``was`` is the name that it had, empty for a new one. A field of
    the form itself is asked in ``step``."""

    def change(body: Body) -> None:
        held = held_in(body, holder)
        properties: Body = held["properties"]
        if was and was not in properties:
            raise Refused("not_found", _("Không có ô này."))
        if name != was and name in properties:
            raise Refused("invalid", _("Đã có ô tên này."), fields={"key": _("Đã có ô tên này.")})
        # A field keeps its place, also under another name.
        items = [(name, dict(field)) if one == was else (one, value) for one, value in properties.items()]
        held["properties"] = dict(items if was else [*items, (name, dict(field))])
        required = [one for one in held.get("required", []) if one not in (was, name)]
        _put(held, "required", [*required, name] if is_required else required)
        if not holder:
            _place(body, was or name, name, step)

    return _changed(key, change, actor=actor, revision=revision)


def drop_field(key: str, holder: str, name: str, *, actor: Actor, revision: int) -> FormVersion:
    def change(body: Body) -> None:
        held = held_in(body, holder)
        if held["properties"].pop(name, None) is None:
            raise Refused("not_found", _("Không có ô này."))
        _put(held, "required", [one for one in held.get("required", []) if one != name])
        if not holder:
            for step in _layout(body):
                step["fields"] = [one for one in step["fields"] if one != name]
            body["layout"] = [step for step in body["layout"] if step["fields"]]

    return _changed(key, change, actor=actor, revision=revision)


def move_field(key: str, holder: str, name: str, by: int, *, actor: Actor, revision: int) -> FormVersion:
    """``by`` is -1 or 1: one place up or down, within its step or group."""

    def change(body: Body) -> None:
        if not holder and (step := next((one for one in _layout(body) if name in one["fields"]), None)):
            step["fields"] = _moved(step["fields"], name, by)
            return
        held = held_in(body, holder)
        held["properties"] = {one: held["properties"][one] for one in _moved(list(held["properties"]), name, by)}

    return _changed(key, change, actor=actor, revision=revision)


def put_step(key: str, name: str, words: Mapping[str, str], *, actor: Actor, revision: int) -> FormVersion:
    """Words of a step. A new step begins with the last field of the one before."""

    def change(body: Body) -> None:
        layout = _layout(body)
        step = next((one for one in layout if one["key"] == name), None)
        if step is None:
            last = layout[-1]["fields"]
            if len(last) < 2:
                raise Refused("invalid", _("Bước cuối chỉ có một ô. Thêm ô vào đó trước rồi mới chia bước."))
            step = {"key": name, "title": "", "fields": [last.pop()]}
            layout.append(step)
        for part, text in words.items():
            _put(step, part, text)

    return _changed(key, change, actor=actor, revision=revision)


def move_step(key: str, name: str, by: int, *, actor: Actor, revision: int) -> FormVersion:
    def change(body: Body) -> None:
        by_key = {one["key"]: one for one in _layout(body)}
        if name not in by_key:
            raise Refused("not_found", _("Không có bước này."))
        body["layout"] = [by_key[one] for one in _moved(list(by_key), name, by)]

    return _changed(key, change, actor=actor, revision=revision)


def join_step(key: str, name: str, *, actor: Actor, revision: int) -> FormVersion:
    """A step is taken away; what it asks is asked in the one before."""

    def change(body: Body) -> None:
        layout = _layout(body)
        place = next((number for number, one in enumerate(layout) if one["key"] == name), 0)
        if not place:
            raise Refused("invalid", _("Bước đầu không gộp vào bước nào được."))
        layout[place - 1]["fields"] += layout[place]["fields"]
        del layout[place]

    return _changed(key, change, actor=actor, revision=revision)


def draft_body(key: str) -> tuple[Body, int]:
    """The draft as JSON, and its revision."""
    row = Row.objects.filter(key=key, state=Row.State.DRAFT).first()
    if row is None:
        raise Refused("not_found", _("Biểu mẫu này không có bản nháp."))
    body: Body = json.loads(row.body)
    return body, row.revision


def held_in(body: Body, holder: str) -> Body:
    """The object whose properties are meant: the form's, or those of a group or of a group's items."""
    held = body
    for name in filter(None, holder.split(".")):
        inner = held.get("properties", {}).get(name)
        if not isinstance(inner, dict):
            raise Refused("not_found", _("Không có nhóm này."))
        held = inner["items"] if isinstance(inner.get("items"), dict) else inner
        if "properties" not in held:
            raise Refused("not_found", _("Không có nhóm này."))
    return held


def _changed(key: str, change: Callable[[Body], None], *, actor: Actor, revision: int) -> FormVersion:
    require(actor, "form.manage")
    body, _revision = draft_body(key)
    body = copy.deepcopy(body)
    change(body)
    return save_draft(key, body, actor=actor, revision=revision)


def _layout(body: Body) -> list[Body]:
    """With one step for all where there was none."""
    if "layout" not in body:
        body["layout"] = [{"key": "step_1", "title": body["title"], "fields": list(body["properties"])}]
    layout: list[Body] = body["layout"]
    return layout


def _place(body: Body, was: str, name: str, step: str) -> None:
    layout = _layout(body)
    at = next((one for one in layout if was in one["fields"]), None)
    if at is not None and step in ("", at["key"]):
        at["fields"] = [name if one == was else one for one in at["fields"]]
        return
    for one in layout:
        one["fields"] = [field for field in one["fields"] if field != was]
    wanted = next((one for one in layout if one["key"] == step), layout[-1])
    wanted["fields"].append(name)
    body["layout"] = [one for one in layout if one["fields"]]


def _moved(names: list[str], name: str, by: int) -> list[str]:
    if name not in names:
        raise Refused("not_found", _("Không có ô này."))
    place = names.index(name)
    names.insert(max(0, min(len(names) - 1, place + by)), names.pop(place))
    return names


def _put(body: Body, name: str, value: Any) -> None:
    if value in ("", None, []):
        body.pop(name, None)
    else:
        body[name] = value
