"""Ending sessions, and locking doors that somebody keeps trying."""

from datetime import timedelta
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import FailedLogin, Session
from motcua.kernel.identity.queries import keyed_index, list_sessions
from motcua.lib import moment
from motcua.lib.errors import Refused

FAILURES_ALLOWED: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)


def end_session(mark: str, *, actor: Actor) -> bool:
    """End one of one's own sessions, named by what ``list_sessions`` shows of it."""
    for session in list_sessions(actor.id) if actor.id is not None else ():
        if session.mark == mark:
            session.delete()
            return True
    return False


def end_other_sessions(account_id: int, *, but: str | None) -> int:
    """Sign somebody out everywhere, except of the session ``but``. Returns how many sessions ended."""
    ended, _by_model = Session.objects.filter(account_id=account_id).exclude(pk=but or "").delete()
    return ended


def _index(door: str) -> bytes:
    return keyed_index(f"door {door.strip().casefold()}")


def require_unlocked(door: str) -> None:
    """Raise Refused("locked") with the time from which it may be tried again. The same for names that do not exist."""
    until = (
        FailedLogin.objects.filter(door_index=_index(door), locked_until__gt=moment.now())
        .values_list("locked_until", flat=True)
        .first()
    )
    if until is not None:
        local = timezone.localtime(until)
        words = _("Đã nhập sai {n} lần. Để an toàn, tài khoản tạm khoá đến {time}. Sau đó bạn thử lại.")
        raise Refused("locked", words.format(n=FAILURES_ALLOWED, time=f"{local:%H:%M}"), until=until.isoformat())


def note_failure(door: str) -> int:
    """Count a failure; the fifth in a row locks the door for a quarter of an hour. Returns how many tries are left.

    One statement, so that tries sent at the same moment all count.
    """
    now = moment.now()
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO identity_failedlogin AS f (door_index, failures, failed_at, locked_until)
               VALUES (%(index)s, 1, %(now)s, NULL)
               ON CONFLICT (door_index) DO UPDATE SET
                   failures = CASE WHEN f.failed_at < %(forgotten)s OR f.failures >= %(most)s THEN 1
                                   ELSE f.failures + 1 END,
                   locked_until = CASE WHEN f.failed_at >= %(forgotten)s AND f.failures + 1 = %(most)s THEN %(until)s
                                       ELSE f.locked_until END,
                   failed_at = %(now)s
               RETURNING failures""",
            {
                "index": _index(door),
                "now": now,
                "forgotten": now - LOCKED_FOR,
                "until": now + LOCKED_FOR,
                "most": FAILURES_ALLOWED,
            },
        )
        row = cursor.fetchone()
    return FAILURES_ALLOWED - int(row[0]) if row else 0


def forget_failures(door: str) -> None:
    FailedLogin.objects.filter(door_index=_index(door)).delete()
