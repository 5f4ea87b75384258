"""Pictures with real bytes, and some that only pretend."""

import io
import struct
import zipfile
import zlib

from PIL import ExifTags, Image, TiffImagePlugin

RED, BLUE = (200, 30, 30), (30, 30, 200)


def picture(form: str = "JPEG", size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    """Left half red, right half blue: what is turned or blurred can be told."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, size[0], size[1]))
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(
    *, lat: float | None = None, lon: float | None = None, taken: str = "", offset: str = "", orientation: int = 1
) -> bytes:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation] = orientation
    tags[ExifTags.Base.Make] = "Máy của Bạn"
    details = tags.get_ifd(ExifTags.IFD.Exif)
    if taken:
        details[ExifTags.Base.DateTimeOriginal] = taken
        details[ExifTags.Base.OffsetTimeOriginal] = offset
    if lat is not None and lon is not None:
        gps = tags.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef], gps[ExifTags.GPS.GPSLatitude] = "S" if lat < 0 else "N", _degrees(abs(lat))
        gps[ExifTags.GPS.GPSLongitudeRef], gps[ExifTags.GPS.GPSLongitude] = "W" if lon < 0 else "E", _degrees(abs(lon))
    return tags.tobytes()


def _degrees(value: float) -> tuple[TiffImagePlugin.IFDRational, ...]:
    minutes = value % 1 * 60
    return (
        TiffImagePlugin.IFDRational(int(value), 1),
        TiffImagePlugin.IFDRational(int(minutes), 1),
        TiffImagePlugin.IFDRational(round(minutes % 1 * 60 * 10_000), 10_000),
    )


def png_bomb(width: int, height: int) -> bytes:
    """Some kilobytes that say they are a huge picture."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def paper(name: str = "word/document.xml", *, extra: dict[str, bytes] | None = None) -> bytes:
    """The smallest thing that is a DOCX or XLSX by its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<document/>")
        for part, body in (extra or {}).items():
            archive.writestr(part, body)
    return out.getvalue()


PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
