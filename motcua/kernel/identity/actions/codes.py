"""One-time codes, by which people sign in without a password and prove that a number or an address is theirs."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.models import Account, LoginCode, Person
from motcua.kernel.identity.ports import code_sender, consent_code_sender
from motcua.kernel.identity.queries import keyed_index, sealer
from motcua.kernel.packs.queries import hotline
from motcua.lib import contacts, moment
from motcua.lib.errors import Refused

VALID_FOR: Final = timedelta(minutes=10)
TRIES: Final = 5
RESEND_AFTER: Final = timedelta(seconds=60)
WINDOW: Final = timedelta(hours=1)
CODES_PER_ADDRESS: Final = 5  # in an hour
CODES_PER_NETWORK: Final = 20  # in an hour; offices and whole villages share one address


@dataclass(frozen=True, slots=True)
class Contact:
    """A number or an address, in the one spelling that is looked up. ``channel`` is sms or email."""

    channel: str
    address: str

    @property
    def shown(self) -> str:
        return contacts.shown_phone(self.address) if self.channel == "sms" else self.address


def read_contact(text: str) -> Contact:
    """What somebody typed, as number or address. Refused("invalid") says what is wrong with it."""
    if email := contacts.normal_email(text):
        return Contact("email", email)
    phone = contacts.normal_phone(text)
    if phone.startswith("+84"):
        return Contact("sms", phone)
    if phone:  # codes to dear foreign numbers are how such forms are robbed
        words = _("Chúng tôi chỉ gửi tin nhắn tới số Việt Nam. Bạn hãy dùng địa chỉ thư điện tử.")
    else:
        words = _("Nhập số điện thoại như 0905 123 456, hoặc thư điện tử như ten@example.vn.")
    raise Refused("invalid", words, fields={"address": words})


@dataclass(frozen=True, slots=True)
class Consent:
    """What a code agrees to. ``key`` keeps codes for different things apart; ``words`` stand in the message."""

    key: str
    words: str


def _address_index(contact: Contact, consent: Consent | None) -> bytes:
    return keyed_index(f"code {consent.key + ' ' if consent else ''}{contact.address}")


def _digest(contact: Contact, code: str) -> bytes:
    return salted_hmac("motcua.identity.code", f"{contact.address} {code}", algorithm="sha256").digest()


def _network_of(network: str) -> str:
    """One subscriber: an IPv4 address, or the /64 that a provider gives to a house."""
    try:
        address = ipaddress.ip_address(network)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _one_after_the_other(*indexes: bytes) -> None:
    """Asked for many at the same moment: without this none would see the others, and all would be sent."""
    numbers = sorted(int.from_bytes(index[:8], "big", signed=True) for index in indexes)
    with connection.cursor() as cursor:
        for number in numbers:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])


@transaction.atomic
def send_login_code(contact: Contact, *, network: str, language: str, consent: Consent | None = None) -> None:
    """Send a new code; earlier ones end. The same whether or not anybody has an account with this address. With
    ``consent`` it is no code to sign in with: it agrees to that one thing.

    ``network`` is the sender's network address. Refused("too_many") tells how long to wait.
    """
    now = moment.now()
    address_index, network_index = (
        _address_index(contact, consent),
        keyed_index(f"network {_network_of(network)}"),
    )
    _one_after_the_other(address_index, network_index)
    recent = LoginCode.objects.filter(created_at__gt=now - WINDOW)
    to_address = list(
        recent.select_for_update()
        .filter(address_index=address_index)
        .order_by("-created_at")
        .values_list("created_at", flat=True)
    )
    if to_address and to_address[0] > now - RESEND_AFTER:
        seconds = int((to_address[0] + RESEND_AFTER - now).total_seconds()) + 1
        words = _("Mã vừa được gửi. Đợi {n} giây rồi gửi lại.")
        raise Refused("too_many", words.format(n=seconds), retry_after=seconds)
    if len(to_address) >= CODES_PER_ADDRESS or recent.filter(network_index=network_index).count() >= CODES_PER_NETWORK:
        words = _("Đã gửi quá nhiều mã. Bạn thử lại sau một giờ, hoặc gọi {hotline} để được giúp.")
        raise Refused("too_many", words.format(hotline=hotline()), retry_after=int(WINDOW.total_seconds()))
    LoginCode.objects.filter(address_index=address_index).exclude(digest=b"").update(digest=b"")
    code = f"{secrets.randbelow(1_000_000):06d}"
    LoginCode.objects.create(
        address_index=address_index,
        network_index=network_index,
        digest=_digest(contact, code),
        tries_left=TRIES,
        created_at=now,
        expires_at=now + VALID_FOR,
    )
    if consent is None:
        code_sender.call(contact.channel, contact.address, code, language)
    else:
        consent_code_sender.call(contact.channel, contact.address, code, language, consent.words)


def spend_code(contact: Contact, code: str, *, consent: Consent | None = None) -> None:
    """Accept a code once. Each wrong try counts, also when the caller refuses: no transaction may be open around it."""
    left = _try_code(contact, code, consent)
    if left is None:
        return
    if left > 0:
        words = _("Mã chưa đúng. Bạn còn {n} lần thử.").format(n=left)
    else:
        words = _("Mã không còn dùng được. Bấm “Gửi mã mới” để nhận mã khác.")
    raise Refused("bad_code", words, fields={"code": words})


@transaction.atomic
def _try_code(contact: Contact, code: str, consent: Consent | None) -> int | None:
    """None when it was right, else how many tries are left."""
    row = (
        LoginCode.objects.select_for_update()
        .filter(address_index=_address_index(contact, consent), expires_at__gt=moment.now())
        .exclude(digest=b"")
        .order_by("-created_at")
        .first()
    )
    if row is None:
        return 0
    is_right = constant_time_compare(bytes(row.digest), _digest(contact, "".join(code.split())))
    row.tries_left -= 1
    if is_right or row.tries_left == 0:
        row.digest = b""
    row.save(update_fields=["tries_left", "digest"])
    return None if is_right else row.tries_left


def _persons_with(contact: Contact) -> dict[str, bytes]:
    column = "phone_index" if contact.channel == "sms" else "email_index"
    return {f"person__{column}": keyed_index(contact.address)}


@transaction.atomic
def account_for(contact: Contact, *, language: str) -> Account:
    """The account of whoever has just proved that this contact is theirs; made when there is none yet."""
    account = Account.objects.filter(kind=Account.Kind.PERSON, **_persons_with(contact)).order_by("pk").first()
    if account is None:
        phone, email = (contact.address, "") if contact.channel == "sms" else ("", contact.address)
        return new_person_account(create_person(phone=phone, email=email, language=language))
    if not account.is_active:
        words = _("Tài khoản này đã bị khoá. Gọi {hotline} để được giúp.")
        raise Refused("locked", words.format(hotline=hotline()))
    return account


def new_person_account(person: Person) -> Account:
    """The name in the account is a neutral word: who they are stands sealed in the card."""
    account = Account(
        kind=Account.Kind.PERSON,
        login=f"p-{secrets.token_hex(12)}",
        name=_("Người dân"),
        language=person.language,
        person=person,
        created_at=moment.now(),
    )
    account.set_unusable_password()
    account.save()
    return account


@transaction.atomic
def set_contact(account_id: int, contact: Contact) -> None:
    """Put a number or address that was proved with a code on one's own card."""
    account = Account.objects.select_for_update().get(pk=account_id, kind=Account.Kind.PERSON)
    others = Account.objects.filter(kind=Account.Kind.PERSON, **_persons_with(contact)).exclude(pk=account_id)
    if others.exists():
        words = _("Số hoặc địa chỉ này đang dùng cho một tài khoản khác của bạn. Xoá tài khoản đó trước.")
        raise Refused("invalid", words, fields={"address": words})
    seal, index = sealer().seal(contact.address), keyed_index(contact.address)
    values = (
        {"phone_sealed": seal, "phone_index": index}
        if contact.channel == "sms"
        else {"email_sealed": seal, "email_index": index}
    )
    Person.objects.filter(account=account).update(**values)


@transaction.atomic
def remove_contact(account_id: int, channel: str) -> None:
    """Take a number or address off one's own card. The last one stays: it is how one signs in."""
    account = Account.objects.select_for_update().get(pk=account_id, kind=Account.Kind.PERSON)
    person = account.person
    if person is None or not (person.phone_sealed and person.email_sealed):
        raise Refused("invalid", _("Cần giữ ít nhất một số điện thoại hoặc thư điện tử để đăng nhập."))
    if channel == "sms":
        person.phone_sealed, person.phone_index = b"", None
    else:
        person.email_sealed, person.email_index = b"", None
    person.save(update_fields=["phone_sealed", "phone_index", "email_sealed", "email_index"])
