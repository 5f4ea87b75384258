"""Reading money: who is paid, what is owed, what arrived, what is shown to whoever pays."""

from motcua.kernel.payments.queries.accounts import PayeeRow, fee_tables, payee_of, payee_with
from motcua.kernel.payments.queries.obligations import get_obligation, obligations, pay_token, pay_url, read_pay_token

__all__ = [
    "PayeeRow",
    "fee_tables",
    "get_obligation",
    "obligations",
    "pay_token",
    "pay_url",
    "payee_of",
    "payee_with",
    "read_pay_token",
]
