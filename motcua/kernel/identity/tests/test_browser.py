"""Pages of signing in, accounts and administration in a real browser; a passkey from its first day on."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.urls import reverse

from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import grantable
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.ports import code_sender, letter_sender
from motcua.testing.browser import BOTH_FACES, DESKTOP, OpenPage
from motcua.testing.city import City, build_city

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PASSWORD = "mot-cua-cho-moi-nguoi"
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]


@pytest.fixture
def town(transactional_db: None) -> City:
    cache.clear()
    return build_city()


@pytest.fixture
def hoa(town: City) -> Account:
    account = actions.create_officer(
        login="hoa.one", name="Phạm Thị Hoa", email="hoa@ward.example.vn", password=PASSWORD, actor=SYSTEM
    )
    actions.grant_post(account.pk, town.ward_one.pk, Role.SPECIALIST, actor=SYSTEM, title="Chuyên viên đô thị")
    return account


@BOTH_FACES
def test_pages_of_people(
    open_page: OpenPage,
    check_page: Check,
    monkeypatch: pytest.MonkeyPatch,
    town: City,
    width: int,
    language: str,
) -> None:
    codes: list[str] = []
    monkeypatch.setattr(code_sender, "_callee", lambda channel, address, code, language: codes.append(code))
    page = open_page(width=width, language=language)
    page.goto(reverse("login"))
    check_page(page)
    page.locator("#id_address").fill("0905 123 456")
    page.locator("#id_address").press("Enter")
    page.wait_for_url("**" + reverse("login_code"))
    check_page(page)
    page.locator("#id_code").fill(codes[0])
    page.locator("#id_code").press("Enter")
    page.wait_for_url("**" + reverse("account"))
    check_page(page)
    person = Account.objects.get(kind="person")
    queries.open_person(person.person_id or 0, actor=town.hoa, reason="Gọi hỏi địa chỉ", case_id=None)
    for name in ("account", "account_accesses", "account_sessions", "account_add_contact", "account_delete"):
        page.goto(reverse(name))
        check_page(page)


@BOTH_FACES
def test_pages_of_officials(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, hoa: Account, town: City, width: int, language: str
) -> None:
    page = open_page(width=width, language=language)
    for name in ("account_login", "account_reset_password", "account_inactive"):
        page.goto(reverse(name))
        check_page(page)
    sign_in(page, hoa.pk)
    for name in ("account", "security", "account_change_password", "mfa_activate_totp", "mfa_add_webauthn"):
        page.goto(reverse(name))
        if reverse("account_reauthenticate") in page.url:
            check_page(page)
            page.locator("#id_password").fill(PASSWORD)
            page.locator("#id_password").press("Enter")
            page.wait_for_url("**" + reverse(name))
        check_page(page)


@BOTH_FACES
def test_pages_of_administration(
    open_page: OpenPage,
    check_page: Check,
    sign_in: SignIn,
    monkeypatch: pytest.MonkeyPatch,
    hoa: Account,
    town: City,
    width: int,
    language: str,
) -> None:
    monkeypatch.setattr(letter_sender, "_callee", lambda *letter: None)
    actions.note_access(town.hoa, "person.reveal", reason="Gọi hỏi địa chỉ")
    actions.create_service_key("Đối tác", [name for name, _label in grantable()][:15])
    quan = Account.objects.get(pk=town.quan.id or 0)
    quan.set_password(PASSWORD)
    quan.save()
    page = open_page(width=width, language=language)
    sign_in(page, quan.pk)
    page.goto(reverse("service_keys"))
    page.locator("#id_password").fill(PASSWORD)
    page.locator("#id_password").press("Enter")
    page.locator("td.code").wait_for()
    addresses = [reverse(name) for name in ("officers", "officer_add", "service_keys", "access_log")]
    for address in (*addresses, reverse("officer", args=[hoa.pk]), reverse("officer_reset_factors", args=[hoa.pk])):
        page.goto(address)
        check_page(page)


def test_a_passkey_from_adding_it_to_signing_in_with_it(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, hoa: Account
) -> None:
    """The browser's own virtual security key, so each signature is a real one."""
    monkeypatch.setattr(letter_sender, "_callee", lambda *letter: None)
    page: Any = open_page(width=DESKTOP)
    debugger = page.context.new_cdp_session(page)
    debugger.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    debugger.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
    )

    def with_password() -> None:
        page.goto(reverse("account_login"))
        page.locator("#id_login").fill("hoa.one")
        page.locator("#id_password").fill(PASSWORD)
        page.locator("#id_password").press("Enter")

    with_password()
    page.wait_for_url("**/desk/**")
    page.goto(reverse("mfa_add_webauthn"))
    page.locator("#id_name").fill("Máy ở cơ quan")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**" + reverse("mfa_view_recovery_codes"))
    page.goto(reverse("mfa_list_webauthn"))
    assert "Máy ở cơ quan" in page.locator("main").inner_text()

    def leave() -> None:
        page.goto(reverse("account_logout"))
        page.locator("main form button").click()
        page.wait_for_url("**" + reverse("home"))

    leave()
    with_password()
    page.wait_for_url("**" + reverse("mfa_authenticate"))
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url("**/desk/**")
    leave()
    page.goto(reverse("account_login"))
    page.locator("#passkey_login").click()
    page.wait_for_url("**/desk/**")
