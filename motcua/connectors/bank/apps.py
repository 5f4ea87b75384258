from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "motcua.connectors.bank"
    label = "bank"

    def ready(self) -> None:
        from motcua.connectors.bank.actions import BankSource
        from motcua.kernel.payments.ports import register_source

        register_source(BankSource())
