"""Where a dossier stands, told apart (facts §1.5): the business state with its number on the national portal, money,
the result's way to the person; and whether it is late, which is computed and never a state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from motcua.kernel.payments.kind import OWED, STATE_TONES
from motcua.kernel.payments.kind import State as Money
from motcua.kernel.payments.queries.obligations import obligations
from motcua.lib import moment
from motcua.lib.money import money
from motcua.modules.dossiers.kind import DOSSIER, PORTAL_STATES

if TYPE_CHECKING:
    from datetime import datetime

    from motcua.kernel.cases.kind import State
    from motcua.kernel.cases.models import Case
    from motcua.kernel.payments.models import Obligation
    from motcua.modules.dossiers.models import Dossier

# Mã trạng thái trên Cổng Dịch vụ công quốc gia (TrangThaiHoSo).
PORTAL_NAMES = {
    1: gettext_noop("Mới đăng ký"),
    2: gettext_noop("Được tiếp nhận"),
    3: gettext_noop("Không được tiếp nhận"),
    4: gettext_noop("Đang xử lý"),
    5: gettext_noop("Yêu cầu bổ sung giấy tờ"),
    6: gettext_noop("Yêu cầu thực hiện nghĩa vụ tài chính"),
    7: gettext_noop("Công dân yêu cầu rút hồ sơ"),
    8: gettext_noop("Dừng xử lý"),
    9: gettext_noop("Đã xử lý xong"),
    10: gettext_noop("Đã trả kết quả"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One of the states in words, with the tone and icon of its pill."""

    words: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Standing:
    business: State
    code: int  # 1–10
    code_name: str
    money: Part
    delivery: Part
    is_late: bool


def standings(cases: Sequence[Case]) -> dict[int, Standing]:
    """Of cases that come with their ``dossier``. One query."""
    owed = obligations([case.id for case in cases])
    now = moment.now()
    return {case.id: _standing(case, owed.get(case.id, []), now) for case in cases}


def _standing(case: Case, rows: Iterable[Obligation], now: datetime) -> Standing:
    dossier: Dossier = case.dossier
    code = PORTAL_STATES[case.state]
    return Standing(
        business=DOSSIER.state(case.state),
        code=code,
        code_name=_(PORTAL_NAMES[code]),
        money=_money(rows),
        delivery=_delivery(case, dossier),
        is_late=is_late(case, dossier, now),
    )


def is_late(case: Case, dossier: Dossier, now: datetime) -> bool:
    """The promise of the result was not kept, or is over and nothing is there. What ended without a result, and what
    waits for somebody outside, is not late."""
    if case.due_at is None or dossier.accepted_at is None:
        return False
    if dossier.ready_at is not None:
        return dossier.ready_at > case.due_at
    return case.closed_at is None and _runs(case.state) and now > case.due_at


def _runs(state: str) -> bool:
    return PORTAL_STATES[state] in (2, 4)


def _money(rows: Iterable[Obligation]) -> Part:
    """What is still owed; else what became of the last that was."""
    held = [row for row in rows if row.state not in (Money.CANCELLED, Money.EXEMPT)]
    if not held:
        return Part(_("Không phải nộp"), "neutral", "coin-off")
    if left := sum(row.amount - row.paid_amount for row in held if row.state in OWED):
        words = _("Còn phải nộp %(amount)s") if any(row.paid_amount for row in held) else _("Chưa nộp %(amount)s")
        return Part(words % {"amount": money(left)}, "warn", "coin")
    last = held[-1]
    if last.state != Money.PAID:
        return Part(str(last.get_state_display()), *STATE_TONES[Money(last.state)])
    return Part(_("Đã nộp đủ %(amount)s") % {"amount": money(sum(row.amount for row in held))}, "ok", "coin")


def _delivery(case: Case, dossier: Dossier) -> Part:
    how = str(dossier.get_delivery_display())
    if dossier.returned_at is not None:
        return Part(_("Đã trả: %(how)s") % {"how": how}, "ok", "checks")
    if dossier.ready_at is not None:
        return Part(_("Chờ trả: %(how)s") % {"how": how}, "info", "gift")
    if case.closed_at is not None:
        return Part(_("Không có kết quả để trả"), "neutral", "x")
    return Part(_("Chưa có kết quả: %(how)s") % {"how": how}, "neutral", "clock")
