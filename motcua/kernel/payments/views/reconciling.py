"""A bank's list against what we were told, and how each way of hearing of money fares."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.queries import may, require
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.identity.views.login import add_refusal
from motcua.kernel.messages.ports import Health
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.actions import reconciling
from motcua.kernel.payments.forms import BankFileForm, NoteForm
from motcua.kernel.payments.ports import GATEWAYS, SOURCES, Source
from motcua.kernel.payments.queries.accounts import list_accounts
from motcua.kernel.payments.queries.bankfiles import read_bank_file
from motcua.kernel.payments.queries.desk import bank_files, get_bank_file
from motcua.kernel.payments.queries.gateways import source_states, troubled_attempts
from motcua.kernel.payments.queries.obligations import money_path
from motcua.kernel.payments.views.desk import paged, show
from motcua.lib.errors import Refused

DIFFERENCES = {
    reconciling.TAKEN_IN: (gettext_lazy("Chưa được báo, vừa ghi nhận"), "warn", "plus"),
    reconciling.NOT_THEIRS: (gettext_lazy("Ngân hàng không có giao dịch này"), "bad", "help-circle"),
    reconciling.OTHER_AMOUNT: (gettext_lazy("Số tiền khác nhau"), "bad", "alert-triangle"),
    reconciling.OTHER_DAY: (gettext_lazy("Ghi vào ngày hoặc tài khoản khác"), "warn", "calendar"),
}


@requires("payment.reconcile")
@never_cache
@require_http_methods(["GET", "POST"])
def files(request: Request) -> HttpResponse:
    accounts = [
        (payee.account, f"{payee.account} · {payee.agency}")
        for payee in list_accounts()
        if may(request.actor, "payment.reconcile", unit_path=money_path(payee.unit_id))
    ]
    sources = [("bank", _("Ngân hàng")), *((gateway.name, gateway.label) for gateway in GATEWAYS.values())]
    form = BankFileForm(
        request.POST or None, request.FILES or None, sources=sources, accounts=accounts, initial={"day": local_today()}
    )
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        content = typed["file"].read()
        try:
            rows = read_bank_file(content, source=typed["source"], account=typed["account"])
            found = reconciling.reconcile(
                rows, actor=request.actor, account=typed["account"], day=typed["day"], name=typed["file"].name,
                content=content, source=typed["source"],
            )  # fmt: skip
        except Refused as refused:
            add_refusal(form, refused)
        else:
            return redirect("bank_file", found.pk)
    rows_, older = paged(request, bank_files(request.actor))
    response = show(request, "files", "files.html", {"form": form, "rows": rows_, "older_url": older})
    if form.is_bound and form.errors:
        response.status_code = 422
    return response


def _file(request: Request, file_id: int, form: Any = None) -> HttpResponse:
    found = get_bank_file(file_id, actor=request.actor)
    lines = [
        {"difference": difference, "words": DIFFERENCES[difference["kind"]][0],
         "tone": DIFFERENCES[difference["kind"]][1], "icon": DIFFERENCES[difference["kind"]][2]}
        for difference in found.differences
    ]  # fmt: skip
    context = {"file": found, "lines": lines, "form": form or NoteForm()}
    response = show(request, "files", "file.html", context)
    if form is not None:
        response.status_code = 422
    return response


@requires("payment.reconcile")
@never_cache
@require_safe
def file(request: Request, file_id: int) -> HttpResponse:
    return _file(request, file_id)


@requires("payment.reconcile")
@require_POST
def close(request: Request, file_id: int) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            reconciling.close_reconciliation(file_id, actor=request.actor, **form.cleaned_data)
        except Refused as refused:
            if refused.code == "not_found":
                raise
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã chốt đối soát."))
            return redirect("bank_file", file_id)
    return _file(request, file_id, form)


# ── Sources ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@requires("system.watch")
@never_cache
@require_safe
def sources(request: Request) -> HttpResponse:
    return _sources(request, {})


@requires("system.watch")
@never_cache
@require_POST
def check_source(request: Request, name: str) -> HttpResponse:
    """Asks the outside now. No money moves."""
    source = SOURCES.get(name)
    if source is None or not source.is_configured():
        raise Refused("not_found", _("Không có kết nối này."))
    return _sources(request, {name: source.check()})


def _sources(request: Request, health: dict[str, Health]) -> HttpResponse:
    require(request.actor, "system.watch")
    states = source_states()

    def line(source: Source) -> dict[str, Any]:
        options = source.options()
        return {
            "name": source.name,
            "label": source.label,
            "is_configured": source.is_configured(),
            "missing": [option.variable for option in options if option.is_required and not option.value],
            "options": [
                (option, "••••••" if option.is_secret and option.value else option.value) for option in options
            ],
            "state": states.get(source.name),
            "health": health.get(source.name),
            "troubled": troubled_attempts(source.name) if source.name in GATEWAYS else [],
        }

    return show(request, "sources", "sources.html", {"lines": [line(source) for source in SOURCES.values()]})
