"""Which papers a person must bring, and which the house gets itself: “6 giấy → 2”."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _

from motcua.kernel.procedures.kind import Body, Mistake, Paper
from motcua.kernel.procedures.models import ProcedureVersion
from motcua.kernel.procedures.ports import stored_results
from motcua.kernel.procedures.queries.catalogue import as_version
from motcua.kernel.registries.queries import down_registries

if TYPE_CHECKING:
    from motcua.kernel.forms.kind import Form
    from motcua.kernel.identity.kind import Actor

How = Literal["bring", "form", "registry", "store", "maybe"]


@dataclass(frozen=True, slots=True)
class Need:
    """How a paper comes: ``bring`` it, fill it in here (``form``), from a ``registry``, from one's own ``store``; or
    only where it applies (``maybe``). ``is_outage``: a registry would supply it, but does not answer now. ``depends``:
    on answers that nobody has given yet."""

    paper: Paper
    how: How
    is_outage: bool = False
    depends: bool = False

    @property
    def is_free(self) -> bool:
        return self.how in ("form", "registry", "store")


@dataclass(frozen=True, slots=True)
class Needs:
    each: tuple[Need, ...]

    @property
    def listed(self) -> int:
        """What the law lists for this case, without what only applies to some."""
        return sum(need.how != "maybe" and not need.depends for need in self.each)

    @property
    def to_bring(self) -> int:
        return sum(need.how == "bring" for need in self.each)

    @property
    def is_less(self) -> bool:
        return self.to_bring < self.listed


def needs_of(
    papers: Sequence[Paper], actor: "Actor", *, is_online: bool = True, answers: Mapping[str, Any] | None = None
) -> Needs:
    """``is_online``: can the form be filled in here? With ``answers`` those that they ask for; without, all, and of
    those that depend on an answer it is said so."""
    asked = [paper for paper in papers if answers is None or paper.is_asked(answers)]
    stored = set(stored_results(actor, {paper.from_result for paper in asked if paper.from_result}))
    down = down_registries() if any(paper.registry for paper in asked) else frozenset[str]()
    return Needs(
        tuple(_need(paper, stored, down, is_online=is_online, is_known=answers is not None) for paper in asked)
    )


def _need(paper: Paper, stored: Collection[str], down: Collection[str], *, is_online: bool, is_known: bool) -> Need:
    depends = bool(paper.when) and not is_known
    if paper.by_form and is_online:
        return Need(paper, "form", depends=depends)
    if paper.from_result in stored and paper.from_result:
        return Need(paper, "store", depends=depends)
    if paper.registry and paper.registry not in down:
        return Need(paper, "registry", depends=depends)
    how: How = "bring" if (paper.registry or paper.required) and not depends else "maybe"
    return Need(paper, how, is_outage=bool(paper.registry), depends=depends)


def unknown_names(body: Body, form: "Form") -> list[Mistake]:
    """Conditions that look at what the form does not ask: they would silently never hold."""
    return [
        Mistake(path, _("không có ô “{name}”").format(name=name))
        for path, names in body.conditional()
        for name in sorted(names)
        if not form.asks(name)
    ]


def broken_by(key: str, form: "Form") -> list[str]:
    """Conditions of procedures that would look at nothing if ``form`` came into force under ``key``."""
    rows = ProcedureVersion.objects.filter(
        state=ProcedureVersion.State.PUBLISHED, procedure__ended_on=None, body__form=key
    ).select_related("procedure")
    return [f"{row.procedure.code} {mistake}" for row in rows for mistake in unknown_names(as_version(row).body, form)]
