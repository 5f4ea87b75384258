"""The catalogue as administrators see it: drafts, versions, what an import did."""

import difflib
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.kind import Body, Check
from motcua.kernel.procedures.models import ImportState, Procedure, ProcedureVersion, Verification
from motcua.kernel.procedures.queries.catalogue import Version, as_version, unverified
from motcua.kernel.procedures.queries.written import as_toml, part_as_toml
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

State = ProcedureVersion.State
MANAGE = "procedure.manage"
PER_PAGE = 50
FILTERS = ("own", "unsure", "draft", "national", "ended")


@dataclass(frozen=True, slots=True)
class Row:
    code: str
    name: str
    source: str
    number: int | None  # of what was published last
    has_draft: bool
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Listed:
    rows: tuple[Row, ...]
    next_after: str  # code; "" at the end


def list_procedures(actor: "Actor", *, words: str = "", only: str = "own", after: str = "") -> Listed:
    require(actor, MANAGE)
    newest = ProcedureVersion.objects.filter(procedure=OuterRef("pk")).order_by("-number")
    published = newest.exclude(state=State.DRAFT)
    found = Procedure.objects.annotate(
        name=Subquery(newest.values("name")[:1]),
        folded=Subquery(newest.values("folded")[:1]),
        number=Subquery(published.values("number")[:1]),
        draft=Subquery(newest.filter(state=State.DRAFT).values("number")[:1]),
    )
    match only:
        case "own":
            found = found.exclude(source=Procedure.Source.NATIONAL).filter(ended_on=None)
        case "unsure":
            found = found.filter(code__in=_unsure_codes())
        case "draft":
            found = found.filter(draft__isnull=False)
        case "national":
            found = found.filter(source=Procedure.Source.NATIONAL)
        case "ended":
            found = found.filter(ended_on__isnull=False)
    for word in fold(words).split():
        found = found.filter(Q(folded__contains=word) | Q(code__startswith=word))
    if after:
        found = found.filter(code__gt=after)
    rows = list(found.order_by("code")[: PER_PAGE + 1])
    listed = tuple(
        Row(row.code, row.name or "", row.source, row.number, row.draft is not None, row.ended_on)
        for row in rows[:PER_PAGE]
    )
    return Listed(listed, listed[-1].code if len(rows) > PER_PAGE else "")


def _unsure_codes() -> list[str]:
    """Of published ones that have not ended and have something that nobody has verified."""
    rows = (
        ProcedureVersion.objects.filter(state=State.PUBLISHED, procedure__ended_on=None, body__has_key="unsure")
        .select_related("procedure")
        .prefetch_related("procedure__verifications")
    )
    return [row.procedure.code for row in rows if _is_open(row, list(row.procedure.verifications.all()))]


def _is_open(row: ProcedureVersion, verifications: list[Verification]) -> bool:
    """Where nobody verified anything, the description need not be read."""
    return not verifications or bool(unverified(as_version(row).body, verifications))


def count_unsure(actor: "Actor") -> int:
    require(actor, MANAGE)
    return len(_unsure_codes())


@dataclass(frozen=True, slots=True)
class Doubt:
    """A part that is unsure, what it says, and who verified it, if anybody did."""

    part: str
    said: str  # as TOML
    verification: Verification | None


@dataclass(frozen=True, slots=True)
class Doubts:
    each: tuple[Doubt, ...] = ()
    note: str = ""
    checked: tuple[Check, ...] = ()  # by whoever wrote the file

    @property
    def open(self) -> list[Doubt]:
        return [doubt for doubt in self.each if doubt.verification is None]


def doubts_of(history: "History") -> Doubts:
    version = history.published
    if version is None:
        return Doubts()
    body = as_version(version).body
    rows = list(history.procedure.verifications.order_by("id")) if body.unsure else []
    each = []
    for part in body.unsure:
        now = body.part(part)
        found = next((row for row in rows if (row.part, row.said) == (part, now)), None)
        each.append(Doubt(part, part_as_toml(body, part), found))
    return Doubts(tuple(each), body.unsure_note, body.checked)


@dataclass(frozen=True, slots=True)
class History:
    """``versions``: the newest first."""

    procedure: Procedure
    versions: tuple[ProcedureVersion, ...]

    @property
    def draft(self) -> ProcedureVersion | None:
        return next((version for version in self.versions if version.state == State.DRAFT), None)

    @property
    def newest(self) -> ProcedureVersion:
        return self.versions[0]

    @property
    def published(self) -> ProcedureVersion | None:
        return next((version for version in self.versions if version.state != State.DRAFT), None)

    @property
    def in_force_id(self) -> int | None:
        today = local_today()
        return next(
            (
                version.pk
                for version in self.versions
                if version.state != State.DRAFT
                and version.valid_from <= today
                and (version.valid_to is None or version.valid_to >= today)
                and (self.procedure.ended_on is None or self.procedure.ended_on >= today)
            ),
            None,
        )


def get_history(actor: "Actor", code: str) -> History:
    require(actor, MANAGE)
    procedure = Procedure.objects.select_related("replaced_by").filter(code=code).first()
    versions = tuple(procedure.versions.select_related("procedure").order_by("-number")) if procedure else ()
    if procedure is None or not versions:
        raise Refused("not_found", _("Không có thủ tục {code}.").format(code=code))
    return History(procedure, versions)


def text_of(version: ProcedureVersion) -> str:
    """As an administrator edits it, and as a pack would hold it."""
    return as_toml(Body.parse(version.body, is_imported=True))


def preview_of(version: ProcedureVersion) -> Version:
    """A draft as its page would show it."""
    return as_version(version)


@dataclass(frozen=True, slots=True)
class Difference:
    mark: str  # "+", "-", " ", "@"
    text: str


def difference(history: History, first: int, second: int) -> list[Difference]:
    """What changed from one version to another, line by line; three lines around each change."""
    numbers = {version.number: version for version in history.versions}
    if first not in numbers or second not in numbers:
        raise Refused("not_found", _("Không có bản này."))
    before, after = (text_of(numbers[number]).splitlines() for number in (first, second))
    told = list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
    return [Difference(line[:1], line[1:] if line[:1] != "@" else line) for line in told]


def import_state(actor: "Actor") -> ImportState | None:
    require(actor, MANAGE)
    return ImportState.objects.first()
