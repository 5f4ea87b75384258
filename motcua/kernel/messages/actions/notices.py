"""Reading notices, and how one wants to be told."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.messages.kind import EMAIL, SMS
from motcua.kernel.messages.models import Notice, Preference
from motcua.kernel.messages.queries.notices import own_account
from motcua.lib import moment
from motcua.lib.errors import Refused

WISHES = ("all", "result", "none")


@transaction.atomic
def mark_notices_read(*, actor: Actor, notice_id: int | None = None) -> int:
    """One of the actor's own, or all of them."""
    unread = Notice.objects.filter(account_id=own_account(actor), read_at__isnull=True)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    return unread.update(read_at=moment.now())


@transaction.atomic
def set_preference(recipient: str, *, wants: str, channels: Sequence[str], actor: Actor) -> None:
    """How ``recipient`` wants to be told. Who may say so for a party or a person was settled by the caller; an account
    says it for itself."""
    if actor.is_officer and recipient != actor.key:
        raise Refused("not_found", _("Không tìm thấy."))
    if wants not in WISHES or len(set(channels)) != len(channels) or not set(channels) <= {EMAIL, SMS}:
        raise Refused("invalid", _("Bạn hãy chọn lại cách nhận tin."))
    Preference.objects.update_or_create(recipient=recipient, defaults={"wants": wants, "channels": list(channels)})
