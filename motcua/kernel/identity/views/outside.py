"""Signing in through an OpenID Connect provider: what is checked, and how little is kept."""

from typing import Any

from allauth.account.internal.decorators import login_not_required
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from requests import RequestException

from motcua.kernel.identity import actions
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.queries import keyed_index
from motcua.kernel.identity.views.doors import public
from motcua.lib.errors import Refused


class CheckedClient(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """Checks the id token's signature, audience and issuer, and that both answers are about the same person."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )
        return claims

    def complete_login(self, request: HttpRequest, app: SocialApp, token: SocialToken, **options: Any) -> SocialLogin:
        login = super().complete_login(request, app, token, **options)
        told, signed = login.answers.get("userinfo"), login.answers.get("id_token")
        if told and signed and told.get("sub") != signed.get("sub"):
            raise OAuth2Error("userinfo and id token are about different people")
        login.claims = {**(signed or {}), **(told or {})}
        return login


class QuietProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """Keeps nothing of what the other side tells but a keyed index of who it is: tables of sign-ins hold no names."""

    oauth2_adapter_class = CheckedClient

    def extract_uid(self, data: dict[str, Any]) -> str:
        return keyed_index(f"{self.app.provider_id} {super().extract_uid(data)}").hex()

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[Any]:
        return []

    def sociallogin_from_response(self, request: HttpRequest, response: dict[str, Any]) -> SocialLogin:
        login = super().sociallogin_from_response(request, response)
        login.answers = response  # an attribute of this object only: what is saved of it is its account
        return login


class OutsideAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        found = super().get_provider(request, provider, client_id)
        return QuietProvider(request, app=found.app) if type(found) is OpenIDConnectProvider else found

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False  # whoever may come in has an account by then: see pre_social_login

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find, or for people make, the account that the other side vouches for."""
        options = sociallogin.account.get_provider(request).app.settings
        try:
            if not sociallogin.is_existing:
                sociallogin.user = _account_vouched_for(sociallogin.claims, options)
                sociallogin.save(request, connect=True)
            elif sociallogin.user.kind != options["audience"]:
                raise Refused("not_allowed", _("Tài khoản này chưa được phép đăng nhập ở đây."))
            elif options["audience"] == Account.Kind.PERSON:
                actions.person_vouched_for_again(sociallogin.user.pk, sociallogin.claims)
        except Refused as refused:
            page = render(request, "socialaccount/authentication_error.html", {"words": refused.message}, status=403)
            raise ImmediateHttpResponse(page) from None


def _account_vouched_for(claims: dict[str, Any], options: dict[str, Any]) -> Account:
    if options["audience"] == Account.Kind.OFFICER:
        return actions.officer_vouched_for(claims, options["claim"])
    return actions.person_vouched_for(claims)


@public
@login_not_required  # type: ignore[untyped-decorator]
def outside_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _run(OAuth2LoginView, request, provider_id)


@public
@login_not_required  # type: ignore[untyped-decorator]
def outside_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    return _run(OAuth2CallbackView, request, provider_id)


def _run(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        response: HttpResponse = view.adapter_view(CheckedClient(request, provider_id))(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    except RequestException:  # the other side is down, or not what it should be
        return render(request, "socialaccount/authentication_error.html", status=503)
    return response
