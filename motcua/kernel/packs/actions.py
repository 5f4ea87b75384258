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
    city = City.objects.select_for_update().first() or City(pack="", number=0)
    pack.earlier, pack.now = city.keys, {}
    changes = [] if only else _settings_changes(city, pack)
    for part in parts_in_order():
        if not only or part.name in only:
            changes += part.apply(pack, actor)
    keys = {**city.keys, **pack.now}
    if changes or keys != city.keys:
        city.pack, city.keys, city.applied_at = pack.folder.resolve().name, keys, moment.now()
        city.settings = city.settings if only else plain_settings(pack)
        city.number += 1
        city.save()
        forget()
    if changes:
        counts = Counter((change.table, change.kind) for change in changes)
        tables = {table: {kind: n for (t, kind), n in counts.items() if t == table} for table, _kind in counts}
        record("pack.applied", actor=actor, data={"pack": city.pack, "tables": tables})
    return changes


def _settings_changes(city: City, pack: Pack) -> list[Change]:
    before = {f"{part}.{name}": value for part, values in city.settings.items() for name, value in values.items()}
    after = {f"{part}.{name}": value for part, values in plain_settings(pack).items() for name, value in values.items()}
    details = {
        key: (before.get(key), after.get(key)) for key in {**before, **after} if before.get(key) != after.get(key)
    }
    if not details:
        return []
    name = pack.folder.resolve().name
    return [Change(SETTINGS, "changed", name, details) if before else Change(SETTINGS, "added", name)]


def compare_pack(pack: Pack, *, actor: "Actor", only: Collection[str] = ()) -> list[Change]:
    """What ``apply_pack`` would change: it is done, and taken back."""
    with transaction.atomic():
        changes = apply_pack(pack, actor=actor, only=only)
        transaction.set_rollback(True)
    return changes
