"""Getting one case, with the right to see it, and finding cases by words."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db.models import Lookup, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS, REPORTERS, Move
from motcua.kernel.cases.models import Case, CaseFile, CaseLink, Involvement, Party
from motcua.kernel.cases.queries.people import own_parties, parties_of_person
from motcua.kernel.identity.kind import PERMISSIONS, Actor, Reach
from motcua.kernel.identity.queries import may, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold


def cases_of(kind: str) -> QuerySet[Case]:
    """Every case of a kind, whoever asks: the caller narrows it by ``visible``, or speaks for nobody (a job)."""
    return Case.objects.filter(kind=kind)


def open_cases() -> QuerySet[Case]:
    """Open ones of every kind, whoever asks: the caller narrows it."""
    return Case.objects.filter(closed_at__isnull=True)


def published_cases(kind: str = "") -> QuerySet[Case]:
    """Those that strangers may see, of one kind or of all."""
    return (cases_of(kind) if kind else Case.objects).filter(published_at__isnull=False)


def files_of(case_ids: Iterable[int]) -> QuerySet[CaseFile]:
    """The files of several cases, public or not."""
    return CaseFile.objects.filter(case_id__in=case_ids)


def find_case(code: str) -> Case | None:
    """Of any kind, whoever asks: the caller finds out what they are in it."""
    return Case.objects.filter(code=code.upper()).first()


def not_found() -> Refused:
    """Not found and not allowed look alike from outside."""
    return Refused("not_found", _("Không tìm thấy việc này. Kiểm tra lại mã hoặc đường dẫn."))


def may_on(actor: Actor, permission: str, case: Case) -> bool:
    """Whether ``actor`` may use ``permission`` on ``case``."""
    declared = PERMISSIONS[permission]
    # A link in hand is shown to ``may`` as it is; the table is asked for a signed-in person, and for who reported.
    is_asked = declared.party and (actor.person_id is not None or declared.reporters_only)
    is_party = is_asked and any(
        party.role in REPORTERS or not declared.reporters_only for party in own_parties(case.id, actor)
    )
    if may(
        actor,
        permission,
        unit_path=org.tree().path(case.unit_id),
        officer_id=case.officer_id,
        case_id=case.id,
        parties=is_party,
    ):
        return True
    if not declared.involved or not actor.is_officer:
        return False
    units = Involvement.objects.filter(case_id=case.id).values_list("unit_id", flat=True)
    return any(may(actor, permission, unit_path=org.tree().path(unit_id)) for unit_id in units)


def get_case(
    case_id: int, *, actor: Actor, to: str | None = None, lock: bool = False, version: int | None = None
) -> Case:
    """The case, if ``actor`` may do ``to`` with it (default: read it).

    ``lock`` holds its row until the transaction ends. Refused ``not_found`` when there is none, or none for them;
    ``stale`` when ``version`` is given and somebody acted in between.
    """
    rows = Case.objects.select_for_update(of=("self",)) if lock else Case.objects
    case = rows.filter(pk=case_id).first()
    if case is None:
        raise not_found()
    if to is None:
        if not may_on(actor, f"{case.kind}.read", case):
            raise not_found()
    elif not may_on(actor, to, case):
        # Somebody who may see the case is told that this is not for them; a stranger learns nothing.
        if may_on(actor, f"{case.kind}.read", case):
            raise Refused("not_allowed", _("Vai trò của bạn không làm được việc này với hồ sơ này."))
        raise not_found()
    if version is not None and version != case.version:
        raise Refused(
            "stale",
            _("Vừa có người khác xử lý việc này. Xem lại diễn biến mới rồi làm tiếp; nội dung bạn nhập vẫn còn đây."),
        )
    return case


def moves_for(case: Case, actor: Actor) -> list[Move]:
    """What the state and the role allow, highest first; nothing else."""
    kind = KINDS[case.kind]
    return sorted(
        (
            move
            for move in kind.moves
            if case.state in move.from_states and may_on(actor, f"{case.kind}.{move.name}", case)
        ),
        key=lambda move: move.rank,
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """Cases that a post or a key opens: those of some units (None: of all), or those that one officer holds."""

    unit_ids: tuple[int, ...] | None = ()
    officer_id: int | None = None

    @property
    def condition(self) -> Q:
        if self.officer_id is not None:
            return Q(officer_id=self.officer_id)
        return Q() if self.unit_ids is None else Q(unit_id__in=self.unit_ids)

    @property
    def written(self) -> tuple[str, list[Any]]:
        """The same for a statement that is written by hand."""
        if self.officer_id is not None:
            return "officer_id = %s", [self.officer_id]
        if self.unit_ids is None:
            return "true", []
        # Not an array: for one whose length it does not know the database plans anew each time.
        marks = ", ".join(["%s"] * len(self.unit_ids))
        return (f"unit_id IN ({marks})", [*self.unit_ids]) if marks else ("false", [])


def scope(actor: Actor, permission: str) -> Scope:
    """What ``actor`` may do this to by post or key, not as somebody of the case."""
    if actor.kind == "system" or permission in actor.grants:
        return Scope(None)
    declared = PERMISSIONS[permission]
    if not declared.roles or not actor.is_officer:
        return Scope()
    if declared.reach is Reach.OFFICER:
        return Scope(officer_id=actor.id)
    ids = unit_ids_within(actor, permission)
    return Scope(None if ids is None else tuple(ids))


def visible(actor: Actor, permission: str, *, also_involved: bool = False) -> Q:
    """The row filter of every list, count, search and export of cases.

    ``also_involved`` adds those in which the actor's units had a part; the inbox, which is for work, leaves them out.
    """
    declared, by_post = PERMISSIONS[permission], scope(actor, permission)
    allowed = by_post.condition
    if not allowed:
        return allowed
    if also_involved and declared.involved and by_post.unit_ids:
        allowed |= Q(pk__in=Involvement.objects.filter(unit_id__in=by_post.unit_ids).values("case_id"))
    if declared.party:
        held = {link.case_id for link in actor.links} | ({actor.case_id} if actor.case_id is not None else set())
        if held:
            allowed |= Q(pk__in=held)
        if actor.person_id is not None:
            allowed |= Q(pk__in=Party.objects.filter(parties_of_person(actor.person_id)).values("case_id"))
    return allowed


FIRST = 1_000  # rows of a list that tell whether a word is common


@SearchVectorField.register_lookup
class Holds(Lookup):
    """``words__holds=query``: as ``words=query``, but looked at row by row, which no index takes over."""

    lookup_name = "holds"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        words, given = self.process_lhs(compiler, connection)
        query, values = self.process_rhs(compiler, connection)
        return f"({words} @@ {query}) IS TRUE", (*given, *values)


def holding(rows: QuerySet[Case], words: str, most: int) -> tuple[QuerySet[Case], bool]:
    """Those of ``rows`` whose subject, words, address or code hold every one of ``words`` (tones or not, the last one a
    beginning), of which ``most`` are wanted in the order that ``rows`` have; and whether the words are common. One
    query, where there are words.

    The database knows of no beginning how many hold it. Common words, which ``most`` of the first rows hold, are met by
    walking the order; for the others the index of words gives all there are, as walking would read every row.
    """
    query = _query(words)
    if query is None:
        return rows, False
    first = rows.model.objects.filter(pk__in=rows.values("pk")[:FIRST])
    if most <= FIRST and first.filter(words__holds=query)[:most].count() == most:
        return rows.filter(words__holds=query), True
    return rows.filter(words=query), False


def newest(rows: QuerySet[Case], words: str, most: int, *, by: str = "id") -> QuerySet[Case]:
    """``rows``, those that hold ``words`` where some are given, the newest first. The caller takes ``most`` at most."""
    ordered = rows.order_by(f"-{by}", "-id")
    found, are_common = holding(ordered, words, most)
    if found is ordered or are_common:
        return found
    return found.order_by(Coalesce(by, by).desc(), "-id")  # which no index has, or the database would walk that one


def _query(words: str) -> SearchQuery | None:
    tokens = _tokens(words)
    if not tokens:
        return None
    text = " & ".join([*(f"'{token}'" for token in tokens[:-1]), f"'{tokens[-1]}':*"])
    return SearchQuery(text, config="simple", search_type="raw")


def _tokens(words: str) -> list[str]:
    folded = "".join(character if character.isalnum() or character == "-" else " " for character in fold(words))
    return [token for token in folded.split() if token.strip("-")][:12]


@dataclass(frozen=True, slots=True)
class Related:
    merged_into: Case | None
    merged: list[Case]
    links: list[CaseLink]


def related(case: Case) -> Related:
    merged = list(Case.objects.filter(merged_into_id=case.id).order_by("id"))
    parent = Case.objects.filter(pk=case.merged_into_id).first() if case.merged_into_id else None
    return Related(parent, merged, list(CaseLink.objects.select_related("other").filter(case_id=case.id)))


def case_files(case_id: int) -> list[CaseFile]:
    return list(CaseFile.objects.select_related("file").filter(case_id=case_id).order_by("id"))
