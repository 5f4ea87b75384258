"""What other systems ask of us: they tell of their dossiers, and fetch the files of ours."""

import json
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from motcua.kernel.exchange.actions.importing import Row, take_in_reports
from motcua.kernel.exchange.kind import REPORT, UnreadError
from motcua.kernel.exchange.ports import SHAPES
from motcua.kernel.exchange.queries.lanes import read_file_token
from motcua.kernel.files.kind import Variant
from motcua.kernel.files.queries import concern_of, file_by_id, open_content
from motcua.kernel.identity.actions import note_access
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import service_actor
from motcua.kernel.identity.views import public
from motcua.lib.errors import Refused

STATUS = {"bad_key": 401, "not_allowed": 403, "not_found": 404, "wrong_method": 405, "too_large": 413}


@public  # a service key with ``exchange.report`` opens it: in the header, never a cookie
@csrf_exempt
@never_cache
def take(request: HttpRequest, shape: str, service: str) -> HttpResponse:
    """Rows of another system's dossiers. Each is answered for: what cannot be read is named, the rest is taken."""
    found = SHAPES.get(shape)
    try:
        if found is None or service not in found.services:
            raise Refused("not_found", _("Không có dịch vụ này."))
        if request.method != "POST":
            raise Refused("wrong_method", _("Địa chỉ này chỉ nhận POST."))
        scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
        actor = service_actor(key.strip() if scheme.lower() == "bearer" else "")
        if REPORT not in actor.grants:
            raise Refused("not_allowed", _("Khoá này không được báo trạng thái hồ sơ."))
        rows = [
            Row(number, service, row, _text(row))
            for number, row in enumerate(found.rows(service, _body(request)), start=1)
        ]
        done = take_in_reports(rows, shape=found, source=actor.name, actor=actor)
    except UnreadError as error:
        return _answer(found.refusal(str(error)) if found else {}, 400)
    except Refused as refused:
        body = found.refusal(refused.message) if found else {"message": refused.message}
        return _answer(body, STATUS.get(refused.code, 400))
    return _answer(found.answer({line: reason for line, reason, _text in done.problems}, done.total), 200)


def _body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except RequestDataTooBig:
        raise Refused("too_large", _("Yêu cầu quá lớn. Gửi ít hồ sơ hơn trong một lần.")) from None
    except (ValueError, RecursionError):
        raise UnreadError(_("Không phải JSON.")) from None


def _text(row: Any) -> str:
    """As it came: half of a letter stays the escape that it was."""
    return json.dumps(row, ensure_ascii=False).encode(errors="backslashreplace").decode()


def _answer(body: Any, status: int) -> HttpResponse:
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


@public  # the signed, dated token opens it; each opening is noted
@never_cache
@require_safe
def file(request: HttpRequest, token: str) -> FileResponse:
    """A paper or result of a dossier, for the partner that was told of it."""
    partner, file_id = read_file_token(token)
    found, concern = file_by_id(file_id), concern_of(file_id)
    actor = Actor(kind="service", name=partner)
    note_access(actor, "file.original", person_id=concern.person_id, case_id=concern.case_id, reason=found.name)
    response = FileResponse(open_content(found, Variant.ORIGINAL), as_attachment=True, filename=found.name)
    response["Content-Type"] = found.type
    response["X-Robots-Tag"] = "noindex"
    return response
