"""What is wrong with an answer, in words that say what to do."""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.forms.kind import Field, Kind
from motcua.lib.identifiers import read_national_id
from motcua.lib.money import money

CHOSEN = frozenset({Kind.CHOICE, Kind.CHOICES, Kind.YES_NO})
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_OFFSET = re.compile(r"today([+-])(\d+)([dmy])")


def missing(one: Field, language: str) -> str:
    name = {"name": one.title.in_language(language)}
    if one.kind is Kind.DECLARATION:
        return _("Đọc, rồi đánh dấu vào ô này nếu bạn đồng ý.")
    if one.kind in CHOSEN:
        return _("Chọn “%(name)s”.") % name
    if one.kind is Kind.FILE:
        return _("Đính kèm “%(name)s”.") % name
    if one.kind is Kind.REPEAT:
        return _("Thêm ít nhất một mục vào “%(name)s”.") % name
    if one.kind is Kind.SIGNATURE:
        return _("Gõ đủ họ tên của bạn.")
    return _("Điền “%(name)s”.") % name


def invalid(one: Field, keyword: str, value: Any, language: str) -> str:
    """An error of JSON Schema, by the keyword that was not kept."""
    match keyword:
        case "maxLength":
            return _("Dài %(length)d ký tự, nhiều nhất %(most)d. Bạn viết ngắn lại.") % {
                "length": len(value),
                "most": one.longest,
            }
        case "minLength":
            return _("Viết ít nhất %(least)d ký tự.") % {"least": one.shortest}
        case "pattern" if one.pattern_hint:
            return one.pattern_hint.in_language(language)
        case "minimum" | "maximum":
            return _range(one, keyword, language)
        case "minItems":
            return _("Cần ít nhất %(least)d mục.") % {"least": one.fewest_items}
        case "maxItems":
            return _("Nhiều nhất %(most)d mục. Bạn bỏ bớt.") % {"most": one.most_items}
        case "enum":
            return _("Chọn lại “%(name)s”.") % {"name": one.title.in_language(language)}
    return _("Điền lại “%(name)s”.") % {"name": one.title.in_language(language)}


def _range(one: Field, keyword: str, language: str) -> str:
    limit = one.least if keyword == "minimum" else one.most
    words = money(int(limit or 0), language) if one.kind is Kind.MONEY else f"{limit:g}"
    if keyword == "minimum":
        return _("Nhập số từ %(limit)s trở lên.") % {"limit": words}
    return _("Nhập số nhiều nhất là %(limit)s.") % {"limit": words}


def limit_day(text: str, today: date) -> date | None:
    """ "2020-01-31", "today", "today-18y", "today+30d"; None for ""."""
    if not text:
        return None
    if text == "today":
        return today
    found = _OFFSET.fullmatch(text)
    if found is None:
        return date.fromisoformat(text)
    count = int(found[2]) * (1 if found[1] == "+" else -1)
    if found[3] == "d":
        return today + timedelta(days=count)
    months = today.year * 12 + today.month - 1 + count * (12 if found[3] == "y" else 1)
    year, month = divmod(months, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(today.day, last))


def day_outside(one: Field, value: Any, today: date) -> str:
    """Why a day is too early or too late; empty when it is neither, or the field is no date."""
    if one.kind is not Kind.DATE:
        return ""
    day, first, last = date.fromisoformat(value), limit_day(one.first_day, today), limit_day(one.last_day, today)
    if last is not None and day > last:
        if one.last_day == "today":
            return _("Ngày này chưa tới. Xem lại ngày, tháng, năm.")
        return _("Ngày này phải là %(day)s hoặc trước đó.") % {"day": shown_day(last)}
    if first is not None and day < first:
        if one.first_day == "today":
            return _("Ngày này đã qua. Chọn từ hôm nay trở đi.")
        return _("Ngày này phải là %(day)s hoặc sau đó.") % {"day": shown_day(first)}
    return ""


def shown_day(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def not_the_same(wanted: str) -> str:
    return _("Gõ đúng họ tên đã khai ở trên: %(name)s.") % {"name": wanted}


def odd_national_id(number: str, beside: Mapping[str, Any]) -> str:
    """Facts §9.1: the number holds the province, the century with the sex, and the year of birth. There are exceptions,
    so this is a hint to look again. ``beside`` holds the other answers about the person."""
    found = read_national_id(number)
    if found is None:
        return ""
    born_on, sex = beside.get("born_on"), beside.get("sex")
    doubts = found.doubts(
        born_on=date.fromisoformat(born_on) if isinstance(born_on, str) and _ISO.fullmatch(born_on) else None,
        is_female=sex == "nu" if sex in ("nam", "nu") else None,
    )
    if "province" in doubts and number[0] == "0":  # who was born abroad has a country's code
        return _("Ba số đầu không phải mã tỉnh nào. Bạn xem lại số trên thẻ.")
    if "sex" in doubts:
        return _("Số này là của người có giới tính khác. Bạn xem lại.")
    if "born_on" in doubts:
        return _("Số này là của người sinh năm %(year)s. Bạn xem lại.") % {"year": found.born_in}
    return ""
