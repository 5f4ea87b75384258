"""How our neutral words are written in the two shapes of the State's systems. Names and values stand in the files of
``maps/``; here is only what belongs to which field."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from motcua.kernel.exchange.kind import Dossier, Reported, ResultTold, Status, Step, Subject, UnreadError
from motcua.kernel.exchange.ports import Letter
from motcua.lib.errors import ConnectorError

MAPS = Path(__file__).parent / "maps"
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FIRST_YEAR = 1990
_MOMENT = "%Y%m%d%H%M%S"
_DIGITS = re.compile(r"\d{14}|\d{12}|\d{8}")
_CODE = re.compile(r"[\w.\-/]{3,60}", re.ASCII)
_TERM = re.compile(r"\s*(\d+)\s*(.*)")


def written(at: datetime | None) -> str | None:
    return at.astimezone(ZONE).strftime(_MOMENT) if at is not None else None


def day(on: date | None) -> str | None:
    return on.strftime("%Y%m%d") if on is not None else None


def flag(value: bool) -> str:
    return "1" if value else "0"


@dataclass(frozen=True, slots=True)
class Map:
    """One version of the names and values of a partner."""

    sections: Mapping[str, Any]

    def section(self, name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.sections.get(name, {})
        return found

    def named(self, section: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """``values`` under their names; what they have no name for, or we have no value of, is left out."""
        names = self.section(section)
        return {names[ours]: value for ours, value in values.items() if ours in names and value is not None}

    def value(self, table: str, ours: str) -> str | None:
        found = self.section("tables").get(table, {}).get(ours)
        return str(found) if found is not None else None

    def code(self, ours: str) -> str:
        return str(self.section("codes").get(ours, ours))

    def service(self, name: str) -> str:
        return str(self.section("services")[name])


@lru_cache(maxsize=8)
def _read(path: str, changed: float) -> Map:
    return Map(tomllib.loads(Path(path).read_text(encoding="utf-8")))


def read_map(path: str, default: str, variable: str) -> Map:
    """Raises ConnectorError when the file cannot be used."""
    file = path or f"{MAPS}/{default}"
    try:
        found = _read(file, os.stat(file).st_mtime)  # noqa: PTH116  of every row that comes in: no Path is made
    except (OSError, ValueError) as error:
        raise ConnectorError(f"{variable}: {error}") from error
    missing = [name for name in ("services", "envelope", "errors", "dossier", "progress") if name not in found.sections]
    if missing:
        raise ConnectorError(f"{variable}: [{missing[0]}] is missing")
    return found


# ── The first portal ────────────────────────────────────────────────────────────────────────────────────────────────


def portal_dossier(told: Map, letter: Letter, dossier: Dossier) -> dict[str, Any]:
    """An element of ``data`` of DongBoHoSoMC."""
    term = _TERM.match(dossier.time)
    owed = [fee for fee in dossier.fees if fee.amount]
    is_paid_online = any(fee.is_paid_online for fee in owed)
    values = {
        "code": letter.code,
        "procedure": told.code(dossier.procedure),
        "procedure_name": dossier.procedure_name,
        "field": told.code(dossier.field),
        "field_name": dossier.field_name,
        "receipt": dossier.code,
        "applicant": dossier.applicant.name,
        "applicant_kind": told.value("applicant_kind", dossier.applicant.kind),
        "applicant_id": dossier.applicant.identifier,
        "other": "",
        "email": dossier.applicant.email,
        "fax": "",
        "phone": dossier.applicant.phone,
        "subject": dossier.subject,
        "accepted_at": written(dossier.accepted_at),
        "due_at": written(dossier.due_at),
        "state": str(dossier.state),
        "returned_at": written(dossier.returned_at),
        "return_note": "",
        "delivery": told.value("delivery", dossier.delivery),
        "finished_at": written(dossier.finished_at),
        "unit_name": dossier.unit_name,
        "note": dossier.note,
        "papers": [_portal_paper(told, letter, paper) for paper in dossier.papers if paper.file is not None],
        "fees": [
            told.named("fees", {"name": fee.name, "code": fee.code, "when": told.value("when", fee.when),
                                "amount": str(fee.amount), "kind": told.value("kind", fee.kind)})
            for fee in dossier.fees
        ],
        "others": [
            told.named("others", {"name": paper.name, "count": str(max(paper.originals + paper.copies, 1)),
                                  "copy": told.value("copy", "original" if paper.originals else "copy")})
            for paper in dossier.papers
            if paper.file is None and not paper.is_from_registry
        ],
        "supplements": [
            told.named("supplements", {
                "number": f"{letter.code}-{one.number}", "asked_by": one.asked_by, "what": one.what,
                "asked_at": written(one.asked_at), "received_by": "", "received_note": "",
                "supplied_at": written(one.supplied_at), "is_supplied": flag(one.supplied_at is not None),
                "papers": [told.named("others", {"name": name, "count": "1"}) for name in one.papers], "fees": [],
                "due_before": None, "due_after": written(dossier.due_at) if one.supplied_at else None,
            })
            for one in dossier.supplements
        ],
        "results": [
            told.named("results", {"name": one.name, "code": one.code, "number": one.number,
                                   "id": str(one.file.file_id) if one.file else "",
                                   "url": letter.link(one.file.file_id) if one.file else ""})
            for one in dossier.results
        ],
        "way": told.value("way", dossier.way),
        "paid_online": told.value("paid_online", "own" if is_paid_online else "no") if owed else None,
        "is_proved": flag(dossier.applicant.is_proved),
        "is_digitised": flag(any(paper.is_digitised for paper in dossier.papers)),
        "database": "",
        "term": term[1] if term else None,
        "term_unit": told.value("term_unit", "hour" if "giờ" in term[2] else "day") if term else None,
    }  # fmt: skip
    return told.named("dossier", values)


def _portal_paper(told: Map, letter: Letter, paper: Any) -> dict[str, Any]:
    return told.named("papers", {
        "id": str(paper.file.file_id), "name": paper.file.name, "is_deleted": "False", "code": paper.code,
        "url": letter.link(paper.file.file_id), "is_digitised": flag(paper.is_digitised),
        "is_reused": flag(paper.is_reused), "is_from_registry": flag(paper.is_from_registry),
    })  # fmt: skip


def step_values(told: Map, letter: Letter, step: Step) -> dict[str, Any]:
    """An element of ``data`` of CapNhatTienDoHoSoMC; the body of CapNhatTienTrinh."""
    return told.named("progress", {
        "code": letter.code, "officer": step.officer, "title": step.title, "at": written(step.at),
        "unit_name": step.unit_name, "words": step.words, "state": str(step.state),
        "begins_at": written(step.begins_at), "due_at": written(step.due_at),
    })  # fmt: skip


# ── The centralised system ──────────────────────────────────────────────────────────────────────────────────────────


def system_dossier(told: Map, letter: Letter, dossier: Dossier) -> dict[str, Any]:
    """The body of NoiHoSo."""
    papers = []
    for paper in dossier.papers:
        copy = "electronic" if paper.file else "original" if paper.originals else "copy"
        files = []
        if paper.file is not None:
            files = [told.named("paper_files", {"id": letter.references.get(paper.file.file_id), "result": "",
                                                "name": paper.name, "hash": paper.file.sha256})]  # fmt: skip
        papers.append(
            told.named(
                "papers",
                {
                    "code": paper.code,
                    "name": paper.name,
                    "count": max(paper.originals + paper.copies, 1),
                    "copy": told.value("copy", copy),
                    "files": files,
                },
            )
        )
    filer = dossier.filer or dossier.applicant
    values = {
        "code": letter.code,
        "procedure": told.code(dossier.procedure),
        "service": told.code(dossier.procedure),
        "applicant": dossier.applicant.name,
        "applicant_kind": told.value("applicant_kind", dossier.applicant.kind),
        "reception": told.code(dossier.reception),
        "filed_at": written(dossier.filed_at),
        "accepted_at": written(dossier.accepted_at),
        "due_at": written(dossier.due_at),
        "papers": papers,
        "filer": told.named("filer", {"kind": told.value("applicant_kind", filer.kind), "id": filer.identifier,
                                      "details": _details(told, filer, dossier.applicant.name)}),
        "fees": [
            told.named("fees", {"code": fee.code, "name": fee.name, "amount": fee.amount,
                                "when": told.value("when", fee.when), "is_paid": flag(fee.is_paid)})
            for fee in dossier.fees
        ],
    }  # fmt: skip
    return told.named("dossier", values)


def _details(told: Map, filer: Subject, owner: str) -> dict[str, Any]:
    return told.named("details", {
        "name": filer.name, "identifier": filer.identifier, "issued_on": None, "born_on": day(filer.born_on),
        "phone": filer.phone, "email": filer.email, "province": filer.province, "district": "",
        "commune": filer.commune, "line": filer.line, "owner": owner,
    })  # fmt: skip


def status_values(told: Map, letter: Letter, status: Status) -> dict[str, Any]:
    """The body of CapNhatTrangThai."""

    def result(one: ResultTold) -> dict[str, Any]:
        reference = letter.references.get(one.file.file_id) if one.file else None
        return told.named("results", {"code": one.code, "name": one.name, "number": one.number, "id": reference,
                                      "hash": one.file.sha256 if one.file else None})  # fmt: skip

    return told.named("status", {
        "code": letter.code, "state": str(status.state), "at": written(status.at), "words": status.words,
        "finished_at": written(status.finished_at), "returned_at": written(status.returned_at),
        "results": [result(one) for one in status.results],
    })  # fmt: skip


# ── Reading what others tell in the first portal's shape ────────────────────────────────────────────────────────────


def reported(told: Map, section: str, row: Any) -> Reported:
    """A row of DongBoHoSoMC (``dossier``) or CapNhatTienDoHoSoMC (``progress``)."""
    if not isinstance(row, dict):
        raise UnreadError(_("Hồ sơ phải là một đối tượng JSON."))
    names = told.section(section)
    code = _text(row, names["code"]).upper()
    if not _CODE.fullmatch(code):
        raise UnreadError(_("%(name)s trống hoặc không phải mã hồ sơ.") % {"name": names["code"]})
    state = _text(row, names["state"])
    if not (state.isascii() and state.isdecimal() and len(state) < 4):
        raise UnreadError(_("%(name)s phải là số từ 1 đến 10.") % {"name": names["state"]})
    if section == "progress":
        at = _at(row, names["at"])
        if at is None:
            raise UnreadError(_("Thiếu %(name)s.") % {"name": names["at"]})
        return Reported(code, int(state), at, agency=_text(row, names["unit_name"]))
    dates = {name: _at(row, names[name]) for name in ("accepted_at", "due_at", "finished_at", "returned_at")}
    reading = told.section("reading")
    said = [_at(row, name) for name in reading.get("said_at", ())]
    past = (dates["returned_at"], dates["finished_at"], dates["accepted_at"])
    at = next((one for one in (*said, *past) if one is not None), None)
    if at is None:
        raise UnreadError(_("Thiếu %(name)s: không biết trạng thái có từ lúc nào.") % {"name": names["accepted_at"]})
    return Reported(
        code,
        int(state),
        at,
        procedure=_text(row, names["procedure"]),
        procedure_name=_text(row, names["procedure_name"]),
        agency=_text(row, names["unit_name"]),
        applicant=_first(row, reading.get("applicant", ())),
        secret=_first(row, reading.get("secret", ())),
        **dates,
    )


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((text for name in names if (text := _text(row, name))), "")


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None or isinstance(value, bool | dict | list):
        return ""
    return str(value).strip()


def _at(row: Mapping[str, Any], name: str) -> datetime | None:
    """``yyyyMMddHHmmss`` in Vietnam's time; without seconds, or the day alone."""
    text = _text(row, name)
    if not text:
        return None
    if not (text.isascii() and _DIGITS.fullmatch(text)):
        raise UnreadError(_("%(name)s phải viết yyyyMMddHHmmss.") % {"name": name})
    digits = text.ljust(14, "0")
    try:
        found = datetime(
            int(digits[:4]), int(digits[4:6]), int(digits[6:8]),
            int(digits[8:10]), int(digits[10:12]), int(digits[12:14]), tzinfo=ZONE,
        )  # fmt: skip
    except ValueError:
        raise UnreadError(_("%(name)s không phải ngày giờ có thật.") % {"name": name}) from None
    if found.year < FIRST_YEAR:
        raise UnreadError(_("%(name)s xưa quá.") % {"name": name})
    return found


def rows_in(told: Map, body: Any) -> Sequence[Any]:
    data = body.get(told.section("envelope")["data"]) if isinstance(body, dict) else None
    if not isinstance(data, list):
        raise UnreadError(_("Thiếu danh sách %(name)s.") % {"name": told.section("envelope")["data"]})
    return data
