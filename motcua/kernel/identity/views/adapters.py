"""How allauth's flows meet our accounts: locks, sessions, letters, words."""

import io
from datetime import timedelta
from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity import actions
from motcua.kernel.identity.kind import ANONYMOUS
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.ports import letter_sender
from motcua.kernel.identity.queries import find_officer_name, must_add_factor, sealer
from motcua.kernel.identity.views.sessions import begin_session, door_of
from motcua.kernel.statements.queries import prepared
from motcua.lib import moment
from motcua.lib.errors import Refused

WRONG_PASSWORD = _("Tên đăng nhập hoặc mật khẩu chưa đúng.")


def refused_as_error(refused: Refused) -> ValidationError:
    return ValidationError(refused.message, code=refused.code)


_COLUMNS = [field.attname for field in Account._meta.concrete_fields]
_ACCOUNT = f"SELECT {', '.join(_COLUMNS)} FROM identity_account WHERE id = %s"  # noqa: S608  names of ours


class Backend(AuthenticationBackend):  # type: ignore[misc]
    def get_user(self, user_id: int) -> Account | None:
        """With every page of whoever is signed in: through the ORM it costs six times as much."""
        with prepared() as cursor:
            cursor.execute(_ACCOUNT, [user_id])
            row = cursor.fetchone()
        account = None if row is None else Account.from_db(cursor.db.alias, _COLUMNS, row)
        return account if account is not None and self.user_can_authenticate(account) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("Tài khoản này đã bị khoá."),
        "enter_current_password": _("Mật khẩu đang dùng chưa đúng."),
        "incorrect_password": _("Mật khẩu chưa đúng."),
        "incorrect_code": _("Mã chưa đúng. Xem lại mã mà ứng dụng đang hiện."),
        "invalid_login": WRONG_PASSWORD,
        "username_password_mismatch": WRONG_PASSWORD,
        "too_many_login_attempts": _("Bạn đã thử quá nhiều lần. Đợi ít phút rồi thử lại."),
        "rate_limited": _("Bạn đã thử quá nhiều lần. Đợi ít phút rồi thử lại."),
        "invalid_password_reset": _("Liên kết đặt mật khẩu không còn dùng được."),
        "same_as_current": _("Mật khẩu mới phải khác mật khẩu đang dùng."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # officials are added by an administrator, people come in by a code

    # Signing in

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            actions.require_unlocked(door_of(request, credentials.get("username", "")))
        except Refused as refused:
            raise refused_as_error(refused) from None
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        name = credentials.get("username", "")
        left = actions.note_failure(door_of(request, name))
        # The name itself is not written down: people type passwords into the wrong field.
        actions.note_access(ANONYMOUS, "login.failed", reason=find_officer_name(name))
        if left == 0:
            self.pre_authenticate(request, **credentials)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        if isinstance(user, Account):
            actions.forget_failures(door_of(request, user.login))
            begin_session(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        if isinstance(account, Account) and account.kind == Account.Kind.OFFICER:
            return reverse("security") if must_add_factor(account.pk) else "/desk/"
        return reverse("account")

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not of somebody who has just signed in."""
        records = get_authentication_records(self.request, self.request.user)
        fresh = (moment.now() - timedelta(seconds=REAUTHENTICATION_TIMEOUT)).timestamp()
        return not any(record["at"] > fresh for record in records)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        super().set_password(user, password)
        if isinstance(user, Account):
            actions.forget_failures(user.login)
        current = getattr(self.request, "session", None)
        actions.end_other_sessions(user.pk, but=current.session_key if current else None)

    # Letters

    def get_reset_password_from_key_url(self, key: str) -> str:
        """At our own address: the host that a request claims may be anybody's."""
        uidb36, _dash, proof = key.partition("-")
        return f"{settings.PUBLIC_URL}{reverse('account_reset_password_from_key', args=[uidb36, proof])}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        account = context.get("user")
        language = account.language if isinstance(account, Account) else translation.get_language() or "vi"
        with translation.override(language):
            subject = render_to_string(f"{template_prefix}_subject.txt", context).strip()
            text = render_to_string(f"{template_prefix}_message.txt", context).strip()
        letter_sender.call(email, subject, text, language)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: AbstractBaseUser,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        if isinstance(user, Account) and (address := email or user.email):
            self.send_mail(template_prefix, address, {"user": user, "timestamp": moment.now(), **(context or {})})

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *arguments: Any, **options: Any
    ) -> None:
        """The pages themselves say what was done; only what went wrong is said on top of them."""
        if "message" in options:
            super().add_message(request, level, message_template, *arguments, **options)


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "Vai trò của bạn bắt buộc có lớp xác thực thứ hai. Thêm cách khác rồi hãy bỏ."
        ),
        "cannot_generate_recovery_codes": _("Thêm ứng dụng xác thực hoặc khoá truy cập trước, rồi tạo mã dự phòng."),
        "incorrect_code": _("Mã chưa đúng. Xem lại mã mà ứng dụng đang hiện."),
    }

    def encrypt(self, text: str) -> str:
        return sealer().seal(text).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealer().open(encrypted_text.encode())

    def build_totp_svg(self, url: str) -> str:
        drawn = io.BytesIO()
        segno.make(url, error="m").save(drawn, kind="svg", xmldecl=False, scale=5, border=3)
        return drawn.getvalue().decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays for those who must have one."""
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user, type__in=kinds).exclude(pk=authenticator.pk)
        return others.exists() or not must_add_factor(authenticator.user_id, besides=authenticator.pk)

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        count = Authenticator.objects.filter(user=user, type=type).count() + 1
        return str(_("Khoá truy cập {n}")).format(n=count)
