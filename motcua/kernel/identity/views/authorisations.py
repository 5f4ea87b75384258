"""``/uy-quyen/``: letting somebody else act for oneself, and acting for others."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.actions import NewAuthorisation
from motcua.kernel.identity.forms import CodeForm, GiveForm
from motcua.kernel.identity.kind import LEVEL_NAMES
from motcua.kernel.identity.ports import procedure_names, procedure_search
from motcua.kernel.identity.queries import AuthorisationRow
from motcua.kernel.identity.views.account import person_account
from motcua.kernel.identity.views.doors import Request, requires
from motcua.kernel.identity.views.keeping import forget_kept, keep, kept
from motcua.kernel.identity.views.login import add_refusal, page, send_code
from motcua.kernel.org.queries import local_today
from motcua.lib.errors import Refused

_GIVING = "giving_authorisation"


def state_words(row: AuthorisationRow) -> tuple[str, str, str]:
    match row.state:
        case "given":
            words = _("Chờ người kia nhận") if row.role == "giver" else _("Chờ bạn trả lời")
            return words, "info" if row.role == "giver" else "warn", "clock"
        case "accepted":
            if row.valid_from > local_today():
                return _("Đã nhận, chưa đến ngày"), "info", "calendar"
            return _("Đang có hiệu lực"), "ok", "circle-check"
        case "declined":
            return _("Không nhận"), "neutral", "ban"
        case "revoked":
            return _("Đã thôi ủy quyền"), "neutral", "user-minus"
    return _("Đã hết hạn"), "neutral", "calendar-off"


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


def _shown(row: AuthorisationRow) -> dict[str, Any]:
    words, tone, icon = state_words(row)
    return {
        "row": row,
        "words": words,
        "tone": tone,
        "icon": icon,
        "procedures": list(zip(row.procedures, row.names, strict=True)),
        "is_in_force": row.role == "receiver" and row.state == "accepted" and row.valid_from <= local_today(),
        "giver_level": LEVEL_NAMES[row.giver_level],
        "receiver_level": LEVEL_NAMES[row.receiver_level] if row.receiver_level else "",
    }


@requires("account.own")
@never_cache
@require_safe
def list_authorisations(request: Request) -> HttpResponse:
    person_account(request)
    rows = [_shown(row) for row in queries.own_authorisations(request.actor, language=_language())]
    context = {
        "received": [shown for shown in rows if shown["row"].role == "receiver"],
        "given": [shown for shown in rows if shown["row"].role == "giver"],
    }
    return render(request, "identity/authorisations.html", context)


def _found(request: Request) -> list[tuple[str, str]]:
    """Procedures to tick: those that were chosen, those that the search finds."""
    data = request.POST if request.method == "POST" else request.GET
    chosen = [*data.getlist("procedures"), *data.getlist("thu-tuc")]
    names = procedure_names.call(chosen, _language()) if procedure_names.is_connected else {}
    found = {code: names.get(code, code) for code in chosen}
    words = data.get("q", "").strip()
    if words and procedure_search.is_connected:
        found |= dict(procedure_search.call(words, _language())[:10])
    return [(code, f"{name} ({code})" if name != code else code) for code, name in found.items()]


@requires("account.own")
@never_cache
@require_http_methods(["GET", "POST"])
def give(request: Request) -> HttpResponse:
    """``/uy-quyen/cho/``. The button "search" only looks for procedures; what was typed and ticked stays."""
    person_account(request)
    today, has_search = local_today(), procedure_search.is_connected
    initial = {
        "valid_from": today,
        "valid_to": today + timedelta(days=90),
        "procedures": request.GET.getlist("thu-tuc"),
    }
    form = GiveForm(request.POST or None, initial=initial, found=_found(request), has_search=has_search)
    if request.method == "POST" and "search" in request.POST:
        form = GiveForm(initial=_typed(request), found=_found(request), has_search=has_search)
    elif request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        codes = [*values.get("procedures", []), *values["code"]]
        new = NewAuthorisation(values["to"], codes, values["valid_from"], values["valid_to"], values["note"])
        try:
            new = actions.check_authorisation(new, actor=request.actor)
            send_code(request, actions.own_contact(request.actor), actions.giving(new))
        except Refused as refused:
            fields = {"code" if name == "procedures" and "procedures" not in form.fields else name: words
                      for name, words in refused.fields.items()}  # fmt: skip
            add_refusal(form, Refused(refused.code, refused.message, fields=fields))
        else:
            keep(request, _GIVING, _as_kept(new))
            return redirect("authorisation_give_code")
    return page(request, "identity/authorisation_give.html", form, has_search=has_search)


def _typed(request: Request) -> dict[str, Any]:
    names = ("to", "q", "code", "valid_from", "valid_to", "note")
    return {**{name: request.POST.get(name, "") for name in names}, "procedures": request.POST.getlist("procedures")}


def _as_kept(new: NewAuthorisation) -> dict[str, str]:
    return {
        "to": new.to,
        "procedures": " ".join(new.procedures),
        "valid_from": new.valid_from.isoformat(),
        "valid_to": new.valid_to.isoformat(),
        "note": new.note,
    }


def _from_kept(values: dict[str, str]) -> NewAuthorisation:
    return NewAuthorisation(
        values["to"],
        values["procedures"].split(),
        date.fromisoformat(values["valid_from"]),
        date.fromisoformat(values["valid_to"]),
        values["note"],
    )


@requires("account.own")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def give_code(request: Request) -> HttpResponse:
    """``/uy-quyen/cho/xac-nhan/``: all of it once more, and the code that agrees to it."""
    person_account(request)
    values = kept(request, _GIVING)
    if values is None:
        return redirect("authorisation_give")
    new = _from_kept(values)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            number = actions.give_authorisation(new, form.cleaned_data["code"], actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            forget_kept(request, _GIVING)
            messages.success(request, _("Đã gửi lời ủy quyền. Ủy quyền có hiệu lực khi người kia nhận."))
            return redirect("authorisation", number)
    names = procedure_names.call(new.procedures, _language()) if procedure_names.is_connected else {}
    return page(
        request,
        "identity/authorisation_give_code.html",
        form,
        new=new,
        procedures=[(code, names.get(code, "")) for code in new.procedures],
        contact=actions.own_contact(request.actor),
    )


@requires("account.own")
@never_cache
@require_safe
def authorisation(request: Request, authorisation_id: int) -> HttpResponse:
    row = queries.get_authorisation(authorisation_id, actor=request.actor, language=_language())
    return render(request, "identity/authorisation.html", _shown(row))


@requires("account.own")
@require_POST
def send_accept_code(request: Request, authorisation_id: int) -> HttpResponse:
    queries.get_authorisation(authorisation_id, actor=request.actor)
    try:
        send_code(request, actions.own_contact(request.actor), actions.accepting(authorisation_id))
    except Refused as refused:
        if refused.code != "too_many":
            raise
        messages.error(request, refused.message)
    return redirect("authorisation_accept", authorisation_id)


@requires("account.own")
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def accept(request: Request, authorisation_id: int) -> HttpResponse:
    """``/uy-quyen/<id>/nhan/``: the code that was sent by ``send_accept_code``."""
    row = queries.get_authorisation(authorisation_id, actor=request.actor, language=_language())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_authorisation(authorisation_id, form.cleaned_data["code"], actor=request.actor)
        except Refused as refused:
            add_refusal(form, refused)
        else:
            messages.success(request, _("Bạn đã nhận ủy quyền."))
            return redirect("authorisation", authorisation_id)
    contact = actions.own_contact(request.actor)
    return page(request, "identity/authorisation_accept.html", form, contact=contact, **_shown(row))


@requires("account.own")
@require_POST
def decline(request: Request, authorisation_id: int) -> HttpResponse:
    actions.decline_authorisation(authorisation_id, actor=request.actor)
    messages.success(request, _("Bạn đã không nhận ủy quyền này."))
    return redirect("authorisations")


@requires("account.own")
@require_POST
def revoke(request: Request, authorisation_id: int) -> HttpResponse:
    actions.revoke_authorisation(authorisation_id, actor=request.actor)
    messages.success(request, _("Đã thôi ủy quyền. Từ bây giờ không ai làm thay theo ủy quyền này nữa."))
    return redirect("authorisation", authorisation_id)
