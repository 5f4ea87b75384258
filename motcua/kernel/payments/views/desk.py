"""Lists of money for clerks: what waits for them first."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from motcua.kernel.identity.queries import may_somewhere
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.payments.forms import FindForm
from motcua.kernel.payments.kind import STATE_TONES, Line, Means, Outcome, Reason, RefundState, State
from motcua.kernel.payments.models import Obligation, Payment, Refund
from motcua.kernel.payments.queries import desk
from motcua.lib.codes import row_number

TABS = (
    ("payments", _("Tiền cần xem"), "payments", "payment.read"),
    ("owed", _("Chờ nộp"), "payments_owed", "payment.read"),
    ("all", _("Mọi khoản thu"), "payments_all", "payment.read"),
    ("refunds", _("Hoàn tiền"), "payment_refunds", "payment.read"),
    ("receipts", _("Biên lai"), "payment_receipts", "payment.read"),
    ("files", _("Đối soát"), "bank_files", "payment.reconcile"),
    ("sources", _("Đường báo tiền"), "payment_sources", "system.watch"),
)
OUTCOME_TONES = {
    Outcome.EXACT: ("ok", "circle-check"),
    Outcome.PARTIAL: ("warn", "coin"),
    Outcome.OVER: ("warn", "coin"),
    Outcome.DOUBLE: ("warn", "copy"),
    Outcome.LATE: ("warn", "clock-exclamation"),
    Outcome.UNKNOWN: ("bad", "help-circle"),
}
REFUND_TONES = {
    RefundState.ASKED: ("warn", "hourglass"),
    RefundState.APPROVED: ("info", "check"),
    RefundState.REFUSED: ("neutral", "ban"),
    RefundState.PAID: ("ok", "circle-check"),
}


def obligation_line(row: Obligation) -> dict[str, Any]:
    tone, icon = STATE_TONES[State(row.state)]
    return {
        "row": row,
        "state": State(row.state).label,
        "tone": tone,
        "icon": icon,
        "what": Line.from_json(row.lines[0]).said,
    }


def payment_line(row: Payment) -> dict[str, Any]:
    tone, icon = OUTCOME_TONES[Outcome(row.outcome)]
    return {
        "row": row,
        "outcome": Outcome(row.outcome).label,
        "reason": Reason(row.reason).label if row.reason else "",
        "means": Means(row.means).label,
        "tone": tone,
        "icon": icon,
        "open": row.surplus - row.returned,
    }


def refund_line(row: Refund) -> dict[str, Any]:
    tone, icon = REFUND_TONES[RefundState(row.state)]
    return {"row": row, "state": RefundState(row.state).label, "tone": tone, "icon": icon}


def before(request: Request) -> int | None:
    asked = request.GET.get("before", "")
    return row_number(asked)


def paged(request: Request, rows: Any, *, newest_first: bool = True) -> tuple[list[Any], str]:
    """One page, and the address of the next."""
    start = before(request)
    if start is not None:
        rows = rows.filter(pk__lt=start) if newest_first else rows.filter(pk__gt=start)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: desk.PAGE + 1])
    query = request.GET.copy()
    if len(found) > desk.PAGE:
        query["before"] = str(found[desk.PAGE - 1].pk)
        return found[: desk.PAGE], f"?{query.urlencode()}"
    return found, ""


def show(request: Request, tab: str, template: str, context: dict[str, Any]) -> HttpResponse:
    tabs = [(name, words, url) for name, words, url, permission in TABS if may_somewhere(request.actor, permission)]
    return render(request, f"payments/desk/{template}", {"tabs": tabs, "tab": tab, **context})


@requires("payment.read")
@never_cache
@require_safe
def waiting(request: Request) -> HttpResponse:
    rows, older = paged(request, desk.open_payments(request.actor), newest_first=False)
    return show(request, "payments", "waiting.html", {"lines": [payment_line(row) for row in rows], "older_url": older})


@requires("payment.read")
@never_cache
@require_safe
def owed(request: Request) -> HttpResponse:
    rows, older = paged(request, desk.owed(request.actor))
    return show(
        request, "owed", "obligations.html", {"lines": [obligation_line(row) for row in rows], "older_url": older}
    )


@requires("payment.read")
@never_cache
@require_safe
def everything(request: Request) -> HttpResponse:
    form = FindForm(request.GET)
    words = form.cleaned_data["q"] if form.is_valid() else ""
    rows, older = paged(request, desk.all_obligations(request.actor, words))
    context = {"lines": [obligation_line(row) for row in rows], "older_url": older, "form": form}
    return show(request, "all", "obligations.html", context)


@requires("payment.read")
@never_cache
@require_safe
def refunds(request: Request) -> HttpResponse:
    rows, older = paged(request, desk.open_refunds(request.actor), newest_first=False)
    return show(request, "refunds", "refunds.html", {"lines": [refund_line(row) for row in rows], "older_url": older})


@requires("payment.read")
@never_cache
@require_safe
def receipts(request: Request) -> HttpResponse:
    rows, older = paged(request, desk.receipts(request.actor))
    context = {"rows": rows, "older_url": older, "may_replace": may_somewhere(request.actor, "payment.receipt")}
    return show(request, "receipts", "receipts.html", context)
