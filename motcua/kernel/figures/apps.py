from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "motcua.kernel.figures"
    label = "figures"

    def ready(self) -> None:
        from django.utils.translation import gettext_lazy as _

        from motcua.kernel.events.kind import EventKind, Reader, register_events, register_reader
        from motcua.kernel.figures.actions import READER, fold

        register_events([EventKind("figures.rebuilt", _("Tính lại toàn bộ số liệu từ sự kiện"))])
        register_reader(Reader(READER, fold, title=_("Cộng số liệu cho bảng đúng hẹn")))
