"""Papers that people sent, opened again: by whoever may open the dossier's page, and by nobody else."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.files.models import File
from motcua.kernel.identity.actions import revoke_authorisation
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access, Authorisation, Representation
from motcua.modules.dossiers.actions.reception import accept_dossier, request_supplement_dossier
from motcua.modules.dossiers.models import DossierPaper
from motcua.modules.dossiers.queries.tracking import secret_of
from motcua.modules.dossiers.tests.test_behalf import (
    BAO_ID,
    YEN_ID,
    authorise,
    filed_for,
    represent,
    signed_in,
    somebody,
)
from motcua.modules.dossiers.tests.test_closed import filled, with_photos
from motcua.modules.dossiers.tests.test_portal import begun, photo, written
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

__all__ = ["with_photos"]  # a fixture
pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def yen(one_stop: OneStop) -> Actor:
    return somebody("Nguyễn Thị Yên", "0905111222", YEN_ID)


@pytest.fixture
def bao(one_stop: OneStop) -> Actor:
    return somebody("Lê Văn Bảo", "0905555666", BAO_ID)


def paper_of(case: Case) -> File:
    number = DossierPaper.objects.get(case=case, code="GT.chung-sinh").file_id
    return File.objects.get(pk=number or 0)


def opened(client: Client, file: File) -> int:
    return client.get(f"/tep/{file.token}/goc").status_code


def test_the_page_leads_to_what_was_sent(one_stop: OneStop) -> None:
    client = Client()
    client.post(f"{written(client)}gui/")
    case = Case.objects.get(kind="dossier")
    file = paper_of(case)
    assert file.original_url in client.get(f"/ho-so/{case.code}/").content.decode()
    answer = client.get(file.original_url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    stranger = Client()
    assert opened(stranger, file) == 404
    stranger.post("/ho-so/", {"code": case.code, "secret": secret_of(Party.objects.get(case=case))})
    assert opened(stranger, file) == 200


def test_files_in_the_form_as_well(one_stop: OneStop, with_photos: Client) -> None:
    base = filled(with_photos, **{"photos.new": photo("a.jpg")})
    with_photos.post(f"{base}gui/")
    case = Case.objects.get(kind="dossier")
    (other,) = File.objects.exclude(pk=paper_of(case).pk)
    page = with_photos.get(f"/ho-so/{case.code}/").content.decode()
    assert "Tệp 1 trong tờ khai" in page
    assert other.original_url in page
    assert opened(with_photos, other) == 200
    assert opened(Client(), other) == 404


def test_whoever_files_for_another_and_they_themselves(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    """Which of them sent it makes no difference; once it is revoked it closes in the next request."""
    given = authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    accept_dossier(case.id, actor=one_stop.nga)
    items = [{"paper": "GT.chung-sinh", "what": "Mờ", "how": ""}]
    request_supplement_dossier(case.id, actor=one_stop.nga, items=items, reason="Mờ")
    first = paper_of(case)
    signed_in(bao).post(f"/ho-so/{case.code}/bo-sung/", {"paper-GT.chung-sinh": photo()})
    (second,) = File.objects.exclude(pk=first.pk)
    holder = Client()
    holder.get(f"/p/{party_token(Party.objects.get(case=case, role='filer'))}/")
    for file in (first, second):
        assert [opened(one, file) for one in (signed_in(yen), signed_in(bao), holder)] == [200, 200, 200]
        assert file.original_url in signed_in(yen).get(f"/ho-so/{case.code}/").content.decode()
    assert Access.objects.filter(action="file.original", actor=bao.key, case_id=case.id).exists()
    revoke_authorisation(given.pk, actor=yen)
    for file in (first, second):
        assert [opened(one, file) for one in (signed_in(yen), signed_in(bao), holder)] == [200, 404, 404]
    assert Authorisation.objects.get().state == "revoked"


def test_representatives_of_an_organisation(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    acts = represent(bao)
    represent(yen)
    case = filed_for(signed_in(bao), "organisation:5800000001")
    file = paper_of(case)
    assert [opened(signed_in(one), file) for one in (bao, yen)] == [200, 200]
    Representation.objects.filter(pk=acts.pk).update(state="ended")
    assert [opened(signed_in(one), file) for one in (bao, yen)] == [404, 200]


OPEN = {"the applicant": 200, "the filer": 200, "clerk who took it in": 200}
EVERYBODY = [*OPEN, "anonymous", "another citizen", "holder of another dossier's link", "clerk of another ward",
             "specialist of another department", "operator of 1022", "leader of another ward"]  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_else_opens_them(city: City, one_stop: OneStop, yen: Actor, bao: Actor, who: str) -> None:
    authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    accept_dossier(case.id, actor=one_stop.nga)
    file = paper_of(case)
    accounts = {
        "the applicant": yen, "the filer": bao, "clerk who took it in": one_stop.nga,
        "clerk of another ward": one_stop.dung, "specialist of another department": one_stop.kien,
        "operator of 1022": city.lan, "leader of another ward": city.tam,
    }  # fmt: skip
    client = Client(raise_request_exception=False)
    if who == "another citizen":
        client = signed_in(somebody("Trần Văn Uy", "0905333444", "068077000303"))
    elif who == "holder of another dossier's link":
        client.post(f"{written(client)}gui/")
    elif who in accounts:
        client = signed_in(accounts[who])
    noted = Access.objects.filter(action="file.original").count()
    assert opened(client, file) == OPEN.get(who, 404)
    for variant in ("xem", "nho"):
        assert client.get(f"/tep/{file.token}/{variant}").status_code == OPEN.get(who, 404)
    assert Access.objects.filter(action="file.original").count() == noted + (who in OPEN)


def test_before_it_is_sent(one_stop: OneStop) -> None:
    """A picture clean, a document as it came, to its sender alone."""
    client = Client()
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    sent: list[Any] = [photo(), SimpleUploadedFile("b.pdf", PDF, "application/pdf")]
    client.post(f"{base}giay-to/", {"paper-GT.chung-sinh": sent})
    picture, document = File.objects.order_by("pk")
    page = client.get(f"{base}giay-to/").content.decode()
    for address in (picture.view_url, document.original_url):
        assert f'href="{address}"' in page
        assert client.get(address).status_code == 200
    assert client.get(picture.original_url).status_code == 404  # it still says where it was taken
    assert io.BytesIO(b"".join(client.get(document.original_url).streaming_content)).getvalue() == PDF  # type: ignore[attr-defined]
    elsewhere = Client(REMOTE_ADDR="203.0.113.77", raise_request_exception=False)
    for stranger in (elsewhere, signed_in(one_stop.nga)):
        answer = stranger.get(document.original_url)
        assert answer.status_code == 404
        assert "Tệp vẫn được giữ" in answer.content.decode()


def test_a_document_of_a_draft_is_its_accounts(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    client = signed_in(yen)
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị Yên"})
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    client.post(f"{base}giay-to/", {"paper-GT.chung-sinh": SimpleUploadedFile("b.pdf", PDF, "application/pdf")})
    (document,) = File.objects.all()
    assert [opened(one, document) for one in (client, signed_in(yen), signed_in(bao), Client())] == [200, 200, 404, 404]
