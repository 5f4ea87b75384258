"""Fees that must be paid before work goes on: the clocks wait for them (facts §1.6.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.moving import finish
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.moving import begin_move, pause, resume, unit_words

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def request_payment_dossier(
    case_id: int, *, actor: Actor, amount: int, what: str = "", version: int | None = None
) -> Case:
    """Ask for ``amount`` đồng; the obligation itself is kernel/payments'."""
    found, clocks = begin_move(case_id, "request_payment", actor=actor, version=version)
    if amount <= 0:
        words = _("Ghi số tiền phải nộp.")
        raise Refused("invalid", words, fields={"amount": words})
    pause(found, clocks)
    told = {"amount": f"{amount:,} đ".replace(",", "."), "what": what.strip(), **unit_words(found.case)}
    finish(found.case, "request_payment", actor=actor, clocks=clocks, data=told)
    return found.case


@transaction.atomic
def settle_dossier(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """It has been paid: the clocks go on where they stopped."""
    found, clocks = begin_move(case_id, "settle", actor=actor, version=version)
    state = resume(found, clocks)
    finish(found.case, "settle", actor=actor, clocks=clocks, to=state, data=unit_words(found.case))
    return found.case
