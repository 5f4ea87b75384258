"""What a dossier costs, by the rules of its procedure's version and the prices of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from motcua.kernel.identity.queries import organisation_of_case
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.kind import Line, Payer
from motcua.kernel.payments.ports import About
from motcua.kernel.payments.queries.accounts import fee_tables
from motcua.kernel.procedures.kind import Body, Fee
from motcua.kernel.procedures.queries.catalogue import version
from motcua.lib.fees import Claimed, FeeError, amount
from motcua.modules.dossiers.models import Claim, Dossier

if TYPE_CHECKING:
    from motcua.modules.dossiers.queries.reading import Whole


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


def fees_due(found: Whole, when: str) -> list[Line]:
    """What the procedure asks for at this moment, with the claims that stand in it."""
    claims = claimed(claims_of(found.case.id))
    return charges(
        found.version.body, found.answers, way=found.dossier.way, on=local_today(), when=when, exemptions=claims
    )


def open_fees(body: Body, answers: Mapping[str, Any], *, way: str, on: date) -> list[Fee]:
    """Fees that cannot be reckoned from these answers; an official says the amount."""
    known = {line.code for line in charges(body, answers, way=way, on=on)}
    return [fee for fee in body.fees if fee.code not in known]


def claimable(body: Body, answers: Mapping[str, Any], *, way: str, on: date) -> list[tuple[Fee, Line]]:
    """Fees of which somebody may be exempt, with what they come to otherwise."""
    lines = {line.code: line for line in charges(body, answers, way=way, on=on)}
    return [(fee, lines[fee.code]) for fee in body.fees if fee.exempt and fee.code in lines and lines[fee.code].amount]


def claims_of(case_id: int) -> list[Claim]:
    return list(Claim.objects.filter(case_id=case_id).order_by("id"))


def claimed(claims: Iterable[Claim]) -> dict[str, Claimed]:
    """Those that stand, for ``charges``."""
    return {one.fee_code: Claimed(one.code, one.evidence) for one in claims if one.refused_at is None}


def payer_for(case_id: int) -> Payer | None:
    """The organisation that a dossier is for; None: the applicant, by their card."""
    number = Dossier.objects.values_list("organisation_id", flat=True).get(pk=case_id)
    if number is None:
        return None
    organisation = organisation_of_case(number)
    return Payer(organisation.name, "", organisation.tax_code)


def procedure_of(case_id: int) -> About | None:
    """MaTTHC and TenTTHC, which the national payment platform asks for with each order."""
    number = Dossier.objects.values_list("version_id", flat=True).filter(pk=case_id).first()
    if number is None:
        return None
    body = version(number).body
    return About(body.code, body.name)
