"""Beside the business state: how it stands with the money, and with the handing over of the result (facts §1.5: states
apart)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import AuthorisationRow, authorisation_of_case, organisation_of_case
from motcua.kernel.payments.kind import OWED, STATE_TONES, State
from motcua.kernel.payments.queries.obligations import pay_url
from motcua.kernel.web.kind import Pill
from motcua.lib.money import money
from motcua.modules.dossiers.kind import Delivery

if TYPE_CHECKING:
    from motcua.kernel.identity.models import Organisation
    from motcua.kernel.payments.models import Obligation
    from motcua.modules.dossiers.queries.reading import Whole


def money_state(rows: Sequence[Obligation]) -> Pill:
    """Of all that a dossier owes: what asks for something first."""
    owed = sum(row.missing for row in rows if row.state in OWED)
    if owed:
        return Pill(_("Còn phải nộp %(amount)s") % {"amount": money(owed)}, "warn", "coin")
    for state in (State.REFUNDING, State.OVER, State.PAID, State.REFUNDED, State.EXEMPT, State.CANCELLED):
        if any(row.state == state for row in rows):
            tone, icon = STATE_TONES[state]
            return Pill(str(state.label), tone, icon)
    return Pill(_("Chưa có khoản phải nộp"), "neutral", "coin")


def delivery_state(found: Whole, unit: str) -> Pill:
    """Where the result is on its way into the person's hands."""
    dossier, state = found.dossier, found.case.state
    delivery = Delivery(dossier.delivery)
    if state == "returned" and dossier.returned_at is not None:
        day = f"{timezone.localtime(dossier.returned_at):%d/%m/%Y}"
        words = {
            Delivery.ONLINE: _("Đã gửi vào kho giấy tờ điện tử ngày %(day)s"),
            Delivery.COUNTER: _("Đã nhận tại quầy ngày %(day)s"),
            Delivery.POST: _("Đã giao bưu chính ngày %(day)s"),
        }[delivery]
        return Pill(words % {"day": day}, "ok", "circle-check")
    if state == "result_ready":
        words = {
            Delivery.ONLINE: _("Chờ gửi bản điện tử"),
            Delivery.COUNTER: _("Chờ nhận tại %(unit)s"),
            Delivery.POST: _("Chờ giao bưu chính"),
        }[delivery]
        return Pill(words % {"unit": unit}, "info", "package")
    if found.case.closed_at is not None:
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
        tone, icon = STATE_TONES[State(self.obligation.state)]
        return Pill(str(State(self.obligation.state).label), tone, icon)


def money_lines(rows: Sequence[Obligation], *, is_english: bool) -> list[MoneyLine]:
    return [
        MoneyLine(
            row,
            ", ".join(line["name_en"] if is_english and line["name_en"] else line["name"] for line in row.lines),
            pay_url(row.id),
        )
        for row in rows
    ]
