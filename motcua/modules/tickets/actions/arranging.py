"""Administration: points, lines and counters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.identity.queries import may
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.tickets.actions.taking import locked_point, say
from motcua.modules.tickets.kind import AT_A_COUNTER, LETTERS, RECEPTION
from motcua.modules.tickets.models import Counter, Line, ServicePoint, Ticket
from motcua.modules.tickets.queries.points import may_at

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor


def _managed(point_id: int, actor: Actor) -> ServicePoint:
    if not ServicePoint.objects.filter(pk=point_id).exists():
        raise Refused("not_found", _("Không có nơi tiếp nhận này."))
    point = locked_point(point_id)
    if not may_at(actor, "ticket.manage", point):
        raise Refused("not_found", _("Không có nơi tiếp nhận này, hoặc nơi này không thuộc phạm vi của bạn."))
    return point


@transaction.atomic
def add_point(unit_id: int, *, actor: Actor) -> ServicePoint:
    """Let a reception give out numbers. A second time gives the one that is there."""
    unit = next((unit for unit in org.tree().in_force if unit.id == unit_id), None)
    if unit is None or not may(actor, "ticket.manage", unit_path=unit.path):
        raise Refused("not_found", _("Không có đơn vị này, hoặc đơn vị không thuộc phạm vi của bạn."))
    if not unit.code.endswith(RECEPTION):
        raise Refused("wrong_unit", _("Chỉ nơi tiếp nhận hồ sơ mới có hàng chờ."))
    point, is_new = ServicePoint.objects.get_or_create(unit_id=unit_id)
    if is_new:
        say("servicepoint.opened", point, actor=actor)
    return point


@transaction.atomic
def set_paused(point_id: int, *, actor: Actor, is_paused: bool) -> ServicePoint:
    point = _managed(point_id, actor)
    if point.is_paused != is_paused:
        point.is_paused = is_paused
        point.save(update_fields=["is_paused"])
        name = "servicepoint.paused" if is_paused else "servicepoint.opened"
        say(name, point, actor=actor)
    return point


@transaction.atomic
def save_line(
    point_id: int,
    letter: str,
    *,
    actor: Actor,
    name: str,
    name_en: str = "",
    fields: Sequence[str] = (),
    most_a_day: int = 200,
    slot_places: int = 2,
    is_open: bool = True,
) -> Line:
    """A new line, or other words for the one with this letter. One that was used is closed, never removed."""
    point = _managed(point_id, actor)
    if len(letter) != 1 or letter not in LETTERS:
        raise Refused("invalid", _("Ký hiệu là một chữ cái từ A đến Z."), fields={"letter": _("Một chữ từ A đến Z.")})
    line, _is_new = Line.objects.update_or_create(
        point=point,
        letter=letter,
        defaults={
            "name": name,
            "name_en": name_en,
            "fields": list(fields),
            "most_a_day": most_a_day,
            "slot_places": slot_places,
            "is_open": is_open,
        },
    )
    say("ticketline.changed", point, actor=actor, line=f"{letter} {name}")
    return line


@transaction.atomic
def save_counter(
    point_id: int, number: int, *, actor: Actor, letters: str = "", is_active: bool = True, is_freed: bool = False
) -> Counter:
    """A new counter, or other lines for the one with this number. ``is_freed``: whoever forgot to leave, left."""
    point = _managed(point_id, actor)
    counter = Counter.objects.filter(point=point, number=number).first() or Counter(point=point, number=number)
    known = set(point.lines.values_list("letter", flat=True))
    if not set(letters) <= known:
        raise Refused("invalid", _("Có chữ không phải ký hiệu của hàng nào."), fields={"letters": _("Chọn lại hàng.")})
    is_leaving = is_freed or not is_active
    if is_leaving and counter.pk and Ticket.objects.filter(counter=counter, state__in=AT_A_COUNTER).exists():
        raise Refused("busy", _("Quầy đang có khách. Đợi quầy làm xong số đó."))
    counter.letters, counter.is_active = "".join(sorted(set(letters))), is_active
    if is_leaving:
        counter.officer, counter.opened_at = None, None
    counter.save()
    say("counter.changed", point, actor=actor, counter=number)
    return counter


@transaction.atomic
def free_counters() -> int:
    """Nobody sits at a counter overnight: whoever did not leave yesterday has left. Returns how many."""
    midnight = timezone.localtime(moment.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    forgotten = Counter.objects.filter(officer__isnull=False, opened_at__lt=midnight).exclude(
        tickets__state__in=AT_A_COUNTER
    )
    return Counter.objects.filter(pk__in=list(forgotten.values_list("pk", flat=True))).update(
        officer=None, opened_at=None
    )
