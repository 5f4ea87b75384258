"""What can happen to areas. Declarations only."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from motcua.kernel.events.kind import EventKind

EVER = date(1900, 1, 1)
"""``valid_from`` of an area that was there before our records begin."""

EVENTS = (EventKind("areas.imported", _("Nạp ranh giới {count} địa bàn từ {file}"), icon="map-2"),)
