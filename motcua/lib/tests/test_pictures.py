"""Opening photographs: what is read, what is turned, what is refused."""

import io
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import ExifTags, Image

from motcua.lib.pictures import DamagedError, Picture, Region, TooLargeError, hide, read, webp

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
RED, BLUE = (200, 30, 30), (30, 30, 200)


def jpeg(size: tuple[int, int] = (400, 300), exif: Image.Exif | None = None, form: str = "JPEG") -> bytes:
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    out = io.BytesIO()
    image.save(out, form, **({} if exif is None else {"exif": exif}))
    return out.getvalue()


def opened(body: bytes, form: str = "JPEG", megapixels: int = 50) -> Picture:
    return read(io.BytesIO(body), form=form, megapixels=megapixels, zone=HERE)


def near(one: object, other: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 16 for a, b in zip(one, other, strict=True))  # type: ignore[call-overload]


def tags(**details: str) -> Image.Exif:
    exif = Image.Exif()
    part = exif.get_ifd(ExifTags.IFD.Exif)
    for name, value in details.items():
        part[ExifTags.Base[name]] = value
    return exif


def test_large_picture_comes_out_small_and_says_how_large_it_was() -> None:
    found = opened(jpeg((2400, 1200)))
    assert (found.width, found.height) == (2400, 1200)
    assert found.image.size == (1600, 800)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_kind_of_camera_picture_is_read(form: str) -> None:
    found = opened(jpeg(form=form), form)
    assert found.image.mode == "RGB"
    assert near(found.image.getpixel((20, 150)), RED)
    assert near(found.image.getpixel((380, 150)), BLUE)


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_orientation_is_applied_and_size_told_upright(form: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was held on its side: turn right
    found = opened(jpeg((400, 300), exif, form), form)
    assert (found.width, found.height) == (300, 400)
    assert found.image.size == (300, 400)
    assert near(found.image.getpixel((150, 20)), RED)
    assert near(found.image.getpixel((150, 380)), BLUE)


def test_time_of_cameras_without_a_zone_is_local() -> None:
    found = opened(jpeg(exif=tags(DateTimeOriginal="2026:11:17 07:30:00")))
    assert found.taken_at == datetime(2026, 11, 17, 0, 30, tzinfo=UTC)


def test_time_of_cameras_with_a_zone_is_theirs() -> None:
    found = opened(jpeg(exif=tags(DateTimeOriginal="2026:11:17 07:30:00", OffsetTimeOriginal="+00:00")))
    assert found.taken_at == datetime(2026, 11, 17, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["1970:01:01 00:00:00", "2199:01:01 00:00:00", "0000:00:00 00:00:00", "hôm qua", ""]
)
def test_time_that_cannot_be_is_left_out(written: str) -> None:
    assert opened(jpeg(exif=tags(DateTimeOriginal=written))).taken_at is None


@pytest.mark.parametrize("values", [((0, 0, 0), (0, 0, 0)), ((95, 0, 0), (10, 0, 0)), ((11, 5), (108, 5))])
def test_place_that_cannot_be_is_left_out(values: tuple[object, object]) -> None:
    exif = Image.Exif()
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    gps[ExifTags.GPS.GPSLatitude], gps[ExifTags.GPS.GPSLongitude] = values
    found = opened(jpeg(exif=exif))
    assert (found.lat, found.lon) == (None, None)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_cut_off_picture_is_damaged(form: str, share: float) -> None:
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    out = io.BytesIO()
    noise.save(out, form)
    body = out.getvalue()
    with pytest.raises(DamagedError):
        opened(body[: int(len(body) * share)], form)


def test_bytes_of_another_format_are_damaged() -> None:
    with pytest.raises(DamagedError):
        opened(jpeg(form="PNG"), "JPEG")


def test_more_pixels_than_allowed_are_refused_unread() -> None:
    with pytest.raises(TooLargeError) as caught:
        opened(jpeg((1500, 1000)), megapixels=1)
    assert caught.value.megapixels == 2


def test_transparent_parts_become_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(out.getvalue(), "PNG").image.getpixel((25, 25)) == (255, 255, 255)


def test_hidden_region_keeps_no_detail_and_the_rest_stays() -> None:
    image = Image.effect_noise((400, 400), 120).convert("RGB")
    hidden = hide(image, [Region(0.25, 0.25, 0.5, 0.25)])
    inside = hidden.crop((100, 100, 300, 200))
    assert len(inside.getcolors(maxcolors=100_000) or []) <= 5 * 3
    assert hidden.crop((0, 0, 400, 100)).tobytes() == image.crop((0, 0, 400, 100)).tobytes()
    assert hidden.crop((0, 200, 400, 400)).tobytes() == image.crop((0, 200, 400, 400)).tobytes()


def test_region_over_the_edge_is_cut() -> None:
    image = Image.new("RGB", (100, 100), RED)
    assert hide(image, [Region(0.9, 0.9, 0.5, 0.5)]).size == (100, 100)


def test_webp_is_no_larger_than_asked() -> None:
    with Image.open(io.BytesIO(webp(Image.new("RGB", (1600, 800)), 480))) as small:
        assert (small.format, small.size) == ("WEBP", (480, 240))
