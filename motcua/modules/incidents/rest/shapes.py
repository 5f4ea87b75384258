"""What goes out of the JSON API about reports."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from ninja import Schema

from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.cases.rest import ClockOut, StateOut
from motcua.kernel.files.kind import Variant
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from motcua.kernel.cases.models import Case, CaseFile
    from motcua.kernel.cases.queries.timeline import TimelineRow
    from motcua.modules.incidents.queries.public import PublicPage, PublicRow


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def category_code(case: "Case") -> str | None:
    return rules().categories[case.category_id].code if case.category_id else None


class FileOut(Schema):
    """``url`` is a clean picture, without what the camera wrote into it; or the paper."""

    url: str
    thumbnail: str | None
    caption: str
    role: str  # before | after | visit | document | more

    @classmethod
    def of(cls, files: "Sequence[CaseFile]") -> list[Self]:
        return [cls(**cls.said(one)) for one in files if one.file.content_of(Variant.VIEW) is not None]

    @classmethod
    def said(cls, one: "CaseFile") -> dict[str, Any]:
        return {
            "url": absolute(one.file.view_url),
            "thumbnail": absolute(one.file.thumbnail_url) if one.file.is_picture else None,
            "caption": one.caption,
            "role": one.role,
        }


class DeskFileOut(FileOut):
    """For officials, who choose by ``id`` what strangers see."""

    id: int

    @classmethod
    def said(cls, one: "CaseFile") -> dict[str, Any]:
        return {"id": one.file_id, **super().said(one)}


class IncidentRow(Schema):
    code: str
    subject: str
    state: StateOut
    clock: ClockOut | None  # the promise to the public
    category: str | None  # code
    category_name: str
    area: str | None  # code
    area_name: str
    unit: str  # code
    unit_name: str
    address: str
    lat: float | None
    lon: float | None
    opened_at: datetime
    closed_at: datetime | None
    joined: int  # how many met it too
    photo: str | None
    url: str

    @classmethod
    def of(cls, case: "Case", row: "PublicRow") -> "IncidentRow":
        return cls(
            code=row.code,
            subject=row.subject,
            state=StateOut.of(row.state),
            clock=ClockOut.of(row.clock),
            category=category_code(case),
            category_name=row.category,
            area=places.area(case.area_id).code if case.area_id else None,
            area_name=row.area,
            unit=org.tree().unit(case.unit_id).code,
            unit_name=row.unit,
            address=row.address,
            lat=row.lat,
            lon=row.lon,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            joined=row.joined,
            photo=absolute(f"/tep/{row.photo}/{Variant.VIEW}") if row.photo else None,
            url=absolute(row.url),
        )


class IncidentList(Schema):
    items: list[IncidentRow]
    next: str | None  # value of ``after`` for the next page


class TimelineOut(Schema):
    at: datetime
    event: str
    sentence: str
    text: str  # words that came with it
    files: list[FileOut]

    @classmethod
    def of(cls, rows: "Sequence[TimelineRow]") -> "list[TimelineOut]":
        return [
            cls(at=row.at, event=row.name, sentence=row.sentence, text=row.text, files=FileOut.of(row.files))
            for row in rows
        ]


class AnswerOut(Schema):
    question: str
    answer: str


class IncidentPage(Schema):
    """One report. Its people read all of it, others what is published; ``is_party`` says which."""

    code: str
    subject: str
    state: StateOut
    clock: ClockOut | None
    calendar_note: str
    category: str | None
    category_name: str
    area: str | None
    area_name: str
    unit: str
    unit_name: str
    address: str
    lat: float | None
    lon: float | None
    opened_at: datetime
    closed_at: datetime | None
    text: str
    reporter: str  # a name only where its owner wished it to be shown
    answers: list[AnswerOut]
    reject_reason: str
    merged_into: str | None
    merged: int
    joined: int
    still_there: int
    rating_mean: float | None
    rating_count: int
    before: list[FileOut]
    after: list[FileOut]
    documents: list[FileOut]
    timeline: list[TimelineOut]
    is_party: bool
    may: list[str]  # join, add, rate, reopen
    version: int
    url: str

    @classmethod
    def of(cls, page: "PublicPage") -> "IncidentPage":
        case = page.case
        may = {"join": page.may_join, "add": page.may_add, "rate": page.may_rate, "reopen": page.may_reopen}
        return cls(
            code=case.code,
            subject=case.subject,
            state=StateOut.of(page.state),
            clock=ClockOut.of(page.promise),
            calendar_note=page.calendar_note,
            category=page.category_code or None,
            category_name=page.category,
            area=page.area_code or None,
            area_name=page.area,
            unit=page.unit.code,
            unit_name=page.unit.said,
            address=case.address,
            lat=case.lat,
            lon=case.lon,
            opened_at=case.opened_at,
            closed_at=case.closed_at,
            text=page.text,
            reporter=page.reporter,
            answers=[AnswerOut(question=one.question, answer=one.answer) for one in page.answers],
            reject_reason=page.reject_reason,
            merged_into=page.merged_into or None,
            merged=page.merged_count,
            joined=page.incident.joined,
            still_there=page.incident.still_there,
            rating_mean=page.rating_mean,
            rating_count=page.rating_count,
            before=FileOut.of(page.before),
            after=FileOut.of(page.after),
            documents=FileOut.of(page.documents),
            timeline=TimelineOut.of(page.rows),
            is_party=page.is_party,
            may=[name for name, is_allowed in may.items() if is_allowed],
            version=case.version,
            url=absolute(f"/phan-anh/{case.code}/"),
        )
