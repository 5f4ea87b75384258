"""A small SMTP server on a real socket that answers as it is told: takes, refuses, hangs up, keeps silent."""

import datetime
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec


@dataclass
class Mailbox:
    """``answers`` maps a command (MAIL, RCPT, DATA, AUTH, QUIT, …; END after the letter) to what is said instead of yes;
    "" says nothing and hangs up, None keeps silent until the other side gives up."""

    port: int = 0
    answers: dict[str, str | None] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    were_encrypted: list[bool] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


@contextmanager
def mail_server(certificate: Path | None = None, *, at_once: bool = False) -> Iterator[Mailbox]:
    """Serves on a free port of 127.0.0.1. With a certificate STARTTLS is offered, or TLS is spoken ``at_once``."""
    mailbox = Mailbox()

    class Handler(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())
            self.wfile.flush()

        def encrypt(self) -> None:
            assert certificate is not None
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.request = context.wrap_socket(self.request, server_side=True)
            self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")

        def handle(self) -> None:
            try:
                self.talk()
            except (OSError, ssl.SSLError):
                return  # the other side has gone

        def talk(self) -> None:
            is_encrypted = at_once
            if at_once:
                self.encrypt()
            self.say("220 test ESMTP")
            while line := self.rfile.readline().decode().strip():
                mailbox.heard.append(line)
                command = line.split()[0].upper()
                if command in mailbox.answers:
                    if not self.answer(mailbox.answers[command]):
                        return
                elif command == "EHLO":
                    offers = ["test", "AUTH PLAIN LOGIN", *(["STARTTLS"] if certificate and not is_encrypted else [])]
                    for number, offer in enumerate(offers, 1):
                        self.say(f"250{' ' if number == len(offers) else '-'}{offer}")
                elif command == "STARTTLS":
                    self.say("220 go ahead")
                    self.encrypt()
                    is_encrypted = True
                elif command == "AUTH":
                    self.say("235 welcome")
                elif command == "DATA":
                    self.say("354 go on")
                    letter = self.letter()
                    if "END" in mailbox.answers:
                        if not self.answer(mailbox.answers["END"]):
                            return
                        continue
                    mailbox.letters.append(letter)
                    mailbox.were_encrypted.append(is_encrypted)
                    self.say("250 taken")
                elif command == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def letter(self) -> str:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            return b"".join(lines).decode()

        def answer(self, words: str | None) -> bool:
            if words is None:
                mailbox.stop.wait(10)
                return False
            if not words:
                return False
            self.say(words)
            return True

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        mailbox.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield mailbox
        mailbox.stop.set()
        server.shutdown()


def own_certificate(folder: Path) -> Path:
    """Key and certificate for localhost, signed by nobody else, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
