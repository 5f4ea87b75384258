"""What owners hear of their papers: a new one, one taken back, a link that somebody opened."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.queries import representatives, sealer
from motcua.kernel.messages.kind import MessagePlan, Recipient
from motcua.kernel.messages.queries.telling import recipients_of_persons, texts
from motcua.kernel.store.models import StoreEntry, StoreOpening
from motcua.lib.worktime import moment_words

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event

APART = timedelta(hours=1)


def _owner(event: Event) -> Iterator[Recipient]:
    entry = StoreEntry.objects.filter(pk=int(event.data["entry"])).first()
    if entry is None:
        return
    people = representatives(entry.tax_code) if entry.tax_code else [entry.person_id] if entry.person_id else []
    variables = {"name": entry.name, "issuer": entry.issuer, "reason": entry.reason or "–"}
    yield from recipients_of_persons(people, reverse("store_entry", args=[entry.pk]), variables)


def _sharer(event: Event) -> Iterator[Recipient]:
    opening = StoreOpening.objects.filter(pk=int(event.data["opening"])).select_related("share").first()
    if opening is None:
        return
    before = opening.share.openings.filter(is_official=False, at__gt=opening.at - APART, pk__lt=opening.pk)
    if not opening.is_official and before.exists():
        return  # a letter says no more than the one before; who it was stands on the page
    # What a stranger typed stands on the owner's page, not in our letters: it could be anything.
    variables = {
        "who": sealer().open(opening.who_sealed) if opening.is_official else gettext("Có người"),
        "at": moment_words(timezone.localtime(opening.at), "vi"),
    }
    yield from recipients_of_persons([opening.share.person_id], reverse("store_share"), variables)


_ENTRY = {
    "name": "Giấy khai sinh",
    "issuer": "UBND phường Thử",
    "reason": "Cấp nhầm",
    "link": "https://motcua.example.vn/kho/7/",
}

PLANS = (
    MessagePlan(
        "store.put",
        _("Giấy tờ mới trong kho"),
        _owner,
        _ENTRY,
        texts=texts(
            (
                "Kho của bạn có giấy tờ mới: {name}",
                (
                    "Chào bạn,\n\n{name} ({issuer}) đã nằm trong kho giấy tờ của bạn. Lần sau bạn không phải nộp lại.\n"
                    "Xem: {link}\n"
                ),
                "Kho giay to cua ban co {name}. Xem: {link}",
            ),
            (
                "A new paper in your store: {name}",
                (
                    "Hello,\n\n{name} ({issuer}) now lies in your store of papers. You need not hand it in again.\n"
                    "See: {link}\n"
                ),
                "Your store of papers has {name}. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "store.revoked",
        _("Giấy tờ bị thu hồi"),
        _owner,
        _ENTRY,
        texts=texts(
            (
                "Giấy tờ bị thu hồi: {name}",
                "Chào bạn,\n\n{name} ({issuer}) trong kho của bạn đã bị thu hồi.\nLý do: {reason}\nXem: {link}\n",
                "{name} trong kho cua ban da bi thu hoi. Ly do: {link}",
            ),
            (
                "A paper was revoked: {name}",
                "Hello,\n\n{name} ({issuer}) in your store was revoked.\nReason: {reason}\nSee: {link}\n",
                "{name} in your store was revoked. Reason: {link}",
            ),
        ),
    ),
    MessagePlan(
        "store.share_opened",
        _("Có người mở liên kết chia sẻ"),
        _sharer,
        {
            "who": "Trần Thị Thử, Trường mầm non Mẫu",
            "at": "14:10, thứ Hai 23/11",
            "link": "https://motcua.example.vn/kho/chia-se/",
        },
        texts=texts(
            (
                "Có người mở giấy tờ bạn chia sẻ",
                (
                    "Chào bạn,\n\n{who} đã mở giấy tờ bạn chia sẻ lúc {at}.\n"
                    "Xem là ai, hoặc thôi chia sẻ ngay, tại: {link}\n"
                ),
                "{who} da mo giay to ban chia se. Xem hoac thoi chia se: {link}",
            ),
            (
                "Somebody opened papers that you share",
                (
                    "Hello,\n\n{who} opened the papers that you share, at {at}.\n"
                    "See who it was, or end the share at once: {link}\n"
                ),
                "{who} opened papers that you share. See or end it: {link}",
            ),
        ),
    ),
)
