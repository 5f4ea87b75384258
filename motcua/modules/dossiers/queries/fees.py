"""What a dossier costs, by the rules of its procedure's version and the prices of a day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.queries.accounts import fee_tables
from motcua.kernel.procedures.kind import Body, Fee
from motcua.lib.fees import Claimed, FeeError, amount


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
