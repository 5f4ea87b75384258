"""From what a browser sent to answers, as they were typed; ``check`` reads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.forms.kind import GROUPS, Field, Form, Kind, Prefilled
from motcua.kernel.forms.queries.addresses import exact_place, place_of
from motcua.kernel.forms.queries.prefill import with_known
from motcua.kernel.identity.kind import Actor
from motcua.lib.errors import Refused

ELSEWHERE = "!"
COUNT = "#"  # children.# says how many items stand on the page
MOST_ITEMS = 200


class Posted(Protocol):
    """``request.POST``, ``request.FILES``."""

    def get(self, key: str, default: Any = None, /) -> Any: ...
    def getlist(self, key: str, default: Any = None, /) -> Sequence[Any]: ...


@dataclass(slots=True)
class StepRead:
    """``answers`` are those of the whole form, with this step's as they were typed. ``errors`` are of files that could
    not be taken in. ``is_again``: an item was added or dropped, or a place is looked up; the page is shown again and
    not checked, with the cursor at ``focus``."""

    answers: dict[str, Any]
    errors: dict[str, str] = field(default_factory=dict)
    is_again: bool = False
    focus: str = ""


Upload = Callable[[Field, IO[bytes], str], str]
"""Field, stream, the sender's name of it → token."""


def read_step(
    form: Form,
    step: int,
    post: Posted,
    files: Posted,
    known: Mapping[str, Prefilled] | None = None,
    *,
    answers: Mapping[str, Any] | None = None,
    actor: Actor,
    source: str = "",
) -> StepRead:
    """Values ``known`` under lock stand as they are, whatever was sent. ``source`` is the network address of somebody
    unknown, whose uploads are limited by it."""

    def upload(one: Field, stream: IO[bytes], name: str) -> str:
        purpose = Purpose.PHOTO if one.accept == "photo" else Purpose.DOCUMENT
        return store_file(stream, actor=actor, declared_name=name, purpose=purpose, source=source).token

    reader = _Reader(post, files, upload)
    read = {one.key: reader.value(one, one.key) for one in form.steps[step].fields}
    found = StepRead({**(answers or {}), **read}, reader.errors)
    _do_row_buttons(form, step, post, found)
    found.answers = with_known(form, found.answers, known or {})
    return found


def _do_row_buttons(form: Form, step: int, post: Posted, found: StepRead) -> None:
    """One more item, one less, or a place to be looked up."""
    own = {one.key for one in form.steps[step].fields}
    added, dropped, looked_up = (str(post.get(name, "")) for name in ("_add", "_drop", "_find"))
    if added and (one := form.at(added)) is not None and added.partition(".")[0] in own:
        items = _list_at(found.answers, added.split("."))
        if items is not None and one.kind is Kind.REPEAT and len(items) < one.most_items:
            items.append({})
            found.is_again, found.focus = True, f"{added}.{len(items) - 1}"
    if dropped and dropped.partition(".")[0] in own:
        path, _dot, number = dropped.rpartition(".")
        items = _list_at(found.answers, path.split("."))
        if items is not None and _is_place(number, items):
            del items[int(number)]
            found.is_again, found.focus = True, path
    if looked_up:
        found.is_again, found.focus = True, looked_up


def _is_place(text: str, items: list[Any]) -> bool:
    return text.isdecimal() and len(text) < 5 and int(text) < len(items)


def _list_at(value: Any, path: list[str]) -> list[Any] | None:
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and _is_place(part, value):
            value = value[int(part)]
        else:
            return None
    return value if isinstance(value, list) else None


class _Reader:
    def __init__(self, post: Posted, files: Posted, upload: Upload) -> None:
        self.post, self.files, self.upload = post, files, upload
        self.errors: dict[str, str] = {}

    def value(self, one: Field, path: str) -> Any:
        if one.value is not None:
            return None
        if one.kind in GROUPS:
            return {child.key: self.value(child, f"{path}.{child.key}") for child in one.children}
        if one.kind is Kind.REPEAT:
            return self.items(one, path)
        if one.kind is Kind.ADDRESS:
            return self.address(path)
        if one.kind is Kind.FILE:
            return self.tokens(one, path)
        if one.kind is Kind.CHOICES:
            return [str(value) for value in self.post.getlist(path)]
        if one.kind is Kind.DECLARATION:
            return self.post.get(path) == "on"
        text = str(self.post.get(path) or "")
        if one.kind is Kind.YES_NO:
            return {"yes": True, "no": False}.get(text)
        return text

    def items(self, one: Field, path: str) -> list[dict[str, Any]]:
        count = str(self.post.get(f"{path}.{COUNT}", "0"))
        most = min(int(count) if count.isdecimal() and len(count) < 5 else 0, one.most_items, MOST_ITEMS)
        return [
            {child.key: self.value(child, f"{path}.{number}.{child.key}") for child in one.children}
            for number in range(most)
        ]

    def tokens(self, one: Field, path: str) -> list[str]:
        """Those that were sent before, and new ones taken in now."""
        tokens = [str(token) for token in self.post.getlist(path) if token]
        for upload in self.files.getlist(f"{path}.new"):
            if len(tokens) >= one.most_items:
                break  # the check tells nothing of it: nobody expects a file that was not asked for
            try:
                tokens.append(self.upload(one, upload, upload.name or ""))
            except Refused as refused:
                self.errors[path] = refused.message
        return tokens

    def address(self, path: str) -> dict[str, str]:
        """The commune was chosen for certain words; when these were typed over, they are looked up anew."""
        line, place, chosen, chosen_for = (
            str(self.post.get(f"{path}.{part}") or "").strip() for part in ("line", "place", "area", "for")
        )
        found = {"line": line} if line else {}
        if not place:
            return found
        if chosen and chosen_for == place:
            if chosen == ELSEWHERE:
                return {**found, "elsewhere": place}
            area, _mark, former = chosen.partition("~")
            if place_of({"area": area}) is not None:
                return {**found, "area": area, **({"former": former} if former else {})}
        exact = exact_place(place)
        if exact is None:
            return {**found, "place": place}
        return {**found, "area": exact.area, **({"former": exact.former} if exact.former else {})}
