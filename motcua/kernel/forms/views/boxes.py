"""One field as it is drawn: everything that its template needs, decided beforehand."""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from motcua.kernel.files.kind import ACCEPTED, Purpose
from motcua.kernel.files.queries import files_by_token
from motcua.kernel.forms.kind import GROUPS, NUMBERS, Field, Form, Kind, Prefilled
from motcua.kernel.forms.queries.addresses import Place, find_places, place_of
from motcua.kernel.forms.queries.answers import Checked
from motcua.kernel.forms.queries.prefill import source_words
from motcua.kernel.forms.queries.reading import is_empty
from motcua.kernel.forms.queries.showing import answer_words, item_title, typed
from motcua.lib.jsonlogic import Logic

if TYPE_CHECKING:
    from motcua.kernel.files.models import File

TEMPLATES = {
    Kind.TEXT_LONG: "long",
    Kind.CHOICES: "options",
    Kind.YES_NO: "options",
    Kind.DECLARATION: "declaration",
    Kind.FILE: "file",
    Kind.ADDRESS: "address",
    Kind.PERSON: "group",
    Kind.ORGANISATION: "group",
    Kind.GROUP: "group",
    Kind.REPEAT: "repeat",
}
AUTOCOMPLETE = {
    "person.name": "name",
    "person.phone": "tel",
    "person.email": "email",
    "person.born_on": "bday",
    "organisation.name": "organization",
}
INPUT_MODES = {
    Kind.INTEGER: "numeric", Kind.MONEY: "numeric", Kind.NUMBER: "decimal", Kind.DATE: "numeric", Kind.PHONE: "tel",
    Kind.NATIONAL_ID: "numeric", Kind.TAX_CODE: "numeric", Kind.EMAIL: "email",
}  # fmt: skip
LONGEST = {
    Kind.DATE: 10, Kind.PHONE: 20, Kind.EMAIL: 254, Kind.NATIONAL_ID: 20, Kind.TAX_CODE: 20, Kind.PLATE: 14,
    Kind.INTEGER: 18, Kind.NUMBER: 24, Kind.MONEY: 24,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    is_chosen: bool
    id: str
    note: str = ""


@dataclass(slots=True)
class Item:
    """One of a repeating group."""

    path: str
    id: str
    title: str
    boxes: list["Box"]


@dataclass(slots=True)
class Box:
    field: Field
    path: str
    id: str
    title: str
    template: str
    description: str = ""
    hint: str = ""  # how to write it
    text: str = ""  # what stands in the input
    error: str = ""
    warning: str = ""
    source: str = ""  # where the value came from
    unit: str = ""
    is_required: bool = False
    is_hidden: bool = False
    is_focused: bool = False
    show: str = ""  # JSON-Logic for the script
    compute: str = ""
    scope: str = ""  # of which item of a repeating group
    focus_id: str = ""  # of the input that its error leads to
    described_by: str = ""
    input_mode: str = ""
    autocomplete: str = ""
    longest: int = 0
    accept: str = ""
    choices: list[Choice] = dataclasses.field(default_factory=list)
    boxes: list["Box"] = dataclasses.field(default_factory=list)
    items: list[Item] = dataclasses.field(default_factory=list)
    files: "list[File]" = dataclasses.field(default_factory=list)
    address: Mapping[str, str] = dataclasses.field(default_factory=dict)
    may_add: bool = False

    @property
    def kind(self) -> str:
        return self.field.kind.value

    # Put together here: a template that decides each of these costs three times as much. Paths and ids are keys that
    # the form's parser let through; what people wrote is escaped.

    @property
    def opening(self) -> SafeString:
        """Attributes of the element around the field."""
        text = f' data-path="{self.path}"'
        if self.error:
            text += " data-err"
        if self.is_hidden:
            text += " hidden"
        if self.show:
            text += f' data-show="{escape(self.show)}"'
        if self.scope:
            text += f' data-scope="{self.scope}"'
        return mark_safe(text)  # noqa: S308  see above

    @property
    def optional(self) -> SafeString:
        """Behind the label."""
        if self.is_required:
            return SafeString("")
        return mark_safe(f' <span class="muted opt">{escape(_("(không bắt buộc)"))}</span>')  # noqa: S308  see above

    @property
    def hints(self) -> SafeString:
        given = (("d", self.description), ("h", self.hint))
        parts = [f'<span class="hint" id="{self.id}-{at}">{escape(words)}</span>' for at, words in given if words]
        return mark_safe("".join(parts))  # noqa: S308  see above

    @property
    def has_marks(self) -> bool:
        return bool(self.source or self.error or self.warning)

    @property
    def described(self) -> SafeString:
        return mark_safe(f' aria-describedby="{self.described_by}"' if self.described_by else "")  # noqa: S308

    @property
    def aria(self) -> SafeString:
        """Of the input itself."""
        wrong = ' aria-invalid="true"' if self.error else ""
        return self.described + SafeString(wrong + (" autofocus" if self.is_focused else ""))

    @property
    def typing(self) -> SafeString:
        given = (("inputmode", self.input_mode), ("maxlength", self.longest), ("autocomplete", self.autocomplete))
        return mark_safe("".join(f' {name}="{value}"' for name, value in given if value))  # noqa: S308  all our own


@lru_cache(maxsize=2048)
def _json(logic: Logic) -> str:
    return json.dumps(logic.source, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=4)
def _accept(kind: str) -> str:
    """For the file chooser: types, and the suffixes by which some phones know them better."""
    purpose = Purpose.PHOTO if kind == "photo" else Purpose.DOCUMENT
    return ",".join(part for one in ACCEPTED[purpose] for part in (one.mime, one.suffix))


class Drawer:
    def __init__(
        self,
        form: Form,
        checked: Checked,
        known: Mapping[str, Prefilled],
        language: str,
        *,
        has_errors: bool,
        focus: str,
    ) -> None:
        self.form, self.checked, self.known, self.language = form, checked, known, language
        self.errors = checked.errors if has_errors else {}
        self.warnings = checked.warnings
        self.focus = focus
        self.own: set[str] = set()
        self.has_focus = False

    def boxes(self, fields: Iterable[Field], answers: Mapping[str, Any], step: int) -> list[Box]:
        """Of one step. What only answers of other steps could open, and do not, is left out."""
        self.own = {one.key for one in self.form.steps[step].fields}
        return [
            self.box(one, answers.get(one.key), one.key)
            for one in fields
            if one.path in self.checked.shown or self.may_open(one)
        ]

    def may_open(self, one: Field) -> bool:
        return one.show is not None and (
            "*" in one.path or any(name.partition(".")[0] in self.own for name in one.show.names)
        )

    def box(self, one: Field, value: Any, path: str, scope: str = "") -> Box:
        known = self.known.get(path)
        is_locked = known is not None and known.is_locked
        is_computed = one.value is not None
        if is_empty(value) and not is_locked and value is not False and path not in self.errors:
            value = one.default if value is None else value
        box = Box(
            field=one,
            path=path,
            id=f"f-{path.replace('.', '-')}",
            title=one.title.in_language(self.language),
            template=_template(one, is_locked=is_locked, is_computed=is_computed),
            description=one.description.in_language(self.language),
            error=self.errors.get(path, ""),
            warning=self.warnings.get(path, ""),
            is_required=one.is_required,
            is_hidden=path not in self.checked.shown,
            show=_json(one.show) if one.show is not None and self.may_open(one) else "",
            scope=scope,
            source=source_words(known, self.language) if known is not None else "",
        )
        box.focus_id = box.id
        if is_locked and known is not None:
            box.text = answer_words(one, known.value, self.language)
        elif is_computed:
            self.computed(box, path)
        else:
            self.fill(box, value)
        box.described_by = " ".join(
            f"{box.id}-{mark}"
            for mark, is_there in (
                ("d", box.description), ("h", box.hint), ("s", box.source), ("e", box.error), ("w", box.warning),
            )
            if is_there
        )  # fmt: skip
        if self.focus and not self.has_focus and (path == self.focus or path.startswith(f"{self.focus}.")):
            box.is_focused = self.has_focus = not (one.kind in GROUPS or one.kind is Kind.REPEAT)
        return box

    def computed(self, box: Box, path: str) -> None:
        one = box.field
        assert one.value is not None  # noqa: S101  asked before
        box.compute = _json(one.value)
        value: Any = self.checked.values
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        box.text = answer_words(one, value, self.language)
        box.unit = one.unit.in_language(self.language)

    def fill(self, box: Box, value: Any) -> None:
        one = box.field
        if one.kind in GROUPS:
            parts = value if isinstance(value, Mapping) else {}
            box.boxes = [
                self.box(child, parts.get(child.key), f"{box.path}.{child.key}", box.scope)
                for child in one.children
                if f"{box.path}.{child.key}" in self.checked.shown or self.may_open(child) or box.is_hidden
            ]
            for inner in box.boxes:  # opened with the group
                inner.is_hidden = inner.is_hidden and (not box.is_hidden or inner.field.show is not None)
        elif one.kind is Kind.REPEAT:
            self.repeat(box, value if isinstance(value, list) else [])
        elif one.kind is Kind.ADDRESS:
            self.address(box, value if isinstance(value, Mapping) else {})
        elif one.kind is Kind.FILE:
            tokens = [str(token) for token in value] if isinstance(value, list) else []
            found = files_by_token(tokens)
            box.files = [found[token] for token in tokens if token in found]
            box.accept = _accept(one.accept)
            box.hint = self.file_hint(one)
            box.may_add = len(box.files) < one.most_items
        elif one.kind in (Kind.CHOICE, Kind.CHOICES, Kind.YES_NO):
            self.choices(box, value)
        elif one.kind is Kind.DECLARATION:
            box.text = "on" if value is True else ""
        else:
            box.text = typed(one, value)
            box.hint = self.writing_hint(one)
            box.input_mode = INPUT_MODES.get(one.kind, "")
            box.autocomplete = AUTOCOMPLETE.get(one.prefill, "")
            box.longest = LONGEST.get(one.kind) or one.longest
            box.unit = one.unit.in_language(self.language) or ("đ" if one.kind is Kind.MONEY else "")

    def writing_hint(self, one: Field) -> str:
        if one.kind is Kind.DATE:
            return _("Ví dụ: 20/11/1990")
        if one.kind is Kind.NATIONAL_ID:
            return _("12 chữ số trên thẻ căn cước")
        if one.kind is Kind.SIGNATURE:
            return _("Gõ đủ họ tên của bạn, thay cho ký tay.")
        return one.pattern_hint.in_language(self.language) if one.kind not in NUMBERS else ""

    def file_hint(self, one: Field) -> str:
        kinds = _("Ảnh JPG, PNG, HEIC.") if one.accept == "photo" else _("Ảnh hoặc tệp PDF, Word, Excel.")
        return f"{kinds} {_('Nhiều nhất %(count)d tệp.') % {'count': one.most_items}}"

    def choices(self, box: Box, value: Any) -> None:
        one = box.field
        if one.kind is Kind.YES_NO:
            options = [("yes", _("Có")), ("no", _("Không"))]
            chosen = {"yes"} if value is True else {"no"} if value is False else set()
        else:
            options = [(option.value, option.label.in_language(self.language)) for option in one.options]
            chosen = set(value if isinstance(value, list) else [value])
        box.choices = [
            Choice(key, label, key in chosen, f"{box.id}-{number}") for number, (key, label) in enumerate(options)
        ]
        if box.template == "options" and box.choices:
            box.focus_id = box.choices[0].id

    def address(self, box: Box, value: Mapping[str, Any]) -> None:
        place = place_of(value)
        words = str(value.get("place") or value.get("elsewhere") or "")
        chosen = ""
        if place is not None:
            words, chosen = place.label, place.mark
            if place.former:
                box.hint = _("Bạn đã chọn theo tên cũ; đây là tên hiện nay.")
        elif value.get("elsewhere"):
            chosen = "!"
        elif words:
            self.offer(box, find_places(words), words)
        box.address = {"line": str(value.get("line") or ""), "place": words, "area": chosen}
        error = self.errors.get(f"{box.path}.area", "")
        box.error = box.error or error
        box.focus_id = box.choices[0].id if box.choices else f"{box.id}-place"

    def offer(self, box: Box, found: list[Place], words: str) -> None:
        box.choices = [
            Choice(place.mark, place.label, False, f"{box.id}-{number}", place.note)
            for number, place in enumerate(found)
        ]
        box.choices.append(
            Choice("!", _("Nơi khác, ngoài tỉnh, thành phố này: %(words)s") % {"words": words}, False, f"{box.id}-x")
        )

    def repeat(self, box: Box, given: list[Any]) -> None:
        one = box.field
        count = max(len(given), one.fewest_items, 1 if one.is_required else 0)
        for number in range(min(count, one.most_items)):
            item = given[number] if number < len(given) and isinstance(given[number], Mapping) else {}
            path = f"{box.path}.{number}"
            box.items.append(
                Item(
                    path,
                    f"f-{path.replace('.', '-')}",
                    item_title(one, number, self.language),
                    [self.item_box(child, item, path) for child in one.children],
                )
            )
        box.may_add = len(box.items) < one.most_items
        box.unit = (one.item_title or one.title).in_language(self.language)
        box.focus_id = f"{box.id}-add"

    def item_box(self, child: Field, item: Mapping[str, Any], path: str) -> Box:
        box = self.box(child, item.get(child.key), f"{path}.{child.key}", path)
        if child.show is None:  # an empty item was not walked through, so nothing in it counts as shown
            box.is_hidden = False
        return box


def _template(one: Field, *, is_locked: bool, is_computed: bool) -> str:
    if is_locked and one.kind not in GROUPS:
        return "locked"
    if is_computed:
        return "computed"
    if one.kind is Kind.CHOICE:
        return "list" if one.is_list else "options"
    return TEMPLATES.get(one.kind, "input")
