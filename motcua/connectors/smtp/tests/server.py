"""A small SMTP server on a real socket that answers as it is told: takes, refuses, hangs up, keeps silent."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Mailbox:
    """``answers`` maps a command (MAIL, RCPT, DATA, AUTH, QUIT, …; END after the letter) to what is said instead.

    "" says nothing and hangs up, None keeps silent until the other side gives up.
    """

    port: int = 0
    answers: dict[str, str | None] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    were_encrypted: list[bool] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mailbox: Mailbox, certificate: Path | None, *, at_once: bool) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.mailbox, self.certificate, self.at_once = mailbox, certificate, at_once


class HungUpError(Exception):
    """The talk is over."""


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.is_encrypted = False
        try:
            if self.server.at_once:
                self.encrypt()
            self.say("220 test ESMTP")
            while line := self.rfile.readline().decode().strip():
                self.server.mailbox.heard.append(line)
                self.answer(line.split()[0].upper())
        except (OSError, HungUpError):
            return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def answer(self, command: str) -> None:
        if self.said_as_told(command):
            return
        match command:
            case "EHLO":
                may_encrypt = self.server.certificate is not None and not self.is_encrypted
                offers = ["test", *(["STARTTLS"] if may_encrypt else []), "AUTH PLAIN LOGIN"]
                for offer in offers[:-1]:
                    self.say(f"250-{offer}")
                self.say(f"250 {offers[-1]}")
            case "STARTTLS":
                self.say("220 go ahead")
                self.encrypt()
            case "AUTH":
                self.say("235 welcome")
            case "DATA":
                self.say("354 go on")
                self.take_letter()
            case "QUIT":
                self.say("221 bye")
                raise HungUpError
            case _:
                self.say("250 ok")

    def said_as_told(self, command: str) -> bool:
        mailbox = self.server.mailbox
        if command not in mailbox.answers:
            return False
        words = mailbox.answers[command]
        if words is None:
            mailbox.stop.wait(10)
        if not words:
            raise HungUpError
        self.say(words)
        return True

    def take_letter(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        if not self.said_as_told("END"):
            self.server.mailbox.letters.append(b"".join(lines).decode())
            self.server.mailbox.were_encrypted.append(self.is_encrypted)
            self.say("250 taken")

    def encrypt(self) -> None:
        assert self.server.certificate is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server.certificate)
        encrypted = context.wrap_socket(self.request, server_side=True)
        self.request = encrypted
        self.rfile, self.wfile = encrypted.makefile("rb"), encrypted.makefile("wb")
        self.is_encrypted = True


@contextmanager
def mail_server(certificate: Path | None = None, *, at_once: bool = False) -> Iterator[Mailbox]:
    """Serves on a free port of 127.0.0.1. With a certificate STARTTLS is offered, or TLS is spoken ``at_once``."""
    mailbox = Mailbox()
    with Server(mailbox, certificate, at_once=at_once) as server:
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield mailbox
        mailbox.stop.set()
        server.shutdown()


def own_certificate(folder: Path) -> Path:
    """Key and certificate for localhost, signed by nobody else, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
