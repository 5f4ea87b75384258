"""An apology in advance with a new day (Mẫu 04): laid before the leader, granted or not."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import finish, said
from motcua.kernel.org import queries as org
from motcua.lib.errors import Refused
from motcua.lib.worktime import Duration, due_at
from motcua.modules.dossiers.actions.moving import begin_move, unit_words
from motcua.modules.dossiers.kind import LONGEST_NOTE
from motcua.modules.dossiers.models import Dossier, Extension
from motcua.modules.dossiers.queries.reading import Whole, whole

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case, Clock
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def ask_extension_dossier(
    case_id: int,
    *,
    actor: Actor,
    reason: str,
    until: datetime | None = None,
    longer: str = "",
    version: int | None = None,
) -> Case:
    """Lay it before the leader, who decides; the promise stands as it was until then. ``until`` or ``longer`` ("2 ngày
    làm việc" after the promise) says the new day."""
    found, clocks = begin_move(case_id, "ask_extension", actor=actor, version=version)
    why = _reason(reason)
    end = _new_end(found, _promise(found, clocks), until, longer)
    Extension.objects.update_or_create(
        pk=case_id, defaults={"reason": why, "until": end, "asked_by": actor.name, "asked_at": clocks.at}
    )
    finish(found.case, "ask_extension", actor=actor, data={"reason": why, "due": end, **unit_words(found.case)})
    return found.case


@transaction.atomic
def extend_dossier(
    case_id: int,
    *,
    actor: Actor,
    reason: str = "",
    until: datetime | None = None,
    longer: str = "",
    version: int | None = None,
) -> Case:
    """The person is told: once, and at least a working day before the promise ends (facts §1.6.8). Without a reason and
    a day of its own it grants what was asked for."""
    found, clocks = begin_move(case_id, "extend", actor=actor, version=version)
    asked = Extension.objects.filter(pk=case_id).first()
    if asked is not None and not reason.strip() and until is None and not longer:
        reason, until = asked.reason, asked.until
    why = _reason(reason)
    clock = _promise(found, clocks)
    end = _new_end(found, clock, until, longer)
    clocks.extend("result", end)
    Dossier.objects.filter(pk=case_id).update(extended_at=clocks.at)
    Extension.objects.filter(pk=case_id).delete()
    told = {"reason": why, "due": end, "before": clock.first_due_at, **unit_words(found.case)}
    finish(found.case, "extend", actor=actor, clocks=clocks, data=told)
    return found.case


@transaction.atomic
def decline_extension_dossier(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """The promise stands."""
    found, _clocks = begin_move(case_id, "decline_extension", actor=actor, version=version)
    why = said(reason, "reason", _("Ghi vì sao không hẹn lại."), most=LONGEST_NOTE)
    if not Extension.objects.filter(pk=case_id).delete()[0]:
        raise Refused("wrong_state", _("Hồ sơ này không có đề nghị hẹn lại đang chờ."))
    finish(found.case, "decline_extension", actor=actor, data={"reason": why, **unit_words(found.case)})
    return found.case


def _reason(reason: str) -> str:
    return said(reason, "reason", _("Ghi lý do chậm, để người nộp hiểu vì sao."), most=LONGEST_NOTE)


def _promise(found: Whole, clocks: Clocks) -> Clock:
    """The clock of the result, where it may still be promised anew. Refused otherwise."""
    clock = clocks.get("result")
    if clock is None:
        raise Refused("wrong_state", _("Hồ sơ này không còn hạn trả kết quả để hẹn lại."))
    if found.dossier.extended_at is not None:
        raise Refused("extended_before", _("Hồ sơ này đã hẹn lại một lần. Quy định chỉ cho hẹn lại một lần."))
    calendar, _version = org.unit_calendar(found.dossier.competent_unit_id)
    if clocks.at > calendar.add(clock.due_at, -calendar.day_minutes):
        raise Refused(
            "too_late",
            _("Phải xin lỗi, hẹn lại ít nhất một ngày làm việc trước hạn. Hạn này còn dưới một ngày hoặc đã qua."),
        )
    return clock


def _new_end(found: Whole, clock: Clock, until: datetime | None, longer: str) -> datetime:
    if until is None:
        try:
            duration = Duration.parse(longer)
        except ValueError as error:
            words = _("Ghi thêm bao lâu, như “2 ngày làm việc”.")
            raise Refused("invalid", words, fields={"longer": words}) from error
        calendar, _version = org.unit_calendar(found.dossier.competent_unit_id)
        until = due_at(calendar, clock.due_at, duration)
    if until <= clock.due_at:
        words = _("Ngày hẹn mới phải sau ngày đã hẹn.")
        raise Refused("invalid", words, fields={"until": words})
    return until


def why_no_extension(case: Case) -> str:
    """Said before a leader or a specialist asks for many at once; "" where nothing stands against it."""
    try:
        _promise(whole(case), Clocks.of(case))
    except Refused as refused:
        return refused.message
    return ""
