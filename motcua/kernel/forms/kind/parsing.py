"""From JSON to a form. Nothing stops at the first mistake: each is kept with its place in the JSON."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from motcua.kernel.forms.kind.fields import (
    GROUPS,
    Example,
    Field,
    FormErrors,
    Kind,
    Mistake,
    Option,
    Rule,
    Step,
    Words,
    field_meant,
)
from motcua.kernel.forms.kind.schema import LONGEST_LONG_TEXT, LONGEST_TEXT, MOST_MONEY
from motcua.kernel.forms.kind.shapes import BUILT_IN, KEYWORDS, kind_of
from motcua.lib import jsonlogic

KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
KEY_OF_FORM = re.compile(r"(?=.{1,60}$)[a-z0-9]+(-[a-z0-9]+)*")
RESERVED = frozenset({"form"})  # inside a repeating group: the answers of the whole form
DAY = re.compile(r"today([+-]\d{1,4}[dmy])?")
SOURCE = re.compile(r"(person|organisation|registry\.[a-z_]+|store\.[\w.-]+)(\.[a-z_]+)?")
MOST_FIELDS, MOST_STEPS, MOST_ITEMS, MOST_FILES = 300, 30, 200, 50
DEEPEST = 4
TOP = {
    "$schema", "$comment", "$defs", "key", "title", "title_en", "description", "description_en", "type", "properties",
    "required", "layout", "rules", "examples",
}  # fmt: skip
_WITHOUT_DEFAULT = GROUPS | {Kind.REPEAT, Kind.FILE, Kind.ADDRESS, Kind.DECLARATION, Kind.SIGNATURE}
STEP = {"key", "title", "title_en", "description", "description_en", "fields"}
RULE = {"if", "error", "error_en", "at"}
EXAMPLE = {"name", "answers", "errors", "today"}


class Parts(NamedTuple):
    title: Words
    description: Words
    steps: tuple[Step, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    body: Mapping[str, Any]
    by_path: Mapping[str, Field]


def parse_form(body: Any) -> Parts:
    """What a form is made of. Raises ``FormErrors``."""
    return _Parser().form(body)


class _Parser:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.by_path: dict[str, Field] = {}
        self.definitions: Mapping[str, Any] = {}
        self.logic: list[tuple[str, str, frozenset[str]]] = []  # where in the JSON, of which field, names it looks up

    def wrong(self, path: str, text: str) -> None:
        self.mistakes.append(Mistake(path, text))

    # What every part needs

    def object(self, body: Any, path: str, known: Collection[str]) -> Mapping[str, Any]:
        if not isinstance(body, dict):
            self.wrong(path, _("phải là một đối tượng { }"))
            return {}
        for name in body:
            if name not in known:
                near = get_close_matches(str(name), known, 1)
                hint = _("; có phải “{near}”?").format(near=near[0]) if near else ""
                names = ", ".join(sorted(known))
                self.wrong(f"{path}.{name}", _("không dùng được ở đây{hint} Dùng được: {names}").format(
                    hint=hint or ".", names=names))  # fmt: skip
        return body

    def get(self, body: Mapping[str, Any], name: str, kind: type | tuple[type, ...], path: str, default: Any) -> Any:
        value = body.get(name, default)
        if name in body and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            names = {str: _("chữ trong dấu nháy"), int: _("số nguyên"), bool: _("true hoặc false"),
                     list: _("danh sách [ ]"), dict: _("đối tượng { }")}  # fmt: skip
            wanted = names.get(kind if isinstance(kind, type) else kind[0], _("số"))
            self.wrong(f"{path}.{name}", _("phải là {kind}").format(kind=wanted))
            return default
        return value

    def strings(self, body: Mapping[str, Any], name: str, path: str, default: list[str] | None = None) -> list[str]:
        """A list of texts; other things in it are mistakes, and left empty so that places stay what they are."""
        found = []
        for place, value in enumerate(self.get(body, name, list, path, default or [])):
            if not isinstance(value, str):
                self.wrong(f"{path}.{name}.{place}", _("phải là {kind}").format(kind=_("chữ trong dấu nháy")))
            found.append(value if isinstance(value, str) else "")
        return found

    def words(self, body: Mapping[str, Any], name: str, path: str, *, longest: int = 500) -> Words:
        found = []
        joint = "-en" if name.startswith("x-") else "_en"
        for key in (name, f"{name}{joint}"):
            text = self.get(body, key, str, path, "")
            if len(text) > longest:
                self.wrong(f"{path}.{key}", _("dài {length} ký tự, nhiều nhất {longest}").format(
                    length=len(text), longest=longest))  # fmt: skip
            if not text.replace("\n", "").isprintable():
                self.wrong(f"{path}.{key}", _("có ký tự điều khiển; xoá đi"))
            found.append(text.strip())
        return Words(*found)

    def title(self, body: Mapping[str, Any], path: str) -> Words:
        words = self.words(body, "title", path)
        if not words and "title" not in {mistake.path.rpartition(".")[2] for mistake in self.mistakes[-1:]}:
            self.wrong(f"{path}.title", _("thiếu tên để người khai đọc"))
        return words

    def whole(self, body: Mapping[str, Any], name: str, path: str, default: int, most: int) -> int:
        value = int(self.get(body, name, int, path, default))
        if not 0 <= value <= most:
            self.wrong(f"{path}.{name}", _("phải từ 0 đến {most}").format(most=most))
            return default
        return value

    def parse_logic(self, body: Mapping[str, Any], name: str, path: str, field: str) -> jsonlogic.Logic | None:
        if name not in body:
            return None
        try:
            logic = jsonlogic.parse(body[name])
        except jsonlogic.LogicError as error:
            place = "".join(f".{part}" for part in error.path)
            self.wrong(f"{path}.{name}{place}", _logic_words(error))
            return None
        self.logic.append((f"{path}.{name}", field, logic.names))
        return logic

    # The form

    def form(self, body: Any) -> Parts:
        top = self.object(body, "$", TOP)
        if top and top.get("type", "object") != "object":
            self.wrong("$.type", _("phải là “object”"))
        self.definitions = self.get(top, "$defs", dict, "$", {})
        title = self.title(top, "$") if top or isinstance(body, dict) else Words()
        fields = self.fields(top, "$", "")
        if isinstance(body, dict) and not fields and not self.mistakes:
            self.wrong("$.properties", _("biểu mẫu phải có ít nhất một ô"))
        if len(self.by_path) > MOST_FIELDS:
            self.wrong("$.properties", _("nhiều nhất {most} ô").format(most=MOST_FIELDS))
        steps = self.steps(top, fields, title)
        rules = self.rules(top)
        self.check_names(steps)
        examples = self.examples(top)
        if self.mistakes:
            raise FormErrors(tuple(self.mistakes))
        description = self.words(top, "description", "$", longest=2000)
        return Parts(title, description, steps, rules, examples, top, dict(self.by_path))

    def fields(self, body: Mapping[str, Any], path: str, prefix: str, prefill: str = "") -> tuple[Field, ...]:
        """Of an object: its properties, with those marked that it requires."""
        properties = self.get(body, "properties", dict, path, {})
        required = self.strings(body, "required", path)
        for place, name in enumerate(required):
            if name and name not in properties:
                self.wrong(f"{path}.required.{place}", _("không có ô “{name}”").format(name=name))
        found = []
        for key, written in properties.items():
            at = f"{path}.properties.{key}"
            if not KEY.fullmatch(key) or key in RESERVED:
                self.wrong(at, _("tên ô viết bằng chữ thường không dấu, số và _, bắt đầu bằng chữ, dài nhất 40"))
                continue
            field = self.field(key, written, at, prefix, is_required=key in required, prefill=prefill)
            if field is not None:
                found.append(field)
        return tuple(found)

    def field(
        self, key: str, written: Any, at: str, prefix: str, *, is_required: bool, prefill: str = ""
    ) -> Field | None:
        path = f"{prefix}{key}"
        if path.count(".") >= DEEPEST:
            self.wrong(at, _("lồng quá sâu, nhiều nhất {most} tầng").format(most=DEEPEST))
            return None
        body = self.resolved(written, at)
        if body is None:
            return None
        kind = kind_of(body)
        if kind is None:
            self.wrong(at, _("không hiểu type và format này; các loại ô có trong docs/forms.md"))
            return None
        if kind is Kind.REPEAT and "*" in path:
            self.wrong(at, _("nhóm lặp không nằm trong nhóm lặp khác"))
            return None
        body = self.object(body, at, KEYWORDS[kind])
        source = self.get(body, "x-prefill", str, at, "") or (f"{prefill}.{key}" if prefill else "")
        if "x-prefill" in body and not SOURCE.fullmatch(source):
            self.wrong(f"{at}.x-prefill", _("không có nguồn “{source}”; viết như person.name hoặc "
                                            "registry.population.born_on").format(source=source))  # fmt: skip
        lock = body.get("x-prefill-lock", "yes")
        if lock not in ("yes", "no"):
            self.wrong(f"{at}.x-prefill-lock", _("viết “yes” hoặc “no”"))
        children = self.children(kind, body, at, path, source if kind in GROUPS else "")
        show, value = (self.parse_logic(body, name, at, path) for name in ("x-show", "x-value"))
        field = Field(
            key=key,
            path=path,
            kind=kind,
            title=self.title(body, at),
            description=self.words(body, "description", at, longest=2000),
            is_required=is_required or (kind is Kind.DECLARATION and show is None),
            default=self.default(kind, body, at),
            children=children,
            show=show,
            value=value,
            prefill="" if children else source,
            is_locked=lock == "yes",
            **self.limits(kind, body, at),
        )
        self.by_path[path] = field
        return field

    def default(self, kind: Kind, body: Mapping[str, Any], at: str) -> Any:
        value = body.get("default")
        is_plain = value is None or isinstance(value, (str, int, float))
        is_fitting = is_plain and kind not in _WITHOUT_DEFAULT
        if kind is Kind.CHOICES:
            is_fitting = isinstance(value, list) and all(isinstance(part, str) for part in value)
        if value is not None and not is_fitting:
            self.wrong(f"{at}.default", _("ô loại này không đặt sẵn giá trị như vậy được"))
            return None
        return value

    def resolved(self, written: Any, at: str) -> Mapping[str, Any] | None:
        """A reference replaced by what it names; what stands beside it counts more."""
        if not isinstance(written, dict) or "$ref" not in written:
            if not isinstance(written, dict):
                self.wrong(at, _("phải là một đối tượng { }"))
                return None
            return written
        reference = written["$ref"]
        name = reference.removeprefix("#/$defs/") if isinstance(reference, str) else ""
        if name in self.definitions and isinstance(self.definitions[name], dict):
            beside = {key: value for key, value in written.items() if key != "$ref"}
            if "$ref" in self.definitions[name]:
                self.wrong(f"$.$defs.{name}.$ref", _("một định nghĩa không trỏ sang định nghĩa khác"))
                return None
            return {**self.definitions[name], **beside}
        if name in BUILT_IN:
            return {"type": "object", "format": name, **{k: v for k, v in written.items() if k != "$ref"}}
        known = ", ".join(f"#/$defs/{known}" for known in sorted({*self.definitions, *BUILT_IN}))
        self.wrong(f"{at}.$ref", _("không có định nghĩa này; có: {known}").format(known=known))
        return None

    def children(self, kind: Kind, body: Mapping[str, Any], at: str, path: str, source: str) -> tuple[Field, ...]:
        if kind is Kind.GROUP:
            found = self.fields(body, at, f"{path}.", source)
        elif kind is Kind.REPEAT:
            items = self.get(body, "items", dict, at, {})
            items = self.object(self.resolved(items, f"{at}.items") or {}, f"{at}.items", KEYWORDS[Kind.GROUP])
            found = self.fields(items, f"{at}.items", f"{path}.*.")
        elif kind.value in BUILT_IN and kind in GROUPS:
            return self.built_in(kind, body, at, path, source)
        else:
            return ()
        if not found:
            self.wrong(f"{at}.properties", _("nhóm phải có ít nhất một ô"))
        return found

    def built_in(self, kind: Kind, body: Mapping[str, Any], at: str, path: str, source: str) -> tuple[Field, ...]:
        """The parts of a person or an organisation that the form asks for."""
        parts = BUILT_IN[kind.value]
        wanted = self.strings(body, "x-fields", at, list(parts.usual))
        required = self.strings(body, "required", at, list(parts.required))
        for name, given in (("x-fields", wanted), ("required", required)):
            known = parts.properties if name == "x-fields" else wanted
            for place, key in enumerate(given):
                if key and key not in known:
                    self.wrong(f"{at}.{name}.{place}", _("không có “{key}”; có: {known}").format(
                        key=key, known=", ".join(known)))  # fmt: skip
        found = []
        for key in wanted:
            if key in parts.properties:
                field = self.field(
                    key, parts.properties[key], at, f"{path}.", is_required=key in required, prefill=source
                )
                if field is not None:
                    found.append(field)
        return tuple(found)

    def limits(self, kind: Kind, body: Mapping[str, Any], at: str) -> dict[str, Any]:
        """What is particular to a kind of field."""
        found: dict[str, Any] = {"unit": self.words(body, "x-unit", at, longest=40)}
        if kind in (Kind.CHOICE, Kind.CHOICES):
            holder, place = (body, at) if kind is Kind.CHOICE else (body.get("items") or {}, f"{at}.items")
            found["options"] = self.options(holder, place)
            found["is_list"] = body.get("x-view", "list" if len(found["options"]) > 6 else "rows") == "list"
        if kind in (Kind.REPEAT, Kind.FILE, Kind.CHOICES):
            most = {Kind.REPEAT: 20, Kind.FILE: 10, Kind.CHOICES: 0}[kind]
            found["fewest_items"] = self.whole(body, "minItems", at, 0, MOST_ITEMS)
            found["most_items"] = self.whole(
                body, "maxItems", at, most, MOST_FILES if kind is Kind.FILE else MOST_ITEMS
            )
            if found["most_items"] and found["fewest_items"] > found["most_items"]:
                self.wrong(f"{at}.minItems", _("lớn hơn maxItems"))
            found["item_title"] = self.words(body, "x-item-title", at, longest=100)
        if kind is Kind.FILE:
            found["accept"] = self.one_of(body, "x-accept", at, ("document", "photo"))
        if kind in (Kind.NUMBER, Kind.INTEGER, Kind.MONEY):
            found |= self.range_of(kind, body, at)
        if kind is Kind.DATE:
            found |= {"first_day": self.day(body, "x-min", at), "last_day": self.day(body, "x-max", at)}
        longest = {Kind.TEXT: LONGEST_TEXT, Kind.TEXT_LONG: LONGEST_LONG_TEXT, Kind.SIGNATURE: 120}.get(kind, 0)
        if longest:
            found["longest"] = self.whole(body, "maxLength", at, longest, 20_000)
            found["shortest"] = self.whole(body, "minLength", at, 0, found["longest"])
            found["pattern"] = self.pattern(body, at)
            found["pattern_hint"] = self.words(body, "x-pattern-hint", at)
            if found["pattern"] and not found["pattern_hint"]:
                self.wrong(f"{at}.x-pattern-hint", _("nói bằng lời phải viết thế nào cho khớp pattern"))
        found["same_as"] = self.get(body, "x-same-as", str, at, "")
        return found

    def one_of(self, body: Mapping[str, Any], name: str, at: str, known: tuple[str, ...]) -> str:
        value = body.get(name, known[0])
        if value not in known:
            self.wrong(f"{at}.{name}", _("viết một trong: {known}").format(known=", ".join(known)))
        return str(value)

    def options(self, body: Any, at: str) -> tuple[Option, ...]:
        if not isinstance(body, dict):
            self.wrong(at, _("phải là một đối tượng { }"))
            return ()
        values = self.get(body, "enum", list, at, [])
        labels = self.get(body, "x-labels", list, at, [])
        english = self.get(body, "x-labels-en", list, at, labels)
        if not values:
            self.wrong(f"{at}.enum", _("thiếu danh sách để chọn"))
        for place, value in enumerate(values):
            if not isinstance(value, str) or not value or len(value) > 80:
                self.wrong(f"{at}.enum.{place}", _("mỗi lựa chọn là chữ, dài nhất 80 ký tự"))
            elif values.index(value) != place:
                self.wrong(f"{at}.enum.{place}", _("“{value}” có hai lần").format(value=value))
        for name, given in (("x-labels", labels), ("x-labels-en", english)):
            if len(given) != len(values):
                self.wrong(f"{at}.{name}", _("có {given} tên, phải là {wanted} như enum").format(
                    given=len(given), wanted=len(values)))  # fmt: skip
        if not len(values) == len(labels) == len(english):
            return ()
        return tuple(
            Option(str(value), Words(str(vi), str(en))) for value, vi, en in zip(values, labels, english, strict=True)
        )

    def range_of(self, kind: Kind, body: Mapping[str, Any], at: str) -> dict[str, Any]:
        types: tuple[type, ...] = (int, float) if kind is Kind.NUMBER else (int,)
        least = self.get(body, "minimum", types, at, 0 if kind is Kind.MONEY else None)
        most = self.get(body, "maximum", types, at, MOST_MONEY if kind is Kind.MONEY else None)
        if least is not None and most is not None and least > most:
            self.wrong(f"{at}.minimum", _("lớn hơn maximum"))
        return {"least": least, "most": most}

    def day(self, body: Mapping[str, Any], name: str, at: str) -> str:
        text = str(self.get(body, name, str, at, ""))
        if text and not DAY.fullmatch(text):
            try:
                date.fromisoformat(text if len(text) == 10 else "")
            except ValueError:
                self.wrong(f"{at}.{name}", _("viết như 2020-01-31, today, today-18y, today+30d"))
                return ""
        return text

    def pattern(self, body: Mapping[str, Any], at: str) -> str:
        text = str(self.get(body, "pattern", str, at, ""))
        try:
            re.compile(text)
        except re.error as error:
            self.wrong(f"{at}.pattern", _("không phải biểu thức chính quy: {error}").format(error=error))
            return ""
        if len(text) > 200:
            self.wrong(f"{at}.pattern", _("dài {length} ký tự, nhiều nhất {longest}").format(
                length=len(text), longest=200))  # fmt: skip
        return text

    # Around the fields

    def steps(self, top: Mapping[str, Any], fields: tuple[Field, ...], title: Words) -> tuple[Step, ...]:
        if "layout" not in top:
            return (Step("all", title, Words(), fields),)
        by_key = {one.key: one for one in fields}
        placed: dict[str, str] = {}
        steps, keys = [], set()
        for place, written in enumerate(self.get(top, "layout", list, "$", [])):
            at = f"$.layout.{place}"
            body = self.object(written, at, STEP)
            key = self.get(body, "key", str, at, "")
            if not KEY.fullmatch(key) or key in keys:
                self.wrong(f"{at}.key", _("mỗi bước có một tên riêng, viết bằng chữ thường không dấu, số và _"))
            keys.add(key)
            names = self.strings(body, "fields", at)
            for number, name in enumerate(names):
                if not name:
                    continue
                if name not in by_key and name not in self.get(top, "properties", dict, "$", {}):
                    self.wrong(f"{at}.fields.{number}", _("không có ô “{name}”").format(name=name))
                elif name in placed:
                    self.wrong(f"{at}.fields.{number}", _("ô “{name}” đã có ở bước {step}").format(
                        name=name, step=placed[name]))  # fmt: skip
                else:
                    placed[name] = key
            if not names:
                self.wrong(f"{at}.fields", _("bước phải có ít nhất một ô"))
            held = tuple(by_key[name] for name in names if name in by_key)
            steps.append(Step(key, self.title(body, at), self.words(body, "description", at, longest=2000), held))
        for key in by_key:
            if key not in placed:
                self.wrong("$.layout", _("ô “{name}” chưa nằm ở bước nào").format(name=key))
        if not 1 <= len(steps) <= MOST_STEPS:
            self.wrong("$.layout", _("có từ 1 đến {most} bước").format(most=MOST_STEPS))
        return tuple(steps)

    def rules(self, top: Mapping[str, Any]) -> tuple[Rule, ...]:
        found = []
        for place, written in enumerate(self.get(top, "rules", list, "$", [])):
            at = f"$.rules.{place}"
            body = self.object(written, at, RULE)
            field = self.get(body, "at", str, at, "")
            if field not in self.by_path or "*" in field:
                self.wrong(f"{at}.at", _("không có ô “{name}”").format(name=field))
            error = self.words(body, "error", at)
            if not error:
                self.wrong(f"{at}.error", _("thiếu lời nói phải sửa thế nào"))
            if "if" not in body:
                self.wrong(f"{at}.if", _("thiếu điều kiện"))
            logic = self.parse_logic(body, "if", at, "")
            if logic is not None:
                found.append(Rule(logic, error, field))
        return tuple(found)

    def check_names(self, steps: tuple[Step, ...]) -> None:
        """Conditions and sums look only at what was asked before, so that one pass in order decides everything."""
        order: dict[str, int] = {}
        for step in steps:
            for top in step.fields:
                for one in top.walk():
                    order[one.path] = len(order)
        for at, field, names in self.logic:
            for name in names:
                path = self.full_path(name, field)
                if path is None:
                    self.wrong(at, _("không có ô “{name}”").format(name=name))
                elif (
                    field and path in order and order[path] >= order.get(field, 0) and not field.startswith(f"{path}.")
                ):
                    self.wrong(at, _("ô “{name}” đứng sau; chỉ dùng được ô đã hỏi trước").format(name=name))
        for one in list(self.by_path.values()):
            if one.same_as and one.same_as not in self.by_path:
                self.wrong(f"$.properties.{one.path}.x-same-as", _("không có ô “{name}”").format(name=one.same_as))

    def full_path(self, name: str, field: str) -> str | None:
        """Which field a condition of ``field`` means by ``name``; None when there is none."""
        if "*" in field:
            name = name.removeprefix("form.") if name.startswith("form.") else f"{field.partition('*')[0]}*.{name}"
        return field_meant(self.by_path, name)

    def examples(self, top: Mapping[str, Any]) -> tuple[Example, ...]:
        found = []
        for place, written in enumerate(self.get(top, "examples", list, "$", [])):
            at = f"$.examples.{place}"
            body = self.object(written, at, EXAMPLE)
            errors = self.strings(body, "errors", at)
            today = self.day(body, "today", at)
            found.append(
                Example(
                    str(self.get(body, "name", str, at, "")) or str(place + 1),
                    self.get(body, "answers", dict, at, {}),
                    frozenset(errors),
                    date.fromisoformat(today) if today and not today.startswith("today") else None,
                )
            )
        return tuple(found)


def _logic_words(error: jsonlogic.LogicError) -> str:
    words: dict[str, Callable[[], str]] = {
        "not_an_operation": lambda: _("mỗi phép là một đối tượng có đúng một khoá, ở đây có: {what}"),
        "unknown_operator": lambda: _("không có phép “{what}”; có: {known}"),
        "wrong_count": lambda: _("phép “{what}” có số vế không đúng"),
        "not_a_name": lambda: _("var phải là tên một ô, trong dấu nháy"),
        "too_deep": lambda: _("điều kiện lồng quá sâu"),
        "too_long": lambda: _("danh sách quá dài"),
    }
    return words[error.code]().format(what=error.what, known=", ".join(jsonlogic.COUNTS))
