"""Photos that come with a form: sent ahead, one by one, or in the form itself where there is no script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from allauth.account.adapter import get_adapter
from django.utils.translation import gettext as _

from motcua.kernel.files.actions import store_file
from motcua.kernel.files.queries import loose_files
from motcua.kernel.identity.views import Request
from motcua.lib.errors import Refused
from motcua.modules.incidents.forms.portal import MOST_PHOTOS

if TYPE_CHECKING:
    from motcua.kernel.files.models import File


@dataclass(frozen=True, slots=True)
class Photos:
    """What arrived safely, and what to say about the rest. Nothing that arrived is lost when the form is refused."""

    files: "Sequence[File]"
    errors: Sequence[str]

    @property
    def ids(self) -> list[int]:
        return [file.pk for file in self.files]


def received_photos(request: Request, *, most: int = MOST_PHOTOS) -> Photos:
    tokens = list(dict.fromkeys(request.POST.getlist("file")))
    errors: list[str] = []
    try:
        files = loose_files(tokens)
    except Refused as refused:
        gone = refused.data["missing"]
        assert isinstance(gone, list)  # noqa: S101  what loose_files says
        files = loose_files([token for token in tokens if token not in gone])
        errors.append(refused.message)
    for upload in request.FILES.getlist("photos"):
        if len(files) >= most:
            break
        try:
            source = get_adapter().get_client_ip(request)
            files.append(store_file(upload, actor=request.actor, declared_name=upload.name or "", source=source))
        except Refused as refused:
            errors.append(refused.message)
    if len(tokens) + len(request.FILES.getlist("photos")) > most:
        errors.append(_("Gửi tối đa %(most)s ảnh; những ảnh sau đã được bỏ ra.") % {"most": most})
    return Photos(files[:most], errors)
