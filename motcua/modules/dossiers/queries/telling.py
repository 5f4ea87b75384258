"""Who is told of what happens to a dossier, and in which words where the city has none of its own (NĐ 224/2026 Điều
15.1.g: at each change, at once: agency, who handles it, receipt, processing, return)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from motcua.kernel.cases.queries.telling import VARIABLES, recipients
from motcua.kernel.messages.kind import EMAIL, SMS, WEB, MessagePlan, Recipient, Text
from motcua.kernel.ratings.queries.links import rate_url
from motcua.lib.sms import toneless
from motcua.modules.dossiers.kind import KIND

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


@dataclass(frozen=True, slots=True)
class _Said:
    """One sentence for the heading and for the short forms, and more of it for the letter."""

    vi: str
    en: str
    more_vi: str = ""
    more_en: str = ""
    by_sms: bool = False
    ask_vi: str = ""  # in the short message to whoever may rate, with the link for that; together they fit into one
    ask_en: str = ""


FOLLOW_VI = "Mã hồ sơ: {code}\nXem hồ sơ: {link}\nĐừng chuyển đường dẫn này cho người khác, vì nó mở hồ sơ của bạn."
FOLLOW_EN = "Dossier: {code}\nSee it here: {link}\nDo not pass this link on: it opens your dossier."
RATE_VI = "Bạn thấy việc giải quyết thế nào? Chạm một lần, không gắn với tên bạn: {rate}"
RATE_EN = "How was it handled? One touch, without your name: {rate}"

PEOPLE: dict[str, tuple[Any, _Said]] = {
    "dossier.submitted": (
        _("Đã nhận hồ sơ nộp trực tuyến"),
        _Said("Đã nhận hồ sơ {code}", "Dossier {code} received", "{unit} xem và trả lời trong 8 giờ làm việc.",
              "{unit} answers within 8 working hours.", by_sms=True),
    ),
    "dossier.accepted": (
        _("Tiếp nhận hồ sơ"),
        _Said("Hồ sơ {code} đã tiếp nhận, hẹn trả {due}", "Dossier {code} accepted, promised for {due}",
              "{unit} tiếp nhận hồ sơ “{subject}”.", "{unit} accepted “{subject}”.", by_sms=True),
    ),
    "dossier.handed_over": (
        _("Chuyển bộ phận xử lý"),
        _Said("Hồ sơ {code} đang ở {unit}", "Dossier {code} is with {unit}"),
    ),
    "dossier.passed_on": (
        _("Chuyển bước tiếp"),
        _Said("Hồ sơ {code} đang ở {unit}", "Dossier {code} is with {unit}"),
    ),
    "dossier.supplement_requested": (
        _("Yêu cầu bổ sung"),
        _Said("Hồ sơ {code} cần bạn bổ sung", "Dossier {code} needs something from you",
              "{reason}\n\nMở đường dẫn dưới đây để xem cần gì và gửi ngay. Thời gian chờ không tính vào lời hẹn.",
              "{reason}\n\nOpen the link below to see what is needed. The waiting time is not counted.", by_sms=True),
    ),
    "dossier.refused": (
        _("Từ chối tiếp nhận"),
        _Said("Không tiếp nhận được hồ sơ {code}", "Dossier {code} could not be accepted", "Lý do: {reason}",
              "Reason: {reason}", by_sms=True),
    ),
    "dossier.claim_refused": (
        _("Không được miễn, giảm phí, lệ phí"),
        _Said("Hồ sơ {code} không được miễn, giảm phí", "Dossier {code}: the exemption was not accepted",
              "Lý do: {reason}", "Reason: {reason}", by_sms=True),
    ),
    "dossier.extended": (
        _("Xin lỗi và hẹn lại"),
        _Said("Xin lỗi vì hồ sơ {code} chậm, hẹn lại {due}", "We apologise: dossier {code} is now promised for {due}",
              "Lý do: {reason}", "Reason: {reason}", by_sms=True),
    ),
    "dossier.suspended": (
        _("Tạm dừng"),
        _Said("Hồ sơ {code} tạm dừng", "Dossier {code} is suspended", "Căn cứ: {reason}", "Basis: {reason}"),
    ),
    "dossier.resumed": (
        _("Giải quyết tiếp"),
        _Said("Hồ sơ {code} được giải quyết tiếp", "Work on dossier {code} goes on"),
    ),
    "dossier.ready": (
        _("Đã có kết quả"),
        _Said("Hồ sơ {code} đã có kết quả", "The result of dossier {code} is ready",
              "Kết quả của “{subject}” đã có. Nhận tại {unit} hoặc trên trang của bạn, theo cách bạn đã chọn.",
              "The result of “{subject}” is ready.", by_sms=True),
    ),
    "dossier.returned": (
        _("Trả kết quả"),
        _Said("Đã trả kết quả hồ sơ {code}", "You have the result of dossier {code}",
              ask_vi="Ban thay the nao? {rate}", ask_en="How was it? {rate}"),
    ),
    "dossier.stopped": (
        _("Dừng giải quyết"),
        _Said("Dừng giải quyết hồ sơ {code}", "Dossier {code} was stopped", "Lý do: {reason}", "Reason: {reason}",
              by_sms=True),
    ),
    "dossier.withdrawn": (
        _("Rút hồ sơ"),
        _Said("Hồ sơ {code} đã rút", "Dossier {code} was withdrawn"),
    ),
}  # fmt: skip

# A notice for officials, in one line.
OFFICIALS: dict[str, tuple[Any, str, str, tuple[str, ...]]] = {
    "dossier.submitted": (None, "Hồ sơ mới {code}: {subject}", "New dossier {code}: {subject}", ("unit",)),
    "dossier.assigned": (
        _("Giao người xử lý"), "Bạn được giao hồ sơ {code}: {subject}", "Dossier {code} is yours: {subject}",
        ("officer",),
    ),
    "dossier.handed_over": (None, "Hồ sơ {code} chuyển đến", "Dossier {code} has come to you", ("unit",)),
    "dossier.passed_on": (None, "Hồ sơ {code} chuyển đến", "Dossier {code} has come to you", ("unit",)),
    "dossier.proposed": (
        _("Trình kết quả"), "Hồ sơ {code} chờ duyệt: {subject}", "Dossier {code} waits for approval: {subject}",
        ("unit",),
    ),
    "dossier.supplied": (
        _("Đã bổ sung"), "Hồ sơ {code} đã được bổ sung", "Dossier {code} was supplemented", ("officer", "unit"),
    ),
    "dossier.revised": (
        _("Trả lại bước trước"), "Hồ sơ {code} bị trả lại: {reason}", "Dossier {code} was sent back: {reason}",
        ("officer", "unit"),
    ),
    "dossier.answered": (
        _("Đã có ý kiến"), "Hồ sơ {code} đã có ý kiến", "An opinion on dossier {code} has come", ("officer", "unit"),
    ),
    "dossier.extension_asked": (
        _("Trình xin lỗi, hẹn lại"), "Hồ sơ {code} chờ lãnh đạo xin lỗi, hẹn lại: {reason}",
        "Dossier {code} waits for an apology and a new date: {reason}", ("unit",),
    ),
    "dossier.extension_declined": (
        _("Không đồng ý hẹn lại"), "Hồ sơ {code} không được hẹn lại: {reason}",
        "Dossier {code} gets no new date: {reason}", ("officer",),
    ),
    "consultation.asked": (
        _("Xin ý kiến"), "Có nơi xin ý kiến: {subject}", "Your opinion is asked: {subject}", ("unit",),
    ),
}  # fmt: skip

RESULTS = frozenset({"dossier.ready", "dossier.refused", "dossier.stopped", "dossier.returned"})
ENDS = frozenset({"dossier.refused", "dossier.stopped", "dossier.returned"})  # from then on it can be rated
RATE = {"rate": "https://motcua.example.vn/danh-gia/…/"}


def _letters(said: _Said, *, is_end: bool) -> Iterable[Text]:
    for language, head, more, foot, rate, ask in (
        ("vi", said.vi, said.more_vi, FOLLOW_VI, RATE_VI, said.ask_vi),
        ("en", said.en, said.more_en, FOLLOW_EN, RATE_EN, said.ask_en),
    ):
        short = toneless(head) if language == "vi" else head
        if ask:
            yield Text("reporter", SMS, language, "", f"{short}. {ask}")
        for audience in ("reporter", "follower"):
            asks = rate if is_end and audience == "reporter" else ""
            body = "\n\n".join(part for part in (f"{head}.", more, asks, foot) if part)
            yield Text(audience, EMAIL, language, head, f"{body}\n")
            yield Text(audience, WEB, language, "", f"{head}.")
            if said.by_sms:
                yield Text(audience, SMS, language, "", f"{short}. {{link}}")


def _notices(vi: str, en: str, audiences: tuple[str, ...]) -> Iterable[Text]:
    for audience in audiences:
        yield Text(audience, WEB, "vi", "", f"{vi}.")
        yield Text(audience, WEB, "en", "", f"{en}.")


def everybody(event: Event) -> Iterable[Recipient]:
    return recipients(event)


def who_may_rate(event: Event) -> Iterable[Recipient]:
    """The link to rate is for whoever filed it; nobody else gets one that works."""
    for one in recipients(event):
        rate = rate_url(KIND, event.case_id) if one.audience == "reporter" else ""
        yield replace(one, variables={**one.variables, "rate": rate})


def _plan(event: str) -> MessagePlan:
    people, officials = PEOPLE.get(event), OFFICIALS.get(event)
    is_end = event in ENDS
    title = people[0] if people else officials[0] if officials else event
    texts = (
        *(_letters(people[1], is_end=is_end) if people else ()),
        *(_notices(officials[1], officials[2], officials[3]) if officials else ()),
    )
    told, variables = (who_may_rate, {**VARIABLES, **RATE}) if is_end else (everybody, VARIABLES)
    return MessagePlan(event, title, told, variables, is_result=event in RESULTS, texts=texts)


PLANS = [_plan(event) for event in dict.fromkeys((*PEOPLE, *OFFICIALS))]
