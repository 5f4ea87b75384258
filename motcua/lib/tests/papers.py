"""Papers to sign, keys to sign them with, and what is done to papers afterwards."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import typst
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import serialization
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from motcua.lib.pdfsign.appearance import Appearance
from motcua.lib.pdfsign.authority import Authority, Issued
from motcua.lib.pdfsign.place import Place
from motcua.lib.pdfsign.signing import AskForTime, sign
from motcua.lib.pdfsign.software import SoftwareKey

NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # a Monday, 8 o'clock in Vietnam
FONTS = Path(__file__).parents[3] / "node_modules" / "@expo-google-fonts" / "tinos"
SEEN = Place(page=-1, x=110, y=200, width=70, height=25)


@cache
def paper(pages: int = 1) -> bytes:
    made = typst.compile(  # type: ignore[misc]  # one type stands for the text and for the folders
        "\n#pagebreak()\n".join(["= Quyết định\nCấp giấy phép xây dựng nhà ở."] * pages).encode(),
        font_paths=[FONTS],
        ignore_system_fonts=True,
    )
    assert isinstance(made, bytes)
    return made


@cache
def authority(name: str = "CA Thử Nghiệm", algorithm: str = "ec256") -> Authority:
    return Authority.make(name, at=NOW - timedelta(days=365), algorithm=algorithm)


@cache
def issued(algorithm: str = "ec256", name: str = "Lê Văn Minh") -> Issued:
    return authority().issue(
        name, organisation="UBND Phường Một", algorithm=algorithm,
        at=NOW - timedelta(days=30), until=NOW + timedelta(days=335),
    )  # fmt: skip


def key_of(one: Issued) -> SoftwareKey:
    return SoftwareKey.open(one.pkcs12("mat-khau"), "mat-khau")


def look(*lines: str, kind: str = "person") -> Appearance:
    return Appearance(kind, lines or ("Ký bởi: Lê Văn Minh", "Thời gian ký: 16/11/2026 08:00:00 +07:00"), 70, 25)


def signed(
    pdf: bytes | None = None,
    one: Issued | None = None,
    *,
    at: datetime = NOW,
    place: Place | None = SEEN,
    appearance: Appearance | None = None,
    ask_for_time: AskForTime | None = None,
) -> bytes:
    key = key_of(one or issued())
    return sign(
        pdf or paper(), key.sign, certificate=key.certificate, chain=key.chain, at=at, reason="Phê duyệt",
        appearance=appearance or look(), place=place, fonts=FONTS, ask_for_time=ask_for_time,
    )  # fmt: skip


@cache
def stamper() -> Issued:
    return authority().issue(
        "Dấu thời gian thử", algorithm="rsa2048", is_stamper=True,
        at=NOW - timedelta(days=30), until=NOW + timedelta(days=3650),
    )  # fmt: skip


def _stamps(at: datetime) -> DummyTimeStamper:
    one = stamper()
    key = one.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return DummyTimeStamper(
        asn1.Certificate.load(one.der),
        load_private_key_from_pemder_data(key, None),
        certs_to_embed=[asn1.Certificate.load(authority().der)],  # type: ignore[arg-type]  # it makes a list of it
        fixed_dt=at,
    )


def time_stamped(pdf: bytes) -> bytes:
    """With a time stamp of the whole document: anybody gets one, of whatever they like."""
    output = BytesIO()
    PdfTimeStamper(_stamps(NOW)).timestamp_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), "sha256", output=output)
    return output.getvalue()


def time_authority(at: datetime = NOW) -> Callable[[bytes], bytes]:
    """An RFC 3161 authority: DER of the question → DER of the answer."""
    authority = _stamps(at)

    def answer(question: bytes) -> bytes:
        made: bytes = authority.request_tsa_response(tsp.TimeStampReq.load(question)).dump()
        return made

    return answer


def with_drawing(pdf: bytes) -> bytes:
    """Somebody draws over the first page after it was signed."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    drawn = writer.add_object(generic.StreamObject(stream_data=b"1 0 0 rg 50 50 400 200 re f"))
    writer.add_stream_to_page(0, drawn)  # type: ignore[no-untyped-call]
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _box(drawn: bytes) -> generic.StreamObject:
    """A small picture, as fields show it."""
    return generic.StreamObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/XObject"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/Form"),
            generic.pdf_name("/BBox"): _numbers(0, 0, 200, 20),
        },
        stream_data=drawn,
    )


def _numbers(*parts: int) -> generic.ArrayObject:
    return generic.ArrayObject([generic.NumberObject(part) for part in parts])  # type: ignore[no-untyped-call]


def with_field(pdf: bytes) -> bytes:
    """With a field to fill in: how much."""
    writer, name = IncrementalPdfFileWriter(BytesIO(pdf)), generic.pdf_name
    field = writer.add_object(
        generic.DictionaryObject({  # type: ignore[no-untyped-call]
            name("/Type"): name("/Annot"), name("/Subtype"): name("/Widget"), name("/FT"): name("/Tx"),
            name("/T"): generic.TextStringObject("so-tien"), name("/V"): generic.TextStringObject(""),
            name("/Rect"): _numbers(50, 500, 250, 520), name("/F"): generic.NumberObject(4),  # type: ignore[no-untyped-call]
            name("/AP"): generic.DictionaryObject({name("/N"): writer.add_object(_box(b""))}),  # type: ignore[no-untyped-call]
        })
    )  # fmt: skip
    page, _resources = writer.find_page_for_modification(0)  # type: ignore[no-untyped-call]
    page.get_object()["/Annots"] = generic.ArrayObject([field])
    writer.mark_update(page)
    fields = generic.DictionaryObject({name("/Fields"): generic.ArrayObject([field])})  # type: ignore[no-untyped-call]
    writer.root["/AcroForm"] = writer.add_object(fields)
    writer.update_root()  # type: ignore[no-untyped-call]
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def filled_in(pdf: bytes) -> bytes:
    """Somebody fills in the field, with a picture of what they like."""
    writer, name = IncrementalPdfFileWriter(BytesIO(pdf)), generic.pdf_name
    field = writer.root["/AcroForm"]["/Fields"][0]
    field["/V"] = generic.TextStringObject("1.000.000.000")
    drawn = writer.add_object(_box(b"1 0 0 rg 0 0 200 20 re f"))
    field["/AP"] = generic.DictionaryObject({name("/N"): drawn})  # type: ignore[no-untyped-call]
    writer.mark_update(writer.root["/AcroForm"]["/Fields"].raw_get(0))
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def with_another_look(pdf: bytes) -> bytes:
    """Somebody exchanges what the signature shows: the widget gets another appearance."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    field = writer.root["/AcroForm"]["/Fields"][0]
    other = _box(b"1 0 0 rg 0 0 200 20 re f")
    field["/AP"] = generic.DictionaryObject({generic.pdf_name("/N"): writer.add_object(other)})  # type: ignore[no-untyped-call]
    writer.mark_update(writer.root["/AcroForm"]["/Fields"].raw_get(0))
    output = BytesIO()
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()
