"""What was meant for few stays with them, whatever happens to the report later: drafts of results, private answers,
what officials wrote while a report was hidden; and a key opens the doors of machines alone."""

import io
from datetime import timedelta

import pytest
from django.test import Client
from PIL import Image

from motcua.kernel.cases.models import Case, CaseFile, Category, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.cases.queries.telling import recipients
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.files.tests.pictures import PDF as PAPER
from motcua.kernel.identity.actions import create_service_key
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.lib import moment
from motcua.modules.incidents.actions.people import forget_words, join_incident, reopen_incident
from motcua.modules.incidents.actions.receiving import (
    accept_incident,
    classify_incident,
    merge_incident,
    reject_incident,
    take_incident,
)
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import (
    approve_incident,
    close_incident,
    extend_incident,
    hide_incident,
    reply_incident,
    request_info_incident,
    resolve_incident,
    revise_incident,
    show_incident,
    visit_incident,
)
from motcua.modules.incidents.models import Incident
from motcua.testing.city import LAMP_AT, City

pytestmark = pytest.mark.django_db
SECRET = "zqkhuyênkín"
AN = "an@example.vn"


def sent(city: City, email: str = "") -> Case:
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], email=email)
    return submit_incident(new, actor=city.an).case


def resolved(city: City, case: Case) -> None:
    """Taken, and its result written down, with a photo and a paper."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#888").save(out, "JPEG")
    out.seek(0)
    photo, paper = (
        store_file(out, actor=city.hoa),
        store_file(io.BytesIO(PAPER), actor=city.hoa, purpose=Purpose.DOCUMENT),
    )
    take_incident(case.id, actor=city.hoa)
    resolve_incident(
        case.id, actor=city.hoa, result=f"Đã {SECRET}", file_ids=[photo.pk], document_ids=[paper.pk], caption="Sau"
    )


def link_of(case: Case) -> str:
    return party_token(Party.objects.get(case=case, role="reporter"))


def reading(link: str = "") -> Client:
    return Client(headers={"X-Private-Link": link} if link else {})


def everything(client: Client, case: Case) -> str:
    """What somebody reads of a report, wherever it is told."""
    paths = (
        f"/phan-anh/{case.code}/", f"/api/v1/incidents/{case.code}", f"/api/v1/incidents/{case.code}/timeline",
        f"/open311/v2/requests/{case.code}.json?extensions=true",
        f"/open311/v2/servicerequestupdates.json?service_request_id={case.code}", "/phan-anh/rss/",
    )  # fmt: skip
    answers = [client.get(path) for path in paths]
    return "".join(answer.content.decode() + answer.content.decode("unicode_escape", "replace") for answer in answers)


def opened(client: Client, case: Case) -> list[str]:
    """Roles of the files that somebody gets."""
    uses = CaseFile.objects.select_related("file").filter(case=case).order_by("id")
    return [use.role for use in uses if client.get(f"/tep/{use.file.token}/xem").status_code == 200]


def test_a_result_that_no_leader_approved_is_told_nowhere(city: City) -> None:
    case = sent(city)
    accept_incident(case.id, actor=city.minh)
    resolved(city, case)
    revise_incident(case.id, actor=city.minh, reason="Chưa đúng")
    request_info_incident(case.id, actor=city.hoa, question="Trụ nào ạ?")
    reject_incident(case.id, actor=city.lan, reason="Ngoài phạm vi")
    for _time in ("rejected", "closed"):
        for link in ("", link_of(case)):
            told = everything(reading(link), case)
            assert SECRET not in told
            assert "Ngoài phạm vi" in told
            assert opened(reading(link), case) == []
        if _time == "rejected":
            close_incident(case.id, actor=city.lan)
    assert SECRET not in str(Event.objects.get(case_id=case.id, name="incident.closed").data)


@pytest.mark.parametrize("how", ["reopened and classified", "shown"])
def test_a_private_answer_stays_private_when_the_report_is_published(city: City, how: str) -> None:
    case = sent(city)
    accept_incident(case.id, actor=city.minh)
    if how == "shown":
        hide_incident(case.id, actor=city.minh, reason="Có tên người")
    else:
        classify_incident(case.id, actor=city.minh, category="official-conduct")
    resolved(city, case)
    approve_incident(case.id, actor=city.minh)
    assert opened(reading(link_of(case)), case) == ["after", "document"]
    assert opened(reading(), case) == []
    close_incident(case.id, actor=city.lan)
    if how == "shown":
        show_incident(case.id, actor=city.minh)
    else:
        reopen_incident(case.id, actor=city.minh, reason="Xem lại")
        classify_incident(case.id, actor=city.minh, category="street-lighting")
        accept_incident(case.id, actor=city.minh)
    case.refresh_from_db()
    assert case.published_at is not None
    assert SECRET not in everything(reading(), case)
    assert opened(reading(), case) == []


def test_what_a_leader_published_before_comes_back_with_the_report(city: City) -> None:
    case = sent(city)
    resolved(city, case)
    approve_incident(case.id, actor=city.minh)
    close_incident(case.id, actor=city.lan)
    hide_incident(case.id, actor=city.minh, reason="Có mặt người")
    assert opened(reading(), case) == []
    show_incident(case.id, actor=city.minh)
    assert opened(reading(), case) == ["after", "document"]
    assert SECRET in everything(reading(), case)


def test_whoever_joined_reads_nothing_of_what_is_hidden(city: City) -> None:
    case = sent(city)
    accept_incident(case.id, actor=city.minh)
    joined, own = reading(join_incident(case.id, actor=city.an)), reading(link_of(case))
    hide_incident(case.id, actor=city.minh, reason="Có tên người")
    take_incident(case.id, actor=city.hoa)
    visit_incident(case.id, actor=city.hoa, note=f"Thấy {SECRET}")
    reply_incident(case.id, actor=city.hoa, text=f"Sẽ {SECRET}")
    resolved(city, case)
    approve_incident(case.id, actor=city.minh)
    page = joined.get(f"/phan-anh/{case.code}/")
    assert page.status_code == 200
    assert "Phản ánh này chưa hiện với mọi người" in page.content.decode()
    assert SECRET not in everything(joined, case)
    assert opened(joined, case) == []
    assert everything(own, case).count(SECRET) >= 3
    assert opened(own, case) == ["after", "document"]
    show_incident(case.id, actor=city.minh)
    assert f"Thấy {SECRET}" in everything(joined, case)


@pytest.mark.parametrize("answer", [SECRET, "0905 123 456"])
@pytest.mark.parametrize("datatype", ["singlevaluelist", "multivaluelist", "number", "datetime"])
def test_words_stay_private_when_another_kind_asks_by_the_same_name(city: City, datatype: str, answer: str) -> None:
    """Who pollutes is asked in words, where noise comes from as a choice: both are kept as “source”."""
    asked = {"code": "source", "order": 1, "required": False, "question": "Từ đâu?"}
    choices = [{"key": "bar", "name": "Quán nhậu"}]
    Category.objects.filter(code="street-lighting").update(attributes=[{**asked, "datatype": "string", "values": []}])
    Category.objects.filter(code="waste").update(attributes=[{**asked, "datatype": datatype, "values": choices}])
    forget_rules()
    case = sent(city)
    Incident.objects.filter(pk=case.id).update(attributes={"source": answer})
    accept_incident(case.id, actor=city.minh)
    classify_incident(case.id, actor=city.minh, category="waste")
    assert answer not in everything(reading(), case)
    assert answer in everything(reading(link_of(case)), case)
    forget_words(case.id)
    assert Incident.objects.get(pk=case.id).attributes == {}


@pytest.mark.parametrize(
    ("datatype", "answer", "shown"),
    [
        ("singlevaluelist", "bar", "Quán nhậu"),
        ("multivaluelist", ["bar", "site"], "Quán nhậu, Công trình"),
        ("number", "-12.5", "-12.5"),
        ("datetime", "2026-11-16T08:00:00+07:00", "2026-11-16T08:00:00+07:00"),
    ],
)
def test_choices_and_numbers_are_for_everybody(city: City, datatype: str, answer: str | list[str], shown: str) -> None:
    values = [{"key": "bar", "name": "Quán nhậu"}, {"key": "site", "name": "Công trình"}]
    question = {"code": "source", "order": 1, "required": False, "question": "Từ đâu?", "datatype": datatype}
    Category.objects.filter(code="street-lighting").update(attributes=[{**question, "values": values}])
    forget_rules()
    case = sent(city)
    Incident.objects.filter(pk=case.id).update(attributes={"source": answer})
    accept_incident(case.id, actor=city.minh)
    assert shown in everything(reading(), case)
    forget_words(case.id)
    assert Incident.objects.get(pk=case.id).attributes == {"source": answer}


def test_joining_later_opens_no_private_answer(city: City) -> None:
    """Anybody joins an open report with one press, and one that was answered privately may be open again."""
    case, other = sent(city), sent(city)
    accept_incident(case.id, actor=city.minh)
    merge_incident(other.id, actor=city.lan, into_code=case.code)
    hide_incident(case.id, actor=city.minh, reason="Có tên người")
    resolved(city, case)
    approve_incident(case.id, actor=city.minh)
    reopen_incident(case.id, actor=city.minh, reason="Xem lại")
    show_incident(case.id, actor=city.minh)
    joined = reading(join_incident(case.id, actor=city.an))
    assert joined.get(f"/phan-anh/{case.code}/").status_code == 200
    assert SECRET not in everything(joined, case)
    assert SECRET in everything(reading(link_of(case)), case)
    assert SECRET in everything(reading(link_of(other)), case)


def test_why_it_takes_longer_is_not_told_of_what_is_hidden(city: City) -> None:
    case = sent(city)
    accept_incident(case.id, actor=city.minh)
    joined = reading(join_incident(case.id, actor=city.an))
    hide_incident(case.id, actor=city.minh, reason="Có tên người")
    take_incident(case.id, actor=city.hoa)
    extend_incident(case.id, actor=city.hoa, reason=f"Chờ {SECRET}", due_at=moment.now() + timedelta(days=30))
    assert SECRET not in everything(joined, case)
    assert SECRET in everything(reading(link_of(case)), case)


def test_a_question_does_not_name_the_reporter_to_whoever_joins(city: City) -> None:
    new = NewIncident(text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1],
                      name="Quách Thị Yến", email=AN)  # fmt: skip
    case = submit_incident(new, actor=city.an).case
    accept_incident(case.id, actor=city.minh)
    joined = reading(join_incident(case.id, actor=ANONYMOUS, email="cung-gap@example.vn"))
    request_info_incident(case.id, actor=city.lan, question="Chị Yến ơi, trụ nào ạ?")
    assert "Chị Yến" not in everything(joined, case)
    assert "Chị ••• ơi, trụ nào ạ?" in everything(joined, case)
    assert "Chị Yến ơi" in everything(reading(link_of(case)), case)
    told = letters(case, "incident.info_requested")
    assert told == {AN: "Chị Yến ơi, trụ nào ạ? ", "cung-gap@example.vn": "Chị ••• ơi, trụ nào ạ? "}


def letters(case: Case, event: str) -> dict[str, str]:
    """What each of its people is told in letters of the newest such event."""
    newest = Event.objects.filter(case_id=case.id, name=event).latest("id")
    told = [one for one in recipients(newest) if one.key.startswith("party:")]
    return {one.addresses["email"]: f"{one.variables['reason']} {one.variables['result']}" for one in told}


def test_a_letter_says_no_more_than_the_page(city: City) -> None:
    """Anybody may join a report that no official has seen yet, and have letters sent."""
    case = sent(city, AN)
    join_incident(case.id, actor=ANONYMOUS, email="cung-gap@example.vn")
    reject_incident(case.id, actor=city.lan, reason=f"Ngoài phạm vi: {SECRET}")
    assert SECRET in letters(case, "incident.rejected")[AN]
    assert letters(case, "incident.rejected")["cung-gap@example.vn"] == "chỉ báo cho người gửi "
    reopen_incident(case.id, actor=city.lan, reason="Xem lại")
    resolved(city, case)
    approve_incident(case.id, actor=city.minh)
    hide_incident(case.id, actor=city.minh, reason="Có tên người")
    close_incident(case.id, actor=city.lan)
    assert SECRET in letters(case, "incident.closed")[AN]
    assert letters(case, "incident.closed")["cung-gap@example.vn"] == " chỉ báo cho người gửi"


def test_a_letter_masks_what_the_page_masks(city: City) -> None:
    """Whose report was merged is asked as well, and is a stranger to whom the question names."""
    case, other = sent(city, AN), sent(city, "cung-gui@example.vn")
    merge_incident(other.id, actor=city.lan, into_code=case.code)
    request_info_incident(case.id, actor=city.lan, question="Số 0905 111 222 của bạn đúng không?")
    told = letters(case, "incident.info_requested")
    assert told == {
        AN: "Số 0905 111 222 của bạn đúng không? ",
        "cung-gui@example.vn": "Số ••• của bạn đúng không? ",
    }


def test_a_key_opens_no_page(city: City) -> None:
    """What a program may do it does over the API, which shows what its grants say; a page shows all there is to see."""
    case = sent(city)
    key = create_service_key("Máy", ["desk.enter", "incident.read", "dossier.read"])
    machine = Client(headers={"Authorization": f"Bearer {key}"}, raise_request_exception=False)
    assert case.code in machine.get("/api/v1/inbox?whose=unit").text
    for path in ("/desk/", f"/desk/phan-anh/{case.id}/", "/desk/thong-bao/", "/desk/ky-so/", "/desk/tim-ho-so/",
                 f"/desk/phan-anh/{case.id}/bien-ban.pdf"):  # fmt: skip
        answer = machine.get(path)
        assert answer.status_code == 403, path
        assert case.code not in answer.content.decode()
