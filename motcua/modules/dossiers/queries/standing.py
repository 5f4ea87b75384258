"""Where a dossier stands, told apart (facts §1.5): the business state with its number on the national portal, money,
the result's way to the person; whether it is late, which is computed and never a state; and by what right it was filed
for another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import AuthorisationRow, authorisation_of_case, organisation_of_case
from motcua.kernel.org import queries as org
from motcua.kernel.payments.kind import OWED, STATE_TONES
from motcua.kernel.payments.kind import State as Money
from motcua.kernel.payments.queries.obligations import obligations, pay_url
from motcua.kernel.web.kind import Pill
from motcua.lib import moment
from motcua.lib.money import money
from motcua.modules.dossiers.kind import DOSSIER, PORTAL_STATES, Delivery

if TYPE_CHECKING:
    from datetime import datetime

    from motcua.kernel.cases.kind import State
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.models import Organisation
    from motcua.kernel.payments.models import Obligation
    from motcua.modules.dossiers.models import Dossier
    from motcua.modules.dossiers.queries.reading import Whole

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
class Standing:
    business: State
    code: int  # 1–10
    code_name: str
    money: Pill
    delivery: Pill
    is_late: bool


def standings(cases: Sequence[Case]) -> dict[int, Standing]:
    """Of cases that come with their ``dossier``. One query."""
    owed = obligations([case.id for case in cases])
    return {case.id: standing_of(case, case.dossier, owed.get(case.id, [])) for case in cases}


def standing_of(case: Case, dossier: Dossier, rows: Sequence[Obligation]) -> Standing:
    """``rows``: what the case owes."""
    code = PORTAL_STATES[case.state]
    return Standing(
        business=DOSSIER.state(case.state),
        code=code,
        code_name=_(PORTAL_NAMES[code]),
        money=money_state(case, rows),
        delivery=delivery_state(case, dossier),
        is_late=is_late(case, dossier, moment.now()),
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


def money_state(case: Case, rows: Sequence[Obligation]) -> Pill:
    """Of all that a dossier owes: what asks for something first, else what became of the last."""
    if left := sum(row.missing for row in rows if row.state in OWED):
        words = _("Còn phải nộp %(amount)s") if any(row.paid_amount for row in rows) else _("Chưa nộp %(amount)s")
        return Pill(words % {"amount": money(left, get_language())}, "warn", "coin")
    for state in (Money.REFUNDING, Money.OVER):
        if any(row.state == state for row in rows):
            return Pill(str(state.label), *STATE_TONES[state])
    if paid := sum(row.amount for row in rows if row.state == Money.PAID):
        return Pill(_("Đã nộp đủ %(amount)s") % {"amount": money(paid, get_language())}, "ok", "coin")
    for state in (Money.REFUNDED, Money.EXEMPT, Money.CANCELLED):
        if any(row.state == state for row in rows):
            return Pill(str(state.label), *STATE_TONES[state])
    words = _("Chưa có khoản phải nộp") if case.closed_at is None else _("Không có khoản phải nộp")
    return Pill(words, "neutral", "coin")


def delivery_state(case: Case, dossier: Dossier) -> Pill:
    """Where the result is on its way into the person's hands."""
    delivery = Delivery(dossier.delivery)
    if dossier.returned_at is not None:
        day = f"{timezone.localtime(dossier.returned_at):%d/%m/%Y}"
        words = {
            Delivery.ONLINE: _("Đã gửi vào kho giấy tờ điện tử ngày %(day)s"),
            Delivery.COUNTER: _("Đã nhận tại quầy ngày %(day)s"),
            Delivery.POST: _("Đã giao bưu chính ngày %(day)s"),
        }[delivery]
        return Pill(words % {"day": day}, "ok", "circle-check")
    if dossier.ready_at is not None and case.closed_at is None:
        words = {
            Delivery.ONLINE: _("Chờ gửi bản điện tử"),
            Delivery.COUNTER: _("Chờ nhận tại %(unit)s"),
            Delivery.POST: _("Chờ giao bưu chính"),
        }[delivery]
        unit = org.tree().unit(dossier.reception_unit_id).name
        return Pill(words % {"unit": unit}, "info", "package")
    if case.closed_at is not None:
        return Pill(_("Không có kết quả để trả"), "neutral", "package")
    return Pill(_("Chưa có kết quả"), "neutral", "package")


@dataclass(frozen=True, slots=True)
class ActsFor:
    """By what right somebody filed it for another, as it stands now. For whoever may read the dossier."""

    authorisation: AuthorisationRow | None = None
    organisation: Organisation | None = None

    @property
    def is_in_force(self) -> bool:
        return self.authorisation is not None and self.authorisation.state == "accepted"


def acts_for(found: Whole) -> ActsFor:
    authorisation_id, organisation_id = found.dossier.authorisation_id, found.dossier.organisation_id
    return ActsFor(
        authorisation_of_case(authorisation_id) if authorisation_id is not None else None,
        organisation_of_case(organisation_id) if organisation_id is not None else None,
    )


@dataclass(frozen=True, slots=True)
class MoneyLine:
    obligation: Obligation
    name: str
    url: str

    @property
    def pill(self) -> Pill:
        tone, icon = STATE_TONES[Money(self.obligation.state)]
        return Pill(str(Money(self.obligation.state).label), tone, icon)


def money_lines(rows: Sequence[Obligation], payer_id: int | None, *, is_english: bool) -> list[MoneyLine]:
    """``payer_id``: to whom the links to pay are given."""
    return [
        MoneyLine(
            row,
            ", ".join(line["name_en"] if is_english and line["name_en"] else line["name"] for line in row.lines),
            pay_url(row.id, payer_id),
        )
        for row in rows
    ]
