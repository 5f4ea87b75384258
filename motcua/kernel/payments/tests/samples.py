"""A till in the invented city: accounts of a ward and of the province, clerks, and cases that owe."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.test import Client

from motcua.kernel.cases.actions.opening import NewCase, open_case
from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions.persons import sealed_person_values
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.payments.actions import request_payment
from motcua.kernel.payments.actions.tables import grow_version
from motcua.kernel.payments.kind import Incoming, Line, Payer
from motcua.kernel.payments.models import Obligation, Payee
from motcua.testing.city import MONDAY, City, add_officer

WARD_ACCOUNT, PROVINCE_ACCOUNT = "1010101010", "2020202020"
LEVY = Line("LP.1", "Lệ phí đăng ký", "le_phi", 50_000, "Registration levy", ("Mức thu cố định: 50.000 đ",))
FEE = Line("P.1", "Phí thẩm định", "phi", 30_000, "Appraisal fee")
AN = Payer("Nguyễn Văn An", "12 Trần Phú, Phường Một", "068090000001")
_numbers = count(1)


@dataclass(frozen=True)
class Till:
    city: City
    nga: Actor  # clerk of Ward One
    dung: Actor  # clerk of Ward Two
    phuc: Actor  # clerk of the province
    minh: Actor  # leads Ward One
    ward: Payee
    province: Payee


def build_till(city: City) -> Till:
    def payee(unit_id: int, account: str, agency: str, tax_code: str) -> Payee:
        return Payee.objects.create(
            unit_id=unit_id, bank_bin="970403", bank="Ngân hàng Thử", account=account, account_name=agency.upper(),
            agency=agency, tax_code=tax_code, address="Đà Lạt", receipt_form="01BLP0-001", receipt_symbol="LD-{yy}E",
        )  # fmt: skip

    ward = payee(city.ward_one.id, WARD_ACCOUNT, "UBND Phường Một", "5800000001")
    province = payee(city.province.id, PROVINCE_ACCOUNT, "UBND Tỉnh Thử", "5800000002")
    grow_version()
    return Till(
        city,
        nga=add_officer("nga-quy", "Ngô Thị Nga", city.office_one, "clerk"),
        dung=add_officer("dung-quy", "Bùi Thị Dung", city.office_two, "clerk"),
        phuc=add_officer("phuc-quy", "Hoàng Văn Phúc", city.centre, "clerk"),
        minh=city.minh,
        ward=ward,
        province=province,
    )


def case_in(till: Till, unit_id: int | None = None) -> Case:
    """A case of any kind will do; no module may be imported here, so it has no detail."""
    new = NewCase(
        kind="incident",
        subject="Đèn tắt",
        state="dispatched",
        unit_id=unit_id or till.city.office_one.id,
        channel="web",
        person=sealed_person_values("Nguyễn An", "0905 123 456", ""),
    )
    with transaction.atomic():
        return open_case(new, actor=SYSTEM).case


def owed(till: Till, *lines: Line, unit_id: int | None = None, **more: Any) -> Obligation:
    case = case_in(till, unit_id)
    values: dict[str, Any] = {"payer": AN, **more}
    return request_payment(case.id, lines or (LEVY,), actor=SYSTEM, **values)


def elsewhere(till: Till) -> Obligation:
    return owed(till, unit_id=till.city.office_two.id)


def money_for(
    obligation: Obligation | None = None, amount: int = 50_000, at: datetime = MONDAY + timedelta(hours=1), **more: Any
) -> Incoming:
    values: dict[str, Any] = {
        "bank_id": f"FT{next(_numbers):08d}",
        "amount": amount,
        "purpose": f"MBVCB.123.{obligation.reference.lower()}.CT tu NGUYEN VAN AN" if obligation else "ung ho",
        "account": WARD_ACCOUNT,
        "at": at,
        "payer": "NGUYEN VAN AN",
        "payer_account": "0011223344",
    }
    return Incoming(**{**values, **more})


def as_(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def names(obligation: Obligation) -> list[str]:
    """What happened to the case with money, in order."""
    rows = Event.objects.filter(case_id=obligation.case_id, name__startswith="payment.").order_by("id")
    return [event.name.removeprefix("payment.") for event in rows]
