"""A procedure as its page says it, in the reader's language."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.org import queries as org
from motcua.kernel.procedures.kind import (
    FEE_TIMES,
    LEVELS,
    ONLINE,
    REGISTRIES,
    WAYS,
    WHO,
    Body,
    Fee,
    Leg,
    PaperCase,
    Way,
)
from motcua.kernel.procedures.models import Field, Procedure
from motcua.kernel.procedures.queries.catalogue import Version, doubts, english_name
from motcua.kernel.procedures.queries.papers import Needs, needs_of
from motcua.lib import moment
from motcua.lib.money import money
from motcua.lib.worktime import Duration, Language, StartRule, due_at

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

Words = str | Promise


def language() -> Language:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def said(thing: Any, name: str) -> str:
    """``name`` in the reader's language, in Vietnamese where there is nothing else."""
    vietnamese: str = getattr(thing, name)
    return (getattr(thing, f"{name}_en", "") or vietnamese) if language() == "en" else vietnamese


def name_said(name: str) -> str:
    """The name of a procedure in the reader's language. Asks nothing of the database in Vietnamese."""
    return (english_name(name) or name) if language() == "en" else name


def is_foreign(thing: Any, name: str) -> bool:
    """The reader asked for English and there is none: the page marks the text as Vietnamese."""
    return language() == "en" and not getattr(thing, f"{name}_en", "") and bool(getattr(thing, name))


def time_words(text: str) -> str:
    return Duration.parse(text).words(language()) if text else ""


@dataclass(frozen=True, slots=True)
class WayLine:
    way: str
    name: Words
    time: str
    fee: str
    note: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    name: str
    amount: str
    when: Words
    note: str
    exempt: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LegLine:
    name: str
    unit: str
    time: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    key: str
    name: str
    needs: Needs


@dataclass(frozen=True, slots=True)
class Forecast:
    """Filed now, when it is promised. ``cutoff`` when it must be in before then today."""

    due_at: datetime
    cutoff: str


@dataclass(frozen=True, slots=True)
class Page:
    version: Version
    body: Body
    name: str
    summary: str
    field: str
    field_code: str
    levels: tuple[Words, ...]
    online: Words
    online_reason: str
    who: tuple[Words, ...]
    time: str
    fee: str
    steps: tuple[str, ...]
    conditions: tuple[str, ...]
    ways: tuple[WayLine, ...]
    fees: tuple[FeeLine, ...]
    legs: tuple[LegLine, ...]
    cases: tuple[CaseLine, ...]
    results: tuple[str, ...]
    forecast: Forecast | None
    is_national: bool
    is_doubted: bool

    @property
    def has_english(self) -> bool:
        return bool(self.body.name_en)


def page(found: Version, actor: "Actor") -> Page:
    body = found.body
    ways = tuple(_way(body, way) for way in body.ways)
    is_online = body.is_filed_here and body.way("online") is not None
    fields = dict(Field.objects.filter(code=body.field).values_list("name", "name_en"))
    field_name, field_en = next(iter(fields.items()), (body.field, ""))
    return Page(
        version=found,
        body=body,
        name=said(body, "name"),
        summary=said(body, "summary"),
        field=(field_en or field_name) if language() == "en" else field_name,
        field_code=body.field,
        levels=tuple(LEVELS[level] for level in body.levels),
        online=ONLINE[body.online],
        online_reason=said(body, "online_reason"),
        who=tuple(WHO[who] for who in body.who),
        time=_together([way.time for way in ways]),
        fee=_together([way.fee for way in ways]) if body.ways else _fee_words(body, ""),
        steps=_lines(said(body, "steps")),
        conditions=_lines(said(body, "conditions")),
        ways=ways,
        fees=tuple(_fee(fee) for fee in body.fees),
        legs=tuple(LegLine(said(leg, "name"), unit_words(leg), time_words(leg.time)) for leg in body.legs),
        cases=tuple(_case(case, actor, is_online=is_online) for case in body.cases),
        results=tuple(said(result, "name") for result in body.results),
        forecast=_forecast(body),
        is_national=found.source == Procedure.Source.NATIONAL,
        is_doubted=not {"time", "fee"}.isdisjoint(doubts(found)),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _together(words: Sequence[str]) -> str:
    """The same for all ways, or one of two; of more the ways below tell."""
    different = list(dict.fromkeys(filter(None, words)))
    return _(" hoặc ").join(different) if len(different) <= 2 else _("Tùy cách nộp")


def _way(body: Body, way: Way) -> WayLine:
    time = time_words(way.time) or way.time_text
    return WayLine(way.way, WAYS[way.way], time, way.fee_text or _fee_words(body, way.way), said(way, "note"))


def _fee_words(body: Body, way: str) -> str:
    """What a way costs, as far as it is one sum: “Miễn phí”, “8.000 đ”, “8.000 đ mỗi bản”; else what it depends on."""
    if not body.fees:
        return "" if any(each.fee_text for each in body.ways) or body.unread.get("fees") else _("Không thu")
    parts = list(dict.fromkeys(amount_words(fee, way) for fee in body.fees))
    if len(parts) > 1:
        parts = [part for part in parts if part != _("Miễn phí")]
    return " + ".join(parts)


def amount_words(fee: Fee, way: str) -> str:
    rule, other = fee.rule, fee.by_way.get(way)
    factor = other.get("factor_bp") if isinstance(other, dict) else None
    if other is not None and factor is None:
        amount = other["amount"] if isinstance(other, dict) else other
        return _sum(amount)
    unit = said(fee, "unit")
    match rule["type"]:
        case "fixed":
            return _sum(_share(rule["amount"], factor))
        case "per_unit" if unit:
            price = money(_share(rule["unit_amount"], factor), language())
            return _("{price} mỗi {unit}").format(price=price, unit=unit)
        case "percent":
            rate = f"{rule['rate_bp'] * (10_000 if factor is None else factor) / 1_000_000:g}"
            return _("{rate}% giá trị").format(rate=rate if language() == "en" else rate.replace(".", ","))
    return _("Tùy hồ sơ")


def _share(amount: int, factor: int | None) -> int:
    return amount if factor is None else (amount * factor + 5_000) // 10_000


def _sum(amount: int) -> str:
    return money(amount, language()) if amount else _("Miễn phí")


def _fee(fee: Fee) -> FeeLine:
    usual = amount_words(fee, "")
    others = {str(WAYS[way]): amount_words(fee, way) for way in fee.by_way}
    amount = "; ".join([usual, *(f"{way}: {words}" for way, words in others.items() if words != usual)])
    exempt = tuple(_exempt(said(each, "name"), each.share_bp) for each in fee.exempt)
    return FeeLine(said(fee, "name"), amount, FEE_TIMES[fee.when], said(fee, "note"), exempt)


def _exempt(name: str, share_bp: int) -> str:
    if share_bp == 10_000:
        return name
    return _("{name} (giảm {share}%)").format(name=name, share=f"{share_bp / 100:g}")


def _case(case: PaperCase, actor: "Actor", *, is_online: bool) -> CaseLine:
    return CaseLine(case.key, said(case, "name"), needs_of(case.papers, actor, is_online=is_online))


def registry_words(name: str) -> Words:
    return REGISTRIES[name]


def unit_words(leg: Leg) -> str:
    """Who does it, before it is known which ward: “Phòng Kinh tế của phường, xã”."""
    kind, _colon, name = leg.unit.partition(":")
    match kind:
        case "commune":
            return _("Ủy ban nhân dân phường, xã")
        case "reception":
            return _("Nơi bạn nộp hồ sơ")
        case "district":
            return _("{office} phường, xã").format(office=_office(name)) if name else _("Ủy ban nhân dân phường, xã")
        case "office":
            return _("{office} phường, xã").format(office=_office(name))
    unit = org.tree().by_code(name or kind)
    return unit.name if unit else leg.unit


def _office(suffix: str) -> str:
    """The name that offices of this kind have in the first commune that has one."""
    tree = org.tree()
    for unit in tree.in_force:
        if unit.code.endswith(f"-{suffix}") and unit.parent_id is not None:
            commune = tree.unit(unit.parent_id)
            if unit.code == f"{commune.code}-{suffix}" and commune.kind == "commune":
                place = commune.name.removeprefix("Ủy ban nhân dân ")
                return unit.name.removesuffix(place).strip()
    return _("Phòng chuyên môn")


def _forecast(body: Body) -> Forecast | None:
    """By the calendar of the city. Of the quickest way that can be filed now."""
    way = body.way("online") or body.way("counter")
    roots = org.tree().children(None)
    if not body.is_filed_here or way is None or way.duration is None or not roots:
        return None
    calendar, _calendar_id = org.unit_calendar(roots[0].id)
    now = moment.now()
    start = now
    if body.cutoff and f"{calendar.local(now):%H:%M}" >= body.cutoff:
        start = calendar.opening(calendar.next_working_day(calendar.local(now).date() + timedelta(1)))
    due = due_at(calendar, start, way.duration, StartRule(way.start))
    is_today = calendar.next_open(now).date() == calendar.local(now).date()
    return Forecast(due, body.cutoff if start == now and is_today else "")
