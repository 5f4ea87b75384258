"""What gateways ask of us and tell us by: orders, requests, and how each source fares."""

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from motcua.kernel.org.queries import tree
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.payments.kind import BankAccount, Line
from motcua.kernel.payments.models import Attempt, SourceState
from motcua.kernel.payments.ports import GATEWAYS, About, Gateway, Order, about_case
from motcua.kernel.payments.queries.obligations import payer_of
from motcua.lib.errors import Refused


def references_of_requests(request_ids: Iterable[str]) -> Mapping[str, str]:
    """Request of a gateway → reference of what it pays; unknown ones are left out."""
    rows = Attempt.objects.filter(request_id__in=list(request_ids)).select_related("obligation")
    return {row.request_id: row.obligation.reference for row in rows}


def get_gateway(name: str) -> Gateway:
    gateway = GATEWAYS.get(name)
    if gateway is None or not gateway.is_configured():
        raise Refused("not_found", _("Không có cổng thanh toán này."))
    return gateway


def gateways_in_use() -> list[Gateway]:
    return [gateway for gateway in GATEWAYS.values() if gateway.is_configured()]


def order_of(attempt: Attempt) -> Order:
    obligation = attempt.obligation
    unit = tree().unit(obligation.unit_id)
    know = about_case.get(obligation.case.kind)
    about = (know(obligation.case_id) if know else None) or About()
    lines = [Line.from_json(line) for line in obligation.lines if line["amount"]]
    return Order(
        request_id=attempt.request_id,
        reference=obligation.reference,
        amount=attempt.amount,
        lines=lines,
        case_code=obligation.case.code,
        procedure_code=about.procedure_code,
        procedure_name=about.procedure_name,
        unit_code=unit.code,
        unit_name=unit.name,
        to=BankAccount(obligation.bank_bin, obligation.account, obligation.account_name, obligation.bank),
        payer=payer_of(obligation.payer_sealed),
        province=str(city_setting("pack", "province", "")),
        purpose=f"{obligation.reference} {', '.join(line.name for line in lines)}"[:200],
        # Whoever goes there comes back by what opens the case to them: no link to pay travels through the gateway.
        back_url=f"{settings.PUBLIC_URL}{reverse('follow')}?{urlencode({'code': obligation.case.code})}",
        at=timezone.localtime(attempt.created_at),
    )


def source_states() -> dict[str, SourceState]:
    return {row.name: row for row in SourceState.objects.all()}


def troubled_attempts(gateway: str, limit: int = 20) -> list[Attempt]:
    """Requests that the gateway did not take, newest first."""
    rows = Attempt.objects.filter(gateway=gateway).exclude(error="").select_related("obligation__case")
    return list(rows.order_by("-id")[:limit])
