"""Doors and accounts. The names are allauth's where its flows ask for them; what it has besides is not served."""

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from allauth.socialaccount import views as outside_views
from django.urls import URLPattern, URLResolver, path, re_path
from django.views.generic import RedirectView

from motcua.kernel.identity.views import (
    account,
    authorisations,
    devices,
    keys,
    login,
    officers,
    organisations,
    outside,
    proving,
    public,
    sessions,
)
from motcua.kernel.identity.views.account import officials_only

urlpatterns: list[URLPattern | URLResolver] = [
    path("dang-nhap/", login.login, name="login"),
    path("dang-nhap/ma/", login.login_code, name="login_code"),
    path("dang-nhap/ma/gui-lai/", login.login_resend, name="login_resend"),
    path("phien/", sessions.session_end, name="session_end"),
    path("dang-xuat/", login.logout, name="account_logout"),
    # Officials
    path("dang-nhap/can-bo/", public(login.OfficerLogin.as_view()), name="account_login"),
    path("dang-nhap/xac-thuc/", public(login.SecondFactor.as_view()), name="mfa_authenticate"),
    path("dang-nhap/khoa-truy-cap/", public(passkey_views.login_webauthn), name="mfa_login_webauthn"),
    path("dang-nhap/da-khoa/", public(account_views.account_inactive), name="account_inactive"),
    path("dang-nhap/dang-ky/", public(RedirectView.as_view(pattern_name="login")), name="account_signup"),
    path("dang-nhap/quen-mat-khau/", public(account_views.password_reset), name="account_reset_password"),
    path(
        "dang-nhap/quen-mat-khau/da-gui/",
        public(account_views.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^dang-nhap/dat-mat-khau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        public(account_views.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "dang-nhap/dat-mat-khau/xong/",
        public(account_views.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    # From elsewhere
    path("dang-nhap/qua/<provider_id>/", outside.outside_login, name="openid_connect_login"),
    path("dang-nhap/qua/<provider_id>/ve/", outside.outside_callback, name="openid_connect_callback"),
    path("dang-nhap/qua-da-huy/", public(outside_views.login_cancelled), name="socialaccount_login_cancelled"),
    path("dang-nhap/qua-loi/", public(outside_views.login_error), name="socialaccount_login_error"),
    # One's own account
    path("tai-khoan/", account.account, name="account"),
    path("tai-khoan/thong-tin/", account.change_person, name="account_change"),
    path("tai-khoan/ngon-ngu/", account.change_language, name="account_language"),
    path("tai-khoan/lien-he/", account.add_contact, name="account_add_contact"),
    path("tai-khoan/lien-he/ma/", account.prove_contact, name="account_prove_contact"),
    path("tai-khoan/lien-he/bo/", account.remove_contact, name="account_remove_contact"),
    path("tai-khoan/luot-xem/", account.accesses, name="account_accesses"),
    path("tai-khoan/du-lieu.json", account.download, name="account_download"),
    path("tai-khoan/xoa/", account.delete_account, name="account_delete"),
    path("tai-khoan/thiet-bi/", account.sessions, name="account_sessions"),
    path("tai-khoan/thiet-bi/dang-xuat/", account.end_session, name="account_end_session"),
    path("tai-khoan/thiet-bi/dang-xuat-het/", account.end_other_sessions, name="account_end_other_sessions"),
    path("tai-khoan/dinh-danh/", proving.declare, name="account_identity"),
    # Acting for others
    path("uy-quyen/", authorisations.list_authorisations, name="authorisations"),
    path("uy-quyen/cho/", authorisations.give, name="authorisation_give"),
    path("uy-quyen/cho/xac-nhan/", authorisations.give_code, name="authorisation_give_code"),
    path("uy-quyen/<int:authorisation_id>/", authorisations.authorisation, name="authorisation"),
    path("uy-quyen/<int:authorisation_id>/ma/", authorisations.send_accept_code, name="authorisation_accept_send"),
    path("uy-quyen/<int:authorisation_id>/nhan/", authorisations.accept, name="authorisation_accept"),
    path("uy-quyen/<int:authorisation_id>/tu-choi/", authorisations.decline, name="authorisation_decline"),
    path("uy-quyen/<int:authorisation_id>/thoi/", authorisations.revoke, name="authorisation_revoke"),
    path("to-chuc/", organisations.organisations, name="organisations"),
    path("to-chuc/<int:representation_id>/thoi/", organisations.end, name="representation_end"),
    path("desk/to-chuc/", organisations.list_requests, name="representations"),
    path("desk/to-chuc/<int:representation_id>/", organisations.decide, name="representation_decide"),
    path("desk/xac-thuc/", proving.prove, name="person_prove"),
    path("desk/xac-thuc/ma/", proving.prove_code, name="person_prove_code"),
    # An official's security
    path("tai-khoan/bao-mat/", officials_only(account.Security.as_view()), name="security"),
    path(
        "tai-khoan/bao-mat/xac-thuc/", officials_only(RedirectView.as_view(pattern_name="security")), name="mfa_index"
    ),
    path("tai-khoan/mat-khau/", officials_only(account_views.password_change), name="account_change_password"),
    path("tai-khoan/mat-khau/dat/", officials_only(account_views.password_set), name="account_set_password"),
    path("tai-khoan/nhac-lai/", officials_only(account_views.reauthenticate), name="account_reauthenticate"),
    path("tai-khoan/nhac-lai/ma/", officials_only(factor_views.reauthenticate), name="mfa_reauthenticate"),
    path(
        "tai-khoan/nhac-lai/khoa-truy-cap/",
        officials_only(passkey_views.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("tai-khoan/bao-mat/ung-dung/", officials_only(totp_views.activate_totp), name="mfa_activate_totp"),
    path("tai-khoan/bao-mat/ung-dung/bo/", officials_only(totp_views.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "tai-khoan/bao-mat/ma-du-phong/",
        officials_only(recovery_views.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "tai-khoan/bao-mat/ma-du-phong/tao/",
        officials_only(recovery_views.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "tai-khoan/bao-mat/ma-du-phong/tai/",
        officials_only(recovery_views.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("tai-khoan/bao-mat/khoa-truy-cap/", officials_only(passkey_views.list_webauthn), name="mfa_list_webauthn"),
    path("tai-khoan/bao-mat/khoa-truy-cap/them/", officials_only(passkey_views.add_webauthn), name="mfa_add_webauthn"),
    path(
        "tai-khoan/bao-mat/khoa-truy-cap/<int:pk>/sua/",
        officials_only(passkey_views.edit_webauthn),
        name="mfa_edit_webauthn",
    ),
    path(
        "tai-khoan/bao-mat/khoa-truy-cap/<int:pk>/bo/",
        officials_only(passkey_views.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    # Administration
    path("desk/quan-tri/can-bo/", officers.list_officers, name="officers"),
    path("desk/quan-tri/can-bo/them/", officers.add_officer, name="officer_add"),
    path("desk/quan-tri/can-bo/<int:officer_id>/", officers.officer, name="officer"),
    path("desk/quan-tri/can-bo/<int:officer_id>/vai-tro/", officers.add_post, name="officer_post"),
    path(
        "desk/quan-tri/can-bo/<int:officer_id>/vai-tro/<int:post_id>/thoi/", officers.revoke_post, name="officer_revoke"
    ),
    path("desk/quan-tri/can-bo/<int:officer_id>/khoa/", officers.deactivate_officer, name="officer_deactivate"),
    path("desk/quan-tri/can-bo/<int:officer_id>/mo/", officers.activate_officer, name="officer_activate"),
    path("desk/quan-tri/can-bo/<int:officer_id>/xac-thuc/", officers.reset_factors, name="officer_reset_factors"),
    path("desk/quan-tri/can-bo/<int:officer_id>/mat-khau/", officers.send_password, name="officer_password"),
    path("may/<str:token>/", devices.device, name="device"),
    path("desk/quan-tri/may/", devices.devices, name="devices"),
    path("desk/quan-tri/may/<int:device_id>/thu-hoi/", devices.revoke_device, name="device_revoke"),
    path("desk/quan-tri/ket-noi/", keys.service_keys, name="service_keys"),
    path("desk/quan-tri/ket-noi/<int:key_id>/thu-hoi/", keys.revoke_service_key, name="service_key_revoke"),
    path("desk/quan-tri/luot-xem/", keys.access_log, name="access_log"),
]
