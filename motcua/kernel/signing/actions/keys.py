"""Keys come and go; so do those whom we believe."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import get_officer, list_posts, may, sealer
from motcua.kernel.org.queries import tree
from motcua.kernel.signing.kind import PICTURE_BYTES, KeyKind
from motcua.kernel.signing.models import SigningKey, TrustRoot
from motcua.kernel.signing.ports import Credential
from motcua.kernel.signing.queries.keys import owner_name
from motcua.kernel.signing.queries.roots import may_choose_roots
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.pdfsign.certificates import chain_of, facts_of, read_certificates, to_pem

_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class NewKey:
    """Whose it is (a unit or an officer) and how it is seen. ``picture``: PNG with a transparent ground; mm."""

    label: str
    unit_id: int | None = None
    officer_id: int | None = None
    picture: bytes = b""
    picture_width: float = 36.0
    picture_height: float = 36.0
    is_test: bool = False


def add_software_key(new: NewKey, file: bytes, password: str, *, actor: Actor) -> SigningKey:
    """From a PKCS#12 file. File and password are kept sealed."""
    from motcua.lib.pdfsign.software import SoftwareKey

    try:
        opened = SoftwareKey.open(file, password)
    except ValueError as error:
        raise _unusable(str(error)) from error
    secret = {"file": base64.b64encode(file).decode(), "password": password}
    return _add(new, KeyKind.SOFTWARE, [opened.certificate, *opened.chain], secret, actor=actor)


def _unusable(problem: str) -> Refused:
    words = {
        "password": _("Không mở được tệp khoá: sai mật khẩu, hoặc tệp không phải PKCS#12 (.p12, .pfx)."),
        "empty": _("Tệp này không có đủ khoá và chứng thư."),
        "weak": _("Khoá RSA ngắn hơn 2048 bit không được dùng để ký."),
        "kind": _("Loại khoá này không dùng được. Dùng khoá RSA hoặc EC."),
    }[problem]
    return Refused("invalid", words, fields={"password" if problem == "password" else "file": words})


def add_token_key(new: NewKey, token: str, pin: str, key: str, *, actor: Actor) -> SigningKey:
    """In a device at the server. Its certificate is read from it; the PIN is kept sealed."""
    from motcua.lib.pdfsign.token import Token

    if not settings.PKCS11_MODULE:
        raise Refused("not_configured", _("Máy chủ chưa nối thiết bị ký nào (đặt PKCS11_MODULE)."))
    try:
        certificates = Token(settings.PKCS11_MODULE, token, pin, key).certificates()
    except ConnectorError as error:
        words = _("Không đọc được thiết bị ký: {reason}").format(reason=error)
        raise Refused("invalid", words, fields={"token": words}) from error
    return _add(new, KeyKind.TOKEN, certificates, {"token": token, "pin": pin, "key": key}, actor=actor)


def add_remote_key(new: NewKey, service: str, user: str, credential: Credential, *, actor: Actor) -> SigningKey:
    """At a trust service, as it told it. The private key never comes here."""
    secret = {"service": service, "user": user, "credential": credential.id}
    return _add(new, KeyKind.REMOTE, credential.certificates, secret, actor=actor)


@transaction.atomic
def _add(
    new: NewKey, kind: KeyKind, certificates: Sequence[bytes], secret: Mapping[str, str], *, actor: Actor
) -> SigningKey:
    _require(actor, new.unit_id, new.officer_id)
    if new.picture and (not new.picture.startswith(_PNG) or len(new.picture) > PICTURE_BYTES):
        words = _("Ảnh chữ ký, ảnh dấu phải là PNG nền trong suốt, nhỏ hơn 300 kB.")
        raise Refused("invalid", words, fields={"picture": words})
    own = bytes(certificates[0])
    facts = facts_of(own)
    now = moment.now()
    if facts.is_authority:
        raise Refused("invalid", _("Đây là chứng thư của nơi cấp chứng thư, không dùng để ký văn bản."))
    if facts.valid_to <= now:
        raise Refused("invalid", _("Chứng thư này đã hết hạn ngày {day}.").format(day=f"{facts.valid_to:%d/%m/%Y}"))
    if SigningKey.objects.filter(
        serial=facts.serial, issuer=facts.issuer[:200], kind=kind, removed_at__isnull=True
    ).exists():
        raise Refused("already", _("Khoá này đã có."))
    key = SigningKey.objects.create(
        kind=kind,
        unit_id=new.unit_id,
        officer_id=new.officer_id,
        label=(new.label.strip() or facts.name)[:120],
        certificate=own,
        chain=b"".join(to_pem(der) for der in chain_of(own, certificates[1:])),
        signer=facts.name[:200],
        organisation=facts.organisation[:200],
        issuer=facts.issuer[:200],
        serial=facts.serial,
        algorithm=facts.algorithm,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        secret_sealed=sealer().seal(json.dumps(dict(secret))),
        picture=new.picture,
        picture_width=new.picture_width,
        picture_height=new.picture_height,
        is_test=new.is_test,
        created_at=now,
    )
    record("signing.key_added", actor=actor, data=_told(key))
    return key


def _require(actor: Actor, unit_id: int | None, officer_id: int | None) -> None:
    """Whoever manages keys there. A key has one owner."""
    if (unit_id is None) == (officer_id is None):
        raise Refused("invalid", _("Chọn đơn vị, hoặc chọn cán bộ giữ khoá này."))
    if officer_id is not None:
        get_officer(officer_id, actor=actor)
        paths = [tree().path(post.unit_id) for post in list_posts(officer_id)]
    else:
        try:
            paths = [tree().path(unit_id or 0)]
        except KeyError as error:
            raise Refused("not_found", _("Không tìm thấy đơn vị này.")) from error
    if not paths or not all(may(actor, "signing.manage", unit_path=path) for path in paths):
        raise Refused("not_found", _("Không tìm thấy trong phạm vi quản trị của bạn."))


@transaction.atomic
def remove_key(key_id: int, *, actor: Actor) -> None:
    """Nobody signs with it any more; what opens it is thrown away, what was signed with it stays good."""
    key = SigningKey.objects.select_for_update().filter(pk=key_id, removed_at__isnull=True).first()
    if key is None:
        raise Refused("not_found", _("Không tìm thấy khoá này."))
    _require(actor, key.unit_id, key.officer_id)
    key.removed_at = moment.now()
    key.secret_sealed = b""
    key.save(update_fields=["removed_at", "secret_sealed"])
    record("signing.key_removed", actor=actor, data=_told(key))


def _told(key: SigningKey) -> dict[str, object]:
    return {"key": key.pk, "label": key.label, "owner": owner_name(key)}


# ── Roots ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def add_root(content: bytes, *, actor: Actor, is_test: bool = False) -> list[TrustRoot]:
    """Believe the certificates of a PEM or DER file, and whatever they vouch for. Those we believe already stay."""
    _require_roots(actor)
    try:
        certificates = read_certificates(content)
    except ValueError as error:
        words = _("Không đọc được chứng thư nào trong tệp này. Dùng tệp PEM, CRT hoặc CER.")
        raise Refused("invalid", words, fields={"file": words}) from error
    roots = []
    for der in certificates:
        facts = facts_of(der)
        if not facts.is_authority:
            words = _("“{name}” không phải chứng thư của nơi cấp chứng thư.").format(name=facts.name)
            raise Refused("invalid", words, fields={"file": words})
        root, is_new = TrustRoot.objects.get_or_create(
            sha256=facts.sha256,
            defaults={
                "certificate": der,
                "name": facts.name[:200],
                "valid_to": facts.valid_to,
                "is_test": is_test,
                "added_at": moment.now(),
            },
        )
        if is_new:
            record(
                "signing.root_added",
                actor=actor,
                data={"root": root.pk, "name": root.name, "sha256": facts.sha256.hex()},
            )
        roots.append(root)
    return roots


@transaction.atomic
def remove_root(root_id: int, *, actor: Actor) -> None:
    _require_roots(actor)
    root = TrustRoot.objects.select_for_update().filter(pk=root_id).first()
    if root is None:
        raise Refused("not_found", _("Không tìm thấy chứng thư này."))
    record(
        "signing.root_removed",
        actor=actor,
        data={"root": root.pk, "name": root.name, "sha256": bytes(root.sha256).hex()},
    )
    root.delete()


def _require_roots(actor: Actor) -> None:
    if not may_choose_roots(actor):
        raise Refused("not_allowed", _("Chỉ quản trị toàn tỉnh chọn được nơi cấp chứng thư để tin."))
