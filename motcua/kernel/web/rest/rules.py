"""What cases are about, where they go and how long that takes. The pages' own forms say what is wrong with a change."""

import copy
from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status
from pydantic import Field

from motcua.kernel.cases.actions import rules as actions
from motcua.kernel.cases.forms.rules import CategoryForm, ClockRuleForm, RoutingRuleForm
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.rules import categories, rules
from motcua.kernel.cases.rest import cleaned
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.views import Request, public, requires
from motcua.lib.errors import Refused
from motcua.lib.wire import Code, Day, Id, Words

router = Router(tags=["cases"])
Codes = list[Code]
Form = type[django_forms.ModelForm]  # type: ignore[type-arg]


def _gone() -> Refused:
    return Refused("not_found", _("Dòng này không còn nữa. Tải lại danh sách."))


def _change(save: Callable[..., Any], form: Form, row: Any, given: dict[str, Any], actor: Actor) -> Any:
    """Only what was given is written; the form looks at all of it together."""
    whole = model_to_dict(row, fields=form._meta.fields) | given
    values = cleaned(form(whole, instance=copy.copy(row)))
    return save(row.pk, {name: values[name] for name in given if name in values}, actor=actor)


# ── Categories ──────────────────────────────────────────────────────────────────────────────────────────────────────


class CategoryOut(Schema):
    code: str
    kind: str
    name: str
    name_en: str
    parent: str | None  # code
    is_group: bool  # cannot be chosen
    is_public: bool  # cases of others are never published
    icon: str
    urgency: str
    guidance: str
    guidance_en: str
    keywords: list[str]
    attributes: list[dict[str, Any]]  # questions, as in Open311

    @classmethod
    def of(cls, one: Any, *, is_group: bool) -> "CategoryOut":
        return cls(
            code=one.code,
            kind=one.kind,
            name=one.name,
            name_en=one.name_en,
            parent=rules().categories[one.parent_id].code if one.parent_id else None,
            is_group=is_group,
            is_public=one.is_public,
            icon=one.icon,
            urgency=one.urgency,
            guidance=one.guidance,
            guidance_en=one.guidance_en,
            keywords=list(filter(None, one.keywords.split("|"))),
            attributes=one.attributes,
        )


@router.get("/categories", response=list[CategoryOut])
@public
def list_categories(request: Request, kind: Code = "incident") -> list[CategoryOut]:
    """What a case can be about, in force today."""
    found = categories(kind)
    parents = {one.parent_id for one in found}
    return [CategoryOut.of(one, is_group=one.id in parents) for one in found]


class CategoryIn(Schema):
    """``parent``: code of a group; "" for none. ``keywords`` with ``|`` between them."""

    name: Words = ""
    name_en: Words = ""
    parent: Words = ""
    icon: Words = "point"
    urgency: Words = "binh_thuong"
    is_public: bool = True
    position: int = 0
    guidance: Words = ""
    guidance_en: Words = ""
    keywords: Words = ""
    valid_from: Day | None = None
    valid_to: Day | None = None


class NewCategoryIn(CategoryIn):
    kind: Words = "incident"
    code: Code


def _given(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """By the names of the page's form."""
    if values.get("parent"):
        parent = rules().category(kind, values["parent"])
        values["parent"] = parent.id if parent else 0
    return values


def _category_out(row: Any) -> CategoryOut:
    return CategoryOut.of(row, is_group=any(one.parent_id == row.pk for one in categories(row.kind)))


@router.post("/categories", response={201: CategoryOut})
@requires("category.manage")
def add_category(request: Request, body: NewCategoryIn) -> Status[CategoryOut]:
    """Something else that a case can be about. Its questions are typed into the pack."""
    form = CategoryForm(_given(body.kind, body.model_dump()))
    return Status(201, _category_out(actions.save_category(None, cleaned(form), actor=request.actor)))


@router.patch("/categories/{kind}/{code}", response=CategoryOut)
@requires("category.manage")
def change_category(request: Request, kind: Code, code: Code, body: CategoryIn) -> CategoryOut:
    """What is left out stays. Its code never changes; ``valid_to`` ends it."""
    row = next((one for one in categories(kind) if one.code == code), None) or rules().category(kind, code)
    if row is None:
        raise _gone()
    given = _given(kind, body.model_dump(exclude_unset=True))
    return _category_out(_change(actions.save_category, CategoryForm, row, given, request.actor))


# ── Where cases go ──────────────────────────────────────────────────────────────────────────────────────────────────


class RoutingRuleOut(Schema):
    id: int
    kind: str
    position: int
    categories: list[str]
    areas: list[str]
    hours: str
    target: str
    reason: str


@router.get("/rules/routing", response=list[RoutingRuleOut])
@requires("routing.manage")
def routing_rules(request: Request) -> list[Any]:
    """Where cases go: the first that matches decides."""
    return [rule for kind in KINDS for rule in rules().routing.get(kind, [])]


class RoutingRuleIn(Schema):
    """``target``: a unit's code, or ``commune`` or ``office:<end of its code>`` of the place. No categories or areas:
    all of them. ``hours``: "" | working | off."""

    kind: Words = "incident"
    position: int = 0
    categories: Codes = Field(default_factory=list, max_length=1000)
    areas: Codes = Field(default_factory=list, max_length=1000)
    hours: Words = ""
    target: Words = ""
    reason: Words = ""


@router.post("/rules/routing", response={201: RoutingRuleOut})
@requires("routing.manage")
def add_routing_rule(request: Request, body: RoutingRuleIn) -> Status[Any]:
    """Two rules cannot stand at the same place in the order."""
    return Status(
        201, actions.save_routing_rule(None, cleaned(RoutingRuleForm(body.model_dump())), actor=request.actor)
    )


@router.patch("/rules/routing/{rule_id}", response=RoutingRuleOut)
@requires("routing.manage")
def change_routing_rule(request: Request, rule_id: Id, body: RoutingRuleIn) -> Any:
    """What is left out stays. Cases that run keep what they began with."""
    row = next((rule for held in rules().routing.values() for rule in held if rule.pk == rule_id), None)
    if row is None:
        raise _gone()
    given = body.model_dump(exclude_unset=True)
    return _change(actions.save_routing_rule, RoutingRuleForm, row, given, request.actor)


@router.delete("/rules/routing/{rule_id}", response={204: None})
@requires("routing.manage")
def remove_routing_rule(request: Request, rule_id: Id) -> Status[None]:
    """The next that matches decides from now on."""
    actions.remove_routing_rule(rule_id, actor=request.actor)
    return Status(204, None)


# ── How long that takes ─────────────────────────────────────────────────────────────────────────────────────────────


class ClockRuleOut(Schema):
    id: int
    kind: str
    position: int
    clock: str
    categories: list[str]
    areas: list[str]
    urgencies: list[str]
    duration: str
    after: str
    remind_before: str
    escalate_to: str
    start_rule: str
    basis: str


@router.get("/rules/clocks", response=list[ClockRuleOut])
@requires("clock.manage")
def clock_rules(request: Request) -> list[Any]:
    """What is promised: for each clock the first that matches decides."""
    return [rule for kind in KINDS for rule in rules().clocks.get(kind, [])]


class ClockRuleIn(Schema):
    """``duration`` and ``remind_before`` as people write them: "3 ngày làm việc"; "": no such promise. ``after``:
    opened, or the clock whose end starts this one. ``escalate_to``: a role."""

    kind: Words = "incident"
    position: int = 0
    clock: Words = ""
    categories: Codes = Field(default_factory=list, max_length=1000)
    areas: Codes = Field(default_factory=list, max_length=1000)
    urgencies: Codes = Field(default_factory=list, max_length=10)
    duration: Words = ""
    after: Words = "opened"
    remind_before: Words = ""
    escalate_to: Words = ""
    start_rule: Words = "same_instant"
    basis: Words = ""


@router.post("/rules/clocks", response={201: ClockRuleOut})
@requires("clock.manage")
def add_clock_rule(request: Request, body: ClockRuleIn) -> Status[Any]:
    """For each clock the first rule that matches decides."""
    return Status(201, actions.save_clock_rule(None, cleaned(ClockRuleForm(body.model_dump())), actor=request.actor))


@router.patch("/rules/clocks/{rule_id}", response=ClockRuleOut)
@requires("clock.manage")
def change_clock_rule(request: Request, rule_id: Id, body: ClockRuleIn) -> Any:
    """What is left out stays. Cases that run keep what they began with."""
    row = next((rule for held in rules().clocks.values() for rule in held if rule.pk == rule_id), None)
    if row is None:
        raise _gone()
    return _change(actions.save_clock_rule, ClockRuleForm, row, body.model_dump(exclude_unset=True), request.actor)


@router.delete("/rules/clocks/{rule_id}", response={204: None})
@requires("clock.manage")
def remove_clock_rule(request: Request, rule_id: Id) -> Status[None]:
    """The next that matches decides from now on."""
    actions.remove_clock_rule(rule_id, actor=request.actor)
    return Status(204, None)
