"""Letters over a real socket: delivered, refused for good, refused for now, and servers that misbehave."""

import email
from collections.abc import Iterator
from email.policy import default
from pathlib import Path

import pytest
from pytest_django import Settings

from motcua.connectors.smtp.actions import SmtpSender
from motcua.connectors.smtp.tests.server import Mailbox, mail_server, own_certificate
from motcua.kernel.messages.ports import OutboundMessage, TemporarilyUnreachableError
from motcua.lib.errors import ConnectorError

pytestmark = pytest.mark.django_db  # the sender's name is the pack's

LETTER = OutboundMessage(
    7, "email", "an@example.vn", "Đã nhận phản ánh PA-1", "Chào bạn,\n\nĐèn hỏng.\n.\nhttps://x.example/p/abc/", "vi"
)


def set_up(settings: Settings, at: int, **changes: str) -> SmtpSender:
    values = {"host": "localhost", "port": str(at), "security": "none", "sender": "khong-tra-loi@example.vn"}
    settings.CONNECTORS = settings.CONNECTORS | {
        "smtp": settings.CONNECTORS["smtp"] | {"timeout": "2", "reply_to": ""} | values | changes
    }
    return SmtpSender()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


def test_it_works(mailbox: Mailbox, settings: Settings) -> None:
    sent = set_up(settings, mailbox.port, reply_to="1022@example.vn").send(LETTER)
    assert sent.state == "sent"
    letter = email.message_from_string(mailbox.letters[0], policy=default)
    assert letter["Subject"] == LETTER.subject
    assert letter["To"] == "an@example.vn"
    assert letter["From"] == "Một Cửa <khong-tra-loi@example.vn>"
    assert letter["Reply-To"] == "1022@example.vn"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Message-ID"] == sent.reference
    assert letter["Date"] is not None
    body = letter.get_content().replace("\r\n", "\n")
    assert body.replace("\n..\n", "\n.\n").strip() == LETTER.body
    assert mailbox.heard[1].upper().startswith("MAIL FROM:<KHONG-TRA-LOI@EXAMPLE.VN>")


def test_same_message_has_the_same_number_at_each_attempt(mailbox: Mailbox, settings: Settings) -> None:
    sender = set_up(settings, mailbox.port)
    assert sender.send(LETTER).reference == sender.send(LETTER).reference


def test_it_is_set_up_when_there_is_a_host(settings: Settings) -> None:
    assert set_up(settings, 25).is_configured()
    assert not set_up(settings, 25, host="").is_configured()


@pytest.mark.parametrize(
    ("command", "answer", "error", "permanent"),
    [
        ("RCPT", "550 no such user", ConnectorError, True),
        ("RCPT", "452 mailbox full", TemporarilyUnreachableError, False),
        ("MAIL", "451 try later", ConnectorError, False),
        ("MAIL", "550 sender not known", ConnectorError, False),
        ("END", "554 looks like spam", ConnectorError, True),
        ("END", "451 disk full", ConnectorError, False),
        ("END", "", ConnectorError, False),
        ("EHLO", "", ConnectorError, False),
        ("RCPT", None, ConnectorError, False),
    ],
)
def test_failures_are_told_apart(
    mailbox: Mailbox, settings: Settings, command: str, answer: str | None, error: type[Exception], permanent: bool
) -> None:
    mailbox.answers = {command: answer}
    if command == "EHLO":
        mailbox.answers["HELO"] = ""
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, mailbox.port, timeout="0.3").send(LETTER)
    assert type(caught.value) is error
    assert caught.value.permanent == permanent
    assert mailbox.letters == []


@pytest.mark.parametrize("answer", ["", "500 what?"])
def test_bad_goodbye_does_not_make_a_letter_unsent(mailbox: Mailbox, settings: Settings, answer: str) -> None:
    mailbox.answers = {"QUIT": answer}
    set_up(settings, mailbox.port).send(LETTER)
    assert len(mailbox.letters) == 1


def test_password_that_is_wrong_is_our_fault_not_the_letters(mailbox: Mailbox, settings: Settings) -> None:
    mailbox.answers = {"AUTH": "535 wrong"}
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, mailbox.port, user="may", password="sai").send(LETTER)
    assert not caught.value.permanent
    assert not set_up(settings, mailbox.port, user="may", password="sai").check().is_well


def test_nobody_listens(settings: Settings) -> None:
    with mail_server() as mailbox:
        port = mailbox.port
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, port).send(LETTER)
    assert not caught.value.permanent


@pytest.mark.parametrize("at_once", [True, False])
def test_letters_are_encrypted_on_the_way(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    certificate = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))  # trusted here
    with mail_server(certificate, at_once=at_once) as mailbox:
        security = "tls" if at_once else "starttls"
        set_up(settings, mailbox.port, security=security, user="may", password="dung").send(LETTER)
    assert mailbox.were_encrypted == [True]


@pytest.mark.parametrize("at_once", [True, False])
def test_certificate_that_nobody_vouches_for_is_refused(settings: Settings, tmp_path: Path, at_once: bool) -> None:
    with mail_server(own_certificate(tmp_path), at_once=at_once) as mailbox:
        with pytest.raises(ConnectorError, match=r"(?i)certificate"):
            set_up(settings, mailbox.port, security="tls" if at_once else "starttls").send(LETTER)
        assert mailbox.letters == []


def test_server_without_encryption_gets_no_letter_when_it_is_asked_for(mailbox: Mailbox, settings: Settings) -> None:
    with pytest.raises(ConnectorError):
        set_up(settings, mailbox.port, security="starttls").send(LETTER)
    assert not any(line.startswith("MAIL") for line in mailbox.heard)


@pytest.mark.parametrize("changes", [{"security": "perhaps"}, {"port": "mail"}, {"timeout": "soon"}])
def test_settings_that_cannot_be_read_are_named(mailbox: Mailbox, settings: Settings, changes: dict[str, str]) -> None:
    health = set_up(settings, mailbox.port, **changes).check()
    assert not health.is_well
    assert "SMTP_" in health.words


def test_check_says_that_it_is_well_and_sends_nothing(mailbox: Mailbox, settings: Settings) -> None:
    assert set_up(settings, mailbox.port).check().is_well
    assert mailbox.letters == []


def test_line_break_in_an_address_is_refused_for_good(mailbox: Mailbox, settings: Settings) -> None:
    message = OutboundMessage(7, "email", "an@example.vn\nBcc: x@example.vn", "Chào", "x", "vi")
    with pytest.raises(ConnectorError) as caught:
        set_up(settings, mailbox.port).send(message)
    assert caught.value.permanent
    assert mailbox.letters == []
