"""Paying through the national platform: our request, its signed word that the money came, its answer to our check."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.connectors.national_payment.kind import DONE, PAID, request_body
from motcua.kernel.payments.actions.gateways import fail_attempt
from motcua.kernel.payments.kind import Incoming, Means
from motcua.kernel.payments.ports import Health, Option, Order
from motcua.kernel.payments.queries.bankfiles import read_moment
from motcua.kernel.payments.queries.gateways import references_of_requests
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.signed_messages import SIGNATURE, TIMESTAMP, content_of, problem_of, signature

ANSWER_LONGEST = 65_536  # bytes that are read of an answer
_pool = urllib3.PoolManager(num_pools=2, maxsize=4, retries=False)


class NationalGateway:
    name = "national"
    label: str | Promise = gettext_lazy("Cổng thanh toán của Cổng Dịch vụ công quốc gia")

    def is_configured(self) -> bool:
        values = settings.CONNECTORS["national_payment"]
        return bool(values["url"] and values["secret"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["national_payment"]
        return (
            Option("NATIONAL_PAYMENT_URL", _("Địa chỉ lập yêu cầu"), values["url"], is_required=True),
            Option("NATIONAL_PAYMENT_SECRET", _("Khóa chung"), values["secret"], is_required=True, is_secret=True),
            Option("NATIONAL_PAYMENT_PARTNER", _("Mã đối tác"), values["partner"]),
            Option("NATIONAL_PAYMENT_SERVICE", "MaDichVu", values["service"]),
            Option("NATIONAL_PAYMENT_KIND", "MaLoaiHinhThuPhat", values["kind"]),
            Option("NATIONAL_PAYMENT_WINDOW", _("Thư báo cũ nhất (giây)"), values["window"]),
            Option("NATIONAL_PAYMENT_TIMEOUT", _("Chờ nhiều nhất (giây)"), values["timeout"]),
        )

    def start(self, order: Order) -> str:
        values = settings.CONNECTORS["national_payment"]
        body = json.dumps(
            request_body(order, service=values["service"], kind=values["kind"]), ensure_ascii=False
        ).encode()
        answer = _asked("POST", values["url"], body)
        code, link = str(answer.get("MaLoi", "")), str(answer.get("UrlThanhToan", ""))
        if code != DONE or not link:
            raise ConnectorError(_shown(code, answer), permanent=True)
        if urlsplit(link).scheme not in ("https", "http"):
            raise ConnectorError("UrlThanhToan is no web address", permanent=True)
        return link

    def check(self) -> Health:
        url = settings.CONNECTORS["national_payment"]["url"]
        try:
            _asked("GET", url, None)
        except ConnectorError as error:
            return Health(False, str(error))
        if urlsplit(url).scheme != "https":
            return Health(False, _("Địa chỉ không mã hoá (http)."))
        return Health(True, _("Cổng trả lời."))

    def read(self, body: bytes, headers: Mapping[str, str]) -> Sequence[Incoming]:
        values = settings.CONNECTORS["national_payment"]
        problem = problem_of(
            values["secret"],
            headers.get(TIMESTAMP, ""),
            headers.get(SIGNATURE, ""),
            body,
            now=moment.now(),
            window=int(values["window"]),
        )
        if problem:
            raise Refused("bad_signature", problem)
        try:
            told = content_of(body)
            rows = told.get("DSGiaoDich", [told])
            references = references_of_requests([str(row["MaTraCuuTT"]) for row in rows])
            return [
                incoming
                for row in rows
                if (incoming := _incoming(row, references.get(str(row["MaTraCuuTT"]), ""))) is not None
            ]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused("invalid", _("Không đọc được thư báo.")) from error

    def answer(self, taken: int) -> Mapping[str, object]:
        return {"MaLoi": DONE, "MoTa": "Thanh cong", "SoGiaoDich": taken}


def _incoming(row: Mapping[str, Any], reference: str) -> Incoming | None:
    """None when the platform says that nothing was paid. One request pays once: its number is the money's number."""
    request_id = str(row["MaTraCuuTT"])
    if str(row["TrangThai"]) != PAID:
        fail_attempt(request_id, str(row.get("MoTa", "")) or f"TrangThai {row['TrangThai']}")
        return None
    return Incoming(
        bank_id=request_id,
        amount=int(str(row["SoTien"])),
        purpose=str(row.get("NoiDungThanhToan", "")),
        account=str(row.get("TKThuHuong", "")),
        at=read_moment(str(row["ThoiGianGD"])),
        reference=reference,
        payer=str(row.get("HoTenNguoiNop", "")),
        means=Means.GATEWAY,
        source="national",
    )


def _asked(method: str, url: str, body: bytes | None) -> Mapping[str, Any]:
    values = settings.CONNECTORS["national_payment"]
    timestamp = str(int(moment.now().timestamp()))
    headers = {
        TIMESTAMP: timestamp,
        SIGNATURE: signature(values["secret"], timestamp, body or b""),
        "X-Partner": values["partner"],
        "Content-Type": "application/json; charset=utf-8",
    }
    try:
        timeout = urllib3.Timeout(total=float(values["timeout"]))
        response = _pool.request(
            method, url, body=body, headers=headers, redirect=False, preload_content=False, timeout=timeout
        )
        text = response.read(ANSWER_LONGEST).decode("utf-8", "replace")
        response.release_conn()
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise ConnectorError(type(error).__name__) from error  # its words would repeat the address
    if response.status >= 400:
        is_final = response.status < 500 and response.status not in (408, 425, 429)
        raise ConnectorError(f"HTTP {response.status}: {' '.join(text.split())[:200]}", permanent=is_final)
    try:
        answer = json.loads(text or "{}")
    except ValueError as error:
        raise ConnectorError("the answer is no JSON") from error
    if not isinstance(answer, dict):
        raise ConnectorError("the answer is no JSON object")
    return answer


def _shown(code: str, answer: Mapping[str, Any]) -> str:
    return f"MaLoi {code}: {str(answer.get('MoTa', ''))[:200]}"
