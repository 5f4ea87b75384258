"""Types of what comes in through the JSON API: whatever passes them breaks nothing further inside."""

import math
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, Field

from motcua.lib.vietnamese import clean

DEEPEST = 16
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _in_our_time(at: datetime) -> datetime:
    """Time zones and calendars can be reckoned with on both sides of it."""
    if not FIRST <= at <= LAST:
        raise ValueError(f"not between {FIRST.year} and {LAST.year}")
    return at


def _day_in_our_time(day: date) -> date:
    if not FIRST.date() <= day <= LAST.date():
        raise ValueError(f"not between {FIRST.year} and {LAST.year}")
    return day


def _writable(answer: Any, above: int = 0) -> Any:
    """Forms nest far less deep, and whatever passes can be written down again as JSON."""
    if above > DEEPEST:
        raise ValueError("nested too deep")
    if isinstance(answer, dict):
        return {_writable(name): _writable(part, above + 1) for name, part in answer.items()}
    if isinstance(answer, list):
        return [_writable(part, above + 1) for part in answer]
    if isinstance(answer, float) and not math.isfinite(answer):
        raise ValueError("not a number")
    if isinstance(answer, str) and any("\ud800" <= letter <= "\udfff" for letter in answer):
        raise ValueError("half of a letter")
    return answer


Words = Annotated[str, AfterValidator(clean)]
"""Text of people: composed, without what cannot be seen or stored."""
Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Code = Annotated[str, Field(pattern=r"^[\w.\-]{1,60}$")]
"""Of a report, category, area or unit."""
Key = Annotated[str, Field(max_length=200, pattern=r"^[\w.:|\-]*$")]
"""Where the page before ended. Comes from us and means nothing to the caller."""
Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_day_in_our_time)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Answers = Annotated[dict[str, Any], AfterValidator(_writable)]
"""Of a form, by its keys."""
