"""The page of whoever pays: what for, how much, the VietQR code, and whether it arrived."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.queries.people import own_parties
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.views import Request, public
from motcua.kernel.payments.actions.gateways import note_attempt, start_attempt
from motcua.kernel.payments.kind import STATE_TONES, Charge, State
from motcua.kernel.payments.models import Receipt
from motcua.kernel.payments.queries.gateways import gateways_in_use, get_gateway, order_of
from motcua.kernel.payments.queries.obligations import read_pay_token
from motcua.kernel.payments.queries.paying import PayPage, open_attempt, pay_page, receipt_of
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.money import money_in_words

QUICK_POLLS = 200  # every 3 seconds for 10 minutes, then every 30


def _private(response: HttpResponse) -> HttpResponse:
    """Holding the address is the right to read it: it must not travel on. Not "no-referrer": a browser would send the
    page's own forms without saying where they come from, and they would be refused."""
    response["Referrer-Policy"] = "same-origin"
    return response


@public
@never_cache
@require_safe
def pay(request: Request, token: str) -> HttpResponse:
    """Whoever pays for somebody else may hold the link alone; the people of the case find their way back to it."""
    page = pay_page(token)
    case = page.obligation.case
    case_url = KINDS[case.kind].public_url(case.code) if own_parties(case.pk, request.actor) else ""
    return _private(render(request, "payments/portal/pay.html", {**_context(page, 0), "case_url": case_url}))


@public
@never_cache
@require_safe
def state(request: Request, token: str) -> HttpResponse:
    """The part of the page that changes. It asks again by itself for as long as something may come."""
    asked = request.GET.get("lan", "")
    polls = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    return _private(render(request, "payments/portal/_state.html", _context(pay_page(token), polls + 1)))


def _context(page: PayPage, polls: int) -> dict[str, object]:
    english = (get_language() or "vi").startswith("en")
    obligation_state = State(page.obligation.state)
    tone, icon = STATE_TONES[obligation_state]
    return {
        "page": page,
        "obligation": page.obligation,
        "state": obligation_state.label,
        "tone": tone,
        "icon": icon,
        "lines": [
            {
                "name": line.said,
                "kind": Charge(line.kind).label,
                "amount": line.amount,
                "why": line.explained,
            }
            for line in page.lines
        ],
        "words": "" if english else money_in_words(page.obligation.amount),
        "qr": page.qr_svg() if page.transfer else "",
        "qr_png": page.qr_png() if page.transfer else "",
        "gateways": [
            {"gateway": gateway, "attempt": open_attempt(page.obligation, gateway.name)}
            for gateway in (gateways_in_use() if page.is_owed else ())
        ],
        "polls": polls,
        "every": "3s" if polls < QUICK_POLLS else "30s",
        "is_waiting": page.is_owed or any(receipt.file_id is None for receipt in page.receipts),
    }


@public
@require_POST
def start_gateway(request: Request, token: str, name: str) -> HttpResponse:
    """Asks the gateway for the place to pay, and shows the way there: a form may not end at another house."""
    gateway = get_gateway(name)
    attempt = start_attempt(read_pay_token(token).pk, name)
    if not attempt.url:
        try:
            url = gateway.start(order_of(attempt))
        except ConnectorError as error:
            note_attempt(attempt.pk, error=str(error), is_permanent=error.permanent)
            words = _("%(gateway)s chưa trả lời. Bạn thử lại sau ít phút, hoặc chuyển khoản bằng mã VietQR.")
            raise Refused("unavailable", words % {"gateway": gateway.label}) from error
        note_attempt(attempt.pk, url=url)
    return HttpResponseRedirect(f"{reverse('pay', args=[token])}#cong-{name}")


@public
@never_cache
@require_safe
def receipt(request: Request, token: str, receipt_id: int) -> HttpResponse:
    return _private(receipt_response(receipt_of(token, receipt_id)))


def receipt_response(found: Receipt) -> HttpResponse:
    if found.file_id is None:
        raise Refused("not_ready", _("Biên lai đang được lập, bạn mở lại sau vài giây."))
    response = HttpResponse(content_of(found.file_id), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="bien-lai-{found.shown_number}.pdf"'
    return response
