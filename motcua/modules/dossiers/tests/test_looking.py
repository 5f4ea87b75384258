"""Papers that nobody need bring: asked of a registry, taken from the person's store, and results put into it."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity.actions import Proof, create_person, new_person_account, prove_person
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.queries import person_actor
from motcua.kernel.org.queries import local_today
from motcua.kernel.registries.actions import looking, put_records
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.models import LookUp
from motcua.kernel.registries.ports import SOURCES, register_source
from motcua.kernel.registries.tests.fakes import FakeSource
from motcua.kernel.store.actions import NewEntry, put_entry, revoke_entry
from motcua.kernel.store.models import StoreEntry, StoreUse
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.filing import NewPaper
from motcua.modules.dossiers.actions.looking import look_up_paper
from motcua.modules.dossiers.actions.reception import request_supplement_dossier
from motcua.modules.dossiers.actions.results import approve_dossier, return_result_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier
from motcua.modules.dossiers.models import DossierPaper, Result
from motcua.modules.dossiers.tests.test_desk import page, signed_in
from motcua.modules.dossiers.tests.test_portal import CONTACT, START, photo
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db
AN_ID = "068195000001"
RESIDENCE = [{"paper": "GT.cu-tru", "what": "Chưa có giấy xác nhận cư trú", "how": ""}]


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(looking, "CIRCUITS", {})
    before = dict(SOURCES)
    yield
    SOURCES.clear()
    SOURCES.update(before)


def known() -> None:
    put_records(REGISTRIES["population"], [{"national_id": AN_ID, "name": "Nguyễn Thị An", "hometown": "Xã Thử"}])


def residence(case: Case) -> DossierPaper:
    return DossierPaper.objects.get(case_id=case.id, code="GT.cu-tru")


def look(case: Case, actor: Actor, **headers: str) -> str:
    answer = signed_in(actor).post(f"/desk/ho-so/{case.id}/giay-to/{residence(case).id}/tra-cuu/", headers=headers)
    assert answer.status_code == 200
    return str(answer.content.decode())


# ── Registries ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["plain", "dialog"])
def test_the_registry_answers_in_place_of_the_paper(
    one_stop: OneStop, processing: Any, headers: dict[str, str]
) -> None:
    known()
    case = processing()
    assert "Tra cứu" in page(one_stop.oanh, case)
    shown = look(case, one_stop.oanh, **headers)
    assert "Nguyễn Thị An" in shown
    assert "Xã Thử" in shown
    asked = LookUp.objects.get()
    assert (asked.purpose, asked.case_id, asked.person_id, asked.reason) == (
        "procedure", case.id, case.person_id, case.code,
    )  # fmt: skip
    paper = residence(case)
    assert (paper.look_up_id, paper.reason) == (asked.pk, "")
    event = Event.objects.get(name="dossier.looked_up")
    assert "Nguyễn" not in str(event.data)
    assert AN_ID not in str(event.data)


def test_what_a_registry_knows_is_not_asked_for(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    with pytest.raises(Refused, match="có trong cơ sở dữ liệu"):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=RESIDENCE, reason="Thiếu")
    known()
    look_up_paper(case.id, residence(case).id, actor=one_stop.oanh)
    with pytest.raises(Refused, match="có trong cơ sở dữ liệu"):
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=RESIDENCE, reason="Thiếu")
    case.refresh_from_db()
    assert case.state == "processing"
    assert not Event.objects.filter(name="dossier.supplement_requested").exists()


@pytest.mark.parametrize("is_down", [True, False], ids=["outage", "nothing"])
def test_when_it_does_not_answer_the_paper_may_be_asked_for(
    one_stop: OneStop, processing: Any, *, is_down: bool
) -> None:
    case = processing()
    source = FakeSource("population")
    source.error = "quá giờ" if is_down else ""
    register_source(source)
    shown = look(case, one_stop.oanh)
    assert ("không trả lời" if is_down else "Không có dữ liệu") in shown
    assert ("không trả lời lúc" if is_down else "không có dữ liệu về người này") in residence(case).reason
    request_supplement_dossier(case.id, actor=one_stop.oanh, items=RESIDENCE, reason="Thiếu")
    case.refresh_from_db()
    assert case.state == "supplement_requested"


@pytest.mark.parametrize(("who", "status"), [("kien", 404), ("dung", 404)])
def test_only_who_holds_the_dossier_looks_up(one_stop: OneStop, processing: Any, who: str, status: int) -> None:
    known()
    case = processing()
    paper = residence(case)
    answer = signed_in(getattr(one_stop, who)).post(f"/desk/ho-so/{case.id}/giay-to/{paper.id}/tra-cuu/")
    assert answer.status_code == status
    assert not LookUp.objects.exists()
    assert not Event.objects.filter(name="dossier.looked_up").exists()


def test_a_paper_that_was_handed_in_is_not_looked_up(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    paper = DossierPaper.objects.get(case_id=case.id, code="GT.chung-sinh")
    with pytest.raises(Refused) as refused:
        look_up_paper(case.id, paper.id, actor=one_stop.oanh)
    assert refused.value.code == "not_found"
    assert not LookUp.objects.exists()


# ── The store ───────────────────────────────────────────────────────────────────────────────────────────────────────


def somebody(name: str, phone: str, national_id: str) -> Actor:
    account = new_person_account(create_person(name, phone))
    prove_person(account.person_id or 0, Proof(national_id, name), level=Level.COUNTER, actor=SYSTEM)
    return person_actor(account.pk)


def entry_of(owner: Actor, city: City, code: str = "GT.chung-sinh") -> StoreEntry:
    file = store_file(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), actor=SYSTEM, purpose=Purpose.DOCUMENT)
    keep_files([file.pk], actor=SYSTEM, code="HS-1")
    new = NewEntry(
        code=code, name="Giấy chứng sinh", number="77/2026", person_id=owner.person_id, issued_on=local_today(),
        issuer_unit_id=city.ward_one.id, file_id=file.pk,
    )  # fmt: skip
    return put_entry(new, actor=SYSTEM)


@pytest.fixture
def an(one_stop: OneStop) -> Actor:
    return somebody("Nguyễn Thị An", "0905 123 456", AN_ID)


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def at_the_papers(client: Client) -> str:
    base = str(client.post(START)["Location"]).removesuffix("khai/0/")
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "Nguyễn Bình Minh", "copies": "1"})
    return base


def test_a_paper_of_ones_own_store_is_not_asked_for(city: City, an: Actor) -> None:
    entry = entry_of(an, city)
    client = client_of(an)
    base = at_the_papers(client)
    shown = client.get(f"{base}giay-to/").content.decode()
    assert "77/2026" in shown
    assert "bạn chỉ cần gửi 0 giấy" in shown
    assert client.post(f"{base}giay-to/", {"next": "1", "store-GT.chung-sinh": entry.pk})["Location"].endswith("nhan/")
    client.post(f"{base}nhan/", CONTACT)
    assert "lấy từ kho giấy tờ của bạn" in client.get(f"{base}gui/").content.decode()
    assert client.post(f"{base}gui/").status_code == 302
    case = Case.objects.get(kind="dossier")
    paper = DossierPaper.objects.get(case_id=case.id, code="GT.chung-sinh")
    assert (paper.source, paper.store_entry_id) == ("store", entry.pk)
    assert StoreUse.objects.filter(entry=entry, case_id=case.id).exists()


def test_another_one_may_be_sent_instead(city: City, an: Actor) -> None:
    entry_of(an, city)
    client = client_of(an)
    base = at_the_papers(client)
    assert client.post(f"{base}giay-to/", {"next": "1", "store-GT.chung-sinh": "0"}).status_code == 422
    client.post(f"{base}giay-to/", {"next": "1", "store-GT.chung-sinh": "0", "paper-GT.chung-sinh": photo()})
    client.post(f"{base}nhan/", CONTACT)
    client.post(f"{base}gui/")
    paper = DossierPaper.objects.get(code="GT.chung-sinh")
    assert (paper.source, paper.store_entry_id) == ("upload", None)
    assert not StoreUse.objects.exists()


def test_nobody_takes_from_anothers_store(city: City, an: Actor, one_stop: OneStop, filed: Any) -> None:
    entry = entry_of(somebody("Trần Văn Bình", "0905 777 888", "068085000102"), city)
    client = client_of(an)
    base = at_the_papers(client)
    assert "77/2026" not in client.get(f"{base}giay-to/").content.decode()
    assert client.post(f"{base}giay-to/", {"next": "1", "store-GT.chung-sinh": entry.pk}).status_code == 422
    with pytest.raises(Refused):
        filed(papers=[NewPaper("GT.chung-sinh", "store", store_entry_id=entry.pk)])
    assert not StoreUse.objects.exists()
    assert not Case.objects.filter(kind="dossier").exists()


def test_a_paper_that_was_taken_back_meanwhile_is_asked_for(city: City, an: Actor) -> None:
    entry = entry_of(an, city)
    client = client_of(an)
    base = at_the_papers(client)
    client.post(f"{base}giay-to/", {"next": "1", "store-GT.chung-sinh": entry.pk})
    client.post(f"{base}nhan/", CONTACT)
    revoke_entry(entry.pk, actor=SYSTEM, reason="Cấp nhầm")
    assert client.post(f"{base}gui/")["Location"].endswith("giay-to/")
    assert not Case.objects.filter(kind="dossier").exists()


@pytest.mark.parametrize("is_refusal", [False, True])
def test_a_result_goes_into_the_store(city: City, one_stop: OneStop, processing: Any, *, is_refusal: bool) -> None:
    case = processing()
    file = store_file(io.BytesIO(b"%PDF-1.4\n%%EOF\n"), actor=one_stop.oanh, purpose=Purpose.DOCUMENT)
    propose_dossier(
        case.id, actor=one_stop.oanh, results=[NewResult("KQ.khai-sinh", number="15/2026", file_id=file.pk)],
        is_refusal=is_refusal, note="Không đúng nơi cư trú" if is_refusal else "",
    )  # fmt: skip
    approve_dossier(case.id, actor=city.minh)
    case.refresh_from_db()
    if case.state == "result_ready":
        return_result_dossier(case.id, actor=one_stop.nga, delivery="online")
    entries = StoreEntry.objects.filter(case_id=case.id)
    if is_refusal:
        assert not entries.exists()
        return
    entry = entries.get()
    assert (entry.code, entry.name, entry.person_id, entry.issuer_unit_id, entry.file_id) == (
        "KQ.khai-sinh", "Giấy khai sinh", case.person_id, city.ward_one.id, file.pk,
    )  # fmt: skip
    assert entry.owner_index is None  # a number typed at home proves nothing
    assert Result.objects.get(case_id=case.id).store_entry_id == entry.pk
