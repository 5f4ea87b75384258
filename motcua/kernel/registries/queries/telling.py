"""What people hear of their requests about personal data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from motcua.kernel.messages.kind import MessagePlan, Recipient
from motcua.kernel.messages.queries.telling import recipients_of_persons, texts
from motcua.kernel.registries.models import DataRequest

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def _asker(event: Event) -> Iterator[Recipient]:
    row = DataRequest.objects.filter(pk=int(event.data["request"])).first()
    if row is not None:
        variables = {"due": row.due_at.strftime("%d/%m/%Y"), "reason": str(event.data.get("reason", "")) or "–"}
        yield from recipients_of_persons([row.person_id], reverse("my_data"), variables)


_SAMPLE = {
    "due": "30/11/2026",
    "reason": "Phải hỏi cơ quan khác",
    "link": "https://motcua.example.vn/tai-khoan/du-lieu/",
}

PLANS = (
    MessagePlan(
        "datarequest.received",
        _("Đã nhận yêu cầu về dữ liệu"),
        _asker,
        _SAMPLE,
        texts=texts(
            (
                "Đã nhận yêu cầu của bạn về dữ liệu cá nhân",
                "Chào bạn,\n\nYêu cầu của bạn đang được xử lý, hẹn xong trước hết {due}.\nXem: {link}\n",
                "Yeu cau ve du lieu ca nhan dang duoc xu ly, hen xong truoc het {due}. Xem: {link}",
            ),
            (
                "We received your request about personal data",
                "Hello,\n\nYour request about personal data is being worked on; it is due by {due}.\nSee: {link}\n",
                "Your request about personal data is worked on, due by {due}. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "datarequest.extended",
        _("Gia hạn yêu cầu về dữ liệu"),
        _asker,
        _SAMPLE,
        texts=texts(
            (
                "Yêu cầu của bạn về dữ liệu có hẹn mới",
                "Chào bạn,\n\nChúng tôi xin lỗi vì chậm trễ. Lý do: {reason}\nHẹn mới: {due}.\nXem: {link}\n",
                "Xin loi vi cham. Yeu cau ve du lieu ca nhan hen moi {due}. Xem: {link}",
            ),
            (
                "Your request about personal data has a new date",
                "Hello,\n\nWe are sorry for the delay. Reason: {reason}\nNew date: {due}.\nSee: {link}\n",
                "Sorry for the delay. Your data request is now due {due}. See: {link}",
            ),
        ),
    ),
    MessagePlan(
        "datarequest.closed",
        _("Trả lời yêu cầu về dữ liệu"),
        _asker,
        _SAMPLE,
        is_result=True,
        texts=texts(
            (
                "Đã trả lời yêu cầu của bạn về dữ liệu cá nhân",
                "Chào bạn,\n\nYêu cầu của bạn về dữ liệu cá nhân đã được trả lời.\nXem câu trả lời: {link}\n",
                "Yeu cau ve du lieu ca nhan da co tra loi. Xem: {link}",
            ),
            (
                "Your request about personal data has an answer",
                "Hello,\n\nYour request about personal data was answered.\nRead it: {link}\n",
                "Your request about personal data has an answer. Read it: {link}",
            ),
        ),
    ),
)
