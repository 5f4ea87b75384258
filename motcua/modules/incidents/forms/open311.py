"""What an Open311 client sends. Empty counts as absent, as the standard has it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _

from motcua.lib import contacts, moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.forms.portal import AttributesForm
from motcua.modules.incidents.queries.open311 import MOST_ROWS, Around, RequestFilter, Span

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Category

LONGEST_DESCRIPTION = 4_000
LONGEST_URL = 500
MOST_MEDIA = 5
LONGEST_SPAN = timedelta(days=90)
LATEST_UPDATES = timedelta(days=7)  # where no span is asked for: what follows our events asks often
LAST_PAGE = 100_000
MOST_METRES = 50_000
STATUSES = frozenset({"open", "closed"})
_PLACE_CODE = re.compile(r"[0-9]{12}")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]+")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:?\d{2})", re.IGNORECASE)


class Given:
    """Parameters, with the faults found so far: a client is told all of them at once."""

    def __init__(self, query: QueryDict) -> None:
        self._query = query
        self.faults: dict[str, str] = {}

    def text(self, name: str, longest: int = 300) -> str:
        value = str(self._query.get(name, "")).replace("\x00", "").strip()
        if len(value) > longest:
            self.faults[name] = _("Dài %(now)d ký tự, nhiều nhất %(most)d.") % {"now": len(value), "most": longest}
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list with commas, or a parameter given several times, or both."""
        parts = (part.strip() for value in self._query.getlist(name) for part in str(value).split(","))
        return tuple(dict.fromkeys(part for part in parts if part and "\x00" not in part))

    def number(self, name: str, least: float, most: float) -> float | None:
        value = self.text(name, 40)
        if not value:
            return None
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not least <= number <= most:  # also not when it is not a number
            self.faults[name] = _("Phải là số từ %(least)s đến %(most)s.") % {"least": least, "most": most}
            return None
        return number

    def moment(self, name: str) -> datetime | None:
        value = self.text(name, 40)
        if not value:
            return None
        found = _MOMENT.fullmatch(value.replace(" ", "+"))  # a plus that nobody encoded
        try:
            if found is None:
                raise ValueError(value)
            at = datetime.fromisoformat(found[1] + found[2].upper())
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            self.faults[name] = _("Viết theo W3C, có múi giờ, như 2026-01-31T07:00:00+07:00.")
            return None

    def check(self) -> None:
        if self.faults:
            raise Refused("invalid", " ".join(self.faults.values()), fields=self.faults)


# ── Sending a request ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class PostedRequest:
    """``unread`` names contacts that are none: a report is not refused because of them, but its sender is told."""

    text: str
    lat: float | None
    lon: float | None
    address: str
    place_code: str
    name: str
    phone: str
    email: str
    media_url: str
    attributes: Mapping[str, str | list[str]]
    unread: tuple[str, ...]


def read_request(sent: QueryDict, category: "Category | None") -> PostedRequest:
    """Refused("invalid") names every parameter that is wrong, or missing as the category is."""
    given = Given(sent)
    if category is None:
        given.faults["service_code"] = _("Thiếu service_code.")
    lat, lon = given.number("lat", -90, 90), given.number("long", -180, 180)
    address, place_code = given.text("address_string"), given.text("address_id", 40)
    if (lat is None) != (lon is None) and not {"lat", "long"} & given.faults.keys():
        given.faults["lat" if lat is None else "long"] = _("Vị trí cần cả lat và long.")
    if place_code and not _PLACE_CODE.fullmatch(place_code):
        given.faults["address_id"] = _("Mã địa chỉ gồm 12 chữ số.")
    if lat is None and not address and not place_code and not given.faults:
        given.faults["lat"] = _("Cần vị trí: lat và long, hoặc address_string, hoặc address_id.")
    media_url = given.text("media_url", LONGEST_URL)
    if media_url and not _URL.fullmatch(media_url):
        given.faults["media_url"] = _("Phải là địa chỉ http hoặc https.")
    text = given.text("description", LONGEST_DESCRIPTION)
    names = (given.text(part, 80) for part in ("last_name", "first_name"))  # as Vietnamese names are written
    phone, email = given.text("phone", 40), given.text("email", 254)
    unread = tuple(
        name
        for name, value, read in (
            ("phone", phone, contacts.normal_phone(phone)),
            ("email", email, contacts.normal_email(email)),
        )
        if value and not read
    )
    attributes = dict(_answers(category, sent, given.faults)) if category else {}
    given.check()
    assert category is not None  # noqa: S101  or the check refused
    return PostedRequest(
        text=text or category.name,
        lat=lat,
        lon=lon,
        address=address or (_("Theo mã địa chỉ") if place_code and lat is None else ""),
        place_code=place_code,
        name=" ".join(filter(None, names)),
        phone="" if "phone" in unread else phone,
        email="" if "email" in unread else email,
        media_url=media_url,
        attributes=attributes,
        unread=unread,
    )


def _answers(category: "Category", sent: QueryDict, faults: dict[str, str]) -> Iterator[tuple[str, str | list[str]]]:
    """``attribute[CODE]=value`` and ``attribute[CODE][]=value``, checked as the portal checks its questions."""
    form_data = QueryDict(mutable=True)
    is_asked = False
    for question in category.attributes:
        code = question["code"]
        values = [
            value
            for name in (f"attribute[{code}]", f"attribute[{code}][]")
            for value in sent.getlist(name)
            if str(value).strip()
        ]
        form_data.setlist(f"q-{code}", values)
        is_asked = is_asked or bool(values) or bool(question.get("required"))
    if not is_asked:
        return
    form = AttributesForm(category, form_data)
    if form.is_valid():
        yield from form.answers().items()
    else:
        faults.update({f"attribute[{name}]": str(errors[0]) for name, errors in form.errors.items()})


# ── Asking for requests ─────────────────────────────────────────────────────────────────────────────────────────────


def read_filter(query: QueryDict) -> RequestFilter:
    """Refused("invalid") names every parameter that is wrong."""
    given = Given(query)
    ids = given.words("service_request_id")[:MOST_ROWS]
    if ids:
        return RequestFilter(ids=tuple(code.upper() for code in ids))
    updated = _span(given, "updated_after", "updated_before")
    requested = _span(given, "start_date", "end_date")
    statuses = frozenset(word.lower() for word in given.words("status"))
    if statuses - STATUSES:
        given.faults["status"] = _("Chỉ có open và closed.")
    around = _around(given)
    page, page_size = _page(given)
    wanted = RequestFilter(
        codes=given.words("service_code"),
        requested=requested or (None if updated else _latest(LONGEST_SPAN)),
        updated=updated,
        statuses=statuses,
        around=around,
        words=given.text("q", 200),
        page=page,
        page_size=page_size,
    )
    given.check()
    return wanted


def _latest(length: timedelta) -> Span:
    """The span where none is asked for."""
    return Span(moment.now() - length, moment.now())


def _span(given: Given, first: str, last: str) -> Span | None:
    """At most 90 days; where one end is open, the 90 days that touch the other."""
    since, until = given.moment(first), given.moment(last)
    try:
        if since is not None and until is None:
            return Span(since, since + LONGEST_SPAN)
        if since is None and until is not None:
            return Span(until - LONGEST_SPAN, until)
    except OverflowError:
        given.faults[first if since else last] = _("Ngày này không dùng được.")
        return None
    if since is None or until is None:
        return None
    if since > until:
        given.faults[first] = _("%(first)s phải trước %(last)s.") % {"first": first, "last": last}
    elif until - since > LONGEST_SPAN:
        given.faults[first] = _("Mỗi lần hỏi nhiều nhất 90 ngày.")
    return Span(since, until)


def _around(given: Given) -> Around | None:
    lat, lon = given.number("lat", -90, 90), given.number("long", -180, 180)
    metres = given.number("radius", 1, MOST_METRES)
    if lat is None and lon is None:
        return None
    if lat is None or lon is None:
        given.faults.setdefault("lat" if lat is None else "long", _("Vị trí cần cả lat và long."))
        return None
    return Around(lat, lon, metres or 1_000)


def _page(given: Given) -> tuple[int, int]:
    """Larger pages than the standard's thousand are cut to it."""
    page, size = given.number("page", 1, LAST_PAGE), given.number("page_size", 1, 1_000_000)
    return int(page or 1), min(int(size or MOST_ROWS), MOST_ROWS)


def read_updates(query: QueryDict) -> RequestFilter:
    """What is asked of the list of updates: ``ids``, a span of time and the page."""
    given = Given(query)
    ids = given.words("service_request_id")[:MOST_ROWS]
    span = _span(given, "updated_after", "updated_before") or _span(given, "start_date", "end_date")
    page, page_size = _page(given)
    given.check()
    return RequestFilter(
        ids=tuple(code.upper() for code in ids),
        updated=span or (None if ids else _latest(LATEST_UPDATES)),
        page=page,
        page_size=page_size,
    )
