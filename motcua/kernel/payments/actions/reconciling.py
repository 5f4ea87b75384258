"""The bank's own list of a day, against what we were told. What nobody told us is taken in; the rest is listed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import may, require
from motcua.kernel.payments.actions.arrivals import take_in
from motcua.kernel.payments.kind import Incoming
from motcua.kernel.payments.models import BankFile, Payment
from motcua.kernel.payments.queries.accounts import payee_with
from motcua.kernel.payments.queries.obligations import money_path, within
from motcua.lib import moment
from motcua.lib.errors import Refused

MOST_ROWS = 100_000
NOT_THEIRS, OTHER_AMOUNT, OTHER_DAY, TAKEN_IN = "not_theirs", "other_amount", "other_day", "taken_in"


@dataclass(frozen=True, slots=True)
class Difference:
    """``theirs`` and ``ours`` in đồng, None where there is none."""

    kind: str
    bank_id: str
    theirs: int | None
    ours: int | None
    payment_id: int | None

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


@transaction.atomic
def reconcile(
    rows: Sequence[Incoming], *, actor: Actor, account: str, day: date, name: str, content: bytes, source: str = "bank"
) -> BankFile:
    """One account, one day; ``content`` is the file as it came. The same file a second time is the first one's result.

    Refused: an account that is nobody's, rows of another account or another day, a number that stands twice.
    """
    payee = payee_with(account)
    if payee is None:
        words = _("Không có cơ quan nào thu vào tài khoản này.")
        raise Refused("invalid", words, fields={"account": words})
    require(actor, "payment.reconcile", unit_path=money_path(payee.unit_id))
    digest = hashlib.sha256(f"{source}\n{account}\n{day}\n".encode() + content).digest()
    if known := BankFile.objects.filter(digest=digest).first():
        return known
    _check(rows, account, day)
    ours = {payment.bank_id: payment for payment in _of_day(source, account, day)}
    differences: list[Difference] = []
    taken = 0
    for row in sorted(rows, key=lambda row: row.bank_id):  # every file takes its locks in the same order
        bank_id = f"{source}:{row.bank_id}"
        known_payment = ours.pop(bank_id, None) or Payment.objects.filter(bank_id=bank_id).first()
        if known_payment is None:
            taken_in = take_in(row)
            taken += taken_in.is_new
            differences.append(Difference(TAKEN_IN, row.bank_id, row.amount, None, taken_in.payment_id))
        elif known_payment.account != account and not may(
            actor, "payment.reconcile", unit_path=money_path(known_payment.unit_id)
        ):
            differences.append(Difference(OTHER_DAY, row.bank_id, row.amount, None, None))  # another till's money
        elif known_payment.amount != row.amount:
            differences.append(
                Difference(OTHER_AMOUNT, row.bank_id, row.amount, known_payment.amount, known_payment.pk)
            )
        elif _local_day(known_payment.at) != day or known_payment.account != account:
            differences.append(Difference(OTHER_DAY, row.bank_id, row.amount, known_payment.amount, known_payment.pk))
    for bank_id, payment in ours.items():
        number = bank_id.removeprefix(f"{source}:")
        differences.append(Difference(NOT_THEIRS, number, None, payment.amount, payment.pk))
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                source=source,
                account=account,
                unit_id=payee.unit_id,
                day=day,
                name=name[:120],
                digest=digest,
                rows=len(rows),
                total=sum(row.amount for row in rows),
                taken_in=taken,
                differences=[difference.as_json() for difference in differences],
                uploaded_by=actor.key,
                uploaded_by_name=actor.name,
                uploaded_at=moment.now(),
            )
    except IntegrityError:  # somebody else sent the same file at the same time
        return BankFile.objects.get(digest=digest)
    data: Mapping[str, Any] = {
        "account": account, "day": f"{day:%d/%m/%Y}", "differences": len(differences), "file": file.pk,
    }  # fmt: skip
    record("payment.reconciled", actor=actor, data=data)
    return file


def _check(rows: Sequence[Incoming], account: str, day: date) -> None:
    problems = []
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        if row.account and row.account != account:
            problems.append(_("Dòng %(n)d là của tài khoản khác.") % {"n": number})
        if _local_day(row.at) != day:
            problems.append(_("Dòng %(n)d là của ngày khác.") % {"n": number})
        if row.bank_id in seen:
            problems.append(_("Dòng %(n)d trùng mã giao dịch với dòng trên.") % {"n": number})
        seen.add(row.bank_id)
    if len(rows) > MOST_ROWS:
        problems.append(_("Tệp dài quá %(most)d dòng.") % {"most": MOST_ROWS})
    if problems:
        raise Refused("invalid", " ".join(problems[:5]), fields={"file": " ".join(problems[:5])})


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _local_day(at: datetime) -> date:
    return at.astimezone(_zone()).date()


def _of_day(source: str, account: str, day: date) -> list[Payment]:
    begin = datetime.combine(day, time.min, tzinfo=_zone())
    return list(
        Payment.objects.filter(
            account=account, at__gte=begin, at__lt=begin + timedelta(days=1), bank_id__startswith=f"{source}:"
        )
    )


@transaction.atomic
def close_reconciliation(file_id: int, *, actor: Actor, note: str) -> BankFile:
    """Every difference was looked into; ``note`` says what they were."""
    file = BankFile.objects.select_for_update().filter(within(actor, "payment.reconcile"), pk=file_id).first()
    if file is None:
        raise Refused("not_found", _("Không tìm thấy lần đối soát này."))
    if file.closed_at is not None:
        raise Refused("wrong_state", _("Lần đối soát này đã chốt."))
    if file.differences and not note.strip():
        words = _("Ghi cách xử lý các chỗ lệch.")
        raise Refused("invalid", words, fields={"note": words})
    file.closed_at, file.closed_by_name, file.note = moment.now(), actor.name, note.strip()[:300]
    file.save()
    data = {"account": file.account, "day": f"{file.day:%d/%m/%Y}", "reason": file.note, "file": file.pk}
    record("payment.reconciliation_closed", actor=actor, data=data)
    return file
