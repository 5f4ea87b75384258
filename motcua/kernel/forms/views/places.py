"""Communes for the picker while somebody types."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from motcua.kernel.forms.queries.addresses import find_places
from motcua.kernel.identity.views import Request, public


@public
@require_safe
def find(request: Request) -> HttpResponse:
    """The same for everybody in one language, so browsers may keep it for an hour."""
    places = find_places(request.GET.get("q", "")[:120])
    body = {"places": [{"mark": place.mark, "label": place.label, "note": place.note} for place in places]}
    return JsonResponse(body, headers={"Cache-Control": "private, max-age=3600", "Vary": "Cookie, Accept-Language"})
