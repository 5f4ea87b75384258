from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "motcua.modules.dossiers"
    label = "dossiers"

    def ready(self) -> None:
        from motcua.kernel.cases.kind import register_kind
        from motcua.kernel.figures.kind import register_figures
        from motcua.modules.dossiers.kind import DOSSIER, FIGURES

        register_kind(DOSSIER)
        register_figures(FIGURES)
