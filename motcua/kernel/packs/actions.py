"""Bringing the tables to what a pack says, or only telling what that would change."""

from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.packs.kind import PARTS, SETTINGS, Change, parts_in_order
from motcua.kernel.packs.models import City
from motcua.kernel.packs.queries import Pack, forget, plain_settings
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


@transaction.atomic
def apply_pack(pack: Pack, *, actor: "Actor", only: Collection[str] = ()) -> list[Change]:
    """All of it or nothing. ``only`` names the parts to apply; none means all. A second time nothing changes."""
    if unknown := sorted(set(only) - PARTS.keys()):
        raise Refused(
            "unknown_part",
            _("Không có phần {names}; các phần là: {parts}").format(
                names=", ".join(unknown), parts=", ".join(part.name for part in parts_in_order())
            ),
        )
    if pack.problems:
        raise Refused("invalid_pack", "\n".join(str(problem) for problem in pack.problems))
    changes = [] if only else _apply_settings(pack)
    for part in parts_in_order():
        if not only or part.name in only:
            changes += part.apply(pack, actor)
    if changes:
        counts = Counter((change.table, change.kind) for change in changes)
        tables = {table: {kind: n for (t, kind), n in counts.items() if t == table} for table, _kind in counts}
        record("pack.applied", actor=actor, data={"pack": pack.folder.resolve().name, "tables": tables})
    return changes


def _apply_settings(pack: Pack) -> list[Change]:
    wanted = plain_settings(pack)
    city = City.objects.select_for_update().first() or City(pack="", settings={}, number=0)
    before = {f"{part}.{name}": value for part, values in city.settings.items() for name, value in values.items()}
    after = {f"{part}.{name}": value for part, values in wanted.items() for name, value in values.items()}
    details = {
        key: (before.get(key), after.get(key)) for key in {**before, **after} if before.get(key) != after.get(key)
    }
    if not details:
        return []
    city.pack, city.settings, city.applied_at = pack.folder.resolve().name, wanted, moment.now()
    city.number += 1
    city.save()
    forget()
    return [Change(SETTINGS, "changed" if before else "added", city.pack, details if before else {})]


def compare_pack(pack: Pack, *, actor: "Actor", only: Collection[str] = ()) -> list[Change]:
    """What ``apply_pack`` would change: it is done, and taken back."""
    with transaction.atomic():
        changes = apply_pack(pack, actor=actor, only=only)
        transaction.set_rollback(True)
    return changes
