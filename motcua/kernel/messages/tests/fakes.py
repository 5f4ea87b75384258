"""A way of sending that does as it is told, a kind of event that tells three people, and two actors."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.utils.functional import Promise

from motcua.kernel.events.kind import EVENTS, EventKind, register_events
from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import Actor, Held, Role
from motcua.kernel.messages import ports, tasks
from motcua.kernel.messages.kind import PLANS, MessagePlan, Recipient, Text, register_plans
from motcua.kernel.messages.ports import Health, Option, OutboundMessage, Receipt, Sent
from motcua.lib.errors import Refused

QUAN = Actor(
    kind="officer", id=1, name="Đỗ Văn Quân", held=(Held(Role.ADMINISTRATOR, unit_id=1, unit_path=".1.", reach=".1."),)
)
HOA = Actor(
    kind="officer",
    id=2,
    name="Phạm Thị Hoa",
    held=(Held(Role.SPECIALIST, unit_id=2, unit_path=".1.2.", reach=".1.2."),),
)


@dataclass
class FakeSender:
    """``answers`` are given in turn: a Sent, or an error to raise; the last one again and again."""

    name: str = "fake"
    channel: str = "email"
    rank: int = 1
    label: str | Promise = "Giả"
    answers: list[Sent | Exception] = field(default_factory=lambda: [Sent("r-1")])
    taken: list[OutboundMessage] = field(default_factory=list)
    receipts: Sequence[Receipt] = ()
    while_sending: Callable[[OutboundMessage], None] = lambda message: None

    def is_configured(self) -> bool:
        return True

    def options(self) -> Sequence[Option]:
        return (
            Option("FAKE_HOST", "Máy chủ", "mail.example", is_required=True),
            Option("FAKE_PASSWORD", "Mật khẩu", "bi-mat", is_secret=True),
            Option("FAKE_FROM", "Địa chỉ gửi", "", is_required=True),
        )

    def send(self, message: OutboundMessage) -> Sent:
        self.taken.append(message)
        self.while_sending(message)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def check(self) -> Health:
        return Health(False, "Máy chủ không trả lời.")

    def read_receipts(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Receipt]:
        if headers.get("X-Fake-Signature") != "right":
            raise Refused("bad_signature", "Chữ ký sai.")
        return self.receipts


@contextmanager
def only_senders(*senders: FakeSender) -> Iterator[None]:
    kept = dict(ports.SENDERS)
    ports.SENDERS.clear()
    ports.SENDERS.update({sender.name: sender for sender in senders})
    tasks.CIRCUITS.clear()
    yield
    ports.SENDERS.clear()
    ports.SENDERS.update(kept)
    tasks.CIRCUITS.clear()


@contextmanager
def lamp_plan(recipients: Callable[[Event], Iterable[Recipient]], *, is_result: bool = False) -> Iterator[MessagePlan]:
    """The event ``lamp.mended`` is told in the words below."""
    plan = MessagePlan(
        "lamp.mended",
        "Đã sửa đèn",
        recipients,
        {"code": "DEN-7", "link": "https://motcua.example/p/abc/"},
        is_result=is_result,
        texts=(
            Text("reporter", "email", "vi", "Đã sửa đèn {code}", "Chào bạn,\n\nXem tại {link}\n"),
            Text("reporter", "email", "en", "Lamp {code} is mended", "Hello,\n\nSee {link}\n"),
            Text("reporter", "sms", "vi", "", "Đèn {code} đã sửa. Xem: {link}"),
            Text("officer", "web", "vi", "", "Đèn {code} đã sửa xong."),
        ),
    )
    register_events([EventKind("lamp.mended", "Đã sửa đèn")])
    register_plans(plan)
    yield plan
    del PLANS["lamp.mended"]
    del EVENTS["lamp.mended"]


def reporter(key: str = "party:7", **changes: object) -> Recipient:
    values: dict[str, object] = {
        "key": key,
        "audience": "reporter",
        "variables": {"code": "DEN-7", "link": "https://motcua.example/p/abc/"},
        "addresses": {"email": "an@example.vn", "sms": "0905 123 456"},
    }
    return Recipient(**(values | changes))  # type: ignore[arg-type]
