"""Certificates of our own: for trying out, and for tests. They prove nothing to anybody else."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


def new_key(algorithm: str = "ec256") -> PrivateKey:
    """``ec256``, ``ec384`` or ``rsa2048``, ``rsa3072`` …"""
    if algorithm.startswith("rsa"):
        return rsa.generate_private_key(65537, int(algorithm.removeprefix("rsa")))
    return ec.generate_private_key({"ec256": ec.SECP256R1(), "ec384": ec.SECP384R1()}[algorithm])


@dataclass(frozen=True, slots=True)
class Issued:
    certificate: x509.Certificate
    key: PrivateKey
    chain: tuple[x509.Certificate, ...]

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def pkcs12(self, password: str) -> bytes:
        """With few rounds: the passwords of what is made here are as random as keys, or are of tests."""
        protection = (
            serialization.PrivateFormat.PKCS12.encryption_builder()
            .kdf_rounds(1000)
            .key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
            .hmac_hash(hashes.SHA256())
            .build(password.encode())
        )
        return pkcs12.serialize_key_and_certificates(
            b"motcua", self.key, self.certificate, list(self.chain), protection
        )


@dataclass(frozen=True, slots=True)
class Authority:
    certificate: x509.Certificate
    key: PrivateKey

    @staticmethod
    def make(name: str, *, at: datetime, years: int = 10, algorithm: str = "ec256") -> "Authority":
        key = new_key(algorithm)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        built = (
            _builder(subject, subject, key, at, at + timedelta(days=365 * years))
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return Authority(built.sign(key, hashes.SHA256()), key)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(
        self,
        name: str,
        *,
        at: datetime,
        until: datetime,
        organisation: str = "",
        algorithm: str = "ec256",
        is_stamper: bool = False,
        may_sign: bool = True,
        key: PrivateKey | None = None,
        crl_url: str = "",
    ) -> Issued:
        """A certificate to sign documents with, or (``is_stamper``) to stamp times with."""
        mine = key or new_key(algorithm)
        words = [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN")]
        if organisation:
            words.append(_word(NameOID.ORGANIZATION_NAME, organisation))
        words.append(_word(NameOID.COMMON_NAME, name))
        built = (
            _builder(x509.Name(words), self.certificate.subject, mine, at, until)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False, signs=may_sign), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(mine.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        if is_stamper:
            built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        if crl_url:
            place = x509.DistributionPoint([x509.UniformResourceIdentifier(crl_url)], None, None, None)
            built = built.add_extension(x509.CRLDistributionPoints([place]), critical=False)
        return Issued(built.sign(self.key, hashes.SHA256()), mine, (self.certificate,))

    def revocations(self, *, at: datetime, serials: tuple[int, ...] = ()) -> bytes:
        """DER of a certificate revocation list."""
        built = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(at)
            .next_update(at + timedelta(days=7))
            .add_extension(x509.CRLNumber(1), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        for serial in serials:
            gone = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at).build()
            built = built.add_revoked_certificate(gone)
        return built.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _word(oid: x509.ObjectIdentifier, text: str) -> "x509.NameAttribute[str]":
    """At most 64 characters (X.520); the library would count bytes, and a Vietnamese letter has up to three."""
    return x509.NameAttribute(oid, text[:64], _validate=False)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, since: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )


def _usage(*, signs_certificates: bool, signs: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=not signs and not signs_certificates,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
