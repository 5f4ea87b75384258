"""What we would promise for a report that is still being written: who would get it, and by when."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.routing import route
from motcua.kernel.cases.queries.rules import rules
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.worktime import Duration, StartRule, due_at

DANGER_URGENCY = "khan_cap"
MOST_DAYS_TOLD = 40


@dataclass(frozen=True, slots=True)
class Term:
    duration: Duration
    due_at: datetime

    @property
    def words(self) -> str:
        return self.duration.words("en" if get_language() == "en" else "vi")


@dataclass(frozen=True, slots=True)
class Prospect:
    """``usual`` is the term without the danger, when that would be another one."""

    unit: org.UnitRow
    term: Term | None
    usual: Term | None = None


def prospect(category_id: int | None, area_id: int | None, *, is_danger: bool = False) -> Prospect | None:
    """If it were sent now. None where no rule leads to anybody, which only an empty city has."""
    way = route("incident", category_id=category_id, area_id=area_id) if category_id else None
    way = way or route("incident", category_id=None, area_id=None)
    if way is None:
        return None
    category = rules().categories.get(category_id) if category_id else None
    usual = _term(way.unit_id, category_id, area_id, category.urgency if category else "binh_thuong")
    unit = org.tree().unit(way.unit_id)
    if not is_danger:
        return Prospect(unit, usual)
    urgent = _term(way.unit_id, category_id, area_id, DANGER_URGENCY)
    is_same = usual is None or urgent is None or usual.due_at == urgent.due_at
    return Prospect(unit, urgent, None if is_same else usual)


def _term(unit_id: int, category_id: int | None, area_id: int | None, urgency: str) -> Term | None:
    held = rules()
    found = held.clock_rules(
        "incident",
        categories=held.category_codes(category_id),
        areas=frozenset(places.areas().codes_above(area_id)) if area_id else frozenset(),
        urgency=urgency,
    )
    rule = found.get(KINDS["incident"].promise_clock)
    if rule is None:
        return None
    duration = Duration.parse(rule.duration)
    calendar, _number = org.unit_calendar(unit_id)
    return Term(duration, due_at(calendar, moment.now(), duration, StartRule(rule.start_rule)))


def days_not_counted(unit_id: int, start: datetime, end: datetime) -> str:
    """Which days between the two do not count, in a sentence: once per page beside the promise (UX §2.4)."""
    calendar, _number = org.unit_calendar(unit_id)
    first, last = calendar.local(start).date(), calendar.local(end).date()
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)][:MOST_DAYS_TOLD]
    off = [day for day in days if not calendar.is_working_day(day)]
    names = [
        *([_("thứ Bảy")] if any(day.weekday() == 5 for day in off) else []),
        *([_("Chủ nhật")] if any(day.weekday() == 6 for day in off) else []),
        *(_("ngày nghỉ %(day)s") % {"day": f"{day.day}/{day.month}"} for day in off if day.weekday() < 5),
    ]
    if not names:
        return _("Tính theo giờ làm việc.")
    return _("Tính theo giờ làm việc. Không tính %(days)s.") % {"days": ", ".join(names)}
