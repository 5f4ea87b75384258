"""The JSON API ``/api/v1/``: the routers of all packages under one documentation, and refusals as problem JSON."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext as _
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from motcua import __version__
from motcua.kernel.cases.rest import router as cases
from motcua.kernel.figures.rest import router as figures
from motcua.kernel.files.rest import router as files
from motcua.kernel.forms.rest import router as forms
from motcua.kernel.identity.views import public
from motcua.kernel.messages.rest import router as messages
from motcua.kernel.procedures.rest import router as procedures
from motcua.kernel.ratings.rest.giving import router as giving
from motcua.kernel.ratings.rest.results import router as ratings
from motcua.kernel.ratings.rest.surveys import router as surveys
from motcua.kernel.web.rest.calendars import router as calendars
from motcua.kernel.web.rest.officials import router as officials
from motcua.kernel.web.rest.operation import router as operation
from motcua.kernel.web.rest.places import router as places
from motcua.kernel.web.rest.rules import router as rules
from motcua.kernel.web.rest.ways_in import WAYS_IN
from motcua.kernel.web.views.errors import not_found, problem
from motcua.lib.errors import Refused
from motcua.modules.dossiers.rest.desk import router as desk_dossiers
from motcua.modules.dossiers.rest.public import router as dossiers
from motcua.modules.incidents.rest.desk import router as incident_cases
from motcua.modules.incidents.rest.public import router as incidents
from motcua.modules.tickets.rest import router as tickets

DESCRIPTION = """\
What the pages do, for programs: reports, dossiers, queue numbers, ratings and surveys; the inbox, one case or many at
once; board and figures; procedures and forms to read; and of the administration units, officials, categories, rules of
routing and time, calendars, service keys, texts of messages, the outbox, readers and surveys.

On pages only: signing in, one's account and what protects it; drafts of dossiers; paying, refunds and receipts;
deciding on many dossiers at once and signing; opinions between units; the store of papers and its links; consents and
requests about one's data; authorisations and organisations; writing procedures, forms and questions of ratings;
registries; exchanges with other systems; costs of procedures; links of kiosks and screens; a second factor or password
of somebody else; the connections; the log of who looked at what; how an official wants to be told.

Reading what is published and reporting need nobody's leave. Whoever else asks says who they are: a machine with
`Authorization: Bearer <key>`, somebody of one report with `X-Private-Link: <token>`, whoever is signed in with the
cookie of the pages (what writes then needs `X-CSRFToken`). Lists go on at `next`. What cannot be done is answered as
problem JSON (RFC 9457): `code` is a stable word, `detail` is for people, `errors` names the fields. A case has an
`ETag`; a move with `If-Match` is refused (412) when somebody else was quicker. Texts are in Vietnamese or, for
`Accept-Language: en`, in English. Times carry their offset.
"""


class Api(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """What generated clients call it: no module's name, which may change."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **where: Any) -> OpenAPISchema:
        """The same for everybody. Made once: it takes a second, and anybody may ask for it."""
        if self._described is None:
            self._described = super().get_openapi_schema(**where)
        return self._described

    _described: OpenAPISchema | None = None


api = Api(
    title="Một Cửa",
    version=__version__,
    description=DESCRIPTION,
    urls_namespace="api-v1",
    docs_url=None,
    docs_decorator=public,
    auth=WAYS_IN,
)
for _router in (
    incidents,
    incident_cases,
    tickets,
    dossiers,
    desk_dossiers,
    cases,
    procedures,
    forms,
    figures,
    ratings,
    giving,
    surveys,
    files,
    places,
    rules,
    calendars,
    officials,
    messages,
    operation,
):
    api.add_router("", _router)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Any) -> HttpResponse:
    return problem(request, refused)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: Any) -> HttpResponse:
    """What does not fit the documented shape: each place with what is wrong there."""
    faults = {".".join(str(part) for part in fault["loc"][1:]) or "body": fault["msg"] for fault in error.errors}
    return problem(request, Refused("invalid", _("Yêu cầu không đúng mẫu."), fields=faults))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Any) -> HttpResponse:
    """The library's own: a body that is no JSON."""
    return problem(request, Refused("bad_request", error.message))


@api.exception_handler(RequestDataTooBig)
def _too_big(request: HttpRequest, error: Any) -> HttpResponse:
    return problem(request, Refused("too_large", _("Yêu cầu quá lớn.")))


@api.exception_handler(Http404)
def _http_404(request: HttpRequest, error: Any) -> HttpResponse:
    return not_found(request)


@public
@require_safe
@ensure_csrf_cookie
def documentation(request: HttpRequest) -> HttpResponse:
    """To read, and to try out as whoever is signed in."""
    return render(request, "api/docs.html")


def addresses() -> list[URLPattern | URLResolver]:
    """The API's addresses. Each operation carries its own permission; the root only says where the others begin."""
    patterns: list[URLPattern | URLResolver] = api.urls[0]
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name == "api-root":
            public(pattern.callback)
    return patterns
