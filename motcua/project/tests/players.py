"""The people of the named examples: a citizen with a phone, officials at the desk, the bank, and the house's clock.

Each does on pages what such a person does there; what is checked stands in the examples themselves.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from contextvars import Token
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.test import Client

from motcua.connectors.national_payment.tests.platform import Platform
from motcua.kernel.cases.models import Case
from motcua.kernel.events.actions import read_everything
from motcua.kernel.events.kind import JOBS
from motcua.kernel.events.models import Cursor, Event
from motcua.kernel.files.tests.pictures import picture
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.models import Account
from motcua.kernel.identity.queries import person_with_national_id
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.messages.models import Message
from motcua.kernel.org import queries as org
from motcua.kernel.packs.actions import apply_pack
from motcua.kernel.packs.queries import read_pack
from motcua.kernel.payments.models import Obligation
from motcua.kernel.signing.actions import NewKey, add_root, add_software_key
from motcua.lib import moment
from motcua.lib.pdfsign.authority import Authority
from motcua.lib.signed_messages import signature
from motcua.lib.tests.papers import paper
from motcua.testing.browser import DESKTOP, PHONE, OpenPage
from motcua.testing.patience import until

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator, Page

HERE = ZoneInfo("Asia/Ho_Chi_Minh")
BANK_SECRET = "khoa-cua-ngan-hang"
AUTHORITY = "CA của các ví dụ"
# Who signs in the examples: login of a leader, whose body's seal they keep.
LEADERS = ("xuanhuong.ct", "thue", "bhxh", "taichinh", "dangkydatdai", "xuanhuong.ca")

WORKED = ("clocks", "payments.receipts", "dossiers.decide")  # jobs that bring a dossier on


def on(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """A moment of 2026 here."""
    return datetime(2026, month, day, hour, minute, tzinfo=HERE)


class Wall:
    """A clock that every thread of this process sees, also those that serve pages. In place of ``moment._moved``."""

    def __init__(self, at: datetime) -> None:
        self.at: datetime | None = at

    def get(self) -> datetime | None:
        return self.at

    def set(self, at: datetime | None) -> "Token[Any] | datetime | None":
        was, self.at = self.at, at
        return was

    def reset(self, was: datetime | None) -> None:
        self.at = was


def build_town() -> None:
    """The house's own city with its invented people, and keys for those who sign."""
    for _change in apply_pack(read_pack(settings.BASE_DIR / "packs" / "lam-dong"), actor=SYSTEM):
        pass
    since, ends = on(1, 0, month=1), on(31, 0, month=12) + timedelta(days=365)
    authority = Authority.make(AUTHORITY, at=since)
    add_root(authority.pem, actor=SYSTEM)

    def held(name: str, body: str, new: NewKey) -> None:
        issued = authority.issue(name, organisation=body, at=since, until=ends)
        add_software_key(new, issued.pkcs12("mat-khau"), "mat-khau", actor=SYSTEM)

    for login in LEADERS:
        leader = Account.objects.get(login=login)
        unit = org.tree().unit(leader.posts.get().unit_id)
        held(leader.name, unit.name, NewKey(f"Khóa của {leader.name}", officer_id=leader.pk))
        held(unit.name, unit.name, NewKey(f"Dấu {unit.name}", unit_id=unit.id))


@dataclass
class House:
    """Everybody's doors to it."""

    wall: Wall
    open_page: OpenPage
    enter: Callable[["Page", int], None]

    def at(self, time: datetime) -> None:
        """It is now this late; what the worker had to do until then is done."""
        self.wall.at = time
        self.work()

    def work(self) -> None:
        """What the worker does: readers to the last event, jobs, and what came of them."""
        until(lambda _read: _caught_up(), read_everything)
        for name in WORKED:
            JOBS[name].run()
        until(lambda _read: _caught_up(), read_everything)

    def citizen(self, national_id: str) -> "Citizen":
        person = person_with_national_id(national_id) or 0
        account = Account.objects.get(person_id=person)
        page = self.open_page(width=PHONE)
        self.enter(page, account.pk)
        return Citizen(self, page, account)

    def desk(self) -> "Desk":
        return Desk(self, self.open_page(width=DESKTOP))

    def told(self, account: Account | None = None, case: Case | None = None) -> list[str]:
        """What went out to somebody, or about a case, oldest first."""
        rows = Message.objects.order_by("id")
        if case is not None:
            rows = rows.filter(case_id=case.pk)
        texts = [(sealer().open(row.address_sealed), sealer().open(row.content_sealed)) for row in rows]
        if account is None:
            return [text for _address, text in texts]
        card = {sealer().open(value) for value in (account.person.phone_sealed, account.person.email_sealed)}  # type: ignore[union-attr]
        return [text for address, text in texts if address in card]

    def code_for(self, account: Account) -> str:
        """The one-time code that went to their telephone last."""
        return str(re.findall(r"\b\d{6}\b", self.told(account)[-1])[-1])

    def bank(self, obligation: Obligation, amount: int | None = None) -> None:
        """The bank tells of a transfer with what the VietQR code said."""
        body = json.dumps(
            {
                "id": f"FT{obligation.pk:08d}", "amount": amount or obligation.amount, "account": obligation.account,
                "description": f"MBVCB.{obligation.pk}.{obligation.reference}.CT tu khach hang",
                "at": moment.now().isoformat(), "payer": "NGUOI NOP", "payer_account": "0011",
            }
        ).encode()  # fmt: skip
        timestamp = str(int(moment.now().timestamp()))
        headers = {"X-Timestamp": timestamp, "X-Signature": signature(BANK_SECRET, timestamp, body)}
        answer = Client(headers=headers).post("/hooks/payments/bank/", body, content_type="application/json")
        assert answer.json() == {"success": True, "count": 1}
        self.work()

    def platform(self, nation: Platform) -> None:
        """The national platform tells of the one request that was paid."""
        (request_id,) = nation.paid
        now = moment.now()
        body, headers = nation.word(
            request_id, timestamp=int(now.timestamp()), ThoiGianGD=f"{now.astimezone(HERE):%d/%m/%Y %H:%M:%S}"
        )
        answer = Client(headers=headers).post("/hooks/payments/national/", body, content_type="application/json")
        assert answer.json()["SoGiaoDich"] == 1
        self.work()


def _caught_up() -> bool:
    newest = Event.objects.order_by("xid", "id").last()
    return newest is None or set(Cursor.objects.values_list("xid", "event_id")) == {(int(newest.xid), newest.id)}


def look(page: "Page", name: str) -> None:
    """A picture for whoever works on the pages; nothing in an ordinary run."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def words(locator: "Locator") -> str:
    """What it says, on one line."""
    return " ".join(locator.inner_text().split())


@dataclass
class Citizen:
    house: House
    page: "Page"
    account: Account

    def begin(self, code: str, whose: str = "") -> None:
        """From the procedure's page to its first step; ``whose``: for whom it is, where not for themselves."""
        self.page.goto(f"/thu-tuc/{code}/nop/")
        if whose:
            self.page.get_by_role("radio", name=re.compile(whose)).check()
        for consent in self.page.locator("input[name=consent]").all():
            consent.check()
        self.page.get_by_role("button", name="Bắt đầu").click()

    def declare(self, answers: Mapping[str, Any]) -> None:
        """Every step of the form; what is filled in already is left as it is."""
        self.page.locator("[data-form-step]").wait_for()
        flat = dict(_flat(answers))
        while "/khai/" in self.page.url:
            look(self.page, f"step-{self.page.url.rsplit('/', 2)[1]}")
            for path, value in answers.items():
                if isinstance(value, list):
                    self.more(path, len(value))
            for path, value in flat.items():
                _answer(self.page, path, value)
            before = self.page.url
            self.go_on()
            if self.page.url == before:
                raise AssertionError(words(self.page.locator("#f-errors")))

    def more(self, path: str, count: int) -> None:
        """As many items of a repeating group as are needed."""
        number = self.page.locator(f"[name='{path}.#']")
        while number.count() and int(number.input_value()) < count:
            with self.page.expect_navigation():
                self.page.locator(f"#f-{path}-add").click()

    def go_on(self) -> None:
        with self.page.expect_navigation():
            self.page.locator("form .mc-btn.pri").last.click()

    def papers(self, *codes: str) -> str:
        """Photographs of these. Returns how many there are to bring."""
        said = words(self.page.locator("main .lead"))
        for code in codes:
            with self.page.expect_response(re.compile("/giay-to/")):
                self.page.set_input_files(
                    f"[id='paper-{code}']", {"name": f"{code}.jpg", "mimeType": "image/jpeg", "buffer": picture()}
                )
            self.page.locator(f".d-paper:has([id='paper-{code}']) .d-files").wait_for()
        look(self.page, "papers")
        self.go_on()
        return said

    def receive(self, how: str = "online", area: str = "") -> None:
        if area:
            self.page.locator("#id_area").select_option(area)
        self.page.locator(f"[name=delivery][value={how}]").check()
        look(self.page, "contact")
        self.go_on()

    def review(self) -> str:
        look(self.page, "review")
        return words(self.page.locator("main"))

    def send(self) -> Case:
        self.go_on()
        self.page.locator(".bigcode").first.wait_for()
        look(self.page, "sent")
        case = Case.objects.get(code=self.page.locator(".bigcode").first.inner_text())
        self.house.work()
        return case

    def follow(self, case: Case, name: str = "follow") -> str:
        """The tracking page."""
        self.page.goto(f"/ho-so/{case.code}/")
        look(self.page, f"{name}-{case.state}")
        return words(self.page.locator("main"))

    def pay(self, case: Case) -> str:
        """By the code on the page, to the end: the page changes by itself. Returns what stood there to pay."""
        self.page.goto(f"/ho-so/{case.code}/")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Nộp bằng mã QR").click()
        look(self.page, "pay")
        asked = words(self.page.locator("main"))
        self.house.bank(Obligation.objects.filter(case_id=case.pk).latest("id"))
        self.page.get_by_text(re.compile("Đã nhận đủ")).wait_for()
        return asked

    def pay_nationally(self, case: Case, nation: Platform) -> str:
        """Through the national platform: there and back. Returns what stood there to pay."""
        self.page.goto(f"/ho-so/{case.code}/")
        with self.page.expect_navigation():
            self.page.get_by_role("link", name="Nộp bằng mã QR").click()
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="Nộp qua cổng này").click()
        look(self.page, "pay-national")
        self.page.get_by_role("link", name="Đến trang nộp tiền").click()
        self.page.wait_for_url(f"{nation.pages}/**")
        asked = words(self.page.locator("body"))
        self.page.get_by_role("button", name="Xác nhận nộp").click()
        self.page.wait_for_url(f"**/ho-so/{case.code}/**")  # by the code: a link to pay is not told to others
        self.house.platform(nation)
        self.page.reload()
        self.page.locator("aside a[href*='/thanh-toan/']").click()
        self.page.get_by_text(re.compile("Đã nhận đủ")).wait_for()
        look(self.page, "paid-national")
        return asked

    def store(self) -> str:
        """Days later they sign in again."""
        self.house.enter(self.page, self.account.pk)
        self.page.goto("/kho/")
        look(self.page, "store")
        return words(self.page.locator("main"))


def _flat(value: Mapping[str, Any], before: str = "") -> "list[tuple[str, Any]]":
    found: list[tuple[str, Any]] = []
    for key, one in value.items():
        path = f"{before}{key}"
        if isinstance(one, Mapping):
            found += _flat(one, f"{path}.")
        elif isinstance(one, list):
            for number, item in enumerate(one):
                found += _flat(item, f"{path}.{number}.")
        else:
            found.append((path, one))
    return found


def _answer(page: "Page", path: str, value: Any) -> None:
    """One field, when it is asked here and now."""
    box = page.locator(f"[name='{path}']:visible")
    if not box.count():
        return
    kind = box.first.get_attribute("type") or ""
    if kind == "radio":
        text = {True: "yes", False: "no"}.get(value, value)
        page.locator(f"[name='{path}'][value='{text}']").check()
    elif kind == "checkbox":
        box.check()
    elif box.first.evaluate("e => e.tagName") == "SELECT":
        box.select_option(str(value))
    else:
        box.fill(str(value))
        if path.endswith(".place"):
            _pick(page, path, is_elsewhere="," in value)


def _pick(page: "Page", path: str, *, is_elsewhere: bool) -> None:
    """From the communes that are offered while one types; outside the province as it was typed."""
    found = page.locator(f"[id='f-{path.replace('.', '-')}-list'] [role=option]")
    (found.and_(page.locator("[data-mark='!']")) if is_elsewhere else found.first).click()


@dataclass
class Desk:
    """One computer at which officials sign in after one another."""

    house: House
    page: "Page"

    def sign_in(self, login: str) -> "Desk":
        self.house.enter(self.page, Account.objects.get(login=login).pk)
        self.page.goto("about:blank")  # what stands there was shown to somebody else
        return self

    def open(self, case: Case) -> str:
        self.page.goto(f"/desk/ho-so/{case.pk}/")
        look(self.page, f"desk-{case.state}")
        return words(self.page.locator("main"))

    def do(self, case: Case, move: str, /, document: bool = False, **fields: Any) -> None:
        """A move on the dossier's page: its button, or its form in the dialog."""
        address = f"/desk/ho-so/{case.pk}/"
        if not self.page.url.split("?")[0].endswith(address):
            self.page.goto(address)
        slug = move.replace("_", "-")
        way = self.page.locator(f"a[href*='/{case.pk}/{slug}/'], form[action*='/{case.pk}/{slug}/'] button").first
        if not way.is_visible():
            self.page.locator(".o-rest summary").click()
        if way.evaluate("e => e.tagName") == "A":
            way.click()
            form = self.page.locator(f"#move form[action*='/{slug}/']")
            form.wait_for()
            for name, value in fields.items():
                _answer(self.page, name, value)
            if document:
                file: FilePayload = {"name": "ket-qua.pdf", "mimeType": "application/pdf", "buffer": paper()}
                form.locator("input[type=file]").set_input_files(file)
            look(self.page, f"move-{slug}")
            with self.page.expect_navigation():
                form.locator("button.pri, button.danger").last.click()
        else:
            with self.page.expect_navigation():
                way.click()
        self.page.get_by_text("Đã làm").wait_for()
        case.refresh_from_db()
        self.house.work()

    def decide(self, case: Case) -> str:
        """A leader reads what is proposed, agrees and confirms. Returns what was shown."""
        page = self.page
        page.goto(f"/desk/phe-duyet/ho-so/{case.pk}/")
        look(page, "peek")
        shown = words(page.locator("main"))
        page.locator(".d-what a.mc-btn.pri").first.click()
        page.wait_for_url("**/xac-nhan/**")
        page.locator("form button.pri").click()
        page.wait_for_url("**/dot/**")
        look(page, "decided")
        self.house.work()
        case.refresh_from_db()
        return shown
