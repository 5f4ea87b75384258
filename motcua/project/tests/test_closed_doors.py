"""Two people's dossiers, with all that belongs to them: every address, asked by everybody.

Yên's dossier, draft, files, money, receipt, paper, link, record, consent, request, authorisation and signature hold a
word that stands nowhere else. ``READS`` says at which addresses each role meets it; at every other nobody may.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made, store_file
from motcua.kernel.files.models import File
from motcua.kernel.forms.actions.drafts import save_step
from motcua.kernel.forms.models import Draft
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof, create_service_key
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.kernel.identity.models import Account, Authorisation, Organisation, Person, Post, Representation
from motcua.kernel.identity.queries import person_actor
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.org import queries as org
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.actions import request_payment, take_in
from motcua.kernel.payments.actions.refunds import ask_refund
from motcua.kernel.payments.actions.tables import grow_version
from motcua.kernel.payments.kind import BankAccount, Incoming, Line, Payer
from motcua.kernel.payments.models import Obligation, Payee, Payment, Receipt, Refund
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.procedures.queries.catalogue import Version
from motcua.kernel.registries.actions import give_consent, make_request, put_records
from motcua.kernel.registries.kind import REGISTRIES, RequestKind
from motcua.kernel.registries.models import Consent, DataRequest, RegistryRecord
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.store.actions import NewEntry, put_entry, share_entries
from motcua.kernel.store.kind import Signature
from motcua.kernel.store.models import StoreEntry, StoreShare
from motcua.lib import moment
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import (
    accept_dossier,
    hand_over_dossier,
    request_supplement_dossier,
)
from motcua.modules.dossiers.actions.writing import begin_sheet, keep_on_sheet
from motcua.modules.dossiers.models import Sheet
from motcua.testing.city import LONG_AGO, MONDAY, City, add_officer
from motcua.testing.doors import doors, read
from motcua.testing.keeping import once
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
SECRET = "zqkhuyênkín"
YEN_ID, UY_ID, BAO_ID = "068190000101", "068085000102", "068085000203"
PDF = f"%PDF-1.4\n{SECRET}\n%%EOF\n".encode()


@dataclass
class World:
    city: City
    one_stop: OneStop
    case: Case
    yen: Actor
    uy: Actor
    bao: Actor
    fillings: dict[str, str]
    by_name: dict[str, dict[str, str]]


def somebody(name: str, phone: str, national_id: str) -> Actor:
    account = identity.new_person_account(identity.create_person(name, phone))
    identity.prove_person(account.person_id or 0, Proof(national_id, name), level=Level.COUNTER, actor=SYSTEM)
    return person_actor(account.pk)


def photo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#774").save(out, "JPEG")
    out.seek(0)
    return out


def file_for(who: Actor, version: Version, area: str, word: str, **more: Any) -> Case:
    sent = store_file(photo(), actor=who)
    new = NewDossier(
        version.id, "online", Applicant(person_id=more.pop("person_id", who.person_id)),
        answers={"filer": f"Trần {word}", "child_name": f"Bé {word}"}, area_code=area, delivery="post",
        delivery_to=f"Số 9 {word}",
        papers=[NewPaper("GT.chung-sinh", "upload", file_id=sent.pk, copies=1), NewPaper("GT.cu-tru", "registry")],
        **more,
    )  # fmt: skip
    return file_dossier(new, actor=who).case


@pytest.fixture
def world(city: City, one_stop: OneStop) -> World:
    cache.clear()
    return once("two people's dossiers", lambda: _world(city, one_stop))


def _world(city: City, one_stop: OneStop) -> World:
    yen = somebody(f"Nguyễn {SECRET} Yên", "0905 111 222", YEN_ID)
    uy = somebody("Trần Văn Uy", "0905 333 444", UY_ID)
    bao = somebody("Lê Thị Bảo", "0905 555 666", BAO_ID)
    today = local_today()
    authorisation = Authorisation.objects.create(
        giver_id=yen.person_id or 0, receiver_id=bao.person_id, to_kind="national_id", to_sealed=sealer().seal(BAO_ID),
        to_index=sealer().index(BAO_ID) or b"", procedures=["1.000001"], note_sealed=sealer().seal(SECRET),
        valid_from=today, valid_to=today + timedelta(days=30), giver_level="counter", receiver_level="counter",
        state="accepted", given_at=moment.now(), answered_at=moment.now(),
    )  # fmt: skip
    case = file_for(
        bao, one_stop.civil, "24778", SECRET, person_id=yen.person_id, filer=Applicant(person_id=bao.person_id),
        authorisation_id=authorisation.pk,
    )  # fmt: skip
    accept_dossier(case.id, actor=one_stop.nga)
    hand_over_dossier(case.id, actor=one_stop.nga)
    asks = [{"paper": "", "what": f"Ghi rõ {SECRET}", "how": ""}]
    request_supplement_dossier(case.id, actor=one_stop.oanh, items=asks, reason=SECRET)
    theirs = file_for(uy, one_stop.civil, "24781", "khác")
    fillings = {
        "case_id": str(case.id), "person_id": str(yen.person_id), "code": case.code, "id": str(case.id),
        "party_id": str(Party.objects.get(case=case, person_id=yen.person_id or 0).id), "form": "01", "slug": "note",
        "move_name": "note", "suffix": "json", "unit_code": "24778", "unit_id": str(city.ward_one.id), "size": "192",
        "day": "2026-11-16", "year": "2026", "officer_id": str(city.hoa.id), "authorisation_id": str(authorisation.pk),
        "token": File.objects.get(pk=case.papers.get(code="GT.chung-sinh").file_id or 0).token,
    }  # fmt: skip
    by_name: dict[str, dict[str, str]] = {
        **{name: {"code": "1.000001"} for name in ("procedure", "procedure_cpsv", "file_dossier")},
        "private_link": {"token": party_token(Party.objects.get(case=theirs))},
    }
    _draft(world_by_name=by_name, version=one_stop.civil, actor=yen)
    _money(city, case, fillings, by_name)
    _papers(city, case, yen, fillings, by_name)
    _registries(one_stop, case, yen, fillings)
    _representation(yen, fillings)
    _signature(city, case, fillings)
    case.refresh_from_db()
    org.forget()
    return World(city, one_stop, case, yen, uy, bao, fillings, by_name)


def _draft(*, world_by_name: dict[str, dict[str, str]], version: Version, actor: Actor) -> None:
    draft = begin_sheet(version, actor=actor)
    save_step(draft.id, 0, {"filer": f"Trần {SECRET}"}, actor=actor)
    keep_on_sheet(draft.id, {"delivery_to": SECRET})
    for name in ("filing", "filing_step", "filing_papers", "filing_claims", "filing_contact", "filing_review"):
        world_by_name[name] = {"code": version.code, "token": draft.token, "step": "0"}


def _money(city: City, case: Case, fillings: dict[str, str], by_name: dict[str, dict[str, str]]) -> None:
    """Paid twice: one payment has its receipt, the other is to go back."""
    Payee.objects.create(
        unit_id=city.ward_one.id, bank_bin="970403", bank="Ngân hàng Thử", account="1010101010",
        account_name="UBND PHUONG MOT", agency="UBND Phường Một", tax_code="5800000001", address="Đà Lạt",
        receipt_form="01BLP0-001", receipt_symbol="LD-{yy}E",
    )  # fmt: skip
    grow_version()
    payer = Payer(f"Nguyễn {SECRET} Yên", f"Số 9 {SECRET}", YEN_ID)
    owed = request_payment(case.id, [Line("LP.1", "Lệ phí", "le_phi", 50_000)], actor=SYSTEM, payer=payer)
    for number in ("FT1", "FT2"):
        take_in(
            Incoming(
                bank_id=number, amount=50_000, purpose=f"{owed.reference} {SECRET}", account="1010101010",
                at=moment.now(), payer=f"NGUYEN {SECRET}", payer_account="0011",
            )
        )  # fmt: skip
    payment = Payment.objects.get(surplus__gt=0)
    clerk = add_officer("quy", "Thủ quỹ", city.office_one, "clerk")
    refund = ask_refund(
        payment.pk, actor=clerk, reason=f"Nộp hai lần {SECRET}", to=BankAccount("970403", "Thử", "0011", SECRET)
    )
    fillings |= {
        "obligation_id": str(owed.pk), "payment_id": str(payment.pk), "refund_id": str(refund.pk),
        "receipt_id": str(Receipt.objects.get().pk),
    }  # fmt: skip
    for name in ("pay", "pay_state", "pay_gateway", "pay_receipt"):
        by_name[name] = {"token": pay_token(owed.pk)[:-1] + "!"}


def _papers(city: City, case: Case, yen: Actor, fillings: dict[str, str], by_name: dict[str, dict[str, str]]) -> None:
    kept = keep_made(PDF, actor=SYSTEM, name="giay.pdf")
    entry = put_entry(
        NewEntry(
            code="KQ.khai-sinh", name=f"Giấy {SECRET}", number=f"12/{SECRET}", person_id=yen.person_id,
            issued_on=local_today(), issuer_unit_id=city.ward_one.id, file_id=kept.pk, sha256=bytes(kept.sha256),
            signature=Signature.NONE, procedure_code="1.000001", case_id=case.id, case_code=case.code,
            values={"child_name": SECRET},
        ),
        actor=SYSTEM,
    )  # fmt: skip
    share_id, token = share_entries([entry.pk], actor=yen, until=moment.now() + timedelta(days=2), purpose="Ngân hàng")
    fillings |= {"entry_id": str(entry.pk), "share_id": str(share_id)}
    by_name["store_shared"] = by_name["store_shared_file"] = {"token": token}


def _registries(one_stop: OneStop, case: Case, yen: Actor, fillings: dict[str, str]) -> None:
    with transaction.atomic():
        put_records(REGISTRIES["population"], [{"national_id": YEN_ID, "name": f"Nguyễn {SECRET} Yên", "sex": "nu"}])
    consent = give_consent("prefill", "population", actor=yen)
    asked = make_request(RequestKind.CORRECT, f"Sửa tên {SECRET}", actor=yen)
    fillings |= {
        "record_id": str(RegistryRecord.objects.get().pk), "consent_id": str(consent), "request_id": str(asked),
        "registry": "population",
    }  # fmt: skip


def _representation(yen: Actor, fillings: dict[str, str]) -> None:
    company = Organisation.objects.create(tax_code="5800000001", name="Công ty", folded="", created_at=moment.now())
    row = Representation.objects.create(
        organisation=company, person_id=yen.person_id or 0, title=f"Giám đốc {SECRET}", evidence=SECRET,
        valid_from=local_today(), asked_at=moment.now(),
    )  # fmt: skip
    fillings["representation_id"] = str(row.pk)


def _signature(city: City, case: Case, fillings: dict[str, str]) -> None:
    key = SigningKey.objects.create(
        kind="software", officer_id=city.minh.id, label="Khoá", certificate=b"x", signer="Minh", issuer="Thử",
        serial="1", algorithm="RSA", valid_from=moment.now() - timedelta(days=1),
        valid_to=moment.now() + timedelta(days=300), secret_sealed=b"", created_at=moment.now(),
    )  # fmt: skip
    task = SigningTask.objects.create(
        key=key, file=keep_made(PDF, actor=SYSTEM, name="ket-qua.pdf"), role="person", look="text",
        title=f"Kết quả {SECRET}", reason=SECRET, about=f"dossier:{case.id}", asked_by=f"officer:{city.minh.id}",
        asked_at=moment.now(),
    )  # fmt: skip
    fillings |= {"task_id": str(task.pk), "key_id": str(key.pk)}


def officer(city: City, login: str, unit_id: int, role: str) -> Account:
    account = Account.objects.create(kind="officer", login=login, name=f"Cán bộ {login}", created_at=MONDAY)
    Post.objects.create(officer=account, unit_id=unit_id, role=role, valid_from=LONG_AGO)
    return account


def as_(number: int | None) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=number or 0))
    return client


def client_of(who: str, world: World) -> Client:
    city, one_stop = world.city, world.one_stop
    match who:
        case "anonymous":
            return Client(raise_request_exception=False)
        case "service key":
            key = create_service_key("Ứng dụng", ["incident.submit", "incident.read_public"])
            return Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)
        case "leader of another ward":
            return as_(officer(city, "lanh-dao-hai", city.ward_two.id, "leader").pk)
        case "who protects data for the province":
            return as_(officer(city, "bao-ve-du-lieu", city.province.id, "privacy").pk)
        case "administrator of another ward":
            return as_(officer(city, "quan-tri-hai", city.ward_two.id, "administrator").pk)
    actor = {
        "another person": world.uy, "the person": world.yen, "filer under authorisation": world.bao,
        "clerk of the ward": one_stop.nga, "specialist who holds it": one_stop.oanh, "leader of the ward": city.minh,
        "clerk of another ward": one_stop.dung, "operator of 1022": city.lan,
        "administrator of the province": city.quan,
    }[who]  # fmt: skip
    return as_(actor.id)


def fingerprint(world: World) -> dict[str, Any]:
    """Everything that is Yên's, row by row."""
    person = world.yen.person_id or 0
    drafts = Draft.objects.filter(account=world.yen.id or 0)
    tables: dict[str, Any] = {
        "cases": Case.objects.filter(pk=world.case.pk), "dossiers": world.case.papers, "legs": world.case.legs,
        "files": world.case.files, "parties": world.case.parties, "detail": type(world.case.dossier).objects.all(),
        "events": Event.objects.filter(case_id=world.case.pk), "owed": Obligation.objects, "money": Payment.objects,
        "back": Refund.objects, "receipts": Receipt.objects, "papers": StoreEntry.objects, "links": StoreShare.objects,
        "signing": SigningTask.objects, "sheets": Sheet.objects.filter(draft_id__in=drafts.values("pk")),
        "drafts": drafts,
        "consents": Consent.objects, "asked": DataRequest.objects, "records": RegistryRecord.objects,
        "given": Authorisation.objects, "acts": Representation.objects, "card": Person.objects.filter(pk=person),
    }  # fmt: skip
    return {name: list(rows.order_by("pk").values()) for name, rows in tables.items()}


STRANGERS = (
    "anonymous", "another person", "clerk of another ward", "leader of another ward", "operator of 1022",
    "administrator of another ward", "service key",
)  # fmt: skip
ROLES = (
    *STRANGERS, "the person", "filer under authorisation", "clerk of the ward", "specialist who holds it",
    "leader of the ward", "administrator of the province", "who protects data for the province",
)  # fmt: skip


# Addresses, by name, at which each role meets the word. Whoever is not named here meets it nowhere.
OWN = frozenset({
    "account", "account_download", "account_identity", "authorisation", "dossier", "filing_contact", "filing_step",
    "my_data", "organisations", "own_dossier", "store", "store_entry", "store_file", "store_share",
})  # fmt: skip
CASE = frozenset({
    "desk_dossier", "dossier_case", "obligation", "payment", "payment_refunds", "receipt_xml", "store_desk_entry",
    "store_desk_file",
})  # fmt: skip
DECIDING = frozenset({"deciding", "deciding_peek_task", "signing_queue", "signing_refuse"})
READS: Mapping[str, frozenset[str]] = {
    "the person": OWN,
    "filer under authorisation": frozenset(
        {
            "authorisation",
            "authorisation_accept",
            "authorisations",
            "dossier",
            "file_dossier",
            "own_dossier",
        }
    ),
    "clerk of the ward": CASE | {"receipt_replace"},
    "specialist who holds it": CASE,
    "leader of the ward": CASE | DECIDING,
    "administrator of the province": frozenset({"registry_record"}),
    "who protects data for the province": frozenset({"datarequest"}),
}
ENDS_SESSIONS = {"account_logout"}


@pytest.mark.parametrize("who", ROLES)
def test_everybody_reads_what_is_theirs_and_nothing_else(world: World, who: str) -> None:
    client = client_of(who, world)
    met, wrong, kept = set(), [], fingerprint(world)
    for door in doors(world.fillings, world.by_name):
        if door.name in ENDS_SESSIONS:
            continue
        status, body = read(client, door.path)
        if status >= 500:
            wrong.append(f"{door.path}: {status}")
        if SECRET not in body.casefold():
            continue
        met.add(door.name or door.path)
        if "no-store" not in body or "noindex" not in body:
            wrong.append(f"{door.path}: may be kept by others")
    assert not wrong, "\n".join(wrong)
    assert met == READS.get(who, frozenset())
    assert fingerprint(world) == kept, "asking changed something"


@pytest.mark.parametrize("who", ["anonymous", "another person", "clerk of another ward", "operator of 1022"])
def test_what_is_not_theirs_looks_like_what_is_not(world: World, who: str) -> None:
    """The numbers, codes and tokens of Yên's are answered as those that never were."""
    client = client_of(who, world)
    never = {name: "999999" if value.isdecimal() else f"9{value[1:]}" for name, value in world.fillings.items()}
    asked = {"case_id", "code", "token", "obligation_id", "payment_id", "refund_id", "receipt_id", "entry_id",
             "share_id", "task_id", "authorisation_id", "consent_id", "record_id", "request_id"}  # fmt: skip
    fillings = {**world.fillings, **{name: never[name] for name in asked & set(never)}}
    found = []
    for mine, other in zip(doors(world.fillings, world.by_name), doors(fillings, world.by_name), strict=True):
        if mine.path == other.path:
            continue
        for method in ("get", "post"):
            answers = read(client, mine.path, method)[0], read(client, other.path, method)[0]
            if answers[0] != answers[1]:
                found.append(f"{method} {mine.name} {mine.path}: {answers}")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_changes_anything(world: World, who: str) -> None:
    """With everything that the pages ask for filled in: what stops them is who they are."""
    client = client_of(who, world)
    sent = {
        "version": str(world.case.version), "reason": "x", "note": "x", "text": "x", "words": "x", "name": "x x",
        "amount": "1000", "unit_id": str(world.city.ward_two.id), "officer_id": str(world.city.tam.id), "to": "x",
        "delivery": "counter", "answer": "x", "is_agreed": "yes", "next": "1", "filer": "x", "child_name": "x",
        "title": "x", "obligation_id": world.fillings["obligation_id"], "means": "cash", "slip": "x",
    }  # fmt: skip
    kept, found = fingerprint(world), []
    for door in doors(world.fillings, world.by_name):
        if door.name in ENDS_SESSIONS | {"account_delete"}:
            continue
        status, body = read(client, door.path, "post", sent)
        if status >= 500:
            found.append(f"{door.path}: {status}")
        if SECRET in body.casefold() and door.name not in READS.get(who, frozenset()):
            found.append(f"{door.path}: tells")
    assert not found, "\n".join(found)
    assert fingerprint(world) == kept


# They only read, or prove who sends by a key, a signature or a header.
EXEMPT = {
    "payment_hook", "sms_receipts", "report_hints", "followed", "clocks", "language", "verify_signature",
    "exchange_report",
}  # fmt: skip


def test_every_form_but_a_few_proves_where_it_comes_from(world: World) -> None:
    programs = ("/api/", "/open311/")
    exempt = {door.name for door in doors(world.fillings) if door.is_exempt and not door.path.startswith(programs)}
    assert exempt == EXEMPT
