"""What a dossier costs, by the rules of its procedure's version and the prices of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.ports import About
from motcua.kernel.payments.queries.accounts import fee_tables
from motcua.kernel.procedures.kind import Body, Fee
from motcua.kernel.procedures.queries.catalogue import version
from motcua.lib.fees import Claimed, FeeError, amount
from motcua.modules.dossiers.models import Dossier


def charges(
    body: Body,
    answers: Mapping[str, Any],
    *,
    way: str,
    on: date,
    when: str = "",
    exemptions: Mapping[str, Claimed] | None = None,
) -> list[Line]:
    """Lines to pay, also those of nothing, which say why. ``when``: accept | supplement | result; empty takes all.

    ``exemptions``: fee code → what is claimed. A fee whose answers are not there yet is left out (``open_fees``).
    """
    found = []
    for fee in body.fees:
        if when and fee.when != when:
            continue
        try:
            reckoned = amount(
                fee.parsed,
                answers,
                way=way,
                on=on,
                tables=fee_tables(),
                exemption=(exemptions or {}).get(fee.code),
            )
        except FeeError:
            continue
        found.append(Line.of(fee.code, fee.name, fee.kind, reckoned, name_en=fee.name_en))
    return found


def open_fees(body: Body, answers: Mapping[str, Any], *, way: str, on: date) -> list[Fee]:
    """Fees that cannot be reckoned from these answers; an official says the amount."""
    known = {line.code for line in charges(body, answers, way=way, on=on)}
    return [fee for fee in body.fees if fee.code not in known]


def procedure_of(case_id: int) -> About | None:
    """MaTTHC and TenTTHC, which the national payment platform asks for with each order."""
    number = Dossier.objects.values_list("version_id", flat=True).filter(pk=case_id).first()
    if number is None:
        return None
    body = version(number).body
    return About(body.code, body.name)
