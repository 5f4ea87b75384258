"""Work sessions, days off, make-up days, and the yearly confirmation."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.org.actions.versions import grow_version
from motcua.kernel.org.models import Calendar, CalendarDay, CalendarYear
from motcua.kernel.org.queries import as_work_calendar
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

Sessions = Mapping[str, Sequence[Sequence[str]]]


@transaction.atomic
def add_calendar(
    *, actor: "Actor", code: str, name: str, sessions: Sessions, zone: str = "Asia/Ho_Chi_Minh"
) -> Calendar:
    if Calendar.objects.filter(code=code).exists():
        raise Refused("duplicate", _("Đã có lịch mang mã {code}.").format(code=code), fields={"code": _("Mã đã dùng")})
    calendar = Calendar(code=code, name=name, sessions=sessions, zone=zone)
    calendar.save()
    _check(calendar)
    grow_version()
    record("calendar.added", actor=actor, data={"calendar_id": calendar.pk, "code": code, "name": name})
    return calendar


@transaction.atomic
def change_calendar(
    calendar_id: int,
    *,
    actor: "Actor",
    name: str | None = None,
    sessions: Sessions | None = None,
    zone: str | None = None,
) -> Calendar:
    calendar = _lock(calendar_id)
    before = (calendar.name, calendar.sessions, calendar.zone)
    calendar.name = calendar.name if name is None else name
    calendar.sessions = calendar.sessions if sessions is None else sessions
    calendar.zone = calendar.zone if zone is None else zone
    if before != (calendar.name, calendar.sessions, calendar.zone):
        calendar.save(update_fields=["name", "sessions", "zone"])
        _changed(calendar, actor=actor, change={"hours": before[1:] != (calendar.sessions, calendar.zone)})
    return calendar


@transaction.atomic
def set_calendar_day(
    calendar_id: int, day: date, *, actor: "Actor", kind: str, name: str, legal_basis: str = ""
) -> CalendarDay:
    """Make ``day`` off or a make-up day, or change what it is called. A year that was confirmed has to be again."""
    calendar = _lock(calendar_id)
    if kind not in CalendarDay.Kind.values:
        raise Refused("invalid", _("Ngày phải là ngày nghỉ hoặc ngày làm bù."), fields={"kind": _("Chọn một loại")})
    row = CalendarDay.objects.filter(calendar=calendar, date=day).first() or CalendarDay(calendar=calendar, date=day)
    if (row.pk, row.kind, row.name, row.legal_basis) != (row.pk or -1, kind, name, legal_basis):
        row.kind, row.name, row.legal_basis = kind, name, legal_basis
        row.save()
        _unconfirm(calendar, day.year)
        _changed(calendar, actor=actor, change={"day": day.isoformat(), "kind": kind, "of": name})
    return row


@transaction.atomic
def remove_calendar_day(calendar_id: int, day: date, *, actor: "Actor") -> None:
    """``day`` is an ordinary day again."""
    calendar = _lock(calendar_id)
    removed, _per_table = CalendarDay.objects.filter(calendar=calendar, date=day).delete()
    if not removed:
        raise Refused("not_found", _("Ngày này không có trong lịch."))
    _unconfirm(calendar, day.year)
    _changed(calendar, actor=actor, change={"day": day.isoformat(), "kind": ""})


@transaction.atomic
def seed_year(calendar_id: int, year: int, *, actor: "Actor") -> int:
    """Propose the year's holidays by rule; days already entered stay. Returns how many were added.

    The year stays unconfirmed: which days around Tết and the National Day are off is decided each year.
    """
    from motcua.lib.holidays_vn import holidays_vn

    calendar = _lock(calendar_id)
    known = set(CalendarDay.objects.filter(calendar=calendar, date__year=year).values_list("date", flat=True))
    try:
        proposal = holidays_vn(year)
    except ValueError as error:
        raise Refused("invalid", str(error)) from error
    new = [
        CalendarDay(calendar=calendar, date=day.day, kind=kind, name=day.name, legal_basis=day.basis)
        for kind, days in (
            (CalendarDay.Kind.OFF, proposal.days_off),
            (CalendarDay.Kind.WORK, proposal.makeup_days),
        )
        for day in days
        if day.day not in known
    ]
    if new:
        CalendarDay.objects.bulk_create(new)
        _unconfirm(calendar, year)
        _changed(calendar, actor=actor, change={"seeded": year, "days": len(new)})
    return len(new)


@transaction.atomic
def confirm_year(calendar_id: int, year: int, *, actor: "Actor") -> None:
    """An administrator has compared the year's days with the official notice."""
    calendar = _lock(calendar_id)
    if not CalendarDay.objects.filter(calendar=calendar, date__year=year).exists():
        raise Refused("empty_year", _("Năm {year} chưa có ngày nghỉ nào. Hãy nhập ngày nghỉ trước.").format(year=year))
    CalendarYear.objects.update_or_create(
        calendar=calendar, year=year, defaults={"confirmed_at": moment.now(), "confirmed_by": actor.name}
    )
    grow_version()
    record(
        "calendar.confirmed",
        actor=actor,
        data={"calendar_id": calendar.pk, "code": calendar.code, "name": calendar.name, "year": year},
    )


def _lock(calendar_id: int) -> Calendar:
    calendar = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if calendar is None:
        raise Refused("not_found", _("Không có lịch làm việc này."))
    return calendar


def _unconfirm(calendar: Calendar, year: int) -> None:
    CalendarYear.objects.filter(calendar=calendar, year=year).update(confirmed_at=None, confirmed_by="")


def _changed(calendar: Calendar, *, actor: "Actor", change: Mapping[str, object]) -> None:
    _check(calendar)
    calendar.version += 1
    calendar.save(update_fields=["version"])
    grow_version()
    record_change(calendar, actor=actor, change=change)


def record_change(calendar: Calendar, *, actor: "Actor", change: Mapping[str, object]) -> None:
    """Whoever keeps promises by this calendar reads this event and counts them again."""
    record(
        "calendar.changed",
        actor=actor,
        data={
            "calendar_id": calendar.pk,
            "code": calendar.code,
            "name": calendar.name,
            "version": calendar.version,
            **change,
        },
    )


def _check(calendar: Calendar) -> None:
    """The whole calendar must make sense before anybody counts by it; the transaction goes back when it does not."""
    days = CalendarDay.objects.filter(calendar=calendar)
    try:
        as_work_calendar(
            calendar.sessions,
            days_off={day.date: day.name for day in days if day.kind == CalendarDay.Kind.OFF},
            makeup_days=[day.date for day in days if day.kind == CalendarDay.Kind.WORK],
            zone=calendar.zone,
        )
    except (ValueError, KeyError) as error:
        raise Refused("invalid", str(error)) from error
