"""Words and pictures that every page shares: icons, clock badges, moments, numbers. See ``/desk/-/components/``."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from html import escape  # Django's does the same by a detour for lazy text, at four times the price
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signing import Signer
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context, RequestContext
from django.template.defaulttags import CsrfTokenNode
from django.template.loader_tags import BlockNode
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.web.kind import Clock, Pill
from motcua.lib import contacts, moment
from motcua.lib import money as lib_money

register = template.Library()

CLOCK_ICONS = {
    "on": "clock",
    "soon": "hourglass-low",
    "late": "alert-triangle",
    "paused": "player-pause",
    "done": "circle-check",
}
TICKING = {"on", "soon", "late"}
CLOCK_SIGNER = Signer(salt="motcua.clock")  # who was shown a clock may ask for it again, and for no other
NO_VALUE = "—"
_WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def _language() -> str:
    return "en" if (get_language() or "vi").startswith("en") else "vi"


# ── Icons ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def _drawings() -> dict[str, str]:
    path = Path(settings.BUILD_DIR) / "icons.json"
    if not path.is_file():
        raise ImproperlyConfigured("The icons are not built yet: run `motcua assets`.")
    drawings: dict[str, str] = json.loads(path.read_text())
    return drawings


@register.simple_tag
def icon(name: str, css: str = "", label: str = "") -> SafeString:
    """An outline icon of Tabler, inline, so that a page needs no sprite and a swapped fragment brings its own.

    Hidden from screen readers unless it has a ``label``. An unknown name is a mistake in the page and raises KeyError.
    """
    return _drawn_icon(name, css, str(label))


@lru_cache(maxsize=1024)
def _drawn_icon(name: str, css: str, label: str) -> SafeString:
    drawn = _drawings()[name]
    words = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    return mark_safe(  # noqa: S308 - drawn comes from the icon package, words are escaped, css is a constant
        f'<svg class="ic{" " + escape(css) if css else ""}" viewBox="0 0 24 24"{words}>{drawn}</svg>'
    )


# ── Clocks and states ──────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag
def clock(view: Clock | None) -> SafeString:
    """A clock badge. With an ``id`` the badge refreshes its words every minute (``clock.js``)."""
    if view is None:
        return SafeString("")
    number = getattr(view, "id", None)
    token = f' data-clock="{_clock_token(number)}"' if number and view.state in TICKING else ""
    words, drawn = escape(str(view.words)), _drawn_icon(CLOCK_ICONS[view.state], "", "")
    return mark_safe(  # noqa: S308 - the words are escaped, the rest is ours; lists draw fifty of them
        f'<span class="mc-clock" data-s="{view.state}"{token}>{drawn}{words}</span>'
    )


@lru_cache(maxsize=4096)
def _clock_token(number: int) -> str:
    return CLOCK_SIGNER.sign(str(number))


@register.simple_tag
def pill(words: Any, tone: str = "", icon: str = "") -> SafeString:
    """A status pill, from a ``Pill``, a state of a case kind (its public words), or plain words."""
    if isinstance(words, Pill):
        words, tone, icon = words.words, words.tone, words.icon
    elif hasattr(words, "public_label"):
        words, tone, icon = words.public_label, words.tone, words.icon
    kind = format_html(' data-k="{}"', tone) if tone and tone != "neutral" else ""
    return format_html('<span class="mc-pill"{}>{}{}</span>', kind, _icon(icon) if icon else "", words)


_icon = icon  # ``pill`` has a parameter of that name


@register.simple_tag
def meter(percent: float | None, state: str = "on", label: str = "") -> SafeString:
    """Time used of time allowed, as a bar; ``percent`` is 0–100."""
    share = max(0, min(100, round(percent or 0)))
    words = label or gettext("Đã dùng %(share)s%% thời gian") % {"share": share}
    return format_html(
        '<progress class="mc-meter" data-s="{}" max="100" value="{}" aria-label="{}"></progress>', state, share, words
    )


@register.filter
def who(name: str) -> str:
    """The name of whoever did something, as it was kept: the system's own in the reader's language."""
    return gettext("Hệ thống") if name == SYSTEM.name else name


@register.filter
def due_words(due_at: datetime | None) -> str:
    """The promise in words, to stand beside a clock: "Hẹn xong 14:10, thứ Hai 23/11"."""
    return gettext("Hẹn xong %(when)s") % {"when": when(due_at)} if due_at else ""


# ── Moments ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _local(at: datetime) -> datetime:
    return at.astimezone(timezone.get_default_timezone())  # everybody reads the time of the country


def _day(day: date, *, weekday: bool = True) -> str:
    return _day_words(day, weekday, _language(), _local(moment.now()).year)


@lru_cache(maxsize=4096)
def _day_words(day: date, weekday: bool, language: str, this_year: int) -> str:
    year = "" if day.year == this_year else day.year
    name = _WEEKDAYS[language][day.weekday()] + " " if weekday else ""
    if language == "en":
        return f"{name}{day.day} {_MONTHS[day.month - 1]}{f' {year}' if year else ''}"
    return f"{name}{day.day}/{day.month}{f'/{year}' if year else ''}"


@register.filter
def unit_name(unit: Any) -> str:
    """Of a unit, in the reader's language; a name that is Vietnamese alone is marked so for those who hear the page."""
    if _language() == "vi" or unit.name_en:
        return str(unit.said)
    return format_html('<span lang="vi">{}</span>', unit.name)


@register.filter
def when(at: datetime | None) -> str:
    """ "14:10, thứ Hai 23/11"; the year only when it is another one."""
    if at is None:
        return NO_VALUE
    local = _local(at)
    return f"{local:%H:%M}, {_day(local.date())}"


@register.filter
def when_short(at: datetime | None) -> str:
    """ "14:10, 23/11", for dense tables."""
    return NO_VALUE if at is None else short_words()(at)


def short_words() -> Callable[[datetime], str]:
    """What ``when_short`` says, for many at once: to ask for language and year costs more than the words."""
    language, this_year = _language(), _local(moment.now()).year

    def words(at: datetime) -> str:
        local = _local(at)
        return f"{local.hour:02}:{local.minute:02}, {_day_words(local.date(), False, language, this_year)}"

    return words


@register.filter
def day(value: datetime | date | None) -> str:
    """ "thứ Hai 23/11"."""
    if value is None:
        return NO_VALUE
    return _day(_local(value).date() if isinstance(value, datetime) else value)


@register.simple_tag
def moment_of(at: datetime | None, style: str = "when") -> SafeString:
    """The same words inside a ``<time>``; style is when | short | day."""
    if at is None:
        return SafeString(NO_VALUE)
    words = {"when": when, "short": when_short, "day": day}[style](at)
    return format_html('<time datetime="{}">{}</time>', _local(at).isoformat(timespec="minutes"), words)


@register.filter
def ago(at: datetime | None) -> str:
    """ "hôm nay", "hôm qua", "3 ngày trước", then the day: for lists, where the minute does not matter."""
    if at is None:
        return NO_VALUE
    days = (_local(moment.now()).date() - _local(at).date()) // timedelta(days=1)
    if days <= 0:
        return gettext("hôm nay")
    if days == 1:
        return gettext("hôm qua")
    return gettext("%(days)s ngày trước") % {"days": days} if days < 7 else day(at)


# ── Numbers ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _localised(text: str) -> str:
    return text if _language() == "en" else text.translate(str.maketrans(",.", ".,"))


@register.filter
def number(value: float | None, digits: int = 0) -> str:
    """1362 → "1.362"; in English "1,362"."""
    return NO_VALUE if value is None else _localised(f"{value:,.{digits}f}")


@register.filter
def few(count: int | None) -> str:
    """A count that nobody reads further than 999: "46", "999+"."""
    return NO_VALUE if count is None else "999+" if count > 999 else str(count)


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """0.9416 → "94,2%": a share of one, not of a hundred."""
    return NO_VALUE if share is None else _localised(f"{share * 100:.{digits}f}") + "%"


@register.filter
def money(dong: int | None) -> str:
    """150000 → "150.000 đ"."""
    return NO_VALUE if dong is None else lib_money.money(dong, _language())


@register.filter
def amounts_whole(words: str) -> str:
    """ "Đã nộp đủ 8.000 đ" with the "đ" never on a line of its own."""
    return re.sub(r"(?<=\d) (?=đ\b)|(?<=\bVND) (?=\d)", "\u00a0", words)


@register.filter
def phone_masked(phone: str | None) -> str:
    """ "0900000123" → "0900 ••• 123"."""
    digits = re.sub(r"\D", "", phone or "")
    return f"{digits[:4]} ••• {digits[-3:]}" if len(digits) >= 9 else ("•••" if digits else "")


@register.filter
def phone(number: str | None) -> str:
    """ "0900000123", "+84900000123" → "0900 000 123"; what is no number of a telephone stays as it is."""
    typed = number or ""
    shown = contacts.shown_phone(contacts.normal_phone(typed))
    return shown if " " in shown or (shown and " " not in typed) else typed


_PRIVATE = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?<!\d)(?:\+?84|0)(?:[\s.()-]*\d){8,9}(?!\d)"  # phone
    r"|(?<!\d)\d{12}(?!\d)|(?<!\d)\d{9}(?!\d)"  # national id, new and old
)


@register.filter
def redacted(text: str | None) -> str:
    """Free text for the public without the phone numbers, e-mail addresses and identity numbers written into it."""
    return _PRIVATE.sub(gettext("[đã ẩn]"), text or "")


# ── Pages ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@register.simple_tag(takes_context=True)
def current(context: RequestContext, url_name: str) -> SafeString:
    """``aria-current="page"`` on the link that leads to where we are, or above it."""
    request = context.get("request")
    here, there = request.path if request else "", reverse(url_name)
    is_here = here == there or (there != "/" and here.startswith(there) and there.count("/") > 2)
    return SafeString(' aria-current="page"' if is_here else "")


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: Any) -> str:
    """The address of this page with some of its query changed; an empty value takes the parameter away."""
    query: dict[str, list[str]] = dict(context["request"].GET.lists())
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = [str(value)]
    return f"?{urlencode(query, doseq=True)}" if query else context["request"].path


@register.simple_tag
def options(choices: Iterable[tuple[Any, Any]], chosen: str = "") -> SafeString:
    """The options of a long list, from (value, words) or (title of a group, list of such pairs).

    Two hundred of them out of a template are a third of a page's time.
    """
    drawn = (
        f'<optgroup label="{escape(str(value))}">{options(words, chosen)}</optgroup>'
        if isinstance(words, list)
        else f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(str(words))}</option>'
        for value, words in choices
    )
    return mark_safe("".join(drawn))  # noqa: S308  every part is escaped


class _Kept(template.Node):
    MOST = 256  # of one place in one template, in each process; beyond, it begins anew

    def __init__(self, inside: NodeList, depends: list[FilterExpression]) -> None:
        self._inside, self._depends = inside, depends
        self._drawn: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        # A page has sixty of these, and its context the language already.
        key = (context.get("LANGUAGE_CODE") or get_language(), *[one.resolve(context) for one in self._depends])
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._inside.render(context)
            if len(self._drawn) >= self.MOST:
                self._drawn = {}
            self._drawn[key] = drawn
        return drawn


@register.tag
def kept(parser: Parser, token: Token) -> _Kept:
    """``{% kept a b %}…{% endkept %}``: drawn once for each language and each value of a and b, then kept in memory.

    For what is the same for everybody: nothing inside may depend on anything else, least of all on who reads.
    """
    depends = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    if found := [*inside.get_nodes_by_type(BlockNode), *inside.get_nodes_by_type(CsrfTokenNode)]:
        raise template.TemplateSyntaxError(f"{type(found[0]).__name__} inside of kept: that is not always the same")
    return _Kept(inside, depends)


@register.filter
def upto(steps: int, step: int) -> list[bool]:
    """Marks of a stepper: 4|upto:2 → yes, yes, no, no."""
    return [number < step for number in range(steps)]


@register.filter
def on_scale(share: float | None) -> str:
    """Where a share (0–1) stands on the 80–100 % scale, as a length for SVG."""
    return f"{max(0.0, min(100.0, ((share or 0) - 0.8) * 500)):.1f}%"


@register.filter
def unlocalized(value: float | str) -> str:
    """A coordinate for a program: a point, never a comma."""
    return str(value)
