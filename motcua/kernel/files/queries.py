"""Which file it is, who may see it, and its bytes."""

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import IO

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from motcua.kernel.files.kind import CONCERNS, GUARDS, PDF, Concern, Variant
from motcua.kernel.files.models import File
from motcua.kernel.identity.actions import note_access
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import sealer
from motcua.lib.errors import Refused

_TOKEN = re.compile(r"[\w-]{1,43}", re.ASCII)


def store_name(sha256: bytes) -> str:
    """Where the store keeps these bytes; 256 folders."""
    return f"{sha256[:1].hex()}/{sha256.hex()}"


def sender_of(actor: Actor, source: str) -> str:
    """How a loose file names its sender: an account, or of strangers a blind index of the network address."""
    if actor.id is not None or not source:
        return actor.key
    return f"net:{(sealer().index(source) or b'').hex()}"


def get_file(token: str, variant: Variant, *, actor: Actor, source: str = "") -> File:
    """The file, if ``actor`` may see this variant of it. That an original was opened is noted, with whose it is.

    A file that no case has taken yet can be seen, clean, by whoever holds its token. A document has no clean form: it
    opens to its sender alone, ``source`` being where the request comes from, so that nobody spreads one by our address.
    """
    file = File.objects.filter(token=token).first()
    if file is None or file.content_of(variant) is None:
        raise Refused("not_found", _("Không tìm thấy tệp này, hoặc bạn không được xem."))
    if file.kept_at is None and not file.is_picture:
        if file.uploaded_by != sender_of(actor, source):
            words = _("Tệp vẫn được giữ. Chỉ người gửi mở được, bằng tài khoản hoặc ở nơi đã gửi.")
            raise Refused("not_found", words)
        return file
    if not _may_see(file, variant, actor):
        raise Refused("not_found", _("Không tìm thấy tệp này, hoặc bạn không được xem."))
    if variant is Variant.ORIGINAL:
        _note_original(file, actor)
    return file


def document_to_show(token: str, *, actor: Actor) -> bytes:
    """A document whose pages are shown as pictures, to whoever may open the original; noted once an hour, not for each
    page. Refused("not_found") for others, and for what is no PDF."""
    file = File.objects.filter(token=token, type=PDF.mime).first()
    if file is None or not _may_see(file, Variant.ORIGINAL, actor):
        raise Refused("not_found", _("Không tìm thấy tệp này, hoặc bạn không được xem."))
    if cache.add(f"pages-shown-{actor.key}-{file.pk}", True, 3600):
        _note_original(file, actor)
    return content_of(file.pk)


def _note_original(file: File, actor: Actor) -> None:
    concern = concern_of(file.pk)
    note_access(actor, "file.original", person_id=concern.person_id, case_id=concern.case_id, reason=file.name)


def concern_of(file_id: int) -> Concern:
    """Whose file it is and of which case, for noting who opened it."""
    return next((found for find in CONCERNS if (found := find(file_id)) is not None), Concern(None, None))


def file_by_id(file_id: int) -> File:
    """For packages that hold the number and decided who may have it."""
    file = File.objects.filter(pk=file_id).first()
    if file is None:
        raise Refused("not_found", _("Không tìm thấy tệp này, hoặc bạn không được xem."))
    return file


def files_by_id(file_ids: Iterable[int]) -> dict[int, File]:
    """The caller decided who may know of them. No query for none."""
    wanted = set(file_ids)
    return File.objects.in_bulk(wanted) if wanted else {}


def content_of(file_id: int) -> bytes:
    """The original, whole. Who may have it was decided before."""
    with open_content(file_by_id(file_id), Variant.ORIGINAL) as stream:
        return stream.read()


def get_picture_to_blur(token: str, *, actor: Actor) -> File:
    """A picture of a case, for officials who may read the case."""
    file = File.objects.filter(token=token, kept_at__isnull=False, width__isnull=False).first()
    if file is None or not actor.is_officer or not _may_see(file, Variant.ORIGINAL, actor):
        raise Refused("not_found", _("Không tìm thấy ảnh này, hoặc bạn không được xem."))
    return file


def _may_see(file: File, variant: Variant, actor: Actor) -> bool:
    if file.kept_at is None:
        return variant is not Variant.ORIGINAL
    return any(guard(file.pk, actor, variant) for guard in GUARDS)


def open_content(file: File, variant: Variant) -> IO[bytes]:
    """The bytes, to be closed by the caller. Who may have them was decided before."""
    sha256 = file.content_of(variant)
    if sha256 is None:
        raise Refused("not_found", _("Tệp này không có dạng đó."))
    return default_storage.open(store_name(sha256))


def loose_files(tokens: Sequence[str]) -> list[File]:
    """The files that were sent ahead of a form and are not part of any case yet, in the order of ``tokens``."""
    asked = [token for token in tokens if _TOKEN.fullmatch(token)]
    found = {file.token: file for file in File.objects.filter(token__in=asked, kept_at__isnull=True)}
    missing = [token for token in tokens if token not in found]
    if missing:
        raise Refused(
            "file_gone", _("Ảnh hoặc tệp gửi trước đó không còn nữa. Bạn hãy chọn lại rồi gửi."), missing=missing
        )
    return [found[token] for token in dict.fromkeys(tokens)]


def files_by_token(tokens: Sequence[str]) -> dict[str, File]:
    """Those that there are, loose or kept, for whoever holds the tokens in answers of a form; one query."""
    asked = [token for token in tokens if _TOKEN.fullmatch(token)]
    return {file.token: file for file in File.objects.filter(token__in=asked)} if asked else {}


def shown_name(declared: str) -> str:
    """A sender's file name, safe to repeat to the same sender: no path, no control characters, not long."""
    last = PurePosixPath(declared.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:60]
