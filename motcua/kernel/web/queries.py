"""What the event streams tell, and to whom. A stream says that something happened; the page then fetches its HTML."""

import re

from django.db import connection
from django.utils.translation import gettext as _

from motcua.kernel.cases.queries.live import standings
from motcua.kernel.cases.queries.reading import get_case, not_found
from motcua.kernel.events.actions import next_events
from motcua.kernel.events.kind import Audience
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import may, may_somewhere
from motcua.kernel.web.kind import STREAMS, Happening, StreamFilter, Told
from motcua.lib.errors import Refused

BOARD, DESK = "/live/board/", "/live/desk/"
_CASE = re.compile(r"/live/case/([0-9]{1,18})/")


def newest_place() -> tuple[int, int]:
    """Where a stream that begins now begins: after the last event that no running transaction can precede."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT xid::text, id FROM events_event
               WHERE xid < events_commit_order(pg_snapshot_xmin(pg_current_snapshot()))
               ORDER BY events_event.xid DESC, id DESC LIMIT 1"""  # not by the text of that name
        )
        row = cursor.fetchone()
    return (int(row[0]), row[1]) if row else (0, 0)


def happenings(xid: int, event_id: int, limit: int) -> list[Happening]:
    events = next_events(xid, event_id, limit)
    cases = standings(event.case_id for event in events if event.case_id is not None) if events else {}
    return [
        Happening(
            int(event.xid),
            event.id,
            event.name,
            event.audience,
            event.case_id,
            cases.get(event.case_id or 0),
            event.data,
        )
        for event in events
    ]


def stream_filter(path: str, actor: Actor) -> StreamFilter:
    """The filter of a stream for ``actor``. Refused when there is no such stream, or none for them."""
    if path == BOARD:
        # The board shows numbers: whose case it is, is not said.
        return lambda happening: {} if happening.case else None
    if path == DESK:
        if not may_somewhere(actor, "desk.enter"):
            raise Refused("not_allowed", _("Bạn không có quyền vào trang này."))
        by_post = actor.by_post
        return lambda happening: _of_desk(happening, by_post)
    if match := _CASE.fullmatch(path):
        return _of_case(int(match[1]), actor)
    for stream in STREAMS.values():
        if match := re.fullmatch(stream.pattern, path):
            return stream.opens(match, actor)
    raise not_found()


def _told(happening: Happening) -> Told:
    return {"case": happening.case_id, "event": happening.name}


def _of_desk(happening: Happening, actor: Actor) -> Told | None:
    case = happening.case
    if case is None or not may(
        actor, f"{case.kind}.read", unit_path=case.unit_path, officer_id=case.officer_id, case_id=happening.case_id
    ):
        return None
    return _told(happening)


def _of_case(case_id: int, actor: Actor) -> StreamFilter:
    level = Audience.OFFICIALS if actor.is_officer else Audience.PARTY
    try:
        get_case(case_id, actor=actor.by_post if actor.is_officer else actor)
    except Refused:
        # A stranger hears of what is public, as long as the case is.
        standing = standings([case_id]).get(case_id)
        if standing is None or not standing.is_public:
            raise
        level = Audience.PUBLIC

    def tell(happening: Happening) -> Told | None:
        is_heard = happening.case_id == case_id and happening.audience <= level
        if level is Audience.PUBLIC and not (happening.case and happening.case.is_public):
            return None
        return _told(happening) if is_heard else None

    return tell
