"""Over HTTP: a number on the phone, at the kiosk, on the screen, at the desk; each closed to whoever it is not for."""

import re
from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client

from motcua.kernel.identity.actions.devices import revoke_device
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.modules.tickets.actions import calling
from motcua.modules.tickets.kind import Source, State
from motcua.modules.tickets.models import Counter, Line, Reminder, ServicePoint, Ticket
from motcua.modules.tickets.queries.links import token_of
from motcua.modules.tickets.tests.conftest import Hall, Measure, become, take
from motcua.testing.city import MONDAY
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.usefixtures("monday")
AT = "/lay-so/24778-hanh-chinh-cong/"
KIOSK = "/lay-so/kiosk/24778-hanh-chinh-cong/"
SCREEN = "/lay-so/man-hinh/24778-hanh-chinh-cong/"
ADMIN = "/desk/quan-tri/quay/24778-hanh-chinh-cong/"
DESK = "/desk/quay/"


def signed_in(actor: Actor) -> Client:
    client = Client()
    assert actor.id is not None
    client.force_login(Account.objects.get(pk=actor.id))
    return client


def text(client: Client, url: str, **extra: str) -> str:
    return client.get(url, headers=extra).content.decode()


def test_from_the_place_to_the_number(hall: Hall, client: Client) -> None:
    assert AT in text(client, "/lay-so/?tim=phuc+vu+hanh+chinh+cong+mot")
    assert "ward" not in text(client, "/lay-so/?tim=zzz")
    assert f"{AT}A/" in text(client, AT)
    assert "Hộ tịch" in text(client, AT)
    answer = client.post(f"{AT}A/", {"at": "now"})
    ticket = Ticket.objects.get()
    assert answer.status_code == HTTPStatus.FOUND
    assert answer["Location"] == f"/lay-so/so/{token_of(ticket.pk)}/".replace(":", "%3A") or ":" in answer["Location"]
    assert (ticket.label, ticket.source) == ("A001", Source.PHONE)
    page = text(client, answer["Location"])
    assert "A001" in page
    assert "Bạn là người tiếp theo." in page
    assert "A001" in text(client, "/lay-so/")  # this device knows its numbers
    assert "A001" not in text(Client(), "/lay-so/")
    again = client.post(f"{AT}B/", {"at": "now"})
    assert again.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer["Location"].replace("%3A", ":") in again.content.decode().replace("%3A", ":"), (
        "the way to what it holds"
    )
    assert Ticket.objects.count() == 1


def test_times_are_told_with_their_day(hall: Hall, client: Client) -> None:
    """A closed list shows no heading; and while the place is shut nobody can take a number now."""
    assert "Nếu lấy số bây giờ" in text(client, f"{AT}A/")
    with moment.at(MONDAY - timedelta(days=1)):
        page = text(client, f"{AT}A/")
        assert ">07:30, 16/11<" in page
        assert "Nếu lấy số bây giờ" not in page
        assert "người chờ trước bạn" not in page


def test_a_booked_time(hall: Hall, client: Client) -> None:
    at = MONDAY + timedelta(days=1)
    assert "09:30" in text(client, f"{AT}A/")
    client.post(f"{AT}A/", {"at": at.isoformat()})
    assert Ticket.objects.get().slot_at == at
    refused = client.post(f"{AT}A/", {"at": (MONDAY + timedelta(hours=4)).isoformat()})
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Ticket.objects.count() == 1


def test_the_page_follows_its_number(hall: Hall, client: Client, measure: Measure) -> None:
    measure(10)
    first, mine = take(hall.civil), take(hall.civil)
    url = f"/lay-so/so/{token_of(mine.pk)}/"
    page = text(client, url)
    assert "Còn 1 người trước bạn." in page
    assert "Đến lượt trong khoảng" in page
    mark = re.search(r"\?v=([^\"]+)", page)
    assert mark
    same = client.get(f"{url}?v={mark[1]}", headers={"HX-Request": "true"})
    assert same.status_code == HTTPStatus.NO_CONTENT
    for _ in range(2):
        calling.call_next(actor=hall.nga)
    first.refresh_from_db()
    assert first.state == State.DONE
    changed = client.get(f"{url}?v={mark[1]}", headers={"HX-Request": "true"})
    assert "Mời bạn đến quầy 1" in changed.content.decode()
    calling.transfer_ticket(mine.pk, actor=hall.nga, line_id=hall.land.pk)
    assert "Bạn là người tiếp theo." in text(client, url)  # the old link shows what it became


def test_only_the_link_opens_and_cancels(hall: Hall, client: Client) -> None:
    ticket = take(hall.civil)
    token = token_of(ticket.pk)
    for wrong in ("1", str(ticket.pk), f"{ticket.pk}:x", token[:-1], token_of(ticket.pk + 1), "é:é"):
        assert client.get(f"/lay-so/so/{wrong}/").status_code == HTTPStatus.NOT_FOUND
        assert client.post(f"/lay-so/so/{wrong}/bo/").status_code == HTTPStatus.NOT_FOUND
    ticket.refresh_from_db()
    assert ticket.state == State.WAITING
    client.post(f"/lay-so/so/{token}/bo/")
    ticket.refresh_from_db()
    assert ticket.state == State.CANCELLED


def test_one_address_takes_only_so_many(hall: Hall, limits: None) -> None:
    codes = {Client().post(f"{AT}A/", {"at": "now"}).status_code for _ in range(31)}
    assert HTTPStatus.TOO_MANY_REQUESTS in codes
    assert Ticket.objects.count() == 30


def test_the_kiosk_is_one_device(hall: Hall, client: Client) -> None:
    assert client.get(KIOSK).status_code == HTTPStatus.FORBIDDEN
    screen = Client()  # this client keeps one cookie of a name; browsers keep one for each path
    become(screen, hall, "screen")
    screen.cookies["mc_station"]["path"] = "/"
    assert screen.post(KIOSK, {"line": "A"}).status_code == HTTPStatus.FORBIDDEN
    assert not Ticket.objects.exists()
    kiosk = become(client, hall, "kiosk")
    assert "Chạm để lấy số" in text(client, KIOSK)
    assert client.get(KIOSK.replace("24778", "24781")).status_code == HTTPStatus.FORBIDDEN
    english = text(client, f"{KIOSK}?lang=en")
    assert "Touch to take a number" in english
    assert '<html lang="en">' in english
    slip = client.post(KIOSK, {"line": "A", "lang": "en"}).content.decode()
    ticket = Ticket.objects.get()
    assert ticket.source == Source.KIOSK
    assert ticket.label in slip
    assert "data:image/svg+xml" in slip
    assert "0 people wait before you." in slip
    assert client.post(KIOSK, {"line": "Z"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    client.post(KIOSK, {"line": "A"})  # the next person at the same device
    assert Ticket.objects.count() == 2
    revoke_device(kiosk.pk, actor=hall.quan)
    assert client.post(KIOSK, {"line": "A"}).status_code == HTTPStatus.FORBIDDEN
    assert Ticket.objects.count() == 2
    assert screen.get(SCREEN).status_code == HTTPStatus.OK  # the other one goes on


def test_the_screen_shows_who_is_called(hall: Hall, client: Client) -> None:
    assert client.get(SCREEN).status_code == HTTPStatus.FORBIDDEN
    device = become(client, hall, "screen")
    take(hall.civil)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    page = text(client, SCREEN)
    assert "Chưa mời số nào." in page
    assert f"/live/quay/{hall.point.pk}/" in page
    mark = re.search(r"\?v=([^\"]+)", page)
    assert mark
    asked = {"HX-Request": "true"}
    assert client.get(f"{SCREEN}?v={mark[1]}", headers=asked).status_code == HTTPStatus.NO_CONTENT
    calling.call_next(actor=hall.nga)
    part = client.get(f"{SCREEN}?v={mark[1]}", headers=asked).content.decode()
    assert 'data-number="A001" data-counter="1"' in part
    assert "<html" not in part
    revoke_device(device.pk, actor=hall.quan)
    assert client.get(SCREEN, headers=asked).headers["HX-Refresh"] == "true"


def test_the_display_of_a_counter(hall: Hall, client: Client) -> None:
    at = "/lay-so/quay/24778-hanh-chinh-cong/1/"
    become(client, hall, "counter", "1")
    assert client.get(at.replace("/1/", "/2/")).status_code == HTTPStatus.FORBIDDEN  # it stands at the first
    assert "Quầy đang nghỉ" in text(client, at)
    calling.open_counter(hall.first.pk, actor=hall.nga)
    take(hall.civil)
    calling.call_next(actor=hall.nga)
    page = text(client, at)
    assert "Mời số" in page
    assert "A001" in page


def test_who_wants_to_be_told_says_how(hall: Hall, client: Client) -> None:
    ticket = take(hall.civil)
    url = f"/lay-so/so/{token_of(ticket.pk)}/"
    assert "Báo cho tôi" in text(client, url)
    wrong = client.post(f"{url}bao/", {"address": "khong phai so"})
    assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="khong phai so"' in wrong.content.decode()
    assert not Reminder.objects.exists()
    client.post(f"{url}bao/", {"address": "0905 123 456"})
    page = text(client, url)
    assert "••• 456" in page
    assert "0905123" not in page.replace(" ", "")
    client.post(f"{url}bao/", {"do": "drop"})
    assert not Reminder.objects.exists()
    assert client.post("/lay-so/so/9:x/bao/", {"address": "0905 123 456"}).status_code == HTTPStatus.NOT_FOUND


def test_a_clerk_works_with_buttons(hall: Hall) -> None:
    client = signed_in(hall.nga)
    first, second, third = take(hall.civil), take(hall.civil), take(hall.land)
    assert "Bạn ngồi quầy nào?" in text(client, DESK)
    client.post(DESK, {"do": f"open:{hall.first.pk}"})
    client.post(DESK, {"do": "call"})
    assert "A001" in text(client, DESK)
    client.post(DESK, {"do": f"skip:{first.pk}"})
    client.post(DESK, {"do": "call"})
    client.post(DESK, {"do": f"serve:{second.pk}"})
    client.post(DESK, {"do": f"done:{second.pk}"})
    client.post(DESK, {"do": "call"})
    client.post(DESK, {"do": f"transfer:{third.pk}", "line": str(hall.civil.pk)})
    client.post(DESK, {"do": f"recall:{first.pk}"})
    page = text(client, DESK)
    assert 'data-key="c"' in page
    assert "/desk/tiep-nhan/" in page
    states = dict(Ticket.objects.values_list("pk", "state"))
    expected = {first.pk: State.CALLED, second.pk: State.DONE, third.pk: State.TRANSFERRED}
    assert {pk: states[pk] for pk in expected} == expected
    for nonsense in ("", "recall:x", "open:999999999999999999999", "transfer:1", "drop:1"):
        assert client.post(DESK, {"do": nonsense}).status_code == HTTPStatus.FOUND
    client.post(DESK, {"do": f"done:{first.pk}"})
    client.post(DESK, {"do": "leave"})
    assert not Counter.objects.filter(officer__isnull=False).exists()


def test_desk_and_administration_are_closed_to_others(hall: Hall) -> None:
    calling.open_counter(hall.first.pk, actor=hall.nga)
    ticket = take(hall.civil)
    calling.call_next(actor=hall.nga)
    other = signed_in(hall.dung)
    assert "24778" not in text(other, DESK)
    for do in (f"open:{hall.second.pk}", f"done:{ticket.pk}", f"skip:{ticket.pk}"):
        other.post(DESK, {"do": do})
    ticket.refresh_from_db()
    assert ticket.state == State.CALLED
    assert Counter.objects.filter(officer__isnull=False).count() == 1
    for url in ("/desk/quan-tri/quay/", ADMIN, f"{ADMIN}hang/", f"{ADMIN}quay/1/"):
        for clerk in (signed_in(hall.nga), other):
            assert clerk.get(url).status_code == HTTPStatus.FORBIDDEN
        assert Client().get(url).status_code == HTTPStatus.FOUND
    leader = signed_in(hall.minh)
    assert leader.get(ADMIN).status_code == HTTPStatus.OK
    assert leader.get(ADMIN.replace("24778", "24781")).status_code == HTTPStatus.NOT_FOUND
    assert leader.post(DESK, {"do": "call"}).status_code == HTTPStatus.FORBIDDEN


def test_lines_and_counters_are_arranged(hall: Hall, one_stop: OneStop) -> None:
    client = signed_in(hall.quan)
    assert "/desk/quan-tri/may/" in text(client, ADMIN)
    line = {"letter": "c", "name": "Thuế", "most_a_day": "50", "slot_places": "0", "is_open": "on"}
    assert client.post(f"{ADMIN}hang/", line).status_code == HTTPStatus.FOUND
    assert client.post(f"{ADMIN}hang/", line).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert client.post(f"{ADMIN}hang/C/", {**line, "name": "Thuế, phí", "fields_of": "ho-tich"}).status_code == 302
    changed = Line.objects.get(point=hall.point, letter="C")
    assert (changed.name, changed.fields, changed.slot_places) == ("Thuế, phí", ["ho-tich"], 0)
    assert client.post(f"{ADMIN}quay/", {"number": "3", "letters": ["A", "C"], "is_active": "on"}).status_code == 302
    assert client.post(f"{ADMIN}quay/", {"number": "3"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Counter.objects.get(point=hall.point, number=3).letters == "AC"
    calling.open_counter(hall.first.pk, actor=hall.nga)
    client.post(f"{ADMIN}quay/1/", {"is_active": "on", "is_freed": "on"})
    assert Counter.objects.get(pk=hall.first.pk).officer is None
    client.post(ADMIN, {"do": "pause"})
    assert "tạm ngừng" in text(Client(), AT)
    client.post(ADMIN, {"do": "resume"})
    assert "Trung tâm Phục vụ hành chính công tỉnh" in text(client, "/desk/quan-tri/quay/")  # it has no lines yet
    client.post("/desk/quan-tri/quay/", {"unit": str(one_stop.reception_province.pk)})
    assert ServicePoint.objects.filter(unit=one_stop.reception_province).exists()


def test_closed_hours_offer_times_only(hall: Hall, client: Client) -> None:
    with moment.at(MONDAY - timedelta(hours=12)):  # Sunday evening
        page = text(client, f"{AT}A/")
        assert "Đến ngay bây giờ" not in page
        assert "07:00" in page
        assert client.post(f"{AT}A/", {"at": "now"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Ticket.objects.exists()
