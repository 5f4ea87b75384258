"""The pages “Đồng bộ”, and the command."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from motcua.kernel.events.models import Event
from motcua.kernel.exchange.kind import LaneState
from motcua.kernel.exchange.models import Lane, PartnerState
from motcua.kernel.exchange.tests.samples import NAME, NATIONAL_ID, FakePartner, World
from motcua.kernel.exchange.tests.test_importing import row, take
from motcua.kernel.exchange.tests.test_telling import send
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Account
from motcua.lib import moment
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db
PAGES = "/desk/quan-tri/dong-bo/"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


@pytest.fixture(autouse=True)
def _on_monday() -> Iterator[None]:
    with moment.at(MONDAY + timedelta(hours=1)):
        yield


@pytest.fixture
def admin(world: World) -> Client:
    return signed_in(world.city.quan)


def shown(client: Client, path: str = PAGES) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_without_partners_the_page_says_so(admin: Client, world: World) -> None:
    world.open(1)
    send()
    page = shown(admin)
    assert "Chưa kết nối hệ thống nào" in page
    assert "Cổng Dịch vụ công quốc gia" in page
    assert not Lane.objects.exists()


def test_it_shows_what_waits_and_what_was_refused(admin: Client, world: World, partner: FakePartner) -> None:
    bad, good, busy = (world.open(number) for number in (1, 2, 3))
    partner.fates = {bad.code: "refuse", busy.code: "busy"}
    send()
    page = shown(admin)
    assert "Mã thủ tục chưa có (1)" in page
    assert "lâu nhất từ" in page
    assert "?state=waiting&amp;reason=%C4%90ang" in page  # “Đang bận (500)”: why it waits
    assert page.count('name="reason"') == 1  # what waits is tried again by itself
    assert "bí mật" not in page
    listed = shown(admin, f"{PAGES}fake/?state=refused")
    assert (bad.code in listed, good.code in listed) == (True, False)
    assert good.code in shown(admin, f"{PAGES}fake/?q={good.code.lower()}")
    lane = Lane.objects.get(case=bad)
    history = shown(admin, f"{PAGES}ho-so/{lane.pk}/")
    assert "Mã thủ tục chưa có (1)" in history
    assert NAME not in history
    assert NATIONAL_ID not in history


def test_sending_again_from_the_page(admin: Client, world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.fates[case.code] = "refuse"
    send()
    lane = Lane.objects.get()
    partner.fates.clear()
    assert admin.post(f"{PAGES}ho-so/{lane.pk}/gui-lai/").status_code == 302
    send()
    lane.refresh_from_db()
    assert lane.state == LaneState.CURRENT
    assert admin.post(f"{PAGES}fake/gui-lai/", {"reason": "không ai nói thế"}).status_code == 302
    assert admin.post(f"{PAGES}fake/xep-hang/").status_code == 302
    assert PartnerState.objects.get().filled_to == 0
    assert "Trả lời." in admin.post(f"{PAGES}fake/kiem-tra/").content.decode()


def test_odd_addresses(admin: Client, world: World, partner: FakePartner) -> None:
    world.open(1)
    send()
    for query in ("before=x", "before=99999999999999999999", "state=%00", "q=%00", "reason=%00", "before=²"):
        assert admin.get(f"{PAGES}fake/?{query}").status_code == 200


def test_what_is_not_there(admin: Client, world: World) -> None:
    for path in ("nobody/", "ho-so/1/"):
        assert admin.get(f"{PAGES}{path}").status_code == 404
    names = ("nobody", "national_portal")  # that there is not, and that is not set up
    for path in (f"{name}/{what}/" for name in names for what in ("kiem-tra", "gui-lai", "xep-hang")):
        assert admin.post(f"{PAGES}{path}").status_code == 404
    assert admin.post(f"{PAGES}ho-so/1/gui-lai/").status_code == 404


def test_others_see_nothing(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.fates[case.code] = "refuse"
    send()
    lane, told = Lane.objects.get(), Event.objects.count()
    for actor in (world.city.minh, world.city.hoa, world.city.lan):
        client = signed_in(actor)
        for path in ("", "nhan/", "fake/", f"ho-so/{lane.pk}/"):
            assert client.get(f"{PAGES}{path}").status_code == 403
        for path in (f"ho-so/{lane.pk}/gui-lai/", "fake/gui-lai/", "fake/kiem-tra/", "fake/xep-hang/"):
            assert client.post(f"{PAGES}{path}").status_code == 403
    assert Event.objects.count() == told
    assert Lane.objects.get().round == lane.round


def test_what_came_in(admin: Client) -> None:
    assert "Chưa hệ thống nào báo" in shown(admin, f"{PAGES}nhan/")
    take(row(), "{")
    page = shown(admin, f"{PAGES}nhan/")
    assert ("Bộ Xây dựng" in page, "Không phải JSON." in page) == (True, True)


def test_the_number_of_queries_does_not_grow(
    admin: Client, world: World, partner: FakePartner, django_assert_max_num_queries: object
) -> None:
    for number in range(1, 8):
        world.open(number)
    send()
    admin.get(PAGES)
    with django_assert_max_num_queries(24):  # type: ignore[operator]
        admin.get(f"{PAGES}fake/")


def run(*words: str) -> str:
    out = StringIO()
    call_command("exchange", *words, stdout=out)
    return out.getvalue()


def test_the_command(world: World, partner: FakePartner) -> None:
    case = world.open(1)
    partner.fates[case.code] = "refuse"
    send()
    assert "0 hồ sơ chờ, 1 bị từ chối" in run("status")
    assert "Mã thủ tục chưa có (1)" in run("status")
    partner.fates.clear()
    assert "fake: Đã đồng bộ" in run("resend", case.code.lower())
    assert partner.heard(case) == ["dossier:1", "progress:1"]
    assert "0 hồ sơ chờ" in run("send")
    assert "1.000001\tĐăng ký khai sinh" in run("catalogue", "fake", "procedures")
    assert "đã xếp hàng 1 hồ sơ" in run("fill", "fake")
    for wrong in (["resend", "KHONG-CO"], ["fill", "nobody"], ["catalogue", "nobody", "fields"]):
        with pytest.raises(CommandError):
            run(*wrong)
    partner.is_on = False
    assert "Chưa kết nối hệ thống nào" in run("status")
