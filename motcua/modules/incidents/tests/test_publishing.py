"""What strangers see is one rule, whichever move receives the report: photos only once somebody looked at them."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from PIL import Image

from motcua.kernel.cases.kind import Bulk
from motcua.kernel.cases.models import Case, CaseFile, Category
from motcua.kernel.cases.queries.people import read_party_token
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import store_file
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions import receiving, working
from motcua.modules.incidents.actions.people import join_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.models import Addition, Incident, Rating
from motcua.modules.incidents.queries.sight import MOST_NAMES, names_of
from motcua.modules.incidents.tasks import BULK
from motcua.testing.city import LAMP_AT, MONDAY, City

pytestmark = pytest.mark.django_db
Receive = Callable[..., object]


def photo(colour: str) -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    out.seek(0)
    return out


@pytest.fixture
def case(city: City) -> Case:
    files = [store_file(photo(colour), actor=city.an).pk for colour in ("#111", "#999")]
    new = NewIncident(
        text="Đèn tắt, ông Bảy làm vỡ", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], file_ids=files
    )
    return submit_incident(new, actor=city.an).case


def photos(case: Case) -> list[int]:
    return list(CaseFile.objects.filter(case=case, role="before").order_by("id").values_list("file_id", flat=True))


def shown(case: Case) -> list[int]:
    return list(CaseFile.objects.filter(case=case, is_public=True).values_list("file_id", flat=True))


def _accept(case: Case, city: City, **chosen: object) -> None:
    receiving.accept_incident(case.id, actor=city.minh, **chosen)  # type: ignore[arg-type]


def _take(case: Case, city: City, **chosen: object) -> None:
    receiving.take_incident(case.id, actor=city.hoa, **chosen)  # type: ignore[arg-type]


def _assign(case: Case, city: City, **chosen: object) -> None:
    assert city.hoa.id is not None
    receiving.assign_incident(case.id, actor=city.minh, officer_id=city.hoa.id, **chosen)  # type: ignore[arg-type]


MOVES = pytest.mark.parametrize("receive", [_accept, _take, _assign])


@MOVES
def test_photos_go_out_when_somebody_chose_them(case: Case, city: City, receive: Receive) -> None:
    _first, second = photos(case)
    receive(case, city, public_text="Đèn tắt", public_file_ids=[second])
    assert shown(case) == [second]
    assert Incident.objects.get(pk=case.pk).public_text == "Đèn tắt"
    assert "Bảy" not in Client().get(f"/phan-anh/{case.code}/").content.decode()


@MOVES
def test_unseen_photos_stay_where_they_are_until_somebody_looks(case: Case, city: City, receive: Receive) -> None:
    receive(case, city)
    case.refresh_from_db()
    assert case.published_at is not None
    assert shown(case) == []
    assert Incident.objects.get(pk=case.pk).moderated_at is None
    working.show_incident(case.id, actor=city.minh, public_file_ids=photos(case)[:1])
    assert shown(case) == photos(case)[:1]
    before = Event.objects.count()
    with pytest.raises(Refused, match="wrong_state"):
        working.show_incident(case.id, actor=city.minh, public_file_ids=photos(case))
    assert shown(case) == photos(case)[:1]
    assert Event.objects.count() == before


@pytest.mark.parametrize("bulk", [BULK["accept"], BULK["assign"]])
def test_many_at_once_is_without_looking(case: Case, city: City, bulk: Bulk) -> None:
    bulk.run(case.id, city.minh, str(city.hoa.id))
    case.refresh_from_db()
    assert case.published_at is not None
    assert shown(case) == []


@MOVES
def test_what_is_never_published_stays_so(case: Case, city: City, receive: Receive) -> None:
    Category.objects.filter(code="street-lighting").update(is_public=False)
    forget_rules()
    receive(case, city, public_file_ids=photos(case))
    case.refresh_from_db()
    assert case.published_at is None
    assert shown(case) == []
    before = Event.objects.count()
    with pytest.raises(Refused, match="not_public"):
        working.show_incident(case.id, actor=city.minh, public_file_ids=photos(case))
    assert shown(case) == []
    assert Event.objects.count() == before


def test_hidden_stays_hidden_whatever_receives_it_and_is_shown_again(case: Case, city: City) -> None:
    _accept(case, city, public_file_ids=photos(case))
    working.hide_incident(case.id, actor=city.minh, reason="Có mặt trẻ em")
    _assign(case, city)
    _take(case, city)
    assert Case.objects.get(pk=case.pk).published_at is None
    working.show_incident(case.id, actor=city.minh)
    assert Case.objects.get(pk=case.pk).published_at is not None
    assert Incident.objects.get(pk=case.pk).hidden_at is None


def test_the_forms_ask_while_nobody_has_chosen(case: Case, city: City) -> None:
    hoa = Client()
    hoa.force_login(Account.objects.get(login="hoa"))
    at = f"/desk/phan-anh/{case.pk}/"
    assert f'hx-get="{at}take/' in hoa.get(at).content.decode()  # a form, not one press
    form = hoa.get(f"{at}take/").content.decode()
    assert "public_text" in form
    assert "public_files" in form
    sent = {"version": case.version, "public_text": "Đèn tắt", "public_files": [str(photos(case)[0])]}
    assert hoa.post(f"{at}take/", sent).status_code == 302
    assert shown(case) == photos(case)[:1]
    minh = Client()
    other = submit_incident(
        NewIncident(text="Đèn khác tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1]), actor=city.an
    ).case
    assert "public_text" in hoa.get(f"/desk/phan-anh/{other.pk}/take/").content.decode()
    assert hoa.post(f"/desk/phan-anh/{other.pk}/take/", {"version": other.version}).status_code == 302
    assert Incident.objects.get(pk=other.pk).public_text == "Đèn khác tắt"  # a press without the form empties nothing
    minh.force_login(Account.objects.get(login="minh"))
    assert "public_text" not in minh.get(f"{at}assign/").content.decode()
    assert 'name="public_text"' in minh.get(f"/desk/phan-anh/{other.pk}/assign/").content.decode()


# ── What officials write where everybody reads ──────────────────────────────────────────────────────────────────────

SAYING: dict[str, Callable[[Case, City, str], object]] = {
    "visit": lambda case, city, words: working.visit_incident(case.id, actor=city.hoa, note=words),
    "reply": lambda case, city, words: working.reply_incident(case.id, actor=city.hoa, text=words),
    "extend": lambda case, city, words: working.extend_incident(
        case.id, actor=city.hoa, reason=words, due_at=MONDAY + timedelta(days=20)
    ),
    "resolve": lambda case, city, words: working.resolve_incident(case.id, actor=city.hoa, result=words),
    "return": lambda case, city, words: receiving.return_incident(case.id, actor=city.minh, reason=words),
    "reject": lambda case, city, words: receiving.reject_incident(case.id, actor=city.minh, reason=words),
}


def _reported(city: City, *, name: str = "Quách Thị Yến", hides_name: bool = True, is_taken: bool = True) -> Case:
    new = NewIncident(
        text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], name=name,
        phone="0987 613 572", email="yen.q@thu.example", hides_name=hides_name,
    )  # fmt: skip
    with moment.at(MONDAY):
        case = submit_incident(new, actor=ANONYMOUS).case
        if is_taken:
            receiving.take_incident(case.id, actor=city.hoa)
    return case


@pytest.mark.parametrize(
    "words",
    [
        *("Chào cô <quach thi yen>", "Đã gặp <QUÁCH THỊ YẾN> tại nhà"),
        *("Gọi <+84 987.613.572> nhé", "Gọi <0987 613 572>", "Đã viết cho <YEN.Q@thu.example>."),
    ],
)
@pytest.mark.parametrize("move", SAYING)
def test_officials_do_not_say_who_it_was(city: City, move: str, words: str) -> None:
    case = _reported(city, is_taken=move not in ("return", "reject"))
    before, state = Event.objects.count(), Case.objects.get(pk=case.id).state
    with moment.at(MONDAY), pytest.raises(Refused) as refused:
        SAYING[move](case, city, words.replace("<", "").replace(">", ""))
    assert refused.value.code == "invalid"
    said = words[words.index("<") + 1 : words.index(">")]
    assert all(f"mà “{said}” là tên, số hoặc thư" in told for told in refused.value.fields.values())
    assert refused.value.fields
    assert Event.objects.count() == before
    assert Case.objects.get(pk=case.id).state == state


@pytest.mark.parametrize("words", ["Đã gọi 0905 777 111", "Gọi +84 905.777.111", "Viết cho zung@thu.example"])
def test_officials_do_not_say_what_who_left_no_card_wrote_of_themselves(city: City, words: str) -> None:
    text = "Đèn tắt, gọi tôi 0905 777 111 hoặc zung@thu.example"
    new = NewIncident(text=text, category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    with moment.at(MONDAY):
        case = submit_incident(new, actor=ANONYMOUS).case
        receiving.take_incident(case.id, actor=city.hoa)
        before = Event.objects.count()
        with pytest.raises(Refused, match="Mọi người đọc được dòng này"):
            SAYING["visit"](case, city, words)
    assert Event.objects.count() == before


@pytest.mark.parametrize("move", ["visit", "reply", "extend", "resolve"])
def test_a_line_of_the_city_s_own_is_told(city: City, move: str) -> None:
    case = _reported(city)
    words = "Bà con yên tâm, đèn ở Yến Xuân; cần gấp thì gọi tổ điện 0263 3822 340"
    with moment.at(MONDAY):
        SAYING[move](case, city, words)
    assert words in str(Event.objects.filter(case_id=case.id).order_by("id").values_list("data", flat=True).last())


@pytest.mark.parametrize(
    ("reporter", "joined", "words"),
    [
        ("Quách Thị Yến", "Đã Sửa", "Đã sửa xong bóng đèn"),
        ("Quách Thị Yến", "Phường Xuân Hương", "Đã báo phường Xuân Hương"),
        ("Quách Thị Yến", "Cảm ơn bạn", "Cảm ơn bạn đã báo"),
        ("Nguyễn Thị Xuân Hương", "", "Bờ hồ Xuân Hương, phường Xuân Hương"),
        ("Trần Công An", "", "Đã báo Công an phường; anh An, chị Công An"),
    ],
)
@pytest.mark.parametrize("move", ["visit", "reply", "extend", "resolve"])
def test_a_name_stops_no_answer(city: City, move: str, reporter: str, joined: str, words: str) -> None:
    case = _reported(city, name=reporter)
    if joined:
        join_incident(case.id, actor=ANONYMOUS, name=joined)
    with moment.at(MONDAY):
        SAYING[move](case, city, words)
    assert words in str(Event.objects.filter(case_id=case.id).order_by("id").values_list("data", flat=True).last())


def test_how_to_reach_whoever_joined_is_not_said_either(city: City) -> None:
    case = _reported(city)
    join_incident(case.id, actor=ANONYMOUS, name="Đã Sửa", phone="0905 777 111", email="zung@thu.example")
    before = Event.objects.count()
    with moment.at(MONDAY), pytest.raises(Refused, match=r"mà “0905777111”, “zung@thu\.example” là tên"):
        SAYING["reply"](case, city, "Đã sửa, hỏi 0905777111 hoặc zung@thu.example")
    assert Event.objects.count() == before


def test_whoever_reported_the_same_is_not_named_either(city: City) -> None:
    case, other = _reported(city), _reported(city, is_taken=False, name="Trịnh Thị Oanh", hides_name=False)
    receiving.merge_incident(other.id, actor=city.minh, into_code=case.code)
    before = Event.objects.count()
    with moment.at(MONDAY), pytest.raises(Refused, match="mà “trịnh thị oanh” là tên"):
        SAYING["reply"](case, city, "Chào cô trịnh thị oanh")
    assert Event.objects.count() == before


def test_how_people_are_called_is_hidden_in_all_that_they_wrote(city: City) -> None:
    words, shown = "Gọi chị Yến, nhà Thị Yến, chim yến làm tổ", "Gọi chị •••, nhà •••, chim yến làm tổ"
    new = NewIncident(
        text=words, category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], address="Nhà chị Yến",
        name="Quách Thị Yến", phone="0987 613 572",
    )  # fmt: skip
    reporter = Client()
    with moment.at(MONDAY):
        sent = submit_incident(new, actor=ANONYMOUS)
        case = sent.case
        assert (case.address, case.subject) == ("Nhà chị •••", shown)
        assert Incident.objects.get(pk=case.id).public_text == shown
        receiving.take_incident(case.id, actor=city.hoa)
        reporter.get(f"/p/{sent.token}/")
        assert reporter.post(f"/phan-anh/{case.code}/them/", {"text": words}).status_code == 302
        working.resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        working.approve_incident(case.id, actor=city.minh)
        reporter.post(f"/phan-anh/{case.code}/danh-gia/", {"score": "2", "words": words})
        reporter.post(f"/phan-anh/{case.code}/mo-lai/", {"reason": words})
        page = Client().get(f"/phan-anh/{case.code}/").content.decode()
    assert Addition.objects.get(case_id=case.id).public_text == shown
    assert Rating.objects.get(case_id=case.id).words == shown
    assert Event.objects.get(name="incident.reopened").data["reason"] == shown
    assert "chim yến làm tổ" in page
    assert "Yến" not in page
    assert words in reporter.get(f"/phan-anh/{case.code}/").content.decode()


def test_of_a_crowd_the_writer_and_the_reporter_are_hidden(city: City) -> None:
    case = _reported(city)
    for number in range(MOST_NAMES + 2):
        token = join_incident(case.id, actor=ANONYMOUS, name=f"Zung Thử {number}")
    names = names_of(case.id, read_party_token(token))
    assert len(names) == MOST_NAMES
    assert names[:3] == [f"Zung Thử {MOST_NAMES + 1}", "Quách Thị Yến", "Zung Thử 0"]


def test_whoever_does_not_hide_their_name_is_addressed_by_it(city: City) -> None:
    case = _reported(city, hides_name=False)
    with moment.at(MONDAY):
        working.reply_incident(case.id, actor=city.hoa, text="Chào cô Quách Thị Yến, chiều nay thay bóng")
        with pytest.raises(Refused):
            working.reply_incident(case.id, actor=city.hoa, text="Sẽ gọi 0987613572")
