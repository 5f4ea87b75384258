from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DossiersConfig(AppConfig):
    name = "motcua.modules.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_kind
        from motcua.kernel.events.kind import Reader, register_reader
        from motcua.kernel.figures.kind import register_figures
        from motcua.modules.dossiers import tasks
        from motcua.modules.dossiers.kind import CONSULTATION, DOSSIER, FIGURES

        register_kind(DOSSIER)
        register_kind(CONSULTATION)
        register_reader(Reader("dossiers", tasks.follow, title=_("Hồ sơ: tiền đã nộp, chữ ký số đã xong")))
        register_figures(FIGURES)
