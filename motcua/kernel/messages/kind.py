"""Which events are told to whom, in which words by default. Declarations only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind, register_events

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

EMAIL, SMS, WEB = "email", "sms", "web"  # web: a notice in the desk or on a person's page
CHANNELS = (EMAIL, SMS, WEB)
AUDIENCES = ("reporter", "follower", "officer", "unit", "person")
LANGUAGES = ("vi", "en")

CHANNEL_LABELS: dict[str, Promise] = {EMAIL: _("Thư điện tử"), SMS: _("Tin nhắn SMS"), WEB: _("Thông báo trên trang")}
LANGUAGE_LABELS: dict[str, Promise] = {"vi": _("Tiếng Việt"), "en": _("Tiếng Anh")}
AUDIENCE_LABELS: dict[str, Promise] = {
    "reporter": _("Người gửi"),
    "follower": _("Người theo dõi"),
    "officer": _("Cán bộ được giao"),
    "unit": _("Đơn vị xử lý"),
    "person": _("Người đăng nhập"),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be told. ``addresses`` maps a channel to where; of e-mail and SMS one is used, the first that the
    recipient prefers; whoever has an account gets a notice beside it."""

    key: str  # "party:7", "officer:12", "person:3", "unit:5": one message per event, recipient and channel
    audience: str  # one of AUDIENCES
    variables: Mapping[str, str]
    language: str = "vi"
    addresses: Mapping[str, str] = field(default_factory=dict)
    account_id: int | None = None
    url: str = ""  # where the notice leads, within the house
    wants: str = "all"  # all | result | none


@dataclass(frozen=True, slots=True)
class Text:
    audience: str
    channel: str
    language: str
    subject: str
    body: str


Sample = str | Callable[[Literal["vi", "en"]], str]  # the latter: said otherwise in each language, as money and days


@dataclass(frozen=True, slots=True)
class MessagePlan:
    """``recipients`` runs in the reader's transaction. ``variables`` names what a text may say, each with a sample;
    every recipient must bring all of them. ``is_result``: also for those who want to hear the result only."""

    event: str
    title: str | Promise
    recipients: Callable[[Event], Iterable[Recipient]]
    variables: Mapping[str, Sample]
    is_result: bool = False
    is_urgent: bool = False  # may wake people: quiet hours do not hold it back
    texts: tuple[Text, ...] = ()  # used where the city has none of its own


PLANS: dict[str, MessagePlan] = {}


def register_plans(*plans: MessagePlan) -> None:
    """Called from the ``apps.py`` of whoever records the event."""
    for plan in plans:
        if plan.event in PLANS and PLANS[plan.event] != plan:
            raise ValueError(f"the messages of {plan.event} are declared twice")
        PLANS[plan.event] = plan


# No events, but what somebody waits for at the door: a code, a letter about one's own account.
LOGIN_CODE = "account.code"
CONSENT_CODE = "account.consent_code"
ACCOUNT_LETTER = "account.letter"


def _nobody(_event: Event) -> Iterable[Recipient]:
    return ()


register_plans(
    MessagePlan(
        LOGIN_CODE,
        _("Mã đăng nhập"),
        _nobody,
        {"code": "482 913", "due": "14:10"},
        is_urgent=True,
        texts=(
            Text(
                "person", EMAIL, "vi", "Mã đăng nhập: {code}",
                "Mã đăng nhập của bạn là {code}. Mã dùng được đến {due}.\n"
                "Đừng đưa mã này cho ai, kể cả người tự xưng là cán bộ.\n",
            ),
            Text(
                "person", EMAIL, "en", "Your sign-in code: {code}",
                "Your sign-in code is {code}. It works until {due}.\n"
                "Never give it to anyone, not even someone who says they are an official.\n",
            ),
            Text("person", SMS, "vi", "", "Ma dang nhap Mot Cua: {code}, dung den {due}. Dung dua ma nay cho ai."),
            Text("person", SMS, "en", "", "Mot Cua sign-in code: {code}, valid until {due}. Never share it."),
        ),
    ),
    MessagePlan(
        CONSENT_CODE,
        _("Mã xác nhận"),
        _nobody,
        {"code": "482 913", "due": "14:10", "what": "ủy quyền cho người khác làm thủ tục"},
        is_urgent=True,
        texts=(
            Text(
                "person", EMAIL, "vi", "Mã xác nhận: {code}",
                "Mã {code} để bạn {what}. Mã dùng được đến {due}.\n"
                "Không phải bạn làm? Đừng đưa mã này cho ai, và không cần làm gì.\n",
            ),
            Text(
                "person", EMAIL, "en", "Your confirmation code: {code}",
                "Code {code} confirms: {what}. It works until {due}.\n"
                "Was it not you? Give this code to nobody; you need not do anything.\n",
            ),
            Text("person", SMS, "vi", "", "Ma {code} de {what}, dung den {due}. Khong phai ban thi dung dua cho ai."),
            Text("person", SMS, "en", "", "Code {code} confirms: {what}. Valid until {due}. Not you? Never share it."),
        ),
    ),
    MessagePlan(ACCOUNT_LETTER, _("Thư về tài khoản"), _nobody, {}, is_urgent=True),  # its words come with it
)  # fmt: skip

register_events(
    [
        EventKind("message.retried", _("Gửi lại tin nhắn số {message}"), icon="refresh"),
        EventKind("message.held", _("Giữ lại tin nhắn số {message}"), icon="player-pause"),
        EventKind("template.changed", _("Sửa mẫu tin {template}"), icon="edit"),
        EventKind("template.reset", _("Đưa mẫu tin {template} về lời mặc định"), icon="restore"),
    ]
)
