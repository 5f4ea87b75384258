"""Forms as data: their parts, permissions and events (docs/forms.md)."""

from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind
from motcua.kernel.forms.kind.fields import (
    GROUPS,
    NUMBERS,
    TEXTS,
    Example,
    Field,
    FormErrors,
    Kind,
    Mistake,
    Option,
    Prefilled,
    Rule,
    Step,
    Words,
)
from motcua.kernel.forms.kind.form import Form
from motcua.kernel.identity.kind import ADMINISTRATORS, Permission, Reach

__all__ = [
    "EVENTS",
    "GROUPS",
    "NUMBERS",
    "PERMISSIONS",
    "TEXTS",
    "Example",
    "Field",
    "Form",
    "FormErrors",
    "Kind",
    "Mistake",
    "Option",
    "Prefilled",
    "Rule",
    "Step",
    "Words",
]

PERMISSIONS = (Permission("form.manage", ADMINISTRATORS, Reach.TOP),)

EVENTS = (
    EventKind("form.saved", _("Sửa bản nháp của biểu mẫu {form}"), icon="edit"),
    EventKind("form.discarded", _("Bỏ bản nháp của biểu mẫu {form}"), icon="trash"),
    EventKind("form.imported", _("Nạp biểu mẫu {form} từ tệp"), icon="upload"),
    EventKind("form.published", _("Công bố biểu mẫu {form}, bản {number}"), icon="send"),
    EventKind("form.rolled_back", _("Đưa biểu mẫu {form} về bản {earlier}, nay là bản {number}"), icon="restore"),
    EventKind("form.withdrawn", _("Thôi dùng biểu mẫu {form}, bản {number}"), icon="ban"),
)
