"""A signature in two halves: ``prepare`` leaves a hole and says what is to be signed, ``finish`` fills the hole.

Between them stands whoever holds the key: a file, a token, a telephone. So all three ways are one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from asn1crypto import cms, tsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, enumerate_sig_fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import ExternalSigner, PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko.sign.signers.pdf_signer import PdfTBSDocument
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation.dss import async_add_validation_info
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from motcua.lib.pdfsign.appearance import MM, Appearance, stamp_of
from motcua.lib.pdfsign.place import Place, UnsignableError
from motcua.lib.pdfsign.verifying import verify
from motcua.lib.pdfsign.waiting import answer_of

MOST_PAGES = 3000
_CMS_BYTES = 6144  # signature, attributes and their wrapping; certificates are added
_TOKEN_BYTES = 16384  # of a time stamp with its own certificates

RawSign = Callable[[bytes, str], bytes]
"""Data and digest name → signature."""
AskForTime = Callable[[bytes], bytes]
"""DER of a TimeStampReq → DER of a TimeStampResp (RFC 3161)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """``attributes`` is what is signed (hashed by ``digest``). May be kept until the signature comes."""

    pdf: bytes
    attributes: bytes
    digest: str  # sha256 | sha384 | sha512
    document_digest: bytes
    hole_start: int
    hole_end: int


def digest_for(certificate: bytes) -> str:
    """As strong as the key: P-384 asks for SHA-384, P-521 for SHA-512."""
    key = x509.Certificate.load(certificate).public_key
    if key.algorithm == "ec":
        return {384: "sha384", 521: "sha512"}.get(key.bit_size, "sha256")
    return "sha256"


def prepare(
    pdf: bytes,
    *,
    certificate: bytes,
    chain: Sequence[bytes],
    at: datetime,
    reason: str,
    appearance: Appearance | None = None,
    place: Place | None = None,
    fonts: Path | None = None,
    with_time: bool = False,
) -> Prepared:
    """The document with a hole for the signature of ``certificate``. Without a place the signature is not seen.

    ``with_time`` leaves room for a time stamp. Raises UnsignableError.
    """
    try:
        writer = IncrementalPdfFileWriter(BytesIO(pdf), strict=False)
        if writer.prev.encrypted:
            raise UnsignableError("encrypted")
        pages = int(writer.prev.root["/Pages"]["/Count"])
        if pages > MOST_PAGES:
            raise UnsignableError("pages")
        number = sum(1 for _field in enumerate_sig_fields(writer.prev)) + 1
        name = f"Signature{number}"
        field = _field(writer, name, place, pages) if place else SigFieldSpec(name)
        signer = _external(certificate, chain)
        digest = digest_for(certificate)
        style = stamp_of(appearance, fonts) if appearance and place and fonts else None
        session = PdfSigner(
            PdfSignatureMetadata(
                field_name=name, md_algorithm=digest, reason=reason or None, subfilter=SigSeedSubFilter.PADES
            ),
            signer,
            stamp_style=style,
            new_field_spec=field,
        ).init_signing_session(writer)
        session.system_time = at
        certificates = len(certificate) + sum(map(len, chain))
        room = _CMS_BYTES + certificates + (_TOKEN_BYTES if with_time else 0)
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=2 * room)
        hole, output = document.digest_tbs_document()
    except UnsignableError:
        raise
    except SigningError as error:
        raise UnsignableError("locked") from error
    except _BROKEN as error:
        raise UnsignableError("damaged") from error
    attributes = answer_of(signer.signed_attrs(hole.document_digest, digest, use_pades=True))
    output.seek(0)
    return Prepared(
        pdf=output.read(),
        attributes=attributes.dump(),
        digest=digest,
        document_digest=hole.document_digest,
        hole_start=hole.reserved_region_start,
        hole_end=hole.reserved_region_end,
    )


# What pyHanko raises on documents that are not what they say they are.
_BROKEN = (
    PdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OSError,
    RecursionError,
    OverflowError,
)


def finish(
    prepared: Prepared,
    signature: bytes,
    *,
    certificate: bytes,
    chain: Sequence[bytes],
    ask_for_time: AskForTime | None = None,
) -> bytes:
    """The signed document. With ``ask_for_time`` the signature carries a time stamp (PAdES-B-T); raises OSError when
    the authority refuses, or answers with something else."""
    signer = _external(certificate, chain, signature)
    message = answer_of(
        signer.async_sign_prescribed_attributes(
            prepared.digest,
            cms.CMSAttributes.load(prepared.attributes),
            timestamper=_Stamper(ask_for_time) if ask_for_time else None,
        )
    )
    output = BytesIO(prepared.pdf)
    PdfTBSDocument.resume_signing(
        output,
        PreparedByteRangeDigest(prepared.document_digest, prepared.hole_start, prepared.hole_end),
        message,
    )
    return output.getvalue()


def with_revocations(pdf: bytes, *, roots: Sequence[bytes], lists: Sequence[bytes], at: datetime) -> bytes | None:
    """The newest signature with what is needed to believe it after its certificate is gone (PAdES-B-LT): certificates
    and ``lists`` of what was revoked (DER). None when these do not suffice, or say that it was revoked."""
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    newest = max(reader.embedded_signatures, key=lambda one: one.signed_revision)
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(root) for root in roots],
        crls=list(lists),
        allow_fetching=False,
        revocation_mode="require",
        moment=at,
    )
    output = BytesIO()
    try:
        answer_of(async_add_validation_info(newest, context, output=output))
    except (ValidationError, SignatureValidationError, ValueError):
        return None
    lasting = output.getvalue()
    proved = next(one for one in verify(lasting, roots=roots, at=at).signatures if one.field == newest.field_name)
    return lasting if proved.is_good and proved.level in ("B-LT", "B-LTA") else None


def sign(
    pdf: bytes,
    raw_sign: RawSign,
    *,
    certificate: bytes,
    chain: Sequence[bytes],
    at: datetime,
    reason: str = "",
    appearance: Appearance | None = None,
    place: Place | None = None,
    fonts: Path | None = None,
    ask_for_time: AskForTime | None = None,
) -> bytes:
    """Both halves at once, with a key that answers at once."""
    prepared = prepare(
        pdf, certificate=certificate, chain=chain, at=at, reason=reason, appearance=appearance, place=place,
        fonts=fonts, with_time=ask_for_time is not None,
    )  # fmt: skip
    signature = raw_sign(prepared.attributes, prepared.digest)
    return finish(prepared, signature, certificate=certificate, chain=chain, ask_for_time=ask_for_time)


class _Stamper(TimeStamper):
    def __init__(self, ask: AskForTime) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._ask = ask

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return tsp.TimeStampResp.load(self._ask(req.dump()), strict=True)

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        try:
            return await super().async_timestamp(message_digest, md_algorithm)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise TimestampRequestError("the answer is no time stamp") from error


def _external(certificate: bytes, chain: Sequence[bytes], signature: bytes | None = None) -> ExternalSigner:
    parsed, store = _parsed(certificate, tuple(chain))
    return ExternalSigner(signing_cert=parsed, cert_registry=store, signature_value=signature)


@lru_cache(maxsize=64)  # parsing them anew costs more than the signature
def _parsed(certificate: bytes, chain: tuple[bytes, ...]) -> tuple[x509.Certificate, SimpleCertificateStore]:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(x509.Certificate.load(other) for other in chain)
    return x509.Certificate.load(certificate), store


# ── Places ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _field(writer: IncrementalPdfFileWriter, name: str, place: Place, pages: int) -> SigFieldSpec:
    index = place.page - 1 if place.page > 0 else pages + place.page
    if not 0 <= index < pages:
        raise UnsignableError("page")
    left, _bottom, right, top = _media_box(writer, index)
    x1 = min(left + place.x * MM, right - 1)
    y2 = top - place.y * MM
    box = (round(x1), round(y2 - place.height * MM), round(x1 + place.width * MM), round(y2))
    return SigFieldSpec(name, on_page=index, box=box)


def _media_box(handler: IncrementalPdfFileWriter | PdfFileReader, index: int) -> tuple[float, float, float, float]:
    page = handler.find_page_for_modification(index)[0].get_object()  # type: ignore[no-untyped-call]
    while "/MediaBox" not in page and "/Parent" in page:
        page = page["/Parent"]
    x1, y1, x2, y2 = (float(value) for value in page["/MediaBox"])
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def last_seen(pdf: bytes) -> Place | None:
    """Where the newest signature that can be seen stands; an agency's seal covers a part of the person's."""
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        found = [field.get_object() for _name, _value, field in enumerate_sig_fields(reader, filled_status=True)]
        pages = int(reader.root["/Pages"]["/Count"])
        for field in reversed(found):
            place = _place_of(reader, field, pages)
            if place is not None:
                return place
    except _BROKEN:
        return None
    return None


def _place_of(reader: PdfFileReader, field: generic.DictionaryObject, pages: int) -> Place | None:
    x1, y1, x2, y2 = (float(value) for value in field.get("/Rect", (0, 0, 0, 0)))
    if x2 - x1 < 1 or y2 - y1 < 1 or pages > MOST_PAGES:
        return None
    page = field.raw_get("/P").reference
    for index in range(pages):
        if reader.find_page_for_modification(index)[0].reference == page:  # type: ignore[no-untyped-call]
            left, _bottom, _right, top = _media_box(reader, index)
            return Place(index + 1, (x1 - left) / MM, (top - y2) / MM, (x2 - x1) / MM, (y2 - y1) / MM)
    return None
