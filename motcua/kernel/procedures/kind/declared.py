"""Events and permissions of the catalogue."""

from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind
from motcua.kernel.identity.kind import ADMINISTRATORS, Permission, Reach

PERMISSIONS = (Permission("procedure.manage", ADMINISTRATORS, Reach.TOP, label=_("Soạn và công bố thủ tục")),)

EVENTS = (
    EventKind("procedure.drafted", _("Soạn bản {number} của thủ tục {code}"), icon="edit"),
    EventKind("procedure.discarded", _("Bỏ bản soạn {number} của thủ tục {code}"), icon="trash"),
    EventKind("procedure.published", _("Công bố bản {number} của thủ tục {code} {name}"), icon="file-check"),
    EventKind("procedure.replaced", _("Thủ tục {code} hết hiệu lực sau {on}, thay bằng {by}"), icon="replace"),
    EventKind("procedure.ended", _("Thủ tục {code} hết hiệu lực sau {on}"), icon="file-off"),
    EventKind("procedure.verified", _("Đã kiểm chứng {part} của thủ tục {code}. Nguồn: {source}"), icon="rosette"),
    EventKind("procedures.imported", _("Nạp {count} thủ tục từ danh mục quốc gia"), icon="database-import"),
)
