"""The pack's fields, life events, synonyms and procedures."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.packs.kind import PARTS, Change, Column, PackPart, Table, text, whole
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.kernel.procedures.actions.bulk import end_all, publish_all
from motcua.kernel.procedures.actions.catalogue import grow_catalogue
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import Field, LifeEvent, Procedure, Synonym
from motcua.kernel.procedures.queries.catalogue import newest_bodies
from motcua.kernel.procedures.queries.papers import unknown_names
from motcua.kernel.procedures.queries.written import line_of, read_body
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

FOLDER = "procedures/"
# Read by ``motcua procedures evaluate`` only; the second one was never looked at while the search was tuned.
EVALUATIONS = ("procedures-eval.jsonl", "procedures-eval-heldout.jsonl")
CODE = text(60, pattern=r"[a-z0-9]+(-[a-z0-9]+)*", hint=gettext_lazy("bằng chữ thường không dấu và gạch nối"))

FIELDS = Table(
    "fields.csv",
    ("code",),
    (
        Column("code", CODE, required=True),
        Column("name", text(200), required=True),
        Column("name_en", text(200), required=True),
        Column("icon", text(60), required=True),
        Column("sort", whole(0, 999), required=True, empty=0),
    ),
    optional=True,
)
LIFE_EVENTS = Table(
    "life_events.csv",
    ("code",),
    (
        Column("code", CODE, required=True),
        Column("name", text(120), required=True),
        Column("name_en", text(120), required=True),
        Column("icon", text(60), required=True),
        Column("summary", text(300), required=True),
        Column("summary_en", text(300), required=True),
        Column("sort", whole(0, 999), required=True, empty=0),
    ),
    optional=True,
)
SYNONYMS = Table(
    "synonyms.csv",
    ("said",),
    (Column("said", text(80), required=True), Column("means", text(200), required=True)),
    optional=True,
)


def read(pack: Pack) -> None:
    for table in (FIELDS, LIFE_EVENTS, SYNONYMS):
        pack.read_table(table)
    found: dict[str, tuple[str, Body]] = {}
    forms = pack.keys("forms/", "key")
    folder = pack.folder / FOLDER
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        file = f"{FOLDER}{path.name}"
        if path.suffix != ".toml":
            pack.problem(file, 1, _("tệp của một thủ tục có đuôi .toml; đổi tên hoặc bỏ tệp"))
            continue
        content = pack.read_text(file)
        if content is None:
            continue
        body, mistakes = read_body(content)
        for line, words in mistakes:
            pack.problem(file, line, words)
        if body is None:
            continue
        if path.stem != body.code:
            pack.problem(file, 1, _("tên tệp phải là mã thủ tục, {code}.toml").format(code=body.code))
        found[body.code] = file, body
        if body.form in forms:
            for mistake in unknown_names(body, forms[body.form]["form"]):
                pack.problem(file, line_of(content, mistake.path), str(mistake))
    for file, body in found.values():
        _check_references(pack, file, body)
    _check_results(pack, found)
    _check_evaluation(pack, [body for _file, body in found.values()])
    pack.tables[FOLDER] = [
        Record(pack, file, 1, code, {"code": code, "body": body}, set()) for code, (file, body) in found.items()
    ]


def _check_results(pack: Pack, found: Mapping[str, tuple[str, Body]]) -> None:
    """One code means one thing: a person's store finds results by it."""
    first: dict[str, tuple[str, str]] = {}
    for file, body in found.values():
        for result in body.results:
            name, where = first.setdefault(result.code, (result.name, file))
            if name != result.name:
                pack.problem(
                    file,
                    1,
                    _("kết quả {code} có tên khác ở {file}: “{name}”").format(code=result.code, file=where, name=name),
                )


def _check_evaluation(pack: Pack, bodies: Sequence[Body]) -> None:
    """What the search is measured by was never shown to it."""
    keywords = {fold(keyword): body.code for body in bodies for keyword in body.keywords}
    seen: set[str] = set()
    lines = (
        (file, line, written)
        for file in EVALUATIONS
        for line, written in enumerate((pack.read_text(file) or "").splitlines(), start=1)
    )
    for file, line, written in lines:
        try:
            row = json.loads(written)
            query, codes = fold(row["query"]), row["acceptable_codes"]
        except (ValueError, KeyError, TypeError, AttributeError):
            query, codes = "", []
        if not query or not isinstance(codes, list) or not codes:
            pack.problem(file, line, _('viết như {{"query": "…", "acceptable_codes": ["1.001193"]}}').format())
        elif query in keywords:
            pack.problem(file, line, _("đã là từ khóa của {code}; bỏ một trong hai").format(code=keywords[query]))
        elif query in seen:
            pack.problem(file, line, _("câu này có hai lần"))
        seen.add(query)


def _check_references(pack: Pack, file: str, body: Body) -> None:
    wrong = [(FIELDS.file, body.field)] if body.field not in pack.keys(FIELDS.file) else []
    events = pack.keys(LIFE_EVENTS.file)
    wrong += [(LIFE_EVENTS.file, code) for code in body.life_events if code not in events]
    if body.form and _has_part("forms/") and not (pack.folder / "forms" / f"{body.form}.json").is_file():
        wrong.append(("forms/", f"{body.form}.json"))
    tables = {fee.rule.get("table") for fee in body.fees} - {None}
    wrong += [("fees/", f"{name}.csv") for name in tables if not (pack.folder / "fees" / f"{name}.csv").is_file()]
    units = pack.keys("units.csv")
    suffixes = {
        suffix
        for commune, _hyphen, suffix in (code.partition("-") for code in units)
        if suffix and commune in units and units[commune]["kind"] in ("commune", "district")
    }
    for leg in body.legs:
        kind, colon, name = leg.unit.partition(":")
        if kind in ("office", "district") and name and name not in suffixes:
            wrong.append(("units.csv", f"<xã>-{name}"))
        elif kind not in ("office", "district", "commune", "reception") and (name if colon else kind) not in units:
            wrong.append(("units.csv", name or kind))
    for where, value in wrong:
        pack.problem(
            file, 1, _("{where} không có “{value}”; sửa mã hoặc thêm dòng đó").format(where=where, value=value)
        )


def _has_part(file: str) -> bool:
    return any(file in part.files for part in PARTS.values())


# ── Applying ────────────────────────────────────────────────────────────────────────────────────────────────────────


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    told = [*_apply_fields(pack), *_apply_life_events(pack), *_apply_synonyms(pack), *_apply_procedures(pack, actor)]
    if told:
        grow_catalogue()
    return told


def _apply_fields(pack: Pack) -> list[Change]:
    columns = ("name", "name_en", "icon", "position", "is_imported")
    wanted = {
        code: {
            "name": record["name"],
            "name_en": record["name_en"],
            "icon": record["icon"],
            "position": record["sort"],
            "is_imported": False,
        }
        for code, record in pack.keys(FIELDS.file).items()
    }
    rows = {row.code: row for row in Field.objects.select_for_update()}
    found = {code: {name: getattr(row, name) for name in columns} for code, row in rows.items()}
    difference = compare(pack, "fields", wanted, found)
    Field.objects.bulk_create(Field(code=code, **wanted[code]) for code in difference.added)
    for code in difference.changed:
        Field.objects.filter(code=code).update(**wanted[code])
    # Procedures that were filed under it, and imported ones, may still name it.
    Field.objects.filter(code__in=difference.gone).update(is_imported=True, position=1000)
    return difference.changes(gone="ended")


def _apply_life_events(pack: Pack) -> list[Change]:
    wanted: dict[str, dict[str, Any]] = {
        code: {
            **{name: record[name] for name in ("name", "name_en", "icon", "summary", "summary_en")},
            "position": record["sort"],
            "is_active": True,
        }
        for code, record in pack.keys(LIFE_EVENTS.file).items()
    }
    rows = {row.code: row for row in LifeEvent.objects.select_for_update()}
    columns = next(iter(wanted.values()), {})
    found = {
        code: {name: getattr(row, name) for name in columns}
        for code, row in rows.items()
        if code in wanted or row.is_active
    }
    difference = compare(pack, "life_events", wanted, found)
    LifeEvent.objects.bulk_create(LifeEvent(code=code, **wanted[code]) for code in difference.added)
    for code in difference.changed:
        LifeEvent.objects.filter(code=code).update(**wanted[code])
    LifeEvent.objects.filter(code__in=difference.gone).update(is_active=False)
    return difference.changes(gone="ended")


def _apply_synonyms(pack: Pack) -> list[Change]:
    wanted = {said: {"means": record["means"]} for said, record in pack.keys(SYNONYMS.file, "said").items()}
    rows = {row.said: row for row in Synonym.objects.select_for_update()}
    difference = compare(pack, "synonyms", wanted, {said: {"means": row.means} for said, row in rows.items()})
    Synonym.objects.bulk_create(Synonym(said=said, **wanted[said]) for said in difference.added)
    for said in difference.changed:
        Synonym.objects.filter(said=said).update(**wanted[said])
    Synonym.objects.filter(said__in=difference.gone).delete()
    return difference.changes()


def _apply_procedures(pack: Pack, actor: "Actor") -> list[Change]:
    bodies: dict[str, Body] = {record["code"]: record["body"] for record in pack.tables[FOLDER]}
    wanted = {
        code: {"body": body.plain(), "source": Procedure.Source.PACK.value, "has_ended": False}
        for code, body in bodies.items()
    }
    found = {
        code: {"body": newest.body, "source": newest.source, "has_ended": newest.has_ended}
        for code, newest in newest_bodies().items()
        if code in wanted or not newest.has_ended
    }
    difference = compare(pack, "procedures", wanted, found)
    publish_all([bodies[code] for code in (*difference.added, *difference.changed)], Procedure.Source.PACK, actor=actor)
    end_all(difference.gone, actor=actor)
    told = [Change("procedures", "added", f"{code} {bodies[code].name}") for code in difference.added]
    for code, columns in difference.changed.items():
        told.append(Change("procedures", "changed", code, _parts(*columns.get("body", ({}, {})))))
    return told + [Change("procedures", "ended", code) for code in difference.gone]


def _parts(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Which parts of a description are others now."""
    return {key: (before.get(key), after.get(key)) for key in {**before, **after} if before.get(key) != after.get(key)}


PART = PackPart(
    "procedures",
    (FIELDS.file, LIFE_EVENTS.file, SYNONYMS.file, FOLDER, *EVALUATIONS),
    read,
    apply,
    after=("org", "forms"),
)
