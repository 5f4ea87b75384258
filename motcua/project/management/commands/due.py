"""``motcua due --from "2026-02-13T14:00" --for "3 ngày làm việc" --explain``: when a promise falls due, and why.

Reads a pack's files and needs no database; ``--installed`` counts by what the running city has entered since.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation
from django.utils.translation import gettext as _

from motcua.kernel.org import pack as org_pack
from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import Pack
from motcua.lib.errors import Refused
from motcua.lib.worktime import Due, Duration, Language, StartRule, WorkCalendar, due, moment_words
from motcua.project.env import env_path
from motcua.project.prepare import PACK


@dataclass(frozen=True)
class Source:
    """A calendar, and of which years nobody has confirmed its days."""

    code: str
    calendar: WorkCalendar
    unconfirmed: frozenset[int]


class Command(BaseCommand):
    help = "when a promise falls due, and why"

    @staticmethod
    def needs_database(arguments: Sequence[str]) -> bool:
        return "--installed" in arguments

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", required=True, dest="start", help="2026-02-13T14:00, on the calendar's clock")
        parser.add_argument(
            "--for", required=True, dest="term", help="“3 ngày làm việc”, “8 giờ làm việc”, “15 ngày” …"
        )
        parser.add_argument("--calendar", default="", help="code of a calendar; the pack's own by default")
        parser.add_argument("--unit", default="", help="code of a unit, whose calendar is taken")
        parser.add_argument(
            "--start-rule", choices=[rule.value for rule in StartRule], default=StartRule.SAME_INSTANT.value
        )
        parser.add_argument("--explain", action="store_true", help="tell day by day why")
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")
        parser.add_argument("--pack", type=Path, default=None, help="folder of the pack")
        parser.add_argument("--installed", action="store_true", help="as the database has it now")
        parser.add_argument("--language", choices=["vi", "en"], default="vi")

    def handle(self, *, start: str, term: str, start_rule: str, as_json: bool, explain: bool, **options: Any) -> None:
        language = cast("Language", options["language"])
        with translation.override(language):
            source = (_installed if options["installed"] else _from_pack)(options)
            began = _moment(start, source.calendar)
            try:
                duration = Duration.parse(term)
                answer = due(source.calendar, began, duration, StartRule(start_rule), language)
            except ValueError as error:
                raise Refused("invalid", str(error)) from error
            doubtful = sorted(source.unconfirmed & set(range(began.year, answer.at.year + 1)))
            if as_json:
                self._write_json(source, duration, began, answer, doubtful, explain=explain)
                return
            for step in answer.steps if explain else ():
                self.stdout.write(step.text)
            if not explain:
                self.stdout.write(f"{moment_words(answer.at, language)}  ({_iso(answer.at)})")
            for year in doubtful:
                self.stdout.write(_("Chú ý: lịch nghỉ năm {year} chưa được xác nhận.").format(year=year))

    def _write_json(
        self,
        source: Source,
        duration: Duration,
        start: datetime,
        answer: Due,
        doubtful: Sequence[int],
        *,
        explain: bool,
    ) -> None:
        told: dict[str, object] = {
            "due": _iso(answer.at),
            "from": _iso(start),
            "began": _iso(answer.began),
            "for": str(duration),
            "calendar": source.code,
            "unconfirmed_years": list(doubtful),
        }
        if explain:
            told["steps"] = [
                {
                    "kind": step.kind,
                    "first": step.first.isoformat(),
                    "last": step.last.isoformat(),
                    "minutes": step.minutes,
                    "text": step.text,
                }
                for step in answer.steps
            ]
        self.stdout.write(json.dumps(told, ensure_ascii=False))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="seconds" if at.second or at.microsecond else "minutes")


def _moment(written: str, calendar: WorkCalendar) -> datetime:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        raise Refused(
            "invalid", _("Không đọc được lúc “{written}”; viết như 2026-02-13T14:00.").format(written=written[:60])
        ) from None
    return at.replace(tzinfo=calendar.zone) if at.tzinfo is None else calendar.local(at)


def _from_pack(options: dict[str, Any]) -> Source:
    folder = options["pack"] or env_path("MOTCUA_PACK", Path(settings.BASE_DIR, "packs", PACK))
    pack = Pack(folder)
    pack.read_settings()
    for table in (org_pack.CALENDARS, org_pack.DAYS, org_pack.UNITS):
        pack.read_table(table)
    if pack.problems:
        raise Refused("invalid_pack", "\n".join(f"{folder}/{problem}" for problem in pack.problems))
    code = options["calendar"] or pack.setting("pack", "calendar")
    if unit := options["unit"]:
        units = pack.keys(org_pack.UNITS.file)
        if unit not in units:
            raise Refused("not_found", _("units.csv không có đơn vị “{code}”.").format(code=unit))
        code = units[unit]["calendar"]
    calendars = pack.keys(org_pack.CALENDARS.file)
    if code not in calendars:
        raise _no_calendar(code, calendars)
    days = [record for record in pack.tables[org_pack.DAYS.file] if record["calendar"] == code]
    confirmed = {record["date"].year for record in days if record["confirmed"]}
    return Source(code, org_pack.work_calendar(calendars[code], days), _ALL_YEARS - confirmed)


_ALL_YEARS = frozenset(range(1976, 2200))


def _installed(options: dict[str, Any]) -> Source:
    calendars = {calendar.code: calendar for calendar in org.list_calendars()}
    row = org.tree().by_code(options["unit"]) if options["unit"] else next(iter(org.tree().in_force), None)
    if options["calendar"]:
        if options["calendar"] not in calendars:
            raise _no_calendar(options["calendar"], calendars)
        found = calendars[options["calendar"]]
    elif row is not None:
        found = next(calendar for calendar in calendars.values() if calendar.pk == row.calendar_id)
    else:
        raise Refused("not_found", _("Không có đơn vị “{code}”.").format(code=options["unit"]))
    confirmed = org.confirmed_years(found.pk)
    return Source(found.code, org.work_calendar(found.pk), _ALL_YEARS - confirmed)


def _no_calendar(code: str, known: Any) -> Refused:
    return Refused(
        "not_found", _("Không có lịch “{code}”; các lịch là: {known}.").format(code=code, known=", ".join(known))
    )
