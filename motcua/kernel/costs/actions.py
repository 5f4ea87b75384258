"""Stating what costs are reckoned from. Whatever was stated before stays in the history."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.costs.kind import ACTIVITIES, KINDS
from motcua.kernel.costs.models import Input
from motcua.kernel.events.actions import record
from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def state_cost(
    subject: str,
    values: Mapping[str, Any],
    *,
    actor: "Actor",
    source: str,
    begins_on: date | None = None,
    number: int | None = None,
) -> Input:
    """``values`` are checked already (forms.py); none of them withdraws what was stated. ``number`` is that of the
    newest when the page was opened."""
    require(actor, "cost.manage")
    kind, _colon, key = subject.partition(":")
    is_known = kind in KINDS and (
        (kind == "activity" and key in ACTIVITIES)
        or (kind == "year" and key.isdecimal() and len(key) == 4)
        or (kind == "procedure" and in_force(key) is not None)
    )
    if not is_known:
        raise Refused("not_found", _("Không có mục này."))
    if not source.strip():
        words = _("Ghi nguồn của số liệu: văn bản, số liệu thống kê, hoặc “ước tính” và cách ước.")
        raise Refused("invalid", words, fields={"source": words})
    newest = _locked(subject)
    if number is not None and number != (newest.number if newest else 0):
        raise Refused("stale", _("Người khác vừa ghi mục này. Mở lại rồi sửa tiếp."))
    if newest and not newest.is_from_pack and (newest.values, newest.source) == (dict(values), source.strip()):
        words = _("Chưa có gì khác với bản đang dùng.")
        raise Refused("invalid", words, fields={"source": words})
    return add_input(subject, values, actor=actor, source=source.strip(), begins_on=begins_on, newest=newest)


def add_input(
    subject: str,
    values: Mapping[str, Any],
    *,
    actor: "Actor",
    source: str,
    newest: Input | None,
    begins_on: date | None = None,
    is_from_pack: bool = False,
) -> Input:
    row = Input.objects.create(
        subject=subject,
        number=(newest.number if newest else 0) + 1,
        values=dict(values),
        source=source,
        begins_on=begins_on or local_today(),
        is_from_pack=is_from_pack,
        created_at=moment.now(),
        created_by=actor.name[:160],
    )
    record("cost.stated", actor=actor, data={"what": subject, "number": row.number, "source": source, "values": values})
    return row


def _locked(subject: str) -> Input | None:
    return Input.objects.select_for_update().filter(subject=subject).order_by("-number").first()
