"""Money never moves twice for one request: the same things done by several at the same time, on real connections."""

from collections import Counter
from collections.abc import Sequence

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.kernel.payments.actions import (
    approve_refund,
    ask_refund,
    cancel_obligation,
    match_payment,
    pay_refund,
    record_cash,
    take_in,
)
from motcua.kernel.payments.actions.gateways import start_attempt
from motcua.kernel.payments.kind import BankAccount, Outcome, State
from motcua.kernel.payments.models import Attempt, Obligation, Payment, Receipt, ReceiptSeries, Refund
from motcua.kernel.payments.tests.samples import Till, money_for, names, owed
from motcua.testing.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)
TO = BankAccount("970403", "0011223344", "NGUYEN VAN AN")
HANDS = 6


def sums_agree(obligation: Obligation) -> None:
    """What we hold is what arrived, less what went back; nothing of the history was lost."""
    obligation.refresh_from_db()
    arrived = sum(Payment.objects.filter(obligation=obligation).values_list("amount", flat=True))
    back = sum(Refund.objects.filter(payment__obligation=obligation, state="paid").values_list("amount", flat=True))
    assert obligation.paid_amount == arrived - back
    assert obligation.refunded_amount == back
    assert not list(verify(obligation.case_id))


def test_one_transfer_told_by_many_is_counted_once(till: Till) -> None:
    obligation = owed(till)
    incoming = money_for(obligation)
    came = at_once(*[lambda: take_in(incoming).is_new] * HANDS)
    assert Counter(came) == {True: 1, False: HANDS - 1}
    assert Payment.objects.count() == 1
    assert names(obligation) == ["requested", "received", "settled", "receipted"]
    sums_agree(obligation)


def test_several_transfers_for_one_fee_settle_it_once(till: Till) -> None:
    obligation = owed(till)
    tellings = [money_for(obligation) for _ in range(HANDS)]
    came = at_once(*[lambda incoming=incoming: take_in(incoming).outcome for incoming in tellings])
    assert Counter(came) == {Outcome.EXACT: 1, Outcome.DOUBLE: HANDS - 1}
    assert names(obligation).count("settled") == 1
    assert Receipt.objects.count() == 1
    sums_agree(obligation)


def test_parts_that_arrive_together_settle_it_once(till: Till) -> None:
    obligation = owed(till)
    tellings = [money_for(obligation, 10_000) for _ in range(5)]
    came = at_once(*[lambda incoming=incoming: take_in(incoming).outcome for incoming in tellings])
    assert Counter(came) == {Outcome.PARTIAL: 4, Outcome.EXACT: 1}
    assert names(obligation).count("settled") == 1
    sums_agree(obligation)
    assert obligation.state == State.PAID


def test_receipts_of_many_at_once_have_no_gap_and_no_number_twice(till: Till) -> None:
    debts = [owed(till) for _ in range(HANDS)]
    at_once(*[lambda debt=debt: take_in(money_for(debt)) for debt in debts])
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, HANDS + 1))
    assert ReceiptSeries.objects.get().last == HANDS


def test_a_number_that_was_not_used_is_not_lost(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """The transaction that took it was rolled back: the next one gets it."""
    from motcua.kernel.payments.actions import arrivals

    def broken(*args: object, **more: object) -> None:
        from motcua.kernel.payments.actions.receipts import issue_receipt

        issue_receipt(*args, **more)  # type: ignore[arg-type]
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(arrivals, "issue_receipt", broken)
        with pytest.raises(RuntimeError):
            take_in(money_for(owed(till)))
    assert not Payment.objects.exists()
    take_in(money_for(owed(till)))
    assert Receipt.objects.get().number == 1


def test_two_clerks_take_the_same_cash_once(till: Till) -> None:
    obligation = owed(till)
    came = at_once(
        *[lambda: record_cash(obligation.pk, actor=till.nga).amount] * 2,
        *[lambda: record_cash(obligation.pk, actor=till.phuc).amount] * 2,
    )
    assert Counter(came)[50_000] + Counter(came)["wrong_state"] == 4
    assert Payment.objects.count() == 1
    sums_agree(obligation)


def test_cash_and_transfer_at_once_are_both_seen(till: Till) -> None:
    obligation = owed(till)
    incoming = money_for(obligation)
    at_once(lambda: take_in(incoming), lambda: record_cash(obligation.pk, actor=till.nga))
    sums_agree(obligation)
    assert names(obligation).count("settled") == 1
    surplus = sum(payment.surplus for payment in Payment.objects.all())
    assert surplus == obligation.paid_amount - 50_000


def test_cancelled_while_it_is_paid(till: Till) -> None:
    """Whoever comes first: afterwards all of the money waits to be given back."""
    for _ in range(3):
        obligation = owed(till)
        incoming = money_for(obligation)
        at_once(
            lambda incoming=incoming: take_in(incoming),  # type: ignore[misc]
            lambda debt=obligation: cancel_obligation(debt.pk, actor=till.nga, reason="Rút"),  # type: ignore[misc]
        )
        sums_agree(obligation)
        assert obligation.state == State.CANCELLED
        assert Payment.objects.get(obligation=obligation).surplus == 50_000


def test_money_is_matched_by_one_clerk_only(till: Till) -> None:
    debts = [owed(till) for _ in range(HANDS)]
    taken = take_in(money_for(None))
    came = at_once(
        *[lambda debt=debt: match_payment(taken.payment_id, debt.pk, actor=till.nga).outcome for debt in debts]
    )
    assert Counter(came) == {Outcome.EXACT: 1, "wrong_state": HANDS - 1}
    for debt in debts:
        sums_agree(debt)
    assert Event.objects.filter(name="payment.settled").count() == 1


def test_money_moves_back_and_forth_between_cases_without_a_deadlock(till: Till) -> None:
    one, two = owed(till), owed(till)
    for debt in (one, two):
        take_in(money_for(debt))
        cancel_obligation(debt.pk, actor=till.nga, reason="Lập sai")
    mine, yours = (Payment.objects.get(obligation=debt) for debt in (one, two))
    targets = [owed(till) for _ in range(2)]
    at_once(
        lambda: match_payment(mine.pk, targets[0].pk, actor=till.nga).outcome,
        lambda: match_payment(mine.pk, targets[1].pk, actor=till.nga).outcome,
        lambda: match_payment(yours.pk, targets[1].pk, actor=till.nga).outcome,
        lambda: match_payment(yours.pk, targets[0].pk, actor=till.nga).outcome,
    )
    for debt in (one, two, *targets):
        sums_agree(debt)
    assert sum(debt.paid_amount for debt in (one, two, *targets)) == 100_000


def refunds_of(payment_id: int) -> Sequence[Refund]:
    return list(Refund.objects.filter(payment_id=payment_id))


def test_a_refund_is_asked_approved_and_paid_once(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    payment_id = take_in(money_for(obligation)).payment_id
    asked = at_once(*[lambda: ask_refund(payment_id, actor=till.nga, reason="x", to=TO).amount] * HANDS)
    assert Counter(asked) == {50_000: 1, "wrong_state": HANDS - 1}
    (refund,) = refunds_of(payment_id)
    approved = at_once(*[lambda: approve_refund(refund.pk, actor=till.minh).state] * HANDS)
    assert Counter(approved) == {"approved": 1, "wrong_state": HANDS - 1}
    paid = at_once(
        *[
            lambda number=number: pay_refund(refund.pk, actor=till.nga, bank_id=f"OUT-{number}").state
            for number in range(HANDS)
        ]
    )
    assert Counter(paid) == {"paid": 1, "wrong_state": HANDS - 1}
    assert names(obligation).count("refunded") == 1
    sums_agree(obligation)


def test_money_is_either_matched_or_given_back(till: Till) -> None:
    for _ in range(3):
        obligation = owed(till)
        taken = take_in(money_for(None))
        came = at_once(
            lambda debt=obligation, pk=taken.payment_id: match_payment(pk, debt.pk, actor=till.nga).outcome,  # type: ignore[misc]
            lambda pk=taken.payment_id: ask_refund(pk, actor=till.nga, reason="x", to=TO).amount,  # type: ignore[misc]
        )
        assert Counter(came)["wrong_state"] == 1
        sums_agree(obligation)


def test_many_clicks_on_pay_are_one_request_at_the_gateway(till: Till) -> None:
    obligation = owed(till)
    came = at_once(*[lambda: start_attempt(obligation.pk, "national").request_id] * HANDS)
    assert len(set(came)) == 1
    assert Attempt.objects.count() == 1


def test_a_refund_is_asked_while_the_fee_is_cancelled(till: Till) -> None:
    """Both take the same locks in the same order: neither waits for what the other holds."""
    for _round in range(4):
        debt = owed(till)
        taken = take_in(money_for(debt, 60_000))
        came = at_once(
            *[lambda pk=taken.payment_id: ask_refund(pk, actor=till.nga, reason="x", amount=1_000, to=TO).amount] * 3,
            lambda pk=debt.pk: cancel_obligation(pk, actor=till.nga, reason="Rút").state,  # type: ignore[misc]
        )
        assert came[:3] == [1_000] * 3
        sums_agree(debt)
