"""The pack's forms: one JSON file for each, named by its key."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.forms.actions.versions import publish_body, withdraw_form
from motcua.kernel.forms.kind import Form, FormErrors
from motcua.kernel.forms.kind.parsing import KEY_OF_FORM
from motcua.kernel.forms.queries.versions import published_bodies
from motcua.kernel.packs.kind import Change, PackPart
from motcua.kernel.packs.queries import Pack, Record, compare

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

FOLDER = "forms/"


def read(pack: Pack) -> None:
    """Each form parsed; ``pack.keys("forms/", "key")`` has them, for whoever names one."""
    records: list[Record] = []
    pack.tables[FOLDER] = records
    folder = pack.folder / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = f"{FOLDER}{path.name}"
        if path.suffix != ".json" or not KEY_OF_FORM.fullmatch(path.stem):
            pack.problem(name, 1, _("tên tệp phải như khai-sinh.json: chữ thường không dấu, số và dấu -"))
            continue
        content = pack.read_text(name)
        if content is None:
            continue
        try:
            body = json.loads(content)
        except ValueError as error:
            pack.problem(name, getattr(error, "lineno", 1), _("không đọc được JSON: {error}").format(error=error))
            continue
        try:
            form = Form.parse(body)
        except FormErrors as errors:
            for mistake in errors.mistakes:
                pack.problem(name, line_of(content, mistake.path), str(mistake))
            continue
        if body.get("key", path.stem) != path.stem:
            pack.problem(name, line_of(content, "$.key"), _("key phải là tên tệp, “{name}”").format(name=path.stem))
        records.append(Record(pack, name, 1, (path.stem,), {"key": path.stem, "form": form, "body": body}, set()))


def line_of(content: str, path: str) -> int:
    """The line at which the names of ``$.properties.born_on.x-max`` stand one behind the other; the last one found."""
    place = 0
    for part in path.split(".")[1:]:
        found = content.find(f'"{part}"', place)
        place = found if found >= 0 else place
    return content.count("\n", 0, place) + 1


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    wanted: dict[str, Mapping[str, Any]] = {
        record["key"]: {"body": record["body"]} for record in pack.tables.get(FOLDER, [])
    }
    found = {key: {"body": body} for key, body in published_bodies().items()}
    difference = compare(pack, FOLDER, wanted, found)
    for key in (*difference.added, *difference.changed):
        publish_body(key, wanted[key]["body"], actor=actor)
    for key in difference.gone:
        withdraw_form(key, actor=actor)
    # The whole text of a form is nothing to print; its diff is on the designer's page.
    return [Change(change.table, change.kind, change.key) for change in difference.changes("ended")]


PART = PackPart("forms", (FOLDER,), read, apply)
