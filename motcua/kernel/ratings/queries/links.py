"""The links by which people rate: signed, never stored, so that they can be written into any later message."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries.proofs import is_proof, proof
from motcua.kernel.identity.queries.sealed import keyed_index
from motcua.kernel.ratings.kind import RATE_WITHIN, RATEABLES, SURVEY
from motcua.kernel.ratings.models import Invitation, Spent
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.ratings.kind import Rateable, Service

_PURPOSE = "motcua.rating"


def rate_token(kind: str, key: object) -> str:
    """The right to rate this, once, of the person for whom it was done."""
    link = f"{kind}.{key}"
    return f"{link}.{proof(_PURPOSE, link)}"


def rate_path(kind: str, key: object) -> str:
    return reverse("rate", args=[rate_token(kind, key)])


def rate_url(kind: str, key: object) -> str:
    return f"{settings.PUBLIC_URL}{rate_path(kind, key)}"


def survey_url(invitation_id: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('survey', args=[rate_token(SURVEY, invitation_id)])}"


def read_link(token: str) -> tuple[str, str]:
    """(kind, key). Refused("not_found") for anything that we did not sign."""
    link, _dot, proved = token.rpartition(".")
    if not is_proof(_PURPOSE, link, proved):
        raise _unknown()
    kind, _dot, key = link.partition(".")
    return kind, key


def behind(token: str) -> tuple[Rateable, str, Service]:
    """What a link lets one rate. Refused where there is nothing (yet), or it was too long ago."""
    kind, key = read_link(token)
    rateable = RATEABLES.get(kind)
    service = rateable.service(key) if rateable else None
    if rateable is None or service is None:
        raise _unknown()
    if moment.now() - service.ended_at > RATE_WITHIN:
        words = _("Việc này xong đã quá %(days)d ngày nên không đánh giá được nữa. Cảm ơn bạn.")
        raise Refused("too_late", words % {"days": RATE_WITHIN.days})
    return rateable, key, service


def invitation_behind(token: str) -> tuple[Invitation, Service]:
    """Refused("too_late") when the survey is over."""
    kind, key = read_link(token)
    if kind != SURVEY:
        raise _unknown()
    invitation = Invitation.objects.select_related("survey").filter(pk=int(key)).first()
    service = RATEABLES[invitation.kind].service(invitation.key) if invitation else None
    if invitation is None or service is None or invitation.survey.closed_at is not None:
        raise Refused("too_late", _("Khảo sát này đã kết thúc. Cảm ơn bạn đã quan tâm."))
    return invitation, service


def spent_index(kind: str, key: object) -> bytes:
    return keyed_index(f"rating:{kind}.{key}")


def is_spent(kind: str, key: object) -> bool:
    return Spent.objects.filter(pk=spent_index(kind, key)).exists()


def may_be_rated(kind: str, key: object, ended_at: datetime) -> bool:
    """For pages that offer the link."""
    return moment.now() - ended_at <= RATE_WITHIN and not is_spent(kind, key)


def _unknown() -> Refused:
    return Refused("not_found", _("Không có gì để đánh giá ở đường dẫn này. Mở lại đường dẫn trong tin nhắn."))
