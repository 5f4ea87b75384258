"""Who somebody is: said on one's own page, proved at the counter."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.actions import Contact, Proof
from motcua.kernel.identity.forms import AddressForm, CodeForm, DeclareForm, ProveForm
from motcua.kernel.identity.kind import LEVEL_NAMES
from motcua.kernel.identity.views.account import person_account
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.keeping import forget_kept, keep, kept
from motcua.kernel.identity.views.login import add_refusal, page, send_code
from motcua.kernel.places.queries import areas
from motcua.lib.errors import Refused


def communes() -> list[tuple[str, str]]:
    return [(row.code, row.full_name) for row in areas().communes]


def _proof(values: dict[str, Any]) -> Proof:
    return Proof(
        values.get("national_id") or "",
        values.get("name") or "",
        values.get("born_on"),
        values.get("sex") or "",
        {"area": values.get("area") or "", "line": values.get("line") or ""},
    )


@requires("account.own")
@never_cache
@sensitive_post_parameters("national_id")
@require_http_methods(["GET", "POST"])
def declare(request: Request) -> HttpResponse:
    """``/tai-khoan/dinh-danh/``"""
    person_account(request)
    card = queries.own_card(request.actor)
    known = {
        "name": card.name,
        "national_id": card.national_id,
        "born_on": card.born_on,
        "sex": card.sex,
        "area": card.address.get("area", ""),
        "line": card.address.get("line", ""),
    }
    kind = AddressForm if card.is_proved else DeclareForm
    form = kind(request.POST or None, initial=known, communes=communes())
    if request.method == "POST" and form.is_valid():
        try:
            actions.declare_identity(_proof(form.cleaned_data), actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Đã lưu thông tin của bạn."))
            return redirect("account_identity")
    return page(request, "identity/declare.html", form, card=card, level=LEVEL_NAMES[card.level])


_PROVING = "proving_card"


@requires("person.prove")
@never_cache
@sensitive_post_parameters("national_id", "card")
@require_http_methods(["GET", "POST"])
def prove(request: Request) -> HttpResponse:
    """``/desk/xac-thuc/``: the card, and the number of the account; a code goes there."""
    form = ProveForm(request.POST or None, communes=communes())
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            contact = actions.read_contact(values["address"])
            send_code(request, contact, actions.proving(values["national_id"]))
        except Refused as refused:
            add_refusal(form, refused)
        else:
            born_on = values["born_on"].isoformat() if values.get("born_on") else ""
            fields = {name: values.get(name) or "" for name in ("national_id", "name", "sex", "area", "line")}
            keep(request, _PROVING, {**fields, "born_on": born_on, "channel": contact.channel, "to": contact.address})
            return redirect("person_prove_code")
    return page(request, "identity/desk/prove.html", form)


@requires("person.prove")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def prove_code(request: Request) -> HttpResponse:
    """``/desk/xac-thuc/ma/``: the code that the person reads out."""
    values = kept(request, _PROVING)
    if values is None:
        return redirect("person_prove")
    contact = Contact(values["channel"], values["to"])
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        proof = _proof({**values, "born_on": ProveForm.base_fields["born_on"].clean(values["born_on"])})
        try:
            actions.prove_at_counter(contact, form.cleaned_data["code"], proof, actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            forget_kept(request, _PROVING)
            messages.success(request, _("Đã xác thực danh tính của {name}.").format(name=values["name"]))
            return redirect("person_prove")
    return page(request, "identity/desk/prove_code.html", form, contact=contact, name=values["name"])
