"""Taking files in, giving them to a case, hiding faces, and sweeping away what nobody took."""

import hashlib
import io
import logging
import secrets
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import IO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.base import File as StoredFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.files.kind import (
    ACCEPTED,
    DOCX,
    HEIC,
    JPEG,
    PDF,
    PNG,
    SUFFIXES,
    WEBP,
    XLSX,
    FileType,
    Purpose,
    Variant,
)
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import open_content, sender_of, shown_name, store_name
from motcua.kernel.identity.kind import Actor
from motcua.lib import moment, pictures
from motcua.lib.errors import ConnectorError, Refused

logger = logging.getLogger("motcua.files")
KEPT_LOOSE = timedelta(hours=24)
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_OFFICE_RATIO = 200  # unpacked against packed; real papers stay below 50
_OFFICE_UNPACKED = 500 * 2**20  # bytes
_PDF_TAIL = 2048  # bytes in which a whole PDF says that it ends


@dataclass(frozen=True, slots=True)
class _Received:
    body: IO[bytes]
    size: int
    sha256: bytes
    name: str  # as the sender calls it, for our answer only


def store_file(
    stream: IO[bytes],
    *,
    actor: Actor,
    declared_name: str = "",
    purpose: Purpose = Purpose.PHOTO,
    source: str = "",
) -> File:
    """Take in one file. It stays loose until a case takes it (``keep_files``), and for a day at most.

    ``source`` is the network address of somebody unknown: it limits how much comes from there, and only a blind index
    of it is kept, while the file is loose. Raises Refused: empty, too_large, too_many, unsupported_type, damaged,
    too_many_pixels, unavailable. The picture is decoded before the transaction begins, as that takes a moment.
    """
    uploaded_by = sender_of(actor, source)
    if not actor.is_officer:
        _check_pace(uploaded_by)
    with _received(stream, declared_name, _limit(purpose)) as received:
        kind = _sniffed(received, purpose)
        contents = {Variant.ORIGINAL: received.body}
        row = File(
            sha256=received.sha256, size=received.size, type=kind.mime, uploaded_by=uploaded_by, created_at=moment.now()
        )
        if kind.picture:
            picture = _picture(received, kind)
            row.width, row.height, row.taken_at = picture.width, picture.height, picture.taken_at
            row.lat, row.lon = picture.lat, picture.lon
            contents |= _clean_copies(row, picture, [])
        row.token = secrets.token_urlsafe(32)
        row.name = f"{'anh' if kind.picture else 'tep'}-{secrets.token_hex(4)}{kind.suffix}"
        try:
            with transaction.atomic():
                _put({row.content_of(variant) or b"": content for variant, content in contents.items()})
                row.save(force_insert=True)
        except ConnectorError as error:
            logger.error("a file could not be kept: %s", error)
            words = _("%(file)s chưa cất được lúc này. Bạn thử gửi lại sau ít phút.")
            raise Refused("unavailable", words % {"file": _called(received.name)}) from error
    return row


@transaction.atomic
def keep_files(file_ids: Sequence[int], *, actor: Actor, code: str, start: int = 1) -> list[File]:
    """A case takes loose files, in this order, and names them: ``PA-261117-0388-1.jpg``. A file can be taken once."""
    files = {file.pk: file for file in File.objects.select_for_update().filter(pk__in=file_ids, kept_at__isnull=True)}
    if len(files) != len(set(file_ids)):
        raise Refused("file_gone", _("Ảnh hoặc tệp gửi trước đó không còn nữa. Bạn hãy chọn lại rồi gửi."))
    kept = [files[file_id] for file_id in dict.fromkeys(file_ids)]
    for number, file in enumerate(kept, start):
        file.name = f"{code}-{number}{SUFFIXES[file.type]}"
        file.kept_at = moment.now()
        file.uploaded_by = actor.key
        file.save(update_fields=["name", "kept_at", "uploaded_by"])
    return kept


@transaction.atomic
def keep_made(body: bytes, *, actor: Actor, name: str, kind: FileType = PDF, is_loose: bool = False) -> File:
    """A document that we made ourselves, kept at once under ``name``. A loose one is gone after a day."""
    digest = hashlib.sha256(body).digest()
    now = moment.now()
    row = File(
        sha256=digest, size=len(body), type=kind.mime, name=name[:200], token=secrets.token_urlsafe(32),
        uploaded_by=actor.key, created_at=now, kept_at=None if is_loose else now,
    )  # fmt: skip
    _put({digest: io.BytesIO(body)})
    row.save(force_insert=True)
    return row


def join_pages(file_ids: Sequence[int], *, actor: Actor) -> File:
    """Loose pictures, taken in one by one, become one loose document. They themselves go with the sweep."""
    files = {file.pk: file for file in File.objects.filter(pk__in=file_ids, kept_at__isnull=True)}
    pages = []
    for file_id in file_ids:
        file = files[file_id]
        kind = next(kind for kind in ACCEPTED[Purpose.PHOTO] if kind.mime == file.type)
        with open_content(file, Variant.ORIGINAL) as original:
            pages.append(pictures.read(original, form=kind.picture, megapixels=kind.megapixels, zone=_zone()).image)
    return keep_made(pictures.pdf(pages), actor=actor, name=f"tep-{secrets.token_hex(4)}.pdf", is_loose=True)


@transaction.atomic
def hold_files(tokens: Sequence[str], *, until: datetime) -> None:
    """Loose files that belong to something which is being written: not swept away before ``until``. Unknown tokens and
    files that a case has taken are passed over."""
    if tokens:
        File.objects.filter(token__in=list(tokens), kept_at__isnull=True).update(held_until=until)


@transaction.atomic
def discard_file(token: str) -> None:
    """The sender thinks better of it. Holding the token is the right to; a file that a case has taken stays."""
    if not File.objects.filter(token=token, kept_at__isnull=True).delete()[0]:
        raise Refused("not_found", _("Không tìm thấy tệp này."))


@transaction.atomic
def publish_file(file_id: int, *, actor: Actor) -> File:
    """Let guards show a document as it is: signed papers must not be altered. Pictures are clean already."""
    file = File.objects.select_for_update().get(pk=file_id)
    if not file.is_picture and file.public_sha256 is None:
        file.public_sha256 = file.sha256
        file.save(update_fields=["public_sha256"])
    return file


@transaction.atomic
def blur_regions(file_id: int, regions: Sequence[pictures.Region], *, actor: Actor, case_id: int | None = None) -> File:
    """Hide these faces and plates, and only these, in what strangers get; the original stays as it is.

    The caller has authorised it and, with ``case_id``, holds the lock on the case. The address of the picture changes.
    """
    file = File.objects.select_for_update().get(pk=file_id)
    if not file.is_picture:
        raise Refused("invalid", _("Chỉ làm mờ được ảnh."))
    if any(
        not (0 <= part.x < 1 and 0 <= part.y < 1 and 0 < part.width <= 1 and 0 < part.height <= 1) for part in regions
    ):
        raise Refused("invalid", _("Có vùng không nằm trong ảnh. Bạn hãy vẽ lại."))
    hidden = [asdict(region) for region in regions]
    if hidden == file.blurred:
        return file
    file.blurred = hidden
    kind = next(kind for kind in ACCEPTED[Purpose.PHOTO] if kind.mime == file.type)
    with open_content(file, Variant.ORIGINAL) as original:
        picture = pictures.read(original, form=kind.picture, megapixels=kind.megapixels, zone=_zone())
    copies = _clean_copies(file, picture, regions)
    _put({file.content_of(variant) or b"": content for variant, content in copies.items()})
    file.save(update_fields=["blurred", "public_sha256", "thumbnail_sha256"])
    record("file.blurred", case_id=case_id, actor=actor, data={"name": file.name, "count": len(regions)})
    return file


def sweep_files() -> int:
    """Remove files that nobody took for a day, and bytes that no row names (one 256th of the store at each turn).

    Returns how many rows and how many contents went.
    """
    now = moment.now()
    is_held = Q(held_until__isnull=False, held_until__gte=now)
    old = File.objects.filter(kept_at__isnull=True, created_at__lt=now - KEPT_LOOSE).exclude(is_held)
    loose, _by_table = old.delete()
    hours = int(now.timestamp()) // 3600
    return loose + _sweep_folder(f"{hours % 256:02x}")


def _sweep_folder(folder: str) -> int:
    try:
        _folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return 0
    return sum(_remove_if_orphan(f"{folder}/{name}", bytes.fromhex(name)) for name in names if len(name) == 64)


def _remove_if_orphan(name: str, sha256: bytes) -> bool:
    if _is_used(sha256):
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        # Whoever is storing the same bytes right now holds this lock, shared: then they are not orphans.
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(sha256)])
        is_ours = cursor.fetchone()[0]
        if is_ours and not _is_used(sha256):
            default_storage.delete(name)
            return True
    return False


def _is_used(sha256: bytes) -> bool:
    return File.objects.filter(Q(sha256=sha256) | Q(public_sha256=sha256) | Q(thumbnail_sha256=sha256)).exists()


# ── Receiving ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _check_pace(uploaded_by: str) -> None:
    """One hand cannot fill the disk: whatever a case does not take is gone after a day."""
    since = moment.now() - timedelta(hours=1)
    sent = File.objects.filter(kept_at__isnull=True, created_at__gte=since, uploaded_by=uploaded_by).count()
    if sent >= settings.FILES_PER_HOUR:
        raise Refused("too_many", _("Bạn đã gửi rất nhiều tệp. Hãy nghỉ ít phút rồi gửi tiếp."), retry_after=600)


def _limit(purpose: Purpose) -> int:
    return int(settings.PHOTO_MAX_BYTES if purpose is Purpose.PHOTO else settings.DOCUMENT_MAX_BYTES)


@contextmanager
def _received(stream: IO[bytes], declared_name: str, limit: int) -> Iterator[_Received]:
    """Read to the end or to the limit, whichever comes first; large bodies wait on the disk, not in memory."""
    digest, size = hashlib.sha256(), 0
    name = shown_name(declared_name)
    with tempfile.SpooledTemporaryFile(max_size=2**20) as body:
        while chunk := stream.read(2**16):
            size += len(chunk)
            if size > limit:
                raise Refused(
                    "too_large",
                    _("%(file)s lớn hơn %(limit)d MB. Bạn hãy gửi tệp nhỏ hơn.")
                    % {"file": _called(name), "limit": limit // 2**20},
                    limit=limit,
                )
            digest.update(chunk)
            body.write(chunk)
        if not size:
            raise Refused("empty", _("%(file)s rỗng. Bạn hãy chọn tệp khác.") % {"file": _called(name)})
        yield _Received(body, size, digest.digest(), name)


def _called(name: str) -> str:
    return _("Tệp “%(name)s”") % {"name": name} if name else _("Tệp này")


def _sniffed(received: _Received, purpose: Purpose) -> FileType:
    """What the bytes are; neither the name nor the declared type is asked."""
    received.body.seek(0)
    head = received.body.read(16)
    kind: FileType | None = None
    if head.startswith(b"\xff\xd8\xff"):
        kind = JPEG
    elif head.startswith(b"\x89PNG\r\n\x1a\n"):
        kind = PNG
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        kind = WEBP
    elif head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        kind = HEIC
    elif head.startswith(b"%PDF-"):
        kind = _whole_pdf(received)
    elif head.startswith(b"PK\x03\x04") and purpose is Purpose.DOCUMENT:
        kind = _office(received)
    if kind not in ACCEPTED[purpose]:
        raise Refused(
            "unsupported_type",
            (
                _("%(file)s không phải là ảnh JPEG, PNG, WebP hay HEIC. Bạn hãy chọn ảnh khác.")
                if purpose is Purpose.PHOTO
                else _("%(file)s không phải là PDF, DOCX, XLSX hay ảnh. Bạn hãy chọn tệp khác.")
            )
            % {"file": _called(received.name)},
        )
    return kind


def _whole_pdf(received: _Received) -> FileType:
    received.body.seek(max(0, received.size - _PDF_TAIL))
    if b"%%EOF" not in received.body.read():
        raise _damaged(received)
    return PDF


def _office(received: _Received) -> FileType | None:
    """A zip is a paper when it says which; one that would unpack to far more than it is, is a bomb."""
    try:
        received.body.seek(0)
        with zipfile.ZipFile(received.body) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        return None
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return None
    if unpacked > _OFFICE_UNPACKED or unpacked > _OFFICE_RATIO * received.size:
        return None
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None


def _picture(received: _Received, kind: FileType) -> pictures.Picture:
    limit = min(kind.megapixels, settings.PHOTO_MAX_MEGAPIXELS)
    try:
        return pictures.read(received.body, form=kind.picture, megapixels=limit, zone=_zone())
    except pictures.TooLargeError as error:
        raise Refused(
            "too_many_pixels",
            _("%(file)s có %(found)d triệu điểm ảnh, nhiều hơn %(limit)d triệu. Bạn hãy chụp lại ở cỡ nhỏ hơn.")
            % {"file": _called(received.name), "found": error.megapixels, "limit": limit},
            limit=limit,
        ) from error
    except pictures.DamagedError as error:
        raise _damaged(received) from error


def _damaged(received: _Received) -> Refused:
    return Refused(
        "damaged",
        _("%(file)s bị hỏng hoặc chưa tải lên hết. Bạn hãy gửi lại, hoặc chọn tệp khác.")
        % {"file": _called(received.name)},
    )


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


# ── Keeping bytes ───────────────────────────────────────────────────────────────────────────────────────────────────


def _clean_copies(file: File, picture: pictures.Picture, hidden: Sequence[pictures.Region]) -> dict[Variant, IO[bytes]]:
    """Both copies for strangers, and their hashes on the row. Made at once: the picture is decoded anyway, to know that
    it is whole (60–150 ms for both; phones shrink before they send)."""
    image = pictures.hide(picture.image, hidden)
    view = pictures.webp(image, pictures.VIEW)
    thumbnail = pictures.webp(image, pictures.THUMBNAIL)
    file.public_sha256 = hashlib.sha256(view).digest()
    file.thumbnail_sha256 = hashlib.sha256(thumbnail).digest()
    return {Variant.VIEW: io.BytesIO(view), Variant.THUMBNAIL: io.BytesIO(thumbnail)}


def _put(contents: dict[bytes, IO[bytes]]) -> None:
    """Write what the store does not have, inside the caller's transaction: its locks keep the sweeper away until the
    row is there. Bytes whose row is rolled back are swept away later."""
    _share_locks(contents)
    for sha256, content in contents.items():
        name = store_name(sha256)
        if not default_storage.exists(name):
            default_storage.save(name, StoredFile(content))


def _share_locks(hashes: Iterable[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(number) FROM unnest(%s::bigint[]) AS number",
            [[_lock_number(sha256) for sha256 in hashes]],
        )


def _lock_number(sha256: bytes) -> int:
    return int.from_bytes(sha256[:8], "big", signed=True)
