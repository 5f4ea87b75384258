"""What a certificate says, and whom it names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import pem
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Facts:
    """``name`` is whom it was given to: a person, or an organisation when no person is named."""

    name: str
    organisation: str
    issuer: str
    serial: str  # hexadecimal
    valid_from: datetime
    valid_to: datetime
    algorithm: str  # "RSA 2048", "EC secp256r1"
    is_authority: bool
    sha256: bytes


def read_certificates(content: bytes) -> list[bytes]:
    """DER of every certificate in a PEM or DER file. Raises ValueError when there is none, or one cannot be read."""
    found = (
        [
            der
            for kind, _headers, der in pem.unarmor(content, multiple=True)
            if kind in ("CERTIFICATE", "X509 CERTIFICATE")
        ]
        if pem.detect(content)
        else [content]
    )
    for der in found:
        facts_of(der)
    if not found:
        raise ValueError("no certificate")
    return found


def facts_of(der: bytes) -> Facts:
    """Raises ValueError when it is no certificate."""
    certificate = x509.load_der_x509_certificate(der)
    try:
        is_authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        is_authority = False
    subject = certificate.subject
    organisation = _first(subject, NameOID.ORGANIZATION_NAME)
    return Facts(
        name=_first(subject, NameOID.COMMON_NAME) or organisation or subject.rfc4514_string(),
        organisation=organisation,
        issuer=_first(certificate.issuer, NameOID.COMMON_NAME) or certificate.issuer.rfc4514_string(),
        serial=f"{certificate.serial_number:x}",
        valid_from=certificate.not_valid_before_utc,
        valid_to=certificate.not_valid_after_utc,
        algorithm=_algorithm(certificate),
        is_authority=is_authority,
        sha256=asn1.Certificate.load(der).sha256,
    )


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    found = name.get_attributes_for_oid(oid)
    return str(found[0].value).strip() if found else ""


def _algorithm(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {key.curve.name}"
    return type(key).__name__.removeprefix("_").removesuffix("PublicKey")


def chain_of(der: bytes, others: Iterable[bytes]) -> Sequence[bytes]:
    """The issuers of ``der`` among ``others``, nearest first. A file often holds certificates that are none."""
    by_subject = {asn1.Certificate.load(other).subject.dump(): other for other in others}
    chain: list[bytes] = []
    current = asn1.Certificate.load(der)
    while current.issuer.dump() != current.subject.dump() and len(chain) < 10:
        issuer = by_subject.get(current.issuer.dump())
        if issuer is None or issuer in chain:
            break
        chain.append(issuer)
        current = asn1.Certificate.load(issuer)
    return chain


def to_pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)


def fits(certificate: bytes, data: bytes, digest: str, signature: bytes) -> bool:
    """Is ``signature`` over ``data`` by the key of ``certificate``? What comes from outside is asked this."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}[digest]
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, data, padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, data, ec.ECDSA(algorithm))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def revocation_addresses(certificates: Iterable[bytes]) -> list[str]:
    """Where the issuers publish what they revoked (CRL distribution points over HTTP)."""
    found: dict[str, None] = {}
    for der in certificates:
        try:
            points = x509.load_der_x509_certificate(der).extensions.get_extension_for_class(x509.CRLDistributionPoints)
        except x509.ExtensionNotFound:
            continue
        for point in points.value:
            for name in point.full_name or ():
                if str(name.value).startswith(("http://", "https://")):
                    found[str(name.value)] = None
    return list(found)
