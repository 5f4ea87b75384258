"""The time by an authority (RFC 3161 over HTTP), and lists of revoked certificates from where issuers publish them."""

from collections.abc import Mapping, Sequence

import urllib3
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.messages.ports import Health, Option
from motcua.lib.errors import ConnectorError

ANSWER_LONGEST = 1 * 2**20  # bytes of a time stamp
LIST_LONGEST = 20 * 2**20  # bytes of a revocation list
_pool = urllib3.PoolManager(num_pools=4, maxsize=2, retries=False)


class TimeStampServices:
    name = "time_stamp"
    label: str | Promise = gettext_lazy("Dấu thời gian (RFC 3161)")

    def is_configured(self) -> bool:
        return bool(settings.CONNECTORS["time_stamp"]["url"])

    def options(self) -> Sequence[Option]:
        values = settings.CONNECTORS["time_stamp"]
        return (
            Option("TSA_URL", _("Địa chỉ máy chủ dấu thời gian"), values["url"], is_required=True),
            Option("TSA_USER", _("Tên đăng nhập"), values["user"]),
            Option("TSA_PASSWORD", _("Mật khẩu"), values["password"], is_secret=True),
        )

    def ask_for_time(self, question: bytes) -> bytes:
        values = settings.CONNECTORS["time_stamp"]
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        if values["user"]:
            headers |= urllib3.make_headers(basic_auth=f"{values['user']}:{values['password']}")
        return _asked("POST", values["url"], question, headers, ANSWER_LONGEST)

    def revocations(self, address: str) -> bytes:
        return _asked("GET", address, None, {}, LIST_LONGEST)

    def check(self) -> Health:
        from asn1crypto import tsp

        digest = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
        question = tsp.TimeStampReq({"version": 1, "message_imprint": digest, "cert_req": True})
        try:
            status = tsp.TimeStampResp.load(self.ask_for_time(question.dump()))["status"]["status"].native
        except ConnectorError as error:
            return Health(False, str(error))
        except ValueError:
            return Health(False, _("Máy chủ trả lời, nhưng không phải bằng dấu thời gian."))
        if status not in ("granted", "granted_with_mods"):
            return Health(False, _("Máy chủ từ chối: {status}").format(status=status))
        return Health(True, _("Máy chủ đóng được dấu thời gian."))


def _asked(method: str, url: str, body: bytes | None, headers: Mapping[str, str], longest: int) -> bytes:
    try:
        response = _pool.request(
            method,
            url,
            body=body,
            headers=dict(headers),
            redirect=False,
            preload_content=False,
            timeout=urllib3.Timeout(total=float(settings.CONNECTORS["time_stamp"]["timeout"])),
        )
        answer = bytes(response.read(longest + 1))
        response.release_conn()
    except ValueError as error:
        raise ConnectorError(f"TSA_URL, TSA_TIMEOUT: {error}") from error
    except (urllib3.exceptions.HTTPError, OSError) as error:  # refused, timed out, a certificate that is not trusted
        raise ConnectorError(type(error).__name__) from error
    if response.status != 200:
        raise ConnectorError(f"HTTP {response.status}")
    if len(answer) > longest:
        raise ConnectorError(f"more than {longest} bytes")
    return answer
