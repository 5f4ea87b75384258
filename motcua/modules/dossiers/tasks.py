"""What the worker and the inbox call: money that came in, signatures that were given, moves of many dossiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import Bulk
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.apologising import ask_extension_dossier, extend_dossier, why_no_extension
from motcua.modules.dossiers.actions.consulting import assign_consultation
from motcua.modules.dossiers.actions.inheriting import inherit_dossier
from motcua.modules.dossiers.actions.money import settle_if_paid
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier
from motcua.modules.dossiers.actions.results import go_on_when_signed
from motcua.modules.dossiers.actions.working import assign_dossier
from motcua.modules.dossiers.forms.desk import ApologyForm
from motcua.modules.dossiers.kind import CONSULTATION_KIND, KIND

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event
    from motcua.kernel.identity.kind import Actor


def _number(value: str) -> int:
    if (number := row_number(value)) is None:
        raise Refused("invalid", _("Chọn một mục trong danh sách."))
    return number


def _assign(case_id: int, actor: Actor, value: str) -> object:
    return assign_dossier(case_id, actor=actor, officer_id=_number(value))


def _assign_consultation(case_id: int, actor: Actor, value: str) -> object:
    return assign_consultation(case_id, actor=actor, officer_id=_number(value))


def _apologise(action: Callable[..., object]) -> Bulk:
    def run(case_id: int, actor: Actor, value: Mapping[str, Any]) -> object:
        return action(case_id, actor=actor, reason=value["reason"], longer=value["longer"])

    return Bulk(run, "form", ApologyForm, why_no_extension)


# What signs a document is done where it is read: in the leader's queue, which names the version that was on the page.
BULK: dict[tuple[str, str], Bulk] = {
    (KIND, "accept"): Bulk(lambda case_id, actor, value: accept_dossier(case_id, actor=actor)),
    (KIND, "hand_over"): Bulk(lambda case_id, actor, value: hand_over_dossier(case_id, actor=actor)),
    (KIND, "assign"): Bulk(_assign, "officer"),
    (KIND, "ask_extension"): _apologise(ask_extension_dossier),
    (KIND, "extend"): _apologise(extend_dossier),
    (CONSULTATION_KIND, "assign"): Bulk(_assign_consultation, "officer"),
}


def follow(events: Sequence[Event]) -> None:
    """Reader ``dossiers``."""
    for event in events:
        if event.name == "payment.settled" and event.case_id is not None:
            settle_if_paid(event.case_id)
        elif event.name == "case.inherited" and event.case_id is not None:
            inherit_dossier(event.case_id, before=str(event.data["before"]))
        elif event.name == "signing.done":
            kind, _sep, number = str(event.data.get("about", "")).partition(":")
            if kind == "dossier" and number.isdecimal():
                go_on_when_signed(int(number))
