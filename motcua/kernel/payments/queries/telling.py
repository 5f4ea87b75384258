"""Who is told of money: whoever owes it, and the officials of the case. Not those who merely follow it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from motcua.kernel.cases.queries import telling
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.messages.kind import EMAIL, SMS, WEB, Recipient, Sample, Text
from motcua.kernel.payments.models import Obligation
from motcua.kernel.payments.queries.obligations import pay_token, pay_url
from motcua.lib.money import money

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

VARIABLES: dict[str, Sample] = {
    **telling.VARIABLES,
    "amount": partial(money, 150_000),
    "missing": partial(money, 50_000),
    "pay_link": "https://motcua.example.vn/thanh-toan/7.Zx3…/",
}


def recipients(event: Event) -> Iterator[Recipient]:
    obligation = Obligation.objects.filter(pk=event.data.get("obligation", 0)).first()
    if obligation is None:
        return
    people = {f"party:{party.id}": party.person_id for party in parties(obligation.case_id)}
    for recipient in telling.recipients(event):
        if recipient.audience == "follower":
            continue
        payer_id = people.get(recipient.key)
        yield replace(
            recipient,
            variables={**recipient.variables, **_words(event, obligation, recipient.language, payer_id)},
            url=f"/thanh-toan/{pay_token(obligation.pk, payer_id)}/" if payer_id is not None else recipient.url,
        )


def _words(event: Event, obligation: Obligation, language: str, payer_id: int | None) -> Mapping[str, str]:
    tongue = "en" if language == "en" else "vi"
    return {
        "amount": money(int(event.data.get("amount", obligation.amount)), tongue),
        "missing": money(int(event.data.get("left", obligation.missing)), tongue),
        "pay_link": pay_url(obligation.pk, payer_id),
    }


# A city may write its own; these are said where it did not.
REQUESTED = (
    Text("reporter", EMAIL, "vi", "Cần nộp {amount} cho {code}",
         "{subject}\n\nCần nộp: {amount}.\nXem và nộp: {pay_link}\n\nHồ sơ được xử lý tiếp khi đã nhận đủ tiền."
         " Chúng tôi không bao giờ xin mã OTP hay mật khẩu ngân hàng.\n"),
    Text("reporter", EMAIL, "en", "{amount} to pay for {code}",
         "{subject}\n\nTo pay: {amount}.\nSee and pay: {pay_link}\n\nWork goes on when the money has arrived."
         " We never ask for an OTP or a bank password.\n"),
    Text("reporter", SMS, "vi", "", "{code} can nop {amount}. Xem va nop: {pay_link}"),
    Text("reporter", SMS, "en", "", "{code}: {amount} to pay. {pay_link}"),
    Text("reporter", WEB, "vi", "", "Cần nộp {amount} cho {code}."),
    Text("reporter", WEB, "en", "", "{amount} to pay for {code}."),
)  # fmt: skip
PARTIAL = (
    Text("reporter", EMAIL, "vi", "Còn thiếu {missing} cho {code}",
         "Đã nhận {amount} cho {code}, còn thiếu {missing}.\nNộp nốt: {pay_link}\n"),
    Text("reporter", EMAIL, "en", "{missing} still missing for {code}",
         "We received {amount} for {code}; {missing} is still missing.\nPay the rest: {pay_link}\n"),
    Text("reporter", SMS, "vi", "", "{code}: da nhan {amount}, con thieu {missing}. Nop not: {pay_link}"),
    Text("reporter", SMS, "en", "", "{code}: {amount} received, {missing} missing. {pay_link}"),
    Text("reporter", WEB, "vi", "", "Đã nhận {amount} cho {code}, còn thiếu {missing}."),
    Text("reporter", WEB, "en", "", "{amount} received for {code}, {missing} missing."),
)  # fmt: skip
SETTLED = (
    Text("reporter", EMAIL, "vi", "Đã nhận {amount} cho {code}",
         "{subject}\n\nĐã nhận đủ {amount}. Biên lai ở đây: {pay_link}\n"),
    Text("reporter", EMAIL, "en", "{amount} received for {code}",
         "{subject}\n\nWe received {amount}. The receipt is here: {pay_link}\n"),
    Text("reporter", SMS, "vi", "", "{code}: da nhan du {amount}. Bien lai: {pay_link}"),
    Text("reporter", SMS, "en", "", "{code}: {amount} received. Receipt: {pay_link}"),
    Text("reporter", WEB, "vi", "", "Đã nhận đủ {amount} cho {code}."),
    Text("reporter", WEB, "en", "", "{amount} received for {code}."),
    Text("officer", WEB, "vi", "", "{code} đã nộp đủ {amount}, làm tiếp được."),
    Text("officer", WEB, "en", "", "{code} is paid, {amount}: work can go on."),
)  # fmt: skip
SURPLUS = (
    Text("reporter", EMAIL, "vi", "Chúng tôi sẽ hoàn lại {amount}",
         "Chúng tôi nhận {amount} nhiều hơn phải nộp cho {code}. Số tiền này sẽ được hoàn lại, bạn không phải làm gì."
         "\nXem: {pay_link}\n"),
    Text("reporter", EMAIL, "en", "We will return {amount}",
         "We received {amount} more than was due for {code}. It will be returned; you need not do anything."
         "\nSee: {pay_link}\n"),
    Text("reporter", SMS, "vi", "", "{code}: nhan thua {amount}, se hoan lai. Xem: {pay_link}"),
    Text("reporter", SMS, "en", "", "{code}: {amount} too much, it will be returned. {pay_link}"),
    Text("reporter", WEB, "vi", "", "Nhận thừa {amount} cho {code}, sẽ hoàn lại."),
    Text("reporter", WEB, "en", "", "{amount} too much for {code}; it will be returned."),
    Text("unit", WEB, "vi", "", "{code} nhận thừa {amount}, cần hoàn lại."),
    Text("unit", WEB, "en", "", "{code} received {amount} too much, to be returned."),
)  # fmt: skip
REFUNDED = (
    Text("reporter", EMAIL, "vi", "Đã hoàn {amount} của {code}",
         "Đã hoàn {amount} của {code}. Ngân hàng có thể cần một ngày để báo.\nXem: {pay_link}\n"),
    Text("reporter", EMAIL, "en", "{amount} returned, {code}",
         "We returned {amount} of {code}. Your bank may need a day to show it.\nSee: {pay_link}\n"),
    Text("reporter", SMS, "vi", "", "{code}: da hoan {amount}. Xem: {pay_link}"),
    Text("reporter", SMS, "en", "", "{code}: {amount} returned. {pay_link}"),
    Text("reporter", WEB, "vi", "", "Đã hoàn {amount} của {code}."),
    Text("reporter", WEB, "en", "", "{amount} returned, {code}."),
)  # fmt: skip
