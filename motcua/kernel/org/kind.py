"""What can happen to units and calendars. Declarations only."""

from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind

EVENTS = (
    EventKind("unit.added", _("Thêm đơn vị {name}"), icon="building-plus"),
    EventKind("unit.changed", _("Sửa đơn vị {name}"), icon="building"),
    EventKind("unit.ended", _("Đơn vị {name} hoạt động đến hết {on}"), icon="building-off"),
    EventKind("calendar.added", _("Thêm lịch làm việc {name}"), icon="calendar-plus"),
    EventKind("calendar.changed", _("Sửa lịch làm việc {name}"), icon="calendar-event"),
    EventKind("calendar.confirmed", _("Xác nhận lịch {name} năm {year}"), icon="calendar-check"),
)
