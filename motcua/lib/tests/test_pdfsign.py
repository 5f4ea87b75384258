import contextlib
import re
import shutil
import subprocess
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from motcua.lib.pdfsign.apart import verify_apart
from motcua.lib.pdfsign.certificates import facts_of, read_certificates
from motcua.lib.pdfsign.findings import UnreadableError, Verification
from motcua.lib.pdfsign.place import Place, UnsignableError
from motcua.lib.pdfsign.signing import finish, last_seen, prepare
from motcua.lib.pdfsign.software import SoftwareKey
from motcua.lib.pdfsign.verifying import verify
from motcua.lib.tests.papers import (
    FONTS,
    NOW,
    SEEN,
    authority,
    filled_in,
    issued,
    key_of,
    look,
    paper,
    signed,
    stamper,
    time_authority,
    time_stamped,
    with_another_look,
    with_drawing,
    with_field,
)

needs_fonts = pytest.mark.skipif(not FONTS.is_dir(), reason="Tinos is not installed (`make setup`)")
pytestmark = needs_fonts


def checked(pdf: bytes, *, days: int = 0) -> Verification:
    return verify(pdf, roots=[authority().der], at=NOW + timedelta(days=days, minutes=1))


@pytest.mark.parametrize("algorithm", ["ec256", "ec384", "rsa2048"])
def test_it_works(algorithm: str) -> None:
    one = checked(signed(one=issued(algorithm)))
    (found,) = one.signatures
    assert one.verdict == "good"
    assert (found.signer, found.organisation, found.issuer) == ("Lê Văn Minh", "UBND Phường Một", "CA Thử Nghiệm")
    assert (found.level, found.changes, found.covers_whole_file, found.reason) == ("B-B", "none", True, "Phê duyệt")
    assert found.claimed_at == NOW
    assert found.stamped_at is None


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="no pdfsig here (package poppler-utils)")
@pytest.mark.parametrize("algorithm", ["ec256", "rsa2048"])
def test_pdfsig_agrees(tmp_path: Path, algorithm: str) -> None:
    def says(pdf: bytes) -> str:
        file = tmp_path / "a.pdf"
        file.write_bytes(pdf)
        return subprocess.run(
            [shutil.which("pdfsig") or "", "-nocert", str(file)], capture_output=True, text=True, check=False
        ).stdout

    twice = signed(signed(one=issued(algorithm)), issued("ec256", "UBND Phường Một"), ask_for_time=time_authority())
    assert says(twice).count("Signature is Valid.") == 2
    assert "Digest Mismatch" in says(changed(signed(one=issued(algorithm))))


def changed(pdf: bytes) -> bytes:
    """One byte of the text's stream is another one."""
    at = pdf.index(b"stream\n") + 60
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_a_changed_byte_is_broken() -> None:
    one = checked(changed(signed()))
    assert one.verdict == "broken"
    assert one.signatures[0].trust == "broken"
    assert not one.signatures[0].is_trusted


def test_every_byte_counts_but_the_signature_s_own() -> None:
    """A changed byte anywhere outside the hole never leaves a good signature."""
    pdf = signed(place=None)
    start, _length, end, _rest = (int(part) for part in re.search(rb"/ByteRange \[([\d ]+)\]", pdf)[1].split())  # type: ignore[index]
    assert start == 0
    for at in [*range(20, _length, 997), *range(end + 1, len(pdf) - 8, 97)]:
        try:
            verdict = checked(pdf[:at] + bytes([pdf[at] ^ 4]) + pdf[at + 1 :]).verdict
        except UnreadableError:
            continue
        assert verdict != "good", at


def test_the_agency_signs_after_the_person() -> None:
    one = checked(signed(signed(), issued("ec256", "UBND Phường Một"), place=replace(SEEN, x=80)))
    assert one.verdict == "good"
    assert [(found.signer, found.changes, found.covers_whole_file) for found in one.signatures] == [
        ("Lê Văn Minh", "allowed", False),
        ("UBND Phường Một", "none", True),
    ]


@pytest.mark.parametrize("meddle", [with_drawing, with_another_look])
def test_what_was_added_after_signing_is_named(meddle: Callable[[bytes], bytes]) -> None:
    one = checked(meddle(signed()))
    (found,) = one.signatures
    assert one.verdict == "broken"
    assert found.is_intact  # the signed part is as it was …
    assert found.changes == "forbidden"  # … but it is no longer all
    assert found.changes_said
    assert not found.covers_whole_file


def test_an_unknown_authority_is_not_believed() -> None:
    stranger = authority("CA Lạ").issue("Kẻ lạ", at=NOW - timedelta(days=1), until=NOW + timedelta(days=1))
    one = checked(signed(one=stranger))
    assert one.verdict == "doubtful"
    assert (one.signatures[0].trust, one.signatures[0].is_intact) == ("unknown", True)


def test_an_impostor_with_the_same_name_is_not_believed() -> None:
    impostor = authority("CA Thử Nghiệm", "ec384").issue("Lê Văn Minh", at=NOW, until=NOW + timedelta(days=9))
    assert checked(signed(one=impostor)).verdict == "doubtful"


def test_an_expired_certificate_is_said_plainly() -> None:
    one = checked(signed(), days=700).signatures[0]
    assert (one.trust, one.is_trusted, one.was_valid_when_claimed) == ("expired", False, True)


def test_a_time_stamp_outlives_the_certificate() -> None:
    pdf = signed(ask_for_time=time_authority())
    one = checked(pdf)
    assert (one.signatures[0].level, one.signatures[0].stamped_by) == ("B-T", "Dấu thời gian thử")
    later = checked(pdf, days=700).signatures[0]
    assert (later.trust, later.is_trusted, later.stamped_at) == ("trusted", True, NOW)


def test_a_certificate_that_was_not_valid_yet() -> None:
    early = authority().issue("Sớm", at=NOW + timedelta(days=5), until=NOW + timedelta(days=9))
    assert checked(signed(one=early)).signatures[0].trust == "not_yet"


def test_a_certificate_for_something_else_is_unfit() -> None:
    web_site = authority().issue("may-chu.example.vn", at=NOW, until=NOW + timedelta(days=9), may_sign=False)
    assert checked(signed(one=web_site)).signatures[0].trust == "unfit"


def test_a_certificate_of_a_time_authority_signs_no_documents() -> None:
    one = checked(signed(one=stamper()))
    assert one.verdict == "doubtful"
    assert (one.signatures[0].trust, one.signatures[0].is_trusted) == ("unfit", False)


def test_a_time_stamp_is_nobodys_signature() -> None:
    """Anybody gets one for whatever they wrote."""
    one = checked(time_stamped(paper()))
    assert (one.verdict, [found.kind for found in one.signatures]) == ("none", ["timestamp"])
    assert checked(changed(time_stamped(paper()))).verdict == "broken"
    assert checked(time_stamped(signed())).verdict == "good"


def test_fields_that_were_filled_in_after_signing_are_named() -> None:
    pdf = signed(with_field(paper()))
    assert checked(pdf).verdict == "good"
    one = checked(filled_in(pdf))
    assert one.verdict == "doubtful"
    assert (one.signatures[0].changes, one.signatures[0].is_intact, one.signatures[0].is_good) == (
        "filled", True, False,
    )  # fmt: skip
    assert checked(signed(pdf, issued("ec256", "UBND Phường Một"), place=replace(SEEN, x=80))).verdict == "good"


def test_test_roots_are_called_a_test() -> None:
    one = verify(signed(), roots=[], test_roots=[authority().der], at=NOW)
    assert one.verdict == "test"
    assert one.signatures[0].is_test


def test_without_signatures() -> None:
    one = checked(paper())
    assert (one.verdict, one.pages, one.signatures) == ("none", 1, ())


def bomb() -> bytes:
    """4 kB that unpack to 20 MB of objects."""
    squeezed = zlib.compress(b"0 0 " + b" " * (20 * 2**20), 9)
    body = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 3 0 R>>endobj\n"
    at = len(body)
    body += b"2 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(squeezed)
    body += squeezed + b"\nendstream endobj\n"
    table = len(body)
    rows = b"".join([b"\0\0\0\0\0", b"\1\0\0\0\t"[:1] + (9).to_bytes(3, "big") + b"\0",
                     b"\1" + at.to_bytes(3, "big") + b"\0", b"\2" + (2).to_bytes(3, "big") + b"\0"])  # fmt: skip
    body += b"4 0 obj<</Type/XRef/Size 4/W[1 3 1]/Root 1 0 R/Length %d>>stream\n" % len(rows)
    return body + rows + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % table


@pytest.mark.parametrize(("pdf", "code"), [
    (b"", "no_pdf"), (b"PK\x03\x04 a zip", "no_pdf"), (b"%PDF-1.7\n", "damaged"), (b"%PDF-1.7\n%%EOF", "damaged"),
    (b"%PDF-1.7\n" + b"<" * 100_000, "damaged"), (b"%PDF-1.7\n" + b"[" * 100_000 + b"\nstartxref\n9\n%%EOF", "damaged"),
])  # fmt: skip
def test_what_is_no_document_is_said(pdf: bytes, code: str) -> None:
    with pytest.raises(UnreadableError) as error:
        checked(pdf)
    assert error.value.args == (code,)


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(UnreadableError) as error:
        checked(bomb())
    assert error.value.args == ("bomb",)


def test_cut_documents_never_pass() -> None:
    pdf = signed()
    for length in range(0, len(pdf) - 2, len(pdf) // 60):
        with contextlib.suppress(UnreadableError):
            assert checked(pdf[:length]).verdict in ("none", "broken", "doubtful"), length


# ── Signing ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_two_halves_may_lie_apart() -> None:
    key = key_of(issued())
    held = prepare(
        paper(), certificate=key.certificate, chain=key.chain, at=NOW, reason="", appearance=look(), place=SEEN,
        fonts=FONTS,
    )  # fmt: skip
    assert checked(held.pdf).verdict == "doubtful"  # a hole is no signature
    pdf = finish(held, key.sign(held.attributes, held.digest), certificate=key.certificate, chain=key.chain)
    assert checked(pdf).verdict == "good"


def test_a_foreign_signature_in_the_hole_is_broken() -> None:
    key, other = key_of(issued()), key_of(issued("ec256", "Người khác"))
    held = prepare(paper(), certificate=key.certificate, chain=key.chain, at=NOW, reason="")
    pdf = finish(held, other.sign(held.attributes, held.digest), certificate=key.certificate, chain=key.chain)
    assert checked(pdf).verdict == "broken"


def test_where_it_is_seen() -> None:
    pdf = signed(paper(3), place=Place(page=2, x=20, y=30, width=40, height=40))
    found = last_seen(pdf)
    assert found is not None
    assert (found.page, round(found.x), round(found.y), round(found.width)) == (2, 20, 30, 40)
    assert last_seen(signed(place=None)) is None


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="no pdftotext here (package poppler-utils)")
def test_what_is_seen_is_vietnamese_text(tmp_path: Path) -> None:
    file = tmp_path / "a.pdf"
    file.write_bytes(signed(appearance=replace(look("Ký bởi: Nguyễn Thị Diễm Quỳnh"), test="CHỮ KÝ THỬ NGHIỆM")))
    text = subprocess.run(
        [shutil.which("pdftotext") or "", str(file), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Ký bởi: Nguyễn Thị Diễm Quỳnh" in text
    assert "CHỮ KÝ THỬ NGHIỆM" in text


@pytest.mark.parametrize(("pdf", "place", "code"), [
    (b"no pdf", SEEN, "damaged"), (paper()[:2000], SEEN, "damaged"), (paper(), replace(SEEN, page=2), "page"),
])  # fmt: skip
def test_what_cannot_be_signed_is_refused(pdf: bytes, place: Place, code: str) -> None:
    with pytest.raises(UnsignableError) as error:
        signed(pdf, place=place)
    assert error.value.args == (code,)


# ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("file", "password", "code"), [
    (b"no key", "mat-khau", "password"), (issued().pkcs12("mat-khau"), "sai", "password"),
])  # fmt: skip
def test_a_key_that_does_not_open(file: bytes, password: str, code: str) -> None:
    with pytest.raises(ValueError, match=code):
        SoftwareKey.open(file, password)


def test_what_a_certificate_says() -> None:
    facts = facts_of(issued().der)
    assert (facts.name, facts.algorithm, facts.is_authority) == ("Lê Văn Minh", "EC secp256r1", False)
    assert facts_of(authority().der).is_authority
    assert read_certificates(authority().pem + issued().pem) == [authority().der, issued().der]
    with pytest.raises(ValueError, match="parsing"):
        read_certificates(b"nothing")


# ── Apart ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_apart_says_the_same() -> None:
    pdf, roots = signed(ask_for_time=time_authority()), [authority().der]
    assert verify_apart(pdf, roots=roots, at=NOW) == verify(pdf, roots=roots, at=NOW)
    with pytest.raises(UnreadableError, match="no_pdf"):
        verify_apart(b"no pdf", roots=roots, at=NOW)


def test_apart_what_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("motcua.lib.pdfsign.apart.SECONDS", 0.01)
    with pytest.raises(UnreadableError, match="heavy"):
        verify_apart(signed(), roots=[], at=NOW)
