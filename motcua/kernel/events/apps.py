from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "motcua.kernel.events"
    label = "events"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import EventKind, register_events

        register_events(
            [
                EventKind("reader.retried", _("Thử lại bộ đọc {reader}")),
                EventKind("reader.rewound", _("Đọc lại từ đầu: {reader}")),
            ]
        )
