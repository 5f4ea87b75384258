"""Every address of the house, tried by everybody: what is not theirs tells them nothing, and nothing breaks.

A report of Ward One waits unpublished, with words that stand nowhere else. Whoever is not of it asks for every address
there is, with its numbers, codes and tokens filled in, and must read none of these words.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Category, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.models import File
from motcua.kernel.identity.actions import create_person, create_service_key
from motcua.kernel.identity.models import Access, Account, Person, Post
from motcua.kernel.identity.ports import letter_sender
from motcua.kernel.org.models import Unit
from motcua.kernel.web.kind import Happening
from motcua.kernel.web.queries import stream_filter
from motcua.modules.incidents.actions.receiving import (
    accept_incident,
    assign_incident,
    take_incident,
)
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import (
    approve_incident,
    hide_incident,
    note_incident,
    resolve_incident,
    visit_incident,
)
from motcua.modules.incidents.models import Incident
from motcua.testing.city import LAMP_AT, LONG_AGO, MONDAY, WARD_TWO_AT, City
from motcua.testing.doors import Door, doors, read

pytestmark = pytest.mark.django_db

SECRET = "zqkhuyênkín"  # in everything that belongs to the report of Ward One
ROLES = ("leader", "specialist", "operator", "clerk", "secretary", "administrator")
THOROUGH = {"anonymous", "administrator of ward two"}  # these try what is about no case as well
# They end the session that asks, or the account: what they refuse is for the tests of identity.
OF_A_CASE = {"code", "case_id", "token", "person_id", "party_id", "move_name", "rest"}
ENDS_SESSIONS = {"account_logout", "account_delete", "account_end_session", "account_end_other_sessions"}


@dataclass
class World:
    city: City
    case: Case  # of Ward One, not published
    file: File
    theirs: Case  # of somebody else in Ward Two
    link: str
    fillings: dict[str, str]


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#774").save(out, "JPEG")
    return SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg")


def lamp(city: City, at: tuple[float, float] = LAMP_AT, **changes: object) -> Case:
    values: dict[str, object] = {
        "text": "Đèn đường tắt ba đêm", "category": "street-lighting", "lat": at[0], "lon": at[1],
    }  # fmt: skip
    return submit_incident(NewIncident(**{**values, **changes}), actor=city.an).case  # type: ignore[arg-type]


@pytest.fixture
def world(city: City) -> World:
    sent = store_file(photo(), actor=city.an, source="203.0.113.9")
    case = lamp(
        city, text=f"Đèn tắt {SECRET} ba đêm", address=f"Số 12 {SECRET}", name=f"Nguyễn {SECRET}",
        phone="0905 123 456", email=f"an@{SECRET}.example", file_ids=[sent.pk],
    )  # fmt: skip
    take_incident(case.id, actor=city.hoa)
    visit_incident(case.id, actor=city.hoa, note=f"Bóng cháy {SECRET}")
    note_incident(case.id, actor=city.hoa, note=f"Gọi lại {SECRET}")
    hide_incident(case.id, actor=city.minh, reason=f"Có {SECRET}")
    theirs = lamp(city, WARD_TWO_AT, text="Đèn khác", name="Lê Bình", phone="0905 999 999")
    case.refresh_from_db()
    file = File.objects.get(pk=sent.pk)
    party = Party.objects.get(case=theirs)
    return World(
        city, case, file, theirs, party_token(party),
        {"code": case.code, "case_id": str(case.id), "person_id": str(case.person_id), "token": file.token,
         "variant": "goc", "unit_code": "24778", "slug": "note", "move_name": "assign", "id": str(case.id),
         "party_id": str(Party.objects.get(case=case).id), "suffix": "json", "day": "2026-11-16", "year": "2026",
         "unit_id": str(city.ward_one.id), "officer_id": str(city.hoa.id), "size": "192"},
    )  # fmt: skip


def is_of_case(door: Door) -> bool:
    return bool(door.fills & OF_A_CASE)


def officer_of(unit: Unit, role: str) -> Account:
    login = f"{role}-{unit.code}"
    account = Account.objects.create(kind="officer", login=login, name=f"Cán bộ {role}", created_at=MONDAY)
    Post.objects.create(officer=account, unit=unit, role=role, valid_from=LONG_AGO)
    return account


def signed_in(account: Account) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(account)
    return client


def strangers(world: World, roles: tuple[str, ...] = ROLES) -> Iterator[tuple[str, Client]]:
    """Everybody who has nothing to do with the report."""
    yield "anonymous", Client(raise_request_exception=False)
    citizen = Client(raise_request_exception=False)
    citizen.get(f"/p/{world.link}/")
    assert citizen.get(f"/phan-anh/{world.theirs.code}/").status_code == 200
    yield "citizen with another link", citizen
    yield "citizen's program", Client(headers={"X-Private-Link": world.link}, raise_request_exception=False)
    person = Person.objects.get(pk=world.theirs.person_id or 0)
    account = Account.objects.create(kind="person", login="p-binh", name="Người dân", person=person, created_at=MONDAY)
    yield "signed-in citizen", signed_in(account)
    for role in roles:
        yield f"{role} of ward two", signed_in(officer_of(world.city.ward_two, role))
    key = create_service_key("Ứng dụng", ["incident.submit", "incident.read_public"])
    yield "service key", Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)


def test_strangers_read_nothing_anywhere(world: World) -> None:
    found, kept = [], Event.objects.filter(case_id=world.case.id).count()
    everything = doors(world.fillings)
    assert len(everything) > 150
    for who, client in strangers(world):
        for door in everything:
            if "/moves/" in door.path or (who not in THOROUGH and not is_of_case(door)):
                continue
            status, body = read(client, door.path)
            if status >= 500:
                found.append(f"{who}: GET {door.path}: {status}")
            if SECRET in body.casefold():
                found.append(f"{who}: GET {door.path}: tells")
            if who == "anonymous" and not door.is_public and status not in (302, 401, 403, 404, 405):
                found.append(f"{who}: GET {door.path}: {status} although it needs {[*door.permissions]}")
    assert not found, "\n".join(found)
    assert Event.objects.filter(case_id=world.case.id).count() == kept
    assert not Access.objects.filter(action__in=("file.original", "person.reveal")).exists()


def test_strangers_change_nothing_anywhere(world: World) -> None:
    """What writes is asked without any values: the refusal must come before, and tell nothing."""
    found = []
    case = Case.objects.filter(pk=world.case.pk).values().get()
    kept = Event.objects.filter(case_id=world.case.id).count()
    for who, client in strangers(world, ("leader", "administrator")):
        for door in doors(world.fillings):
            if door.name in ENDS_SESSIONS or (who not in THOROUGH and not is_of_case(door)):
                continue
            for method in ("post", "put") if door.path.startswith("/api/v1/incidents") else ("post",):
                status, body = read(client, door.path, method)
                if status >= 500:
                    found.append(f"{who}: {method} {door.path}: {status}")
                if SECRET in body.casefold():
                    found.append(f"{who}: {method} {door.path}: tells")
                if who == "anonymous" and not door.is_public and status < 400:
                    found.append(f"{who}: {method} {door.path}: {status}")
    assert not found, "\n".join(found)
    assert Case.objects.filter(pk=world.case.pk).values().get() == case
    assert Event.objects.filter(case_id=world.case.id).count() == kept
    assert not Access.objects.filter(action="person.reveal").exists()


@pytest.mark.parametrize("role", ROLES)
def test_its_own_officials_get_in(world: World, role: str) -> None:
    """The doors above are shut because of who asks, not because they are broken."""
    client = signed_in(officer_of(world.city.ward_one, role))
    found = [
        f"{door.path}: {status}"
        for door in doors(world.fillings)
        if not door.is_public and (is_of_case(door) or role == "administrator") and "/moves/" not in door.path
        if (status := read(client, door.path)[0]) >= 500
    ]
    assert not found, "\n".join(found)
    for path in (f"/desk/phan-anh/{world.case.id}/", f"/desk/phan-anh/{world.case.id}/bien-ban.pdf",
                 f"/api/v1/cases/{world.case.id}", f"/tep/{world.file.token}/goc"):  # fmt: skip
        assert client.get(path).status_code == 200, path
    assert SECRET in read(client, f"/desk/phan-anh/{world.case.id}/")[1]


def test_who_answers_about_data_reads_no_reports(world: World) -> None:
    """The role is held for the whole province, and is for people's requests alone."""
    client = signed_in(officer_of(world.city.province, "privacy"))
    assert client.get("/desk/yeu-cau-du-lieu/").status_code == 200
    for path in (f"/desk/phan-anh/{world.case.id}/", f"/desk/phan-anh/{world.case.id}/bien-ban.pdf",
                 f"/api/v1/cases/{world.case.id}", f"/tep/{world.file.token}/goc"):  # fmt: skip
        assert client.get(path).status_code in (403, 404), path
    assert world.case.code not in read(client, "/desk/?xem=unit")[1] + read(client, "/api/v1/inbox")[1]
    assert not Access.objects.filter(action="file.original").exists()


def test_private_pages_are_kept_by_no_cache(world: World) -> None:
    client = signed_in(Account.objects.get(login="minh"))
    loose = []
    for door in doors(world.fillings):
        if door.is_public or not door.path.startswith(("/desk/", "/tai-khoan/", "/api/")):
            continue
        answer = client.get(door.path)
        if answer.status_code == 200 and "no-store" not in answer.headers.get("Cache-Control", ""):
            loose.append(f"{door.path}: {answer.headers.get('Cache-Control')}")
    assert not loose, "\n".join(loose)


# They read, or prove who sends by other means: a key, a signature, the link in a header.
WITHOUT_PROOF = {"report_hints", "followed", "clocks", "language", "sms_receipts", "verify_signature"}


def test_every_form_proves_that_a_page_of_ours_sent_it(world: World) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(Account.objects.get(login="minh"))
    kept = Event.objects.count()
    loose = [
        f"{door.name} {door.path}: {status}"
        for door in doors(world.fillings)
        if door.name not in WITHOUT_PROOF and not door.path.startswith("/open311/")
        if (status := read(client, door.path, "post")[0]) not in (401, 403, 404, 405)
    ]
    assert not loose, "\n".join(loose)
    assert Event.objects.count() == kept


# ── Whoever follows a report is not its official ────────────────────────────────────────────────────────────────────


@pytest.fixture
def joined(world: World) -> tuple[Case, Client]:
    """Tâm of Ward Two met the lamp of Ward One, too: anybody may say so of a published report."""
    case = lamp(world.city, text="Đèn trước chợ tắt")
    accept_incident(case.id, actor=world.city.minh)
    note_incident(case.id, actor=world.city.hoa, note=f"Chỉ cán bộ đọc: {SECRET}")
    client = signed_in(Account.objects.get(login="tam"))
    assert client.post(f"/phan-anh/{case.code}/cung-gap/", {}).status_code == 302
    assert client.get(f"/phan-anh/{case.code}/").status_code == 200
    return case, client


def test_an_official_who_joins_elsewhere_stays_outside(joined: tuple[Case, Client], world: World) -> None:
    case, client = joined
    for path in (f"/desk/phan-anh/{case.id}/", f"/desk/phan-anh/{case.id}/note/", f"/api/v1/cases/{case.id}",
                 f"/desk/phan-anh/{case.id}/bien-ban.pdf"):  # fmt: skip
        status, body = read(client, path)
        assert status == 404, path
        assert SECRET not in body
    assert case.code not in client.get("/desk/?xem=unit").text
    assert case.code not in client.get("/api/v1/inbox?whose=unit").text
    before = Event.objects.filter(case_id=case.id).count()
    answer = client.post(f"/api/v1/cases/{case.id}/moves/add-info", {"text": "x"}, content_type="application/json")
    assert answer.status_code == 404
    assert Event.objects.filter(case_id=case.id).count() == before


def test_the_files_and_streams_of_a_report_joined_stay_closed(joined: tuple[Case, Client], world: World) -> None:
    case, client = joined
    sent = store_file(photo(), actor=world.city.hoa)
    visit_incident(case.id, actor=world.city.hoa, note="Đã đến", file_ids=[sent.pk])
    assert client.get(f"/tep/{sent.token}/goc").status_code == 404
    assert client.get(f"/tep/{sent.token}/xem").status_code == 404
    assert signed_in(Account.objects.get(login="hoa")).get(f"/tep/{sent.token}/goc").status_code == 200
    party = Party.objects.get(case=case, role="joined")
    tam = replace(world.city.tam, party_id=party.id, case_id=case.id)
    tells = stream_filter(f"/live/case/{case.id}/", tam)
    assert tells(Happening(1, 1, "incident.noted", 2, case.id, None, {})) is None


def test_the_reporter_does_not_read_the_officials_view(world: World) -> None:
    program = Client(headers={"X-Private-Link": party_token(Party.objects.get(case=world.case))})
    assert program.get(f"/api/v1/incidents/{world.case.code}").status_code == 200
    answer = program.get(f"/api/v1/cases/{world.case.id}")
    assert answer.status_code in (403, 404)
    assert "Gọi lại" not in answer.text


def test_who_joins_does_not_read_what_the_reporter_answered(world: World) -> None:
    question = {"code": "who", "datatype": "string", "question": "Ai ở gần đó?", "order": 1}
    Category.objects.filter(code="street-lighting").update(attributes=[question])
    forget_rules()
    case = lamp(world.city, attributes={"who": f"Nhà ông {SECRET}"})
    accept_incident(case.id, actor=world.city.minh)
    visitor = Client()
    assert SECRET not in visitor.get(f"/phan-anh/{case.code}/").text
    visitor.post(f"/phan-anh/{case.code}/cung-gap/", {})
    assert SECRET not in visitor.get(f"/phan-anh/{case.code}/").text
    reporter = Client()
    reporter.get(f"/p/{party_token(Party.objects.get(case=case, role='reporter'))}/")
    assert SECRET in reporter.get(f"/phan-anh/{case.code}/").text


# ── What officials took back stays back ─────────────────────────────────────────────────────────────────────────────


def test_hidden_stays_hidden_whoever_works_on_it(city: City) -> None:
    shown, kept_back = (store_file(photo(), actor=city.an, source="203.0.113.9") for _number in range(2))
    case = lamp(city, file_ids=[shown.pk, kept_back.pk])
    accept_incident(case.id, actor=city.minh, public_file_ids=[shown.pk])
    hide_incident(case.id, actor=city.minh, reason="Có mặt người")
    assign_incident(case.id, actor=city.minh, officer_id=city.hoa.id or 0)
    resolve_incident(case.id, actor=city.hoa, result="Đã thay")
    approve_incident(case.id, actor=city.minh)
    case.refresh_from_db()
    assert case.published_at is None
    assert case.state == "answered"
    assert Client().get(f"/phan-anh/{case.code}/").status_code == 404
    assert not CaseFile.objects.get(case=case, file=kept_back).is_public


def test_words_taken_out_at_receiving_are_gone_from_heading_and_search(city: City) -> None:
    case = lamp(city, text="Ông Zuyzon đốt rác trước nhà. Khói nhiều.", category="waste")
    accept_incident(case.id, actor=city.minh, public_text="Có người đốt rác. Khói nhiều.")
    visitor = Client()
    assert "uyzon" not in visitor.get(f"/phan-anh/{case.code}/").text.casefold()
    assert case.code not in visitor.get("/phan-anh/?tim=zuyzon").text
    assert case.code in visitor.get("/phan-anh/?tim=dot rac").text
    assert Incident.objects.get(pk=case.id).text.startswith("Ông Zuyzon")


def test_the_name_of_somebody_signed_in_is_struck_out_too(world: World) -> None:
    person = create_person(name="Quách Zuy Zơn", phone="0905 111 222", email="")
    account = Account.objects.create(kind="person", login="p-q", name="Người dân", person=person, created_at=MONDAY)
    client = signed_in(account)
    sent = {"text": "Tôi là Quách Zuy Zơn, đèn tắt ba đêm", "category": "street-lighting", "hides_name": "on",
            "lat": LAMP_AT[0], "lon": LAMP_AT[1], "key": "q" * 20}  # fmt: skip
    assert client.post("/phan-anh/gui/", sent).status_code == 302
    case = Case.objects.order_by("-id")[0]
    assert case.person_id == person.pk
    accept_incident(case.id, actor=world.city.minh)
    assert "zuy zơn" not in Client().get(f"/phan-anh/{case.code}/").text.casefold()


def test_a_name_is_no_formula_in_a_spreadsheet(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"unit": '=HYPERLINK("http://evil.example")', "unit_code": "24778", "kind": "incident", "opened": -1}
    monkeypatch.setattr("motcua.kernel.figures.views.board.queries.figure_rows", lambda *span: [row])
    body = Client().get("/board/so-lieu.csv").text
    assert "'=HYPERLINK" in body
    assert ",-1," in body


# ── What breaks nothing ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "path",
    ["/phan-anh/%00/", "/phan-anh/a%00b/the/", "/tep/%00/xem", "/p/%00/", "/tim/?q=%00", "/theo-doi/?code=a%00b",
     "/dang-nhap/qua/%00/", "/dang-nhap/qua/%00/ve/?state=%00", "/board/so-lieu.csv?den=0001-01-01",
     "/board/so-lieu.json?tu=0001-01-01&den=0001-01-02", "/phan-anh/?tim=%27%3A*%5C%00", "/board/?ky=%00"],
)  # fmt: skip
def test_nonsense_in_an_address_is_refused_not_a_fault(city: City, path: str) -> None:
    assert Client(raise_request_exception=False).get(path).status_code < 500


@pytest.mark.parametrize("path", ["/desk/thong-bao/", "/desk/quan-tri/luot-xem/", "/tai-khoan/luot-xem/"])
def test_no_number_is_too_long(city: City, path: str) -> None:
    """Python refuses to read one of more than 4,300 digits."""
    account = Account.objects.get(login="quan")
    if path.startswith("/tai-khoan/"):
        account = Account.objects.create(
            kind="person", login="p-an", name="Người dân", person=create_person(), created_at=MONDAY
        )
    assert signed_in(account).get(f"{path}?before={'9' * 5000}").status_code == 200


def test_no_number_of_an_official_is_too_long(world: World) -> None:
    data = {"case": str(world.case.id), "value": "9" * 5000}
    answer = signed_in(Account.objects.get(login="lan")).post("/desk/nhieu/assign/", data)
    assert answer.status_code == 302
    assert Case.objects.get(pk=world.case.pk).officer_id == world.case.officer_id


@pytest.mark.parametrize("key", [r"\000aaaaaaaabbbbbbbb", "a;b", "aaaaaaaa bbbbbbbb"])
def test_nonsense_in_the_cookie_of_a_session_is_nobody(city: City, key: str) -> None:
    client = Client(headers={"Cookie": f'{settings.SESSION_COOKIE_NAME}="{key}"'}, raise_request_exception=False)
    assert client.get("/tai-khoan/").headers["Location"].startswith("/dang-nhap/?next=")


def test_nonsense_in_bodies_is_refused_not_a_fault(city: City) -> None:
    client = Client(raise_request_exception=False)
    assert client.post("/theo-doi/viec/", {"code": ["\x00", "a"]}).status_code < 500
    for body in (
        r'{"text":"đèn hỏng rồi","address":"a","files":["\ud800"]}',
        r'{"text":"đèn hỏng rồi","address":"a","files":["\u0000"]}',
        "[" * 100_000,
    ):
        answer = client.post("/api/v1/incidents", body, content_type="application/json")
        assert 400 <= answer.status_code < 500, body[:60]


def test_a_range_of_any_length_is_no_fault(world: World) -> None:
    client = signed_in(Account.objects.get(login="hoa"))
    for given in (f"bytes=0-{'9' * 5000}", f"bytes=-{'9' * 30}", "bytes=9-1"):
        answer = client.get(f"/tep/{world.file.token}/goc", headers={"Range": given})
        assert answer.status_code in (200, 206, 416), given


@pytest.mark.parametrize("path", ["/", "/phan-anh/", "/api/v1/me", "/open311/v2/services.json", "/desk/"])
def test_another_host_is_refused(city: City, path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400


def test_the_letter_with_the_password_link_names_our_own_host(
    city: City, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    letters: list[str] = []
    monkeypatch.setattr(letter_sender, "_callee", lambda to, subject, text, language: letters.append(text))
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    settings.PUBLIC_URL = "https://motcua.example.vn"  # type: ignore[attr-defined]
    Account.objects.filter(login="minh").update(email="minh@example.vn")
    client = Client(headers={"Host": "evil.example"})
    client.post("/dang-nhap/quen-mat-khau/", {"email": "minh@example.vn"})
    assert len(letters) == 1
    assert "evil.example" not in letters[0]
    assert "https://motcua.example.vn/dang-nhap/dat-mat-khau/" in letters[0]
