"""What a procedure says (facts: NĐ 63/2010 Điều 8, and the field set of the national portal)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from dataclasses import field as member  # a procedure has a field of its own
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Role
from motcua.kernel.procedures.kind.reading import BodyError, Mistake, Reader, plain
from motcua.kernel.procedures.kind.words import (
    FEE_KINDS,
    FEE_TIMES,
    LEG_DUTIES,
    LEVELS,
    ONLINE,
    PARTS,
    REGISTRIES,
    WAYS,
    WHO,
)
from motcua.lib.fees import FeeError, Rule, parse_rule
from motcua.lib.jsonlogic import LogicError, parse
from motcua.lib.worktime import Duration, StartRule

CODE = r"\d\.\d{6}(\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?"
KEY = r"[a-z0-9]+(-[a-z0-9]+)*"
PAPER_CODE = r"[A-Za-z0-9]+([.\-][A-Za-z0-9]+)*"
UNIT = (
    r"commune|reception|office:[a-z0-9-]+|district(:[a-z0-9-]+)?|province:[A-Za-z0-9.-]+|[A-Za-z0-9]+(-[A-Za-z0-9]+)*"
)
FEWEST_KEYWORDS = 8
LONG = 60_000
WHOLE_BP = 10_000  # basis points: everything


@dataclass(frozen=True, slots=True)
class Basis:
    number: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    code: str
    name: str
    name_en: str = ""
    valid: str = "forever"  # forever | once | a duration: "120 tháng"


@dataclass(frozen=True, slots=True)
class Visits:
    """Times that a person comes in person: before the platform, and with it (online where offered)."""

    before: int = 1
    after: int = 1


@dataclass(frozen=True, slots=True)
class Way:
    """One way of filing, with its own time. ``time`` is a duration, or empty; then ``time_text`` says it in words."""

    way: str  # online | counter | post
    time: str = ""
    start: str = StartRule.SAME_INSTANT.value
    note: str = ""
    note_en: str = ""
    time_text: str = ""
    fee_text: str = ""  # of imported procedures: the fee as it was published

    @property
    def duration(self) -> Duration | None:
        return Duration.parse(self.time) if self.time else None


@dataclass(frozen=True, slots=True)
class Paper:
    """``when`` is JSON-Logic over the answers; empty: always asked for. ``when_text`` says the same to people."""

    code: str
    name: str
    name_en: str = ""
    originals: int = 0
    copies: int = 0
    required: bool = True
    registry: str = ""  # the registry that supplies it: then it is not asked for
    from_result: str = ""  # code of a result that may lie in the person's own store
    by_form: bool = False  # it is the form itself, filled in on the page
    template: str = ""  # a form to download
    note: str = ""
    note_en: str = ""
    when: Mapping[str, Any] = member(default_factory=dict)
    when_text: str = ""
    when_text_en: str = ""

    def is_asked(self, answers: Mapping[str, Any]) -> bool:
        return not self.when or parse(self.when).holds(answers)


@dataclass(frozen=True, slots=True)
class PaperCase:
    """A case of a procedure with its own papers. ``when`` is JSON-Logic over the answers; empty: always fits."""

    key: str = ""
    name: str = ""
    name_en: str = ""
    when: Mapping[str, Any] = member(default_factory=dict)
    papers: tuple[Paper, ...] = ()

    def asked(self, answers: Mapping[str, Any]) -> tuple[Paper, ...]:
        """The papers that these answers ask for, also those that are supplied from elsewhere."""
        return tuple(paper for paper in self.papers if paper.is_asked(answers))


@dataclass(frozen=True, slots=True)
class Exemption:
    code: str
    name: str
    name_en: str = ""
    paper: str = ""  # code of the paper that shows it
    registry: str = ""
    when: Mapping[str, Any] = member(default_factory=dict)  # JSON-Logic over the registry's record, and ``age``
    share_bp: int = WHOLE_BP  # how much of the fee is not asked for; 10000 is all of it


@dataclass(frozen=True, slots=True)
class Fee:
    code: str
    name: str
    rule: Mapping[str, Any]
    name_en: str = ""
    kind: str = "le_phi"
    when: str = "accept"
    unit: str = ""  # what is counted: "bản", "trang"
    unit_en: str = ""
    note: str = ""
    note_en: str = ""
    by_way: Mapping[str, Any] = member(default_factory=dict)
    exempt: tuple[Exemption, ...] = ()
    refund_until: str = ""  # key of the last leg during which a dossier that ends without its result gets it back

    @property
    def parsed(self) -> Rule:
        exempt = [{key: value for key, value in asdict(one).items() if key != "when"} for one in self.exempt]
        return parse_rule(self.rule, by_way=self.by_way, exempt=exempt)


@dataclass(frozen=True, slots=True)
class Leg:
    """One unit's part of the route. ``unit`` is resolved from the competent place."""

    key: str
    name: str
    unit: str
    role: str
    time: str
    does: str
    name_en: str = ""

    @property
    def duration(self) -> Duration:
        return Duration.parse(self.time)


@dataclass(frozen=True, slots=True)
class Check:
    """Parts that whoever wrote the file compared with what was published."""

    parts: tuple[str, ...]
    source: str
    on: date


@dataclass(frozen=True, slots=True)
class Body:
    code: str
    name: str
    field: str
    level: str
    online: str
    valid_from: date
    name_en: str = ""
    decision: str = ""
    other_levels: tuple[str, ...] = ()
    online_reason: str = ""
    online_reason_en: str = ""
    who: tuple[str, ...] = ()
    summary: str = ""
    summary_en: str = ""
    steps: str = ""
    steps_en: str = ""
    conditions: str = ""
    conditions_en: str = ""
    keywords: tuple[str, ...] = ()
    life_events: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    form: str = ""
    results: tuple[Result, ...] = ()
    supplement_wait: str = ""
    cutoff: str = ""  # "15:00": what comes later is promised for the next working day
    visits: Visits = Visits()
    ways: tuple[Way, ...] = ()
    cases: tuple[PaperCase, ...] = ()
    fees: tuple[Fee, ...] = ()
    legs: tuple[Leg, ...] = ()
    agency: str = ""  # who settles it, in words, where no leg says so
    partners: str = ""
    reception: str = ""  # where it is taken in, in words
    url: str = ""  # where it was published
    unread: Mapping[str, str] = member(default_factory=dict)  # what an import could not parse, as it was written
    unsure: tuple[str, ...] = ()  # parts that nobody has compared with what was published
    unsure_note: str = ""
    checked: tuple[Check, ...] = ()

    @classmethod
    def parse(cls, table: Mapping[str, Any], *, is_imported: bool = False) -> Body:
        """Raises ``BodyError`` with every mistake. An imported one may lack what only the city's own must have."""
        mistakes: list[Mistake] = []
        reader = Reader(table, "", mistakes)
        body = _body(reader, is_own=not is_imported)
        reader.finish()
        if mistakes:
            raise BodyError(mistakes)
        return body

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it; ``parse`` reads it."""
        found: dict[str, Any] = plain(self)
        return found

    def way(self, name: str) -> Way | None:
        return next((way for way in self.ways if way.way == name), None)

    def case(self, key: str) -> PaperCase | None:
        return next((case for case in self.cases if case.key == key), None)

    def conditional(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Where something depends on the answers, and the names that it looks up there."""
        for number, case in enumerate(self.cases):
            at = f"cases[{number}]"
            held = [(at, case.when), *((f"{at}.papers[{n}]", one.when) for n, one in enumerate(case.papers))]
            yield from ((f"{path}.when", parse(when).names) for path, when in held if when)

    @property
    def levels(self) -> tuple[str, ...]:
        return (self.level, *self.other_levels)

    def part(self, name: str) -> Any:
        """What one of ``PARTS`` says, as JSON keeps it: checked once, it is checked until it says something else."""
        match name:
            case "code":
                return [self.code, self.name]
            case "time":
                ways = [[way.way, way.time, way.start, way.time_text] for way in self.ways]
                return [ways, self.supplement_wait, self.cutoff]
            case "fee":
                return [plain(self.fees), [[way.way, way.fee_text] for way in self.ways if way.fee_text]]
            case "basis":
                return [self.decision, plain(self.basis)]
        return plain(self.cases)

    @property
    def is_filed_here(self) -> bool:
        """It has all that a dossier needs."""
        return self.online != "info" and bool(self.form and self.legs and self.ways)


def _body(read: Reader, *, is_own: bool) -> Body:
    body = Body(
        code=read.text("code", 40, required=True, pattern=CODE, hint=_("như 1.001193")),
        name=read.text("name", 600, required=True),
        name_en=read.text("name_en", 600, required=is_own),
        decision=read.text("decision", 80),
        field=read.text("field", 80, required=True, pattern=KEY, hint=_("mã trong fields.csv, như ho-tich")),
        level=read.word("level", LEVELS),
        other_levels=read.texts("other_levels", 20, words=LEVELS),
        online=read.word("online", ONLINE),
        online_reason=read.text("online_reason", 400),
        online_reason_en=read.text("online_reason_en", 400),
        who=read.texts("who", 40, least=1 if is_own else 0, words=WHO),
        summary=read.text("summary", 1200, required=is_own),
        summary_en=read.text("summary_en", 1200, required=is_own),
        steps=read.text("steps", LONG, required=is_own, lines=True),
        steps_en=read.text("steps_en", LONG, required=is_own, lines=True),
        conditions=read.text("conditions", LONG, lines=True),
        conditions_en=read.text("conditions_en", LONG, lines=True),
        keywords=read.texts("keywords", 120, least=FEWEST_KEYWORDS if is_own else 0),
        life_events=read.texts("life_events", 60),
        basis=read.tables("basis", _basis, least=1 if is_own else 0),
        valid_from=read.day("valid_from", required=True) or date.min,
        form=read.text("form", 60, pattern=KEY, hint=_("tên tệp trong forms/ bỏ .json, như khai-sinh")),
        results=read.tables("results", _result, least=1 if is_own else 0),
        supplement_wait=read.duration("supplement_wait"),
        cutoff=read.text("cutoff", 5, pattern=r"([01]\d|2[0-3]):[0-5]\d", hint=_("giờ như 15:00")),
        visits=read.table_of("visits", _visits),
        ways=read.tables("ways", _way, least=1 if is_own else 0),
        cases=read.tables("cases", _case, least=1 if is_own else 0),
        fees=read.tables("fees", _fee),
        legs=read.tables("legs", _leg),
        agency=read.text("agency", 2000),
        partners=read.text("partners", 2000),
        reception=read.text("reception", LONG, lines=True),
        url=read.text("url", 300, pattern=r"https?://\S+", hint=_("địa chỉ bắt đầu bằng https://")),
        unread={
            str(key): str(value) for key, value in read.mapping("unread").items() if isinstance(value, str) and value
        },
        unsure=read.texts("unsure", 20, words=PARTS),
        unsure_note=read.text("unsure_note", 400),
        checked=read.tables("checked", _check),
    )
    for name in sorted({part for check in body.checked for part in check.parts} & set(body.unsure)):
        read.wrong("unsure", _("“{part}” vừa chưa chắc vừa đã kiểm tra; bỏ ở một nơi").format(part=name))
    read.once("ways", [way.way for way in body.ways])
    read.once("cases", [case.key for case in body.cases])
    read.once("fees", [fee.code for fee in body.fees])
    read.once("legs", [leg.key for leg in body.legs])
    for number, fee in enumerate(body.fees):
        if fee.refund_until and fee.refund_until not in {leg.key for leg in body.legs}:
            read.wrong(f"fees[{number}].refund_until", _("phải là key của một bước trong legs"))
    read.once("results", [result.code for result in body.results])
    for number, case in enumerate(body.cases):
        Reader({}, f"cases[{number}]", read.mistakes).once("papers", [paper.code for paper in case.papers])
        if len(body.cases) > 1 and not case.name:
            read.mistakes.append(Mistake(f"cases[{number}].name", _("thiếu; có nhiều trường hợp thì mỗi cái có tên")))
    if is_own:
        _check_filing(read, body)
    return body


def _check_filing(read: Reader, body: Body) -> None:
    """What can be filed needs a form, a way and a route; what cannot be filed wholly online says why."""
    if body.online == "partial" and not body.online_reason:
        read.wrong("online_reason", _("thiếu; trực tuyến một phần phải công bố lý do"))
    if body.online == "info":
        return
    for key, value in (("form", body.form), ("legs", body.legs)):
        if not value:
            read.wrong(key, _("thiếu; thủ tục nộp được phải có"))
    if body.online == "full" and body.ways and body.way("online") is None:
        read.wrong("ways", _("thiếu cách nộp online; trực tuyến toàn trình phải có"))
    for number, way in enumerate(body.ways):
        if not way.time:
            read.wrong(f"ways[{number}].time", _("thiếu; phải ghi"))
    if body.legs and body.legs[0].does != "receive":
        read.wrong("legs[0].does", _("bước đầu phải là receive (tiếp nhận)"))


def _basis(read: Reader) -> Basis:
    return Basis(read.text("number", 120, required=True), read.text("name", 600))


def _result(read: Reader) -> Result:
    code = read.text("code", 60, required=True, pattern=PAPER_CODE, hint=_("như KQ.khai-sinh"))
    valid = read.text("valid", 40) or "forever"
    if years := re.fullmatch(r"(\d{1,2}) năm", valid):
        valid = f"{12 * int(years[1])} tháng"
    elif valid not in ("forever", "once"):
        valid = read.duration("valid") or "forever"
    return Result(code, read.text("name", 600, required=True), read.text("name_en", 300), valid)


def _check(read: Reader) -> Check:
    return Check(
        read.texts("parts", 20, least=1, words=PARTS),
        read.text("source", 400, required=True),
        read.day("on", required=True) or date.min,
    )


def _visits(read: Reader) -> Visits:
    return Visits(read.whole("before", 0, 20, 1), read.whole("after", 0, 20, 1))


def _way(read: Reader) -> Way:
    return Way(
        way=read.word("way", WAYS),
        time=read.duration("time"),
        start=read.word("start", tuple(StartRule), StartRule.SAME_INSTANT.value),
        note=read.text("note", LONG, lines=True),
        note_en=read.text("note_en", LONG, lines=True),
        time_text=read.text("time_text", 2000, lines=True),
        fee_text=read.text("fee_text", LONG, lines=True),
    )


def _condition(read: Reader) -> dict[str, Any]:
    when = read.mapping("when")
    if when:
        try:
            parse(when)
        except LogicError as error:
            read.wrong("when", _("không phải điều kiện JSON-Logic: {error}").format(error=error))
    return when


def _case(read: Reader) -> PaperCase:
    return PaperCase(
        key=read.text("key", 60, pattern=KEY, hint=_("bằng chữ thường không dấu và gạch nối")),
        name=read.text("name", 2000),
        name_en=read.text("name_en", 300),
        when=_condition(read),
        papers=read.tables("papers", _paper),
    )


def _paper(read: Reader) -> Paper:
    paper = Paper(
        code=read.text("code", 60, required=True, pattern=PAPER_CODE, hint=_("như GT.chung-sinh")),
        name=read.text("name", LONG, required=True, lines=True),
        name_en=read.text("name_en", 300),
        originals=read.whole("originals", 0, 99, 0),
        copies=read.whole("copies", 0, 99, 0),
        required=read.flag("required", True),
        registry=read.word("registry", REGISTRIES, ""),
        from_result=read.text("from_result", 60, pattern=PAPER_CODE, hint=_("như KQ.ket-hon")),
        by_form=read.flag("by_form", False),
        template=read.text("template", 300),
        note=read.text("note", 600),
        note_en=read.text("note_en", 600),
        when=_condition(read),
        when_text=read.text("when_text", 300),
        when_text_en=read.text("when_text_en", 300),
    )
    if paper.when and not paper.when_text:
        read.wrong("when_text", _("thiếu; nói bằng lời khi nào cần giấy này"))
    if paper.when_text and not paper.when:
        read.wrong("when_text", _("chỉ dùng cùng điều kiện when; ghi lời khuyên ở note"))
    if paper.by_form and paper.registry:
        read.wrong("registry", _("tờ khai điền trên trang thì không lấy từ cơ sở dữ liệu; bỏ một trong hai"))
    return paper


def _exemption(read: Reader) -> Exemption:
    exemption = Exemption(
        code=read.text("code", 60, required=True, pattern=KEY, hint=_("bằng chữ thường không dấu và gạch nối")),
        name=read.text("name", 200, required=True),
        name_en=read.text("name_en", 200),
        paper=read.text("paper", 60, pattern=PAPER_CODE, hint=_("như GT.ho-ngheo")),
        registry=read.word("registry", REGISTRIES, ""),
        when=_condition(read),
        share_bp=read.whole("share_bp", 1, WHOLE_BP, WHOLE_BP),
    )
    if exemption.when and not exemption.registry:
        read.wrong("when", _("chỉ dùng khi có registry; bỏ khoá này"))
    if exemption.registry and not exemption.when and not exemption.paper:
        read.wrong("when", _("thiếu điều kiện trên dữ liệu của registry, hoặc giấy (paper) chứng minh"))
    return exemption


def _fee(read: Reader) -> Fee:
    rule = read.mapping("rule", required=True)
    by_way = read.mapping("by_way")
    fee = Fee(
        code=read.text("code", 60, required=True, pattern=PAPER_CODE, hint=_("như LP.khai-sinh")),
        name=read.text("name", 300, required=True),
        rule=rule,
        name_en=read.text("name_en", 300),
        kind=read.word("kind", FEE_KINDS, "le_phi"),
        when=read.word("when", FEE_TIMES, "accept"),
        unit=read.text("unit", 40),
        unit_en=read.text("unit_en", 40),
        note=read.text("note", 600),
        note_en=read.text("note_en", 600),
        by_way=by_way,
        exempt=read.tables("exempt", _exemption),
        refund_until=read.text("refund_until", 60),
    )
    if rule:
        try:
            fee.parsed  # noqa: B018  only whether it can be
        except FeeError as error:
            read.wrong(error.path, error.message)
    return fee


def _leg(read: Reader) -> Leg:
    return Leg(
        key=read.text("key", 60, required=True, pattern=KEY, hint=_("bằng chữ thường không dấu và gạch nối")),
        name=read.text("name", 200, required=True),
        unit=read.text(
            "unit", 60, required=True, pattern=UNIT, hint=_("như commune, reception, office:kinh-te hoặc 68-cong-an")
        ),
        role=read.word("role", tuple(Role)),
        time=read.duration("time", required=True),
        does=read.word("does", LEG_DUTIES),
        name_en=read.text("name_en", 200),
    )
