"""The pack's phrases, from which the classifier learns, and what is not a report."""

from collections import Counter
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.cases.pack import groups
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, items, text, word
from motcua.kernel.packs.queries import Pack, compare
from motcua.lib import moment
from motcua.lib.vietnamese import fold, words
from motcua.modules.incidents.models import Phrase, ScopeRule

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

FOLDER = "phrases/"
FEWEST_PHRASES = 60
FEWEST_EVALUATIONS = 10
LONGEST = 500

SCOPE = Table(
    "scope.csv",
    ("kind",),
    (
        Column("kind", text(20, pattern=r"[a-z_]+", hint=gettext_lazy("bằng chữ thường không dấu")), required=True),
        Column("action", word(*ScopeRule.Action.values), required=True),
        Column("phrases", items, required=True, empty=()),
        Column("guidance", text(1000), required=True),
        Column("guidance_en", text(1000), required=True),
        Column("where", text(160), required=True),
        Column("where_en", text(160), required=True),
        Column("phone", text(20)),
        Column("url", text(200)),
    ),
    optional=True,
)
SCOPE_EVALUATION = Table(
    "scope-eval.csv",
    ("text",),
    (Column("text", text(LONGEST), required=True), Column("kind", text(20), empty="")),
    optional=True,
)
# Measured with, never learned from.
EVALUATIONS = tuple(
    Table(
        f"{FOLDER}{name}",
        ("text",),
        (Column("text", text(LONGEST), required=True), Column("category", text(60), required=True)),
        optional=optional,
    )
    for name, optional in (("eval.csv", False), ("eval-heldout.csv", True))
)


def read(pack: Pack) -> None:
    days = pack.setting("reports", "reopen_days")
    if days is not None and not 1 <= days <= 365:
        pack.setting_problem("reports", "reopen_days", _("phải từ {least} đến {most}").format(least=1, most=365))
    pack.read_table(SCOPE)
    kinds = pack.keys(SCOPE.file, "kind")
    for record in pack.read_table(SCOPE_EVALUATION):
        if record["kind"]:
            record.check_reference("kind", kinds, SCOPE.file)
    categories = pack.keys("categories.csv")
    chosen = categories.keys() - groups(pack)
    seen: dict[str, tuple[str, int]] = {}
    for code in sorted(chosen):
        _read_phrases(pack, code, seen)
    folder = pack.folder / FOLDER
    tests = {table.file for table in EVALUATIONS}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if f"{FOLDER}{path.name}" not in tests and not (path.suffix == ".txt" and path.stem in chosen):
            pack.problem(f"{FOLDER}{path.name}", 1, _("không có loại việc nào mang mã này; đổi tên hoặc bỏ tệp"))
    for table in EVALUATIONS:
        _read_evaluation(pack, table, chosen, seen)


def _read_evaluation(pack: Pack, table: Table, chosen: set[str], seen: dict[str, tuple[str, int]]) -> None:
    counts: Counter[str] = Counter()
    records = pack.read_table(table)
    for record in records:
        record.check_reference("category", chosen, "categories.csv")
        counts[record["category"]] += 1
        if twin := seen.get(fold(record["text"])):
            record.problem(_("đã là câu để học ở {file}:{line}").format(file=twin[0], line=twin[1]), "text")
    for code in sorted(chosen):
        if records and counts[code] < FEWEST_EVALUATIONS:
            pack.problem(
                table.file,
                1,
                _("loại “{code}” có {count} câu thử, cần ít nhất {fewest}").format(
                    code=code, count=counts[code], fewest=FEWEST_EVALUATIONS
                ),
            )


def _read_phrases(pack: Pack, code: str, seen: dict[str, tuple[str, int]]) -> None:
    file = f"{FOLDER}{code}.txt"
    content = pack.read_text(file)
    if content is None:
        pack.problem(
            file, 1, _("thiếu tệp này: loại “{code}” cần ít nhất {fewest} câu").format(code=code, fewest=FEWEST_PHRASES)
        )
        return
    phrases = pack.texts.setdefault(file, [])
    for line, written in enumerate(content.split("\n"), start=1):
        phrase = written.strip()
        if not phrase or phrase.startswith("#"):
            continue
        if len(phrase) > LONGEST:
            pack.problem(file, line, _("dài quá {longest} ký tự").format(longest=LONGEST))
        elif twin := seen.get(fold(phrase)):
            pack.problem(file, line, _("câu này đã có ở {file}:{line}").format(file=twin[0], line=twin[1]))
        else:
            seen[fold(phrase)] = file, line
            phrases.append(phrase)
    if len(phrases) < FEWEST_PHRASES:
        pack.problem(
            file,
            1,
            _("có {count} câu, cần ít nhất {fewest}; viết thêm").format(count=len(phrases), fewest=FEWEST_PHRASES),
        )


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    return [*_apply_phrases(pack), *_apply_scope(pack)]


def _apply_phrases(pack: Pack) -> list[Change]:
    wanted = {
        (file.removeprefix(FOLDER).removesuffix(".txt"), phrase)
        for file, phrases in pack.texts.items()
        for phrase in phrases
    }
    rows = {(row.category, row.text): row for row in Phrase.objects.select_for_update()}
    added = sorted(wanted - rows.keys())
    gone = [row for key, row in rows.items() if row.source == "pack" and key not in wanted]
    now = moment.now()
    Phrase.objects.bulk_create(
        Phrase(category=category, text=phrase, source="pack", created_at=now) for category, phrase in added
    )
    Phrase.objects.filter(pk__in=[row.pk for row in gone]).delete()
    return [
        *(Change("phrases", "added", f"{category}: {phrase}") for category, phrase in added),
        *(Change("phrases", "removed", f"{row.category}: {row.text}") for row in gone),
    ]


def _apply_scope(pack: Pack) -> list[Change]:
    wanted = {
        record["kind"]: {
            "action": record["action"],
            "phrases": [
                (phrase[0] if phrase[0] in "-=" else "") + " ".join(words(phrase)) for phrase in record["phrases"]
            ],
            "title": record["where"],
            "title_en": record["where_en"],
            "guidance": record["guidance"],
            "guidance_en": record["guidance_en"],
            "link": record["url"],
            "phone": record["phone"],
        }
        for record in pack.tables[SCOPE.file]
    }
    rows = {row.kind: row for row in ScopeRule.objects.select_for_update()}
    columns = next(iter(wanted.values()), {})
    difference = compare(
        pack, "scope", wanted, {kind: {name: getattr(row, name) for name in columns} for kind, row in rows.items()}
    )
    ScopeRule.objects.bulk_create(ScopeRule(kind=kind, **wanted[kind]) for kind in difference.added)
    for kind in difference.changed:
        ScopeRule.objects.filter(pk=rows[kind].pk).update(**wanted[kind])
    ScopeRule.objects.filter(kind__in=difference.gone).delete()
    from motcua.modules.incidents.queries.understanding import forget_scope  # drags the classifier in, a second

    forget_scope()
    return difference.changes()


PART = PackPart("incidents", (SCOPE.file, SCOPE_EVALUATION.file, FOLDER), read, apply, after=("cases",))
