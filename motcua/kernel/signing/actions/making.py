"""One signature made: where it is seen, what it says, and the key's own part in it."""

import base64
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.files.queries import content_of
from motcua.kernel.signing.kind import KeyKind, Look
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.queries.keys import secret_of
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.pdfsign.certificates import fits, read_certificates
from motcua.lib.pdfsign.place import Place, UnsignableError

if TYPE_CHECKING:
    from motcua.lib.pdfsign.appearance import Appearance
    from motcua.lib.pdfsign.signing import Prepared
    from motcua.lib.pdfsign.software import SoftwareKey

TEST_WORDS = "CHỮ KÝ THỬ NGHIỆM"
# mm from the upper left corner. Where NĐ 30/2020 has the signatory: the right half, below the text.
_PERSON = Place(page=-1, x=115, y=200, width=70, height=25)
_CORNER = Place(page=1, x=120, y=8, width=82, height=20)
_BOX = (70.0, 25.0)  # of a signature without a picture

RawSign = Callable[[bytes, str], bytes]


def document_of(task: SigningTask) -> int:
    """The file that is signed: given, or what the task before it made."""
    if task.file_id is not None:
        return task.file_id
    assert task.after is not None  # noqa: S101  a constraint says so
    if task.after.result_id is None:
        raise Refused("not_yet", _("Văn bản này còn chờ chữ ký trước."))
    return task.after.result_id


def check_validity(key: SigningKey, now: datetime) -> None:
    if key.removed_at is not None:
        raise Refused("key_removed", _("Khoá “{label}” đã được gỡ.").format(label=key.label))
    if not key.valid_from <= now < key.valid_to:
        raise Refused(
            "key_expired",
            _("Chứng thư của khoá “{label}” chỉ có hiệu lực từ {start} đến {end}.").format(
                label=key.label, start=f"{key.valid_from:%d/%m/%Y}", end=f"{key.valid_to:%d/%m/%Y}"
            ),
        )


def chain(key: SigningKey) -> list[bytes]:
    return read_certificates(bytes(key.chain)) if key.chain else []


def prepare_task(task: SigningTask, *, with_time: bool) -> "Prepared":
    """The document with its hole. Raises Refused("unsignable")."""
    from motcua.lib.pdfsign.signing import prepare

    at = moment.now()
    check_validity(task.key, at)
    pdf = content_of(document_of(task))
    place = _place(task, pdf)
    try:
        return prepare(
            pdf,
            certificate=bytes(task.key.certificate),
            chain=chain(task.key),
            at=timezone.localtime(at),
            reason=task.reason,
            appearance=_appearance(task, place, at) if place else None,
            place=place,
            fonts=fonts(),
            with_time=with_time,
        )
    except UnsignableError as error:
        raise unsignable(error) from error


def unsignable(error: UnsignableError) -> Refused:
    words = {
        "damaged": _("Tệp này không phải PDF, hoặc bị hỏng."),
        "encrypted": _("Tệp PDF này có mật khẩu, không ký được."),
        "pages": _("Tệp PDF này có quá nhiều trang."),
        "page": _("Tệp PDF này không có trang mà chữ ký phải nằm trên đó."),
        "locked": _("Người ký trước đã khoá văn bản này, không ký thêm được."),
    }[str(error.args[0])]
    return Refused("unsignable", words)


def fonts() -> Path:
    return Path(settings.NODE_MODULES) / "@expo-google-fonts" / "tinos"


def finish_task(
    task: SigningTask, prepared: "Prepared", signature: bytes, ask_for_time: Callable[[bytes], bytes] | None = None
) -> bytes:
    """The hole filled, once the signature proved to be of this key: what a device or a service gives is checked."""
    from motcua.lib.pdfsign.signing import finish

    if not fits(bytes(task.key.certificate), prepared.attributes, prepared.digest, signature):
        raise Refused("bad_signature", _("Chữ ký nhận được không khớp với chứng thư của khoá."))
    return finish(
        prepared, signature, certificate=bytes(task.key.certificate), chain=chain(task.key), ask_for_time=ask_for_time
    )


def raw_signer(key: SigningKey) -> RawSign:
    """Of a key that answers at once: a file, or a device at this machine."""
    secret = secret_of(key)
    if key.kind == KeyKind.TOKEN:
        from motcua.lib.pdfsign.token import Token

        return Token(settings.PKCS11_MODULE, secret["token"], secret["pin"], secret["key"]).sign
    return _opened(secret["file"], secret["password"]).sign


@lru_cache(maxsize=64)  # opening a PKCS#12 file is made slow on purpose (0.1 s)
def _opened(file: str, password: str) -> "SoftwareKey":
    from motcua.lib.pdfsign.software import SoftwareKey

    return SoftwareKey.open(base64.b64decode(file), password)


# ── What is seen ────────────────────────────────────────────────────────────────────────────────────────────────────


def _place(task: SigningTask, pdf: bytes) -> Place | None:
    if task.look == Look.HIDDEN:
        return None
    usual = {Look.PERSON: _PERSON, Look.CORNER: _CORNER}.get(Look(task.look)) or _beside_the_person(task.key, pdf)
    chosen = {name: task.place.get(name, getattr(usual, name)) for name in ("page", "x", "y", "width", "height")}
    return Place(**chosen)


def _beside_the_person(key: SigningKey, pdf: bytes) -> Place:
    """The seal covers a third of the person's signature, from the left (NĐ 30/2020, Phụ lục I, mục II, 8a). Without a
    picture it is a box of text, which stands beside it."""
    from motcua.lib.pdfsign.signing import last_seen

    width, height = (key.picture_width, key.picture_height) if key.picture else _BOX
    person = last_seen(pdf) or _PERSON
    right = person.x + person.width / 3 if key.picture else person.x - 3
    middle = person.y + person.height / 2
    return Place(person.page, max(right - width, 5), max(middle - height / 2, 5), width, height)


def _appearance(task: SigningTask, place: Place, at: datetime) -> "Appearance":
    from motcua.lib.pdfsign.appearance import Appearance

    # Printed in Vietnamese whoever asks: it is a part of the document. The time as ISO 8601 has the zone.
    words = [
        *task.lines,
        f"Ký bởi: {task.key.signer}",
        f"Thời gian ký: {timezone.localtime(at):%d/%m/%Y %H:%M:%S} +07:00",
    ]
    return Appearance(
        task.look,
        words,
        place.width,
        place.height,
        picture=bytes(task.key.picture),
        test=TEST_WORDS if task.key.is_test else "",
    )
