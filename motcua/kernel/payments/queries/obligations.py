"""What is owed: of a case, for whoever holds the link to pay, and the right to see it on the desk."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import REPORTERS, PartyRole
from motcua.kernel.cases.queries.people import has_part, parties
from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.queries import opened_whole, require, sealer, unit_ids_within
from motcua.kernel.identity.queries.proofs import is_proof, proof
from motcua.kernel.org.queries import tree
from motcua.kernel.payments.kind import Means, Payer
from motcua.kernel.payments.models import Obligation, Payment
from motcua.lib.errors import Refused

PURPOSE = "motcua.payment"
_LINK = re.compile(r"(\d{1,18})(?:-(\d{1,18}))?", re.ASCII)


def obligations(case_ids: Iterable[int]) -> dict[int, list[Obligation]]:
    """What each case owes or owed, oldest first. The caller may see the cases."""
    found: dict[int, list[Obligation]] = {}
    for row in Obligation.objects.filter(case_id__in=list(case_ids)).order_by("id"):
        found.setdefault(row.case_id, []).append(row)
    return found


def paid_from_afar(obligation_ids: Iterable[int]) -> frozenset[int]:
    """Those for which money came by transfer or through a gateway, not over the counter."""
    came = Payment.objects.filter(obligation_id__in=list(obligation_ids), means__in=(Means.BANK, Means.GATEWAY))
    return frozenset(came.values_list("obligation_id", flat=True))


def not_found() -> Refused:
    return Refused("not_found", _("Không tìm thấy khoản tiền này."))


def get_obligation(obligation_id: int, *, actor: Actor, to: str = "payment.read", lock: bool = False) -> Obligation:
    """The obligation, if ``actor`` may do ``to`` with it. ``lock`` holds its case's row, then its own: always in this
    order, which every writer of a case follows."""
    found = Obligation.objects.filter(pk=obligation_id).first()
    if found is None:
        raise not_found()
    require(actor, to, unit_path=tree().path(found.unit_id))
    return lock_obligation(obligation_id, found.case_id) if lock else found


def lock_obligation(obligation_id: int, case_id: int) -> Obligation:
    get_case(case_id, actor=SYSTEM, lock=True)
    return Obligation.objects.select_for_update(of=("self",)).get(pk=obligation_id)


def money_path(unit_id: int | None) -> str:
    """Where money stands in the tree; what came to nobody's account stands at the top."""
    units = tree()
    return units.path(unit_id) if unit_id is not None else units.in_force[0].path


def within(actor: Actor, permission: str = "payment.read") -> Q:
    """The row filter of every list of obligations, payments and bank files."""
    ids = unit_ids_within(actor, permission)
    return Q() if ids is None else Q(unit_id__in=ids)


# ── The link to pay ─────────────────────────────────────────────────────────────────────────────────────────────────


def pay_token(obligation_id: int, person_id: int | None = None) -> str:
    """What stands in ``/thanh-toan/<token>/``: numbers and a proof, derived, never stored.

    Given to somebody of the case (``person_id``: their card), it opens as long as they are: with an authorisation that
    ends it closes. The others' go on. Without, as officials hand it out, it always opens."""
    link = f"{obligation_id}-{person_id}" if person_id is not None else str(obligation_id)
    return f"{link}.{proof(PURPOSE, link)}"


def pay_url(obligation_id: int, person_id: int | None = None) -> str:
    return f"{settings.PUBLIC_URL}{reverse('pay', args=[pay_token(obligation_id, person_id)])}"


def read_pay_token(token: str) -> Obligation:
    """Refused("not_found") for anything that is not one of our links, and for whom it was given to, who has no part in
    the case any more."""
    link, _dot, proved = token.partition(".")
    numbers = _LINK.fullmatch(link)
    if numbers is not None and is_proof(PURPOSE, link, proved):
        found = Obligation.objects.select_related("case").filter(pk=int(numbers[1])).first()
        if found is not None and (numbers[2] is None or has_part(found.case_id, int(numbers[2]))):
            return found
    raise Refused("not_found", _("Đường dẫn nộp tiền không đúng. Mở lại từ tin nhắn hoặc từ trang hồ sơ."))


# ── Sealed ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def sealed(values: Mapping[str, Any]) -> bytes:
    """Nothing but empty values stays empty."""
    return sealer().seal(json.dumps(dict(values), ensure_ascii=False)) if any(values.values()) else b""


def opened(content: bytes | memoryview) -> dict[str, Any]:
    text = sealer().open(content)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def sealed_payer(payer: Payer) -> bytes:
    return sealed(asdict(payer))


def payer_in(case_id: int) -> Payer:
    """Whose case it is: the applicant, else whoever reported."""
    people = [party for party in parties(case_id) if party.person is not None and party.role in REPORTERS]
    people.sort(key=lambda party: party.role != PartyRole.APPLICANT)
    if not people or people[0].person is None:
        return Payer()
    card = opened_whole(people[0].person)
    return Payer(card.name, str(card.address.get("line", "")), card.national_id)


def payer_of(content: bytes | memoryview) -> Payer:
    return Payer(**opened(content))
