"""Signing in through an OpenID Connect provider: for people and for officials."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from motcua.kernel.identity import actions
from motcua.kernel.identity.kind import SYSTEM, Level, Role
from motcua.kernel.identity.models import Account, Person, Session
from motcua.kernel.identity.ports import letter_sender
from motcua.kernel.identity.queries import opened, person_actor
from motcua.kernel.identity.tests.oidc import CLIENT_ID, SECRET, Provider, Running
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
PEOPLE, OFFICIALS = "cong-dan", "can-bo"


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with Running() as provider:
        yield provider


@pytest.fixture
def provider(server: Provider, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    def app(provider_id: str, **own: str) -> dict[str, Any]:
        options = {"server_url": server.issuer, "oauth_pkce_enabled": True, **own}
        names = {"provider_id": provider_id, "name": f"Cổng {provider_id}", "client_id": CLIENT_ID, "secret": SECRET}
        return {**names, "settings": options}

    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"APPS": [app(PEOPLE, audience="person"), app(OFFICIALS, audience="officer", claim="email")]}
    }
    settings.OIDC_NATIONAL_ID_CLAIM = "citizenPid"
    monkeypatch.setattr(letter_sender, "_callee", lambda *letter: None)
    cache.clear()
    server.claims, server.broken = {}, ""
    server.asked.clear()
    return server


def come_in(client: Client, provider: Provider, which: str, next_url: str = "") -> Any:
    """As a browser goes: to our page, to the provider, back to us."""
    query = {"next": next_url} if next_url else {}
    away = client.get(reverse("openid_connect_login", args=[which]), query).headers["Location"]
    assert away.startswith(f"{provider.issuer}/authorize?")
    back = urlsplit(provider.authorize(away))
    return client.get(f"{back.path}?{back.query}")


AN = {
    "sub": "an-at-provider", "name": "Nguyễn Thị An", "email": "An@example.vn", "email_verified": True,
    "citizenPid": "079012345678",
}  # fmt: skip


def test_a_person_comes_in_and_gets_an_account(client: Client, provider: Provider) -> None:
    provider.claims = AN
    assert come_in(client, provider, PEOPLE, "/theo-doi/").headers["Location"] == "/theo-doi/"
    account = Account.objects.get()
    assert account.kind == "person"
    assert account.person is not None
    card = opened(account.person)
    assert (card.name, card.email) == ("Nguyễn Thị An", "an@example.vn")
    assert client.get(reverse("account")).status_code == 200
    assert "/keys" in provider.asked, "the signature was checked"

    assert come_in(Client(), provider, PEOPLE).headers["Location"] == reverse("account")
    assert Account.objects.count() == Person.objects.count() == SocialAccount.objects.count() == 1


def test_nothing_of_the_claims_is_readable_in_the_database(client: Client, provider: Provider) -> None:
    provider.claims = AN
    come_in(client, provider, PEOPLE)
    come_in(Client(), provider, PEOPLE)
    rows = [*Account.objects.values(), *SocialAccount.objects.values(), *Person.objects.values()]
    rows += [session.get_decoded() for session in Session.objects.all()]
    text = repr([{key: bytes(v) if isinstance(v, memoryview) else v for key, v in row.items()} for row in rows])
    for secret in ("an-at-provider", "Nguyễn", "example.vn", "079012345678"):
        assert secret not in text, secret


def test_a_person_known_by_a_verified_address_keeps_their_account(client: Client, provider: Provider) -> None:
    account = actions.account_for(actions.read_contact("an@example.vn"), language="vi")
    provider.claims = AN
    come_in(client, provider, PEOPLE)
    assert Account.objects.get() == account
    assert account.person is not None
    account.person.refresh_from_db()
    assert opened(account.person).name == "Nguyễn Thị An"


def test_an_unverified_address_opens_nobodys_account(client: Client, provider: Provider) -> None:
    mine = actions.account_for(actions.read_contact("an@example.vn"), language="vi")
    provider.claims = {"sub": "evil", "email": "an@example.vn", "email_verified": False}
    come_in(client, provider, PEOPLE)
    assert client.session["_auth_user_id"] != str(mine.pk)
    assert SocialAccount.objects.get().user != mine


@pytest.mark.parametrize("verified", ["false", "true", 1, None, False])
def test_a_number_that_is_not_plainly_verified_opens_nobodys_account(
    client: Client, provider: Provider, verified: object
) -> None:
    mine = actions.account_for(actions.read_contact("0905 123 456"), language="vi")
    provider.claims = {"sub": "evil", "phone_number": "+84905123456", "phone_number_verified": verified}
    come_in(client, provider, PEOPLE)
    assert client.session["_auth_user_id"] != str(mine.pk)


def test_the_same_national_id_is_the_same_person(client: Client, provider: Provider) -> None:
    provider.claims = {"sub": "a", "citizenPid": "079012345678", "name": "An"}
    come_in(client, provider, PEOPLE)
    provider.claims = {"sub": "b", "citizenPid": "079012345678", "name": "An"}
    come_in(Client(), provider, PEOPLE)
    assert Account.objects.count() == 1


def test_a_national_id_that_somebody_merely_claims_leads_nobody_into_their_account(
    client: Client, provider: Provider
) -> None:
    thief = actions.account_for(actions.read_contact("0905 123 456"), language="vi")
    actions.declare_identity(actions.Proof("079012345678", "An"), actor=person_actor(thief.pk))
    provider.claims = AN
    come_in(client, provider, PEOPLE)
    assert client.session["_auth_user_id"] != str(thief.pk)
    assert {person.level for person in Person.objects.all()} == {Level.DECLARED, Level.PROVIDER}


def test_a_number_that_went_on_to_another_holder_opens_nothing(client: Client, provider: Provider) -> None:
    provider.claims = {
        "sub": "a",
        "citizenPid": "079012345678",
        "phone_number": "+84905123456",
        "phone_number_verified": True,
    }
    come_in(client, provider, PEOPLE)
    provider.claims |= {"sub": "b", "citizenPid": "079012345699"}
    other = Client()
    come_in(other, provider, PEOPLE)
    assert other.session["_auth_user_id"] != client.session["_auth_user_id"]
    assert Person.objects.filter(level=Level.PROVIDER).count() == 2


def test_who_comes_again_with_a_national_id_is_proved(client: Client, provider: Provider) -> None:
    provider.claims = {name: value for name, value in AN.items() if name != "citizenPid"}
    come_in(client, provider, PEOPLE)
    assert Person.objects.get().level == Level.DECLARED
    provider.claims = AN
    come_in(Client(), provider, PEOPLE)
    assert Person.objects.get().level == Level.PROVIDER


def test_a_provider_without_id_tokens_works(client: Client, provider: Provider) -> None:
    provider.claims, provider.broken = AN, "no id token"
    assert come_in(client, provider, PEOPLE).status_code == 302
    assert Account.objects.count() == 1


@pytest.mark.parametrize("broken", ["signature", "audience", "issuer", "expired", "userinfo"])
def test_an_answer_that_does_not_hold_is_refused(client: Client, provider: Provider, broken: str) -> None:
    provider.claims, provider.broken = AN, broken
    response = come_in(client, provider, PEOPLE)
    assert response.status_code == 401
    assert not Account.objects.exists()
    assert not SocialAccount.objects.exists()
    assert "_auth_user_id" not in client.session


def test_a_provider_that_is_down(client: Client, provider: Provider) -> None:
    provider.broken = "down"
    response = client.get(reverse("openid_connect_login", args=[PEOPLE]))
    assert response.status_code == 503
    assert "đang trục trặc" in response.content.decode()


def test_somebody_elses_answer_is_not_taken(client: Client, provider: Provider) -> None:
    """The state belongs to the browser that went out."""
    provider.claims = AN
    away = Client().get(reverse("openid_connect_login", args=[PEOPLE])).headers["Location"]
    back = urlsplit(provider.authorize(away))
    assert client.get(f"{back.path}?{back.query}").status_code == 401
    assert not Account.objects.exists()


def test_changing_ones_mind(client: Client, provider: Provider) -> None:
    away = client.get(reverse("openid_connect_login", args=[PEOPLE])).headers["Location"]
    state = dict(part.split("=") for part in urlsplit(away).query.split("&"))["state"]
    callback = reverse("openid_connect_callback", args=[PEOPLE])
    response = client.get(callback, {"error": "access_denied", "state": state}, follow=True)
    assert "đã bỏ đăng nhập" in response.content.decode()


def test_an_unknown_provider(client: Client, provider: Provider) -> None:
    assert client.get(reverse("openid_connect_login", args=["nobody"])).status_code == 404


@pytest.fixture
def hoa(city: City) -> Account:
    account = actions.create_officer(login="hoa.one", name="Hoa", email="hoa@ward.example.vn", actor=SYSTEM)
    actions.grant_post(account.pk, city.ward_one.pk, Role.SPECIALIST, actor=SYSTEM)
    return account


def test_an_official_is_known_by_the_verified_work_address(client: Client, provider: Provider, hoa: Account) -> None:
    provider.claims = {"sub": "h", "email": "HOA@ward.example.vn", "email_verified": True}
    assert come_in(client, provider, OFFICIALS).headers["Location"] == "/desk/"
    assert client.session["_auth_user_id"] == str(hoa.pk)
    assert SocialAccount.objects.get().user == hoa


def test_an_official_is_known_by_another_claim(client: Client, provider: Provider, hoa: Account, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][1]["settings"]["claim"] = "preferred_username"
    provider.claims = {"sub": "h", "preferred_username": "Hoa.One"}
    assert come_in(client, provider, OFFICIALS).headers["Location"] == "/desk/"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "h", "email": "hoa@ward.example.vn", "email_verified": False},
        {"sub": "h", "email": "stranger@ward.example.vn", "email_verified": True},
        {"sub": "h"},
        {"sub": "h", "email": "", "email_verified": True},
    ],
)
def test_nobody_becomes_an_official_by_signing_in(
    client: Client, provider: Provider, hoa: Account, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    accounts = Account.objects.count()
    response = come_in(client, provider, OFFICIALS)
    assert response.status_code == 403
    assert "Chưa có tài khoản cán bộ" in response.content.decode()
    assert Account.objects.count() == accounts
    assert not SocialAccount.objects.exists()


def test_a_locked_official_stays_out(client: Client, provider: Provider, hoa: Account) -> None:
    provider.claims = {"sub": "h", "email": "hoa@ward.example.vn", "email_verified": True}
    come_in(client, provider, OFFICIALS)
    Account.objects.filter(pk=hoa.pk).update(is_active=False)
    other = Client()
    assert come_in(other, provider, OFFICIALS).headers["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in other.session


def test_the_pages_offer_the_right_providers(client: Client, provider: Provider) -> None:
    people = client.get(reverse("login")).content.decode()
    officials = client.get(reverse("account_login")).content.decode()
    assert "Cổng cong-dan" in people
    assert "Cổng can-bo" not in people
    assert "Cổng can-bo" in officials
    assert "Cổng cong-dan" not in officials
