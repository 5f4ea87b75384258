"""What people said, in the JSON API: for everybody, and for those who lead."""

from collections.abc import Sequence
from datetime import date
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from motcua.kernel.identity.queries import may
from motcua.kernel.identity.views import Request, public, requires
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.actions import giving
from motcua.kernel.ratings.queries import results
from motcua.kernel.ratings.rest.giving import FaceWord
from motcua.lib.errors import Refused
from motcua.lib.wire import Code

router = Router(tags=["ratings"])
By = Literal["unit", "officer", "procedure", "point", "kind", "month"]


class TallyOut(Schema):
    """``share``: satisfied or very satisfied among ``n``, 0–1, with Wilson's 95% interval from ``low`` to ``high``."""

    n: int
    very_happy: int
    happy: int
    unhappy: int
    share: float
    low: float
    high: float

    @classmethod
    def of(cls, tally: results.Tally | None) -> "TallyOut | None":
        return cls.model_validate(tally, from_attributes=True) if tally else None


class ReasonOut(Schema):
    text: str
    count: int
    is_good: bool


class UnitTallyOut(Schema):
    """``unit``: its code; null of a unit that ended. ``tally`` is null where too few rated."""

    unit: str | None
    name: str
    tally: TallyOut | None


class _ResultsOut(Schema):
    unit: str
    name: str
    period: str
    periods: list[str]  # that can be asked for
    counted_to: date
    least: int  # fewer are shown to nobody
    total: TallyOut | None  # null where too few rated
    reasons: list[ReasonOut]


class RatingResultsOut(_ResultsOut):
    """The surest first: by the lower end of the interval."""

    units: list[UnitTallyOut]


class RatingRowOut(Schema):
    """``key``: code of a unit, reception or procedure, number of an officer, kind of what was rated, or month."""

    key: str
    name: str
    tally: TallyOut | None


class GradeOut(Schema):
    """A criterion: points reached out of the most that they could be, 0–1."""

    text: str
    n: int
    share: float


class SaidOut(Schema):
    """``face`` is null in a survey."""

    id: UUID
    face: FaceWord | None
    words: str

    @classmethod
    def of(cls, said: results.Said) -> "SaidOut":
        told = {"id": said.id, "face": said.face.name.lower() if said.face else None, "words": said.words}
        return cls.model_validate(told)


class DeskRatingsOut(_ResultsOut):
    by: By
    rows: list[RatingRowOut]
    grades: list[GradeOut]
    words: list[SaidOut]  # in no order
    may_hide: bool


class ResultsQuery(Schema):
    """``unit``: a code; without one the topmost that may be read. ``period``: without one this year."""

    unit: Code | None = None
    period: str = Field("", pattern=r"^(\d{4}(-Q[1-4]|-\d{2})?)?$", examples=["2026", "2026-Q4", "2026-11"])


class DeskResultsQuery(ResultsQuery):
    by: By = "unit"


def _found(unit: org.UnitRow, wanted: ResultsQuery, by: str = "unit") -> results.Results:
    period = results.period_of(wanted.period)
    if wanted.period and wanted.period != period.key:
        words = _("Chưa có hoặc không còn số liệu của thời gian này.")
        raise Refused("invalid", words, fields={"period": words})
    return results.results(unit, period, by)


def _common(found: results.Results, reasons: Sequence[results.Reason]) -> dict[str, object]:
    return {
        "unit": found.unit.code,
        "name": found.unit.said,
        "period": found.period.key,
        "periods": [one.key for one in results.periods()],
        "counted_to": found.counted_to,
        "least": results.least(),
        "total": TallyOut.of(found.total),
        "reasons": [ReasonOut.model_validate(one, from_attributes=True) for one in reasons],
    }


@router.get("/ratings", response=RatingResultsOut)
@public
def rating_results(request: Request, wanted: Query[ResultsQuery]) -> RatingResultsOut:
    """What people said of a unit with all below it, by the units right below: sums alone."""
    found = _found(results.any_unit(wanted.unit or ""), wanted)
    ticked, _grades = results.reasons(found)
    units = [
        UnitTallyOut(unit=code or None, name=row.name, tally=TallyOut.of(row.tally))
        for row, code in results.with_codes(found.rows)
    ]
    return RatingResultsOut.model_validate({**_common(found, ticked), "units": units})


@router.get("/desk/ratings", response=DeskRatingsOut)
@requires("rating.read")
def desk_ratings(request: Request, wanted: Query[DeskResultsQuery]) -> DeskRatingsOut:
    """For those who lead: by unit, officer, procedure, reception, way or month; the criteria; what people wrote."""
    found = _found(results.readable_unit(wanted.unit or "", actor=request.actor), wanted, wanted.by)
    ticked, grades = results.reasons(found)
    tree = org.tree()
    rows = [
        RatingRowOut(
            key=tree.unit(int(row.key)).code if wanted.by in ("unit", "point") else row.key,
            name=row.name,
            tally=TallyOut.of(row.tally),
        )
        for row in found.rows
    ]
    told = {
        **_common(found, ticked),
        "by": wanted.by,
        "rows": rows,
        "grades": [GradeOut.model_validate(one, from_attributes=True) for one in grades],
        "words": [SaidOut.of(one) for one in results.words_said(found)],
        "may_hide": may(request.actor, "rating.hide", unit_path=found.unit.path),
    }
    return DeskRatingsOut.model_validate(told)


@router.post("/desk/ratings/{rating_id}/hide", response={204: None})
@requires("rating.hide")
def hide_rating_words(request: Request, rating_id: UUID) -> Status[None]:
    """Words that name somebody are shown no more; the rating counts as before."""
    giving.hide_words(rating_id, actor=request.actor)
    return Status(204, None)
