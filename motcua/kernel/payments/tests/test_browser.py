"""The pages of money in a real browser: paying on a phone, the counter, and every page of clerks."""

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from motcua.kernel.identity.kind import Actor
from motcua.kernel.payments.actions import approve_refund, ask_refund, cancel_obligation, take_in
from motcua.kernel.payments.actions.reconciling import reconcile
from motcua.kernel.payments.kind import BankAccount
from motcua.kernel.payments.models import BankFile, Obligation, Payment, Receipt
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.payments.tasks import make_receipts
from motcua.kernel.payments.tests.samples import FEE, LEVY, WARD_ACCOUNT, Till, money_for, owed
from motcua.testing.browser import BOTH_FACES
from motcua.testing.city import MONDAY

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OpenPage = Callable[..., "Page"]
Check = Callable[["Page"], None]
SignIn = Callable[["Page", int], None]
TO = BankAccount("970403", "0011223344", "NGUYEN VAN AN")


def shoot(page: "Page", name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def address(obligation: Obligation) -> str:
    return f"/thanh-toan/{pay_token(obligation.pk)}/"


@BOTH_FACES
def test_every_state_of_the_page_to_pay(
    open_page: OpenPage, check_page: Check, till: Till, language: str, width: int
) -> None:
    due, partial, paid, over, gone = (owed(till, LEVY, FEE) for _ in range(5))
    take_in(money_for(partial, 20_000))
    take_in(money_for(paid, 80_000))
    take_in(money_for(over, 90_000))
    cancel_obligation(gone.pk, actor=till.nga, reason="Rút hồ sơ")
    make_receipts()
    page = open_page(width=width, language=language)
    for number, obligation in enumerate((due, partial, paid, over, gone)):
        page.goto(address(obligation))
        assert page.locator("h1").count() == 1
        shoot(page, f"pay{number}-{language}-{width}")
        check_page(page)


def test_the_page_changes_by_itself_when_money_comes(open_page: OpenPage, check_page: Check, till: Till) -> None:
    obligation = owed(till)
    page = open_page()
    page.goto(address(obligation))
    assert page.get_by_text(obligation.reference).count() == 1
    take_in(money_for(obligation))
    page.get_by_text(re.compile("Đã nhận đủ")).wait_for()
    assert page.get_by_text(obligation.reference).count() == 0
    make_receipts()
    page.get_by_role("link", name=re.compile("Tải biên lai")).wait_for()
    check_page(page)


def test_without_scripts_the_page_says_how_to_pay(open_page: OpenPage, till: Till) -> None:
    obligation = owed(till)
    page = open_page(scripts=False)
    page.goto(address(obligation))
    assert page.get_by_text(WARD_ACCOUNT).is_visible()
    assert page.get_by_role("img", name=re.compile("VietQR")).is_visible()
    assert not page.get_by_role("button", name="Chép số tài khoản").is_visible()
    with page.expect_navigation():
        page.get_by_role("link", name="Xem lại tiền đã đến chưa").click()
    assert page.get_by_text(obligation.reference).is_visible()


def test_account_and_reference_are_copied(open_page: OpenPage, till: Till) -> None:
    obligation = owed(till)
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address(obligation))
    page.get_by_role("button", name="Chép nội dung").click()
    page.get_by_text("Đã chép").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == obligation.reference


def enter(page: "Page", sign_in: SignIn, actor: Actor) -> None:
    assert actor.id is not None
    sign_in(page, actor.id)


@BOTH_FACES
def test_pages_of_clerks(
    open_page: OpenPage, check_page: Check, sign_in: SignIn, till: Till, language: str, width: int
) -> None:
    due, double = owed(till, LEVY, FEE), owed(till)
    take_in(money_for(double))
    second = take_in(money_for(double)).payment_id
    unknown = take_in(money_for(None, 80_000, purpose=f"nop {due.case.code}")).payment_id
    take_in(money_for(None, 9_000, bank_id="FT9", at=MONDAY + timedelta(hours=1)))
    refund = ask_refund(second, actor=till.nga, reason="Nộp hai lần", amount=20_000, to=TO)
    approve_refund(refund.pk, actor=till.minh)
    ask_refund(second, actor=till.nga, reason="Nộp hai lần", to=TO)
    reconcile([], actor=till.nga, account=WARD_ACCOUNT, day=MONDAY.date(), name="a.csv", content=b"")
    make_receipts()
    page = open_page(width=width, language=language)
    enter(page, sign_in, till.nga)
    paths = [
        "", "cho-nop/", "khoan/", f"khoan/{due.pk}/", f"khoan/{double.pk}/", f"tien/{second}/", f"tien/{unknown}/",
        "hoan-tien/", "bien-lai/", f"bien-lai/{Receipt.objects.get().pk}/thay/", "doi-soat/",
        f"doi-soat/{BankFile.objects.get().pk}/",
    ]  # fmt: skip
    for number, path in enumerate(paths):
        page.goto(f"/desk/thu-phi/{path}")
        assert page.locator("h1").count() == 1
        shoot(page, f"desk{number}-{language}-{width}")
        check_page(page)
    enter(page, sign_in, till.city.quan)
    page.goto("/desk/thu-phi/duong-bao/")
    shoot(page, f"sources-{language}-{width}")
    check_page(page)


def test_cash_then_a_second_look(open_page: OpenPage, check_page: Check, sign_in: SignIn, till: Till) -> None:
    obligation = owed(till)
    page = open_page(width=1440)
    enter(page, sign_in, till.nga)
    page.goto(f"/desk/thu-phi/khoan/{obligation.pk}/")
    page.get_by_label("Số tiền thu").fill("60.000")
    page.get_by_role("button", name="Ghi đã thu").click()
    page.get_by_text("Thu từ 1 đ đến 50.000 đ").first.wait_for()
    open_page.complaints.clear()  # type: ignore[attr-defined]  # the answer 422 is meant
    check_page(page)
    page.get_by_label("Số tiền thu").fill("50.000")
    page.get_by_role("button", name="Ghi đã thu").click()
    page.get_by_text("Đã ghi nhận tiền.").wait_for()
    assert Payment.objects.get().amount == 50_000
    assert page.get_by_role("button", name="Ghi đã thu").count() == 0


def test_a_clerk_matches_by_one_click(open_page: OpenPage, sign_in: SignIn, till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(None, purpose="nop le phi"))
    page = open_page(width=1440)
    enter(page, sign_in, till.nga)
    page.goto("/desk/thu-phi/")
    page.get_by_role("link", name="50.000 đ").click()
    page.get_by_role("button", name=f"Khớp {obligation.reference}").click()
    page.get_by_text("Đã khớp tiền với khoản thu.").wait_for()
    obligation.refresh_from_db()
    assert obligation.state == "paid"
