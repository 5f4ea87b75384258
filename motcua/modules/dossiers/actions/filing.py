"""A dossier comes in: filed online, or taken in at a counter and accepted at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import own_rule
from motcua.kernel.cases.actions.opening import NewCase, insert_of, open_case
from motcua.kernel.cases.actions.people import act_for_organisation, add_party, involve
from motcua.kernel.cases.kind import FileRole, PartyRole
from motcua.kernel.cases.queries.people import first_party_token, get_party, party_token
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.files.actions import keep_files
from motcua.kernel.identity.actions.persons import sealed_person_values
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import (
    authorisation_between,
    contact_addresses,
    is_represented_by,
    organisation_of_case,
    represents,
    require,
)
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.kernel.procedures.queries.catalogue import LONGEST_SUBJECT, version
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import nfc
from motcua.modules.dossiers.actions.keeping import take_from_store
from motcua.modules.dossiers.actions.reception import accept, request_supplement_dossier
from motcua.modules.dossiers.kind import KIND, Delivery, PaperSource, Way
from motcua.modules.dossiers.models import Claim, Dossier, DossierPaper, Filing, NameIndex
from motcua.modules.dossiers.queries import names
from motcua.modules.dossiers.queries.behalf import ONESELF, ORGANISATION, PERSON, behalf_of
from motcua.modules.dossiers.queries.reading import sealed
from motcua.modules.dossiers.queries.routes import ANSWER_TIME, competence, is_outside, way_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.kind import Body, PaperCase
    from motcua.lib.rows import Insert

NO_AGENCY = "000.00.00.H00"  # where no unit has its identifier yet


@dataclass(frozen=True, slots=True)
class NewPaper:
    """A paper as it comes with the dossier, or why it need not."""

    code: str
    source: str  # PaperSource
    name: str = ""  # where the procedure does not list it: what shows an exemption, an authorisation on paper
    file_id: int | None = None
    look_up_id: int | None = None
    store_entry_id: int | None = None
    originals: int = 0
    copies: int = 0
    reason: str = ""
    is_kept: bool = False


@dataclass(frozen=True, slots=True)
class Applicant:
    """Whose dossier it is: a card that exists, or what was typed."""

    name: str = ""
    phone: str = ""
    email: str = ""
    national_id: str = ""
    address: str = ""  # as a counter took it down
    person_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewClaim:
    """An exemption claimed: shown by the paper with ``paper_code``, or by what a look-up said."""

    fee_code: str
    code: str
    paper_code: str = ""
    look_up_id: int | None = None


@dataclass(frozen=True, slots=True)
class NewDossier:
    """What was filed. ``answers`` are checked already (``kernel.forms``: the one validation of every channel)."""

    version_id: int
    way: str
    applicant: Applicant
    answers: Mapping[str, Any] = field(default_factory=dict)
    form_version_id: int | None = None
    case_key: str = ""
    papers: Sequence[NewPaper] = ()
    asked: Sequence[str] | None = None  # codes of the papers that were asked for; None: those that the answers ask for
    attached: Sequence[int] = ()  # files in the answers: loose ones, nobody else's
    area_code: str = ""  # of the commune that settles it, or where the person lives
    reception_unit_id: int | None = None  # the counter; online it is the competent body's
    delivery: str = Delivery.ONLINE
    delivery_to: str = ""
    copies: int = 1
    filer: Applicant | None = None  # files for the applicant …
    authorisation_id: int | None = None  # … under this authorisation; at a counter it may also be on paper
    filer_wants: str = "all"
    organisation_id: int | None = None  # the applicant represents it
    claims: Sequence[NewClaim] = ()
    channel: str = "web"
    language: str = "vi"
    wants: str = "all"
    key: str = ""  # the same key sent twice makes one dossier
    service_key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    case: Case
    token: str  # of the private link
    is_repeat: bool = False


def file_dossier(new: NewDossier, *, actor: Actor) -> Filed:
    """File it online or by post. Refused("invalid") names the fields; the same ``key`` again gives the first one."""
    require(actor, "dossier.file")
    return _once(new, actor=actor)


@transaction.atomic
def take_in_dossier(new: NewDossier, *, actor: Actor) -> Filed:
    """A clerk takes it in over the counter: filed and accepted in one go; or, with papers that are still to come
    (PaperSource.LATER), filed and their supplement asked for: it is accepted when it is complete."""
    unit_id = new.reception_unit_id
    if unit_id is None:
        words = _("Chọn quầy tiếp nhận.")
        raise Refused("invalid", words, fields={"reception": words})
    require(actor, "dossier.take_in", unit_path=org.tree().path(unit_id))
    filed = _once(new, actor=actor)
    if filed.is_repeat:
        return filed
    later = [paper.code for paper in new.papers if paper.source == PaperSource.LATER]
    if later:
        names = dict(DossierPaper.objects.filter(case_id=filed.case.id).values_list("code", "name"))
        items = [
            {"paper": code, "what": _("Chưa có: %(name)s") % {"name": names[code]}, "how": ""}
            for code in dict.fromkeys(later)
        ]
        request_supplement_dossier(filed.case.id, actor=actor, items=items, reason=_("Hồ sơ chưa đủ giấy tờ."))
        filed.case.refresh_from_db()
    elif filed.case.state == "submitted":
        accept(filed.case, actor=actor)
    return filed


def _once(new: NewDossier, *, actor: Actor) -> Filed:
    if new.key and (before := filed_before(new.key)):
        return before
    try:
        return _file(new, actor=actor)
    except IntegrityError:
        # Two of the same were on their way at once: the other one won.
        if new.key and (before := filed_before(new.key)):
            return before
        raise


def filed_before(key: str) -> Filed | None:
    """The dossier that was sent under this key."""
    filing = Filing.objects.filter(pk=key).first()
    if filing is None:
        return None
    return Filed(cases_of(KIND).get(pk=filing.case_id), party_token(get_party(filing.party_id)), is_repeat=True)


@transaction.atomic
def _file(new: NewDossier, *, actor: Actor) -> Filed:
    procedure = version(new.version_id)
    body = procedure.body
    way_of(body, new.way)
    _check_standing(new, body.code, actor=actor)
    paper_case = body.case(new.case_key)
    if paper_case is None:
        words = _("Chọn trường hợp của bạn.")
        raise Refused("invalid", words, fields={"case": words})
    area = places.area_by_code(new.area_code) if new.area_code else None
    competent = competence(body, area.id if area else None)
    taken_in_at = org.tree().unit(new.reception_unit_id) if new.reception_unit_id else competent.reception
    outside = is_outside(taken_in_at, competent)
    applicant = new.applicant
    sent = [paper.file_id for paper in new.papers if paper.file_id and not paper.store_entry_id]
    file_ids = list(dict.fromkeys([*sent, *new.attached]))
    facts = {"way": Way(new.way).value, "unit_id": competent.reception.id, "area_id": area.id if area else None,
             "category_id": None, "channel": new.channel, "procedure": body.code}  # fmt: skip
    events: list[tuple[str, Mapping[str, Any]]] = [("dossier.submitted", facts)]
    if outside:
        whither = {"unit": taken_in_at.name, "unit_id": taken_in_at.id, "to": competent.reception.name}
        events.append(("dossier.transferred", whither))
    opened = open_case(
        NewCase(
            kind=KIND,
            subject=body.name[:LONGEST_SUBJECT],
            state="transferred" if outside else "submitted",
            unit_id=competent.reception.id,
            channel=new.channel,
            words=f"{body.code} {body.name}",
            area_id=area.id if area else None,
            person=sealed_person_values(
                nfc(applicant.name), applicant.phone, applicant.email, applicant.national_id, language=new.language
            )
            if applicant.person_id is None
            else None,
            person_id=applicant.person_id,
            role=PartyRole.APPLICANT,
            code_template=settings.DOSSIER_CODE.replace(
                "{agency}", org.tree().agency_code(competent.reception.id) or NO_AGENCY
            ),
            wants=new.wants,
            language=new.language,
            files=[(file_id, FileRole.PAPER) for file_id in file_ids],
            events=events,
            clocks=[own_rule("receive", ANSWER_TIME, remind_before="2 giờ làm việc", escalate_to="leader")],
        ),
        actor=actor,
        also=lambda case, party_id: _rows(new, case.id, party_id, taken_in_at.id, competent.unit.id),
    )
    involve(opened.case.id, taken_in_at.id, competent.reception.id)
    party_id = opened.party_id
    if new.filer is not None:
        party_id = _filer(new, opened.case.id)
    if new.organisation_id is not None and is_represented_by(new.organisation_id, opened.case.person_id or 0):
        act_for_organisation(opened.party_id, new.organisation_id)
    _claim(new, body, opened.case.id)
    behalf = behalf_of(_behalf_key(new), body.code, actor=actor) if actor.kind == "person" else ONESELF
    entry_ids = [paper.store_entry_id for paper in new.papers if paper.store_entry_id]
    take_from_store(opened.case, entry_ids, behalf=behalf, actor=actor)
    if file_ids:
        keep_files(file_ids, actor=actor, code=opened.case.code)
    return Filed(opened.case, first_party_token(party_id))


def _filer(new: NewDossier, case_id: int) -> int:
    filer = new.filer
    assert filer is not None  # noqa: S101  the caller looked
    values = None
    if filer.person_id is None:
        values = sealed_person_values(
            nfc(filer.name), filer.phone, filer.email, filer.national_id, language=new.language
        )
    party = add_party(
        case_id,
        role=PartyRole.FILER,
        person=values,
        person_id=filer.person_id,
        wants=new.filer_wants,
        language=new.language,
        authorisation_id=new.authorisation_id,
    )
    return party.id


def _behalf_key(new: NewDossier) -> str:
    if new.authorisation_id is not None:
        return f"{PERSON}:{new.applicant.person_id}"
    if new.organisation_id is not None:
        return f"{ORGANISATION}:{organisation_of_case(new.organisation_id).tax_code}"
    return ""


def _check_standing(new: NewDossier, procedure_code: str, *, actor: Actor) -> None:
    """Who files online for another may do so now, by this authorisation. A clerk has seen the paper, or found it."""
    if new.authorisation_id is not None:
        filer_id = new.filer.person_id if new.filer is not None else None
        giver_id = new.applicant.person_id
        found = authorisation_between(giver_id, filer_id, procedure_code) if giver_id and filer_id else None
        if found is None or found.id != new.authorisation_id:
            raise Refused("not_allowed", _("Ủy quyền này không còn hiệu lực, hoặc không gồm thủ tục này."))
    if actor.is_officer or actor == SYSTEM:
        return
    if new.filer is not None and (new.authorisation_id is None or new.filer.person_id != actor.person_id):
        raise Refused("not_allowed", _("Nộp thay người khác phải có ủy quyền của họ."))
    own = actor.person_id if actor.kind == "person" else None
    if new.organisation_id is not None and (
        new.applicant.person_id != own or represents(actor, organisation_of_case(new.organisation_id).tax_code) is None
    ):
        raise Refused("not_allowed", _("Bạn không phải người đại diện của tổ chức này."))
    if new.applicant.person_id not in (None, own) and new.authorisation_id is None:
        raise Refused("not_allowed", _("Nộp thay người khác phải có ủy quyền của họ."))


def _names(new: NewDossier) -> list[str]:
    """Of everybody by whose name it is looked for."""
    known = [one.person_id for one in (new.applicant, new.filer) if one is not None and one.person_id is not None]
    typed = [one.name for one in (new.applicant, new.filer) if one is not None and one.person_id is None]
    company = [organisation_of_case(new.organisation_id).name] if new.organisation_id is not None else []
    return [*(card.name for card, _language in contact_addresses(known).values()), *typed, *company]


def _claim(new: NewDossier, body: Body, case_id: int) -> None:
    exemptions = {(fee.code, one.code): one for fee in body.fees for one in fee.exempt}
    papers = dict(DossierPaper.objects.filter(case_id=case_id).values_list("code", "pk")) if new.claims else {}
    for claim in new.claims:
        exemption = exemptions.get((claim.fee_code, claim.code))
        paper_id = papers.get(claim.paper_code) if claim.look_up_id is None else None
        if exemption is None or (claim.look_up_id is None and paper_id is None):
            raise Refused("invalid", _("Miễn, giảm phải có giấy tờ hoặc dữ liệu chứng minh."))
        Claim.objects.create(
            case_id=case_id, fee_code=claim.fee_code, code=claim.code, name=exemption.name, paper_id=paper_id,
            look_up_id=claim.look_up_id, created_at=moment.now(),
        )  # fmt: skip


def _asked(new: NewDossier, case: PaperCase | None) -> list[str]:
    if new.asked is not None:
        return list(new.asked)
    return [paper.code for paper in case.asked(new.answers)] if case else []


def _rows(new: NewDossier, case_id: int, party_id: int, reception_id: int, competent_id: int) -> list[Insert]:
    at = moment.now()
    body = version(new.version_id).body
    paper_case = body.case(new.case_key)
    named = {paper.code: paper.name for paper in paper_case.papers} if paper_case else {}
    rows = [
        insert_of(
            Dossier(
                case_id=case_id,
                version_id=new.version_id,
                case_key=new.case_key,
                form_version_id=new.form_version_id,
                answers_sealed=sealed(dict(new.answers)),
                way=new.way,
                delivery=new.delivery,
                delivery_to_sealed=sealed({"to": nfc(new.delivery_to)} if new.delivery_to else {}),
                address_sealed=sealed({"address": nfc(new.applicant.address)} if new.applicant.address else {}),
                reception_unit_id=reception_id,
                competent_unit_id=competent_id,
                authorisation_id=new.authorisation_id,
                organisation_id=new.organisation_id,
                copies=new.copies,
                service_key_id=new.service_key_id,
                asked=_asked(new, paper_case),
            )
        ),
        insert_of(
            *(
                DossierPaper(
                    case_id=case_id,
                    code=paper.code,
                    name=(paper.name or named.get(paper.code, paper.code))[:300],
                    originals=paper.originals,
                    copies=paper.copies,
                    source=PaperSource(paper.source),
                    file_id=paper.file_id,
                    look_up_id=paper.look_up_id,
                    store_entry_id=paper.store_entry_id,
                    reason=paper.reason[:300],
                    is_kept=paper.is_kept,
                    created_at=at,
                )
                for paper in new.papers
            )
        ),
    ]
    rows.append(insert_of(NameIndex(case_id=case_id, marks=sorted(names.marks_of(_names(new))))))
    if new.key:
        rows.append(insert_of(Filing(key=new.key, case_id=case_id, party_id=party_id, created_at=at)))
    return rows
