"""What the worker does for accounts: forget what is over."""

from datetime import timedelta

from motcua.kernel.identity.models import FailedLogin, LoginCode, Session
from motcua.lib import moment

KEPT_FOR = timedelta(days=1)


def forget_old() -> int:
    """Sessions that ended, codes and failures that no limit looks at any more. Returns how many rows went."""
    now = moment.now()
    old = (
        Session.objects.filter(expire_date__lt=now),
        LoginCode.objects.filter(created_at__lt=now - KEPT_FOR),
        FailedLogin.objects.filter(failed_at__lt=now - KEPT_FOR),
    )
    return sum(rows.delete()[0] for rows in old)
