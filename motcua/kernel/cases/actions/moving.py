"""Moving a case: what every action of every module does before and after its own work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.kind import KINDS
from motcua.kernel.cases.models import Case
from motcua.kernel.cases.queries.reading import get_case
from motcua.kernel.events.actions import record
from motcua.kernel.events.kind import Audience
from motcua.kernel.identity.kind import Actor
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import nfc

if TYPE_CHECKING:
    from motcua.kernel.events.models import Event


def said(text: str, field: str, words: str, most: int = 2000) -> str:
    """Text that must be there. Refused("invalid") with ``words`` when it is empty."""
    clean = nfc(text).strip()
    if not clean:
        raise Refused("invalid", words, fields={field: words})
    if len(clean) > most:
        long = _("Nội dung dài quá %(most)s chữ cái.") % {"most": most}
        raise Refused("invalid", long, fields={field: long})
    return clean


def begin(case_id: int, move_name: str, *, kind: str, actor: Actor, version: int | None = None) -> Case:
    """Lock the case, check that ``actor`` may make this move and that its state allows it. Inside a transaction."""
    case = get_case(case_id, actor=actor, to=f"{kind}.{move_name}", lock=True, version=version)
    move = KINDS[kind].move(move_name)
    if case.state not in move.from_states:
        raise Refused(
            "wrong_state",
            _("Việc này đang ở bước “%(state)s” nên không làm được “%(move)s”. Tải lại trang để xem bước mới.")
            % {"state": KINDS[kind].state(case.state).label, "move": move.label},
        )
    return case


def finish(
    case: Case,
    move_name: str,
    *,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    clocks: Clocks | None = None,
    to: str | None = None,
    event: str | None = None,
    audience: Audience | None = None,
) -> Event:
    """Set the state after the move, save the case with what its clocks show, and record the event.

    ``to`` overrides the declared state, where it depends on the case; ``event`` the declared event's last word.
    """
    move = KINDS[case.kind].move(move_name)
    before = case.state
    case.state = to or move.to or case.state
    if clocks is not None:
        clocks.save()
    touch(case)
    state = {"from": before, "to": case.state} if before != case.state else {}
    return record(
        f"{case.kind}.{event or move.event}",
        case_id=case.id,
        actor=actor,
        data={**state, **(data or {})},
        audience=audience,
    )


def touch(case: Case, *, outdates: bool = True) -> None:
    """Save a locked case as changed. ``outdates``: a form that was opened before is refused, as what it decides about
    is not the same any more; not so when somebody merely met it too."""
    case.updated_at = moment.now()
    case.version += outdates
    case.save()
