"""Categories, routing and clock rules: small, read on every case, so kept in memory."""

from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule, RulesVersion
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.versioned import Versioned


@dataclass(frozen=True)
class Rules:
    categories: dict[int, Category]
    routing: dict[str, list[RoutingRule]]
    clocks: dict[str, list[ClockRule]]
    number: int = 0  # grows with every change
    _chosen: dict[tuple[str, date], tuple[Category, ...]] = field(default_factory=dict)  # every report asks

    def categories_on(self, kind: str, day: date) -> tuple[Category, ...]:
        """Those in force on that day, in their order; parents included."""
        found = self._chosen.get((kind, day))
        if found is None:
            found = tuple(
                category
                for category in self.categories.values()
                if category.kind == kind
                and category.valid_from <= day
                and (category.valid_to is None or category.valid_to >= day)
            )
            if len(self._chosen) > 100:  # history is made on many days
                self._chosen.clear()
            self._chosen[kind, day] = found
        return found

    def category(self, kind: str, code: str) -> Category | None:
        return next((c for c in self.categories.values() if c.kind == kind and c.code == code), None)

    def category_codes(self, category_id: int | None) -> frozenset[str]:
        """The category's code and its ancestors': a rule for the parent holds for the child."""
        codes = set()
        category = self.categories.get(category_id) if category_id else None
        while category is not None:
            codes.add(category.code)
            category = self.categories.get(category.parent_id) if category.parent_id else None
        return frozenset(codes)

    def clock_rules(
        self, kind: str, *, categories: frozenset[str], areas: frozenset[str], urgency: str
    ) -> dict[str, ClockRule]:
        """For each clock the first matching rule; clocks ruled out by an empty duration are absent."""
        found: dict[str, ClockRule] = {}
        for rule in self.clocks.get(kind, []):
            if (
                rule.clock not in found
                and (not rule.categories or not categories.isdisjoint(rule.categories))
                and (not rule.areas or not areas.isdisjoint(rule.areas))
                and (not rule.urgencies or urgency in rule.urgencies)
            ):
                found[rule.clock] = rule
        return {clock: rule for clock, rule in found.items() if rule.duration}


def _load() -> Rules:
    routing: dict[str, list[RoutingRule]] = {}
    for route in RoutingRule.objects.order_by("position"):
        routing.setdefault(route.kind, []).append(route)
    clocks: dict[str, list[ClockRule]] = {}
    for rule in ClockRule.objects.order_by("position"):
        clocks.setdefault(rule.kind, []).append(rule)
    # Ended categories too: open cases may still carry them. Choosing one for a new case asks `categories()`.
    found = {category.id: category for category in Category.objects.order_by("position", "name")}
    return Rules(found, routing, clocks, _version())


def _version() -> int:
    return RulesVersion.objects.values_list("number", flat=True).first() or 0


_rules = Versioned(_version, _load)


def rules() -> Rules:
    return _rules.get()


def forget_rules() -> None:
    _rules.forget()


def categories(kind: str, *, on: date | None = None) -> list[Category]:
    """The categories in force, in their order; parents included."""
    return list(rules().categories_on(kind, on or moment.now().date()))


def leaf_categories(kind: str) -> list[Category]:
    """Those that a case can have: in force and without children."""
    found = categories(kind)
    parents = {category.parent_id for category in found}
    return [category for category in found if category.id not in parents]


def office_names() -> dict[str, str]:
    """The offices that communes have, by the end of their code: ``{"kinh-te": "Phòng Kinh tế"}``, in the words of the
    first commune that has one."""
    tree = org.tree()
    found: dict[str, str] = {}
    for unit in tree.in_force:
        above = tree.unit(unit.parent_id) if unit.parent_id else None
        if above is None or above.kind != "commune" or not unit.code.startswith(f"{above.code}-"):
            continue
        place = places.area(above.area_id).full_name if above.area_id else ""
        is_named_so = place and unit.name.lower().endswith(place.lower())
        name = unit.name[: -len(place)].strip() if is_named_so else unit.short_name
        found.setdefault(unit.code.removeprefix(f"{above.code}-"), name)
    return found


def target_words(target: str) -> str:
    """Where a routing rule leads, in words."""
    if target == "commune":
        return _("Phường, xã nơi xảy ra")
    if target.startswith("office:"):
        suffix = target.removeprefix("office:")
        return _("%(office)s của phường, xã nơi xảy ra") % {"office": office_names().get(suffix, suffix)}
    unit = org.tree().by_code(target)
    return unit.name if unit else target


def category_by_code(kind: str, code: str) -> Category | None:
    return next((category for category in leaf_categories(kind) if category.code == code), None)
