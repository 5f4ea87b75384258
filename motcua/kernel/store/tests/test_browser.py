"""Pages of the store, of authorisations, registries and rights in a real browser: phone and desktop, both languages."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.urls import reverse

from motcua.kernel.cases.models import Case
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import SYSTEM, Actor, Role
from motcua.kernel.identity.models import Authorisation
from motcua.kernel.identity.ports import consent_code_sender, procedure_names, procedure_search
from motcua.kernel.identity.queries import officer_actor, sealer
from motcua.kernel.org.queries import local_today
from motcua.kernel.registries.actions import give_consent, import_file, look_up, make_request
from motcua.kernel.registries.kind import RequestKind
from motcua.kernel.registries.models import RegistryRecord
from motcua.kernel.store.actions import open_share, put_entry, share_entries, use_entry
from motcua.kernel.store.models import StoreEntry
from motcua.kernel.store.tests.conftest import AN_ID, BINH_ID, birth, somebody
from motcua.lib import moment
from motcua.testing.browser import BOTH_FACES, PHONE, OpenPage
from motcua.testing.city import City, add_officer, build_city

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]


class Scene:
    """A city in which An has papers, looks at her data, and is authorised by Bình."""

    def __init__(self) -> None:
        cache.clear()
        self.city: City = build_city()
        identity.grant_post(self.city.hoa.id or 0, self.city.office_one.pk, Role.CLERK, actor=self.city.quan)
        self.clerk: Actor = officer_actor(self.city.hoa.id or 0)
        self.guard = add_officer("bao", "Ngô Thị Bảo", self.city.province, "privacy")
        identity.grant_post(self.guard.id or 0, self.city.province.pk, Role.CLERK, actor=self.city.quan)
        self.an = somebody("Nguyễn Thị Mẫu An", "0905 123 456", AN_ID)
        self.binh = somebody("Trần Văn Mẫu Bình", "0905 777 888", BINH_ID)
        self.entry: StoreEntry = put_entry(birth(self.city, self.an), actor=SYSTEM)
        put_entry(birth(self.city, self.an, code="GT.cu", name="Giấy cũ", file_id=None, sha256=None), actor=SYSTEM)
        now = moment.now()
        case = Case.objects.create(
            kind="incident", code="PA-1", subject="x", folded="x", state="submitted", unit=self.city.office_one,
            opened_at=now, updated_at=now,
        )  # fmt: skip
        use_entry(self.entry.pk, actor=self.clerk, case_id=case.id, case_code="HS-260101-0001")
        _number, self.token = share_entries(
            [self.entry.pk], actor=self.an, until=now + timedelta(days=1), purpose="Trường mầm non Thử"
        )
        open_share(self.token, actor=Actor("anonymous"), who="Cô Thử, Trường Mẫu")
        text = f"national_id,name,address_area,address_line\n{AN_ID},Nguyễn Thị Mẫu An,24778,Số 1\n"
        import_file("population", text.encode(), actor=self.city.quan)
        look_up("population", {"national_id": AN_ID}, actor=self.clerk, purpose="procedure", reason="HS-1")
        give_consent("prefill", "population", actor=self.an)
        self.request = make_request(RequestKind.CORRECT, "Sai năm sinh của tôi", actor=self.an)
        identity.ask_representation("5800000001", actor=self.an, name="Công ty Thử", title="Giám đốc", evidence="GCN 1")
        self.offer = self.authorisation(self.binh, "+84905123456", "given")
        self.given = self.authorisation(self.an, "+84905777888", "accepted")

    def authorisation(self, giver: Actor, phone: str, state: str) -> int:
        receiver = self.binh if giver is self.an else self.an
        return Authorisation.objects.create(
            giver_id=giver.person_id or 0, receiver_id=receiver.person_id if state == "accepted" else None,
            to_kind="sms", to_sealed=sealer().seal(phone), to_index=sealer().index(phone) or b"",
            procedures=["1.001193", "1.000894"], valid_from=local_today(),
            valid_to=local_today() + timedelta(days=90), giver_level="counter", state=state, given_at=moment.now(),
        ).pk  # fmt: skip


@BOTH_FACES
def test_pages_of_people(
    transactional_db: None, open_page: OpenPage, check_page: Check, sign_in: SignIn, width: int, language: str
) -> None:
    scene = Scene()
    page = open_page(width=width, language=language)
    sign_in(page, scene.an.id or 0)
    for address in (
        reverse("account"),
        reverse("account_identity"),
        reverse("store"),
        reverse("store_entry", args=[scene.entry.pk]),
        reverse("store_share"),
        reverse("my_data"),
        reverse("consents"),
        reverse("datarequest_ask"),
        reverse("authorisations"),
        reverse("authorisation", args=[scene.offer]),
        reverse("authorisation", args=[scene.given]),
        reverse("authorisation_give"),
        reverse("organisations"),
    ):
        page.goto(address)
        check_page(page)
    guest = open_page(width=width, language=language)
    guest.goto(reverse("store_shared", args=[scene.token]))
    check_page(guest)


@BOTH_FACES
def test_pages_of_officials(
    transactional_db: None, open_page: OpenPage, check_page: Check, sign_in: SignIn, width: int, language: str
) -> None:
    scene = Scene()
    page = open_page(width=width, language=language)
    sign_in(page, scene.clerk.id or 0)
    for address in (
        reverse("registries"),
        reverse("registry_look_up", args=["population"]),
        reverse("person_prove"),
        reverse("store_desk_entry", args=[scene.entry.pk]),
    ):
        page.goto(address)
        check_page(page)
    page.goto(reverse("registry_look_up", args=["population"]))
    page.locator("#id_national_id").fill(AN_ID)
    page.locator("#id_reason").fill("HS-1")
    page.locator("#id_reason").press("Enter")
    page.get_by_text("Số 1").wait_for()
    check_page(page)
    manager = open_page(width=width, language=language)
    sign_in(manager, scene.city.quan.id or 0)
    for address in (
        reverse("registries_manage"),
        reverse("registry", args=["population"]),
        reverse("registry_record_add", args=["land"]),
        reverse("registry_record", args=[RegistryRecord.objects.get().pk]),
        reverse("registry_sources"),
        reverse("registry_log"),
    ):
        manager.goto(address)
        check_page(manager)
    guard = open_page(width=width, language=language)
    sign_in(guard, scene.guard.id or 0)
    for address in (
        reverse("representations"),
        reverse("datarequests"),
        reverse("datarequest", args=[scene.request]),
    ):
        guard.goto(address)
        check_page(guard)


def test_an_authorisation_from_giving_to_accepting(
    transactional_db: None, open_page: OpenPage, check_page: Check, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene()
    codes: list[str] = []
    monkeypatch.setattr(
        consent_code_sender, "_callee", lambda channel, address, code, language, what: codes.append(code)
    )
    names = {"1.001193": "Đăng ký khai sinh"}
    monkeypatch.setattr(procedure_names, "_callee", lambda codes, language: names)
    monkeypatch.setattr(procedure_search, "_callee", lambda words, language: list(names.items()))
    page = open_page(width=PHONE)
    sign_in(page, scene.an.id or 0)
    page.goto(reverse("authorisation_give"))
    page.locator("#id_to").fill("0905 777 888")
    page.locator("#id_q").fill("khai sinh")
    page.get_by_role("button", name="Tìm thủ tục").click()
    page.get_by_label("Đăng ký khai sinh (1.001193)").check()
    check_page(page)
    assert page.locator("#id_to").input_value() == "0905 777 888"
    page.get_by_role("button", name="Tiếp tục").click()
    page.wait_for_url("**" + reverse("authorisation_give_code"))
    check_page(page)
    page.locator("#id_code").fill(codes[-1])
    page.locator("#id_code").press("Enter")
    page.get_by_text("Chờ người kia nhận").first.wait_for()
    number = Authorisation.objects.latest("pk").pk
    other = open_page(width=PHONE)
    sign_in(other, scene.binh.id or 0)
    other.goto(reverse("authorisation", args=[number]))
    other.get_by_role("button", name="Nhận ủy quyền").click()
    other.wait_for_url("**" + reverse("authorisation_accept", args=[number]))
    check_page(other)
    other.locator("#id_code").fill(codes[-1])
    other.locator("#id_code").press("Enter")
    other.get_by_text("Đang có hiệu lực").first.wait_for()
    page.goto(reverse("authorisation", args=[number]))
    page.get_by_role("button", name="Thôi ủy quyền").click()
    page.get_by_text("Đã thôi ủy quyền").first.wait_for()


def test_sharing_without_a_script(transactional_db: None, open_page: OpenPage, sign_in: SignIn) -> None:
    scene = Scene()
    page = open_page(width=PHONE, scripts=False)
    sign_in(page, scene.an.id or 0)
    page.goto(reverse("store_share"))
    page.get_by_label("Giấy khai sinh, Phường Một").check()
    page.get_by_label("Gửi cho ai, để làm gì").fill("Bệnh viện Thử")
    page.get_by_role("button", name="Tạo liên kết").click()
    link = page.locator("#link").input_value()
    guest = open_page(width=PHONE, scripts=False)
    guest.goto(link)
    assert "12/2026" not in guest.content()
    guest.get_by_label("Bạn là ai").fill("Bác sĩ Thử, Bệnh viện Thử")
    guest.get_by_role("button", name="Xem 1 giấy tờ").click()
    guest.get_by_text("12/2026").wait_for()
    page.goto(reverse("store_share"))
    assert "Bác sĩ Thử, Bệnh viện Thử" in page.content()
