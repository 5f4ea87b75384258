"""Messages as files, where nothing else sends."""

import email
from email.policy import default
from pathlib import Path

import pytest
from pytest_django import Settings

from motcua.connectors.console.actions import FileSender
from motcua.kernel.messages.ports import OutboundMessage, senders_of
from motcua.lib.errors import ConnectorError


@pytest.fixture
def outbox(tmp_path: Path, settings: Settings) -> Path:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return tmp_path / "outbox"


def test_it_works(outbox: Path) -> None:
    sent = FileSender("console_email", "email").send(
        OutboundMessage(7, "email", "an@example.vn", "Đã nhận", "Chào bạn", "vi")
    )
    path = outbox / sent.reference
    letter = email.message_from_bytes(path.read_bytes(), policy=default)
    assert (letter["To"], letter["Subject"], letter.get_content().strip()) == ("an@example.vn", "Đã nhận", "Chào bạn")
    assert path.stat().st_mode & 0o077 == 0
    assert outbox.stat().st_mode & 0o077 == 0


def test_short_message_is_plain_text(outbox: Path) -> None:
    sent = FileSender("console_sms", "sms").send(OutboundMessage(8, "sms", "+84905123456", "", "Da nhan", "vi"))
    assert (outbox / sent.reference).read_text() == "+84905123456\n\nDa nhan\n"


def test_same_message_again_is_one_file(outbox: Path) -> None:
    sender = FileSender("console_sms", "sms")
    for _attempt in range(2):
        sender.send(OutboundMessage(8, "sms", "+84905123456", "", "Da nhan", "vi"))
    assert len(list(outbox.iterdir())) == 1


def test_folder_that_cannot_be_written_is_a_failure_of_ours(outbox: Path) -> None:
    outbox.write_text("in the way")
    with pytest.raises(ConnectorError) as caught:
        FileSender("console_sms", "sms").send(OutboundMessage(8, "sms", "+84905123456", "", "x", "vi"))
    assert not caught.value.permanent


@pytest.mark.parametrize(
    ("use", "host", "names"),
    [
        ("", "", ["console_email"]),
        ("", "mail.example", ["smtp"]),
        ("1", "mail.example", ["smtp", "console_email"]),
        ("0", "", []),
    ],
)
def test_it_stands_in_where_nothing_else_sends(settings: Settings, use: str, host: str, names: list[str]) -> None:
    settings.CONNECTORS = settings.CONNECTORS | {
        "console": {"use": use},
        "smtp": settings.CONNECTORS["smtp"] | {"host": host},
    }
    assert [sender.name for sender in senders_of("email")] == names
