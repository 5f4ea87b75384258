"""Sending somebody to a gateway, and keeping in mind how each way of hearing of money fares."""

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.payments.kind import OWED
from motcua.kernel.payments.models import Attempt, Obligation, SourceState
from motcua.kernel.payments.queries.obligations import lock_obligation
from motcua.lib import moment
from motcua.lib.errors import Refused

REUSED_FOR = timedelta(minutes=15)  # a second click goes where the first one went


@transaction.atomic
def start_attempt(obligation_id: int, gateway: str) -> Attempt:
    """The request by which what is missing is to be paid. Clicked twice it is one, as long as the amount is the same
    and the first is young. ``request_id`` is the case's code and the second of asking, as MaTraCuuTT wants it."""
    case_id = Obligation.objects.values_list("case_id", flat=True).get(pk=obligation_id)
    obligation = lock_obligation(obligation_id, case_id)
    if obligation.state not in OWED:
        raise Refused("wrong_state", _("Khoản này không còn chờ nộp."))
    now = moment.now()
    usable = obligation.attempts.filter(
        gateway=gateway,
        amount=obligation.missing,
        created_at__gt=now - REUSED_FOR,
        state__in=(Attempt.State.STARTED, Attempt.State.OPEN),
    )
    if attempt := usable.order_by("-id").first():
        return attempt
    at = timezone.localtime(now)
    while True:
        request_id = f"{obligation.case.code}{at:%Y%m%d%H%M%S}"
        if not Attempt.objects.filter(request_id=request_id).exists():
            break
        at += timedelta(seconds=1)
    return Attempt.objects.create(
        obligation=obligation,
        gateway=gateway,
        request_id=request_id,
        amount=obligation.missing,
        created_at=now,
        updated_at=now,
    )


@transaction.atomic
def note_attempt(attempt_id: int, *, url: str = "", error: str = "", is_permanent: bool = False) -> None:
    """What the gateway answered. After an error that may pass the same request is asked again."""
    attempt = Attempt.objects.select_for_update().get(pk=attempt_id)
    if attempt.state == Attempt.State.CONFIRMED:
        return  # its callback was quicker than its answer
    attempt.url, attempt.error, attempt.updated_at = url[:500], error[:300], moment.now()
    if url:
        attempt.state = Attempt.State.OPEN
    elif is_permanent:
        attempt.state = Attempt.State.FAILED
    attempt.save()


def confirm_attempt(request_id: str) -> None:
    """Money came for this request. In the transaction that counts it."""
    Attempt.objects.filter(request_id=request_id).update(
        state=Attempt.State.CONFIRMED, error="", updated_at=moment.now()
    )


@transaction.atomic
def fail_attempt(request_id: str, error: str) -> None:
    """The gateway says that nothing will come. What was confirmed stays confirmed."""
    Attempt.objects.filter(request_id=request_id).exclude(state=Attempt.State.CONFIRMED).update(
        state=Attempt.State.FAILED, error=error[:300], updated_at=moment.now()
    )


@transaction.atomic
def note_heard(name: str) -> None:
    SourceState.objects.update_or_create(name=name, defaults={"heard_at": moment.now()})


@transaction.atomic
def note_refused(name: str, error: str) -> None:
    SourceState.objects.get_or_create(name=name)
    SourceState.objects.filter(name=name).update(
        refused_at=moment.now(), refused=models.F("refused") + 1, error=error[:300]
    )
