"""Keys for trying out. Nobody else believes them, and whatever shows such a signature says so."""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import list_officers
from motcua.kernel.org.queries import tree
from motcua.kernel.signing.actions.keys import NewKey, add_root, add_software_key
from motcua.kernel.signing.kind import SIGNATORIES
from motcua.kernel.signing.models import SigningKey
from motcua.lib import moment
from motcua.lib.errors import Refused

YEARS = 5
OLD = timedelta(days=365)  # what a demonstration tells of its past is signed as well
_WITH_A_SEAL = ("province", "commune", "department", "centre")


@transaction.atomic
def make_demo_keys() -> int:
    """An authority of our own, a seal for each body and a key for each of those who lead one. Only in a demonstration,
    and only as long as there is no key at all. Returns how many."""
    from motcua.lib.pdfsign.authority import Authority

    if not settings.DEMO:
        raise Refused("not_allowed", _("Khoá thử nghiệm chỉ có khi chạy thử (MOTCUA_DEMO=1)."))
    if SigningKey.objects.exists():
        return 0
    units = tree()
    owners = [
        (unit.name, unit.name, NewKey(label=f"Dấu {unit.name} (thử nghiệm)", unit_id=unit.id, is_test=True))
        for unit in units.in_force
        if unit.kind in _WITH_A_SEAL
    ]
    leaders = {row.id: row for row in list_officers(None) if SIGNATORIES & set(row.roles)}
    owners += [
        (
            row.name,
            units.unit(row.unit_id).name,
            NewKey(label=f"{row.name} (thử nghiệm)", officer_id=row.id, is_test=True),
        )
        for row in leaders.values()
    ]
    if not owners:
        return 0
    since = moment.now() - OLD
    until = since + timedelta(days=365 * YEARS)
    authority = Authority.make("CA THỬ NGHIỆM Một Cửa", at=since, years=YEARS + 1)
    add_root(authority.pem, actor=SYSTEM, is_test=True)
    for name, organisation, new in owners:
        password = secrets.token_urlsafe(16)
        issued = authority.issue(name, organisation=organisation, at=since, until=until)
        add_software_key(new, issued.pkcs12(password), password, actor=SYSTEM)
    return len(owners)
