"""Papers and photos of a result: officials hand them in, a leader approves, and then everybody opens just these."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import DOCX, PDF, Purpose, Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.tests.pictures import PDF as PAPER
from motcua.kernel.files.tests.pictures import paper
from motcua.kernel.identity.models import Account
from motcua.modules.incidents.actions.receiving import classify_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import hide_incident, show_incident, visit_incident
from motcua.testing.city import LAMP_AT, City

pytestmark = pytest.mark.django_db
DRAFT = PAPER.replace(b"1.7", b"1.6")  # other bytes, so another file
LETTER = paper()


@pytest.fixture
def hoa(city: City) -> Client:
    return signed_in("hoa")


@pytest.fixture
def minh(city: City) -> Client:
    return signed_in("minh")


def signed_in(login: str) -> Client:
    client = Client()
    client.force_login(Account.objects.get(login=login))
    return client


def taken(city: City) -> Case:
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    case = submit_incident(new, actor=city.an).case
    return take_incident(case.id, actor=city.minh)


def upload(body: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    return upload(out.getvalue(), "sau.jpg")


def move(client: Client, case: Case, name: str, **values: Any) -> None:
    case.refresh_from_db()
    answer = client.post(f"/desk/phan-anh/{case.id}/{name}/", {"version": case.version, **values})
    assert answer.status_code == 302, answer.content.decode()


def resolve(client: Client, case: Case, *documents: SimpleUploadedFile) -> None:
    result = {"result": "Đã thay bóng", "photos": photo(), "caption": "Đèn đã sáng", "documents": list(documents)}
    move(client, case, "resolve", **result)


def papers(case: Case) -> list[File]:
    return [
        use.file for use in CaseFile.objects.select_related("file").filter(case=case, role="document").order_by("id")
    ]


def reporter_of(case: Case) -> Client:
    client = Client()
    client.get(f"/p/{party_token(Party.objects.get(case=case))}/")
    return client


def told(client: Client, case: Case) -> list[str]:
    """Addresses of the papers, by the JSON API; the page shows the same."""
    page = client.get(f"/phan-anh/{case.code}/").content.decode()
    documents = client.get(f"/api/v1/incidents/{case.code}").json()["documents"]
    assert ("Văn bản kết quả" in page) == bool(documents)
    addresses = [one["url"].removeprefix(settings.PUBLIC_URL) for one in documents]
    assert all(address in page for address in addresses)
    return addresses


def opens(client: Client, file: File) -> set[str]:
    """The variants of a file that somebody gets."""
    return {variant.value for variant in Variant if client.get(f"/tep/{file.token}/{variant.value}").status_code == 200}


def test_papers_of_a_result_are_everybody_s_once_a_leader_approved(city: City, hoa: Client, minh: Client) -> None:
    case, stranger = taken(city), Client()
    resolve(hoa, case, upload(PAPER, "Biên bản của ông Bảy.pdf"), upload(LETTER, "thu.docx"))
    minutes, letter = papers(case)
    for somebody in (stranger, reporter_of(case), signed_in("tam")):
        assert told(somebody, case) == []
        assert not opens(somebody, minutes) | opens(somebody, letter)
    assert opens(minh, minutes) == {"goc"}  # to be read before it is approved

    move(minh, case, "approve")
    minutes, letter = papers(case)
    assert told(stranger, case) == told(reporter_of(case), case) == [minutes.view_url, letter.view_url]
    for url, body, kind, shown in (
        (minutes.view_url, PAPER, PDF, "inline"), (letter.view_url, LETTER, DOCX, "attachment"),
    ):  # fmt: skip
        answer = stranger.get(url)
        number = 2 if kind is PDF else 3  # after the photo
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content) == body  # type: ignore[attr-defined]
        assert answer["Content-Type"] == kind.mime
        assert answer["Content-Disposition"] == f'{shown}; filename="{case.code}-{number}{kind.suffix}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert opens(stranger, minutes) == opens(stranger, letter) == {"xem"}  # originals stay with officials


def test_what_is_not_of_the_result_stays_closed(city: City, hoa: Client, minh: Client) -> None:
    """A draft of a result that was sent back, a paper nobody took, a photo of the visit."""
    case, stranger = taken(city), Client()
    seen = store_file(photo(), actor=city.hoa)
    visit_incident(case.id, actor=city.hoa, note="Bóng cháy", file_ids=[seen.pk])
    resolve(hoa, case, upload(DRAFT, "nhap.pdf"))
    (draft,) = papers(case)
    move(minh, case, "revise", reason="Thiếu chữ ký")
    resolve(hoa, case, upload(PAPER, "biên bản.pdf"))
    loose = store_file(io.BytesIO(LETTER), actor=city.hoa, purpose=Purpose.DOCUMENT)
    move(minh, case, "approve")
    (minutes,) = papers(case)
    assert told(stranger, case) == [minutes.view_url]
    for file in (draft, loose, seen):
        assert not opens(stranger, file)


def test_a_hidden_report_takes_its_papers_along(city: City, hoa: Client, minh: Client) -> None:
    case, stranger = taken(city), Client()
    resolve(hoa, case, upload(PAPER, "biên bản.pdf"))
    move(minh, case, "approve")
    (minutes,) = papers(case)
    hide_incident(case.id, actor=city.minh, reason="Có tên người")
    assert not opens(stranger, minutes)
    assert opens(reporter_of(case), minutes) == {"xem"}
    show_incident(case.id, actor=city.minh)
    assert opens(stranger, minutes) == {"xem"}


def test_an_answer_that_is_never_published_brings_its_papers_to_the_person(
    city: City, hoa: Client, minh: Client
) -> None:
    case = taken(city)
    classify_incident(case.id, actor=city.minh, category="official-conduct")
    resolve(hoa, case, upload(PAPER, "trả lời.pdf"))
    move(minh, case, "approve")
    (letter,) = papers(case)
    case.refresh_from_db()
    assert (case.state, case.published_at) == ("answered", None)
    reporter = reporter_of(case)
    assert told(reporter, case) == [letter.view_url]
    assert reporter.get(letter.view_url)["Content-Type"] == PDF.mime
    for somebody in (Client(), signed_in("tam")):
        assert not opens(somebody, letter)
        assert somebody.get(f"/api/v1/incidents/{case.code}").status_code == 404
