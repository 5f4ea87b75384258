"""A form's own examples, tried: they are its test data, and must come out as they say before it is published."""

from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Example, Form
from motcua.kernel.forms.queries.answers import check


@dataclass(frozen=True, slots=True)
class Tried:
    example: Example
    errors: dict[str, str]

    @property
    def is_as_said(self) -> bool:
        return set(self.errors) == self.example.errors

    def __str__(self) -> str:
        unexpected = {path: words for path, words in self.errors.items() if path not in self.example.errors}
        overlooked = sorted(self.example.errors - set(self.errors))
        parts = [f"{path}: {words}" for path, words in unexpected.items()]
        parts += [_("%(path)s: lẽ ra phải báo lỗi") % {"path": path} for path in overlooked]
        return _("Ví dụ “%(name)s”: %(what)s") % {"name": self.example.name, "what": "; ".join(parts) or _("đúng")}


def try_examples(form: Form) -> list[Tried]:
    language = "en" if (get_language() or "vi").startswith("en") else "vi"
    return [
        Tried(example, check(form, example.answers, language=language, today=example.today).errors)
        for example in form.examples
    ]


def failed_examples(form: Form) -> list[Tried]:
    return [tried for tried in try_examples(form) if not tried.is_as_said]
