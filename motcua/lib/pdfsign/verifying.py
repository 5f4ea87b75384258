"""What the signatures of a PDF prove. The document is distrusted: nothing is fetched, what is decoded is bounded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import (
    DEFAULT_DIFF_POLICY,
    DiffResult,
    FormUpdatingRule,
    ModificationLevel,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
)
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import (
    DocumentSecurityStore,
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    async_validate_pdf_signature,
    async_validate_pdf_timestamp,
)
from pyhanko.sign.validation.errors import SignatureValidationError, ValidationInfoReadingError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import ModificationInfo
from pyhanko_certvalidator import ValidationContext

from motcua.lib.pdfsign.certificates import Facts, facts_of
from motcua.lib.pdfsign.findings import Signature, UnreadableError, Verification
from motcua.lib.pdfsign.waiting import answer_of

MOST_SIGNATURES = 50
MOST_REVISIONS = 200
MOST_PAGES = 3000
# Certificates of persons and agencies carry one or both (RFC 5280 §4.2.1.3).
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
# What certificates of web sites, time stamps and programs are for; theirs carry these uses of the key as well.
_OF_MACHINES = frozenset({"server_auth", "time_stamping", "ocsp_signing", "code_signing"})
# pyHanko's own policy without the rule by which fields may be filled in.
_SIGNATURES_ALONE = StandardDiffPolicy(
    global_rules=DEFAULT_DIFF_POLICY.global_rules,
    form_rule=FormUpdatingRule(
        field_rules=[SigFieldCreationRule(), SigFieldModificationRule()]  # type: ignore[no-untyped-call]
    ),
)


def verify(pdf: bytes, *, roots: Sequence[bytes], test_roots: Sequence[bytes] = (), at: datetime) -> Verification:
    """Every signature of the document, oldest first. ``roots``: DER of those who are believed; ``test_roots`` are
    believed as well, and what leads to them is called a test. Raises UnreadableError."""
    if b"%PDF-" not in pdf[:1024]:
        raise UnreadableError("no_pdf")
    try:
        return _verify(pdf, [*roots, *test_roots], {x509.Certificate.load(root).sha256 for root in test_roots}, at)
    except PdfDecodeLimitError as error:
        raise UnreadableError("bomb") from error
    except UnreadableError:
        raise
    except _BROKEN as error:
        raise UnreadableError("damaged") from error


_BROKEN = (
    PdfError, SignatureValidationError, ValidationInfoReadingError, ValueError, KeyError, TypeError, AttributeError,
    IndexError, AssertionError, NotImplementedError, OSError, RecursionError, OverflowError, MemoryError,
)  # fmt: skip


def _verify(pdf: bytes, roots: Sequence[bytes], tests: set[bytes], at: datetime) -> Verification:
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    if reader.encrypted:
        raise UnreadableError("encrypted")
    if reader.xrefs.total_revisions > MOST_REVISIONS:
        raise UnreadableError("too_many")
    pages = int(reader.root["/Pages"]["/Count"])
    if not 0 <= pages <= MOST_PAGES:
        raise UnreadableError("too_many")
    found = list(_found(reader))
    stamps = [one for one in found if isinstance(one, EmbeddedPdfSignature) and one.sig_object_type == "/DocTimeStamp"]
    house = _House(reader, roots, tests, at, has_archive_stamp=bool(stamps))
    return Verification(tuple(house.judge(one) for one in found), pages)


def _found(reader: PdfFileReader) -> Iterator[EmbeddedPdfSignature | str]:
    """In the order of signing; what cannot be read by its field's name alone."""
    read: list[EmbeddedPdfSignature] = []
    unread: list[str] = []
    for number, (name, _value, field_) in enumerate(enumerate_sig_fields(reader, filled_status=True)):
        if number >= MOST_SIGNATURES:
            raise UnreadableError("too_many")
        try:
            read.append(EmbeddedPdfSignature(reader, field_, name))
        except _BROKEN:
            unread.append(str(name))
    yield from sorted(read, key=lambda one: one.signed_revision)
    yield from unread


@dataclass(frozen=True, slots=True)
class _House:
    reader: PdfFileReader
    roots: Sequence[bytes]
    tests: set[bytes]
    at: datetime
    has_archive_stamp: bool

    def judge(self, one: EmbeddedPdfSignature | str) -> Signature:
        if isinstance(one, str):
            return _unknown(one)
        try:
            if one.sig_object_type == "/DocTimeStamp":
                return self._stamp(one)
            return self._signature(one)
        except PdfDecodeLimitError:
            raise
        except _BROKEN:
            return _unknown(one.field_name, one)

    def _context(self, at: datetime) -> ValidationContext:
        return ValidationContext(
            trust_roots=[x509.Certificate.load(root) for root in self.roots],
            allow_fetching=False,
            moment=at,
            best_signature_time=at,
            revocation_mode="soft-fail",
            retroactive_revinfo=True,
            **self._revocations(),
        )

    def _revocations(self) -> dict[str, Any]:
        try:
            store = DocumentSecurityStore.read_dss(self.reader)
        except (*_BROKEN,):
            return {}
        return {
            "crls": [ref.get_object().data for ref in store.crls],
            "ocsps": [ref.get_object().data for ref in store.ocsps],
            "other_certs": list(store.load_certs()),
        }

    def _validated(self, one: EmbeddedPdfSignature, at: datetime) -> PdfSignatureStatus:
        return answer_of(
            async_validate_pdf_signature(
                one, self._context(at), ts_validation_context=self._context(self.at), key_usage_settings=_USAGE
            )
        )

    def _signature(self, one: EmbeddedPdfSignature) -> Signature:
        status = self._validated(one, self.at)
        claimed = one.self_reported_timestamp
        claimed = claimed.replace(tzinfo=UTC) if claimed and claimed.tzinfo is None else claimed
        stamp = status.timestamp_validity
        stamped = stamp.timestamp if stamp and stamp.intact and stamp.valid and stamp.trusted else None
        trusted = status
        if not status.trusted and stamped:
            trusted = self._validated(one, stamped)
        was_valid = trusted.trusted or bool(claimed and claimed < self.at and self._validated(one, claimed).trusted)
        facts = facts_of(one.signer_cert.dump())
        path = trusted.validation_path
        is_trusted = trusted.trusted and _is_for_documents(one.signer_cert)
        root = path.first.sha256 if path is not None and is_trusted else b""
        intact = status.intact and status.valid
        return Signature(
            field=one.field_name,
            kind="signature",
            **_named(facts),
            root=root,
            claimed_at=claimed,
            stamped_at=stamped,
            stamped_by=facts_of(stamp.signing_cert.dump()).name if stamp and stamped else "",
            reason=str(one.sig_object.get("/Reason", ""))[:300],
            level=self._level(one, stamped),
            is_intact=intact,
            is_trusted=intact and is_trusted,
            trust="broken" if not intact else "trusted" if is_trusted else _trouble(trusted, facts, self.at),
            was_valid_when_claimed=was_valid,
            covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            changes=_changes(one, status, is_allowed=status.docmdp_ok is not False),
            changes_said=str(status.diff_result)[:300] if isinstance(status.diff_result, Exception) else "",
            is_test=root in self.tests,
        )

    def _level(self, one: EmbeddedPdfSignature, stamped: datetime | None) -> str:
        if one.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
            return ""
        if stamped is None:
            return "B-B"
        revocations = self._revocations()
        if not (revocations.get("crls") or revocations.get("ocsps")):
            return "B-T"
        return "B-LTA" if self.has_archive_stamp else "B-LT"

    def _stamp(self, one: EmbeddedPdfSignature) -> Signature:
        status = answer_of(async_validate_pdf_timestamp(one, self._context(self.at)))
        facts = facts_of(one.signer_cert.dump())
        intact = status.intact and status.valid
        root = status.validation_path.first.sha256 if status.validation_path is not None and status.trusted else b""
        return Signature(
            field=one.field_name,
            kind="timestamp",
            **_named(facts),
            root=root,
            claimed_at=None,
            stamped_at=status.timestamp,
            stamped_by=facts.name,
            reason="",
            level="",
            is_intact=intact,
            is_trusted=intact and status.trusted,
            trust="broken" if not intact else "trusted" if status.trusted else _trouble(status, facts, self.at),
            was_valid_when_claimed=status.trusted,
            covers_whole_file=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
            changes=_changes(one, status, is_allowed=True),
            changes_said=str(status.diff_result)[:300] if isinstance(status.diff_result, Exception) else "",
            is_test=root in self.tests,
        )


def _named(facts: Facts) -> dict[str, Any]:
    return {
        "signer": facts.name,
        "organisation": facts.organisation,
        "issuer": facts.issuer,
        "serial": facts.serial,
        "valid_from": facts.valid_from,
        "valid_to": facts.valid_to,
    }


def _unknown(name: str, one: EmbeddedPdfSignature | None = None) -> Signature:
    return Signature(
        field=name, kind="unknown", signer="", organisation="", issuer="", serial="", root=b"", valid_from=None,
        valid_to=None, claimed_at=None, stamped_at=None, stamped_by="", reason="", level="", is_intact=False,
        is_trusted=False, trust="broken", was_valid_when_claimed=False, covers_whole_file=False, changes="none",
        changes_said="",
    )  # fmt: skip


_TROUBLES = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: "unknown",
    AdESIndeterminate.OUT_OF_BOUNDS_NO_POE: "expired",
    AdESIndeterminate.OUT_OF_BOUNDS_NOT_REVOKED: "expired",
    AdESIndeterminate.EXPIRED: "expired",
    AdESIndeterminate.NOT_YET_VALID: "not_yet",
    AdESIndeterminate.REVOKED_NO_POE: "revoked",
    AdESIndeterminate.REVOKED_CA_NO_POE: "revoked",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "unfit",
    AdESIndeterminate.SIG_CONSTRAINTS_FAILURE: "unfit",
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE: "weak",
    AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE: "weak",
}


def _trouble(status: Any, facts: Facts, at: datetime) -> str:
    if status.trusted:
        return "unfit"
    if status.revoked:
        return "revoked"
    if at < facts.valid_from:
        return "not_yet"
    return _TROUBLES.get(status.trust_problem_indic, "unknown")


def _is_for_documents(certificate: x509.Certificate) -> bool:
    """Not for a web site, a time stamp or a program alone."""
    usage = certificate.extended_key_usage_value
    uses = set(usage.native) if usage is not None else set()
    return not uses & _OF_MACHINES or bool(uses - _OF_MACHINES - {"client_auth"})


def _changes(one: EmbeddedPdfSignature, status: ModificationInfo, *, is_allowed: bool) -> str:
    if status.modification_level == ModificationLevel.NONE:
        return "none"
    if status.modification_level == ModificationLevel.LTA_UPDATES and is_allowed:
        return "allowed"
    if status.modification_level != ModificationLevel.FORM_FILLING or not is_allowed:
        return "forbidden"
    return "allowed" if isinstance(one.evaluate_modifications(_SIGNATURES_ALONE), DiffResult) else "filled"
