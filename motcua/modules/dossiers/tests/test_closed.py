"""What somebody with bad intentions tries on dossiers, and does not get."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.models import File
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.identity.actions import Proof, declare_identity, new_person_account
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM
from motcua.kernel.identity.models import Access
from motcua.kernel.identity.queries import person_actor
from motcua.kernel.payments.ports import about_case
from motcua.kernel.web.views.middleware import buckets
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.consulting import consult_dossier
from motcua.modules.dossiers.actions.filing import NewDossier, file_dossier
from motcua.modules.dossiers.actions.reception import request_supplement_dossier, supply_dossier
from motcua.modules.dossiers.actions.results import withdraw_dossier
from motcua.modules.dossiers.models import Dossier, DossierPaper
from motcua.modules.dossiers.queries.printing import register
from motcua.modules.dossiers.queries.tracking import secret_of, token_for
from motcua.modules.dossiers.tests.conftest import AN
from motcua.modules.dossiers.tests.test_actions import on
from motcua.modules.dossiers.tests.test_desk import page, signed_in
from motcua.modules.dossiers.tests.test_intake import CARD, step
from motcua.modules.dossiers.tests.test_portal import CONTACT, begun, photo, written
from motcua.testing.city import City
from motcua.testing.one_stop import FORM, OneStop

pytestmark = pytest.mark.django_db


def test_a_number_that_somebody_merely_typed_gets_them_nobodys_dossier(one_stop: OneStop) -> None:
    """Whoever files online, or keeps an account, under another person's number waits for theirs at the counter."""
    filed = create_person("Kẻ Mạo Danh", "0905999888", national_id="068195000001")
    account = new_person_account(create_person("Kẻ Mạo Danh", "0905999777"))
    declare_identity(Proof("068195000001", "Kẻ Mạo Danh"), actor=person_actor(account.pk))
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    assert "Kẻ Mạo Danh" not in step(client, page, card="0905 999 888")
    page = step(client, page, card=CARD)
    assert 'value="Nguyễn Thị An"' in page
    assert "Người mới ở đây" in page
    step(client, step(client, page, q="ks"), do="take_in", paper=["GT.chung-sinh"])
    case = Case.objects.get(kind="dossier")
    assert case.person_id not in (None, filed.id, account.person_id)
    assert not Access.objects.filter(action="person.reveal").exists()


# ── Filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("wrong", [{"delivery": "drone"}, {"name": ""}, {"national_id": "12"}, {"area": "99999"}])
def test_the_contact_page_cannot_be_gone_around(one_stop: OneStop, wrong: dict[str, str]) -> None:
    """What is wrong is kept, so that nobody types it twice; sent it is not."""
    client = Client()
    base = written(client)
    assert client.post(f"{base}nhan/", {**CONTACT, **wrong}).status_code == 422
    answer = client.post(f"{base}gui/")
    assert (answer.status_code, answer["Location"]) == (302, f"{base}nhan/")
    assert not Case.objects.filter(kind="dossier").exists()


def test_a_link_to_a_draft_is_not_guessed(one_stop: OneStop) -> None:
    base = written(Client())
    number, _dot, proof = base.rstrip("/").rpartition("/")[2].partition(".")
    other = Client()
    for token in (
        f"{number}.",
        f"{number}.{proof.swapcase()}",
        f"{int(number) + 1}.{proof}",
        f"0{number}x.{proof}",
        "1",
        ".",
    ):
        for part in ("", "khai/0/", "giay-to/", "nhan/", "gui/"):
            path = f"/thu-tuc/1.000001/nop/{token}/{part}"
            assert other.get(path).status_code == 404, path
            assert other.post(path).status_code in (404, 405), path
    assert other.get(base.replace("1.000001", "1.000002") + "nhan/").status_code == 404  # of another procedure


FILES = {"type": "array", "format": "file", "title": "Ảnh", "title_en": "Photos", "maxItems": 3}


@pytest.fixture
def with_photos(one_stop: OneStop) -> Client:
    """The form asks for photos as well."""
    properties = {**FORM["properties"], "photos": FILES}  # type: ignore[dict-item]
    layout = [*FORM["layout"], {"key": "more", "title": "Ảnh", "title_en": "Photos", "fields": ["photos"]}]
    publish_body("khai-sinh-thu", {**FORM, "properties": properties, "layout": layout}, actor=SYSTEM)
    return Client()


def filled(client: Client, **last: Any) -> str:
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    client.post(f"{base}khai/2/", last)
    client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})
    client.post(f"{base}nhan/", CONTACT)
    return base


def test_files_in_the_answers_become_the_dossiers(one_stop: OneStop, with_photos: Client) -> None:
    base = filled(with_photos, **{"photos.new": photo("a.jpg")})
    assert with_photos.post(f"{base}gui/").status_code == 302
    case = Case.objects.get(kind="dossier")
    files = File.objects.filter(pk__in=CaseFile.objects.filter(case=case).values("file_id"))
    assert files.count() == 2
    assert all(file.kept_at is not None for file in files)
    shown = page(one_stop.nga, case)
    assert all(file.token in shown for file in files)


def test_a_file_of_somebody_elses_case_is_not_taken_along(one_stop: OneStop, with_photos: Client) -> None:
    """Whoever saw its address, on a public page for example, may type it into a form; it stays whose it is."""
    theirs = store_file(photo(), actor=ANONYMOUS, source="203.0.113.9")
    keep_files([theirs.pk], actor=ANONYMOUS, code="PA-1")
    base = filled(with_photos, photos=theirs.token)
    assert with_photos.post(f"{base}gui/").status_code == 422
    assert not Case.objects.filter(kind="dossier").exists()
    assert not CaseFile.objects.filter(file_id=theirs.pk).exists()


def test_a_number_of_somebody_elses_file_is_refused(city: City, one_stop: OneStop, processing: Any) -> None:
    case = processing()
    items = [{"paper": "GT.chung-sinh", "what": "Ảnh mờ", "how": ""}]
    request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Ảnh mờ")
    theirs = store_file(photo(), actor=ANONYMOUS, source="203.0.113.9")
    keep_files([theirs.pk], actor=ANONYMOUS, code="PA-1")
    kept = Event.objects.filter(case_id=case.id).count()
    with pytest.raises(Refused) as refused:
        supply_dossier(case.id, actor=one_stop.nga, papers=[("GT.chung-sinh", theirs.pk)])
    assert refused.value.code == "file_gone"
    new = NewDossier(one_stop.civil.id, "online", AN, area_code="24778", attached=[theirs.pk])
    with pytest.raises(Refused):
        file_dossier(new, actor=ANONYMOUS)
    assert Event.objects.filter(case_id=case.id).count() == kept
    assert Case.objects.filter(kind="dossier").count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"<html><script>alert(1)</script>%PDF-1.4 %%EOF"), ("b.pdf", b"<svg onload='alert(1)'/>"),
     ("c.html", b"<!doctype html>"), ("d.pdf", b"%PDF-1.4 unfinished")],
)  # fmt: skip
def test_what_is_no_paper_is_not_taken_in(one_stop: OneStop, name: str, content: bytes) -> None:
    client = Client()
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    sent = SimpleUploadedFile(name, content, "application/pdf")
    assert client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": sent}).status_code == 422
    assert not File.objects.exists()


def test_papers_that_nobody_asked_for_are_passed_over(one_stop: OneStop) -> None:
    client = Client()
    base = begun(client)
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    client.post(f"{base}khai/1/", {"child_name": "Minh", "copies": "1"})
    client.post(f"{base}giay-to/", {"paper-GT.cu-tru": photo(), "paper-../../x": photo(), "paper-": photo()})
    assert not File.objects.exists()


def test_more_answers_than_a_person_types_are_refused(one_stop: OneStop) -> None:
    base = begun(Client())
    many = {f"child_name.{number}": "x" for number in range(3000)}
    assert Client(raise_request_exception=False).post(f"{base}khai/1/", many).status_code == 400
    long = Client(raise_request_exception=False).post(f"{base}khai/1/", {"child_name": "x" * 400_000})
    assert long.status_code in (400, 413, 422)


# ── Following ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_secret_is_one_persons_of_one_dossier(one_stop: OneStop, filed: Any) -> None:
    mine, other = filed(), filed()
    secret = secret_of(Party.objects.get(case=mine.case))
    assert token_for(mine.case.code, secret) == mine.token
    assert token_for(other.case.code, secret) is None
    assert token_for(mine.case.code, "") is None
    assert token_for("000.00.00.H00-000000-0000", secret) is None


def test_guessing_secrets_ends_soon_and_tells_nothing(one_stop: OneStop, filed: Any, settings: Settings) -> None:
    settings.RATE_LIMITS = True
    buckets.clear()
    client, case = Client(), filed().case
    said = set()
    for code in (case.code, "000.00.00.H00-000000-0000"):
        answer = client.post("/ho-so/", {"code": code, "secret": "2222-2222"})
        said.add((answer.status_code, answer.content.decode().replace(code, "")))
    assert len({status for status, _body in said}) == 1
    answers = [client.post("/ho-so/", {"code": case.code, "secret": "2222-2222"}).status_code for _turn in range(40)]
    assert answers[-1] == 429
    assert "mc_link" not in client.cookies
    buckets.clear()


def test_words_of_the_person_in_events_hold_no_numbers(one_stop: OneStop, processing: Any) -> None:
    case = processing()
    items = [{"paper": "", "what": "Thiếu", "how": ""}]
    request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Thiếu")
    supply_dossier(case.id, actor=one_stop.nga, note="Gọi 0905 123 456 hoặc an@example.vn")
    withdraw_dossier(case.id, actor=one_stop.nga, reason="Số tôi 068195000001")
    told = str([event.data for event in Event.objects.filter(case_id=case.id)])
    for secret in ("123 456", "an@example.vn", "068195000001", AN.name, AN.phone, AN.national_id, "Nguyễn Bình Minh"):
        assert secret not in told, secret


def test_one_field_leads_to_reports_and_dossiers(one_stop: OneStop, filed: Any) -> None:
    """“Theo dõi” takes any code; whether there is such a dossier is told to its people alone."""
    made = filed()
    known, unknown = made.case.code, f"{made.case.code[:-4]}9999"
    for code in (known, unknown):
        assert Client().get(f"/theo-doi/?code={code.lower()}")["Location"] == f"/ho-so/?ma={code}"
        assert Client().get(f"/tim/?q={code}")["Location"] == f"/ho-so/?ma={code}"
    assert f'value="{known}"' in Client().get(f"/ho-so/?ma={known}").content.decode()
    holder = Client()
    holder.get(f"/p/{made.token}/")
    assert holder.get(f"/theo-doi/?code={known}")["Location"] == f"/ho-so/{known}/"
    kept = Client().post("/theo-doi/viec/", {"code": [known, unknown]}).content.decode()
    assert "Đăng ký khai sinh" not in kept
    assert known in kept
    assert unknown in kept


def test_the_bar_of_the_phone_holds_five(one_stop: OneStop) -> None:
    home = Client().get("/").content.decode()
    bar = home[home.index('class="p-bar"') : home.index("</nav>", home.index('class="p-bar"'))]
    head = home[home.index('class="p-nav"') : home.index("</nav>", home.index('class="p-nav"'))]
    assert bar.count("<a ") <= 5
    assert head.count("<a ") <= 5
    assert 'href="/theo-doi/"' in bar
    assert 'href="/theo-doi/"' in head


def test_gateways_are_told_the_procedure(one_stop: OneStop, filed: Any) -> None:
    about = about_case["dossier"](filed().case.id)
    assert about is not None
    assert (about.procedure_code, about.procedure_name) == ("1.000001", "Đăng ký khai sinh (thử)")
    assert about_case["dossier"](0) is None


# ── Units that were only asked ──────────────────────────────────────────────────────────────────────────────────────


def test_a_unit_that_was_asked_reads_and_does_no_more(city: City, one_stop: OneStop, processing: Any) -> None:
    """It may not take the dossier back, nor hand out papers with the name, the telephone and the secret on them."""
    case = processing(on(16, 9))
    consult_dossier(case.id, actor=one_stop.oanh, unit_id=city.office_two.id, question="Có trùng không?")
    asked = signed_in(one_stop.dung)  # a clerk of Ward Two
    shown = asked.get(f"/desk/ho-so/{case.id}/").content.decode()
    assert "0905 123 456" not in shown
    for move in ("withdraw", "supply", "settle"):
        assert f"/desk/ho-so/{case.id}/{move}/" not in shown
    case.refresh_from_db()
    kept = Event.objects.filter(case_id=case.id).count()
    sent = {"version": case.version, "reason": "Rút hộ"}
    assert asked.post(f"/desk/ho-so/{case.id}/withdraw/", sent).status_code == 403
    assert asked.post(f"/desk/ho-so/{case.id}/nguoi/{case.person_id}/").status_code == 404
    for form in ("01", "06"):
        assert asked.get(f"/desk/ho-so/{case.id}/mau-{form}.pdf").status_code == 403
    day = on(16, 9).date()
    assert register(day, day, actor=one_stop.dung)[1:] == []
    assert [row[1] for row in register(day, day, actor=one_stop.nga)[1:]] == [case.code]
    case.refresh_from_db()
    assert (case.state, Event.objects.filter(case_id=case.id).count()) == ("processing", kept)


def test_a_form_says_only_what_it_asks(one_stop: OneStop, processing: Any) -> None:
    """Fields that a move's page does not have change nothing."""
    case = processing()
    before = Dossier.objects.values().get(pk=case.id)
    more = {"unit_id": 1, "officer_id": 1, "state": "returned", "closed_at": "2026-01-01", "case_id": 1, "actor": "x"}
    client = signed_in(one_stop.oanh)
    sent = {"version": case.version, "note": "Ghi", **more}
    assert client.post(f"/desk/ho-so/{case.id}/note/", sent).status_code == 302
    assert Dossier.objects.values().get(pk=case.id) == before
    changed = Case.objects.get(pk=case.id)
    assert (changed.unit_id, changed.officer_id, changed.state) == (case.unit_id, case.officer_id, case.state)
    assert DossierPaper.objects.filter(case_id=case.id).count() == 2
