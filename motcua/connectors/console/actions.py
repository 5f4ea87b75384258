"""Writes messages into files that one can open, where no other way of sending is set up: to try the house out."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.messages.kind import EMAIL
from motcua.kernel.messages.ports import SENDERS, Health, Option, OutboundMessage, Receipt, Sent
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused


class FileSender:
    rank = 100  # after every real one
    label: str | Promise = gettext_lazy("Ghi ra tệp, để chạy thử")

    def __init__(self, name: str, channel: str) -> None:
        self.name = name
        self.channel = channel

    def is_configured(self) -> bool:
        """MESSAGES_TO_FILES=1 always, =0 never; without it, where nothing else sends on this channel."""
        use = settings.CONNECTORS["console"]["use"]
        if use:
            return use in ("1", "true", "yes", "on")
        others = (sender for sender in SENDERS.values() if sender.channel == self.channel and sender.rank < self.rank)
        return not any(sender.is_configured() for sender in others)

    def options(self) -> Sequence[Option]:
        return (
            Option("MESSAGES_TO_FILES", _("Luôn ghi ra tệp"), settings.CONNECTORS["console"]["use"]),
            Option("DATA_DIR", _("Thư mục"), str(settings.OUTBOX_DIR)),
        )

    def send(self, message: OutboundMessage) -> Sent:
        """One file a message; the same message again replaces it."""
        now = moment.now()
        if message.channel == EMAIL:
            letter = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
            letter["To"] = message.to
            letter["Subject"] = message.subject
            letter["Date"] = format_datetime(now)
            letter.set_content(message.body)
            content, suffix = letter.as_bytes(), ".eml"
        else:
            content, suffix = f"{message.to}\n\n{message.body}\n".encode(), ".txt"
        folder = Path(settings.OUTBOX_DIR)
        path = folder / f"{message.id:08d}{suffix}"
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".new-")  # for its owner only
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(unfinished).replace(path)
        except OSError as error:
            raise ConnectorError(f"{folder}: {error.strerror}") from error
        return Sent(reference=path.name)

    def check(self) -> Health:
        folder = Path(settings.OUTBOX_DIR)
        waiting = len(list(folder.glob("*.*"))) if folder.is_dir() else 0
        return Health(True, _("Không gửi ra ngoài: %(n)d tệp trong %(folder)s.") % {"n": waiting, "folder": folder})

    def read_receipts(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Receipt]:
        raise Refused("not_found", _("Cách gửi này không có báo nhận."))
