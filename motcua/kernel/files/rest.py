"""Sending a file ahead of what it belongs to."""

from datetime import datetime
from typing import Literal

from allauth.account.adapter import get_adapter
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity.views import Request, public

router = Router(tags=["files"])


class FileOut(Schema):
    """``token`` names it in the request that uses it, within a day. Place and time are what the photo itself tells."""

    token: str
    type: str
    size: int
    width: int | None
    height: int | None
    lat: float | None
    lon: float | None
    taken_at: datetime | None


@router.post("/files", response={201: FileOut})
@public
def send_file(
    request: Request, file: File[UploadedFile], purpose: Form[Literal["photo", "document"]] = "photo"
) -> Status[FileOut]:
    """One photo; papers as well from officials, machines, and people of a case."""
    actor = request.actor
    may_send_papers = actor.id is not None or actor.party_id is not None
    stored = store_file(
        file,
        actor=actor,
        declared_name=file.name or "",
        purpose=Purpose.DOCUMENT if purpose == "document" and may_send_papers else Purpose.PHOTO,
        source=get_adapter().get_client_ip(request),
    )
    return Status(201, FileOut.model_validate(stored, from_attributes=True))
