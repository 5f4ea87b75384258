"""The only writes to money. Each locks the payment, then the case, then what it owes, in this order."""

from motcua.kernel.payments.actions.arrivals import TakenIn, match_payment, record_cash, take_in
from motcua.kernel.payments.actions.obligations import cancel_obligation, request_payment
from motcua.kernel.payments.actions.refunds import approve_refund, ask_refund, pay_refund, refuse_refund

__all__ = [
    "TakenIn",
    "approve_refund",
    "ask_refund",
    "cancel_obligation",
    "match_payment",
    "pay_refund",
    "record_cash",
    "refuse_refund",
    "request_payment",
    "take_in",
]
