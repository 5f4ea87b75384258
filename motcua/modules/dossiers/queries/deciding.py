"""What waits for a leader: dossiers to approve or to issue, apologies, opinions, documents to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, F, Q
from django.urls import reverse

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.clocks import ClockView, next_views
from motcua.kernel.cases.queries.inbox import COUNT_TO, after_key, key_of
from motcua.kernel.cases.queries.reading import open_cases, visible
from motcua.kernel.files.kind import PDF
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import Role
from motcua.kernel.org import queries as org
from motcua.kernel.signing.kind import AGAIN_STATES, OPEN_STATES, STATE_NAMES, TaskState
from motcua.kernel.signing.queries import count_waiting as count_tasks
from motcua.kernel.signing.queries import keys_for, tasks_of, waiting_tasks
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment
from motcua.lib.pdfpages import MOST_PAGES, UnreadablePdfError, page_count
from motcua.modules.dossiers.kind import CONSULTATION_KIND, KIND, Deciding, DecisionState
from motcua.modules.dossiers.models import Decision, Dossier, Extension

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.files.models import File
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.signing.models import SigningKey, SigningTask
    from motcua.kernel.signing.queries import TaskRow

PAGE = 50
DECIDED_IN = {"approving": Deciding.APPROVE, "issuing": Deciding.ISSUE}
ANSWER = "answer"  # an opinion: written one by one, never in bulk
UNSIGNED = (*AGAIN_STATES, TaskState.REFUSED)
SORTS = (*Deciding.values, ANSWER)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """``does``: one of Deciding, or ANSWER. ``key`` is what a form sends for it; "" where it is not for many."""

    does: str
    key: str
    case: Case
    clock: ClockView | None
    unit: str
    url: str  # of what is shown beside the list
    is_signing: bool = False  # approved; its signature is under way, or failed
    why_unsigned: str = ""  # … and failed for this reason


@dataclass(frozen=True, slots=True)
class WaitingPage:
    rows: list[WaitingRow]
    tasks: list[TaskRow]
    counts: dict[str, int]
    next_key: str


def own_units(actor: Actor) -> list[int]:
    """Units that this leader leads themselves, not those below."""
    paths = {held.unit_path for held in actor.held if held.role is Role.LEADER}
    numbers = sorted(int(path.strip(".").rpartition(".")[2]) for path in paths)  # a path ends with the unit's own
    tree = org.tree()
    return [number for number in numbers if tree.unit(number).is_in_force]


def _extensions(actor: Actor, *, below: bool) -> list[int]:
    """Cases whose apology waits for this leader: of the unit that works on it, or whose promise it is."""
    rows = Extension.objects.filter(case__closed_at__isnull=True)
    if below:
        rows = rows.filter(case__in=open_cases().filter(visible(actor, "dossier.extend")))
    else:
        own = own_units(actor)
        rows = rows.filter(Q(case__unit_id__in=own) | Q(case__dossier__competent_unit_id__in=own))
    return list(rows.values_list("case_id", flat=True))


def _sorts(actor: Actor, *, below: bool = False) -> dict[str, Q]:
    """What each sort of waiting is among open cases. ``below``: also those of the units below one's own."""
    actor = actor.by_post
    own = Q(unit_id__in=own_units(actor))
    asked = Q(pk__in=_extensions(actor, below=below))
    free = Q(officer__isnull=True) | Q(officer_id=actor.id)
    sorts = {
        str(does): Q(kind=KIND, state=state) & (visible(actor, f"dossier.{does}") if below else own) & ~asked
        for state, does in DECIDED_IN.items()
    }
    opinions = visible(actor, "consultation.answer") if below else own
    return {**sorts, Deciding.EXTEND: asked, ANSWER: Q(kind=CONSULTATION_KIND, state="asked") & free & opinions}


# What ``_sorts`` is in all, for every page of a leader: the ORM takes twenty times as long to write it.
_COUNT = f"""
    SELECT count(*) FROM (
        SELECT id FROM cases_case WHERE closed_at IS NULL AND unit_id IN (own) AND (
            kind = '{KIND}' AND state IN ({", ".join(f"'{state}'" for state in DECIDED_IN)})
            OR kind = '{CONSULTATION_KIND}' AND state = 'asked' AND (officer_id IS NULL OR officer_id = %(officer)s))
        UNION
        SELECT extension.case_id FROM dossiers_extension AS extension
        LEFT JOIN dossiers_dossier AS dossier ON dossier.case_id = extension.case_id
        JOIN cases_case AS asked ON asked.id = extension.case_id
        WHERE asked.closed_at IS NULL AND (asked.unit_id IN (own) OR dossier.competent_unit_id IN (own))
        LIMIT {COUNT_TO + 1}) AS few
"""  # noqa: S608  constants


def count_deciding(actor: Actor) -> int:
    """How many cases wait for this leader, up to COUNT_TO + 1: for the side bar."""
    own = own_units(actor)
    if not own:
        return 0
    with prepared() as cursor:
        given = {f"own{place}": unit_id for place, unit_id in enumerate(own)}
        marks = ", ".join(f"%({name})s" for name in given)
        cursor.execute(_COUNT.replace("(own)", f"({marks})"), {"officer": actor.id, **given})
        return int(cursor.fetchone()[0])


def waiting_page(actor: Actor, *, sort: str = "", below: bool = False, after: str = "") -> WaitingPage:
    """The oldest promise first. Documents that others laid before this actor to sign come on the first page."""
    tasks = waiting_tasks(actor) if sort in ("", Deciding.SIGN) and not after else []
    sorts = _sorts(actor, below=below)
    every = open_cases().filter(reduce(or_, sorts.values()))
    counts = every.aggregate(**{name: Count("id", filter=wanted) for name, wanted in sorts.items()})
    counts[Deciding.SIGN] = count_tasks(actor)
    counts["all"] = sum(counts.values())
    if sort == Deciding.SIGN:
        return WaitingPage([], tasks, counts, "")
    rows = after_key(every.filter(sorts[sort]) if sort in sorts else every, after)
    cases = list(rows.order_by(F("next_due_at").asc(nulls_last=True), "id")[: PAGE + 1])
    more, cases = len(cases) > PAGE, cases[:PAGE]
    clocks = next_views(cases, moment.now())
    ids = [case.id for case in cases]
    asked = set(Extension.objects.filter(pk__in=ids).values_list("pk", flat=True))
    signing = set(Dossier.objects.filter(pk__in=ids).exclude(signs_for="").values_list("pk", flat=True))
    reasons = _why_unsigned(signing)
    return WaitingPage(
        rows=[
            _row(case, clocks.get(case.id), case.id in asked, case.id in signing, reasons.get(case.id, ""))
            for case in cases
        ],
        tasks=tasks,
        counts=counts,
        next_key=key_of(cases[-1]) if more else "",
    )


def _why_unsigned(case_ids: set[int]) -> dict[int, str]:
    tasks = tasks_of([], [f"{KIND}:{number}" for number in sorted(case_ids)])
    newest = {(task.about, task.file_id): task for task in tasks}
    failed = {about: task for (about, _file), task in newest.items() if task.state in UNSIGNED}
    return {int(about.partition(":")[2]): why(task) for about, task in failed.items()}


def why(task: SigningTask) -> str:
    return task.words or str(STATE_NAMES[task.state])


def _row(case: Case, clock: ClockView | None, is_asked: bool, is_signing: bool, why_unsigned: str) -> WaitingRow:
    if case.kind == CONSULTATION_KIND:
        does = ANSWER
    elif is_asked:
        does = str(Deciding.EXTEND)
    else:
        does = str(DECIDED_IN[case.state])
    return WaitingRow(
        does=does,
        key="" if does == ANSWER else f"{does}-{case.id}-{case.version}",
        case=case,
        clock=clock,
        unit=org.tree().unit(case.unit_id).short_name,
        url=reverse("deciding_peek_opinion" if does == ANSWER else "deciding_peek", args=[case.id]),
        is_signing=is_signing,
        why_unsigned=why_unsigned,
    )


# ── One of them, beside the list ────────────────────────────────────────────────────────────────────────────────────


def page_urls(file: File) -> list[str]:
    """Addresses of the pages of a PDF as pictures; none for anything else, and for what cannot be read."""
    if file.type != PDF.mime:
        return []
    try:
        pages = page_count(content_of(file.pk))
    except UnreadablePdfError:
        return []
    return [reverse("file_page", args=[file.token, number]) for number in range(1, min(pages, MOST_PAGES) + 1)]


# ── What is about to be confirmed ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Chosen:
    """``key``: with what it is signed; None: on paper."""

    does: str
    value: str
    code: str
    title: str
    key: SigningKey | None


def chosen_rows(wanted: Sequence[tuple[str, int, int | None]], *, actor: Actor) -> list[Chosen]:
    """Those of ``wanted`` (what, number, version) that this actor may see, in their order."""
    ids = [number for does, number, _version in wanted if does != Deciding.SIGN]
    readable = {case.id: case for case in open_cases().filter(visible(actor.by_post, f"{KIND}.read"), pk__in=ids)}
    tasks = {row.task.pk: row.task for row in waiting_tasks(actor)} if len(ids) < len(wanted) else {}
    keys = keys_for(actor)
    rows = []
    for does, number, version in wanted:
        if does == Deciding.SIGN:
            task = tasks.get(number)
            if task is not None:
                rows.append(Chosen(does, f"{does}-{number}", "", task.title, task.key))
        elif number in readable:
            case = readable[number]
            key = _signing_key(does, keys, case.unit_id)
            rows.append(Chosen(does, f"{does}-{number}-{version or case.version}", case.code, case.subject, key))
    return rows


def _signing_key(does: str, keys: Sequence[SigningKey], unit_id: int) -> SigningKey | None:
    if does == Deciding.APPROVE:
        return next((key for key in keys if key.officer_id is not None), None)
    return next((key for key in keys if key.unit_id == unit_id), None) if does == Deciding.ISSUE else None


# ── What was confirmed ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """``state``: waiting | signing | phone | done | failed; ``url``: of the case, or of what is signed."""

    decision: Decision
    state: str
    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Batch:
    rows: list[DecisionRow]
    decided_at: datetime | None

    @property
    def is_over(self) -> bool:
        return all(row.state in ("done", "failed") for row in self.rows)

    def count(self, *states: str) -> int:
        return sum(row.state in states for row in self.rows)


def batch_of(batch: UUID, *, actor: Actor) -> Batch:
    """One's own; to others it is empty. A decision is over when its signatures are there."""
    decisions = list(Decision.objects.filter(batch=batch, officer_id=actor.id).order_by("id"))
    tasks = _tasks(decisions)
    return Batch(
        [_decided(one, tasks.get((one.does == Deciding.SIGN, one.subject_id), [])) for one in decisions],
        decisions[0].decided_at if decisions else None,
    )


def _tasks(decisions: list[Decision]) -> dict[tuple[bool, int], list[SigningTask]]:
    """The signing tasks of each decision that went through."""
    done = [one for one in decisions if one.state == DecisionState.DONE]
    tasks = tasks_of(
        [one.subject_id for one in done if one.does == Deciding.SIGN],
        [f"{KIND}:{one.subject_id}" for one in done if one.does in (Deciding.APPROVE, Deciding.ISSUE)],
    )
    held: dict[tuple[bool, int], list[SigningTask]] = {}
    for task in tasks:
        held.setdefault((True, task.pk), []).append(task)
        kind, _sep, number = task.about.partition(":")
        if kind == KIND and number.isdecimal():
            held.setdefault((False, int(number)), []).append(task)
    return held


def _decided(one: Decision, tasks: list[SigningTask]) -> DecisionRow:
    url = reverse("signing_queue") if one.does == Deciding.SIGN else KINDS[KIND].desk_url(one.subject_id)
    state, words = str(one.state), one.words
    if one.state == DecisionState.DONE:
        newest = list({task.file_id: task for task in tasks}.values())
        failed = next((task for task in newest if task.state in UNSIGNED), None)
        if failed is not None:
            state, words = DecisionState.FAILED, why(failed)
        elif any(task.state == TaskState.APPROVING for task in newest):
            state = "phone"
        elif any(task.state in OPEN_STATES for task in newest):
            state = "signing"
    return DecisionRow(one, state, words, url)
