"""Officials sign in with a password and a second factor, are locked out, reset, and see their devices."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions
from motcua.kernel.identity.actions.sessions import FAILURES_ALLOWED, LOCKED_FOR
from motcua.kernel.identity.kind import SYSTEM, Role
from motcua.kernel.identity.models import Access, Account, FailedLogin, Session
from motcua.kernel.identity.ports import letter_sender
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
PASSWORD = "mot-cua-cho-moi-nguoi"


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, str]]:
    sent: list[tuple[str, str, str, str]] = []
    monkeypatch.setattr(letter_sender, "_callee", lambda *letter: sent.append(letter))
    cache.clear()
    return sent


@pytest.fixture
def officer(city: City) -> Account:
    officer = actions.create_officer(
        login="Ward.An", name="Nguyễn Thị An", email="An@ward.example.vn", password=PASSWORD, actor=SYSTEM
    )
    actions.grant_post(officer.pk, city.ward_one.pk, Role.LEADER, actor=SYSTEM)
    return officer


def sign_in(client: Client, *, login: str = "ward.an", password: str = PASSWORD, next_url: str = "") -> Any:
    query = f"?next={next_url}" if next_url else ""
    return client.post(reverse("account_login") + query, {"login": login, "password": password, "next": next_url})


def set_up_totp(client: Client) -> str:
    """Through the pages, as an official does. Returns the secret."""
    page = client.get(reverse("mfa_activate_totp"))
    secret = str(page.context["form"].secret)
    code = totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))
    response = client.post(reverse("mfa_activate_totp"), {"code": code})
    assert response.status_code == 302, response.content.decode()
    return secret


def recovery_codes(client: Client) -> list[str]:
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    return re.findall(r'<li class="code">([^<]+)', page)


def test_signing_in_leads_to_the_desk_or_where_one_came_from(client: Client, officer: Account) -> None:
    assert sign_in(client).headers["Location"] == "/desk/"
    assert sign_in(Client(), next_url="/tai-khoan/").headers["Location"] == "/tai-khoan/"


def test_the_login_name_is_not_about_capitals(client: Client, officer: Account) -> None:
    assert sign_in(client, login=" WARD.AN ").status_code == 302


def test_pages_for_officials_send_strangers_to_the_door(client: Client) -> None:
    response = client.get(reverse("officers"))
    assert response.headers["Location"].startswith(reverse("account_login") + "?next=")
    assert client.get(reverse("account")).headers["Location"].startswith(reverse("login") + "?next=")
    assert client.post(reverse("account_change")).status_code == 401


@pytest.mark.parametrize("login", ["ward.an", "nobody"])
def test_five_failures_lock_the_name_whether_it_exists_or_not(client: Client, officer: Account, login: str) -> None:
    for number in range(FAILURES_ALLOWED):
        words = sign_in(client, login=login, password="wrong").content.decode()
        assert ("tạm khoá đến" in words) is (number == FAILURES_ALLOWED - 1)
    assert "tạm khoá đến" in sign_in(client, login=login).content.decode()
    assert not client.session.get("_auth_user_id")
    assert Access.objects.filter(action="login.failed").count() == FAILURES_ALLOWED
    assert login not in repr([bytes(row.door_index) for row in FailedLogin.objects.all()])


def test_guesses_from_elsewhere_do_not_shut_an_official_out_of_their_own_device(
    client: Client, officer: Account
) -> None:
    sign_in(client)
    client.post(reverse("account_logout"))
    for _ in range(FAILURES_ALLOWED):
        sign_in(Client(), password="wrong")
    assert "tạm khoá đến" in sign_in(Client()).content.decode()
    assert sign_in(client).status_code == 302
    client.post(reverse("account_logout"))
    for _ in range(FAILURES_ALLOWED):
        sign_in(client, password="wrong")
    assert "tạm khoá đến" in sign_in(client).content.decode(), "guesses at the device itself count too"
    other = actions.create_officer(login="ward.b", name="B", password=PASSWORD, actor=SYSTEM)
    for _ in range(FAILURES_ALLOWED):
        sign_in(client, login=other.login, password="wrong")
    assert "tạm khoá đến" in sign_in(Client(), login=other.login).content.decode(), "known for its owner alone"


def test_a_lock_ends_by_itself_and_success_forgets_failures(client: Client, officer: Account) -> None:
    for _ in range(FAILURES_ALLOWED):
        actions.note_failure("ward.an")
    assert sign_in(client).status_code == 422
    with moment.at(moment.now() + LOCKED_FOR + timedelta(seconds=1)):
        assert sign_in(client).status_code == 302
    assert not FailedLogin.objects.exists()


def test_failures_long_apart_do_not_lock(officer: Account) -> None:
    now = moment.now()
    for number in range(2 * FAILURES_ALLOWED):
        with moment.at(now + number * (LOCKED_FOR + timedelta(minutes=1))):
            assert actions.note_failure("ward.an") == FAILURES_ALLOWED - 1


def test_an_inactive_official_does_not_get_in(client: Client, officer: Account) -> None:
    Account.objects.filter(pk=officer.pk).update(is_active=False)
    assert sign_in(client).headers["Location"] == reverse("account_inactive")
    assert "đã bị khoá" in client.get(reverse("account_inactive")).content.decode()
    assert client.get(reverse("account")).status_code == 302


def test_setting_up_an_app_gives_recovery_codes_and_asks_for_a_code_next_time(client: Client, officer: Account) -> None:
    sign_in(client)
    secret = set_up_totp(client)
    stored = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    recovery = recovery_codes(client)
    assert len(recovery) == 10
    assert recovery[0] not in stored

    other = Client()
    assert sign_in(other).headers["Location"] == reverse("mfa_authenticate")
    assert other.get(reverse("account")).status_code == 302, "the password alone opens nothing"
    assert "Mã chưa đúng" in other.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    cache.clear()
    assert other.post(reverse("mfa_authenticate"), {"code": recovery[0]}).headers["Location"] == "/desk/"
    third = Client()
    sign_in(third)
    assert third.post(reverse("mfa_authenticate"), {"code": recovery[0]}).status_code == 200, "it works once"


def test_wrong_second_factors_lock_too(client: Client, officer: Account) -> None:
    sign_in(client)
    set_up_totp(client)
    other = Client()
    sign_in(other)
    for _ in range(FAILURES_ALLOWED):
        other.post(reverse("mfa_authenticate"), {"code": "000000"})
        cache.clear()
    recovery = recovery_codes(client)
    page = other.post(reverse("mfa_authenticate"), {"code": recovery[0]})
    assert "tạm khoá đến" in page.content.decode()
    assert not other.session.get("_auth_user_id")


def test_a_role_that_demands_a_second_factor_opens_nothing_without(
    client: Client, officer: Account, settings: Any
) -> None:
    settings.REQUIRE_MFA_ROLES = frozenset({"leader"})
    assert sign_in(client).headers["Location"] == reverse("security")
    page = client.get(reverse("security"))
    assert "cần lớp xác thực thứ hai" in page.content.decode()
    assert client.get(reverse("officers")).headers["Location"] == reverse("security")
    set_up_totp(client)
    assert "cần lớp xác thực thứ hai" not in client.get(reverse("security")).content.decode()
    response = client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(type="totp").exists(), "the last one stays"
    assert "bắt buộc" in response.content.decode()


def test_a_forgotten_password_is_set_by_letter(client: Client, officer: Account, letters: list[Any]) -> None:
    session = Client()
    sign_in(session)
    client.post(reverse("account_reset_password"), {"email": "an@ward.example.vn"})
    [(address, subject, text, language)] = letters
    assert (address, language) == ("an@ward.example.vn", "vi")
    assert "Đặt mật khẩu" in subject
    link = re.search(r"https?://\S+", text)
    assert link is not None
    path = re.sub(r"https?://[^/]+", "", link[0])
    form_url = client.get(path).headers["Location"]
    assert client.post(form_url, {"password1": "short", "password2": "short"}).status_code == 200
    different = client.post(form_url, {"password1": "mat-khau-moi-2026", "password2": "mat-khau-khac-2026"})
    assert "chưa giống nhau" in different.content.decode()
    new = "mat-khau-moi-2026"
    assert client.post(form_url, {"password1": new, "password2": new}).status_code == 302
    assert "không còn dùng được" in Client().get(path).content.decode(), "a link works once"
    assert session.get(reverse("account")).status_code == 302, "who was signed in is out"
    assert sign_in(Client()).status_code == 422
    assert sign_in(Client(), password=new).status_code == 302


def test_a_stranger_asking_for_a_password_gets_the_same_page_and_no_letter(client: Client, letters: list[Any]) -> None:
    response = client.post(reverse("account_reset_password"), {"email": "nobody@example.vn"})
    assert response.headers["Location"] == reverse("account_reset_password_done")
    assert not letters


def test_changing_the_password_signs_other_devices_out(client: Client, officer: Account) -> None:
    other = Client()
    sign_in(client)
    sign_in(other)
    new = "mat-khau-moi-2026"
    wrong = client.post(
        reverse("account_change_password"), {"oldpassword": "wrong", "password1": new, "password2": new}
    )
    assert "chưa đúng" in wrong.content.decode()
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert client.get(reverse("account")).status_code == 200
    assert other.get(reverse("account")).status_code == 302
    assert Session.objects.filter(account=officer).count() == 1


def test_sensitive_pages_ask_again_after_a_while(client: Client, officer: Account) -> None:
    sign_in(client)
    with moment.at(moment.now() + timedelta(minutes=30)):
        response = client.get(reverse("mfa_activate_totp"))
        assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
    response = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert response.status_code == 302


def test_sessions_are_listed_and_ended(client: Client, officer: Account) -> None:
    phone = Client(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 15) Chrome/142 Mobile Safari/537"})
    sign_in(client)
    sign_in(phone)
    page = client.get(reverse("account_sessions")).content.decode()
    assert "Chrome, Android" in page
    assert str(phone.session.session_key) not in page
    mark = Session.objects.get(pk=phone.session.session_key).mark
    client.post(reverse("account_end_session"), {"session": mark})
    assert phone.get(reverse("account")).status_code == 302
    assert client.get(reverse("account")).status_code == 200


def test_nobody_ends_sessions_of_others(client: Client, officer: Account, city: City) -> None:
    sign_in(client)
    other = actions.create_officer(login="ward.b", name="B", password=PASSWORD, actor=SYSTEM)
    stranger = Client()
    sign_in(stranger, login=other.login)
    stranger.post(reverse("account_end_session"), {"session": Session.objects.get(account=officer).mark})
    stranger.post(reverse("account_end_other_sessions"))
    assert client.get(reverse("account")).status_code == 200


def test_a_session_of_an_official_ends_after_a_working_day(client: Client, officer: Account, settings: Any) -> None:
    sign_in(client)
    length = client.session.get_expiry_date() - moment.now()
    assert timedelta(hours=11, minutes=59) < length <= timedelta(seconds=settings.SESSION_COOKIE_AGE)


def test_every_page_of_an_account_can_be_read(client: Client, officer: Account) -> None:
    sign_in(client)
    names = (
        "account", "security", "account_sessions", "account_change_password", "mfa_activate_totp", "mfa_add_webauthn",
        "mfa_list_webauthn", "account_logout",
    )  # fmt: skip
    for name in names:
        assert client.get(reverse(name)).status_code == 200, name
    set_up_totp(client)
    for name in ("security", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp"):
        assert client.get(reverse(name)).status_code == 200, name
    assert len(client.get(reverse("mfa_download_recovery_codes")).content.decode().split()) > 10
    for name in ("mfa_reauthenticate", "account_reauthenticate"):
        assert client.get(reverse(name)).status_code == 200, name


def test_pages_of_people_are_not_for_officials(client: Client, officer: Account) -> None:
    sign_in(client)
    for name in ("account_accesses", "account_download", "account_delete", "account_add_contact"):
        assert client.get(reverse(name)).status_code == 404, name
    assert not Event.objects.filter(name="person.deleted").exists()
