"""Money goes back once, after a second person agreed; receipts follow."""

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.payments.actions import (
    approve_refund,
    ask_refund,
    cancel_obligation,
    pay_refund,
    refuse_refund,
    take_in,
)
from motcua.kernel.payments.actions.receipts import replace_receipt
from motcua.kernel.payments.actions.refunds import release_lines
from motcua.kernel.payments.kind import BankAccount, Payer, RefundState, State
from motcua.kernel.payments.models import Obligation, Payment, Receipt, Refund
from motcua.kernel.payments.queries.obligations import opened, payer_of
from motcua.kernel.payments.tests.samples import FEE, LEVY, Till, money_for, names, owed
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import MONDAY

pytestmark = pytest.mark.django_db
TO = BankAccount("970403", "0011223344", "NGUYEN VAN AN")


def double(till: Till) -> tuple[Obligation, int]:
    obligation = owed(till)
    take_in(money_for(obligation))
    return obligation, take_in(money_for(obligation)).payment_id


def test_asked_approved_paid(till: Till) -> None:
    obligation, payment_id = double(till)
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
    obligation.refresh_from_db()
    assert (refund.amount, obligation.state) == (50_000, State.REFUNDING)
    assert b"0011223344" not in bytes(refund.to_sealed)
    assert opened(refund.to_sealed)["account"] == "0011223344"
    approve_refund(refund.pk, actor=till.minh)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
    obligation.refresh_from_db()
    payment = Payment.objects.get(pk=payment_id)
    assert (obligation.state, obligation.paid_amount, obligation.refunded_amount) == (State.PAID, 50_000, 50_000)
    assert (payment.returned, payment.is_open) == (50_000, False)
    assert names(obligation)[-3:] == ["refund_asked", "refund_approved", "refunded"]
    assert Receipt.objects.count() == 1  # what was paid too often was never on it


def test_nobody_approves_their_own(till: Till) -> None:
    _obligation, payment_id = double(till)
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
    Refund.objects.update(asked_by=till.minh.key)
    with pytest.raises(Refused, match="not_allowed"):
        approve_refund(refund.pk, actor=till.minh)
    assert Refund.objects.get().state == RefundState.ASKED
    assert not Event.objects.filter(name="payment.refund_approved").exists()


def test_a_clerk_does_not_approve(till: Till) -> None:
    _obligation, payment_id = double(till)
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
    for actor in (till.nga, till.dung, till.city.hoa):
        with pytest.raises(Refused):
            approve_refund(refund.pk, actor=actor)
    assert Refund.objects.get().state == RefundState.ASKED


def test_not_paid_before_it_is_approved_and_not_twice(till: Till) -> None:
    obligation, payment_id = double(till)
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
    with pytest.raises(Refused, match="wrong_state"):
        pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
    approve_refund(refund.pk, actor=till.minh)
    with pytest.raises(Refused, match="invalid"):
        pay_refund(refund.pk, actor=till.nga)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
    with pytest.raises(Refused, match="wrong_state"):
        pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-2")
    obligation.refresh_from_db()
    assert obligation.refunded_amount == 50_000
    assert names(obligation).count("refunded") == 1


def test_one_transfer_of_ours_pays_one_refund(till: Till) -> None:
    for number in range(2):
        _obligation, payment_id = double(till)
        refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
        approve_refund(refund.pk, actor=till.minh)
        if number:
            with pytest.raises(Refused, match="conflict"):
                pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
            assert Payment.objects.get(pk=payment_id).returned == 0
        else:
            pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")


def test_no_more_goes_back_than_is_too_much(till: Till) -> None:
    obligation = owed(till)
    payment_id = take_in(money_for(obligation, 60_000)).payment_id
    with pytest.raises(Refused, match="invalid"):
        ask_refund(payment_id, actor=till.nga, reason="x", amount=10_001, to=TO)
    ask_refund(payment_id, actor=till.nga, reason="x", amount=6_000, to=TO)
    with pytest.raises(Refused, match="invalid"):
        ask_refund(payment_id, actor=till.nga, reason="x", amount=5_000, to=TO)
    ask_refund(payment_id, actor=till.nga, reason="x", to=TO)
    with pytest.raises(Refused, match="wrong_state"):
        ask_refund(payment_id, actor=till.nga, reason="x", to=TO)
    assert sum(Refund.objects.values_list("amount", flat=True)) == 10_000


@pytest.mark.parametrize(
    ("reason", "to"),
    [("", TO), ("x", None), ("x", BankAccount("970403", "", "AN")), ("x", BankAccount(account="0011", name="AN"))],
)
def test_a_refund_says_why_and_where_to(till: Till, reason: str, to: BankAccount | None) -> None:
    _obligation, payment_id = double(till)
    with pytest.raises(Refused, match="invalid"):
        ask_refund(payment_id, actor=till.nga, reason=reason, to=to)
    assert not Refund.objects.exists()


def test_what_goes_back_by_itself_is_paid_once_the_bank_is_known(till: Till) -> None:
    """Banks tell the account that money came from, not whose bank it is."""
    obligation = owed(till)
    take_in(money_for(obligation, payer="BUI MINH"))
    (refund,) = release_lines(obligation.pk, {LEVY.code}, actor=SYSTEM, reason="Rút hồ sơ")
    approve_refund(refund.pk, actor=till.minh)
    told = names(obligation)
    with pytest.raises(Refused) as refusal:
        pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
    assert set(refusal.value.fields) == {"bank"}
    refund.refresh_from_db()
    assert (refund.state, refund.bank_id, names(obligation)) == (RefundState.APPROVED, None, told)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1", bank="Ngân hàng Thử")
    refund.refresh_from_db()
    to = opened(refund.to_sealed)
    assert (refund.state, to["bank"], to["account"], to["name"]) == (
        RefundState.PAID, "Ngân hàng Thử", "0011223344", "BUI MINH",
    )  # fmt: skip


def test_the_bank_that_was_approved_stays(till: Till) -> None:
    _obligation, payment_id = double(till)
    to = BankAccount(account="0011223344", name="NGUYEN VAN AN", bank="Ngân hàng Thử")
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=to)
    approve_refund(refund.pk, actor=till.minh)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1", bank="Ngân hàng khác")
    refund.refresh_from_db()
    assert opened(refund.to_sealed)["bank"] == "Ngân hàng Thử"


def test_refused_may_be_asked_again(till: Till) -> None:
    obligation, payment_id = double(till)
    refund = ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO)
    with pytest.raises(Refused, match="invalid"):
        refuse_refund(refund.pk, actor=till.minh, reason="")
    refuse_refund(refund.pk, actor=till.minh, reason="Sai tài khoản")
    obligation.refresh_from_db()
    assert obligation.state == State.OVER
    assert ask_refund(payment_id, actor=till.nga, reason="Nộp hai lần", to=TO).amount == 50_000


def test_money_of_nobody_goes_back(till: Till) -> None:
    payment_id = take_in(money_for(None)).payment_id
    refund = ask_refund(payment_id, actor=till.nga, reason="Chuyển nhầm", to=TO)
    approve_refund(refund.pk, actor=till.minh)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-9")
    assert not Payment.objects.get().is_open
    assert Event.objects.filter(name="payment.refunded", case_id=None).count() == 1


def test_a_fee_that_goes_back_comes_off_its_receipt(till: Till) -> None:
    obligation = owed(till)
    payment_id = take_in(money_for(obligation)).payment_id
    cancel_obligation(obligation.pk, actor=till.nga, reason="Rút hồ sơ")
    assert Payment.objects.get().is_open
    refund = ask_refund(payment_id, actor=till.nga, reason="Rút hồ sơ", to=TO)
    approve_refund(refund.pk, actor=till.minh)
    pay_refund(refund.pk, actor=till.nga, bank_id="FT-OUT-1")
    obligation.refresh_from_db()
    original, adjustment = Receipt.objects.order_by("id")
    assert (obligation.state, original.state) == (State.REFUNDED, "adjusted")
    assert (adjustment.kind, adjustment.amount, adjustment.replaces_id) == ("adjustment", -50_000, original.pk)
    assert (original.number, adjustment.number) == (1, 2)
    assert names(obligation)[-2:] == ["receipt_adjusted", "refunded"]


def test_money_that_comes_after_a_line_was_released_is_counted(till: Till) -> None:
    """Whoever paid in part holds the code for the rest still: the bank tells of it once the line is gone."""
    obligation = owed(till, LEVY, FEE)
    take_in(money_for(obligation, 70_000))
    release_lines(obligation.pk, {LEVY.code}, actor=SYSTEM, reason="Rút hồ sơ")
    obligation.refresh_from_db()
    assert (obligation.amount, obligation.settled_at is not None, obligation.state) == (30_000, True, State.REFUNDING)
    assert Receipt.objects.get().amount == 30_000
    late = take_in(money_for(obligation, 10_000))
    assert late.outcome == "double"
    assert list(Payment.objects.order_by("id").values_list("amount", "surplus")) == [(70_000, 40_000), (10_000, 10_000)]
    assert names(obligation).count("settled") == Receipt.objects.count() == 1


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_receipts_are_numbered_without_gaps_in_each_series(till: Till) -> None:
    with moment.at(MONDAY):
        for _ in range(3):
            take_in(money_for(owed(till)))
    assert list(Receipt.objects.order_by("id").values_list("number", flat=True)) == [1, 2, 3]
    receipt = Receipt.objects.earliest("id")
    assert (receipt.series.form, receipt.series.symbol, receipt.shown_number) == ("01BLP0-001", "LD-26E", "0000001")
    assert (receipt.agency, receipt.amount) == ("UBND Phường Một", 50_000)


def test_no_receipt_where_there_is_no_form(till: Till) -> None:
    till.ward.receipt_form = ""
    till.ward.save()
    take_in(money_for(owed(till)))
    assert not Receipt.objects.exists()


def test_a_wrong_name_is_put_right_by_another_receipt(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    old = Receipt.objects.get()
    new = replace_receipt(old.pk, actor=till.nga, reason="Sai tên", payer=Payer("Nguyễn Thị An"))
    old.refresh_from_db()
    assert (old.state, new.kind, new.number, new.replaces_id) == ("replaced", "replacement", 2, old.pk)
    assert payer_of(new.payer_sealed).name == "Nguyễn Thị An"
    with pytest.raises(Refused, match="wrong_state"):
        replace_receipt(old.pk, actor=till.nga, reason="x", payer=Payer("X"))
    assert names(obligation)[-1] == "receipt_replaced"


@pytest.mark.parametrize("who", ["dung", "minh"])
def test_replacing_is_for_clerks_of_the_place(till: Till, who: str) -> None:
    take_in(money_for(owed(till)))
    with pytest.raises(Refused, match=r"not_found|not_allowed"):
        replace_receipt(Receipt.objects.get().pk, actor=getattr(till, who), reason="x", payer=Payer("X"))
    assert Receipt.objects.count() == 1
