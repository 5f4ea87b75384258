"""How the readers of events and the worker's jobs fare, for programs that watch."""

from datetime import datetime
from typing import Any

from ninja import Router, Schema, Status

from motcua.kernel.events.actions import retry_reader
from motcua.kernel.events.queries import job_states, reader_states
from motcua.kernel.identity.views import Request, requires
from motcua.lib.wire import Code

router = Router(tags=["operation"])


class ReaderOut(Schema):
    name: str
    behind: int  # events not yet read, counted up to 10,000
    behind_since: datetime | None
    failures: int
    error: str
    retry_at: datetime | None
    moved_at: datetime | None


class JobOut(Schema):
    job: str
    next_at: datetime
    ran_at: datetime | None
    did: int
    failures: int
    error: str


@router.get("/readers", response=list[ReaderOut])
@requires("system.watch")
def readers(request: Request) -> list[Any]:
    """Those who follow the events: messages, figures, …"""
    return list(reader_states())


@router.post("/readers/{name}/retry", response={204: None})
@requires("system.watch")
def retry_failed_reader(request: Request, name: Code) -> Status[None]:
    """Try one that failed again now."""
    retry_reader(name, actor=request.actor)
    return Status(204, None)


@router.get("/jobs", response=list[JobOut])
@requires("system.watch")
def jobs(request: Request) -> list[Any]:
    """What the worker does by itself, and how it last went."""
    return list(job_states())
