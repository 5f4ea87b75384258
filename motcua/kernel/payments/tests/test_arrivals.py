"""Money that arrives is counted once, and whatever it turns out to be, it ends where somebody sees it."""

import pytest
from django.utils.translation import override

from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import sentence
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.payments.actions import cancel_obligation, match_payment, record_cash, request_payment, take_in
from motcua.kernel.payments.kind import Line, Outcome, State
from motcua.kernel.payments.models import Obligation, Payment, Receipt
from motcua.kernel.payments.queries.obligations import opened, payer_of
from motcua.kernel.payments.tests.samples import (
    AN,
    FEE,
    LEVY,
    PROVINCE_ACCOUNT,
    Till,
    case_in,
    elsewhere,
    money_for,
    names,
    owed,
)
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db


def test_it_works(till: Till) -> None:
    obligation = owed(till, LEVY, FEE)
    assert (obligation.amount, obligation.state) == (80_000, State.DUE)
    assert obligation.account == till.ward.account
    taken = take_in(money_for(obligation, 80_000))
    obligation.refresh_from_db()
    assert (taken.outcome, taken.is_new, taken.obligation_id) == (Outcome.EXACT, True, obligation.pk)
    assert (obligation.state, obligation.paid_amount, obligation.missing) == (State.PAID, 80_000, 0)
    assert obligation.settled_at is not None
    assert not Payment.objects.get().is_open
    assert names(obligation) == ["requested", "received", "settled", "receipted"]


# ── What is owed ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_to_pay_is_exempt_and_nobody_is_told(till: Till) -> None:
    obligation = owed(till, Line("LP.1", "Lệ phí", "le_phi", 0))
    assert obligation.state == State.EXEMPT
    assert names(obligation) == []


def test_asked_twice_with_one_key_is_owed_once(till: Till) -> None:
    first = owed(till, LEVY, key="accept:1")
    again = request_payment(first.case_id, [LEVY], actor=SYSTEM, key="accept:1")
    assert again.pk == first.pk
    with pytest.raises(Refused, match="stale"):
        request_payment(first.case_id, [FEE], actor=SYSTEM, key="accept:1")
    assert Obligation.objects.count() == 1
    assert names(first) == ["requested"]


@pytest.mark.parametrize("lines", [[], [Line("x", "X", "le_phi", -1)], [Line("x", "X", "guess", 1)]])
def test_nonsense_is_not_owed(till: Till, lines: list[Line]) -> None:
    case = case_in(till)
    with pytest.raises(Refused, match="invalid"):
        request_payment(case.id, lines, actor=SYSTEM)
    assert not Obligation.objects.exists()
    assert not Event.objects.filter(name__startswith="payment.").exists()


def test_a_ward_without_an_account_is_paid_to_the_province(till: Till) -> None:
    assert elsewhere(till).account == PROVINCE_ACCOUNT


def test_who_pays_is_sealed(till: Till) -> None:
    obligation = owed(till)
    assert AN.name.encode() not in bytes(obligation.payer_sealed)
    assert payer_of(obligation.payer_sealed) == AN
    take_in(money_for(obligation))
    payment = Payment.objects.get()
    assert b"NGUYEN" not in bytes(payment.purpose_sealed) + bytes(payment.payer_sealed)
    assert opened(payment.payer_sealed)["name"] == "NGUYEN VAN AN"


def test_without_a_name_it_is_whoever_the_case_is_of(till: Till) -> None:
    assert payer_of(owed(till, payer=None).payer_sealed).name == "Nguyễn An"


def test_cancelled_is_no_longer_asked_for(till: Till) -> None:
    obligation = owed(till)
    cancel_obligation(obligation.pk, actor=till.nga, reason="Rút hồ sơ")
    assert cancel_obligation(obligation.pk, actor=till.nga, reason="").state == State.CANCELLED
    assert names(obligation) == ["requested", "cancelled"]


def test_cancelling_needs_a_reason(till: Till) -> None:
    obligation = owed(till)
    with pytest.raises(Refused, match="invalid"):
        cancel_obligation(obligation.pk, actor=till.nga, reason=" ")
    obligation.refresh_from_db()
    assert obligation.state == State.DUE
    assert names(obligation) == ["requested"]


# ── What arrives ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_told_twice_is_counted_once(till: Till) -> None:
    obligation = owed(till)
    incoming = money_for(obligation)
    first, again = take_in(incoming), take_in(incoming)
    assert (again.payment_id, again.is_new) == (first.payment_id, False)
    obligation.refresh_from_db()
    assert obligation.paid_amount == 50_000
    assert names(obligation) == ["requested", "received", "settled", "receipted"]


def test_one_number_with_two_amounts_is_refused(till: Till) -> None:
    obligation = owed(till)
    incoming = money_for(obligation)
    take_in(incoming)
    with pytest.raises(Refused, match="conflict"):
        take_in(money_for(obligation, 60_000, bank_id=incoming.bank_id))
    obligation.refresh_from_db()
    assert (obligation.paid_amount, Payment.objects.count()) == (50_000, 1)


def test_partial_then_the_rest(till: Till) -> None:
    obligation = owed(till)
    assert take_in(money_for(obligation, 20_000)).outcome == Outcome.PARTIAL
    obligation.refresh_from_db()
    assert (obligation.state, obligation.missing, obligation.settled_at) == (State.PARTIAL, 30_000, None)
    assert not Receipt.objects.exists()
    assert take_in(money_for(obligation, 30_000)).outcome == Outcome.EXACT
    obligation.refresh_from_db()
    assert obligation.state == State.PAID
    assert names(obligation) == ["requested", "received", "partial", "received", "settled", "receipted"]
    event = Event.objects.get(name="payment.partial")
    assert event.data["missing"] == "30.000 đ"
    with override("en"):
        assert sentence(event.name, event.data) == "Received VND 20,000, VND 30,000 is missing"
        asked = Event.objects.get(name="payment.requested")
        assert sentence(asked.name, asked.data) == "VND 50,000 to be paid: Registration levy"


def test_too_much_settles_and_waits_for_a_clerk(till: Till) -> None:
    obligation = owed(till)
    assert take_in(money_for(obligation, 60_000)).outcome == Outcome.OVER
    obligation.refresh_from_db()
    payment = Payment.objects.get()
    assert (obligation.state, payment.surplus, payment.is_open) == (State.OVER, 10_000, True)
    assert names(obligation) == ["requested", "received", "over", "settled", "receipted"]
    assert Receipt.objects.get().amount == 50_000


def test_paid_twice_waits_for_a_clerk(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    assert take_in(money_for(obligation)).outcome == Outcome.DOUBLE
    obligation.refresh_from_db()
    assert (obligation.state, obligation.paid_amount) == (State.OVER, 100_000)
    assert Payment.objects.filter(surplus=50_000).count() == 1
    assert names(obligation) == ["requested", "received", "settled", "receipted", "received", "over"]
    assert Receipt.objects.count() == 1


def test_late_money_waits_for_a_clerk(till: Till) -> None:
    obligation = owed(till)
    cancel_obligation(obligation.pk, actor=till.nga, reason="Rút hồ sơ")
    assert take_in(money_for(obligation)).outcome == Outcome.LATE
    obligation.refresh_from_db()
    assert (obligation.state, obligation.settled_at) == (State.CANCELLED, None)
    assert Payment.objects.get().is_open
    assert names(obligation) == ["requested", "cancelled", "received", "late"]


def test_money_for_what_was_exempt_waits_for_a_clerk(till: Till) -> None:
    obligation = owed(till, Line("LP.1", "Lệ phí", "le_phi", 0))
    assert take_in(money_for(obligation)).outcome == Outcome.LATE
    assert Payment.objects.get().is_open


def test_money_without_a_known_reference_waits_for_a_clerk(till: Till) -> None:
    one, two = owed(till), owed(till)
    for incoming, reason in (
        (money_for(None), "no_reference"),
        (money_for(None, purpose="MC00000000000 le phi"), "no_obligation"),
        (money_for(None, purpose=f"{one.reference} va {two.reference}"), "several"),
        (money_for(one, account=PROVINCE_ACCOUNT), "wrong_account"),
    ):
        taken = take_in(incoming)
        payment = Payment.objects.get(pk=taken.payment_id)
        assert (taken.outcome, taken.obligation_id) == (Outcome.UNKNOWN, None)
        assert (payment.reason, payment.is_open, payment.surplus) == (reason, True, 50_000)
    assert Event.objects.filter(name="payment.unknown", case_id=None).count() == 4
    one.refresh_from_db()
    assert (one.state, one.paid_amount) == (State.DUE, 0)


def test_the_reference_is_found_in_what_banks_make_of_it(till: Till) -> None:
    for written in ("{}", "{} phi", "MBVCB.9.{}.CT tu 001", "Nop le phi: {}.", "{}-NGUYEN VAN AN"):
        obligation = owed(till)
        reference = obligation.reference.lower()
        cut = f"{reference[:6]} {reference[6:]}"
        assert take_in(money_for(obligation, purpose=written.format(cut))).outcome == Outcome.EXACT


@pytest.mark.parametrize("amount", [0, -5, 10**14])
def test_no_amount_of_money_is_refused(till: Till, amount: int) -> None:
    with pytest.raises(Refused, match="invalid"):
        take_in(money_for(None, amount))
    assert not Payment.objects.exists()


# ── By hand ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_clerk_matches_what_nobody_knew(till: Till) -> None:
    obligation = owed(till)
    taken = take_in(money_for(None))
    payment = match_payment(taken.payment_id, obligation.pk, actor=till.nga)
    obligation.refresh_from_db()
    assert (payment.outcome, payment.matched_by, obligation.state) == (Outcome.EXACT, till.nga.key, State.PAID)
    assert names(obligation) == ["requested", "matched", "received", "settled", "receipted"]
    with pytest.raises(Refused, match="wrong_state"):
        match_payment(taken.payment_id, owed(till).pk, actor=till.nga)


def test_a_double_payment_may_be_meant_for_another_case(till: Till) -> None:
    obligation, other = owed(till), owed(till)
    take_in(money_for(obligation))
    double = take_in(money_for(obligation))
    match_payment(double.payment_id, other.pk, actor=till.nga)
    obligation.refresh_from_db()
    other.refresh_from_db()
    assert (obligation.state, obligation.paid_amount) == (State.PAID, 50_000)
    assert (other.state, other.paid_amount) == (State.PAID, 50_000)
    assert Payment.objects.filter(surplus__gt=0).count() == 0
    assert names(obligation)[-1] == "moved"


def test_money_of_a_cancelled_fee_goes_to_the_right_one(till: Till) -> None:
    wrong, right = owed(till), owed(till)
    taken = take_in(money_for(wrong))
    cancel_obligation(wrong.pk, actor=till.nga, reason="Lập sai")
    match_payment(taken.payment_id, right.pk, actor=till.nga)
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.paid_amount, wrong.state, right.state) == (0, State.CANCELLED, State.PAID)
    assert sum(Receipt.objects.filter(obligation=wrong).values_list("amount", flat=True)) == 0


def test_matching_to_what_is_no_longer_owed_changes_nothing(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation))
    taken = take_in(money_for(None))
    with pytest.raises(Refused, match="wrong_state"):
        match_payment(taken.payment_id, obligation.pk, actor=till.nga)
    assert Payment.objects.get(pk=taken.payment_id).obligation_id is None
    assert "matched" not in names(obligation)


@pytest.mark.parametrize("who", ["dung", "minh"])
def test_matching_is_for_clerks_of_the_place(till: Till, who: str) -> None:
    obligation = owed(till)
    taken = take_in(money_for(None))
    actor: Actor = getattr(till, who)
    with pytest.raises(Refused, match=r"not_found|not_allowed"):
        match_payment(taken.payment_id, obligation.pk, actor=actor)
    assert Payment.objects.get().obligation_id is None
    assert names(obligation) == ["requested"]


def test_money_on_nobodys_account_is_for_the_province(till: Till) -> None:
    obligation = owed(till)
    taken = take_in(money_for(None, account="999"))
    with pytest.raises(Refused, match="not_found"):
        match_payment(taken.payment_id, obligation.pk, actor=till.nga)
    assert match_payment(taken.payment_id, obligation.pk, actor=till.phuc).outcome == Outcome.EXACT


def test_cash_at_the_counter(till: Till) -> None:
    obligation = owed(till)
    payment = record_cash(obligation.pk, actor=till.nga)
    obligation.refresh_from_db()
    assert (payment.amount, payment.means, payment.collected_by) == (50_000, "cash", till.nga.key)
    assert obligation.state == State.PAID
    with pytest.raises(Refused, match="wrong_state"):
        record_cash(obligation.pk, actor=till.nga)
    assert Payment.objects.count() == 1


def test_a_form_sent_twice_counts_cash_once(till: Till) -> None:
    obligation = owed(till)
    for _ in range(2):
        record_cash(obligation.pk, actor=till.nga, amount=20_000, nonce="f1", means="card", slip="A-17")
    obligation.refresh_from_db()
    assert (obligation.paid_amount, obligation.state) == (20_000, State.PARTIAL)


@pytest.mark.parametrize("amount", [0, -1, 50_001])
def test_no_more_cash_than_is_missing(till: Till, amount: int) -> None:
    obligation = owed(till)
    with pytest.raises(Refused, match="invalid"):
        record_cash(obligation.pk, actor=till.nga, amount=amount)
    assert not Payment.objects.exists()
    assert names(obligation) == ["requested"]


@pytest.mark.parametrize("who", ["dung", "minh"])
def test_cash_is_taken_by_clerks_of_the_place(till: Till, who: str) -> None:
    obligation = owed(till)
    with pytest.raises(Refused, match=r"not_found|not_allowed"):
        record_cash(obligation.pk, actor=getattr(till, who))
    assert not Payment.objects.exists()
