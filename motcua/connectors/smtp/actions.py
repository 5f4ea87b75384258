"""Letters by SMTP."""

import smtplib
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.messages.kind import EMAIL
from motcua.kernel.messages.ports import Health, Option, OutboundMessage, Receipt, Sent, TemporarilyUnreachableError
from motcua.kernel.packs.queries import city_setting
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused

SECURITY = ("starttls", "tls", "none")


class SmtpSender:
    name = "smtp"
    channel = EMAIL
    rank = 10
    label: str | Promise = gettext_lazy("Thư điện tử qua máy chủ SMTP")

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["smtp"]["host"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["smtp"]
        return (
            Option("SMTP_HOST", _("Máy chủ"), values["host"], is_required=True),
            Option("SMTP_PORT", _("Cổng"), values["port"], is_required=True),
            Option("SMTP_SECURITY", _("Mã hoá: starttls, tls hoặc none"), values["security"], is_required=True),
            Option("SMTP_USER", _("Tên đăng nhập"), values["user"]),
            Option("SMTP_PASSWORD", _("Mật khẩu"), values["password"], is_secret=True),
            Option("MAIL_FROM", _("Địa chỉ gửi"), _sender_address(), is_required=True),
            Option("MAIL_REPLY_TO", _("Trả lời về"), values["reply_to"]),
            Option("SMTP_TIMEOUT", _("Chờ nhiều nhất (giây)"), values["timeout"]),
        )

    def send(self, message: OutboundMessage) -> Sent:
        letter = _letter(message)
        is_taken = False
        try:
            with _translated(), self._connected() as server:
                server.send_message(letter, from_addr=_sender_address(), to_addrs=[message.to])
                is_taken = True
        except ConnectorError:
            if not is_taken:  # a connection that breaks at the goodbye does not make it unsent
                raise
        return Sent(reference=str(letter["Message-ID"]))

    def check(self) -> Health:
        try:
            with _translated(), self._connected() as server:
                server.noop()
        except ConnectorError as error:
            return Health(False, str(error))
        return Health(True, _("Máy chủ nhận kết nối và đăng nhập."))

    def read_receipts(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Receipt]:
        raise Refused("not_found", _("Cách gửi này không có báo nhận."))

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        values = settings.CONNECTORS["smtp"]
        try:
            host, port, timeout = values["host"], int(values["port"]), float(values["timeout"])
        except ValueError:
            raise ConnectorError("SMTP_PORT, SMTP_TIMEOUT: expected numbers") from None
        if values["security"] not in SECURITY:
            raise ConnectorError(f"SMTP_SECURITY: expected one of {', '.join(SECURITY)}")
        trusted = ssl.create_default_context()
        if values["security"] == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=trusted)
        else:
            server = smtplib.SMTP(host, port, timeout=timeout)
        with server:
            if values["security"] == "starttls":
                server.starttls(context=trusted)
            if values["user"]:
                server.login(values["user"], values["password"])
            yield server


def _sender_address() -> str:
    return settings.CONNECTORS["smtp"]["sender"] or str(city_setting("messages", "email_sender", ""))


def _letter(message: OutboundMessage) -> EmailMessage:
    letter = EmailMessage(policy=SMTP.clone(cte_type="7bit"))  # not every server takes eight bits
    address = _sender_address()
    try:
        letter["From"] = formataddr((str(city_setting("messages", "email_sender_name", "Một Cửa")), address))
        letter["To"] = message.to
        letter["Subject"] = message.subject
    except ValueError as error:  # a line break in an address
        raise ConnectorError(str(error), permanent=True) from error
    if reply_to := settings.CONNECTORS["smtp"]["reply_to"]:
        letter["Reply-To"] = reply_to
    letter["Date"] = format_datetime(moment.now())
    # The same at each attempt: mail systems drop the second copy of a letter that they took without our learning it.
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    letter["Message-ID"] = f"<motcua-{message.id}@{host}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["Content-Language"] = message.language
    letter.set_content(message.body)
    return letter


@contextmanager
def _translated() -> Iterator[None]:
    """What goes wrong, told apart: the address for good, the address for now, or the server."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        text = f"{code} {words.decode('utf-8', 'replace')}"
        if code >= 500:
            raise ConnectorError(text, permanent=True) from error
        raise TemporarilyUnreachableError(text) from error
    except smtplib.SMTPDataError as error:
        is_refused = 550 <= error.smtp_code < 560  # this letter will not be taken
        raise ConnectorError(_answer(error), permanent=is_refused) from error
    except smtplib.SMTPNotSupportedError as error:
        raise ConnectorError(str(error)) from error
    except smtplib.SMTPResponseException as error:
        raise ConnectorError(_answer(error)) from error
    except (smtplib.SMTPException, OSError) as error:  # OSError: refused, timed out, a certificate that is not trusted
        raise ConnectorError(str(error) or type(error).__name__) from error


def _answer(error: smtplib.SMTPResponseException) -> str:
    words = error.smtp_error
    return f"{error.smtp_code} {words.decode('utf-8', 'replace') if isinstance(words, bytes) else words}"
