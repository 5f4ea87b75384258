"""The catalogue for machines: JSON-LD of one procedure and of all, and what data the house publishes."""

import json
from collections.abc import Iterator

from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from motcua.kernel.identity.views import Request, public
from motcua.kernel.procedures.queries.catalogue import catalogue_number, in_force
from motcua.kernel.procedures.queries.open_data import CONTEXT, Names, data_catalogue, service, services

LINKED_DATA = "application/ld+json; charset=utf-8"


def _address(request: Request, code: str) -> str:
    return request.build_absolute_uri(reverse("procedure", args=[code]))


@public
@require_safe
@cache_control(public=True, max_age=600)
def procedure_cpsv(request: Request, code: str) -> HttpResponse:
    found = in_force(code)
    if found is None:
        raise Http404
    told = {"@context": CONTEXT, **service(found.body.plain(), _address(request, code), Names())}
    return JsonResponse(told, content_type=LINKED_DATA, json_dumps_params={"ensure_ascii": False})


def _etag(request: Request) -> str:
    return f'"procedures-{catalogue_number()}"'


@public
@require_safe
@cache_control(public=True, max_age=600)
@condition(etag_func=_etag)
def procedures_cpsv(request: Request) -> HttpResponseBase:
    """Thousands, told as they are read."""
    return StreamingHttpResponse(_graph(request), content_type=LINKED_DATA)


def _graph(request: Request) -> Iterator[str]:
    yield f'{{"@context": {json.dumps(CONTEXT)}, "@graph": ['
    between = "\n"
    for told in services(lambda code: _address(request, code)):
        yield between + json.dumps(told, ensure_ascii=False)
        between = ",\n"
    yield "\n]}\n"


@public
@require_safe
@cache_control(public=True, max_age=600)
def data_json(request: Request) -> HttpResponse:
    def address(name: str) -> str:
        try:
            return request.build_absolute_uri(reverse(name))
        except NoReverseMatch:
            return ""

    told = data_catalogue(address, request.build_absolute_uri(reverse("data_json")))
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})
