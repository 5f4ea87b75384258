"""Money in the data of events, where each sentence finds what it says."""

from typing import Any

from motcua.kernel.payments.models import Obligation
from motcua.lib.money import money


def told(amount: int, obligation: Obligation | None = None, **more: Any) -> dict[str, Any]:
    base: dict[str, Any] = {"money": money(amount), "money_en": money(amount, "en"), "amount": amount}
    if obligation is not None:
        base |= {"obligation": obligation.pk, "reference": obligation.reference, "key": obligation.key}
    return base | more
