"""The ways of sending that are built in: what each is set to, and whether the outside answers."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from motcua.kernel.identity.queries import require
from motcua.kernel.identity.views import Request, requires
from motcua.kernel.messages.kind import CHANNEL_LABELS
from motcua.kernel.messages.ports import SENDERS, Health, Sender, senders_of
from motcua.lib.errors import Refused


@requires("system.watch")
@never_cache
@require_safe
def list_connections(request: Request) -> HttpResponse:
    return _page(request, {})


@requires("system.watch")
@never_cache
@require_POST
def check(request: Request, name: str) -> HttpResponse:
    """Asks the outside now. Nothing is sent."""
    require(request.actor, "system.watch")
    sender = SENDERS.get(name)
    if sender is None or not sender.is_configured():
        raise Refused("not_found", _("Không có kết nối này."))
    return _page(request, {name: sender.check()})


def _page(request: Request, health: dict[str, Health]) -> HttpResponse:
    require(request.actor, "system.watch")
    senders = sorted(SENDERS.values(), key=lambda sender: (sender.channel, sender.rank))
    return render(request, "messages/desk/connections.html", {"lines": [_line(sender, health) for sender in senders]})


def _line(sender: Sender, health: dict[str, Health]) -> dict[str, object]:
    options = sender.options()
    return {
        "name": sender.name,
        "label": sender.label,
        "channel": CHANNEL_LABELS[sender.channel],
        "is_configured": sender.is_configured(),
        "is_first": senders_of(sender.channel)[:1] == [sender],
        "missing": [option.variable for option in options if option.is_required and not option.value],
        "options": [(option, "••••••" if option.is_secret and option.value else option.value) for option in options],
        "health": health.get(sender.name),
    }
