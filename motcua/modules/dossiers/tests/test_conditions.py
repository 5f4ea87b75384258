"""Papers that depend on answers: asked for where the condition holds, by every way of filing."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case
from motcua.kernel.files.actions import sweep_files
from motcua.kernel.files.models import File
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.lib import moment
from motcua.modules.dossiers.actions.reception import accept_dossier
from motcua.modules.dossiers.models import Dossier, DossierPaper, Sheet
from motcua.modules.dossiers.queries.printing import sheet
from motcua.modules.dossiers.queries.reading import opened, sealed
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.modules.dossiers.tests.test_intake import CARD, fields, step
from motcua.modules.dossiers.tests.test_portal import CONTACT, photo
from motcua.modules.dossiers.views.desk.moves import _papers
from motcua.testing.one_stop import CIVIL, FORM, OneStop

pytestmark = pytest.mark.django_db
WHEN = 'when = { "==" = [{ var = "married" }, true] }, when_text = "Chỉ khi đã kết hôn.", when_text_en = "If married."'
TEXT = CIVIL.replace("1.000001", "1.000008").replace(
    'copies = 1, registry = "population" },\n',
    'copies = 1, registry = "population" },\n'
    f'    {{ code = "GT.ket-hon", name = "Giấy kết hôn", name_en = "Marriage paper", copies = 1, {WHEN} }},\n'
    f'    {{ code = "GT.ho", name = "Sổ hộ", name_en = "Household", registry = "households", {WHEN} }},\n',
)
MARRIED = {"type": "boolean", "title": "Cha mẹ đã kết hôn?", "title_en": "Are they married?"}
START = "/thu-tuc/1.000008/nop/"


@pytest.fixture
def conditional(one_stop: OneStop) -> OneStop:
    filer, child = FORM["layout"]
    form = {
        **FORM,
        "properties": {**FORM["properties"], "married": MARRIED},  # type: ignore[dict-item]
        "layout": [filer, {**child, "fields": ["child_name", "copies", "married"]}],  # type: ignore[dict-item]
    }
    publish_body("khai-sinh-thu", form, actor=SYSTEM)
    publish_draft(save_draft(TEXT, actor=SYSTEM).procedure.code, actor=SYSTEM)
    return one_stop


def answered(client: Client, base: str, married: str) -> None:
    client.post(f"{base}khai/1/?sua=1", {"child_name": "Minh", "copies": "1", "married": married})


def begun(client: Client, married: str) -> str:
    base = str(client.post(START)["Location"]).removesuffix("khai/0/")
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị An"})
    answered(client, base, married)
    return base


def sent(client: Client, base: str) -> Case:
    client.post(f"{base}nhan/", CONTACT)
    answer = client.post(f"{base}gui/")
    assert answer.status_code == 302, answer.content.decode()[-600:]
    assert answer["Location"].startswith("/ho-so/"), answer["Location"]
    return Case.objects.filter(kind="dossier").latest("id")


def papers_of(case: Case) -> dict[str, str]:
    return dict(DossierPaper.objects.filter(case_id=case.id).values_list("code", "source"))


def test_asked_for_only_where_it_holds(conditional: OneStop) -> None:
    for married, listed, to_send in (("yes", 4, 2), ("no", 2, 1)):
        client = Client()
        page = client.get(f"{begun(client, married)}giay-to/").content.decode()
        assert f"{listed} giấy theo quy định, bạn chỉ cần gửi {to_send} giấy." in page
        assert ("Giấy kết hôn" in page) is (married == "yes")
        assert ("Chỉ khi đã kết hôn." in page) is (married == "yes")


def test_without_it_a_dossier_that_needs_it_is_not_sent(conditional: OneStop) -> None:
    client = Client()
    base = begun(client, "yes")
    refused = client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})
    assert refused.status_code == 422
    assert "Giấy kết hôn: Thêm ảnh hoặc tệp của giấy này." in refused.content.decode()
    client.post(f"{base}nhan/", CONTACT)
    assert client.post(f"{base}gui/")["Location"] == f"{base}giay-to/"
    assert not Case.objects.filter(kind="dossier").exists()


def test_the_list_follows_the_answers_and_loses_nothing(conditional: OneStop) -> None:
    client = Client()
    base = begun(client, "yes")
    both = {"paper-GT.chung-sinh": photo(), "paper-GT.ket-hon": photo()}
    assert client.post(f"{base}giay-to/", {"next": "1", **both}).status_code == 302
    answered(client, base, "no")
    page = client.get(f"{base}giay-to/").content.decode()
    assert "Không cần nữa" in page
    client.post(f"{base}giay-to/", {"paper-GT.chung-sinh": photo()})  # other papers go on meanwhile
    with moment.at(moment.now() + timedelta(days=2)):
        sweep_files()
    answered(client, base, "yes")
    page = client.get(f"{base}giay-to/").content.decode()
    assert "Không cần nữa" not in page
    kept = opened(Sheet.objects.get().values_sealed)["papers"]
    assert {code: len(tokens) for code, tokens in kept.items()} == {"GT.chung-sinh": 2, "GT.ket-hon": 1}
    assert File.objects.filter(token=kept["GT.ket-hon"][0]).exists()
    answered(client, base, "no")
    case = sent(client, base)
    assert papers_of(case) == {"GT.chung-sinh": "upload", "GT.cu-tru": "registry"}
    assert Dossier.objects.get(pk=case.id).asked == ["GT.chung-sinh", "GT.cu-tru"]


def test_what_was_asked_when_it_was_filed_stays(conditional: OneStop) -> None:
    client = Client()
    base = begun(client, "no")
    client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})
    case = accept_dossier(sent(client, base).id, actor=conditional.nga)
    assert [code for code, _name in _papers(case)["papers"]] == ["GT.chung-sinh", "GT.cu-tru"]
    Dossier.objects.filter(pk=case.id).update(answers_sealed=sealed({"married": True}))
    assert [code for code, _name in _papers(case)["papers"]] == ["GT.chung-sinh", "GT.cu-tru"]
    assert [row[1] for row in sheet("01", case)[1].table[1:]] == ["Giấy chứng sinh", "Giấy xác nhận cư trú"]
    Dossier.objects.filter(pk=case.id).update(asked=None)  # from before this was kept
    assert len(_papers(case)["papers"]) == 4


def test_a_program_is_asked_by_the_same_rules(conditional: OneStop) -> None:
    client = Client(raise_request_exception=False)

    def send(**body: Any) -> Any:
        said = {"procedure": "1.000008", "area": "24778", "name": "Nguyễn Thị An", "national_id": "068195000001",
                "phone": "0905123456", **body}  # fmt: skip
        return client.post("/api/v1/dossiers", json.dumps(said), content_type="application/json")

    def token() -> str:
        return str(client.post("/api/v1/files", {"file": photo()}).json()["token"])

    answers = {"filer": "An", "child_name": "Minh", "copies": 1}
    lacking = send(answers={**answers, "married": True}, papers={"GT.chung-sinh": [token()]})
    assert lacking.status_code == 422
    assert "papers.GT.ket-hon" in lacking.json()["errors"]
    more = {"GT.chung-sinh": [token()], "GT.ket-hon": [token()]}
    unasked = send(answers={**answers, "married": False}, papers=more)
    assert "papers.GT.ket-hon" in unasked.json()["errors"]
    assert not Case.objects.filter(kind="dossier").exists()
    assert send(answers={**answers, "married": True}, papers=more).status_code == 201
    assert papers_of(Case.objects.get(kind="dossier")) == {
        "GT.chung-sinh": "upload", "GT.cu-tru": "registry", "GT.ket-hon": "upload", "GT.ho": "registry",
    }  # fmt: skip


def at_counter(one_stop: OneStop, **typed: Any) -> tuple[Client, str]:
    client = signed_in(one_stop.nga)
    page = step(client, client.get("/desk/tiep-nhan/").content.decode(), card=CARD)
    return client, step(client, page, phone="0905123456", do="choose:1.000008", **typed)


def test_at_the_counter_the_clerk_asks(conditional: OneStop) -> None:
    """Until it is answered the paper may be brought; then it is needed, or it is not there."""
    client, page = at_counter(conditional)
    assert "Cha mẹ đã kết hôn?" in page
    assert "Chỉ khi đã kết hôn." in page
    assert "Sổ hộ" not in page  # no register is asked by guess
    assert 'data-missing-paper="GT.ket-hon"' not in page
    page = step(client, page, **{"count-married": "yes", "do": "count:married"})
    assert 'data-missing-paper="GT.ket-hon"' in page
    assert "Sổ hộ" in page
    refused = client.post("/desk/tiep-nhan/", {**fields(page), "paper": "GT.chung-sinh", "do": "take_in"})
    assert refused.status_code == 422
    assert not Case.objects.filter(kind="dossier").exists()
    page = step(
        client, page, **{"paper": ["GT.chung-sinh", "GT.ket-hon"], "count-married": "no", "do": "count:married"}
    )
    assert "Giấy kết hôn" not in page
    back = step(client, page, **{"count-married": "yes", "do": "count:married"})
    assert fields(back)["paper"] == ["GT.chung-sinh", "GT.ket-hon"]  # what was ticked is still here
    step(client, page, do="take_in")
    case = Case.objects.get(kind="dossier")
    assert papers_of(case) == {"GT.chung-sinh": "counter", "GT.cu-tru": "registry"}
    kept = Dossier.objects.get(pk=case.id)
    assert (kept.asked, opened(kept.answers_sealed)) == (["GT.chung-sinh", "GT.cu-tru"], {"married": False})


def test_at_the_counter_without_an_answer(conditional: OneStop) -> None:
    client, page = at_counter(conditional)
    step(client, page, paper=["GT.chung-sinh", "GT.ket-hon"], do="take_in")
    case = Case.objects.get(kind="dossier")
    assert papers_of(case) == {"GT.chung-sinh": "counter", "GT.cu-tru": "registry", "GT.ket-hon": "counter"}
    supplied = [code for code, _name in _papers(case)["papers"]]
    assert supplied == ["GT.chung-sinh", "GT.cu-tru", "GT.ket-hon"]


def test_pages_of_a_paper_that_is_not_needed_now_stay(conditional: OneStop) -> None:
    client, page = at_counter(conditional)
    page = step(client, page, **{"count-married": "yes", "do": "attach", "scan-GT.ket-hon": photo()})
    (file,) = File.objects.all()
    page = step(client, page, **{"count-married": "no", "do": "count:married"})
    assert fields(page)["file-GT.ket-hon"] == file.token
    assert 'Đính kèm<span class="sr"> Giấy kết hôn' not in page
    page = step(client, page, **{"count-married": "yes", "do": "count:married"})
    assert file.token in page
