"""A report comes in: understood, placed, routed, promised, in one transaction and few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.opening import NewCase, insert_of, open_case
from motcua.kernel.cases.queries.people import first_party_token, get_party, party_token
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.cases.queries.routing import Route, route
from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.files.actions import keep_files
from motcua.kernel.identity.actions.persons import sealed_person_values
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import own_card, require
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.redaction import redact
from motcua.lib.rows import Insert
from motcua.lib.vietnamese import nfc
from motcua.modules.incidents.kind import LONGEST_TEXT
from motcua.modules.incidents.models import Incident, Submission
from motcua.modules.incidents.queries.understanding import Suggestion, suggest

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

SUBJECT_LENGTH = 90
EMERGENCY = "khan_cap"


@dataclass(frozen=True, slots=True)
class NewIncident:
    """What came in, from any channel. A place is needed (point or address), and words or a photo."""

    text: str
    category: str = ""  # code; empty lets the classifier think
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    area_code: str = ""  # of the commune, where there is no point but somebody who knows
    place_code: str = ""  # 12-digit place id, where the sender knows it
    name: str = ""
    phone: str = ""
    email: str = ""
    hides_name: bool = True
    is_danger: bool = False
    channel: str = "web"
    language: str = "vi"
    wants: str = "all"
    attributes: Mapping[str, Any] | None = None
    file_ids: Sequence[int] = ()
    key: str = ""  # the same key sent twice makes one report
    service_key_id: int | None = None
    media_url: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    case: Case
    token: str  # of the private link
    is_repeat: bool = False


def submit_incident(new: NewIncident, *, actor: Actor) -> Submitted:
    """Take in a report. Refused("invalid") names the fields; the same ``key`` again returns the first report."""
    require(actor, "incident.submit")
    if new.key and (before := _before(new.key)):
        return before
    try:
        # The case is one statement, and that a transaction by itself. Files are taken by others, that belong with it.
        with transaction.atomic() if new.file_ids else nullcontext():
            return _submit(new, actor=actor)
    except IntegrityError:
        # Two of the same were on their way at once: the other one won.
        if new.key and (before := _before(new.key)):
            return before
        raise


def _before(key: str) -> Submitted | None:
    submission = Submission.objects.filter(pk=key).first()
    if submission is None:
        return None
    case = cases_of("incident").get(pk=submission.case_id)
    return Submitted(case, party_token(get_party(submission.party_id)), is_repeat=True)


def _submit(new: NewIncident, *, actor: Actor) -> Submitted:
    text, written = nfc(new.text).strip(), nfc(new.address).strip()
    _check(new, text, written)
    names = (nfc(new.name), own_card(actor).name if actor.person_id else "") if new.hides_name else ()
    address, shown = redact(written, names), redact(text, names)
    if address != written:
        text = f"{text}\n{written}"  # what they said of themselves with the address is for officials
    if new.lat is not None and new.lon is not None:
        area = org.served_commune_at(new.lat, new.lon)
    else:
        named = places.area_by_code(new.area_code) if new.area_code else places.commune_in(written, org.served())
        area = named if named is not None and named.id in org.served() else None
    if new.lat is not None and area is None:
        words = _("Điểm bạn chọn nằm ngoài địa bàn. Kéo ghim về đúng chỗ, hoặc bỏ ghim và ghi địa chỉ.")
        raise Refused("invalid", words, fields={"place": words})
    guesses = [] if new.category else suggest(text, limit=1)
    chosen = category_by_code("incident", new.category) if new.category else None
    if new.category and chosen is None:
        words = _("Loại việc này không còn dùng. Chọn loại khác.")
        raise Refused("invalid", words, fields={"category": words})
    category = chosen or (guesses[0].category if guesses and guesses[0].is_sure else None)
    way = _way(category.id if category else None, area.id if area else None)
    unit = org.tree().unit(way.unit_id)
    is_triage = way.unit_id == triage_unit_id()
    urgency = EMERGENCY if new.is_danger else (category.urgency if category else "binh_thuong")
    has_contact = bool(new.name or new.phone or new.email)
    facts = {"unit_id": way.unit_id, "category_id": category.id if category else None,
             "area_id": area.id if area else None, "channel": new.channel}  # fmt: skip
    opened = open_case(
        NewCase(
            kind="incident",
            subject=subject_of(shown, category.name if category else _("Phản ánh")),
            state="submitted" if is_triage else "dispatched",
            unit_id=way.unit_id,
            channel=new.channel,
            words=shown,  # strangers search it
            urgency=urgency,
            area_id=area.id if area else None,
            category_id=category.id if category else None,
            address=address,
            place_code=new.place_code,
            lat=new.lat,
            lon=new.lon,
            person=sealed_person_values(nfc(new.name), new.phone, new.email, language=new.language)
            if has_contact and actor.person_id is None
            else None,
            person_id=actor.person_id,
            wants=new.wants,
            language=new.language,
            files=[(file_id, "before") for file_id in new.file_ids],
            events=[
                ("incident.submitted", facts),
                ("incident.routed", {"unit": unit.name, "unit_id": unit.id, "reason": way.reason}),
            ],
        ),
        actor=actor,
        also=lambda case, party_id: _rows(new, text, shown, guesses[0] if guesses else None, way, case.id, party_id),
    )
    if new.file_ids:
        keep_files(new.file_ids, actor=actor, code=opened.case.code)
    return Submitted(opened.case, first_party_token(opened.party_id))


def _check(new: NewIncident, text: str, address: str) -> None:
    fields = {}
    if not text and not new.file_ids:
        fields["text"] = _("Ghi vài chữ về sự cố, hoặc chụp một tấm ảnh.")
    if len(text) > LONGEST_TEXT:
        fields["text"] = _("Nội dung dài %(now)s chữ cái, tối đa %(most)s. Bạn rút gọn giúp chúng tôi.") % {
            "now": f"{len(text):,}".replace(",", "."),
            "most": f"{LONGEST_TEXT:,}".replace(",", "."),
        }
    if new.lat is None and not address:
        fields["place"] = _("Chọn chỗ trên bản đồ hoặc ghi địa chỉ để chúng tôi tìm được.")
    if len(address) > 300:
        fields["address"] = _("Địa chỉ dài quá 300 chữ cái.")
    if (new.lat is None) != (new.lon is None):
        fields["place"] = _("Vị trí thiếu một toạ độ. Chọn lại trên bản đồ.")
    if fields:
        raise Refused("invalid", " ".join(fields.values()), fields=fields)


def triage_unit_id() -> int:
    """Who decides when no rule knows the category or the place."""
    way = route("incident", category_id=None, area_id=None)
    return way.unit_id if way else org.tree().in_force[0].id


def _way(category_id: int | None, area_id: int | None) -> Route:
    # Without a sure category a human decides, whatever the place.
    found = route("incident", category_id=category_id, area_id=area_id) if category_id else None
    return found or Route(triage_unit_id(), 0, _("Chưa rõ loại việc: tổng đài xem và chuyển."))


def subject_of(text: str, otherwise: str) -> str:
    """A heading from the person's words as they are shown: the first sentence, cut at a word."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    for mark in (". ", "! ", "? "):
        line = line.split(mark, 1)[0]
    if len(line) > SUBJECT_LENGTH:
        line = line[:SUBJECT_LENGTH].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return line[:1].upper() + line[1:] if line else otherwise


def _rows(
    new: NewIncident, text: str, shown: str, guess: Suggestion | None, way: Route, case_id: int, party_id: int
) -> list[Insert]:
    detail = Incident(
        case_id=case_id,
        text=text,
        public_text=shown,
        hides_name=new.hides_name,
        is_danger=new.is_danger,
        attributes=dict(new.attributes or {}),
        suggested=guess.category.code if guess else "",
        suggested_probability=guess.probability if guess else None,
        routing_reason=way.reason,
        service_key_id=new.service_key_id,
        media_url=new.media_url,
    )
    rows = [insert_of(detail)]
    if new.key:
        rows.append(insert_of(Submission(key=new.key, case_id=case_id, party_id=party_id, created_at=moment.now())))
    return rows
