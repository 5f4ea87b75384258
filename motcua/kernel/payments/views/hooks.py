"""Where banks and gateways tell of money."""

import logging

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from motcua.kernel.identity.views import Request, public
from motcua.kernel.payments.actions import take_in
from motcua.kernel.payments.actions.gateways import note_heard, note_refused
from motcua.kernel.payments.ports import SOURCES
from motcua.lib.errors import Refused

log = logging.getLogger(__name__)
LONGEST = 2**20  # bytes


@public
@csrf_exempt  # signed by the sender instead
@require_POST
def told(request: Request, name: str) -> HttpResponse:
    """200 when all of it is counted, now or before. Each transfer is a transaction of its own: one that cannot be
    counted does not hold up the others, and the answer makes the sender come again."""
    source = SOURCES.get(name)
    if source is None or not source.is_configured():
        raise Refused("not_found", _("Không có địa chỉ này."))
    if len(request.body) > LONGEST:
        raise Refused("too_large", _("Thông báo quá dài."))
    try:
        tellings = source.read(request.body, request.headers)
    except Refused as refused:
        note_refused(name, str(refused))
        raise
    failed: Refused | None = None
    for incoming in tellings:
        try:
            take_in(incoming)
        except Refused as refused:
            log.warning("%s told of money that was not taken in: %s", name, refused.code)
            note_refused(name, str(refused))
            failed = refused
    if failed is not None:
        raise failed
    note_heard(name)
    return JsonResponse(dict(source.answer(len(tellings))))
