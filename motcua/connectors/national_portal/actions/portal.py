"""The national portal by its first API: dossiers and progress in batches, each answered for by itself."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.connectors.national_portal.actions.calling import asked, is_insecure
from motcua.connectors.national_portal.kind import (
    Map,
    portal_dossier,
    read_map,
    reported,
    rows_in,
    step_values,
)
from motcua.kernel.exchange.kind import Dossier, ParcelKind, Reported, Step, UnreadError
from motcua.kernel.exchange.ports import Answer, Health, Letter, Option
from motcua.lib.errors import ConnectorError

CATALOGUES = ("procedures", "fields", "agencies")
Rows = dict[str, Mapping[str, Any]]  # by MaHoSo


def _map() -> Map:
    return read_map(settings.CONNECTORS["national_portal"]["map"], "portal-2022.toml", "NATIONAL_PORTAL_MAP")


class NationalPortal:
    name = "national_portal"
    label: str | Promise = gettext_lazy("Cổng Dịch vụ công quốc gia")
    takes = frozenset({ParcelKind.DOSSIER, ParcelKind.PROGRESS})
    updates = True

    @property
    def batch(self) -> int:
        return int(settings.CONNECTORS["national_portal"]["batch"])

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["national_portal"]["url"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["national_portal"]
        return (
            Option("NATIONAL_PORTAL_URL", _("Địa chỉ của cổng"), values["url"], is_required=True),
            Option("NATIONAL_PORTAL_USER", _("Tên đăng nhập"), values["user"]),
            Option("NATIONAL_PORTAL_SECRET", _("Mật khẩu, hoặc khóa truy cập"), values["secret"], True, True),
            Option("NATIONAL_PORTAL_UNIT", _("Mã đơn vị kết nối"), values["unit"]),
            Option("NATIONAL_PORTAL_MAP", _("Tệp tên trường"), values["map"]),
            Option("NATIONAL_PORTAL_BATCH", _("Số hồ sơ trong một lần gửi"), values["batch"]),
            Option("NATIONAL_PORTAL_TIMEOUT", _("Chờ nhiều nhất (giây)"), values["timeout"]),
        )

    def check(self) -> Health:
        try:
            _call(_map(), "fields", {})
        except ConnectorError as error:
            return Health(False, str(error))
        if is_insecure(settings.CONNECTORS["national_portal"]["url"]):
            return Health(False, _("Cổng trả lời, nhưng địa chỉ không mã hóa (http)."))
        return Health(True, _("Cổng trả lời."))

    def code_for(self, dossier: Dossier) -> str:
        return dossier.code

    def tell(self, letters: Sequence[Letter]) -> Sequence[Answer]:
        told = _map()
        if letters[0].kind == ParcelKind.PROGRESS:
            return _progress(told, letters)
        return _dossiers(told, letters)

    def catalogue(self, name: str) -> Sequence[tuple[str, str]]:
        if name not in CATALOGUES:
            raise ConnectorError(_("Không có danh mục này."), permanent=True)
        told = _map()
        names = told.section("catalogues")[name]
        rows = _call(told, name, {}).get(told.section("envelope")["rows"], [])
        return [
            (str(row[names["code"]]), str(row.get(names["name"], "")))
            for row in rows
            if isinstance(row, dict) and names["code"] in row
        ]

    def procedure(self, code: str) -> Mapping[str, Any]:
        """One procedure as the portal has it (LayThuTuc)."""
        told = _map()
        return _call(told, "procedure", {told.section("dossier")["procedure"]: code})


# ── Telling ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dossiers(told: Map, letters: Sequence[Letter]) -> list[Answer]:
    """New ones, then updates; what turns out to be the other is told as the other, once."""

    def make(letter: Letter) -> dict[str, Any]:
        assert isinstance(letter.body, Dossier)  # noqa: S101  of its kind
        return portal_dossier(told, letter, letter.body)

    # What may have been taken before is told as an update first: nothing is there twice.
    known = [letter for letter in letters if letter.is_known or letter.is_repeat]
    new = [letter for letter in letters if not (letter.is_known or letter.is_repeat)]
    found: dict[str, Answer] = {}
    for group, is_update in ((known, True), (new, False)):
        if not group:
            continue
        try:
            wrong_way = _told(
                told, "dossier", group, make, found, is_update=is_update, other="unknown" if is_update else "exists"
            )
            if wrong_way:
                _told(told, "dossier", wrong_way, make, found, is_update=not is_update)
        except ConnectorError as error:
            if not found:
                raise
            found |= {one.id: Answer(one.id, False, error=str(error)) for one in group if one.id not in found}
    return list(found.values())


def _progress(told: Map, letters: Sequence[Letter]) -> list[Answer]:
    """What may have been taken before is looked up first: a step stands there once."""

    def make(letter: Letter) -> dict[str, Any]:
        assert isinstance(letter.body, Step)  # noqa: S101  of its kind
        return step_values(told, letter, letter.body)

    found: dict[str, Answer] = {}
    for letter in letters:
        if letter.is_repeat and _has_step(told, make(letter)):
            found[letter.id] = Answer(letter.id, True)
    rest = [letter for letter in letters if letter.id not in found]
    if rest:
        _told(told, "progress", rest, make, found)
    return list(found.values())


def _told(
    told: Map,
    service: str,
    letters: Sequence[Letter],
    make: Callable[[Letter], dict[str, Any]],
    found: dict[str, Answer],
    *,
    is_update: bool | None = None,
    other: str = "",
) -> list[Letter]:
    """One request. Fills ``found``; returns those of which the portal says ``other``: to be told the other way, as new
    or as an update."""
    envelope, errors = told.section("envelope"), told.section("errors")
    body: dict[str, Any] = {envelope["data"]: [make(letter) for letter in letters]}
    if is_update is not None:
        body[envelope["updating"]] = is_update
    answer = _call(told, service, body, is_single=len(letters) == 1)
    rows = _rows(told, answer)
    whole = str(answer.get(envelope["error"], ""))
    if whole not in errors["ok"] and not rows and len(letters) > 1:
        raise ConnectorError(_said(told, answer))  # which of them it means, only telling them one by one shows
    wrong_way = []
    for letter in letters:
        row = rows.get(letter.code, {} if rows else answer)
        code = str(row.get(envelope["error"], whole))
        if other and code in errors[other]:
            wrong_way.append(letter)
        elif code in errors["ok"]:
            found[letter.id] = Answer(letter.id, True)
        else:
            is_permanent = code not in errors["busy"]
            found[letter.id] = Answer(letter.id, False, error=_said(told, row), is_permanent=is_permanent)
    return wrong_way


def _rows(told: Map, answer: Mapping[str, Any]) -> Rows:
    rows = answer.get(told.section("envelope")["rows"])
    name = told.section("dossier")["code"]
    return (
        {str(row[name]): row for row in rows if isinstance(row, dict) and name in row} if isinstance(rows, list) else {}
    )


def _has_step(told: Map, step: Mapping[str, Any]) -> bool:
    names, look = told.section("progress"), told.section("look_up")
    answer = _call(told, "look_up", {look["code"]: step[names["code"]]}, is_single=True)
    same = (names["at"], names["state"], names["words"])
    for row in _rows(told, answer).values():
        for there in row.get(look["steps"]) or ():
            if isinstance(there, dict) and all(str(there.get(name)) == str(step.get(name)) for name in same):
                return True
    return False


def _said(told: Map, row: Mapping[str, Any]) -> str:
    envelope = told.section("envelope")
    code, words = row.get(envelope["error"], ""), str(row.get(envelope["message"], "") or "")[:200]
    return f"{words} ({code})" if words else _("Mã lỗi %(code)s") % {"code": code}


def _call(told: Map, service: str, body: Mapping[str, Any], *, is_single: bool = False) -> Mapping[str, Any]:
    """The answer, an object. Raises ConnectorError when the portal takes nothing at all."""
    values, envelope = settings.CONNECTORS["national_portal"], told.section("envelope")
    name = told.service(service)
    sent = {envelope["service"]: name, **({envelope["unit"]: values["unit"]} if values["unit"] else {}), **body}
    if values["user"]:
        headers = urllib3.make_headers(basic_auth=f"{values['user']}:{values['secret']}")
    else:
        headers = {"Authorization": f"Bearer {values['secret']}"}
    status, answer = asked(
        f"{values['url'].rstrip('/')}/{name}", timeout=values["timeout"], headers=dict(headers), body=sent
    )
    if isinstance(answer, dict) and envelope["error"] in answer and (status == 200 or (status == 400 and is_single)):
        return answer
    if status in (401, 403):
        raise ConnectorError(_("Cổng không nhận tên đăng nhập hoặc khóa (HTTP %(status)s).") % {"status": status})
    if status == 200:
        raise ConnectorError(_("Không đọc được trả lời của cổng."))
    raise ConnectorError(f"HTTP {status}")


# ── Being told ──────────────────────────────────────────────────────────────────────────────────────────────────────


class PortalShape:
    """Ministries' systems tell us of their dossiers as they would tell the portal."""

    name = "dvcqg"
    services: tuple[str, ...] = ("DongBoHoSoMC", "CapNhatTienDoHoSoMC")
    _SECTIONS = dict(zip(services, ("dossier", "progress"), strict=True))

    def rows(self, service: str, body: Any) -> Sequence[Any]:
        return rows_in(_map(), body)

    def read(self, service: str, row: Any) -> Reported:
        section = self._SECTIONS.get(service)
        if section is None:
            raise UnreadError(_("Không có dịch vụ này."))
        return reported(_map(), section, row)

    def service_of(self, row: Any) -> str:
        is_progress = isinstance(row, dict) and _map().section("progress")["at"] in row
        return self.services[1] if is_progress else self.services[0]

    def answer(self, problems: Mapping[int, str], taken: int) -> Mapping[str, Any]:
        envelope = _map().section("envelope")
        return {
            envelope["error"]: 1 if problems else 0,
            envelope["message"]: _("Có dòng không đọc được.") if problems else "",
            "SoHoSo": taken - len(problems),
            envelope["rows"]: [
                {"Dong": line, envelope["error"]: 1, envelope["message"]: words}
                for line, words in sorted(problems.items())
            ],
        }

    def refusal(self, words: str) -> Mapping[str, Any]:
        envelope = _map().section("envelope")
        return {envelope["error"]: 1, envelope["message"]: words}
