from django.apps import AppConfig


class NationalPaymentConfig(AppConfig):
    name = "motcua.connectors.national_payment"
    label = "national_payment"

    def ready(self) -> None:
        from motcua.connectors.national_payment.actions import NationalGateway
        from motcua.kernel.payments.ports import register_gateway

        register_gateway(NationalGateway())
