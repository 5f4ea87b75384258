"""What is known already of whoever a dossier is for: their card, their store, the registers they agreed to have asked.

Not in a transaction: a register may lie outside, and be slow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from motcua.kernel.forms.kind import Prefilled, Words
from motcua.kernel.forms.queries.prefill import account_sources, card_sources
from motcua.kernel.identity.queries import card_of_giver
from motcua.kernel.registries.actions import look_up
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.queries import consent_of
from motcua.kernel.store.queries import prefill_values
from motcua.lib.errors import Refused
from motcua.modules.dossiers.queries.behalf import Behalf, proved_id, store_of

if TYPE_CHECKING:
    from motcua.kernel.forms.kind import Form
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.registries.ports import Record

STORE, REGISTRY, ORGANISATION = "store.", "registry.", "organisation."
BUSINESSES = "businesses"


def known_sources(form: Form, behalf: Behalf, procedure_code: str, *, actor: Actor) -> dict[str, Prefilled]:
    """By the name of the source. Of somebody else only what their authorisation lets the actor see, which is noted."""
    if actor.kind != "person" or actor.person_id is None:
        return {}
    found = _card(behalf, procedure_code, actor)
    found |= _stored(form, behalf, actor)
    wanted = {name.split(".")[1] for name in form.sources if name.startswith(REGISTRY)} & set(REGISTRIES)
    if behalf.representation is not None:
        found |= _organisation(behalf, wanted, actor)
        wanted -= {BUSINESSES}
    person_id = behalf.authorisation.giver_id if behalf.authorisation is not None else actor.person_id
    for name in sorted(wanted):
        if "national_id" in REGISTRIES[name].keys and consent_of(person_id, "prefill", name) is not None:
            found |= _registry(name, behalf, person_id, procedure_code, actor)
    return found


def _card(behalf: Behalf, procedure_code: str, actor: Actor) -> dict[str, Prefilled]:
    if behalf.authorisation is None:
        return account_sources(actor)
    card = card_of_giver(actor, behalf.authorisation.giver_id, procedure_code)
    return card_sources(card, Words(f"tài khoản của {behalf.name}", f"the account of {behalf.name}"))


def _stored(form: Form, behalf: Behalf, actor: Actor) -> dict[str, Prefilled]:
    """``store.<code>.<field>``; the newest paper of a code counts."""
    codes = {name.removeprefix(STORE).rpartition(".")[0] for name in form.sources if name.startswith(STORE)}
    rows = store_of(behalf, actor, codes)
    values = prefill_values([row.id for row in rows])
    found: dict[str, Prefilled] = {}
    for row in rows:
        words = Words(f"kho giấy tờ: {row.name}", f"stored papers: {row.name}")
        for field, value in {**values.get(row.id, {}), "number": row.number}.items():
            found.setdefault(f"{STORE}{row.code}.{field}", Prefilled(value, words, as_of=row.issued_on))
    return found


def _organisation(behalf: Behalf, wanted: set[str], actor: Actor) -> dict[str, Prefilled]:
    """Name and tax code as the representation was accepted; the rest from the register of businesses."""
    row = behalf.representation
    assert row is not None  # noqa: S101  the caller looked
    accepted = Words("tư cách đại diện đã được công nhận", "your accepted representation")
    found = {
        f"{ORGANISATION}{name}": Prefilled(value, accepted)
        for name, value in (("name", row.organisation), ("tax_code", row.tax_code))
    }
    if BUSINESSES not in wanted:
        return found
    try:
        answer = look_up(BUSINESSES, {"tax_code": row.tax_code}, actor=actor, purpose="procedure")
    except Refused:  # nothing is filled in; the person types it
        return found
    return found | _values(BUSINESSES, answer.record)


def _registry(name: str, behalf: Behalf, person_id: int, procedure_code: str, actor: Actor) -> dict[str, Prefilled]:
    """Nothing where they have not proved who they are, or the register is out: the person types it."""
    number = proved_id(behalf, procedure_code, actor=actor)
    if not number:
        return {}
    try:
        answer = look_up(
            name, {"national_id": number}, actor=actor, purpose="prefill", person_id=person_id,
            procedure_code=procedure_code,
        )  # fmt: skip
    except Refused:
        return {}
    return _values(name, answer.record)


def _values(name: str, record: Record | None) -> dict[str, Prefilled]:
    if record is None:
        return {}
    title = REGISTRIES[name].title
    words = Words(f"cơ sở dữ liệu “{title}”", f"the register “{title}”")
    return {
        f"{REGISTRY}{name}.{field}": Prefilled(value, words, as_of=record.as_of.date() if record.as_of else None)
        for field, value in record.values.items()
    }
