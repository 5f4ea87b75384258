"""The pack's questions: the quick rating's reasons, the nine criteria, the survey."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.org.queries import local_today
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, day, items, text, whole, word
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.kernel.ratings.kind import SHAPES_OF, Part, Shape
from motcua.kernel.ratings.models import Question
from motcua.kernel.ratings.queries.asking import answers_problem

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

QUESTIONS = Table(
    "rating_questions.csv",
    ("code", "valid_from"),
    (
        Column("code", text(40, pattern="[a-z0-9-]+", hint=gettext_lazy("chữ thường, số, dấu nối")), required=True),
        Column("valid_from", day, required=True),
        Column("valid_to", day, empty=None),
        Column("part", word(*Part.values), required=True),
        Column("shape", word(*Shape.values), required=True),
        Column("position", whole(1, 999), required=True),
        Column("factor", text(120)),
        Column("factor_en", text(120)),
        Column("text", text(300), required=True),
        Column("text_en", text(300), required=True),
        Column("answers", items, empty=()),
        Column("answers_en", items, empty=()),
    ),
    optional=True,
)
_COLUMNS = tuple(column.name for column in QUESTIONS.columns if column.name not in QUESTIONS.key)


def read(pack: Pack) -> None:
    last: dict[str, Any] = {}
    for record in _by_day(pack.read_table(QUESTIONS)):
        if record["shape"] not in SHAPES_OF.get(record["part"], ()):
            record.problem(_("phần này không có cách trả lời đó"), "shape")
        elif problem := answers_problem(record["shape"], record["answers"], record["answers_en"]):
            record.problem(problem, "answers")
        record.check_dates()
        before = last.get(record["code"])
        if before is not None and (before["valid_to"] is None or before["valid_to"] >= record["valid_from"]):
            record.problem(_("lời cũ của câu này còn dùng đến ngày đó; ghi valid_to cho dòng cũ"), "valid_from")
        last[record["code"]] = record


def _by_day(records: list[Record]) -> list[Record]:
    return sorted((one for one in records if one["valid_from"]), key=lambda one: (one["code"], one["valid_from"]))


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    """A wording that the pack no longer has was asked: it ends, and is kept with its answers."""
    wanted: dict[tuple[str, Any], dict[str, Any]] = {
        (record["code"], record["valid_from"]): {name: _plain(record[name]) for name in _COLUMNS}
        for record in pack.tables[QUESTIONS.file]
    }
    rows = {(row.code, row.valid_from): row for row in Question.objects.select_for_update()}
    found = {key: {name: getattr(row, name) for name in _COLUMNS} for key, row in rows.items()}
    difference = compare(pack, "rating_questions", wanted, found, lambda key: f"{key[0]} {key[1]}")
    Question.objects.bulk_create(Question(code=key[0], valid_from=key[1], **wanted[key]) for key in difference.added)
    for key in difference.changed:
        Question.objects.filter(pk=rows[key].pk).update(**wanted[key])
    gone = Question.objects.filter(pk__in=[rows[key].pk for key in difference.gone])
    gone.filter(valid_from__gt=local_today()).delete()
    gone.filter(valid_to=None).update(valid_to=local_today())
    return difference.changes("ended")


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


PART = PackPart("ratings", (QUESTIONS.file,), read, apply)
