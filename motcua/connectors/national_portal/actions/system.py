"""The centralised system of 2026: token, code, files, dossier, progress, status; one dossier in each request."""

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.connectors.national_portal.actions.calling import asked, is_insecure
from motcua.connectors.national_portal.kind import Map, read_map, status_values, step_values, system_dossier
from motcua.kernel.exchange.kind import Attachment, Dossier, ParcelKind, Status, Step
from motcua.kernel.exchange.ports import Answer, Health, Letter, Option
from motcua.lib.errors import ConnectorError, Refused

TOKEN_MARGIN = 30.0  # seconds before its end at which a token is not used any more
_token: dict[str, tuple[str, float]] = {}  # client id → token, and until when it is used


def _map() -> Map:
    return read_map(settings.CONNECTORS["national_system"]["map"], "system-2026.toml", "NATIONAL_SYSTEM_MAP")


class NationalSystem:
    name = "national_system"
    label: str | Promise = gettext_lazy("Hệ thống giải quyết thủ tục tập trung")
    takes = frozenset(ParcelKind)
    updates = False
    batch = 1

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["national_system"]["url"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["national_system"]
        return (
            Option("NATIONAL_SYSTEM_URL", _("Địa chỉ của hệ thống"), values["url"], is_required=True),
            Option("NATIONAL_SYSTEM_CLIENT_ID", "client_id", values["client_id"], is_required=True),
            Option("NATIONAL_SYSTEM_CLIENT_SECRET", "client_secret", values["client_secret"], True, True),
            Option("NATIONAL_SYSTEM_MAP", _("Tệp tên trường"), values["map"]),
            Option("NATIONAL_SYSTEM_TIMEOUT", _("Chờ nhiều nhất (giây)"), values["timeout"]),
        )

    def check(self) -> Health:
        try:
            _bearer(_map(), fresh=True)
        except ConnectorError as error:
            return Health(False, str(error))
        if is_insecure(settings.CONNECTORS["national_system"]["url"]):
            return Health(False, _("Hệ thống trả lời, nhưng địa chỉ không mã hóa (http)."))
        return Health(True, _("Hệ thống trả lời."))

    def code_for(self, dossier: Dossier) -> str:
        """GetNextValue: the dossier has a code of its own over there."""
        told = _map()
        body = told.named(
            "next_code", {"unit": told.code(dossier.reception), "procedure": told.code(dossier.procedure)}
        )
        status, answer = _call(told, "code", body=body)
        name = told.section("next_code")["value"]
        code = _data(told, answer).get(name)
        if status != 200 or not isinstance(code, str) or not 3 <= len(code) <= 60:
            raise ConnectorError(_("Không xin được mã hồ sơ (HTTP %(status)s).") % {"status": status})
        return code

    def tell(self, letters: Sequence[Letter]) -> Sequence[Answer]:
        told = _map()
        return [_tell(told, letter) for letter in letters]

    def catalogue(self, name: str) -> Sequence[tuple[str, str]]:
        raise ConnectorError(_("Hệ thống này không có danh mục để hỏi."), permanent=True)


def _tell(told: Map, letter: Letter) -> Answer:
    body = letter.body
    if isinstance(body, Attachment):
        names = told.section("file")
        try:
            content = letter.content(body.file_id)
        except (OSError, Refused):
            return Answer(
                letter.id, False, error=_("Không đọc được tệp %(name)s.") % {"name": body.name}, is_permanent=True
            )
        fields = {
            names["content"]: (body.name, content, body.type),
            names["name"]: body.name,
            names["hash"]: body.sha256,
        }
        return _answer(told, letter, *_call(told, "file", fields=fields, letter=letter))
    if isinstance(body, Dossier):
        return _answer(told, letter, *_call(told, "dossier", body=system_dossier(told, letter, body), letter=letter))
    if isinstance(body, Step):
        return _answer(told, letter, *_call(told, "progress", body=step_values(told, letter, body), letter=letter))
    assert isinstance(body, Status)  # noqa: S101  there are no more kinds
    return _answer(told, letter, *_call(told, "status", body=status_values(told, letter, body), letter=letter))


def _answer(told: Map, letter: Letter, status: int, answer: Any) -> Answer:
    """HTTP 200 is taken; 400, 403 and 404 are about this dossier; the rest is about everybody."""
    envelope = told.section("envelope")
    if status == 200 and not isinstance(answer, dict):
        raise ConnectorError(_("Không đọc được trả lời của hệ thống."))  # some page stands in between
    if status == 200 and not isinstance(answer, dict):
        raise ConnectorError(_("Không đọc được trả lời của hệ thống."))  # some page stands in between
    said = answer if isinstance(answer, dict) else {}
    code, words = str(said.get(envelope["error"], "")), str(said.get(envelope["message"], "") or "")[:200]
    if status == 200:
        if letter.kind != ParcelKind.FILE:
            return Answer(letter.id, True)
        reference = _data(told, said).get(told.section("file")["id"])
        if not isinstance(reference, str) or not reference:
            raise ConnectorError(_("Hệ thống không cho mã tệp."))
        return Answer(letter.id, True, reference)
    if status == 400 and code in told.section("errors")["exists"] and letter.kind != ParcelKind.FILE:
        return Answer(letter.id, True)  # from the time before, whose answer was lost
    if status in (400, 403, 404):
        meaning = {403: _("Không được phép"), 404: _("Không tìm thấy")}.get(status, _("Không hợp lệ"))
        return Answer(letter.id, False, error=f"{words or meaning} ({code or status})", is_permanent=True)
    raise ConnectorError(f"HTTP {status}")


def _data(told: Map, answer: Any) -> Mapping[str, Any]:
    """What stands in the answer's envelope, or the answer itself where it has none."""
    if not isinstance(answer, dict):
        return {}
    inner = answer.get(told.section("envelope")["data"])
    return inner if isinstance(inner, dict) else answer


def _call(
    told: Map,
    service: str,
    *,
    body: Mapping[str, Any] | None = None,
    fields: Mapping[str, Any] | None = None,
    letter: Letter | None = None,
) -> tuple[int, Any]:
    """With a token, which is renewed once when it was ended over there before its time."""
    values = settings.CONNECTORS["national_system"]
    more = {"X-Request-Id": letter.id} if letter is not None else {}

    def once(token: str) -> tuple[int, Any]:
        return asked(
            f"{values['url'].rstrip('/')}/{told.service(service)}",
            timeout=values["timeout"],
            headers={"Authorization": f"Bearer {token}", **more},
            body=body,
            fields=fields,
        )

    status, answer = once(_bearer(told))
    if status == 401:
        status, answer = once(_bearer(told, fresh=True))
    if status == 401:
        raise ConnectorError(_("Hệ thống không nhận mã truy cập (HTTP 401)."))
    return status, answer


def _bearer(told: Map, *, fresh: bool = False) -> str:
    """GetToken, kept until shortly before its end."""
    values, names = settings.CONNECTORS["national_system"], told.section("token")
    token, until = _token.get(values["client_id"], ("", 0.0))
    if token and monotonic() < until and not fresh:
        return token
    status, answer = asked(
        f"{values['url'].rstrip('/')}/{told.service('token')}",
        timeout=values["timeout"],
        headers={},
        body={names["client_id"]: values["client_id"], names["client_secret"]: values["client_secret"]},
    )
    found = _data(told, answer)
    token = found.get(names["token"], "")
    if status != 200 or not isinstance(token, str) or not token:
        raise ConnectorError(_("Hệ thống không cấp mã truy cập (HTTP %(status)s).") % {"status": status})
    seconds = found.get(names["expires"])
    lasts = float(seconds) if isinstance(seconds, int | float) else 60.0
    _token[values["client_id"]] = token, monotonic() + max(0.0, lasts - TOKEN_MARGIN)
    return token
