"""Taking in files with real bytes: honest ones, broken ones, and ones that lie about what they are."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pytest_django import Settings

from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import (
    blur_regions,
    discard_file,
    keep_files,
    publish_file,
    store_file,
    sweep_files,
)
from motcua.kernel.files.kind import Purpose, Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import loose_files, open_content, store_name
from motcua.kernel.files.tests.pictures import BLUE, PDF, RED, SVG, exif, paper, picture, png_bomb
from motcua.kernel.identity.kind import ANONYMOUS, Actor
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.pictures import Region

pytestmark = pytest.mark.django_db

OFFICER = Actor(kind="officer", id=7, name="Trần Bình")


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    }


def store(body: bytes, *, name: str = "anh.jpg", purpose: Purpose = Purpose.PHOTO, actor: Actor = ANONYMOUS) -> File:
    return store_file(io.BytesIO(body), actor=actor, declared_name=name, purpose=purpose)


def refusal(body: bytes, *, name: str = "anh.jpg", purpose: Purpose = Purpose.PHOTO) -> Refused:
    """The refusal, after making sure that nothing was kept."""
    with pytest.raises(Refused) as caught:
        store(body, name=name, purpose=purpose)
    assert not File.objects.exists()
    assert not Event.objects.exists()
    assert kept_bytes() == set()
    return caught.value


def kept_bytes() -> set[str]:
    root = Path(default_storage.path(""))
    return {path.name for path in root.rglob("*") if path.is_file()}


def content(file: File, variant: Variant) -> bytes:
    with open_content(file, variant) as stream:
        return stream.read()


def near(one: object, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 16 for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]


# ── What comes in ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_works() -> None:
    body = picture(size=(2000, 1500), exif=exif(lat=11.9404, lon=108.4583, taken="2026:11:17 07:30:00"))
    file = File.objects.get(pk=store(body).pk)
    assert (file.type, file.width, file.height, file.size) == ("image/jpeg", 2000, 1500, len(body))
    assert bytes(file.sha256) == hashlib.sha256(body).digest()
    assert [file.lat, file.lon] == pytest.approx([11.9404, 108.4583])
    assert file.taken_at == datetime(2026, 11, 17, 0, 30, tzinfo=UTC)
    assert file.kept_at is None
    assert content(file, Variant.ORIGINAL) == body
    for variant, size in ((Variant.VIEW, (1600, 1200)), (Variant.THUMBNAIL, (480, 360))):
        with Image.open(io.BytesIO(content(file, variant))) as copy:
            assert (copy.format, copy.size) == ("WEBP", size)


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG", "HEIF"])
def test_copies_carry_no_metadata_at_all(form: str) -> None:
    secret = exif(lat=11.9404, lon=108.4583, taken="2026:11:17 07:30:00", orientation=1)
    options: dict[str, Any] = {"exif": secret, "xmp": b"<x:xmpmeta>nguyen</x:xmpmeta>"}
    file = store(picture(form, **(options if form != "PNG" else {"exif": secret})))
    assert file.lat == pytest.approx(11.9404)
    for variant in (Variant.VIEW, Variant.THUMBNAIL):
        body = content(file, variant)
        # The parts of a WebP are named chunks: only the picture itself is there.
        assert riff_chunks(body) == ["VP8 "]
        with Image.open(io.BytesIO(body)) as copy:
            assert not dict(copy.getexif())
            assert not {"exif", "xmp", "icc_profile"} & set(copy.info)


def riff_chunks(body: bytes) -> list[str]:
    names, at = [], 12
    while at + 8 <= len(body):
        names.append(body[at : at + 4].decode("ascii"))
        size = int.from_bytes(body[at + 4 : at + 8], "little")
        at += 8 + size + size % 2
    return names


def test_copies_stand_upright() -> None:
    file = store(picture(size=(400, 300), exif=exif(orientation=6)))
    assert (file.width, file.height) == (300, 400)
    with Image.open(io.BytesIO(content(file, Variant.VIEW))) as copy:
        assert copy.size == (300, 400)
        assert near(copy.getpixel((150, 30)), RED)
        assert near(copy.getpixel((150, 370)), BLUE)


@pytest.mark.slow
def test_photo_of_40_megapixels_is_taken() -> None:
    file = store(picture(size=(7304, 5478), quality=50))
    assert (file.width, file.height) == (7304, 5478)
    with Image.open(io.BytesIO(content(file, Variant.VIEW))) as copy:
        assert copy.size == (1600, 1200)


def test_svg_renamed_to_jpg_is_refused() -> None:
    error = refusal(SVG, name="den-hong.jpg")
    assert error.code == "unsupported_type"
    assert "den-hong.jpg" in error.message


@pytest.mark.parametrize(
    "body",
    [b"<!DOCTYPE html><script>alert(1)</script>", b"GIF89a" + bytes(20), b"MZ" + bytes(90), PDF, b"x", paper()],
    ids=["html", "gif", "exe", "pdf", "one byte", "docx"],
)
def test_what_is_no_photo_is_refused_as_photo(body: bytes) -> None:
    assert refusal(body).code == "unsupported_type"


def test_upload_that_was_cut_off_is_refused_kindly() -> None:
    body = picture(size=(800, 600))
    error = refusal(body[: len(body) // 2])
    assert error.code == "damaged"
    assert "gửi lại" in error.message


def test_picture_that_unpacks_to_gigabytes_is_refused_unread() -> None:
    body = png_bomb(40_000, 40_000)
    assert len(body) < 20_000
    assert refusal(body, name="a.png").code == "too_many_pixels"


def test_picture_above_the_pixel_limit_is_refused(settings: Settings) -> None:
    settings.PHOTO_MAX_MEGAPIXELS = 1
    error = refusal(picture(size=(1500, 1000)))
    assert error.code == "too_many_pixels"
    assert error.data == {"limit": 1}


def test_file_above_the_size_limit_is_not_read_to_its_end(settings: Settings) -> None:
    settings.PHOTO_MAX_BYTES = 100_000

    class Endless(io.BytesIO):
        given = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            self.given += size
            return b"\xff\xd8\xff" + bytes(size - 3)

    stream = Endless()
    with pytest.raises(Refused, match="too_large"):
        store_file(stream, actor=ANONYMOUS)
    assert stream.given < 200_000
    assert not File.objects.exists()


def test_empty_file_is_refused() -> None:
    assert refusal(b"").code == "empty"


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..\\..\\windows\\system.ini", "/abs/olute.jpg", "a\x00b.jpg", "a\r\nSet-Cookie: x.jpg"],
)
def test_names_of_senders_are_never_used(name: str) -> None:
    file = store(picture(), name=name)
    assert file.name.startswith("anh-")
    assert file.name.endswith(".jpg")
    assert kept_bytes() == {file.content_of(variant).hex() for variant in Variant}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("name", "shown"), [("../../etc/passwd", "passwd"), ("C:\\anh\\nha.jpg", "nha.jpg"), ("a\r\nb.jpg", "ab.jpg")]
)
def test_name_in_a_refusal_is_only_the_name(name: str, shown: str) -> None:
    assert f"“{shown}”" in refusal(b"x", name=name).message


def test_same_bytes_are_kept_once_for_two_senders() -> None:
    body = picture(size=(900, 600))
    first, second = store(body), store(body)
    assert first.pk != second.pk
    assert first.token != second.token
    assert len(kept_bytes()) == 3


def test_type_that_was_declared_does_not_count() -> None:
    assert store(picture("PNG"), name="giay.pdf").type == "image/png"


@pytest.mark.parametrize(
    ("body", "suffix"),
    [(PDF, ".pdf"), (paper(), ".docx"), (paper("xl/workbook.xml"), ".xlsx"), (picture(), ".jpg")],
    ids=["pdf", "docx", "xlsx", "photo"],
)
def test_papers_are_taken_as_papers(body: bytes, suffix: str) -> None:
    file = store(body, purpose=Purpose.DOCUMENT)
    assert file.name.endswith(suffix)
    assert file.is_picture == (suffix == ".jpg")
    assert content(file, Variant.ORIGINAL) == body


def test_half_a_pdf_is_refused() -> None:
    assert refusal(PDF[:20], purpose=Purpose.DOCUMENT).code == "damaged"


def test_zip_that_is_no_paper_is_refused() -> None:
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("a.exe", b"MZ")
    assert refusal(out.getvalue(), purpose=Purpose.DOCUMENT).code == "unsupported_type"


def test_paper_that_is_a_zip_bomb_is_refused() -> None:
    body = paper(extra={"word/media/a.bin": bytes(30_000_000)})
    assert len(body) < 40_000
    assert refusal(body, purpose=Purpose.DOCUMENT).code == "unsupported_type"


def test_paper_with_a_macro_is_refused() -> None:
    body = paper(extra={"word/vbaProject.bin": b"x"})
    assert refusal(body, purpose=Purpose.DOCUMENT).code == "unsupported_type"


def test_one_sender_cannot_fill_the_disk(settings: Settings) -> None:
    settings.FILES_PER_HOUR = 2
    for source in ("10.0.0.1", "10.0.0.1", "10.0.0.2"):
        store_file(io.BytesIO(picture()), actor=ANONYMOUS, source=source)
    with pytest.raises(Refused, match="too_many"):
        store_file(io.BytesIO(picture()), actor=ANONYMOUS, source="10.0.0.1")
    assert File.objects.count() == 3
    assert not File.objects.filter(uploaded_by__contains="10.0").exists()
    with moment.at(moment.now() + timedelta(hours=2)):
        store_file(io.BytesIO(picture()), actor=ANONYMOUS, source="10.0.0.1")


# ── What becomes of them ────────────────────────────────────────────────────────────────────────────────────────────


def test_case_takes_files_in_order_and_names_them() -> None:
    first, second = store(picture()), store(picture("PNG"))
    kept = keep_files([second.pk, first.pk], actor=OFFICER, code="PA-261117-0388", start=3)
    assert [file.name for file in kept] == ["PA-261117-0388-3.png", "PA-261117-0388-4.jpg"]
    assert kept[1].name_of(Variant.VIEW) == "PA-261117-0388-4.webp"
    assert {file.uploaded_by for file in File.objects.all()} == {"officer:7"}


def test_file_of_another_case_cannot_be_taken() -> None:
    taken, loose = store(picture()), store(picture("PNG"))
    keep_files([taken.pk], actor=OFFICER, code="PA-1")
    with pytest.raises(Refused, match="file_gone"):
        keep_files([loose.pk, taken.pk], actor=ANONYMOUS, code="PA-2")
    loose.refresh_from_db()
    assert loose.kept_at is None
    with pytest.raises(Refused, match="file_gone"):
        loose_files([loose.token, taken.token])
    assert [file.pk for file in loose_files([loose.token])] == [loose.pk]


def test_sender_discards_a_loose_file_only() -> None:
    taken, loose = store(picture()), store(picture())
    keep_files([taken.pk], actor=OFFICER, code="PA-1")
    discard_file(loose.token)
    with pytest.raises(Refused, match="not_found"):
        discard_file(taken.token)
    assert list(File.objects.all()) == [taken]


def test_paper_is_shown_to_strangers_only_once_published() -> None:
    file = store(PDF, purpose=Purpose.DOCUMENT)
    assert file.content_of(Variant.VIEW) is None
    published = publish_file(file.pk, actor=OFFICER)
    assert content(published, Variant.VIEW) == PDF


def test_faces_are_hidden_in_copies_but_not_in_the_original() -> None:
    noise = io.BytesIO()
    Image.effect_noise((800, 600), 120).convert("RGB").save(noise, "PNG")
    file = store(noise.getvalue())
    before = {variant: file.content_of(variant) for variant in Variant}
    old_address = file.view_url
    blur_regions(file.pk, [Region(0, 0, 0.5, 0.5)], actor=OFFICER)
    file = blur_regions(file.pk, [Region(0, 0, 0.5, 0.5), Region(0.5, 0.5, 0.5, 0.5)], actor=OFFICER)
    assert file.content_of(Variant.ORIGINAL) == before[Variant.ORIGINAL]
    assert file.content_of(Variant.THUMBNAIL) != before[Variant.THUMBNAIL]
    assert file.view_url != old_address
    with Image.open(io.BytesIO(content(file, Variant.VIEW))) as copy:
        assert spread(copy, (20, 20)) < 20
        assert spread(copy, (660, 460)) < 20
        assert spread(copy, (660, 40)) > 100
    events = list(Event.objects.order_by("id").values_list("name", "actor", "data"))
    assert events == [
        ("file.blurred", "officer:7", {"name": file.name, "count": 1}),
        ("file.blurred", "officer:7", {"name": file.name, "count": 2}),
    ]
    shown = blur_regions(file.pk, [], actor=OFFICER)
    assert {variant: shown.content_of(variant) for variant in Variant} == before


def test_hiding_the_same_again_is_no_event() -> None:
    file = store(picture())
    for _again in range(2):
        blur_regions(file.pk, [Region(0, 0, 0.5, 0.5)], actor=OFFICER)
    assert Event.objects.count() == 1


def spread(image: Image.Image, corner: tuple[int, int]) -> int:
    """Difference between the darkest and the lightest of 30 × 30 pixels."""
    low, high = image.convert("L").crop((*corner, corner[0] + 30, corner[1] + 30)).getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


@pytest.mark.parametrize("region", [Region(-0.1, 0, 0.2, 0.2), Region(0, 0, 0, 0.2), Region(0, 1.5, 0.2, 0.2)])
def test_region_outside_the_picture_changes_nothing(region: Region) -> None:
    file = store(picture())
    with pytest.raises(Refused, match="invalid"):
        blur_regions(file.pk, [region], actor=OFFICER)
    after = File.objects.get(pk=file.pk)
    assert after.content_of(Variant.VIEW) == file.content_of(Variant.VIEW)
    assert not Event.objects.exists()


def test_what_nobody_took_for_a_day_is_swept_away() -> None:
    loose, kept = store(picture()), store(picture("PNG"))
    keep_files([kept.pk], actor=OFFICER, code="PA-1")
    now = moment.now()
    with moment.at(now + timedelta(hours=23)):
        sweep_files()
    assert File.objects.filter(pk=loose.pk).exists()
    for turn in range(256):
        with moment.at(now + timedelta(hours=25 + turn)):
            sweep_files()
    assert list(File.objects.all()) == [kept]
    assert kept_bytes() == {kept.content_of(variant).hex() for variant in Variant}  # type: ignore[union-attr]


def test_bytes_shared_with_a_kept_file_stay() -> None:
    loose, kept = store(picture()), store(picture())
    keep_files([kept.pk], actor=OFFICER, code="PA-1")
    discard_file(loose.token)
    for turn in range(256):
        with moment.at(moment.now() + timedelta(hours=turn)):
            sweep_files()
    assert content(kept, Variant.ORIGINAL) == picture()


def test_file_is_whole_before_it_has_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("motcua.kernel.files.ports.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(picture())
    assert not File.objects.exists()
    assert kept_bytes() == set()


def test_store_need_not_be_a_folder(settings: Settings) -> None:
    """S3 and the like: nothing but Django's storage interface is used."""
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    body = picture(size=(900, 600))
    first, second = store(body), store(body)
    assert content(first, Variant.ORIGINAL) == body
    blur_regions(first.pk, [Region(0.4, 0.4, 0.2, 0.2)], actor=OFFICER)
    keep_files([second.pk], actor=OFFICER, code="PA-1")
    for turn in range(256):
        with moment.at(moment.now() + timedelta(hours=25 + turn)):
            sweep_files()
    assert list(File.objects.all()) == [second]
    _folders, _names = default_storage.listdir("")
    left = {name for folder in _folders for name in default_storage.listdir(folder)[1]}
    assert left == {second.content_of(variant).hex() for variant in Variant}  # type: ignore[union-attr]


def test_store_folder_is_for_its_owner_only() -> None:
    file = store(picture())
    path = Path(default_storage.path(store_name(bytes(file.sha256))))
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0
