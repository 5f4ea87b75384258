"""A bank (or whoever watches the account for the city) tells of transfers. Which field is which is configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.payments.kind import Incoming, Means
from motcua.kernel.payments.ports import Health, Option
from motcua.kernel.payments.queries.bankfiles import read_moment
from motcua.lib import moment
from motcua.lib.dotted import part_at
from motcua.lib.errors import Refused
from motcua.lib.signed_messages import content_of, problem_of

FIELDS = ("id", "amount", "purpose", "account", "at", "payer", "payer_account")
NEEDED = ("id", "amount", "account", "at")


class BankSource:
    name = "bank"
    label: str | Promise = gettext_lazy("Ngân hàng báo có")

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["bank"]["secret"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["bank"]
        return (
            Option("BANK_SECRET", _("Khóa chung với ngân hàng"), values["secret"], is_required=True, is_secret=True),
            Option("BANK_SIGNATURE_HEADER", _("Chữ ký nằm ở tiêu đề"), values["signature_header"], is_required=True),
            Option("BANK_TIMESTAMP_HEADER", _("Thời điểm nằm ở tiêu đề"), values["timestamp_header"], is_required=True),
            Option("BANK_WINDOW", _("Thư báo cũ nhất (giây)"), values["window"]),
            Option("BANK_LIST", _("Danh sách giao dịch nằm ở"), values["list"]),
            Option("BANK_CREDIT", _("Là tiền vào khi"), values["credit"]),
            *(
                Option(f"BANK_{field.upper()}", _("Trường: %(field)s") % {"field": field}, values[field])
                for field in FIELDS
            ),
        )

    def check(self) -> Health:
        url = f"{settings.PUBLIC_URL}/hooks/payments/{self.name}/"
        if not settings.PUBLIC_URL.startswith("https://"):
            return Health(False, _("Ngân hàng phải gọi được %(url)s qua https.") % {"url": url})
        return Health(True, _("Cấu hình đọc được. Ngân hàng gọi vào %(url)s.") % {"url": url})

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        values = settings.CONNECTORS["bank"]
        problem = problem_of(
            values["secret"],
            headers.get(values["timestamp_header"], ""),
            headers.get(values["signature_header"], ""),
            body,
            now=moment.now(),
            window=int(values["window"]),
        )
        if problem:
            raise Refused("bad_signature", problem)
        try:
            told = content_of(body)
        except ValueError as error:
            raise Refused("invalid", _("Không đọc được thư báo.")) from error
        rows = part_at(told, values["list"]) if values["list"] else told
        return [
            incoming
            for row in (rows if isinstance(rows, list) else [rows])
            if (incoming := _incoming(row, values)) is not None
        ]

    def answer(self, taken: int) -> Mapping[str, object]:
        return {"success": True, "count": taken}


def _incoming(row: Any, values: Mapping[str, str]) -> Incoming | None:
    """None for money that went out."""
    if not isinstance(row, Mapping):
        raise Refused("invalid", _("Thư báo không có giao dịch."))
    if values["credit"]:
        path, _equals, wanted = values["credit"].partition("=")
        if str(part_at(row, path.strip())) != wanted.strip():
            return None
    found = {field: part_at(row, values[field]) if values[field] else None for field in FIELDS}
    if missing := [values[field] for field in NEEDED if found[field] in (None, "")]:
        raise Refused("invalid", _("Giao dịch thiếu %(names)s.") % {"names": ", ".join(missing)})
    amount = _whole(found["amount"])
    if amount <= 0:
        return None
    try:
        at = read_moment(str(found["at"]))
    except ValueError as error:
        raise Refused("invalid", _("Không đọc được thời điểm “%(at)s”.") % {"at": str(found["at"])[:40]}) from error
    return Incoming(
        bank_id=str(found["id"]),
        amount=amount,
        purpose=str(found["purpose"] or ""),
        account=str(found["account"]),
        at=at,
        payer=str(found["payer"] or ""),
        payer_account=str(found["payer_account"] or ""),
        means=Means.BANK,
        source="bank",
    )


def _whole(value: Any) -> int:
    """Whole đồng of a number, or of digits in a text (``50000``, ``50000.00``). Anything else is not understood."""
    text = str(value).strip()
    whole, _point, part = text.partition(".")
    sign = -1 if whole.startswith("-") else 1
    digits = whole.lstrip("+-")
    if isinstance(value, bool) or not (digits.isascii() and digits.isdecimal()) or part.strip("0") or len(digits) > 18:
        raise Refused("invalid", _("Không đọc được số tiền “%(text)s”.") % {"text": text[:40]})
    return sign * int(digits)
