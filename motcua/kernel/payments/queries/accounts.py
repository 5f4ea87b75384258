"""Price tables and payees: small, asked for often, kept in memory until they change."""

from collections.abc import Mapping
from dataclasses import dataclass

from motcua.kernel.org.queries import tree
from motcua.kernel.payments.models import FeeTable, MoneyVersion, Payee
from motcua.lib.fees import Table
from motcua.lib.versioned import Versioned


@dataclass(frozen=True, slots=True)
class PayeeRow:
    unit_id: int
    bank_bin: str
    bank: str
    account: str
    account_name: str
    agency: str
    tax_code: str
    address: str
    receipt_form: str
    receipt_symbol: str


@dataclass(frozen=True)
class _Held:
    tables: Mapping[str, Table]
    payees: Mapping[int, PayeeRow]
    accounts: Mapping[str, PayeeRow]


def _load() -> _Held:
    payees = [
        PayeeRow(
            row.unit_id, row.bank_bin, row.bank, row.account, row.account_name, row.agency, row.tax_code, row.address,
            row.receipt_form, row.receipt_symbol,
        )
        for row in Payee.objects.order_by("id")
    ]  # fmt: skip
    accounts: dict[str, PayeeRow] = {}
    for payee in payees:
        # Of several units with one account the highest answers for it.
        known = accounts.get(payee.account)
        if known is None or len(tree().path(payee.unit_id)) < len(tree().path(known.unit_id)):
            accounts[payee.account] = payee
    return _Held(
        {row.name: Table.parse(row.name, row.text) for row in FeeTable.objects.all()},
        {payee.unit_id: payee for payee in payees},
        accounts,
    )


_held = Versioned(lambda: MoneyVersion.objects.values_list("number", flat=True).first() or 0, _load)


def forget() -> None:
    """Look again at the next question: after a change in this process, and between tests."""
    _held.forget()


def fee_tables() -> Mapping[str, Table]:
    """For ``lib.fees.amount(…, tables=fee_tables())``."""
    return _held.get().tables


def payee_of(unit_id: int) -> PayeeRow | None:
    """Whoever collects for the unit: itself, or the nearest above it that has an account."""
    payees = _held.get().payees
    for candidate in (unit_id, *(unit.id for unit in tree().ancestors(unit_id))):
        if candidate in payees:
            return payees[candidate]
    return None


def payee_with(account: str) -> PayeeRow | None:
    return _held.get().accounts.get(account)


def list_accounts() -> list[PayeeRow]:
    """Each account once, with the highest unit that it is of."""
    return list(_held.get().accounts.values())
