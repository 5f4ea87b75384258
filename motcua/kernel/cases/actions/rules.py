"""Changing categories, routing and clock rules by hand. Cases that run keep what they began with."""

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.models import Category, ClockRule, RoutingRule
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold
from motcua.lib.worktime import Duration

Row = TypeVar("Row", bound=models.Model)


def grow_rules_version() -> None:
    """Every process loads the rules anew within a second."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO cases_rulesversion (id, number) VALUES (1, 1)
               ON CONFLICT (id) DO UPDATE SET number = cases_rulesversion.number + 1"""
        )
    forget_rules()


@transaction.atomic
def save_category(category_id: int | None, values: Mapping[str, Any], *, actor: Actor) -> Category:
    """Add or change a category. Its code never changes: cases, rules and phrases name it."""
    require(actor, "category.manage")
    category = _row(Category, category_id)
    _fill(category, values, leave=("code", "kind") if category_id else ())
    category.folded = fold(f"{category.name} {category.name_en} {category.keywords}")[:320]
    if category.parent_id is not None and category.parent_id == category.id:
        words = _("Một loại việc không thể nằm trong chính nó.")
        raise Refused("invalid", words, fields={"parent": words})
    taken = Category.objects.filter(kind=category.kind, code=category.code, valid_to__isnull=True).exclude(
        pk=category.pk
    )
    if taken.exists():
        words = _("Mã này đã có loại việc khác dùng.")
        raise Refused("invalid", words, fields={"code": words})
    return _save(category, "category.changed", category.name, actor)


@transaction.atomic
def save_routing_rule(rule_id: int | None, values: Mapping[str, Any], *, actor: Actor) -> RoutingRule:
    """Add or change a rule. Two rules cannot stand at the same place in the order."""
    require(actor, "routing.manage")
    rule = _row(RoutingRule, rule_id)
    _fill(rule, values)
    _free_position(RoutingRule, rule)
    return _save(rule, "routing.changed", f"#{rule.position}", actor)


@transaction.atomic
def save_clock_rule(rule_id: int | None, values: Mapping[str, Any], *, actor: Actor) -> ClockRule:
    """Add or change a term. What cannot be read as a duration is refused."""
    require(actor, "clock.manage")
    rule = _row(ClockRule, rule_id)
    _fill(rule, values)
    for field in ("duration", "remind_before"):
        written = getattr(rule, field)
        try:
            if written:
                Duration.parse(written)
        except ValueError as error:
            raise Refused("invalid", str(error), fields={field: str(error)}) from error
    _free_position(ClockRule, rule)
    return _save(rule, "clockrule.changed", f"#{rule.position} {rule.clock}", actor)


@transaction.atomic
def remove_routing_rule(rule_id: int, *, actor: Actor) -> None:
    require(actor, "routing.manage")
    _remove(_row(RoutingRule, rule_id), "routing.removed", actor)


@transaction.atomic
def remove_clock_rule(rule_id: int, *, actor: Actor) -> None:
    require(actor, "clock.manage")
    _remove(_row(ClockRule, rule_id), "clockrule.removed", actor)


def _row(model: type[Row], row_id: int | None) -> Row:
    if row_id is None:
        return model()
    row = model._default_manager.select_for_update().filter(pk=row_id).first()
    if row is None:
        raise Refused("not_found", _("Dòng này không còn nữa. Tải lại danh sách."))
    return row


def _fill(row: models.Model, values: Mapping[str, Any], leave: tuple[str, ...] = ()) -> None:
    for name, value in values.items():
        if name not in leave:
            setattr(row, name, value)


def _free_position(model: type[RoutingRule] | type[ClockRule], rule: RoutingRule | ClockRule) -> None:
    if model._default_manager.filter(kind=rule.kind, position=rule.position).exclude(pk=rule.pk).exists():
        words = _("Thứ tự %(position)d đã có quy tắc khác. Chọn số khác.") % {"position": rule.position}
        raise Refused("invalid", words, fields={"position": words})


def _save(row: Row, event: str, name: str, actor: Actor) -> Row:
    row.save()
    grow_rules_version()
    record(event, actor=actor, data={"name": name, "id": row.pk})
    return row


def _remove(rule: RoutingRule | ClockRule, event: str, actor: Actor) -> None:
    name = f"#{rule.position}"
    rule.delete()
    grow_rules_version()
    record(event, actor=actor, data={"name": name})
