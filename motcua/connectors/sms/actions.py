"""Short messages over the HTTP interface of whichever gateway the city has a contract with, all by configuration."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.connectors.sms.kind import Answer, Condition, filled, value_at
from motcua.kernel.messages.kind import SMS
from motcua.kernel.messages.ports import Health, Option, OutboundMessage, Receipt, Sent
from motcua.kernel.packs.queries import city_setting
from motcua.lib.dotted import part_at
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.sms import measure

ANSWER_LONGEST = 65_536  # bytes that are read of an answer
CONDITIONS = ("success", "permanent", "receipt_delivered", "receipt_temporary", "receipt_permanent")
_pool = urllib3.PoolManager(num_pools=4, maxsize=4, retries=False)


class GatewaySender:
    name = "sms"
    channel = SMS
    rank = 10
    label: str | Promise = gettext_lazy("Tin nhắn qua cổng SMS (HTTP)")

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["sms"]["url"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["sms"]
        return (
            Option("SMS_URL", _("Địa chỉ của cổng"), values["url"], is_required=True),
            Option("SMS_METHOD", _("Phương thức"), values["method"], is_required=True),
            Option("SMS_HEADERS", _("Tiêu đề HTTP"), values["headers"], is_secret=True),
            Option("SMS_BODY", _("Thân yêu cầu"), values["body"], is_secret=True),
            Option("SMS_BODY_TYPE", _("Dạng thân: json hoặc form"), values["body_type"]),
            Option("SMS_SENDER", _("Tên người gửi (brandname)"), _sender()),
            Option("SMS_SUCCESS", _("Thành công khi"), values["success"], is_required=True),
            Option("SMS_PERMANENT", _("Hỏng hẳn khi"), values["permanent"]),
            Option("SMS_REFERENCE", _("Mã tin nằm ở"), values["reference"]),
            Option("SMS_CHECK_URL", _("Địa chỉ để kiểm tra"), values["check_url"]),
            Option("SMS_RECEIPT_SECRET", _("Khoá của báo nhận"), values["receipt_secret"], is_secret=True),
            Option("SMS_RECEIPT_HEADER", _("Chữ ký báo nhận nằm ở"), values["receipt_header"]),
            Option("SMS_RECEIPT_REFERENCE", _("Mã tin trong báo nhận"), values["receipt_reference"]),
            Option("SMS_RECEIPT_DELIVERED", _("Đã tới khi"), values["receipt_delivered"]),
            Option("SMS_RECEIPT_TEMPORARY", _("Tạm hỏng khi"), values["receipt_temporary"]),
            Option("SMS_RECEIPT_PERMANENT", _("Hỏng hẳn khi"), values["receipt_permanent"]),
        )

    def send(self, message: OutboundMessage) -> Sent:
        values = settings.CONNECTORS["sms"]
        answer = _asked(values["method"], *_request(message))
        if (permanent := _condition("permanent")) and permanent.holds(answer.at(permanent.path)):
            raise ConnectorError(_shown(answer), permanent=True)
        success = _condition("success")
        if success is None or not success.holds(answer.at(success.path)):
            raise ConnectorError(_shown(answer))
        reference = answer.at(values["reference"]) if values["reference"] else str(message.id)
        has_receipts = values["receipt_secret"] and values["receipt_reference"] and values["receipt_delivered"]
        return Sent(reference, "sending" if has_receipts and reference else "sent")

    def check(self) -> Health:
        values = settings.CONNECTORS["sms"]
        try:
            for name in CONDITIONS:
                _condition(name)
            _request(OutboundMessage(0, SMS, "+84900000000", "", "thử", "vi"))
            if values["check_url"]:
                answer = _asked("GET", values["check_url"], None, _headers())
                if answer.status >= 400:
                    return Health(False, _shown(answer))
        except ConnectorError as error:
            return Health(False, str(error))
        if urlsplit(values["url"]).scheme != "https":
            return Health(False, _("Địa chỉ của cổng không mã hoá (http): số điện thoại đi qua mạng ai cũng đọc được."))
        if not values["check_url"]:
            return Health(True, _("Cấu hình đọc được. Cổng này không có địa chỉ để kiểm tra trước."))
        return Health(True, _("Cổng trả lời."))

    def read_receipts(self, body: bytes, headers: Mapping[str, str], query: Mapping[str, str]) -> Sequence[Receipt]:
        values = settings.CONNECTORS["sms"]
        _require_signature(values, body, headers, query)
        data = _receipt_data(body, query)
        rows = part_at(data, values["receipt_list"]) if values["receipt_list"] else data
        receipts = []
        for row in rows if isinstance(rows, list) else [rows]:
            reference = value_at(row, values["receipt_reference"])
            state = _receipt_state(row)
            if reference and state:  # others tell of something on the way
                error = value_at(row, values["receipt_error"]) if values["receipt_error"] else ""
                receipts.append(Receipt(reference, state, error))
        return receipts


def _sender() -> str:
    return settings.CONNECTORS["sms"]["sender"] or str(city_setting("messages", "sms_sender", ""))


def _condition(name: str) -> Condition | None:
    try:
        return Condition.read(settings.CONNECTORS["sms"][name])
    except ValueError as error:
        raise ConnectorError(f"SMS_{name.upper()}: {error}") from error


def _headers() -> dict[str, str]:
    lines = settings.CONNECTORS["sms"]["headers"].replace("\\n", "\n").splitlines()
    return {name.strip(): value.strip() for name, _colon, value in (line.partition(":") for line in lines) if value}


def _request(message: OutboundMessage) -> tuple[str, bytes | None, dict[str, str]]:
    """Address, body and headers for this message."""
    settings_ = settings.CONNECTORS["sms"]
    number = message.to.removeprefix("+")
    values = {
        "to": message.to,
        "to84": number,
        "to0": "0" + number.removeprefix("84") if number.startswith("84") else number,
        "text": message.body,
        "id": str(message.id),
        "sender": _sender(),
        "unicode": "1" if measure(message.body).encoding == "ucs2" else "0",
    }
    url = str(filled(settings_["url"], {name: quote(value, safe="") for name, value in values.items()}))
    headers = _headers()
    if not settings_["body"]:
        return url, None, headers
    if settings_["body_type"] == "form":
        pairs = parse_qsl(settings_["body"], keep_blank_values=True)
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        return url, urlencode([(name, filled(value, values)) for name, value in pairs]).encode(), headers
    try:
        template = json.loads(settings_["body"])
    except ValueError as error:
        raise ConnectorError(f"SMS_BODY: {error}") from error
    headers.setdefault("Content-Type", "application/json; charset=utf-8")
    return url, json.dumps(filled(template, values), ensure_ascii=False).encode(), headers


def _asked(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
    try:
        timeout = float(settings.CONNECTORS["sms"]["timeout"])
        response = _pool.request(
            method,
            url,
            body=body,
            headers=headers,
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(total=timeout),
        )
        text = response.read(ANSWER_LONGEST).decode("utf-8", "replace")
        response.release_conn()
    except ValueError as error:
        raise ConnectorError(f"SMS_URL, SMS_TIMEOUT: {error}") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:  # refused, timed out, a certificate that is not trusted
        # Its words would repeat the address, with text and number.
        raise ConnectorError(type(error).__name__) from error
    answer = Answer(response.status, text)
    if answer.status >= 500 or answer.status == 429:
        raise ConnectorError(_shown(answer))
    return answer


def _shown(answer: Answer) -> str:
    return f"HTTP {answer.status}: {' '.join(answer.text.split())[:200]}"


# ── Receipts ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _require_signature(
    values: Mapping[str, str], body: bytes, headers: Mapping[str, str], query: Mapping[str, str]
) -> None:
    secret = values["receipt_secret"]
    if values["receipt_header"]:
        expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        given = headers.get(values["receipt_header"], "").removeprefix("sha256=").lower()
    else:
        expected, given = secret, query.get("key", "")
    if not secret or not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refused("bad_signature", _("Chữ ký của báo nhận không đúng."))


def _receipt_data(body: bytes, query: Mapping[str, str]) -> Any:
    """JSON, a form, or only the address: whatever the gateway sends."""
    if not body.strip():
        return dict(query)
    try:
        text = body.decode("utf-8")
        return json.loads(text) if text.lstrip()[:1] in "[{" else dict(parse_qsl(text, keep_blank_values=True))
    except ValueError as error:
        raise Refused("invalid", _("Không đọc được báo nhận.")) from error


def _receipt_state(row: Any) -> str:
    for name, state in (
        ("receipt_delivered", "delivered"),
        ("receipt_permanent", "permanent_failure"),
        ("receipt_temporary", "temporary_failure"),
    ):
        condition = _condition(name)
        if condition and condition.holds(value_at(row, condition.path)):
            return state
    return ""
