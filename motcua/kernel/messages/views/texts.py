"""The city's words for each event, tried out before they count."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.actions import reset_template, save_template
from motcua.kernel.messages.forms import TemplateChoiceForm, TemplateForm
from motcua.kernel.messages.kind import AUDIENCE_LABELS, CHANNEL_LABELS, LANGUAGE_LABELS
from motcua.kernel.messages.queries import (
    TemplateKey,
    TemplateRow,
    Wording,
    list_templates,
    preview,
    problems_of,
    read_key,
    samples,
    template_row,
)
from motcua.lib.errors import Refused


@requires("template.manage")
@never_cache
@require_safe
def list_all(request: Request) -> HttpResponse:
    require(request.actor, "template.manage")
    choice = TemplateChoiceForm(request.GET if "event" in request.GET else None)
    if choice.is_valid():
        return redirect(reverse("template", kwargs=choice.cleaned_data))
    listed = [(plan, [_labelled(row) for row in rows]) for plan, rows in list_templates() if rows]
    return render(request, "messages/desk/templates.html", {"listed": listed, "form": choice})


def _labelled(row: TemplateRow) -> dict[str, object]:
    return {
        "row": row,
        "audience": AUDIENCE_LABELS[row.key.audience],
        "channel": CHANNEL_LABELS[row.key.channel],
        "language": LANGUAGE_LABELS[row.key.language],
    }


@requires("template.manage")
@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: Request, event: str, audience: str, channel: str, language: str) -> HttpResponse:
    """Shows a text with a preview; ``xem`` in the form tries it out, else it is saved."""
    require(request.actor, "template.manage")
    key = read_key(event, audience, channel, language)
    row = template_row(key)
    if request.method != "POST":
        initial = {
            "subject": row.wording.subject,
            "body": row.wording.body,
            "is_active": row.is_active,
            "version": row.version,
        }
        return _page(request, row, TemplateForm(initial=initial, channel=channel), row.wording)
    form = TemplateForm(request.POST, channel=channel)
    if not form.is_valid():
        return _page(request, row, form, None)
    wording = Wording(form.cleaned_data.get("subject", ""), form.cleaned_data["body"].replace("\r\n", "\n"))
    if "xem" in request.POST:
        for field, words in problems_of(key, wording).items():
            form.add_error(field if field in form.fields else None, words)
        return _page(request, row, form, wording)
    try:
        save_template(
            key,
            wording,
            actor=request.actor,
            is_active=form.cleaned_data["is_active"],
            version=form.cleaned_data["version"],
        )
    except Refused as refused:
        if refused.code not in ("invalid", "stale"):
            raise
        for field, words in (refused.fields or {"": refused.message}).items():
            form.add_error(field if field in form.fields else None, words)
        return _page(request, row, form, wording)
    messages.success(request, _("Đã lưu mẫu tin. Tin gửi từ bây giờ theo lời mới."))
    return redirect("templates")


def _page(request: Request, row: TemplateRow, form: TemplateForm, wording: Wording | None) -> HttpResponse:
    may_show = wording is not None and wording.body.strip() and not problems_of(row.key, wording)
    context = {
        **_labelled(row),
        "form": form,
        "preview": preview(row.key, wording) if wording and may_show else None,
        "variables": list(samples(row.key).items()),
        "others": _others(row.key),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "messages/desk/template.html", context, status=status)


def _others(key: TemplateKey) -> list[tuple[object, TemplateKey]]:
    """The same text in the other languages."""
    return [
        (words, TemplateKey(key.event, key.audience, key.channel, language))
        for language, words in LANGUAGE_LABELS.items()
        if language != key.language
    ]


@requires("template.manage")
@require_POST
def reset(request: Request, event: str, audience: str, channel: str, language: str) -> HttpResponse:
    reset_template(read_key(event, audience, channel, language), actor=request.actor)
    messages.success(request, _("Đã trở về lời mặc định."))
    return redirect("templates")
