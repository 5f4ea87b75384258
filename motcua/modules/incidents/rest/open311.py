"""Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2), by hand: its intake is the hottest path of the house.

docs/open311.md says how a client uses it, and which extensions of other servers are spoken here.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from motcua.kernel.cases.queries.rules import category_by_code, rules
from motcua.kernel.files.actions import store_file
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import service_actor
from motcua.kernel.identity.views import public
from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.web.views.errors import outage
from motcua.kernel.web.views.middleware import limited
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.worktime import Language, moment_words
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.forms.open311 import (
    LONGEST_DESCRIPTION,
    MOST_MEDIA,
    PostedRequest,
    read_filter,
    read_request,
    read_updates,
)
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.queries import open311 as queries
from motcua.modules.incidents.queries.public import category_name, earlier_submission
from motcua.modules.incidents.rest.formats import TYPES, answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from motcua.kernel.cases.models import Case, Category

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
PATH = "/open311/v2/"
SUBMIT = "incident.submit"
STATUS = {
    "bad_key": HTTPStatus.FORBIDDEN,
    "not_allowed": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "wrong_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}  # whatever else cannot be fulfilled is 400
PARAMETERS = {"category": "service_code", "text": "description", "place": "lat", "lon": "long"}

View = Callable[..., HttpResponse]


def endpoint(*methods: str) -> Callable[[View], View]:
    """What all addresses share: the format, the jurisdiction, refusals as a list of errors, open to pages anywhere."""

    def mark(view: View) -> View:
        @public
        @csrf_exempt  # whoever writes proves it with a key, never with a cookie
        @wraps(view)
        def answered(request: HttpRequest, suffix: str, **kwargs: str) -> HttpResponse:
            try:
                if request.method == "OPTIONS":
                    response = HttpResponse(status=HTTPStatus.NO_CONTENT)
                elif request.method not in methods:
                    raise Refused(
                        "wrong_method", _("Địa chỉ này chỉ nhận %(methods)s.") % {"methods": ", ".join(methods)}
                    )
                else:
                    _check_jurisdiction(request)
                    response = view(request, suffix, **kwargs)
            except Refused as refused:
                response = refusal(suffix, refused)
            except OperationalError as error:
                if (refused_for_now := outage(error)) is None:
                    raise
                response = refusal(suffix, refused_for_now)
            except RequestDataTooBig:
                response = refusal(suffix, Refused("too_large", _("Yêu cầu quá lớn.")))
            except (SuspiciousOperation, MultiPartParserError):
                response = refusal(suffix, Refused("invalid", _("Không đọc được yêu cầu.")))
            if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED or request.method == "OPTIONS":
                response["Allow"] = ", ".join((*methods, "OPTIONS"))
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Allow-Headers"] = "Idempotency-Key"
            return response

        return answered

    return mark


def refusal(suffix: str, refused: Refused) -> HttpResponse:
    """``[{"code": …, "description": …}]``: one for each parameter that is wrong."""
    status = STATUS.get(refused.code, HTTPStatus.BAD_REQUEST)
    told = [f"{PARAMETERS.get(name, name)}: {words}" for name, words in refused.fields.items()] or [refused.message]
    errors = [{"code": int(status), "description": words} for words in told]
    response = answer(suffix, "errors", errors, status)
    response["Cache-Control"] = "no-store"
    if seconds := refused.data.get("retry_after"):
        response["Retry-After"] = str(seconds)
    return response


def jurisdiction() -> str:
    return str(settings.OPEN311_JURISDICTION or city_setting("pack", "name", ""))


def _check_jurisdiction(request: HttpRequest) -> None:
    """It may be left out, as there is one only; another one is not found."""
    given = _parameter(request, "jurisdiction_id")
    if given and given != jurisdiction():
        raise Refused("not_found", _("Không có jurisdiction_id “%(given)s” ở đây.") % {"given": given[:80]})


def _parameter(request: HttpRequest, name: str) -> str:
    sent = request.POST.get(name) if request.method == "POST" else None
    return str(sent or request.GET.get(name, "")).strip()


def _client(request: HttpRequest) -> Actor | None:
    """The machine whose ``api_key`` came along, if any did. Refused("bad_key") when it is wrong."""
    scheme, _space, bearer = request.headers.get("Authorization", "").partition(" ")
    key = _parameter(request, "api_key") or (bearer.strip() if scheme.lower() == "bearer" else "")
    return service_actor(key) if key else None


# ── What there is ───────────────────────────────────────────────────────────────────────────────────────────────────


@endpoint("GET", "HEAD")
def discovery(request: HttpRequest, suffix: str) -> HttpResponse:
    changeset = queries.changeset()
    owner = (get_language() == "en" and city_setting("owner", "name_en")) or city_setting("owner", "name") or "Một Cửa"
    ways = [city_setting("contact", "email"), city_setting("contact", "hotline_phone")]
    ways.append(city_setting("contact", "hotline"))
    contact = f"{owner}: {', '.join(filter(None, ways)) or settings.PUBLIC_URL}"
    data = {
        "changeset": changeset,
        "contact": contact,
        "key_service": _("Xin khoá kết nối (api_key) tại %(contact)s") % {"contact": contact},
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{settings.PUBLIC_URL}{PATH.rstrip('/')}",
                "changeset": changeset,
                "type": settings.OPEN311_TYPE,
                "formats": ["text/xml", "application/json"],
            }
        ],
    }
    return answer(suffix, "discovery", data)


@endpoint("GET", "HEAD")
def services(request: HttpRequest, suffix: str) -> HttpResponse:
    return answer(suffix, "services", [_service(category) for category in queries.services()])


def _service(category: "Category") -> dict[str, Any]:
    guidance = category.guidance_en if get_language() == "en" and category.guidance_en else category.guidance
    return {
        "service_code": category.code,
        "service_name": category_name(category),
        "description": guidance or None,
        "metadata": bool(category.attributes),
        "type": "realtime",
        "keywords": queries.keywords_of(category) or None,
        "group": queries.group_of(category) or None,
    }


@endpoint("GET", "HEAD")
def service(request: HttpRequest, suffix: str, code: str) -> HttpResponse:
    category = _category(code)
    attributes = [
        _attribute(question, order)
        for order, question in enumerate(sorted(category.attributes, key=lambda one: one.get("order", 0)), 1)
    ]
    return answer(suffix, "service_definition", {"service_code": category.code, "attributes": attributes})


def _category(code: str) -> "Category":
    category = category_by_code(INCIDENT.name, code)
    if category is None:
        raise Refused("not_found", _("Không có service_code “%(code)s”.") % {"code": code[:80]})
    return category


def _attribute(question: dict[str, Any], order: int) -> dict[str, Any]:
    is_english = get_language() == "en"
    return {
        "variable": True,
        "code": question["code"],
        "datatype": question["datatype"],
        "required": bool(question.get("required")),
        "datatype_description": None,
        "order": order,
        "description": (question.get("question_en") if is_english else "") or question["question"],
        "values": [
            {"key": str(value["key"]), "name": (value.get("name_en") if is_english else "") or value["name"]}
            for value in question.get("values") or ()
        ],
    }


# ── Requests ────────────────────────────────────────────────────────────────────────────────────────────────────────


@endpoint("GET", "HEAD", "POST")
def requests(request: HttpRequest, suffix: str) -> HttpResponse:
    return _post(request, suffix) if request.method == "POST" else _list(request, suffix)


@limited("open311", per_hour=3600, methods=("GET",))
def _list(request: HttpRequest, suffix: str) -> HttpResponse:
    found = queries.service_requests(read_filter(request.GET), actor=_client(request))
    ends = queries.endings(found)
    is_extended = _is_extended(request)
    return answer(suffix, "service_requests", [_request(case, ends, is_extended=is_extended) for case in found])


def _post(request: HttpRequest, suffix: str) -> HttpResponse:
    """One report, with its photos in any multipart field. ``Idempotency-Key``: the same sent twice makes one."""
    actor = _client(request)
    if actor is None:
        raise Refused("bad_key", _("Thiếu api_key."))
    if SUBMIT not in actor.grants:
        raise Refused("not_allowed", _("api_key này không có quyền gửi yêu cầu."))
    code = _parameter(request, "service_code")
    posted = read_request(request.POST, _category(code) if code else None)
    key = _key(request, actor)
    is_repeat = bool(request.FILES) and earlier_submission(key) is not None
    new = NewIncident(
        text=posted.text,
        category=code,
        lat=posted.lat,
        lon=posted.lon,
        address=posted.address,
        place_code=posted.place_code,
        name=posted.name,
        phone=posted.phone,
        email=posted.email,
        channel="open311",
        language="en" if get_language() == "en" else "vi",
        attributes=posted.attributes,
        key=key,
        service_key_id=actor.id,
        media_url=posted.media_url,
        file_ids=() if is_repeat else _stored(request, actor),
    )
    case = submit_incident(new, actor=actor).case
    made = {
        "service_request_id": case.code,
        "service_notice": _notice(case, posted),
        "account_id": _parameter(request, "account_id")[:100] or None,
    }
    return answer(suffix, "service_requests", [made])


def _key(request: HttpRequest, actor: Actor) -> str:
    """Of this client alone: another one's same key is another key."""
    sent = request.headers.get("Idempotency-Key", "").strip()
    return f"open311:{actor.id}:{hashlib.sha256(sent.encode()).hexdigest()[:40]}" if sent else ""


def _stored(request: HttpRequest, actor: Actor) -> list[int]:
    uploads = [upload for _name, some in request.FILES.lists() for upload in some]
    if len(uploads) > MOST_MEDIA:
        raise Refused("invalid", _("Nhiều nhất %(most)d ảnh.") % {"most": MOST_MEDIA})
    return [store_file(upload, actor=actor, declared_name=upload.name or "").pk for upload in uploads]


def _notice(case: "Case", posted: PostedRequest | None = None) -> str:
    told = [_("Đơn vị xử lý: %(unit)s.") % {"unit": org.tree().unit(case.unit_id).said}]
    if case.due_at is not None and case.closed_at is None:
        language: Language = "en" if get_language() == "en" else "vi"
        year = timezone.localtime(moment.now()).year
        due = moment_words(timezone.localtime(case.due_at), language, this_year=year)
        told.append(_("Hẹn có kết quả trước %(due)s.") % {"due": due})
    for name in posted.unread if posted else ():
        told.append(_("Không đọc được %(parameter)s nên không giữ lại.") % {"parameter": name})
    return " ".join(told)


@endpoint("GET", "HEAD")
@limited("open311", per_hour=3600, methods=("GET",))
def request_by_id(request: HttpRequest, suffix: str, code: str) -> HttpResponse:
    case = queries.service_request(code, actor=_client(request))
    return answer(
        suffix, "service_requests", [_request(case, queries.endings([case]), is_extended=_is_extended(request))]
    )


@endpoint("GET", "HEAD")
def token(request: HttpRequest, suffix: str, code: str) -> HttpResponse:
    """Every service answers with the id at once, so we give out no tokens; the id itself is understood as one."""
    if not queries.is_request(code, actor=_client(request)):
        raise Refused("not_found", _("Không có token này."))
    return answer(suffix, "service_requests", [{"service_request_id": code.upper(), "token": code}])


@endpoint("GET", "HEAD")
@limited("open311", per_hour=3600, methods=("GET",))
def updates(request: HttpRequest, suffix: str) -> HttpResponse:
    told = [
        {
            "update_id": str(update.id),
            "service_request_id": update.case.code,
            "status": "open" if update.is_open else "closed",
            "updated_datetime": _moment(update.at),
            "description": update.text,
            "media_url": f"{settings.PUBLIC_URL}{update.media.file.view_url}" if update.media else None,
        }
        for update in queries.updates(read_updates(request.GET))
    ]
    return answer(suffix, "service_request_updates", told)


@endpoint("GET", "HEAD", "POST")
def unknown(request: HttpRequest, suffix: str) -> HttpResponse:
    raise Refused("not_found", _("Không có địa chỉ này. Viết như requests.xml hoặc requests.json."))


def anything_else(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for under our path, told in the format that it seems to want."""
    ending = rest.rpartition(".")[2].lower()
    return unknown(request, ending if ending in TYPES else "xml")


public(anything_else)
csrf_exempt(anything_else)


def _is_extended(request: HttpRequest) -> bool:
    return request.GET.get("extensions", "").lower() in ("true", "1")


def _request(case: "Case", endings: "Mapping[int, str]", *, is_extended: bool = False) -> dict[str, Any]:
    category = rules().categories.get(case.category_id) if case.category_id else None
    files = queries.public_files(case)
    told: dict[str, Any] = {
        "service_request_id": case.code,
        "status": "open" if case.closed_at is None else "closed",
        "status_notes": _status_notes(case, endings.get(case.id, "")),
        "service_name": category_name(category) or None,
        "service_code": category.code if category else "",
        "description": case.incident.public_text[:LONGEST_DESCRIPTION] or None,
        "agency_responsible": org.tree().unit(case.unit_id).name,
        "service_notice": _notice(case),
        "requested_datetime": _moment(case.opened_at),
        "updated_datetime": _moment(case.closed_at or case.updated_at),
        "expected_datetime": _moment(case.due_at),
        "address": case.address or None,
        "address_id": case.place_code or None,
        "zipcode": None,
        "lat": case.lat,
        "long": case.lon,
        "media_url": f"{settings.PUBLIC_URL}{files[0].file.view_url}" if files else None,
    }
    if is_extended:
        told["extended_attributes"] = {
            "state": case.state,
            "url": f"{settings.PUBLIC_URL}{INCIDENT.public_url(case.code)}",
            "urgency": case.urgency,
            "joined": case.incident.joined,
            "still_there": case.incident.still_there,
            "closed_datetime": _moment(case.closed_at),
            "photos": [
                {
                    "media_url": f"{settings.PUBLIC_URL}{file.file.view_url}",
                    "title": file.caption or None,
                    "type": file.role,
                    "width": file.file.width,
                    "height": file.file.height,
                    "created_at": _moment(file.created_at),
                }
                for file in files
            ],
        }
    return told


def _status_notes(case: "Case", ending: str) -> str:
    """The state in plain words, and why: the result, the reason, or the other report that goes on for it."""
    words = str(INCIDENT.state(case.state).public_label)
    why = case.merged_code if case.state == "merged" else ending  # type: ignore[attr-defined]  # annotated by the query
    return f"{words}. {why}" if why else words


def _moment(at: "datetime | None") -> str | None:
    """By the W3C, on the city's clock, whole seconds: ``2026-11-16T08:00:00+07:00``."""
    return timezone.localtime(at).isoformat(timespec="seconds") if at else None
