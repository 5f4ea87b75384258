"""A procedure's cost sheets, computed from its own data: papers asked for before and after once-only, visits, fees."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from motcua.kernel.costs.kind import ACTIVITIES, SITUATIONS, Situation
from motcua.kernel.costs.queries.inputs import Inputs, Norm
from motcua.kernel.procedures.kind import Body, Fee, Paper
from motcua.kernel.procedures.queries.page import said
from motcua.lib.compliance import WHOLE_BP, Task, Total, half_up, once


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the legal form. ``how`` is the activity or the way in which it is done."""

    number: str  # "2.1"
    name: str
    how: str | Promise
    task: Task


@dataclass(frozen=True, slots=True)
class Sheet:
    """A procedure done once in one situation. ``fee`` None: it depends on the dossier, and is not counted."""

    situation: str
    lines: tuple[Line, ...]
    fee: int | None
    visits: int
    papers: int
    hourly: int

    @property
    def title(self) -> Promise:
        return SITUATIONS[self.situation]

    @property
    def once(self) -> Total:
        return once([line.task for line in self.lines], hourly=self.hourly, fees=self.fee or 0)

    @property
    def costs(self) -> list[tuple[Line, int]]:
        return [(line, line.task.cost(self.hourly)) for line in self.lines]


@dataclass(frozen=True, slots=True)
class Sheets:
    """``online`` None: it cannot be filed online."""

    before: Sheet
    counter: Sheet
    online: Sheet | None

    @property
    def each(self) -> list[Sheet]:
        return [sheet for sheet in (self.before, self.counter, self.online) if sheet is not None]

    @property
    def computed(self) -> dict[str, int | None]:
        """By the names of ``kind.STATED``."""
        found: dict[str, int | None] = {"before_papers": self.before.papers, "after_papers": self.counter.papers}
        for sheet in self.each:
            found |= {f"{sheet.situation}_visits": sheet.visits, f"{sheet.situation}_fee": sheet.fee}
        return found

    @property
    def quickest(self) -> Sheet:
        """As the platform makes it easiest: online where that is offered."""
        return self.online or self.counter


def sheets(body: Body, found: Inputs, hourly: int) -> Sheets:
    stated = found.stated.get(body.code, {})
    is_online = body.online != "info" and body.way("online") is not None

    def sheet(situation: Situation) -> Sheet:
        return _sheet(body, situation, found, stated, hourly, is_online=is_online)

    return Sheets(sheet(Situation.BEFORE), sheet(Situation.COUNTER), sheet(Situation.ONLINE) if is_online else None)


def _sheet(
    body: Body, situation: Situation, found: Inputs, stated: Mapping[str, int], hourly: int, *, is_online: bool
) -> Sheet:
    papers = _papers(body, situation)
    told = stated.get("before_papers" if situation == Situation.BEFORE else "after_papers")
    visits = stated.get(f"{situation}_visits", _visits(body, situation, is_online=is_online))
    fees = [usual_fee(fee, "online" if situation == Situation.ONLINE else "counter") for fee in body.fees]
    computed = None if None in fees else sum(fee or 0 for fee in fees)
    rows = _Rows(found, situation)
    _prepare(rows, body, papers, told)
    _hand_in(rows, situation, visits)
    prefix = "before" if situation == Situation.BEFORE else "after"
    if advice := stated.get(f"{prefix}_advice", 0):
        rows.add("4", _("Thuê tư vấn, dịch vụ"), _("Công việc khác"), Task(advice=advice))
    if minutes := stated.get(f"{prefix}_other_minutes", 0):
        rows.add("4", _("Kiểm tra, họp, việc khác"), _("Công việc khác"), Task(work_minutes=minutes))
    return Sheet(
        situation=situation,
        lines=tuple(_numbered(sorted(rows.lines, key=lambda line: line.number))),
        fee=stated.get(f"{situation}_fee", computed),
        visits=visits,
        papers=len(papers) if told is None else told,
        hourly=hourly,
    )


class _Rows:
    def __init__(self, found: Inputs, situation: Situation) -> None:
        self.found, self.situation = found, situation
        self.lines: list[Line] = []

    def norm(self, activity: str) -> Norm:
        return self.found.norm(activity, self.situation)

    def add(self, group: str, name: str, how: str | Promise, task: Task) -> None:
        self.lines.append(Line(group, name, how, task))

    def work(self, group: str, activity: str, name: str, how: str | Promise = "", *, times: int = 1) -> None:
        norm = self.norm(activity)
        task = Task(work_minutes=norm.minutes * times, expense=norm.expense * times)
        self.add(group, name, how or ACTIVITIES[activity][0], task)

    def visit(self, group: str, name: str) -> None:
        travel, wait = self.norm("travel"), self.norm("wait")
        task = Task(travel_minutes=travel.minutes, work_minutes=wait.minutes, expense=travel.expense + wait.expense)
        self.add(group, name, _("Trực tiếp"), task)


def _prepare(rows: _Rows, body: Body, papers: Sequence[Paper], told: int | None) -> None:
    rows.work("1", "learn", _("Tìm hiểu quy định"))
    case = next(iter(body.cases), None)
    for paper in case.papers if case else ():
        if paper.by_form and paper.required and not paper.when:
            rows.work("2", "fill", said(paper, "name"))
    if told is not None:
        rows.work("2", "paper", _("{n} giấy tờ phải nộp").format(n=told), times=told)
        return
    for paper in papers:
        norm, copy = rows.norm("paper"), rows.norm("copy")
        task = Task(
            work_minutes=norm.minutes + copy.minutes * paper.copies, expense=norm.expense + copy.expense * paper.copies
        )
        rows.add("2", said(paper, "name"), ACTIVITIES["paper"][0], task)


def _hand_in(rows: _Rows, situation: Situation, visits: int) -> None:
    """The first visit hands it in, unless it is sent; the last one fetches the result; the others are other work."""
    if situation == Situation.ONLINE:
        rows.work("3", "send", _("Nộp hồ sơ"), _("Trực tuyến"))
    elif visits:
        rows.visit("3", _("Nộp hồ sơ"))
        visits -= 1
    else:
        rows.work("3", "wait", _("Nộp hồ sơ"), _("Bưu chính"))
    for _extra in range(visits - 1):
        rows.visit("4", _("Đến thêm một lần"))
    if visits:
        rows.visit("5", _("Nhận kết quả"))
    else:
        rows.work("5", "receive", _("Nhận kết quả"), _("Bản điện tử, bưu chính hoặc trả ngay"))


def _numbered(lines: Sequence[Line]) -> Iterator[Line]:
    counts: dict[str, int] = {}
    groups = [line.number for line in lines]
    for line in lines:
        counts[line.number] = counts.get(line.number, 0) + 1
        is_one = groups.count(line.number) == 1
        yield replace(line, number=line.number if is_one else f"{line.number}.{counts[line.number]}")


def _papers(body: Body, situation: Situation) -> list[Paper]:
    """What must be brought in the procedure's usual case, whatever is answered; now without what a registry supplies.
    What may lie in the person's own store is still counted: it lies there of some people only."""
    case = next(iter(body.cases), None)
    return [
        paper
        for paper in (case.papers if case else ())
        if paper.required
        and not paper.when
        and not paper.by_form
        and (situation == Situation.BEFORE or not paper.registry)
    ]


def _visits(body: Body, situation: Situation, *, is_online: bool) -> int:
    """``visits.after`` speaks of filing online where that is offered: at the counter people come as often as before."""
    if situation == Situation.BEFORE or (situation == Situation.COUNTER and is_online):
        return body.visits.before
    return body.visits.after


def usual_fee(fee: Fee, way: str) -> int | None:
    """The fee for one of what is counted, as far as that is one sum."""
    rule, other = fee.rule, fee.by_way.get(way)
    factor = other.get("factor_bp") if isinstance(other, Mapping) else None
    if other is not None and factor is None:
        return int(other["amount"] if isinstance(other, Mapping) else other)
    match rule["type"]:
        case "fixed":
            amount = int(rule["amount"])
        case "per_unit":
            amount = 0 if rule.get("free") else int(rule["unit_amount"])
        case _:
            return None
    return amount if factor is None else half_up(amount * factor, WHOLE_BP)
