"""What goes out of the JSON API about dossiers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from ninja import Schema

from motcua.kernel.cases import rest as cases
from motcua.kernel.cases.rest import ClockOut
from motcua.kernel.files.kind import Variant
from motcua.modules.dossiers.kind import PORTAL_STATES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.http import HttpResponse

    from motcua.kernel.cases.kind import State
    from motcua.kernel.cases.queries.timeline import TimelineRow
    from motcua.kernel.web.kind import Pill
    from motcua.modules.dossiers.queries.desk import PaperLine, ResultLine, RouteLine
    from motcua.modules.dossiers.queries.standing import ActsFor
    from motcua.modules.dossiers.queries.tracking import OwnRow, TrackingPage


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def private(response: HttpResponse) -> None:
    """Somebody's own: nobody between us keeps it, nobody lists it."""
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"


class StateOut(cases.StateOut):
    """``number``: as the national portal counts states, 1–10."""

    number: int

    @classmethod
    def of(cls, state: State, *, for_officials: bool = False) -> StateOut:
        label = state.label if for_officials else state.public_label
        return cls(name=state.name, label=str(label), is_open=state.is_open, number=PORTAL_STATES[state.name])


class PillOut(Schema):
    """In words, for people; ``tone``: info | ok | warn | bad | paused | neutral."""

    words: str
    tone: str

    @classmethod
    def of(cls, pill: Pill) -> PillOut:
        return cls(words=str(pill.words), tone=pill.tone)


class RowOut(Schema):
    at: datetime
    event: str
    sentence: str

    @classmethod
    def of(cls, rows: Sequence[TimelineRow]) -> list[RowOut]:
        return [cls(at=row.at, event=row.name, sentence=row.sentence) for row in rows]


class LegOut(Schema):
    name: str
    does: str
    unit: str
    state: str  # done | late | now | ahead
    started_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, lines: Sequence[RouteLine]) -> list[LegOut]:
        return [
            cls(
                name=line.stop.leg.name,
                does=line.stop.leg.does,
                unit=line.stop.unit.name,
                state=line.state,
                started_at=line.leg.started_at if line.leg else None,
                due_at=line.leg.due_at if line.leg else None,
                ended_at=line.leg.ended_at if line.leg else None,
            )
            for line in lines
        ]


class PaperOut(Schema):
    id: int
    code: str
    name: str
    source: str
    originals: int
    copies: int
    reason: str
    url: str | None

    @classmethod
    def of(cls, lines: Iterable[PaperLine]) -> list[PaperOut]:
        return [
            cls(
                id=line.paper.pk,
                code=line.paper.code,
                name=line.paper.name,
                source=line.paper.source,
                originals=line.paper.originals,
                copies=line.paper.copies,
                reason=line.paper.reason,
                url=absolute(line.file.original_url) if line.file else None,
            )
            for line in lines
        ]


class ResultOut(Schema):
    code: str
    name: str
    number: str
    is_signed: bool
    is_refusal: bool
    url: str | None

    @classmethod
    def of(cls, lines: Iterable[ResultLine], *, is_open: bool) -> list[ResultOut]:
        """``is_open``: the reader may open the documents."""
        return [
            cls(
                code=line.result.code,
                name=line.result.name,
                number=line.result.number,
                is_signed=line.is_signed,
                is_refusal=line.result.is_refusal,
                url=absolute(line.file.view_url)
                if line.file and is_open and line.file.content_of(Variant.VIEW) is not None
                else None,
            )
            for line in lines
        ]


class ActsOut(Schema):
    """By what right it was filed for another, as it stands now."""

    authorised_from: str | None
    authorised_to: str | None
    is_in_force: bool
    organisation: str | None
    tax_code: str | None

    @classmethod
    def of(cls, acts: ActsFor) -> ActsOut | None:
        given, company = acts.authorisation, acts.organisation
        if given is None and company is None:
            return None
        return cls(
            authorised_from=given.valid_from.isoformat() if given else None,
            authorised_to=given.valid_to.isoformat() if given else None,
            is_in_force=acts.is_in_force,
            organisation=company.name if company else None,
            tax_code=company.tax_code if company else None,
        )


class OwedOut(Schema):
    name: str
    amount: int  # đồng
    state: str
    url: str  # to pay, or to read how it was reckoned


class ItemOut(Schema):
    paper: str
    what: str
    how: str


class AskedOut(Schema):
    """What is missing, in one go. ``papers``: codes that take files."""

    reason: str
    items: list[ItemOut]
    papers: list[str]
    until: datetime | None


class OwnDossierRow(Schema):
    code: str
    subject: str
    state: StateOut
    clock: ClockOut | None
    url: str

    @classmethod
    def of(cls, row: OwnRow) -> OwnDossierRow:
        return cls(
            code=row.code,
            subject=row.subject,
            state=StateOut.of(row.state),
            clock=ClockOut.of(row.clock),
            url=absolute(row.url),
        )


class DossierPage(Schema):
    """States of the business, of the money and of the handing over stand apart."""

    code: str
    subject: str
    state: StateOut
    money: PillOut
    delivery: PillOut
    unit: str
    officer: str
    promised_at: datetime | None
    clock: ClockOut | None
    is_late: bool
    reason: str
    supplement: AskedOut | None
    owed: list[OwedOut]
    results: list[ResultOut]
    route: list[LegOut]
    papers: list[PaperOut]
    timeline: list[RowOut]
    acts_for: ActsOut | None
    may_withdraw: bool
    version: int
    url: str

    @classmethod
    def of(cls, page: TrackingPage) -> DossierPage:
        asked = page.supplement
        return cls(
            code=page.case.code,
            subject=page.subject,
            state=StateOut.of(page.state),
            money=PillOut.of(page.money_state),
            delivery=PillOut.of(page.delivery_state),
            unit=page.unit,
            officer=page.officer,
            promised_at=page.promised_at,
            clock=ClockOut.of(page.promise) if page.shows_clock else None,
            is_late=page.is_late,
            reason=page.reason,
            supplement=AskedOut(
                reason=asked.reason,
                items=[ItemOut(**{key: str(item.get(key, "")) for key in ("paper", "what", "how")})
                       for item in asked.items],
                papers=[paper.code for paper in page.supplement_papers],
                until=asked.answer_by,
            )
            if asked
            else None,
            owed=[
                OwedOut(name=line.name, amount=line.obligation.amount, state=line.obligation.state, url=line.url)
                for line in page.money
            ],
            results=ResultOut.of(page.results, is_open=page.case.state == "returned"),
            route=LegOut.of(page.route),
            papers=PaperOut.of(page.papers),
            timeline=RowOut.of(page.rows),
            acts_for=ActsOut.of(page.acts),
            may_withdraw=page.may_withdraw,
            version=page.case.version,
            url=absolute(f"/ho-so/{page.case.code}/"),
        )  # fmt: skip
