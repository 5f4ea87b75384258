"""One obligation, one payment, one receipt: everything a clerk does with them."""

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.payments import actions, forms
from motcua.kernel.payments.actions.receipts import replace_receipt
from motcua.kernel.payments.kind import BankAccount, Charge, Payer, ReceiptKind, ReceiptState
from motcua.kernel.payments.queries.desk import RefundRow, find_obligation, get_receipt, obligation_page, payment_page
from motcua.kernel.payments.queries.obligations import not_found, payer_of
from motcua.kernel.payments.queries.papers import receipt_xml
from motcua.kernel.payments.queries.paying import qr_svg
from motcua.kernel.payments.views.desk import obligation_line, payment_line, refund_line, show
from motcua.kernel.payments.views.paying import receipt_response
from motcua.lib.errors import Refused
from motcua.lib.money import money


def _done(form: Any, do: Callable[[], object]) -> bool:
    """The action with what was typed. Refused: the form says why, and keeps what was typed."""
    if not form.is_valid():
        return False
    try:
        do()
    except Refused as refused:
        if refused.code in ("not_found", "not_allowed"):
            raise
        add_refusal(form, refused)
        return False
    return True


def _answer(response: HttpResponse, *bound: django_forms.Form | None) -> HttpResponse:
    if any(form is not None and form.is_bound and form.errors for form in bound):
        response.status_code = 422
    return response


# ── An obligation ───────────────────────────────────────────────────────────────────────────────────────────────────


def _obligation(request: Request, obligation_id: int, **typed: django_forms.Form) -> HttpResponse:
    page = obligation_page(obligation_id, actor=request.actor)
    missing = money(page.obligation.missing, get_language())
    context = {
        "page": page,
        **obligation_line(page.obligation),
        "lines": [{"line": line, "kind": Charge(line.kind).label} for line in page.lines],
        "payments": [payment_line(row) for row in page.payments],
        "refunds": [refund_line(row) for row in page.refunds],
        "receipts": [
            {"row": row, "kind": ReceiptKind(row.kind).label, "state": ReceiptState(row.state).label}
            for row in page.receipts
        ],
        "qr": qr_svg(page.obligation),
        "cash_form": typed.get("cash") or forms.CashForm(initial={"amount": missing}),
        "cancel_form": typed.get("cancel") or forms.ReasonForm(prefix="cancel"),
    }
    return _answer(show(request, "all", "obligation.html", context), *typed.values())


@requires("payment.read")
@never_cache
@require_safe
def obligation(request: Request, obligation_id: int) -> HttpResponse:
    return _obligation(request, obligation_id)


@requires("payment.collect")
@require_POST
def collect(request: Request, obligation_id: int) -> HttpResponse:
    form = forms.CashForm(request.POST)
    if _done(form, lambda: actions.record_cash(obligation_id, actor=request.actor, **form.cleaned_data)):
        messages.success(request, _("Đã ghi nhận tiền."))
        return redirect("obligation", obligation_id)
    return _obligation(request, obligation_id, cash=form)


@requires("payment.match")
@require_POST
def cancel(request: Request, obligation_id: int) -> HttpResponse:
    page = obligation_page(obligation_id, actor=request.actor)
    if not page.may_cancel:
        raise Refused("not_allowed", _("Bạn không có quyền làm việc này."))
    form = forms.ReasonForm(request.POST, prefix="cancel")
    if _done(form, lambda: actions.cancel_obligation(obligation_id, actor=request.actor, **form.cleaned_data)):
        messages.success(request, _("Đã thôi thu khoản này."))
        return redirect("obligation", obligation_id)
    return _obligation(request, obligation_id, cancel=form)


# ── A payment ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _paid_out(row: RefundRow, data: Any = None) -> forms.PaidOutForm:
    return forms.PaidOutForm(data, prefix=f"pay{row.refund.pk}", needs_bank=row.needs_bank)


def _payment(request: Request, payment_id: int, **typed: django_forms.Form) -> HttpResponse:
    page = payment_page(payment_id, actor=request.actor)
    context = {
        "page": page,
        **payment_line(page.payment),
        "near": [obligation_line(row) for row in page.near],
        "refunds": [
            {**refund_line(row.refund), "page": row, "pay_form": _paid_out(row),
             "refuse_form": forms.ReasonForm(prefix=f"refuse{row.refund.pk}")}
            for row in page.refunds
        ],
        "match_form": typed.get("match") or forms.MatchForm(),
        "refund_form": typed.get("refund") or forms.RefundForm(
            prefix="refund",
            initial={
                "amount": money(page.refundable, get_language()),
                "account": page.payer.get("account", ""),
                "name": page.payer.get("name", ""),
            },
        ),
    }  # fmt: skip
    for row in context["refunds"]:
        for name in ("pay", "refuse"):
            if form := typed.get(f"{name}{row['row'].pk}"):
                row[f"{name}_form"] = form
    return _answer(show(request, "payments", "payment.html", context), *typed.values())


@requires("payment.read")
@never_cache
@require_safe
def payment(request: Request, payment_id: int) -> HttpResponse:
    return _payment(request, payment_id)


@requires("payment.match")
@require_POST
def match(request: Request, payment_id: int) -> HttpResponse:
    form = forms.MatchForm(request.POST)

    def do() -> None:
        found = find_obligation(form.cleaned_data["reference"], actor=request.actor)
        actions.match_payment(payment_id, found.pk, actor=request.actor)

    if _done(form, do):
        messages.success(request, _("Đã khớp tiền với khoản thu."))
        return redirect("payment", payment_id)
    return _payment(request, payment_id, match=form)


@requires("payment.refund")
@require_POST
def ask_refund(request: Request, payment_id: int) -> HttpResponse:
    form = forms.RefundForm(request.POST, prefix="refund")

    def do() -> None:
        typed = form.cleaned_data
        to = BankAccount(account=typed["account"], name=typed["name"], bank=typed["bank"])
        actions.ask_refund(
            payment_id,
            actor=request.actor,
            reason=typed["reason"],
            amount=typed["amount"],
            means=typed["means"],
            to=to,
        )

    if _done(form, do):
        messages.success(request, _("Đã gửi đề nghị hoàn. Người khác duyệt rồi mới chi."))
        return redirect("payment", payment_id)
    return _payment(request, payment_id, refund=form)


@requires("payment.approve_refund")
@require_POST
def approve_refund(request: Request, payment_id: int, refund_id: int) -> HttpResponse:
    actions.approve_refund(refund_id, actor=request.actor)
    messages.success(request, _("Đã duyệt hoàn tiền."))
    return redirect("payment", payment_id)


@requires("payment.approve_refund")
@require_POST
def refuse_refund(request: Request, payment_id: int, refund_id: int) -> HttpResponse:
    form = forms.ReasonForm(request.POST, prefix=f"refuse{refund_id}")
    if _done(form, lambda: actions.refuse_refund(refund_id, actor=request.actor, **form.cleaned_data)):
        messages.success(request, _("Đã ghi là không duyệt."))
        return redirect("payment", payment_id)
    return _payment(request, payment_id, **{f"refuse{refund_id}": form})


@requires("payment.refund")
@require_POST
def pay_refund(request: Request, payment_id: int, refund_id: int) -> HttpResponse:
    page = payment_page(payment_id, actor=request.actor)
    row = next((row for row in page.refunds if row.refund.pk == refund_id), None)
    if row is None:
        raise not_found()
    form = _paid_out(row, request.POST)
    if _done(form, lambda: actions.pay_refund(refund_id, actor=request.actor, **form.cleaned_data)):
        messages.success(request, _("Đã ghi là đã hoàn."))
        return redirect("payment", payment_id)
    return _payment(request, payment_id, **{f"pay{refund_id}": form})


# ── A receipt ───────────────────────────────────────────────────────────────────────────────────────────────────────


@requires("payment.read")
@never_cache
@require_safe
def receipt_pdf(request: Request, receipt_id: int) -> HttpResponse:
    return receipt_response(get_receipt(receipt_id, actor=request.actor))


@requires("payment.read")
@never_cache
@require_safe
def receipt_data(request: Request, receipt_id: int) -> HttpResponse:
    found = get_receipt(receipt_id, actor=request.actor)
    response = HttpResponse(receipt_xml(found), content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bien-lai-{found.shown_number}.xml"'
    return response


@requires("payment.receipt")
@never_cache
@require_http_methods(["GET", "POST"])
def change_receipt(request: Request, receipt_id: int) -> HttpResponse:
    found = get_receipt(receipt_id, actor=request.actor)
    payer = payer_of(found.payer_sealed)
    initial = {"name": payer.name, "address": payer.address, "identifier": payer.identifier}
    form = forms.ReceiptForm(request.POST or None, initial=initial)

    def do() -> None:
        typed = form.cleaned_data
        to = Payer(typed["name"], typed["address"], typed["identifier"])
        replace_receipt(receipt_id, actor=request.actor, reason=typed["reason"], payer=to)

    if request.method == "POST" and _done(form, do):
        messages.success(request, _("Đã lập biên lai thay thế."))
        return redirect("obligation", found.obligation_id)
    return _answer(show(request, "receipts", "receipt.html", {"receipt": found, "form": form}), form)
