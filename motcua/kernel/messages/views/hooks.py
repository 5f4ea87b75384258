"""Where gateways tell what became of messages."""

import logging

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from motcua.kernel.identity.views import Request, public
from motcua.kernel.messages.actions import note_receipts
from motcua.kernel.messages.kind import SMS
from motcua.kernel.messages.ports import SENDERS
from motcua.lib.errors import Refused

log = logging.getLogger(__name__)
LONGEST = 2**20  # bytes


@public
@csrf_exempt  # signed by the sender instead
@require_http_methods(["GET", "POST"])
def receipts(request: Request, provider: str) -> HttpResponse:
    """200 when at least one receipt was known. 404 when none was: the receipt may have come before our own note of the
    sending, and gateways try again."""
    sender = SENDERS.get(provider)
    if sender is None or sender.channel != SMS or not sender.is_configured():
        raise Refused("not_found", _("Không có địa chỉ này."))
    if len(request.body) > LONGEST:
        raise Refused("too_large", _("Báo nhận quá dài."))
    told = sender.read_receipts(request.body, request.headers, request.GET.dict())
    known = note_receipts(provider, told)
    if told and not known:
        log.info("%s told of %d unknown messages", provider, len(told))
        raise Refused("not_found", _("Không có tin này."))
    return HttpResponse("OK", content_type="text/plain")
