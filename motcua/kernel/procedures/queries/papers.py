"""Which papers a person must bring, and which the house gets itself: “6 giấy → 2”."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from motcua.kernel.procedures.kind import Paper
from motcua.kernel.procedures.ports import stored_results
from motcua.kernel.registries.queries import down_registries

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

How = Literal["bring", "form", "registry", "store", "maybe"]


@dataclass(frozen=True, slots=True)
class Need:
    """How a paper comes: ``bring`` it, fill it in here (``form``), from a ``registry``, from one's own ``store``; or
    only where it applies (``maybe``). ``is_outage``: a registry would supply it, but does not answer now."""

    paper: Paper
    how: How
    is_outage: bool = False

    @property
    def is_free(self) -> bool:
        return self.how in ("form", "registry", "store")


@dataclass(frozen=True, slots=True)
class Needs:
    each: tuple[Need, ...]

    @property
    def listed(self) -> int:
        """What the law lists for this case, without what only applies to some."""
        return sum(need.how != "maybe" for need in self.each)

    @property
    def to_bring(self) -> int:
        return sum(need.how == "bring" for need in self.each)

    @property
    def is_less(self) -> bool:
        return self.to_bring < self.listed


def needs_of(papers: Sequence[Paper], actor: "Actor", *, is_online: bool = True) -> Needs:
    """``is_online``: can the form be filled in here?"""
    stored = set(stored_results(actor, {paper.from_result for paper in papers if paper.from_result}))
    down = down_registries() if any(paper.registry for paper in papers) else frozenset[str]()
    return Needs(tuple(_need(paper, stored, down, is_online=is_online) for paper in papers))


def _need(paper: Paper, stored: Collection[str], down: Collection[str], *, is_online: bool) -> Need:
    if paper.by_form and is_online:
        return Need(paper, "form")
    if paper.from_result in stored and paper.from_result:
        return Need(paper, "store")
    if paper.registry:
        is_outage = paper.registry in down
        return Need(paper, "bring" if is_outage else "registry", is_outage)
    return Need(paper, "bring" if paper.required else "maybe")
