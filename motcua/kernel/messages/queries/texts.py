"""What is said: the city's own texts, else those that came with the event's plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.utils.translation import gettext as _

from motcua.kernel.messages.kind import (
    AUDIENCES,
    CHANNELS,
    EMAIL,
    LANGUAGES,
    PLANS,
    SMS,
    WEB,
    MessagePlan,
)
from motcua.kernel.messages.models import Template
from motcua.lib.errors import Refused
from motcua.lib.fill import fill, gaps
from motcua.lib.sms import Size, measure, toneless

SUBJECT_LONGEST = 200
BODY_LONGEST = {EMAIL: 10_000, SMS: 459, WEB: 300}  # SMS: three parts without tones


@dataclass(frozen=True, slots=True, order=True)
class TemplateKey:
    event: str
    audience: str
    channel: str
    language: str

    def __str__(self) -> str:
        return " ".join((self.event, self.audience, self.channel, self.language))


@dataclass(frozen=True, slots=True)
class Wording:
    subject: str
    body: str

    def filled(self, channel: str, values: Mapping[str, str]) -> "Wording":
        """Ready to send: the subject is one line, an SMS has no tones unless the city pays for them."""
        subject = " ".join(fill(self.subject, values).split())[:SUBJECT_LONGEST]
        body = fill(self.body, values).strip()
        if channel == SMS and settings.SMS_TONELESS:
            body = toneless(body)
        return Wording(subject, body)


class Texts:
    """Every text in force, read at once. The city's own row counts; when it is switched off, nothing is said."""

    def __init__(self) -> None:
        self._own: dict[TemplateKey, Wording | None] = {
            TemplateKey(row.event, row.audience, row.channel, row.language): (
                Wording(row.subject, row.body) if row.is_active else None
            )
            for row in Template.objects.all()
        }

    def find(self, plan: MessagePlan, audience: str, channel: str, language: str) -> Wording | None:
        """In the language asked for, else in Vietnamese."""
        for tongue in dict.fromkeys((language, "vi")):
            key = TemplateKey(plan.event, audience, channel, tongue)
            if key in self._own:
                return self._own[key]
            if wording := default_of(plan, key):
                return wording
        return None


def default_of(plan: MessagePlan, key: TemplateKey) -> Wording | None:
    for text in plan.texts:
        if (text.audience, text.channel, text.language) == (key.audience, key.channel, key.language):
            return Wording(text.subject, text.body)
    return None


# ── The pages of templates ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TemplateRow:
    key: TemplateKey
    plan: MessagePlan
    wording: Wording
    is_active: bool
    is_own: bool  # not the default
    version: int  # 0: the default


def read_key(event: str, audience: str, channel: str, language: str) -> TemplateKey:
    """Refused("not_found") for what no text can exist of."""
    if event not in PLANS or audience not in AUDIENCES or channel not in CHANNELS or language not in LANGUAGES:
        raise Refused("not_found", _("Không có mẫu tin này."))
    return TemplateKey(event, audience, channel, language)


def template_row(key: TemplateKey) -> TemplateRow:
    plan = PLANS[key.event]
    own = Template.objects.filter(
        event=key.event, audience=key.audience, channel=key.channel, language=key.language
    ).first()
    if own is not None:
        return TemplateRow(key, plan, Wording(own.subject, own.body), own.is_active, True, own.version)
    wording = default_of(plan, key)
    return TemplateRow(key, plan, wording or Wording("", ""), True, False, 0)


def list_templates() -> list[tuple[MessagePlan, list[TemplateRow]]]:
    """By event: every text that exists, own or default."""
    own = {TemplateKey(row.event, row.audience, row.channel, row.language): row for row in Template.objects.all()}
    listed = []
    for plan in (plan for plan in PLANS.values() if plan.variables):
        keys = {key for key in own if key.event == plan.event}
        keys |= {TemplateKey(plan.event, text.audience, text.channel, text.language) for text in plan.texts}
        rows = []
        for key in sorted(keys, key=_order):
            row = own.get(key)
            if row is not None:
                rows.append(TemplateRow(key, plan, Wording(row.subject, row.body), row.is_active, True, row.version))
            elif wording := default_of(plan, key):
                rows.append(TemplateRow(key, plan, wording, True, False, 0))
        listed.append((plan, rows))
    return listed


def _order(key: TemplateKey) -> tuple[int, int, int]:
    return AUDIENCES.index(key.audience), CHANNELS.index(key.channel), LANGUAGES.index(key.language)


@dataclass(frozen=True, slots=True)
class Preview:
    wording: Wording
    size: Size | None  # of an SMS


def samples(key: TemplateKey) -> dict[str, str]:
    """What each variable may say, in the language of the text."""
    tongue: Literal["vi", "en"] = "en" if key.language == "en" else "vi"
    return {
        name: sample if isinstance(sample, str) else sample(tongue)
        for name, sample in PLANS[key.event].variables.items()
    }


def preview(key: TemplateKey, wording: Wording) -> Preview:
    """With the plan's samples. The wording has no problems."""
    filled = wording.filled(key.channel, samples(key))
    return Preview(filled, measure(filled.body) if key.channel == SMS else None)


def problems_of(key: TemplateKey, wording: Wording) -> dict[str, str]:
    """What is wrong with a text, by field; empty when it can be sent."""
    problems: dict[str, str] = {}
    known = PLANS[key.event].variables
    for field, text in (("subject", wording.subject), ("body", wording.body)):
        try:
            unknown = [name for name in gaps(text) if name not in known]
        except ValueError as error:
            problems[field] = _("Không hiểu chỗ “%(piece)s”. Viết tên trong ngoặc nhọn, ví dụ {%(sample)s}.") % {
                "piece": error,
                "sample": next(iter(known), "code"),
            }
            continue
        if unknown:
            problems[field] = _("Không có {%(name)s}. Dùng được: %(known)s.") % {
                "name": unknown[0],
                "known": ", ".join(f"{{{name}}}" for name in known),
            }
    if key.channel == EMAIL and not wording.subject.strip():
        problems.setdefault("subject", _("Nhập tiêu đề thư."))
    if key.channel != EMAIL and wording.subject:
        problems.setdefault("subject", _("Chỉ thư điện tử có tiêu đề. Bạn hãy để trống."))
    if "\n" in wording.subject or len(wording.subject) > SUBJECT_LONGEST:
        problems.setdefault("subject", _("Tiêu đề là một dòng, dài nhất %d ký tự.") % SUBJECT_LONGEST)
    if not wording.body.strip():
        problems.setdefault("body", _("Nhập lời của tin."))
    if len(wording.body) > (longest := BODY_LONGEST[key.channel]):
        problems.setdefault(
            "body",
            _("Dài %(length)d ký tự, nhiều nhất là %(longest)d.") % {"length": len(wording.body), "longest": longest},
        )
    return problems
