"""The counter: read the card, three letters, take it in; and again for the same person."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.models import File
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.identity.actions import Proof, ask_representation, prove_person
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Level
from motcua.kernel.identity.models import Organisation, Representation
from motcua.kernel.payments.models import Obligation
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.lib import moment
from motcua.modules.dossiers.actions.reception import supply_dossier
from motcua.modules.dossiers.actions.writing import forget_sheets
from motcua.modules.dossiers.models import Claim, CounterDraft, Dossier, DossierPaper
from motcua.modules.dossiers.queries.fees import payer_for
from motcua.modules.dossiers.queries.printing import sheet
from motcua.modules.dossiers.queries.reading import supplements
from motcua.modules.dossiers.tests.test_behalf import BAO_ID, YEN_ID, authorise, somebody
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.modules.dossiers.tests.test_portal import photo
from motcua.testing.city import City
from motcua.testing.one_stop import COPY, OneStop

pytestmark = pytest.mark.django_db
CARD = "068195000001||Nguyễn Thị An|02031995|Nữ|12 Mẫu, Phường Một, Tỉnh Thử|01012022"


def fields(html: str) -> dict[str, Any]:
    """What the form holds, as a browser would send it."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and name[1] != "csrfmiddlewaretoken":
            if 'type="checkbox"' in tag or name[1] == "paper":
                if "checked" in tag or 'type="hidden"' in tag:
                    found.setdefault(name[1], []).append(value[1] if value else "on")
            else:
                found[name[1]] = value[1] if value else ""
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    return found


def step(client: Client, html: str, **typed: Any) -> str:
    answer = client.post("/desk/tiep-nhan/", {**fields(html), **typed})
    assert answer.status_code == 200, answer.content.decode()[-800:]
    return answer.content.decode()


def test_what_is_found_is_in_the_reader_s_language(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    assert "Đăng ký khai sinh (thử)" in step(client, page, q="ks", do="procedure")
    client.cookies["motcua_language"] = "en"
    assert "Birth registration (test)" in step(client, page, q="ks", do="procedure")


def test_enter_by_enter(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    page = step(client, page, card=CARD)
    assert 'value="Nguyễn Thị An"' in page
    page = step(client, page, phone="0905123456", q="ks")
    assert "Đăng ký khai sinh (thử)" in page
    assert "Hẹn trả, nếu tiếp nhận lúc này" in page
    page = step(client, page, do="all")
    page = step(client, page, do="take_in")
    case = Case.objects.get(kind="dossier")
    assert (case.state, case.channel) == ("accepted", "counter")
    assert f"Đã tiếp nhận {case.code}" in page
    assert ("Địa chỉ", "12 Mẫu, Phường Một, Tỉnh Thử") in sheet("01", case)[1].lines  # read off the card
    assert {paper.code: paper.source for paper in DossierPaper.objects.filter(case_id=case.id)} == {
        "GT.chung-sinh": "counter",
        "GT.cu-tru": "registry",
    }
    page = step(client, page, do="again")
    assert 'value="Nguyễn Thị An"' in page
    page = step(client, page, q="chung thuc")
    assert 'value="GT.chung-sinh" checked' not in page
    page = step(client, page, do="all")
    page = step(client, page, do="take_in")
    assert Case.objects.filter(kind="dossier").count() == 2
    first, second = Case.objects.filter(kind="dossier").order_by("id")
    assert first.person_id == second.person_id  # known by the number now


def test_somebody_known_needs_only_the_number(one_stop: OneStop) -> None:
    known = create_person("Trần Văn Bình", "0905999888")
    prove_person(known.id, Proof("068090000123", "Trần Văn Bình"), level=Level.COUNTER, actor=SYSTEM)
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card="068 090 000 123")
    assert 'value="Trần Văn Bình"' in page
    assert "Đã có thông tin người này" in page
    page = step(client, page, q="ks")
    step(client, page, do="take_in", paper="GT.chung-sinh")
    assert Case.objects.get(kind="dossier").person_id == known.id


def test_two_presses_make_one_dossier(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    page = step(client, page, q="ks")
    sent = fields(page)
    for _turn in range(2):
        assert client.post("/desk/tiep-nhan/", {**sent, "paper": "GT.chung-sinh", "do": "take_in"}).status_code == 200
    assert Case.objects.filter(kind="dossier").count() == 1


def test_a_key_that_cannot_be_stored_is_no_error(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    sent = {**fields(step(client, page, q="ks")), "paper": "GT.chung-sinh", "do": "take_in", "key": "a\0b"}
    assert client.post("/desk/tiep-nhan/", sent).status_code == 200
    assert Case.objects.filter(kind="dossier").count() == 1


def test_what_is_missing_is_said_and_nothing_is_lost(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = client.get("/desk/tiep-nhan/").content.decode()
    unread = client.post("/desk/tiep-nhan/", {**fields(page), "card": "abc"}).content.decode()
    assert "Không đọc được thẻ" in unread
    assert 'value="abc" aria-invalid="true" aria-describedby="id_card_error"' in unread
    answer = client.post("/desk/tiep-nhan/", {**fields(page), "national_id": "12", "name": "An", "do": "take_in"})
    assert answer.status_code == 422
    assert "Số định danh có 12 số" in answer.content.decode()
    assert 'value="An"' in answer.content.decode()
    assert not Case.objects.filter(kind="dossier").exists()


def test_what_did_not_come_is_asked_for_in_one_go(one_stop: OneStop) -> None:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD, phone="0905123456")
    page = step(client, page, q="ks")
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "do": "take_in"})
    assert refused.status_code == 422
    assert "Còn thiếu: Giấy chứng sinh" in refused.content.decode()
    assert not Case.objects.filter(kind="dossier").exists()
    page = step(client, page, do="supplement")
    case = Case.objects.get(kind="dossier")
    assert case.state == "supplement_requested"
    assert f"/desk/ho-so/{case.id}/mau-02.pdf" in page
    assert [item["paper"] for item in supplements(case.id)[0].items] == ["GT.chung-sinh"]
    supply_dossier(case.id, actor=one_stop.nga, counter_papers=["GT.chung-sinh"])
    case.refresh_from_db()
    assert case.state == "submitted"  # complete now: it waits to be accepted


@pytest.mark.parametrize("who", ["oanh", "kien"])
def test_only_clerks_receive(one_stop: OneStop, who: str) -> None:
    assert signed_in(getattr(one_stop, who)).get("/desk/tiep-nhan/").status_code == 403


def test_a_clerk_of_another_ward_receives_for_it(city: City, one_stop: OneStop) -> None:
    client = signed_in(one_stop.dung)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    page = step(client, page, q="ks")
    page = step(client, page, q="ks", area="24778")
    assert "Nhận hộ cho Phường Một" in page
    step(client, page, do="take_in", paper="GT.chung-sinh")
    case = Case.objects.get(kind="dossier")
    assert (case.state, case.unit_id) == ("transferred", one_stop.reception_one.id)


# ── For another, with an exemption, with pages, with a draft ────────────────────────────────────────────────────────


def clerk_page(one_stop: OneStop, **typed: Any) -> tuple[Client, str]:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD, phone="0905123456")
    return client, step(client, step(client, page, q="ks"), **typed)


def test_for_somebody_who_authorised_them_here_or_on_paper(one_stop: OneStop) -> None:
    yen, bao = somebody("Nguyễn Thị Yên", "0905111222", YEN_ID), somebody("Lê Văn Bảo", "0905555666", BAO_ID)
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=BAO_ID)
    page = step(client, page, do="for:person")
    page = step(client, page, giver_card=YEN_ID)
    assert 'value="Nguyễn Thị Yên"' in page
    page = step(client, step(client, page, q="ks"), do="all")
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "do": "take_in"})
    assert refused.status_code == 422
    assert "Nhận bản giấy" in refused.content.decode()
    assert not Case.objects.filter(kind="dossier").exists()
    step(client, page, do="take_in", by_paper="on")
    case = Case.objects.get(kind="dossier")
    assert (case.person_id, Dossier.objects.get(pk=case.id).authorisation_id) == (yen.person_id, None)
    assert DossierPaper.objects.get(case=case, code="UQ").originals == 1
    assert Party.objects.get(case=case, role="filer").person_id == bao.person_id
    given = authorise(yen, bao)
    page = step(client, page, key="another", do="place")
    assert "Có ủy quyền trực tuyến" in page
    step(client, page, do="take_in")
    second = Case.objects.filter(kind="dossier").latest("id")
    assert Dossier.objects.get(pk=second.id).authorisation_id == given.pk
    assert not DossierPaper.objects.filter(case=second, code="UQ").exists()


def test_for_an_organisation_at_the_counter(one_stop: OneStop) -> None:
    client, page = clerk_page(one_stop, do="for:organisation")
    page = step(client, page, do="all")
    wrong = client.post("/desk/tiep-nhan/", {**fields(page), "tax_code": "12", "do": "take_in"})
    assert wrong.status_code == 422
    assert "Mã số thuế có 10 số" in wrong.content.decode()
    assert not Organisation.objects.exists()
    step(client, page, do="take_in", tax_code="5800000001", organisation="Công ty Hoa Lan", by_paper="on")
    case = Case.objects.get(kind="dossier")
    assert Dossier.objects.get(pk=case.id).organisation_id == Organisation.objects.get().pk
    assert Party.objects.get(case=case).organisation_id is None  # on paper: it is the visitor's to follow


@pytest.mark.parametrize("state", ["asked", "refused", "accepted"])
def test_who_merely_asks_to_act_for_a_company_does_not_name_it(one_stop: OneStop, state: str) -> None:
    """On receipts stands what the clerk read off the paper, unless somebody was accepted for it."""
    asker = somebody("Kẻ Trêu", "0905000111", "068190000102")
    ask_representation("5800000001", actor=asker, name="Công ty Lừa Đảo", title="Giám đốc", evidence="x")
    Representation.objects.update(state=state)
    client, page = clerk_page(one_stop, do="for:organisation")
    page = step(client, page, do="all")
    step(client, page, do="take_in", tax_code="5800000001", organisation="Công ty Hoa Lan", by_paper="on")
    payer = payer_for(Case.objects.get(kind="dossier").id)
    assert payer is not None
    assert payer.name == ("Công ty Lừa Đảo" if state == "accepted" else "Công ty Hoa Lan")


def test_an_exemption_at_the_counter(one_stop: OneStop, fees: int) -> None:
    client, page = clerk_page(one_stop, do="all")
    assert "58.000" in page
    page = step(client, page, do="place", **{"claim-LP.khai-sinh": "khuyet-tat"})
    assert "33.000" in page
    step(client, page, do="take_in")
    case = Case.objects.get(kind="dossier")
    assert Claim.objects.get(case=case).paper is not None
    assert list(Obligation.objects.filter(case=case).values_list("amount", flat=True)) == [33_000]
    # Only the register tells how old somebody is.
    page = step(client, step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD), q="ks")
    page = step(client, page, do="all")
    page = step(client, page, do="place", **{"claim-LP.khai-sinh": "cao-tuoi"})
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "do": "take_in"})
    assert refused.status_code == 422
    assert Case.objects.filter(kind="dossier").count() == 1


@pytest.mark.parametrize("joins", [True, False])
def test_pages_are_scanned_for_a_paper(one_stop: OneStop, *, joins: bool) -> None:
    client, page = clerk_page(one_stop, do="place")
    sent = {**fields(page), "do": "attach", "scan-GT.chung-sinh": [photo("1.jpg"), photo("2.jpg")]}
    if joins:
        sent["joins"] = "on"
    else:
        sent.pop("joins", None)
    page = client.post("/desk/tiep-nhan/", sent).content.decode()
    assert page.count('name="file-GT.chung-sinh"') == (1 if joins else 2)
    tokens = re.findall(r'name="file-GT.chung-sinh" value="([^"]+)"', page)
    assert File.objects.get(token=tokens[0]).type == ("application/pdf" if joins else "image/jpeg")
    step(client, page, do="take_in", paper="GT.chung-sinh", **{"file-GT.chung-sinh": tokens})
    rows = DossierPaper.objects.filter(code="GT.chung-sinh").order_by("id")
    assert [row.source for row in rows] == ["counter"] * len(tokens)
    assert [row.originals for row in rows] == [1, 0][: len(tokens)]
    assert all(File.objects.get(pk=row.file_id or 0).kept_at is not None for row in rows)


def test_what_is_no_paper_is_not_scanned(one_stop: OneStop) -> None:
    client, page = clerk_page(one_stop, do="place")
    bad = SimpleUploadedFile("x.pdf", b"<script>alert(1)</script>", "application/pdf")
    page = client.post("/desk/tiep-nhan/", {**fields(page), "do": "attach", "scan-GT.chung-sinh": bad}).content.decode()
    assert 'role="alert"' in page
    assert not File.objects.exists()
    # Somebody else's file is not taken along by its address.
    theirs = store_file(photo(), actor=ANONYMOUS, source="203.0.113.9")
    keep_files([theirs.pk], actor=ANONYMOUS, code="PA-1")
    sent = {**fields(page), "do": "take_in", "paper": "GT.chung-sinh", "file-GT.chung-sinh": theirs.token}
    assert client.post("/desk/tiep-nhan/", sent).status_code == 422
    assert not Case.objects.filter(kind="dossier").exists()


def test_a_draft_survives_and_is_this_counters(one_stop: OneStop) -> None:
    client, page = clerk_page(one_stop, do="place")
    page = client.post(
        "/desk/tiep-nhan/", {**fields(page), "do": "attach", "scan-GT.chung-sinh": photo()}
    ).content.decode()
    step(client, page, do="save")
    draft = CounterDraft.objects.get()
    assert "Nguyễn Thị An".encode() not in bytes(draft.values_sealed)
    listed = client.get("/desk/tiep-nhan/").content.decode()  # the page was reloaded
    assert "Đang làm dở ở quầy này" in listed
    assert "Nguyễn Thị An" not in listed
    assert f"?nhap={draft.pk}" in listed
    again = client.get(f"/desk/tiep-nhan/?nhap={draft.pk}").content.decode()
    assert 'value="Nguyễn Thị An"' in again
    assert 'name="file-GT.chung-sinh"' in again
    other = signed_in(one_stop.dung)
    assert f"?nhap={draft.pk}" not in other.get("/desk/tiep-nhan/").content.decode()
    assert other.get(f"/desk/tiep-nhan/?nhap={draft.pk}").status_code == 404
    kept = bytes(CounterDraft.objects.get().values_sealed)
    other.post("/desk/tiep-nhan/", {"key": draft.key, "name": "Kẻ Khác", "do": "save"})
    other.post("/desk/tiep-nhan/", {"key": draft.key, "do": "discard"})
    assert bytes(CounterDraft.objects.get().values_sealed) == kept
    step(client, again, do="take_in")
    assert Case.objects.filter(kind="dossier").count() == 1
    assert not CounterDraft.objects.exists()


def test_a_draft_is_dropped_or_forgotten(one_stop: OneStop) -> None:
    client, page = clerk_page(one_stop, do="save")
    assert "Bỏ bản nháp" in page
    step(client, page, do="discard")
    assert not CounterDraft.objects.exists()
    clerk_page(one_stop, do="save")
    CounterDraft.objects.update(saved_at=moment.now() - timedelta(days=8))
    forget_sheets()
    assert not CounterDraft.objects.exists()


COUNTED = (
    COPY.replace("1.000002", "1.000009")
    .replace('form = "khai-sinh-thu"', 'form = "chung-thuc-thu"')
    .replace(
        "[[legs]]",
        """[[fees]]
code = "PHI.chung-thuc"
name = "Phí chứng thực"
name_en = "Certification"
kind = "phi"
rule = { type = "tiers", count = "pages", steps = [[2, 2000], [0, 1000]], times = "copies" }

[[legs]]""",
        1,
    )
)
COUNTED_FORM = {
    "key": "chung-thuc-thu", "title": "Phiếu", "title_en": "Request", "type": "object",
    "properties": {
        "paper": {"type": "string", "title": "Giấy gì", "title_en": "Which paper", "maxLength": 60},
        "pages": {"type": "integer", "title": "Số trang", "title_en": "Pages", "minimum": 1, "maximum": 500},
        "copies": {"type": "integer", "title": "Số bản", "title_en": "Copies", "minimum": 1, "maximum": 50},
    },
    "required": ["paper", "pages", "copies"],
    "layout": [{"key": "a", "title": "Phiếu", "title_en": "Request", "fields": ["paper", "pages", "copies"]}],
}  # fmt: skip


def test_what_a_fee_is_reckoned_from_is_asked_at_the_counter(one_stop: OneStop) -> None:
    publish_body("chung-thuc-thu", COUNTED_FORM, actor=SYSTEM)
    publish_draft(save_draft(COUNTED, actor=SYSTEM).procedure.code, actor=SYSTEM)
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    page = step(client, page, phone="0905123456", do="choose:1.000009")
    assert "Không thu." not in page  # it is not known yet
    assert "Giấy gì" not in page  # nothing that no fee looks at
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "paper": "GT.chung-sinh", "do": "take_in"})
    assert refused.status_code == 422
    assert "Ghi đủ số để tính phí" in refused.content.decode()
    assert "Ghi số này." in refused.content.decode()  # beside each that is missing
    assert not Case.objects.filter(kind="dossier").exists()
    page = step(client, page, **{"count-pages": "ba", "do": "count:pages"})
    assert 'aria-describedby="e-count-pages"' in page
    page = step(client, page, **{"count-pages": "3", "do": "count:pages"})
    page = step(client, page, **{"count-copies": "2", "do": "count:copies"})
    assert "10.000 đ" in page
    step(client, page, paper="GT.chung-sinh", do="take_in")
    case = Case.objects.get(kind="dossier")
    assert Obligation.objects.get(case=case).amount == 10_000
    shown = client.get(f"/desk/ho-so/{case.id}/").content.decode()
    assert "Số trang" in shown
