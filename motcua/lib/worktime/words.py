"""Time in words, one vocabulary everywhere, in Vietnamese and English."""

from datetime import date, datetime
from typing import Final, Literal

from motcua.lib.worktime.duration import Language

ClockState = Literal["on", "soon", "late", "paused", "done"]

_WEEKDAYS: Final[dict[str, tuple[str, ...]]] = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
_CLOCKS: Final = {
    "vi": {
        "left": "Còn {}",
        "late": "Trễ {}",
        "kept": "Tạm dừng, giữ lại {}",
        "paused late": "Tạm dừng, đã trễ {}",
        "early": "Xong sớm {}",
        "done late": "Xong, trễ {}",
    },
    "en": {
        "left": "{} left",
        "late": "{} late",
        "kept": "Paused, {} kept",
        "paused late": "Paused, {} late",
        "early": "Done {} early",
        "done late": "Done, {} late",
    },
}


def weekday_words(day: date, language: Language = "vi") -> str:
    return _WEEKDAYS[language][day.weekday()]


def day_words(day: date, language: Language = "vi", *, this_year: int | None = None) -> str:
    """“thứ Hai 23/11”, “Monday 23 Nov” (some read 2/12 as February); the year unless it is ``this_year``."""
    weekday, is_told = weekday_words(day, language), day.year != this_year
    if language == "en":
        return f"{weekday} {day.day} {_MONTHS[day.month - 1]}{f' {day.year}' if is_told else ''}"
    return f"{weekday} {day.day}/{day.month}{f'/{day.year}' if is_told else ''}"


def moment_words(at: datetime, language: Language = "vi", *, this_year: int | None = None) -> str:
    """“14:10, thứ Hai 23/11”; ``at`` must already stand on the clock that the reader lives by."""
    return f"{at:%H:%M}, {day_words(at.date(), language, this_year=this_year)}"


def duration_words(minutes: int, day_minutes: int = 480, language: Language = "vi") -> str:
    """Working minutes, two units at most: “1 ngày 2 giờ”, “5 giờ 20 phút”, “dưới 1 phút”. A day is ``day_minutes``."""
    days, rest = divmod(abs(minutes), day_minutes)
    hours, rest = divmod(rest, 60)
    if language == "vi":
        parts = [(days, "ngày"), (hours, "giờ"), (rest, "phút")]
    else:
        parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (rest, "min")]
    shown = parts[:2] if days else parts[1:]
    told = " ".join(f"{count} {unit}" for count, unit in shown if count)
    return told or ("dưới 1 phút" if language == "vi" else "under 1 min")


def clock_words(state: ClockState, minutes: int, day_minutes: int = 480, language: Language = "vi") -> str:
    """The words of a clock badge.

    ``minutes``: working minutes left until due, negative when it has passed. For ``done``, left when it was finished;
    for ``paused``, kept. For ``late`` both signs mean lateness.
    """
    told = duration_words(minutes, day_minutes, language)
    words = _CLOCKS[language]
    match state:
        case "on" | "soon":
            if not minutes:  # the badge says only this, see UX §2.4
                return told[0].upper() + told[1:]
            return words["left"].format(told)
        case "late":
            sentence = words["late"].format(told)
        case "paused":
            sentence = words["kept" if minutes >= 0 else "paused late"].format(told)
        case "done":
            sentence = words["early" if minutes >= 0 else "done late"].format(told)
    return sentence[0].upper() + sentence[1:]


def soon_minutes(term_minutes: int, day_minutes: int = 480) -> int:
    """How long before due a clock turns “soon”: 4 working hours, or a quarter of a term shorter than two days."""
    return term_minutes // 4 if term_minutes < 2 * day_minutes else 240


def clock_state(minutes_left: int, term_minutes: int, day_minutes: int = 480) -> Literal["on", "soon"]:
    """For a running clock that is not past due. Lateness is a question of instants, ``now > due``, not of minutes."""
    return "soon" if minutes_left <= soon_minutes(term_minutes, day_minutes) else "on"
