"""What may come in, in which forms it goes out again, and who may see it. Declarations only."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind, register_events
from motcua.kernel.identity.kind import Actor


class Purpose(StrEnum):
    PHOTO = "photo"
    DOCUMENT = "document"  # photos as well: people photograph their papers


class Variant(StrEnum):
    """The last part of an address. Whatever is not the original carries no metadata and stands upright."""

    ORIGINAL = "goc"
    VIEW = "xem"  # at most 1600 px on the longer side; of a document: the document, once it was published
    THUMBNAIL = "nho"  # at most 480 px


@dataclass(frozen=True, slots=True)
class FileType:
    mime: str
    suffix: str
    picture: str = ""  # Pillow's name of the format; empty when it is no picture
    megapixels: int = 0  # how many are decoded at most: bounds the memory (measured: 450 MB at the limit)


JPEG = FileType("image/jpeg", ".jpg", "JPEG", 50)
PNG = FileType("image/png", ".png", "PNG", 50)
WEBP = FileType("image/webp", ".webp", "WEBP", 25)
HEIC = FileType("image/heic", ".heic", "HEIF", 50)
PDF = FileType("application/pdf", ".pdf")
DOCX = FileType("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx")
XLSX = FileType("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx")

ACCEPTED = {
    Purpose.PHOTO: (JPEG, PNG, WEBP, HEIC),
    Purpose.DOCUMENT: (PDF, DOCX, XLSX, JPEG, PNG, WEBP, HEIC),
}
SUFFIXES = {kind.mime: kind.suffix for kind in ACCEPTED[Purpose.DOCUMENT]}

Guard = Callable[[int, Actor, Variant], bool]
"""File id, who asks, for which variant → may they see it. Packages that use files know; files lies below them."""

GUARDS: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Any one guard that says yes opens the file."""
    if guard not in GUARDS:
        GUARDS.append(guard)


@dataclass(frozen=True, slots=True)
class Concern:
    """Whose data a file holds, for the note that somebody read it."""

    person_id: int | None
    case_id: int | None


FindConcern = Callable[[int], Concern | None]
"""File id → whom it concerns; None when the package does not use the file."""

CONCERNS: list[FindConcern] = []


def register_concern(find: FindConcern) -> None:
    if find not in CONCERNS:
        CONCERNS.append(find)


register_events([EventKind("file.blurred", _("Làm mờ {count} chỗ trong ảnh {name}"), icon="blur")])
